"""The day that an export shows: an export says what was so on one day, and rarely which."""

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, date, datetime

import duckdb

from data.contracts import Contract
from data.store import SAID

EVENT_DAYS = {
    "opportunities": ("created_on", "closed_on", "modified_at"),
    "leads": ("created_on", "modified_at"),
    "tasks": ("created_on", "done_on", "modified_at"),
    "activities": ("happened_on",),
    "skills": ("rated_on",),
    "pulse": ("asked_on",),
    "measures": ("measured_on",),
}
"""Columns that cannot lie after the day of the export."""


_DAY = re.compile(r"(?<!\d)(20\d\d)[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])(?!\d)")
_MILLISECONDS = re.compile(r"(?<!\d)1[5-9]\d{11}(?!\d)")


def export_day(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    columns: Collection[str],
    upload_id: int,
    file: str,
    at: datetime,
) -> date:
    """The day in a file's name, else the newest event that it tells, none of them after ``at``.

    A name cannot date an export before something that it tells.
    """
    newest = _newest_event(db, contract, columns, upload_id, at)
    named = _named_day(file)
    if named and (newest or named) <= named <= at.date():
        return named
    return newest or at.date()


def _named_day(file: str) -> date | None:
    """``Deals_2026_05_28.csv`` and ``report1779955200000.csv`` carry the day they were written."""
    if found := _DAY.search(file):
        with suppress(ValueError):
            return date(*map(int, found.groups()))
    if found := _MILLISECONDS.search(file):
        return datetime.fromtimestamp(int(found.group()) / 1000, UTC).date()
    return None


def _newest_event(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    columns: Collection[str],
    upload_id: int,
    at: datetime,
) -> date | None:
    """The newest day on which something had happened, no later than ``at``."""
    days = [(name, "true") for name in EVENT_DAYS.get(contract.name, ())]
    if contract.name == "opportunities":
        # Of an open one, it is the day on which it is expected to close.
        days.append(("close_date", "outcome in ('won', 'lost')"))
    days = [(name, where) for name, where in days if name in columns]
    if not days:
        return None
    newest = ", ".join(f"max({day}) filter ({day} <= $at and {where})::date" for day, where in days)
    [[found]] = db.execute(
        f"select greatest({newest}) from rows_{contract.name} "
        f"where upload_id = $upload_id and {SAID}",
        {"at": at, "upload_id": upload_id},
    ).fetchall()
    return found
