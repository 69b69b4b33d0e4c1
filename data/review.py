"""One file, looked at before anything is stored: what it is, and what of it would be taken."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Unpack

from data.clean import TypedRows, type_rows
from data.errors import (
    MissingColumnsError,
    TooLargeError,
    UnknownLayoutError,
    UploadError,
    UserError,
)
from data.formats import normalise
from data.large import LARGE, READ_WHOLE, LargeFile, head, taken
from data.mapping import Caution, Mapping
from data.readers import Settings, SourceTable, read_table
from data.recognise import KNOWN, Recognition, recognise
from data.sandbox import read_safely
from data.warehouse import Warehouse

MATTERS = {
    "opportunities": ("amount", "created_on", "close_date", "account", "product"),
    "reps": ("team",),
    "accounts": ("sector",),
    "products": ("list_price",),
    "activities": ("opportunity_id",),
}
"""Columns that are not required, and whose absence switches something off."""

STANDS_IN = {"close_date": {"closed_on"}, "account": {"account_id"}}
"""Columns that do as well."""


@dataclass(frozen=True)
class Review:
    """One file, looked at and not stored.

    ``problem`` says why it cannot be taken as it is; ``typed`` is then None. ``is_full`` is
    what a person says: the file has every record there is, so one that it lacks is gone. Of a
    ``large`` file only the beginning was looked at.
    """

    table: SourceTable
    recognition: Recognition
    typed: TypedRows | None
    problem: UploadError | None = None
    is_full: bool = False
    large: LargeFile | None = None

    @property
    def cautions(self) -> tuple[Caution, ...]:
        """Everything a person should know before taking the file in."""
        reading = tuple(map(Caution, self.table.cautions))
        typing = self.typed.cautions if self.typed else ()
        partly = (Caution("only_the_beginning"),) if self.large else ()
        return reading + self.recognition.cautions + typing + partly

    @property
    def lacking(self) -> tuple[str, ...]:
        """The columns that matter and that the file does not have."""
        mapping = self.typed.mapping if self.typed else self.recognition.mapping
        return tuple(
            column
            for column in MATTERS.get(mapping.entity, ())
            if mapping.filled.isdisjoint({column} | STANDS_IN.get(column, set()))
        )


def look(
    content: bytes | Path,
    file: str,
    warehouse: Warehouse,
    mapping: Mapping | None = None,
    *,
    member: str | None = None,
    **settings: Unpack[Settings],
) -> list[Review | UserError]:
    """Each table of a file that nobody vouches for, reviewed, or why it is none.

    It is read in a process of its own. Of a large text only the beginning is looked at.

    Parameters
    ----------
    warehouse
        Where mappings are remembered: the one confirmed for this header is used again.
    mapping
        What a person decided; goes before all else.
    member
        The only file of a ZIP that is wanted.
    """
    try:
        large, beginning = _begin(content, warehouse, settings)
    except UserError as problem:
        return [problem]
    found: list[Review | UserError] = []
    for table in read_safely(beginning, file, member=member, **settings):
        try:
            if isinstance(table, UserError):
                raise table
            found.append(judge(table, warehouse, mapping, large))
        except UserError as problem:
            found.append(problem)
    return found


def review(
    content: bytes | Path,
    file: str,
    warehouse: Warehouse | None = None,
    mapping: Mapping | None = None,
    *,
    is_full: bool = False,
    **settings: Unpack[Settings],
) -> Review:
    """Review the one table of a file of our own making, in this process.

    Raises
    ------
    UploadError
        The file is no table of records.
    """
    large, beginning = _begin(content, warehouse, settings)
    beginning = beginning.read_bytes() if isinstance(beginning, Path) else beginning
    found = judge(read_table(beginning, file, **settings), warehouse, mapping, large)
    return replace(found, is_full=is_full)


def judge(
    table: SourceTable,
    warehouse: Warehouse | None = None,
    mapping: Mapping | None = None,
    large: LargeFile | None = None,
) -> Review:
    """Recognise and type a table, by a mapping or by what is known."""
    if large:
        table = replace(table, sha256=large.sha256, size=large.size, encoding=large.encoding)
    remembered = _remembered(warehouse) if warehouse and not mapping else []
    recognition = recognise(table, mapping or _same_layout(table, remembered), remembered)
    if recognition.confidence < KNOWN:
        problem: UploadError = UnknownLayoutError(table.file, list(table.header))
        return Review(table, recognition, None, problem, large=large)
    if large and recognition.entity in READ_WHOLE:
        problem = TooLargeError(table.file, large.size / 1e6, LARGE / 1e6)
        return Review(table, recognition, None, problem, large=large)
    try:
        typed = type_rows(table, recognition.mapping)
    except MissingColumnsError as missing:
        return Review(table, recognition, None, missing, large=large)
    return Review(table, recognition, typed, large=large)


def _begin(
    content: bytes | Path, warehouse: Warehouse | None, settings: Settings
) -> tuple[LargeFile | None, bytes | Path]:
    """A large text, if it is one, and what is to be looked at: its beginning, or all."""
    large = taken(content, warehouse.incoming, settings.get("encoding")) if warehouse else None
    return large, head(large.path) if large else content


def _remembered(warehouse: Warehouse) -> list[tuple[list[str], Mapping]]:
    """Headers and mappings of the uploads that stand, oldest first."""
    with warehouse.cursor() as db:
        rows = db.execute(
            "select header, any_value(mapping order by upload_id desc) from uploads "
            "where undone_at is null and header is not null "
            "group by header, entity order by max(upload_id)"
        ).fetchall()
    return [(json.loads(header), Mapping.from_json(mapping)) for header, mapping in rows]


def _same_layout(
    table: SourceTable, remembered: Sequence[tuple[list[str], Mapping]]
) -> Mapping | None:
    """The newest mapping of a file with this header, in whatever order and spelling."""
    wanted = {*map(normalise, table.header)}
    for header, mapping in reversed(remembered):
        if {*map(normalise, header)} == wanted:
            return mapping
    return None
