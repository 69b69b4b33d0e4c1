"""What the exports of each CRM look like: one TOML file a format, read once.

A format says by which headers an export names the columns of our contracts, which of its
stages mean won or lost, which lines around the table are not records, and what a file must
contain that changes owners in that CRM.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from data.contracts import CONTRACTS

INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060"
"""Characters without width: byte order mark, zero-width spaces and joiners."""

BLANK = INVISIBLE + " \t\r\n\u00a0\u2007\u202f\u3000"
"""What may stand around a value and is none of it."""

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_QUOTES = BLANK + "\"'“”"
_DUTY = re.compile(r"\s*(\*|\((必填|required)\))$", re.IGNORECASE)


SHEET_ROWS = 1_048_575
"""Rows below the header that one sheet of a workbook holds."""


@dataclass(frozen=True)
class OwnerChange:
    """The files that change owners in a CRM.

    Attributes
    ----------
    columns
        Kind of item (opportunity, lead, account, task) to header to what it is filled with, in
        the file's order: ``item`` (id), ``name``, ``account``, ``owner``.
    owner
        What stands in the owner column: ``id``, ``email`` or ``name``.
    container, encoding
        ``csv`` or ``xlsx``, and the encoding of a CSV.
    rows
        Rows that one import takes at most.
    new_tasks
        Header of a file of new tasks to what it is filled with: ``subject``, ``owner``,
        ``due_on``, ``importance``, ``note``. Empty where it is not known.
    evidence
        ``verified``, ``docs`` or ``unverified``.
    """

    columns: Mapping[str, Mapping[str, str]]
    owner: Literal["id", "email", "name"]
    container: Literal["csv", "xlsx"]
    encoding: str
    evidence: str
    rows: int = SHEET_ROWS
    new_tasks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Format:
    """How one CRM writes its exports. Headers, stages and statuses are normalised.

    Attributes
    ----------
    entities
        Entity to contract column to the headers that may name it, best first.
    ignored
        Entity, or ``all``, to headers that are known and not taken.
    constants
        Entity to contract column to the value it has in every row, where no header names it.
    signatures
        Headers that hardly any other format has.
    stages, statuses
        Text to won, lost, open or void.
    void_if
        Header to the values that take an opportunity out of every count.
    left_out
        Entity to header to the values of rows that are no records of it at all.
    id_prefix, id_pattern
        What stands before every id, and what a whole id looks like.
    blanks
        Texts that stand for an empty cell, but in a status or a flag.
    date_order
        The ``strptime`` form by which ``3/4/2026`` is read where every value of a column fits both
        orders.
    cautions
        Entity to header to the code of what a person should know where a file has it.
    evidence
        Entity to ``verified`` (seen in a real export), ``docs`` or ``unverified``; of the
        Chinese headers, where a format has others as well, under ``<entity>_zh``.
    """

    name: str
    label: str
    entities: Mapping[str, Mapping[str, tuple[str, ...]]]
    ignored: Mapping[str, frozenset[str]]
    constants: Mapping[str, Mapping[str, str]]
    signatures: frozenset[str]
    stages: Mapping[str, str]
    statuses: Mapping[str, str]
    void_if: Mapping[str, frozenset[str]]
    left_out: Mapping[str, Mapping[str, frozenset[str]]]
    blanks: frozenset[str]
    id_prefix: str
    id_pattern: re.Pattern[str] | None
    case_safe_ids: bool
    date_order: str
    owner_change: OwnerChange
    cautions: Mapping[str, Mapping[str, str]]
    evidence: Mapping[str, str]

    def knows(self, entity: str) -> frozenset[str]:
        """Every header this format may have for an entity, taken or not."""
        taken = (header for names in self.entities[entity].values() for header in names)
        marks = {*self.void_if, *self.left_out.get(entity, ()), *self.cautions.get(entity, ())}
        return frozenset(taken) | self.passed_over(entity) | marks

    def evidence_of(self, entity: str, header: Iterable[str]) -> str:
        """How well an entity is known in the language of a header; empty where it is not."""
        chinese = any(map(_CHINESE.search, header))
        of_language = f"{entity}_zh" if chinese else entity
        return self.evidence.get(of_language, self.evidence.get(entity, ""))

    def passed_over(self, entity: str) -> frozenset[str]:
        """Headers that are known and not taken, or only where there is nothing better."""
        return self.ignored.get(entity, frozenset()) | self.ignored.get("all", frozenset())


def normalise(text: str) -> str:
    """A header or stage without what exports vary: width, case, blanks, marks of duty.

    Labels and technical names of a field are then often one.

    >>> normalise(" 客户名称_唯一性ID（必填）")
    '客户名称唯一性id'
    >>> normalise("Close Date") == normalise("CloseDate") == normalise("CLOSE_DATE")
    True
    """
    text = unicodedata.normalize("NFKC", text).translate(dict.fromkeys(map(ord, INVISIBLE)))
    text = _DUTY.sub("", text.strip(_QUOTES)).strip(_QUOTES)
    return "".join(text.replace("_", " ").split()).casefold()


@cache
def formats() -> dict[str, Format]:
    """Every format by its name; ``generic``, the last resort, comes last."""
    names = sorted((path.stem for path in Path(__file__).parent.glob("*.toml")), key=_generic_last)
    return {name: _format(name) for name in names}


@cache
def known_headers() -> frozenset[str]:
    """Every header that some format has for some entity."""
    return frozenset(
        header
        for format_ in formats().values()
        for entity in format_.entities
        for header in format_.knows(entity)
    )


@cache
def patterns(kind: Literal["footers", "hints"]) -> re.Pattern[str]:
    """Beginnings of lines that are no records: below the table, or directly below its header."""
    found = (pattern for name in formats() for pattern in _toml(name).get(kind, ()))
    return re.compile("|".join(f"(?:{pattern})" for pattern in found), re.IGNORECASE)


def _format(name: str) -> Format:
    text = _toml(name)
    generic = name != "generic" and _toml("generic")
    prefixes = text.get("prefixes", {})
    return Format(
        name=name,
        label=text["label"],
        entities=_entities(text.get("entities"), prefixes),
        ignored={
            entity: _all(_prefixed(names, prefixes.get(entity, ())))
            for entity, names in text.get("ignored", {}).items()
        },
        constants=text.get("constants", {}),
        signatures=_all(text.get("signatures", ())),
        stages=_meanings(generic, "stages") | _meanings(text, "stages"),
        statuses=_meanings(generic, "statuses") | _meanings(text, "statuses"),
        void_if=_marks(text.get("void_if", {})),
        left_out={entity: _marks(marks) for entity, marks in text.get("left_out", {}).items()},
        blanks=_all(text.get("blanks", ())),
        id_prefix=text.get("id_prefix", ""),
        id_pattern=re.compile(text["id_pattern"]) if "id_pattern" in text else None,
        case_safe_ids=text.get("case_safe_ids", False),
        date_order=text.get("date_order", "%m/%d/%Y"),
        owner_change=OwnerChange(**text["owner_change"]),
        cautions={
            entity: {normalise(header): code for header, code in codes.items()}
            for entity, codes in text.get("cautions", {}).items()
        },
        evidence=text.get("evidence", {}),
    )


def _entities(
    listed: Mapping[str, Mapping[str, list[str]]] | None, prefixes: Mapping[str, list[str]]
) -> dict[str, dict[str, tuple[str, ...]]]:
    if listed is None:  # our own files: the header is the contract
        listed = {
            contract.name: {column.name: [column.name] for column in contract.mapped}
            for contract in CONTRACTS.values()
        }
    return {
        entity: {
            column: tuple(
                dict.fromkeys(map(normalise, _prefixed(headers, prefixes.get(entity, ()))))
            )
            for column, headers in columns.items()
        }
        for entity, columns in listed.items()
    }


def _prefixed(headers: Iterable[str], prefixes: Iterable[str]) -> list[str]:
    """Headers as they are, and as an export writes them that names the object before each."""
    return [before + header for header in headers for before in ("", *prefixes)]


def _marks(listed: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    return {normalise(header): _all(values) for header, values in listed.items()}


def _meanings(text: Any, kind: str) -> dict[str, str]:
    meanings = text.get(kind, {}) if text else {}
    return {normalise(name): outcome for outcome, names in meanings.items() for name in names}


def _all(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(normalise, names))


def _generic_last(name: str) -> tuple[bool, str]:
    return name == "generic", name


@cache
def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
