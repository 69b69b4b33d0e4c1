"""What a person should know of a mapping before trusting it: headers that compete, values that
are not what their column asks for.

Each is a ``Caution`` whose code names a sentence; none is an error.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Pairs

from data.contracts import CONTRACTS
from data.formats import Format, formats
from data.mapping import Caution, Mapping
from data.readers import SourceTable

CHECKED_ROWS = 500

NOTES = frozenset({"second_header", "several_ids"})
"""Codes of what is only told: a mapping is no less certain for it."""

_SEVERAL = re.compile(r"[^;|]+[;|]\s*[^;|\s]")


def doubts(table: SourceTable, mapping: Mapping, headers: Pairs[str, str]) -> Iterator[Caution]:
    """Everything about a mapping that asks for a look at it.

    Parameters
    ----------
    headers
        Header as it is compared to header as the table spells it.
    """
    format_ = formats()[mapping.format]
    if mapping.composed:
        yield Caution("no_id", CONTRACTS[mapping.entity].key[0], ", ".join(mapping.composed))
    yield from _competing(format_, mapping, headers)
    column_of = {header: name for name, header in mapping.columns.items()}
    for name, code in format_.cautions.get(mapping.entity, {}).items():
        if name in headers:
            yield Caution(code, column_of.get(headers[name], ""), headers[name])
    for name, header in mapping.columns.items():
        index = table.header.index(header)
        values = (row[index].strip() for row in table.rows)
        kept = ["" if value.lower() in format_.blanks else value for value in values]
        yield from _values(mapping, name, header, kept)


def _competing(format_: Format, mapping: Mapping, headers: Pairs[str, str]) -> Iterator[Caution]:
    """Headers that could have filled a column another one fills, and fill none."""
    taken = {*mapping.columns.values()}
    passed_over = format_.passed_over(mapping.entity)
    for column, names in format_.entities.get(mapping.entity, {}).items():
        for name in names:
            if name in headers and headers[name] not in taken and name not in passed_over:
                yield Caution("second_header", column, headers[name])


def _values(mapping: Mapping, name: str, header: str, values: Sequence[str]) -> Iterator[Caution]:
    """Where the values of a mapped column are not what its meaning asks for."""
    contract = CONTRACTS[mapping.entity]
    column = contract.column(name)
    if name.endswith("_id") and any(map(_SEVERAL.match, values)):
        yield Caution("several_ids", name, header)
    filled = [value for value in values[:CHECKED_ROWS] if value]
    if not filled:
        if column.required and not any(values):
            yield Caution("empty_column", name, header)
        return
    distinct = len(set(filled))
    if (name,) == contract.key and len(filled) >= 20 and distinct < 0.8 * len(filled):
        yield Caution("ids_repeat", name, header)
    elif name == "owner" and len(filled) >= 50 and distinct > 0.9 * len(filled):
        yield Caution("owners_never_repeat", name, header)
    elif column.type in ("date", "time") and _share(filled, _like_a_date) < 0.8:
        yield Caution("no_dates", name, header)
    elif column.type in ("number", "money") and _share(filled, _has_a_digit) < 0.8:
        yield Caution("no_numbers", name, header)
    elif column.type == "flag" and distinct > 4:
        yield Caution("no_flags", name, header)


def _share(values: Sequence[str], claim: Callable[[str], object]) -> float:
    return sum(map(bool, map(claim, values))) / len(values)


def _like_a_date(value: str) -> bool:
    return len(value) < 40 and len(re.findall(r"\d", value)) >= 3


def _has_a_digit(value: str) -> object:
    return re.search(r"\d", value)
