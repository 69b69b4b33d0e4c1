"""Uploads into a workspace: look at a file, check what it would do, take it in, take it back."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

import duckdb
import pandas as pd

from data.clean import TypedRows, type_rows
from data.contracts import CONTRACTS
from data.errors import MissingColumnsError, UnknownLayoutError, UploadError
from data.mapping import Caution, Mapping, fingerprint
from data.merge import Effect, merge, store_snapshot
from data.readers import SourceTable, read_table
from data.recognise import KNOWN, Recognition, recognise
from data.warehouse import Warehouse

EVENT_DAYS = {
    "opportunities": ("created_on", "closed_on", "modified_at"),
    "tasks": ("created_on", "done_on"),
    "activities": ("happened_on",),
    "skills": ("rated_on",),
}
"""Columns that cannot lie after the day of the export."""


@dataclass(frozen=True)
class Review:
    """One file, looked at and not stored.

    ``problem`` says why it cannot be taken as it is; ``typed`` is then None.
    """

    table: SourceTable
    recognition: Recognition
    typed: TypedRows | None
    problem: UploadError | None = None

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """Everything a person should know before taking the file in."""
        reading = tuple(map(Caution, self.table.cautions))
        typing = self.typed.cautions if self.typed else ()
        return reading + self.recognition.cautions + typing


@dataclass(frozen=True)
class Counts:
    """Rows of a file by what becomes of them; together they are all it has."""

    new: int
    changed: int
    same: int
    rejected: int


@dataclass(frozen=True)
class Receipt:
    """What became of one file. ``status`` is ``loaded`` or ``already_loaded``."""

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


def review(
    content: bytes,
    file: str,
    warehouse: Warehouse | None = None,
    mapping: Mapping | None = None,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
) -> Review:
    """Read, recognise and type one file, without storing anything.

    Parameters
    ----------
    warehouse
        Where mappings are remembered: the one confirmed for this header is used again.
    mapping
        What a person decided; goes before all else.

    Raises
    ------
    UploadError
        The file is no table of records.
    """
    table = read_table(
        content, file, encoding=encoding, delimiter=delimiter, header_row=header_row, sheet=sheet
    )
    known = mapping or (_remembered(warehouse, table) if warehouse else None)
    recognition = recognise(table, known)
    if recognition.confidence < KNOWN:
        return Review(table, recognition, None, UnknownLayoutError(file, list(table.header)))
    try:
        return Review(table, recognition, type_rows(table, recognition.mapping))
    except MissingColumnsError as problem:
        return Review(table, recognition, None, problem)


def check(
    warehouse: Warehouse, reviews: Sequence[Review], *, at: datetime, as_of: date | None = None
) -> list[Counts]:
    """What ``commit`` would do, file by file: it is done, counted and rolled back."""
    counts: list[Counts] = []
    with suppress(_LookedOnly), warehouse.transaction() as db:
        for each in reviews:
            receipt = _take_in(db, each, by="", at=at, as_of=as_of)
            counts.append(
                Counts(
                    receipt.rows_new,
                    receipt.rows_changed,
                    receipt.rows_same,
                    receipt.rows_rejected,
                )
            )
        raise _LookedOnly
    return counts


def commit(
    warehouse: Warehouse,
    reviews: Sequence[Review],
    *,
    by: str,
    at: datetime,
    as_of: date | None = None,
) -> list[Receipt]:
    """Take files in, all of them or none, in the order given.

    A file that was taken in before with the same mapping changes nothing.

    Parameters
    ----------
    by, at
        Who does it, and when (UTC).
    as_of
        The day the exports show. By default each file's newest event not after ``at``, and
        the day of ``at`` for a file without events.

    Raises
    ------
    UploadError
        One of the files cannot be taken as it is; nothing is stored.
    """
    with warehouse.transaction() as db:
        return [_take_in(db, each, by=by, at=at, as_of=as_of) for each in reviews]


def undo(warehouse: Warehouse, upload_id: int, *, by: str, at: datetime) -> None:
    """Take an upload back: its entity becomes what the remaining uploads make of it.

    One that is already undone stays so.
    """
    with warehouse.transaction() as db:
        [[entity, undone_at]] = db.execute(
            "select entity, undone_at from uploads where upload_id = ?", [upload_id]
        ).fetchall()
        if undone_at is not None:
            return
        db.execute(
            "update uploads set undone_at = ?, undone_by = ? where upload_id = ?",
            [at, by, upload_id],
        )
        remaining = db.execute(
            "select upload_id, as_of, mapping from uploads "
            "where entity = ? and undone_at is null order by upload_id",
            [entity],
        ).fetchall()
        db.execute(f"delete from raw_{entity}")
        for number, day, mapping in remaining:
            merge(db, number, day, Mapping.from_json(mapping))


class _LookedOnly(Exception):  # noqa: N818
    """Ends a transaction whose counts were all that was wanted."""


def _take_in(
    db: duckdb.DuckDBPyConnection, each: Review, *, by: str, at: datetime, as_of: date | None
) -> Receipt:
    if each.typed is None:
        raise each.problem or AssertionError("a review has rows or a problem")
    table, typed = each.table, each.typed
    day = as_of or _newest_event(typed, at)
    mapping = typed.mapping.to_json()
    before = db.execute(
        "select upload_id, as_of from uploads "
        "where sha256 = ? and mapping = ? and undone_at is null",
        [table.sha256, mapping],
    ).fetchall()
    if before:
        upload_id, day = before[0]
        effect = Effect(0, 0, len(typed.frame), 0)
    else:
        [[upload_id]] = db.execute("select coalesce(max(upload_id), 0) + 1 from uploads").fetchall()
        store_snapshot(db, CONTRACTS[typed.mapping.entity], upload_id, typed.frame)
        effect = merge(db, upload_id, day, typed.mapping)
        _record(db, each, typed, effect, upload_id, day, by, at)
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
        rows_read=typed.rows_read,
        rows_new=effect.new,
        rows_changed=effect.changed,
        rows_same=effect.same,
        rows_rejected=typed.rows_rejected,
        furniture=len(table.furniture),
        cautions=each.cautions + older,
    )


def _record(
    db: duckdb.DuckDBPyConnection,
    each: Review,
    typed: TypedRows,
    effect: Effect,
    upload_id: int,
    day: date,
    by: str,
    at: datetime,
) -> None:
    """The upload, what was refused of it, and its mapping for the next file of this layout."""
    table, mapping = each.table, typed.mapping
    db.execute(
        f"insert into uploads values ({', '.join('?' * 18)})",
        [
            upload_id, table.file, table.sha256, table.size, mapping.format, mapping.entity,
            table.encoding, day, at, by, mapping.to_json(), typed.rows_read, effect.new,
            effect.changed, effect.same, typed.rows_rejected, None, None,
        ],
    )  # fmt: skip
    if typed.rejections:
        db.register("refused", pd.DataFrame(typed.rejections))
        db.execute(
            'insert into rejections select ?, row_no, "column", value, rule from refused',
            [upload_id],
        )
        db.unregister("refused")
    layout = fingerprint(table.header)
    db.execute("delete from layouts where fingerprint = ?", [layout])
    db.execute(
        "insert into layouts values (?, ?, ?, ?)",
        [layout, mapping.entity, mapping.to_json(), at],
    )


def _remembered(warehouse: Warehouse, table: SourceTable) -> Mapping | None:
    with warehouse.cursor() as db:
        rows = db.execute(
            "select mapping from layouts where fingerprint = ?", [fingerprint(table.header)]
        ).fetchall()
    return Mapping.from_json(rows[0][0]) if rows else None


def _newest_event(typed: TypedRows, at: datetime) -> date:
    """The newest day on which something had happened, no later than ``at``."""
    frame = typed.frame
    days = [frame[name] for name in EVENT_DAYS.get(typed.mapping.entity, ())]
    if typed.mapping.entity == "opportunities":
        # Of an open one, it is the day on which it is expected to close.
        days.append(frame.loc[frame["outcome"].isin(["won", "lost"]), "close_date"])
    events = pd.concat([pd.Series([], dtype="datetime64[us]"), *days]).astype("datetime64[us]")
    newest = events[events <= pd.Timestamp(at)].max()
    return at.date() if pd.isna(newest) else newest.date()
