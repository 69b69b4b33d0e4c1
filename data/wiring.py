"""Which header of a table fills which column of an entity, by what a format says."""

import re
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import replace

from data.contracts import CONTRACTS
from data.formats import Format, formats, normalise
from data.mapping import Mapping
from data.readers import SourceTable
from data.values import unit_of

BORROWED = ("amount", "product", "sector", "region", "created_on", "close_date")
"""Columns whose everyday names are read in the files of any CRM."""

_UNIT = re.compile(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]\s*$")


def propose(table: SourceTable, format_name: str, entity: str) -> Mapping:
    """The mapping of a table under an entity that a person chose.

    A format that has no files of that entity gives way to ``generic``.
    """
    format_ = formats()[format_name]
    if entity not in format_.entities:
        format_ = formats()["generic"]
    return mapping_of(format_, entity, named(table.header))


def named(header: Sequence[str]) -> dict[str, str]:
    """Headers by what they are compared by; one with a unit by its name without it, too."""
    named = {normalise(each): each for each in header}
    for each in header:
        if unit_of(each) is not None:
            named.setdefault(normalise(_UNIT.sub("", each)), each)
    return named


def mapping_of(format_: Format, entity: str, headers: Pairs[str, str]) -> Mapping:
    columns = {
        column: headers[name]
        for column, names in format_.entities[entity].items()
        for name in [next((name for name in names if name in headers), None)]
        if name is not None
    }
    columns |= _borrowed(format_, entity, headers, columns)
    constants = {
        column: value
        for column, value in format_.constants.get(entity, {}).items()
        if column not in columns
    }
    return scaled(Mapping(format_.name, entity, columns, constants))


def _borrowed(
    format_: Format, entity: str, headers: Pairs[str, str], columns: Pairs[str, str]
) -> dict[str, str]:
    """Columns that the format does not name and anybody would: people rename fields of a CRM."""
    if format_.name in ("evenhand", "generic"):
        return {}
    names = formats()["generic"].entities.get(entity, {})
    known = format_.knows(entity)
    taken = {*columns.values()}
    return {
        column: headers[name]
        for column in BORROWED
        if column not in columns
        for name in names.get(column, ())
        if name in headers and name not in known and headers[name] not in taken
    }


def scaled(mapping: Mapping) -> Mapping:
    """A mapping with what the units in its headers say; what it says itself goes before that."""
    contract = CONTRACTS[mapping.entity]
    stated = {
        name: scale
        for name, header in mapping.columns.items()
        if contract.column(name).type in ("number", "money")
        and (scale := unit_of(header)) not in (None, 1)
    }
    return replace(mapping, scales=stated | dict(mapping.scales))
