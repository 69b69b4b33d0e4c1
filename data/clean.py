"""Text of an upload to typed rows of a contract; what cannot be taken is listed, not dropped.

A row is left out whole where its key, a required value, a date or an amount cannot be read: a
blank in their place would be counted as if it were known. Where an optional number or flag
cannot be read, the cell alone is left blank. Both are listed.
"""

import re
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pandas as pd

from data.contracts import CONTRACTS, SQL_TYPES, Column, Contract
from data.errors import MissingColumnsError
from data.formats import BLANK, Format, formats, normalise
from data.mapping import Caution, Mapping
from data.outcomes import StageUse, fill_outcomes
from data.readers import SourceTable
from data.values import date_order, decimal_mark, prepared, steps

MAY_BE_BLANK = {("opportunities", "owner")}
"""Required columns whose cells may be empty: an opportunity nobody owns is a fact to report."""

UNREADABLE = {
    "date": "bad_date",
    "time": "bad_date",
    "number": "bad_number",
    "money": "bad_number",
    "flag": "bad_flag",
}

# 1.23457E+17 is what a spreadsheet leaves of an id of 18 digits.
DAMAGED_ID = r"^\d([.,]\d+)?[eE]\+\d+$"

LEFT_BLANK = "unreadable_left_blank"
"""The one rule under which a row is taken although a cell of it was refused."""


@dataclass(frozen=True)
class Rejection:
    """A cell, or a whole line where ``column`` is empty, that was not taken.

    ``rule`` is one of: missing_required, damaged_id, bad_date, bad_number, bad_flag,
    duplicate_in_file, ragged_row, stray_quote (the row is left out), or
    unreadable_left_blank (the row is taken without the cell).
    """

    row_no: int
    column: str
    value: str
    rule: str


@dataclass(frozen=True)
class TypedRows:
    """What an upload holds of one entity.

    Attributes
    ----------
    frame
        One row a record: every column of the contract, and ``row_no``, its line in the file.
    mapping
        The mapping, with what the values proved about dates and decimal marks added.
    rows_read
        Rows of the file, taken or not.
    """

    frame: pd.DataFrame
    rejections: tuple[Rejection, ...]
    stages: tuple[StageUse, ...]
    cautions: tuple[Caution, ...]
    mapping: Mapping
    rows_read: int

    @property
    def rows_rejected(self) -> int:
        return self.rows_read - len(self.frame)


def type_rows(table: SourceTable, mapping: Mapping) -> TypedRows:
    """Type every row of a table by its mapping.

    Raises
    ------
    MissingColumnsError
        A required column has no header.
    """
    if mapping.missing:
        raise MissingColumnsError(
            table.file, mapping.entity, list(mapping.missing), list(table.header)
        )
    contract = CONTRACTS[mapping.entity]
    format_ = formats()[mapping.format]
    with duckdb.connect() as db:
        _load(db, table, mapping, format_)
        mapping, ways, cautions = _ways(db, table, mapping, format_)
        _type(db, contract, mapping, ways)
        _refuse(db, contract, mapping)
        stages = fill_outcomes(db, mapping, format_) if contract.name == "opportunities" else ()
        refused = db.execute("select i, name, rule from refused order by i, name").fetchall()
        frame = db.execute(
            f"select {', '.join(column.name for column in contract.columns)}, i as row_no "
            "from typed where i not in (select i from left_out) order by i"
        ).df()
    frame["row_no"] = np.array(table.row_numbers, dtype="int64")[frame["row_no"].to_numpy()]
    rejections = [
        Rejection(table.row_numbers[i], name, _raw(table, mapping, i, name), rule)
        for i, name, rule in refused
    ] + [Rejection(line.row_no, "", line.text, line.rule) for line in table.broken]
    return TypedRows(
        frame=frame,
        rejections=tuple(sorted(rejections, key=lambda rejection: rejection.row_no)),
        stages=stages,
        cautions=cautions,
        mapping=mapping,
        rows_read=len(table.rows) + len(table.broken),
    )


def _load(
    db: duckdb.DuckDBPyConnection, table: SourceTable, mapping: Mapping, format_: Format
) -> None:
    """Table ``cells``: the prepared text of every mapped column, and whether a row is void."""
    contract = CONTRACTS[mapping.entity]
    columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.header)
    by_header = dict(zip(table.header, columns, strict=True))
    ids = {header for name, header in mapping.columns.items() if name.endswith("_id")}
    void = np.zeros(len(table.rows), dtype=bool)
    for header, cells in by_header.items():
        if marks := format_.void_if.get(normalise(header)):
            void |= np.array([normalise(cell) in marks for cell in cells], dtype=bool)
    source = pd.DataFrame({"i": np.arange(len(table.rows)), "void": void})
    for name, header in mapping.columns.items():
        values = [cell.strip(BLANK) or None for cell in by_header[header]]
        if header in ids:
            values = [value and _id(value, format_) for value in values]
        source[name] = pd.Series(values, dtype=object)
    for name, value in mapping.constants.items():
        source[name] = value
    # A column without a single value has no type of its own.
    texts = [
        f"{prepared(f'{name}::varchar', contract.column(name).type)} as {name}"
        for name in _filled(mapping)
    ]
    db.register("source", source)
    db.execute(f"create table cells as select i, void, {', '.join(texts)} from source")


