"""Which CRM wrote a table, what it is about, and which header is which column.

Headers decide, by exact match after normalising; values then confirm or cast doubt. Nothing
is ever matched by likeness: that only proposes, and a person decides.
"""

import difflib
import math
import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, replace

from data.contracts import CONTRACTS
from data.errors import SettingError
from data.formats import Format, formats, normalise
from data.mapping import Caution, Mapping
from data.readers import SourceTable

SURE = 0.75
"""Confidence from which a mapping may be used without anybody looking at it."""

KNOWN = 0.5
"""Confidence below which a layout is unknown: somebody has to say which column is which."""

GENERIC_AT_MOST = 0.7
"""Synonyms of hand-made spreadsheets are no evidence of a CRM: somebody has to look."""

CHECKED_ROWS = 500
COMPARED = 100
"""Unmapped headers among which similar ones are looked for; likeness is slow to work out."""

DOUBT = 0.6
"""What each check by values that fails leaves of the confidence."""


@dataclass(frozen=True)
class Recognition:
    """What a table was taken for.

    Attributes
    ----------
    confidence
        0 to 1. Below ``SURE`` the mapping is a proposal.
    unmapped
        Headers that fill no column.
    suggestions
        Contract column without a header to a similar header; proposals only.
    saved
        The mapping is the one a person confirmed for this header.
    """

    mapping: Mapping
    confidence: float
    unmapped: tuple[str, ...]
    suggestions: Pairs[str, str]
    cautions: tuple[Caution, ...]
    saved: bool = False

    @property
    def format(self) -> str:
        return self.mapping.format

    @property
    def entity(self) -> str:
        return self.mapping.entity


@dataclass(frozen=True)
class _Candidate:
    mapping: Mapping
    confidence: float
    signs: int
    required: int

    @property
    def rank(self) -> tuple[float, int, int, int]:
        return (round(self.confidence, 6), self.signs, self.required, len(self.mapping.columns))


def recognise(table: SourceTable, saved: Mapping | None = None) -> Recognition:
    """The format, entity and mapping that fit a table best.

    Parameters
    ----------
    saved
        The mapping that was confirmed for a table with this header; taken as it is.

    Raises
    ------
    SettingError
        A header of ``saved`` is not in the table.

    Returns
    -------
    Always a recognition: where nothing fits, one of the format ``generic`` with a confidence
    near 0 and what could be mapped.
    """
    headers = {normalise(header): header for header in table.header}
    if saved:
        return _described(table, _respelled(saved, table, headers), 1.0, (), saved=True)
    candidates = list(_candidates(headers))
    best = max(candidates, key=lambda candidate: candidate.rank)
    if best.confidence < KNOWN:
        generic = (each for each in candidates if each.mapping.format == "generic")
        best = max(generic, key=lambda candidate: candidate.confidence)
    cautions = tuple(_doubts(table, best.mapping))
    confidence = best.confidence
    if confidence > KNOWN:  # doubts ask for a look at a known layout; they do not make it unknown
        confidence = max(confidence * DOUBT ** len(cautions), KNOWN)
    return _described(table, best.mapping, confidence, cautions)


def propose(table: SourceTable, format_name: str, entity: str) -> Mapping:
    """The mapping of a table under an entity that a person chose.

    A format that has no files of that entity gives way to ``generic``.
    """
    headers = {normalise(header): header for header in table.header}
    format_ = formats()[format_name]
    return _mapping(
        format_ if entity in format_.entities else formats()["generic"], entity, headers
    )


