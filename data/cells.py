"""SQL from the cells of a file to the texts of a contract's columns, before anything is typed."""

from collections.abc import Collection
from collections.abc import Mapping as Pairs

from data.contracts import SQL_TYPES, Column, Contract, Type
from data.dates import OTHER_ORDER
from data.formats import Format, normalise
from data.ids import DAMAGED_ID, prepared_id
from data.mapping import Mapping

LEFT_BLANK = "unreadable_left_blank"
"""The one rule under which a row is taken although a cell of it was refused."""

BETWEEN = " · "
"""Between the parts of a key that is made of several columns."""

_UNREADABLE = {
    "date": "bad_date",
    "time": "bad_date",
    "number": "bad_number",
    "money": "bad_number",
    "flag": "bad_flag",
}
_MAY_BE_BLANK = {("opportunities", "owner"), ("leads", "owner")}
"""Required columns whose cells may be empty: a record nobody owns is a fact to report."""


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def texts(
    mapping: Mapping, contract: Contract, format_: Format, cells: Pairs[str, str]
) -> dict[str, str]:
    """SQL of the text of every filled column, null where it is empty.

    Parameters
    ----------
    cells
        Header to SQL of its trimmed cell.
    """
    found = {
        name: text_of(contract.column(name), cells[header], format_)
        for name, header in mapping.columns.items()
    }
    return found | {name: literal(value) for name, value in mapping.constants.items()}


def text_of(column: Column, cell: str, format_: Format) -> str:
    """SQL of the text of a column, from SQL of its trimmed cell."""
    text = prepared_id(cell, format_) if column.name.endswith("_id") else cell
    if not format_.blanks or column.name == "status" or column.type == "flag":
        return text
    blanks = ", ".join(literal(blank) for blank in sorted(format_.blanks))
    return f"case when lower({text}) not in ({blanks}) then {text} end"


def marked(marks: Pairs[str, Collection[str]], cells: Pairs[str, str]) -> str:
    """SQL: whether a row has one of the values that a format marks, by normalised header."""
    found = [
        f"coalesce(replace(replace(lower({cell}), ' ', ''), '_', '') in "
        f"({', '.join(literal(value) for value in sorted(values))}), false)"
        for header, cell in cells.items()
        if (values := marks.get(normalise(header)))
    ]
    return " or ".join(found) or "false"


def stand_in(column: Column, contract: Contract, mapping: Mapping) -> str:
    """SQL of the value of a column that no header fills, from typed columns."""
    filled, sql_type = mapping.filled, SQL_TYPES[column.type]
    if column.name in contract.key and mapping.composed:
        parts = (f"coalesce({name}::varchar, '')" for name in mapping.composed)
        return f" || '{BETWEEN}' || ".join(parts)
    while column.falls_back:
        column = contract.column(column.falls_back)
        if column.name in filled:
            return column.name
    return f"null::{sql_type}"


def needed(contract: Contract, mapping: Mapping) -> set[str]:
    """The filled columns without which a row is no record of the entity."""
    names = set()
    for column in contract.columns:
        in_key = column.name in contract.key and bool(column.falls_back)
        if (column.required or in_key) and (contract.name, column.name) not in _MAY_BE_BLANK:
            while column.name not in mapping.filled and column.falls_back:
                column = contract.column(column.falls_back)
            names.add(column.name)
    names |= {*mapping.composed[:1]}
    return names & mapping.filled


def unreadable(text: str, kind: Type, is_needed: bool) -> list[tuple[str, str]]:
    """Under which rule a cell is refused that has a text and no value: SQL conditions, and rules.

    Parameters
    ----------
    text
        SQL of the prepared text.
    is_needed
        A row without this value is no record.
    """
    if kind == "text":
        return []
    if is_needed:
        return [("true", _UNREADABLE[kind])]
    if kind in ("date", "time"):
        other = f"regexp_matches({text}, '{OTHER_ORDER}')"
        return [(other, "bad_date"), (f"not {other}", LEFT_BLANK)]
    return [("true", LEFT_BLANK)]


def damaged(text: str) -> str:
    """SQL: whether an id is what a spreadsheet leaves of one."""
    return f"(contains({text}, '+') and regexp_matches({text}, '{DAMAGED_ID}'))"
