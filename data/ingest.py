"""Uploads into a workspace: check what files would do, take them in, take them back."""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

import duckdb
import pandas as pd

from data import bulk, state, store
from data.clean import TypedRows
from data.contracts import CONTRACTS, Contract
from data.dating import export_day
from data.mapping import Caution
from data.review import Review
from data.state import Effect
from data.warehouse import Warehouse


@dataclass(frozen=True)
class Receipt:
    """What became of one file, or would: ``status`` is loaded, already_loaded or checked."""

    status: str
    upload_id: int
    file: str
    format: str
    entity: str
    confidence: float
    encoding: str
    as_of: date
    rows_read: int
    rows_new: int
    rows_changed: int
    rows_same: int
    rows_rejected: int
    furniture: int
    cautions: tuple[Caution, ...]


def check(
    warehouse: Warehouse,
    reviews: Sequence[Review],
    *,
    at: datetime,
    as_of: Sequence[date | None] | date | None = None,
) -> list[Receipt]:
    """What ``commit`` would do, file by file: it is done, counted and rolled back."""
    with suppress(_LookedOnly), warehouse.transaction() as db:
        receipts = _take_in_all(db, reviews, by="", at=at, as_of=as_of)
        raise _LookedOnly
    return [replace(one, status="checked") if one.status == "loaded" else one for one in receipts]


def commit(
    warehouse: Warehouse,
    reviews: Sequence[Review],
    *,
    by: str,
    at: datetime,
    as_of: Sequence[date | None] | date | None = None,
) -> list[Receipt]:
    """Take files in, all of them or none.

    A file that was taken in before with the same mapping changes nothing.

    Parameters
    ----------
    by, at
        Who does it, and when (UTC).
    as_of
        The day the exports show, one for all or one a file. By default the day in a file's
        name, else its newest event not after ``at``, else the day of ``at``.

    Raises
    ------
    UploadError
        One of the files cannot be taken as it is; nothing is stored.
    """
    with warehouse.transaction() as db:
        receipts = _take_in_all(db, reviews, by=by, at=at, as_of=as_of)
    for each in reviews:
        if each.large:
            each.large.path.unlink(missing_ok=True)
    return receipts


def undo(warehouse: Warehouse, upload_id: int, *, by: str, at: datetime) -> None:
    """Take an upload back: its entity becomes what the remaining uploads make of it.

    One that is already undone stays so.
    """
    with warehouse.transaction() as db:
        [[entity, undone_at]] = db.execute(
            "select entity, undone_at from uploads where upload_id = ?", [upload_id]
        ).fetchall()
        if undone_at is None:
            state.remove(db, CONTRACTS[entity], upload_id)
            db.execute(
                "update uploads set undone_at = ?, undone_by = ? where upload_id = ?",
                [at, by, upload_id],
            )


class _LookedOnly(Exception):  # noqa: N818
    """Ends a transaction whose counts were all that was wanted."""


def _take_in_all(
    db: duckdb.DuckDBPyConnection,
    reviews: Sequence[Review],
    *,
    by: str,
    at: datetime,
    as_of: Sequence[date | None] | date | None,
) -> list[Receipt]:
    days = as_of if isinstance(as_of, Sequence) else [as_of] * len(reviews)
    return [
        _take_in(db, each, by=by, at=at, as_of=day) for each, day in zip(reviews, days, strict=True)
    ]


def _take_in(
    db: duckdb.DuckDBPyConnection, each: Review, *, by: str, at: datetime, as_of: date | None
) -> Receipt:
    if each.typed is None:
        raise each.problem or AssertionError("a review has rows or a problem")
    table, typed = each.table, each.typed
    contract = CONTRACTS[typed.mapping.entity]
    before = db.execute(
        "select upload_id, as_of, rows_read - rows_rejected, rows_rejected from uploads "
        "where sha256 = ? and mapping = ? and undone_at is null",
        [table.sha256, typed.mapping.to_json()],
    ).fetchall()
    if before:
        upload_id, day, known, rejected = before[0]
        effect = Effect(0, 0, known, 0)
    else:
        [[upload_id]] = db.execute("select coalesce(max(upload_id), 0) + 1 from uploads").fetchall()
        known, rejected = _keep(db, contract, upload_id, each, typed)
        columns = store.given(contract, typed.mapping)
        day = as_of or export_day(db, contract, columns, upload_id, table.file, at)
        _record(db, each, typed, upload_id, day, by, at)
        effect = state.update_state(db, contract, upload_id)
        db.execute(
            "update uploads set rows_new = ?, rows_changed = ?, rows_same = ?, "
            "rows_read = ?, rows_rejected = ? where upload_id = ?",
            [effect.new, effect.changed, effect.same, known + rejected, rejected, upload_id],
        )
    older = (Caution("older_rows_kept_out", value=str(effect.older)),) if effect.older else ()
    return Receipt(
        status="already_loaded" if before else "loaded",
        upload_id=upload_id,
        file=table.file,
        format=typed.mapping.format,
        entity=typed.mapping.entity,
        confidence=each.recognition.confidence,
        encoding=table.encoding,
        as_of=day,
        rows_read=known + rejected,
        rows_new=effect.new,
        rows_changed=effect.changed,
        rows_same=effect.same,
        rows_rejected=rejected,
        furniture=len(table.furniture),
        cautions=each.cautions + older,
    )


def _keep(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    upload_id: int,
    each: Review,
    typed: TypedRows,
) -> tuple[int, int]:
    """Store the rows of a file and what was refused; returns how many of each."""
    if each.large:
        return bulk.land(db, contract, upload_id, each.large, each.table, typed)
    db.register("incoming", typed.frame)
    taken = store.keep(db, contract, upload_id, "incoming", store.given(contract, typed.mapping))
    db.unregister("incoming")
    if typed.rejections:
        db.register("refused", pd.DataFrame(typed.rejections))
        db.execute(
            'insert into rejections select ?, row_no, "column", value, rule, record from refused',
            [upload_id],
        )
        db.unregister("refused")
    return taken, typed.rows_rejected


def _record(
    db: duckdb.DuckDBPyConnection,
    each: Review,
    typed: TypedRows,
    upload_id: int,
    day: date,
    by: str,
    at: datetime,
) -> None:
    """List an upload; its counts are still open."""
    table, mapping = each.table, typed.mapping
    facts = {
        "upload_id": upload_id,
        "file": table.file,
        "sha256": table.sha256,
        "bytes": table.size,
        "format": mapping.format,
        "entity": mapping.entity,
        "encoding": table.encoding,
        "as_of": day,
        "uploaded_at": at,
        "uploaded_by": by,
        "mapping": mapping.to_json(),
        "header": json.dumps(table.header, ensure_ascii=False),
        "is_full": each.is_full,
    }
    db.execute(
        f"insert into uploads ({', '.join(facts)}) values ({', '.join('?' * len(facts))})",
        list(facts.values()),
    )
