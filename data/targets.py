"""Tables of targets as people keep them, to one row for each unit, period and measure.

Months, quarters or years may stand across, or down in words (``2026年1月``); units, measures and
tiers have names of their own. A total is never taken beside what it is the total of, an empty
cell is no target, and a zero is one.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, replace
from decimal import Decimal

from data.amounts import TIMES, unit_of
from data.formats import BLANK
from data.mapping import Caution, Mapping
from data.periods import first_day, period_in, year_in
from data.readers import SourceTable
from data.terms import is_count, is_share, measure, role, says_target, term, unit_kind, unit_kind_in
from data.values import NO_VALUE

FEWEST = 3
"""Columns of periods from which a table is taken for one of targets."""

PERIODS = ("year", "quarter", "month", "week")

HEADER = "header"
"""Column of a long table: the header of the file under which the amount stands."""

_SUFFIXES = {factor: suffix for suffix, factor in reversed(TIMES.items())}
# A number that does not say itself what it is counted in.
_NUMBER = re.compile(
    r"([^\w%]*(?:[a-z]{2,3}[^\w%]*)?\d[\d.,'\s]*?)([^\w%]*(?:[a-z]{3}|元)?[^\w%]*)", re.IGNORECASE
)
_SHARE = re.compile(r"0?\.\d+")
_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")


@dataclass(frozen=True)
class Across:
    """The columns of a table that stand for periods.

    Attributes
    ----------
    periods
        Header to the code of its period (``data.periods``).
    totals, halves
        Headers of sums and of half-years, which are no periods of targets.
    """

    periods: Pairs[str, str]
    totals: tuple[str, ...]
    halves: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """How a table with periods across may be read.

    Attributes
    ----------
    says_target
        Something on the sheet calls it a quota, target, plan or 目标.
    """

    mapping: Mapping
    says_target: bool
    cautions: tuple[Caution, ...]


def periods_across(header: Sequence[str]) -> Across:
    """The columns that stand for periods of targets, by their headers alone.

    What a header says beside its period must be a measure or a word for target: ``1月实际`` is
    no target.
    """
    found = {name: period for name in header if (period := period_in(name))}
    return Across(
        periods={
            name: period.code
            for name, period in found.items()
            if period.kind in PERIODS and measure(period.rest) is not None
        },
        totals=tuple(name for name, period in found.items() if period.kind == "total"),
        halves=tuple(name for name, period in found.items() if period.kind == "half"),
    )


def proposal(table: SourceTable) -> Proposal | None:
    """The mapping of a table of targets with periods across; None where it is none."""
    across = periods_across(table.header)
    if len(across.periods) < FEWEST:
        return None
    aside = {*across.periods, *across.totals, *across.halves}
    others = [name for name in table.header if name not in aside]
    columns, year_column, kind = _roles(others)
    said = _said(table)
    said_so = any(map(says_target, [*said, *table.header]))
    if "unit" not in columns and not said_so:
        return None
    cautions = [Caution("halves_left_out", "amount", name) for name in across.halves]
    constants = {"tier": "base"} if "tier" not in columns else {}
    if "unit" not in columns:
        constants["unit"] = kind = "company"
    kind = kind or next(filter(None, map(unit_kind_in, said)), None)
    if not kind:
        kind = "rep"
        cautions.append(Caution("unit_kind_guessed", "unit_kind", columns["unit"]))
    constants["unit_kind"] = kind
    if "kpi" not in columns:
        constants["kpi"] = "revenue"
    mapping = Mapping(
        "generic",
        "targets",
        columns,
        constants,
        across=across.periods,
        year=year_column or stated_year(table),
        fiscal_start=_fiscal_start([*across.periods.values()]),
    )
    if needs_year(mapping):
        cautions.append(Caution("year_unknown", "period_start"))
    if mapping.fiscal_start != 1 or any(map(_is_fiscal, across.periods)):
        cautions.append(Caution("fiscal_year_guessed", "period_start", str(mapping.fiscal_start)))
    return Proposal(mapping, said_so, tuple(cautions))


def stated_year(table: SourceTable) -> str:
    """The year that a title, the sheet or the file's name speaks of; empty where none does."""
    return str(next(filter(None, map(year_in, _said(table))), ""))


def needs_year(mapping: Mapping) -> bool:
    """Whether periods are named without a year, and nothing says which it is."""
    return not mapping.year and any(
        first_day(code, None, 1) is None for code in mapping.across.values()
    )


def long_form(table: SourceTable, mapping: Mapping) -> tuple[SourceTable, Mapping]:
    """A table of targets with a row a target, and the mapping that reads it.

    Units, measures, tiers and periods get the words of the contract. What cannot be understood
    stays as it is, to be refused by its own words. Every row keeps the line it stands on in the
    file; column ``HEADER`` has the header that its amount stands under.
    """
    names = [*mapping.columns]
    names += [
        name
        for name in ("period", "period_start", "amount", "kpi")
        if name not in names and (name not in mapping.constants or name == "kpi")
    ]
    numbers, rows = [], []
    for number, cells in zip(table.row_numbers, table.rows, strict=True):
        record = dict(zip(table.header, cells, strict=True))
        for facts in _targets(record, mapping, _title_unit(table)):
            numbers.append(number)
            rows.append([facts.get(name, "") for name in (*names, HEADER)])
    long = replace(table, header=(*names, HEADER), rows=rows, row_numbers=numbers)
    constants = {
        name: term(value, name) for name, value in mapping.constants.items() if name not in names
    }
    columns = {name: name for name in names}
    return long, replace(mapping, columns=columns, constants=constants, across={})


