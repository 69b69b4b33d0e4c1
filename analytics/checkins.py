"""Regular check-ins: how often whom, when the next is due, and what was said in those held."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

import pandas as pd

Rhythm = Literal["weekly", "fortnightly", "monthly", "none"]
RHYTHMS: tuple[Rhythm, ...] = get_args(Rhythm)

USUAL: Rhythm = "weekly"
"""Where nobody has said otherwise: feedback is worth most while it is fresh."""

FRIDAY = 4
"""Weekday of the first check-in: the week can be looked back on."""


@dataclass(frozen=True)
class CheckIn:
    """A check-in that was held.

    ``since`` and ``as_of`` are the days it looked at (the first excluded); ``ticked`` the points
    that were talked about; ``at`` is UTC.
    """

    rep: str
    since: date
    as_of: date
    ticked: tuple[str, ...]
    note: str
    by: str
    at: datetime


def content(found: CheckIn) -> dict[str, Any]:
    """What the journal keeps of a check-in, but who wrote it and when."""
    return {
        "rep": found.rep,
        "since": found.since.isoformat(),
        "as_of": found.as_of.isoformat(),
        "ticked": list(found.ticked),
        "note": found.note,
    }


def of_content(said: Mapping[str, Any], by: str, at: pd.Timestamp) -> CheckIn:
    """A check-in as the journal has it."""
    return CheckIn(
        said["rep"],
        date.fromisoformat(said["since"]),
        date.fromisoformat(said["as_of"]),
        tuple(said["ticked"]),
        said["note"],
        by,
        at.to_pydatetime(),
    )


def next_due(last: date | None, rhythm: Rhythm, began: date) -> date | None:
    """When the next check-in is due; None without a rhythm.

    The first one is due on the Friday of the week of ``began``, or on the last day of its month.
    """
    if rhythm == "none":
        return None
    if rhythm == "monthly":
        if last is None:
            return began.replace(day=calendar.monthrange(began.year, began.month)[1])
        year, month = divmod(last.year * 12 + last.month, 12)
        return date(year, month + 1, min(last.day, calendar.monthrange(year, month + 1)[1]))
    if last is None:
        return began + timedelta(days=max(FRIDAY - began.weekday(), 0))
    return last + timedelta(days=7 if rhythm == "weekly" else 14)


def since_when(last: date | None, rhythm: Rhythm, as_of: date) -> date:
    """The day after which a check-in looks: the last one, else one rhythm back."""
    if last is not None:
        return last
    days = {"weekly": 7, "fortnightly": 14, "monthly": 28, "none": 28}[rhythm]
    return as_of - timedelta(days=days)


def due(
    reps: pd.DataFrame,
    held: Sequence[CheckIn],
    rhythms: Mapping[tuple[str, str], Rhythm],
    as_of: date,
    began: Mapping[tuple[str, str], date],
) -> pd.DataFrame:
    """When each person is met next.

    Parameters
    ----------
    reps
        rep, team.
    rhythms
        By ("rep", name), ("team", name) or ("company", ""); the narrowest holds.
    began
        Since when each of ``rhythms`` holds, and ("company", "") without one; else since
        ``as_of``. It must not move from day to day, or nobody who was never met is ever late.

    Returns
    -------
    rep, team, rhythm, last_on (missing before the first), due_on, since, days past the due day;
    who is due first on top. People without a rhythm are left out.
    """
    last: dict[str, date] = {}
    for one in held:
        last[one.rep] = max(one.as_of, last.get(one.rep, one.as_of))
    everybody = ("company", "")
    rows = []
    for rep, team in reps[["rep", "team"]].itertuples(index=False):
        places = [("rep", rep), ("team", team), everybody]
        holds = next((one for one in places if one in rhythms), everybody)
        rhythm = rhythms.get(holds, USUAL)
        due_on = next_due(last.get(rep), rhythm, min(began.get(holds, as_of), as_of))
        if due_on:
            since = since_when(last.get(rep), rhythm, as_of)
            late = max((as_of - due_on).days, 0)
            rows.append((rep, team, rhythm, last.get(rep), due_on, since, late))
    found = pd.DataFrame(
        rows, columns=["rep", "team", "rhythm", "last_on", "due_on", "since", "days"]
    )
    return found.sort_values(["due_on", "rep"], ignore_index=True)
