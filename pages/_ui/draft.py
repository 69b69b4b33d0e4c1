"""Rules as they are being changed on the page: numbers, rows of lines, and what is not whole."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any

import pandas as pd
import streamlit as st

from analytics.rules import LINE_KINDS, NEEDS, Change, Line, LineKind, RuleSet, changed, changes
from data.errors import SettingError

COLUMNS: dict[LineKind, tuple[str, ...]] = {
    kind: (*(("rep",) if kind == "capacity" else ()), *NEEDS[kind], "note") for kind in LINE_KINDS
}
"""The columns of the lines of each kind."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """A row that is no line yet: its kind, its number from 1, and what is wrong in it."""

    kind: LineKind
    row: int
    problem: str
    field: str
    value: object


@dataclass
class Draft:
    """What somebody is about to save.

    Attributes
    ----------
    of
        The workspace and the number of the version that this began with.
    saved
        That version.
    numbers
        Every setting by its name.
    rows
        Lines of each kind as the table on the page began with them.
    edited
        The same as the table holds them now.
    epoch
        Moves when the tables begin anew, so that the browser forgets what was typed before.
    """

    of: tuple[str, int]
    saved: RuleSet
    numbers: dict[str, Any] = field(default_factory=dict)
    rows: dict[LineKind, list[Row]] = field(default_factory=dict)
    edited: dict[LineKind, list[Row]] = field(default_factory=dict)
    epoch: int = 0

    def take(self, rules: RuleSet) -> None:
        """Begin anew with these rules."""
        self.numbers = {
            one.name: getattr(rules, one.name) for one in fields(RuleSet) if one.name != "lines"
        }
        self.edited = {kind: [_shown(line) for line in rules.of(kind)] for kind in LINE_KINDS}
        self.settle()

    def settle(self) -> None:
        """Let the tables begin with what they hold now."""
        self.rows = {kind: list(rows) for kind, rows in self.edited.items()}
        self.epoch += 1

    def relax(self, by: Sequence[Change]) -> None:
        """Prepare changes that mend a conflict."""
        self.take(changed(self.rules(), by))

    def lines(self) -> tuple[tuple[Line, ...], tuple[Fault, ...]]:
        """The rows that are whole, and what is wrong with the others; empty rows are neither."""
        lines, faults = [], []
        for kind, rows in self.edited.items():
            for number, row in enumerate(rows, 1):
                if not any(row.values()):
                    continue
                try:
                    lines.append(_line(kind, row))
                except SettingError as error:
                    about = error.facts
                    name, problem = str(about["setting"]), str(about["problem"])
                    faults.append(Fault(kind, number, problem, name, about["value"]))
        return tuple(lines), tuple(faults)

    def rules(self) -> RuleSet:
        return RuleSet(**self.numbers, lines=self.lines()[0])

    def changes(self) -> tuple[Change, ...]:
        return changes(self.saved, self.rules())


def draft(of: tuple[str, int], saved: RuleSet) -> Draft:
    """The draft of this session, which is begun anew for another workspace.

    Where somebody has saved a version meanwhile, a draft without changes begins with that one.
    """
    held: Draft | None = st.session_state.get("rules-draft")
    if held is None or held.of[0] != of[0] or (held.of != of and not held.changes()):
        held = Draft(of, saved, epoch=held.epoch if held else 0)
        held.take(saved)
        st.session_state["rules-draft"] = held
    return held


def begin_anew() -> None:
    """Let the next run begin with the rules that hold; the tables know theirs from the old ones."""
    st.session_state["rules-draft"].of = ("", 0)


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """The rows of an edited table, with None where a cell is empty."""
    return [
        {str(name): None if pd.isna(value) or value == "" else value for name, value in row.items()}
        for row in frame.to_dict("records")
    ]


def _shown(line: Line) -> Row:
    """A line as a row of the table of its kind; shares in percent."""
    row = {name: asdict(line)[name] or None for name in COLUMNS[line.kind]}
    if line.number is not None:
        row["number"] = as_percent(line.number) if line.kind == "hand_over" else line.number
    return row


def _line(kind: LineKind, row: Mapping[str, Any]) -> Line:
    given: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in row.items()
        if value is not None
    }
    if kind == "hand_over" and "number" in given:
        given["number"] = as_share(given["number"])
    return Line(kind, **given)


def as_percent(share: float) -> float:
    return round(float(share) * 100, 6)


def as_share(percent: float) -> float:
    return round(percent / 100, 8)