def _targets(
    record: Pairs[str, str], mapping: Mapping, title_unit: float | None
) -> Iterator[dict[str, str]]:
    """The targets of one row of a file, each as contract column to text."""
    facts = {
        name: term(record[header].strip(BLANK), name) for name, header in mapping.columns.items()
    }
    facts.setdefault("kpi", term(mapping.constants.get("kpi", ""), "kpi"))
    said = record.get(mapping.year, mapping.year)
    year = year_in(said) if said else None
    if not mapping.across:
        header = mapping.columns["amount"]
        facts |= _period_down(facts, year, mapping.fiscal_start)
        yield facts | _amount(record[header], header, facts["kpi"], mapping, title_unit)
    for header, code in mapping.across.items():
        cell = record[header].strip(BLANK)
        if not cell or cell.lower() in NO_VALUE:
            continue
        period = period_in(header)
        kpi = (period and measure(period.rest)) or facts["kpi"]
        kind, day = first_day(code, year, mapping.fiscal_start) or ("", "")
        found = {"kpi": kpi, "period": kind, "period_start": str(day)}
        yield facts | found | _amount(cell, header, kpi, mapping, title_unit)


def _amount(
    cell: str, header: str, kpi: str, mapping: Mapping, title_unit: float | None
) -> dict[str, str]:
    """An amount in the unit that its header or the title says, unless the mapping says one."""
    if is_share(kpi):
        return {"amount": _in_per_cent(cell.strip(BLANK)), HEADER: header}
    unit = unit_of(header) or (None if is_count(kpi) else title_unit)
    if "amount" in mapping.scales:
        unit = None
    return {"amount": _in_unit(cell.strip(BLANK), unit), HEADER: header}


def _period_down(facts: Pairs[str, str], year: int | None, fiscal_start: int) -> dict[str, str]:
    """Period and first day of a row that names them in words; nothing where it has a date."""
    for name in ("period_start", "period"):
        text = facts.get(name, "")
        period = None if _DATE.match(text) else period_in(text)
        if not period or period.rest or period.kind not in PERIODS:
            continue
        if found := first_day(period.code, year, fiscal_start):
            stated = facts.get("period")
            kind = stated if stated in PERIODS else found[0]
            return {"period": kind, "period_start": str(found[1])}
    return {}


def _roles(headers: Sequence[str]) -> tuple[dict[str, str], str, str | None]:
    """Contract column to header, the header that has the year, and whose targets they are."""
    columns: dict[str, str] = {}
    for header in headers:
        columns.setdefault(role(header) or header, header)
    roles = {name: columns[name] for name in ("kpi", "tier", "currency") if name in columns}
    year = columns.get("year", "")
    left = [header for header in headers if header not in {*roles.values(), year}]
    kinds = {unit_kind(header): header for header in reversed(left)}
    for kind in ("rep", "team", "region", "company"):
        if kind in kinds:
            return roles | {"unit": kinds[kind]}, year, kind
    return roles | ({"unit": left[0]} if left else {}), year, None


def _fiscal_start(codes: Sequence[str]) -> int:
    """Where a year begins whose twelve months stand in their order: in the year before."""
    months = [int(code[1:]) for code in codes if re.fullmatch(r"M\d\d", code)]
    begins = months[0] if months else 1
    in_order = [(begins - 1 + n) % 12 + 1 for n in range(12)]
    return begins - 12 if begins > 1 and months == in_order else 1


def _is_fiscal(header: str) -> bool:
    period = period_in(header)
    return period is not None and period.fiscal


def _said(table: SourceTable) -> list[str]:
    titles = [line.text for line in table.furniture if line.kind == "title"]
    return [*titles, table.sheet, table.file]


def _title_unit(table: SourceTable) -> float | None:
    titles = (unit_of(line.text) for line in table.furniture if line.kind == "title")
    return next(filter(None, titles), None)


def _in_per_cent(cell: str) -> str:
    """A share as the number of its per cent: ``30%`` and ``0.3`` are both 30."""
    text = unicodedata.normalize("NFKC", cell)
    if _SHARE.fullmatch(text):
        return str(Decimal(text) * 100)
    return text.removesuffix("%").rstrip()


def _in_unit(cell: str, factor: float | None) -> str:
    """A number with the unit that its header has: ``12.5`` under 万元 is ``12.5万``."""
    suffix = _SUFFIXES.get(factor or 1)
    number = _NUMBER.fullmatch(unicodedata.normalize("NFKC", cell))
    return f"{number[1]}{suffix}{number[2]}" if suffix and number else cell
