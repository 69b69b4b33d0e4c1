"""How the export files of each CRM are written: headers, words, ids, dates, furniture.

Headers, stages and statuses are those that ``data.formats`` reads; table ``[export]`` of the
same TOML says what only a writer has to know.
"""

import re
import tomllib
from collections.abc import Mapping as Pairs
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal

from data.contracts import CONTRACTS
from data.formats import normalise

Language = Literal["en", "zh"]

_HAN = re.compile(r"[\u4e00-\u9fff]")
_TECHNICAL = re.compile(r"[._a-z][^\u4e00-\u9fff]*|\w+_\w+|[A-Za-z]*[a-z][A-Z][A-Za-z]*", re.ASCII)


@dataclass(frozen=True)
class Style:
    """Table ``[export]`` of a TOML, with what is usual where it is silent.

    Attributes
    ----------
    id, kinds
        How an id is spelled, from its number ``n`` and what its letter stands for.
    date, time, times
        How days and times are written; ``cell`` is a date cell of a workbook. Beside the
        columns that are times, those in ``times`` are written like them.
    yes, no, blank
        Flags, and what stands where there is no value.
    headers, statuses
        What is written where the TOML knows several that a reader takes for the same.
    closed_on_is_won
        Of the days on which opportunities closed, ``closed_on`` has those of the won ones alone,
        and ``close_date`` those of the lost ones.
    prefixed, required
        Headers begin with the name of their object; what stands behind those of duty.
    beside
        Entity, or ``all``, to further columns: header to text.
    above, hint, below
        Lines above the table, the text of a line of hints below its header, lines below it.
    """

    container: Literal["csv", "xlsx"] = "csv"
    encoding: str = "utf-8"
    quote_all: bool = False
    line_end: str = "\r\n"
    id: str = "{id}"
    kinds: Pairs[str, str] = field(default_factory=dict)
    date: str = "{0:%Y-%m-%d}"
    time: str = "{0:%Y-%m-%d %H:%M:%S}"
    times: Sequence[str] = ()
    yes: str = "true"
    no: str = "false"
    blank: str = ""
    headers: Pairs[str, Pairs[str, str]] = field(default_factory=dict)
    statuses: Pairs[str, str] = field(default_factory=dict)
    closed_on_is_won: bool = False
    prefixed: bool = False
    required: str = ""
    beside: Pairs[str, Pairs[str, str]] = field(default_factory=dict)
    above: Sequence[str] = ()
    hint: str = ""
    below: Sequence[str] = ()

    def spelled(self, id_: str) -> str:
        """One of our ids (``O100001``) as the CRM would write it."""
        return self.id.format(id=id_, n=int(id_[1:]), kind=self.kinds.get(id_[0], ""))


@dataclass(frozen=True)
class Dialect:
    """One CRM in one language.

    Attributes
    ----------
    text
        The whole TOML of the format.
    """

    text: Pairs[str, Any]
    style: Style
    language: Language

    @property
    def is_ours(self) -> bool:
        """Whether headers, stages and all are those of our own contracts."""
        return "entities" not in self.text

    def headers(self, entity: str) -> dict[str, str]:
        """Contract column to header; empty where the CRM has no files of the entity.

        Of the names that a column may have, those in the language go before others. Technical
        names stand only in files that have no labels.
        """
        contract = CONTRACTS[entity]
        if self.is_ours:
            return {column.name: column.name for column in contract.mapped}
        columns: Pairs[str, Sequence[str]] = self.text["entities"].get(entity, {})
        labelled = any(map(_is_label, (name for names in columns.values() for name in names)))
        found: dict[str, str] = {}
        for column, names in columns.items():
            labels = [name for name in names if _is_label(name) or not labelled]
            chosen = self.style.headers.get(entity, {}).get(column) or self.word(labels)
            if chosen and chosen not in found.values():
                found[column] = chosen
        if {"closed_on", "expected_on"} <= found.keys() and not self.style.closed_on_is_won:
            found.pop("close_date", None)
        given = found.keys() | self.constants(entity)
        if any(not {one.name, one.falls_back} & given for one in contract.columns if one.required):
            return {}
        before = self.text.get("prefixes", {}).get(entity, [""])[0] if self.style.prefixed else ""
        return {
            name: before + header + (self.style.required if contract.column(name).required else "")
            for name, header in found.items()
        }

    def beside(self, entity: str) -> dict[str, str]:
        """Further columns, header to text: those by which a CRM is known are there, empty."""
        taken = {*map(normalise, self.headers(entity).values())}
        signs = {*map(normalise, self.text.get("signatures", ()))} - taken
        ignored = self.text.get("ignored", {})
        known = {
            name: ""
            for name in (*ignored.get("all", ()), *ignored.get(entity, ()))
            if normalise(name) in signs and self._speaks(name) and _is_label(name)
        }
        return known | {**self.style.beside.get("all", {}), **self.style.beside.get(entity, {})}

    def constants(self, entity: str) -> Pairs[str, str]:
        """What every row of an entity has in a column without a header."""
        found: Pairs[str, str] = self.text.get("constants", {}).get(entity, {})
        return found

    def status(self, outcome: str) -> str:
        """The word for won, lost or open; empty where there is none."""
        words = self.text.get("statuses", {}).get(outcome, ())
        return self.style.statuses.get(outcome) or self.word(words)

    def stages(self) -> tuple[Sequence[str], dict[str, str]]:
        """The open stages in their order, and those of the ends that have one."""
        words: Pairs[str, Sequence[str]] = self.text["stages"]
        spoken = [word for word in words["open"] if self._speaks(word)]
        # Where no open stage is known in the language, the ends are not in it either.
        said = self if spoken else Dialect(self.text, self.style, "en")
        ends = {end: said.word(words[end]) for end in ("won", "lost") if end in words}
        return spoken or words["open"], ends

    def word(self, words: Sequence[str]) -> str:
        """The first word in the language, else the first; empty where there is none."""
        return next(filter(self._speaks, words), next(iter(words), ""))

    def _speaks(self, word: str) -> bool:
        return bool(_HAN.search(word)) == (self.language == "zh")


@cache
def dialect(format_name: str, language: Language) -> Dialect:
    """How a format of ``data.formats`` is written in a language."""
    text = _toml(format_name)
    said = dict(text.get("export", {}))
    chinese = said.pop("zh", {})
    return Dialect(text, Style(**(said | chinese if language == "zh" else said)), language)


def _is_label(name: str) -> bool:
    """Whether a header is one that people see, and not the name of a field in the API."""
    return not _TECHNICAL.fullmatch(name)


def _toml(format_name: str) -> dict[str, Any]:
    source = resources.files("data.formats") / f"{format_name}.toml"
    return tomllib.loads(source.read_text("utf-8"))
