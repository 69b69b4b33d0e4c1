"""Which CRM wrote a table, what it is about, and which header is which column.

Headers decide, by exact match after normalising; values then confirm or cast doubt. Nothing
is ever matched by likeness: that only proposes, and a person decides.
"""

import difflib
import math
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, replace

from data.contracts import CONTRACTS
from data.doubts import CHECKED_ROWS, NOTES, doubts
from data.errors import SettingError
from data.formats import Format, formats, normalise
from data.mapping import Caution, Mapping, nearest
from data.readers import SourceTable
from data.targets import proposal, stated_year
from data.wiring import mapping_of, named, propose, scaled

SURE = 0.75
"""Confidence from which a mapping may be used without anybody looking at it."""

KNOWN = 0.5
"""Confidence below which a layout is unknown: somebody has to say which column is which."""

GENERIC_AT_MOST = 0.7
"""Synonyms of hand-made spreadsheets are no evidence of a CRM: somebody has to look."""

COMPARED = 100
"""Unmapped headers among which similar ones are looked for; likeness is slow to work out."""

DOUBT = 0.6
"""What each caution that is no mere note leaves of the confidence."""

WITHOUT_ID = 0.8
"""What is left of the confidence in a format that finds no id, where another may find one."""

SAYS_TARGET = 0.9
"""Confidence in a table with periods across that calls itself one of targets."""

EXTENDED = 0.9
"""Confidence in a mapping that was confirmed for this header, which has more columns now."""

REUSED = 0.7
"""Confidence in a mapping that was confirmed for almost this header: below ``SURE``."""


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


def recognise(
    table: SourceTable,
    saved: Mapping | None = None,
    remembered: Sequence[tuple[Sequence[str], Mapping]] = (),
) -> Recognition:
    """The format, entity and mapping that fit a table best.

    Parameters
    ----------
    saved
        The mapping that was confirmed for a table with this header; taken as it is.
    remembered
        Other headers with the mapping confirmed for each, oldest first. One that is almost
        this header lends its mapping; the columns whose header has gone are asked for.

    Raises
    ------
    SettingError
        A header of ``saved`` is not in the table.

    Returns
    -------
    Always a recognition: where nothing fits, one of the format ``generic`` with a confidence
    near 0 and what could be mapped.
    """
    headers = named(table.header)
    if saved:
        return _described(table, _respelled(saved, table), 1.0, (), saved=True)
    if wide := proposal(table):
        confidence = SAYS_TARGET if wide.says_target else GENERIC_AT_MOST
        return _described(table, wide.mapping, confidence, wide.cautions)
    candidates = list(_candidates(table, headers))
    best = max(candidates, key=lambda candidate: candidate.rank)
    known = best.confidence >= KNOWN
    if near := nearest(table.header, remembered, best.mapping.entity if known else ""):
        return _reused(table, *near)
    if not known:
        generic = (each for each in candidates if each.mapping.format == "generic")
        best = max(generic, key=lambda candidate: candidate.confidence)
    cautions = tuple(doubts(table, best.mapping, headers))
    confidence = best.confidence
    if confidence > KNOWN:  # cautions ask for a look at a known layout; it stays a known one
        asking = sum(caution.code not in NOTES for caution in cautions)
        confidence = max(confidence * DOUBT**asking, KNOWN)
    return _described(table, best.mapping, confidence, cautions)


def _candidates(table: SourceTable, headers: Pairs[str, str]) -> Iterator[_Candidate]:
    for format_ in formats().values():
        for entity in format_.entities:
            mapping = mapping_of(format_, entity, headers)
            known = len({headers[name] for name in format_.knows(entity) & headers.keys()})
            required = CONTRACTS[entity].required
            complete = 1 - len(mapping.missing) / len(required)
            signs = len(format_.signatures & headers.keys())
            # Id and Name are no sign of any CRM, and of a hand-made sheet only in company.
            trust = float(signs > 0) if format_.signatures else min(known / 3, 1)
            if format_.name == "evenhand" and not _to_the_letter(mapping):
                trust = 0.0  # a hand-made sheet happens to name a column as we do
            signs += _has_its_ids(table, format_, mapping) or _is_ours(table, format_, entity)
            # Custom fields make many headers unknown, so signatures count beside the share.
            fit = 0.4 + 0.4 * known / len(table.header) + 0.1 * min(signs, 2)
            confidence = math.sqrt(complete) * fit * trust
            if mapping.composed:
                confidence *= WITHOUT_ID
            if format_.name == "generic":
                confidence = min(confidence, GENERIC_AT_MOST)
            yield _Candidate(mapping, confidence, signs, len(required))


def _has_its_ids(table: SourceTable, format_: Format, mapping: Mapping) -> bool:
    """Whether the ids of a table look like those of the format."""
    header = mapping.columns.get(CONTRACTS[mapping.entity].key[0])
    if not header or not format_.id_pattern:
        return False
    index = table.header.index(header)
    ids = [row[index].strip() for row in table.rows[:CHECKED_ROWS] if row[index].strip()]
    return bool(ids) and all(map(format_.id_pattern.fullmatch, ids))


def _to_the_letter(mapping: Mapping) -> bool:
    return all(
        name.replace("_", "") == header.replace("_", "") for name, header in mapping.columns.items()
    )


def _is_ours(table: SourceTable, format_: Format, entity: str) -> bool:
    """Whether a table has the names of our columns to the letter, and no others."""
    ours = {column.name for column in CONTRACTS[entity].columns}
    return format_.name == "evenhand" and ours.issuperset(table.header)


def _respelled(saved: Mapping, table: SourceTable) -> Mapping:
    """A saved mapping with the headers as this file spells them."""
    spelled = {normalise(header): header for header in table.header}
    for header in (*saved.columns.values(), *saved.across):
        if normalise(header) not in spelled:
            raise SettingError(f"{table.file} has no column {header}.", value=header)
    columns = {name: spelled[normalise(header)] for name, header in saved.columns.items()}
    mapping = scaled(saved.rewired(columns))
    if not saved.across:
        return mapping
    # The months of last year's sheet are this year's, if the sheet says so.
    year = (stated_year(table) if saved.year.isdigit() else "") or saved.year
    across = {spelled[normalise(header)]: code for header, code in saved.across.items()}
    return replace(mapping, across=across, year=year)


def _reused(
    table: SourceTable, mapping: Mapping, gone: Pairs[str, str], known: Collection[str]
) -> Recognition:
    """A remembered mapping, and what the format knows of headers that have gone or are new."""
    fresh = propose(table, mapping.format, mapping.entity).columns
    taken = {*mapping.columns.values()}
    found = {
        name: header
        for name, header in fresh.items()
        if name not in mapping.columns
        and header not in taken
        and (name in gone or normalise(header) not in known)
    }
    mapping = scaled(mapping.rewired({**mapping.columns, **found}))
    cautions = tuple(Caution("header_gone", name, header) for name, header in gone.items())
    return _described(table, mapping, REUSED if gone else EXTENDED, cautions)


def _described(
    table: SourceTable,
    mapping: Mapping,
    confidence: float,
    cautions: tuple[Caution, ...],
    *,
    saved: bool = False,
) -> Recognition:
    used = {*mapping.columns.values(), *mapping.across, mapping.year}
    unmapped = tuple(header for header in table.header if header not in used)
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