def _ways(
    db: duckdb.DuckDBPyConnection, table: SourceTable, mapping: Mapping, format_: Format
) -> tuple[Mapping, dict[str, str | None], tuple[Caution, ...]]:
    """How each column of dates or numbers is read; what the values prove joins the mapping."""
    contract = CONTRACTS[mapping.entity]
    orders, marks = dict(mapping.date_formats), dict(mapping.decimals)
    ways: dict[str, str | None] = {**orders, **marks}
    cautions = []
    for name in _filled(mapping):
        kind = contract.column(name).type
        if name in ways:
            continue
        if kind in ("date", "time"):
            order, certain = date_order(db, "cells", name, format_.date_order)
            ways[name] = order
            if not certain:
                cautions.append(Caution("date_order_ambiguous", name, str(order)))
            elif order:
                orders[name] = order
        elif kind in ("number", "money"):
            # Where a semicolon divides the cells, a comma divides the numbers.
            default = "," if table.delimiter == ";" else "."
            mark, proved, is_open = decimal_mark(db, "cells", name, default)
            ways[name] = mark
            if is_open:
                cautions.append(Caution("decimal_mark_ambiguous", name, mark))
            elif proved:
                marks[name] = mark
    return replace(mapping, date_formats=orders, decimals=marks), ways, tuple(cautions)


def _type(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    mapping: Mapping,
    ways: Pairs[str, str | None],
) -> None:
    """Table ``typed``: a value, or null, for every column of the contract."""
    filled = _filled(mapping)
    inner = {name: steps(name, contract.column(name).type, ways.get(name)) for name in filled}
    first, second, third = (
        ", ".join(f"{step[n]} as {name}" for name, step in inner.items()) for n in range(3)
    )
    rest = [
        f"{_stand_in(column, filled)} as {column.name}"
        for column in contract.columns
        if column.name not in filled
    ]
    db.execute(f"""
        create table typed as
        select {", ".join(["*", *rest])} from (
            select i, void, {third} from (
                select i, void, {second} from (select i, void, {first} from cells)
            )
        )
    """)


def _refuse(db: duckdb.DuckDBPyConnection, contract: Contract, mapping: Mapping) -> None:
    """Table ``refused``: what is not taken; view ``left_out``: rows that are not taken at all."""
    found = []
    for name in _filled(mapping):
        column = contract.column(name)
        needed = _needed(contract, column)
        if rule := UNREADABLE.get(column.type):
            severe = needed or column.type in ("date", "time", "money")
            found.append(("cells.{0} is not null and typed.{0} is null", name, severe and rule))
        if needed:
            found.append(("cells.{0} is null", name, "missing_required"))
        if name.endswith("_id"):
            found.append((f"regexp_matches(typed.{{0}}, '{DAMAGED_ID}')", name, "damaged_id"))
    selects = [
        f"select i, '{name}' as name, '{rule or LEFT_BLANK}' as rule "
        f"from typed join cells using (i) where {where.format(name)}"
        for where, name, rule in found
    ]
    db.execute("create table refused as " + " union all ".join(selects))
    db.execute(f"create view left_out as select i from refused where rule <> '{LEFT_BLANK}'")
    newest = "modified_at desc nulls last, " if contract.name == "opportunities" else ""
    db.execute(f"""
        insert into refused
        select i, '{contract.key[0]}', 'duplicate_in_file'
        from (
            select i, row_number() over (
                partition by {", ".join(contract.key)} order by {newest} i desc
            ) as nth
            from typed
            where i not in (select i from left_out)
        )
        where nth > 1
    """)


def _filled(mapping: Mapping) -> tuple[str, ...]:
    return (*mapping.columns, *mapping.constants)


def _needed(contract: Contract, column: Column) -> bool:
    """Whether a row without this value is no record of the entity."""
    is_key = column.name in contract.key and bool(column.falls_back)
    return (column.required or is_key) and (contract.name, column.name) not in MAY_BE_BLANK


def _stand_in(column: Column, filled: Sequence[str]) -> str:
    if column.falls_back in filled:
        return column.falls_back
    return f"null::{SQL_TYPES[column.type]}"


def _raw(table: SourceTable, mapping: Mapping, i: int, name: str) -> str:
    """What the file has in a cell."""
    header = mapping.columns.get(name)
    return table.rows[i][table.header.index(header)] if header else ""


def _id(cell: str, format_: Format) -> str:
    """An id as every export of its CRM writes it.

    Salesforce's 15 characters differ in case alone; its own 18 add a checksum of the case, so
    that both exports name one record alike.
    """
    cell = cell.removeprefix(format_.id_prefix)
    if format_.case_safe_ids and re.fullmatch(r"[A-Za-z0-9]{15}", cell):
        parts = (cell[start : start + 5] for start in (0, 5, 10))
        bits = (sum(letter.isupper() << n for n, letter in enumerate(part)) for part in parts)
        return cell + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[number] for number in bits)
    return cell
