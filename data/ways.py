"""How each column of dates and numbers is read: what the values of a file prove and leave open."""

from collections.abc import Mapping as Pairs
from dataclasses import replace

import duckdb

from data.contracts import CONTRACTS, Contract
from data.formats import Format
from data.mapping import Caution, Mapping
from data.readers import SourceTable
from data.values import currencies, currency_in, date_order, decimal_mark, has_offsets, steps


def decided(
    db: duckdb.DuckDBPyConnection, table: SourceTable, mapping: Mapping, format_: Format
) -> tuple[Mapping, dict[str, str | None], tuple[Caution, ...]]:
    """How each column of dates or numbers is read; what the values prove joins the mapping."""
    contract = CONTRACTS[mapping.entity]
    orders, marks = dict(mapping.date_formats), dict(mapping.decimals)
    ways: dict[str, str | None] = {**orders, **marks}
    cautions = []
    for name in (*mapping.columns, *mapping.constants):
        kind = contract.column(name).type
        if kind in ("date", "time") and not mapping.time_zone and has_offsets(db, "cells", name):
            cautions.append(Caution("times_with_offset", name, mapping.columns.get(name, "")))
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
            mark, proved, doubtful = decimal_mark(db, "cells", name, default)
            ways[name] = mark
            if doubtful:
                cautions.append(Caution("decimal_mark_ambiguous", name, mark))
            elif proved:
                marks[name] = mark
    columns = dict(mapping.columns)
    is_open = contract.has("currency") and "amount" in columns and "currency" not in mapping.filled
    if is_open and (codes := currencies(db, "cells", "amount")):
        columns["currency"] = columns["amount"]
        cautions.append(Caution("currency_from_cells", "amount", ", ".join(codes)))
    mapping = replace(mapping, columns=columns, date_formats=orders, decimals=marks)
    return mapping, ways, tuple(cautions)


def currency_in_amount(mapping: Mapping) -> bool:
    """Whether the cells of the amount say the currency too."""
    return mapping.columns.get("currency", "") == mapping.columns.get("amount")


def typing(
    contract: Contract, mapping: Mapping, ways: Pairs[str, str | None]
) -> dict[str, tuple[str, str, str]]:
    """The three steps from prepared text to value, for every filled column."""
    work = {
        name: steps(
            name,
            contract.column(name).type,
            ways.get(name),
            factor=mapping.scales.get(name, 1),
            zone=mapping.time_zone,
        )
        for name in (*mapping.columns, *mapping.constants)
    }
    if currency_in_amount(mapping):
        work["currency"] = (currency_in("amount"), "currency", "currency")
    return work