def _candidates(headers: Pairs[str, str]) -> Iterator[_Candidate]:
    for format_ in formats().values():
        for entity in format_.entities:
            mapping = _mapping(format_, entity, headers)
            known = len(format_.knows(entity) & headers.keys())
            required = CONTRACTS[entity].required
            complete = 1 - len(mapping.missing) / len(required)
            signs = len(format_.signatures & headers.keys())
            # Custom fields make many headers unknown, so signatures count beside the share.
            fit = 0.4 + 0.4 * known / len(headers) + 0.1 * min(signs, 2)
            # Id and Name are no sign of any CRM, and of a hand-made sheet only in company.
            trust = float(signs > 0) if format_.signatures else min(known / 3, 1)
            confidence = math.sqrt(complete) * fit * trust
            if format_.name == "generic":
                confidence = min(confidence, GENERIC_AT_MOST)
            yield _Candidate(mapping, confidence, signs, len(required))


def _respelled(saved: Mapping, table: SourceTable, headers: Pairs[str, str]) -> Mapping:
    """A saved mapping with the headers as this file spells them."""
    for header in saved.columns.values():
        if normalise(header) not in headers:
            raise SettingError(f"{table.file} has no column {header}.", value=header)
    columns = {name: headers[normalise(header)] for name, header in saved.columns.items()}
    return replace(saved, columns=columns)


def _mapping(format_: Format, entity: str, headers: Pairs[str, str]) -> Mapping:
    columns = {
        column: headers[name]
        for column, names in format_.entities[entity].items()
        for name in [next((name for name in names if name in headers), None)]
        if name is not None
    }
    constants = {
        column: value
        for column, value in format_.constants.get(entity, {}).items()
        if column not in columns
    }
    return Mapping(format_.name, entity, columns, constants)


def _doubts(table: SourceTable, mapping: Mapping) -> Iterator[Caution]:
    """Where the values of a mapped column are not what its meaning asks for."""
    contract = CONTRACTS[mapping.entity]
    for name, header in mapping.columns.items():
        index = table.header.index(header)
        values = [row[index].strip() for row in table.rows[:CHECKED_ROWS]]
        filled = [value for value in values if value]
        if not filled:
            continue
        distinct = len(set(filled)) / len(filled)
        kind = contract.column(name).type
        if (name,) == contract.key and len(filled) >= 20 and distinct < 0.8:
            yield Caution("ids_repeat", name, header)
        elif name == "owner" and len(filled) >= 50 and distinct > 0.9:
            yield Caution("owners_never_repeat", name, header)
        elif kind in ("date", "time") and _share(filled, _like_a_date) < 0.8:
            yield Caution("no_dates", name, header)
        elif kind in ("number", "money") and _share(filled, _has_a_digit) < 0.8:
            yield Caution("no_numbers", name, header)


def _described(
    table: SourceTable,
    mapping: Mapping,
    confidence: float,
    cautions: tuple[Caution, ...],
    *,
    saved: bool = False,
) -> Recognition:
    unmapped = tuple(header for header in table.header if header not in mapping.columns.values())
    return Recognition(
        mapping=mapping,
        confidence=round(confidence, 2),
        unmapped=unmapped,
        suggestions=dict(_suggestions(mapping, unmapped)),
        cautions=cautions,
        saved=saved,
    )


def _suggestions(mapping: Mapping, unmapped: Sequence[str]) -> Iterator[tuple[str, str]]:
    """A similar header for each column that has none."""
    headers = {normalise(header): header for header in unmapped[:COMPARED]}
    for column in CONTRACTS[mapping.entity].mapped:
        if column.name not in mapping.columns:
            names = [normalise(column.name)]
            for format_ in (formats()[mapping.format], formats()["generic"]):
                names += format_.entities.get(mapping.entity, {}).get(column.name, ())
            for name in names:
                if close := difflib.get_close_matches(name, headers, n=1, cutoff=0.85):
                    yield column.name, headers[close[0]]
                    break


def _share(values: Sequence[str], claim: Callable[[str], object]) -> float:
    return sum(map(bool, map(claim, values))) / len(values)


def _like_a_date(value: str) -> bool:
    return len(value) < 40 and len(re.findall(r"\d", value)) >= 3


def _has_a_digit(value: str) -> object:
    return re.search(r"\d", value)
