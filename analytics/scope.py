"""What a question is asked about: the day, the period, the team, the attributes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import pandas as pd

PeriodKind = Literal["year", "quarter", "month", "week"]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)


@dataclass(frozen=True)
class Period:
    """A half-open stretch of days: ``start`` is its first day, ``end`` the day after its last."""

    kind: PeriodKind
    start: date
    end: date

    @classmethod
    def containing(cls, day: date, kind: PeriodKind = "quarter") -> "Period":
        """The calendar year, quarter, month or ISO week that ``day`` lies in."""
        if kind == "week":
            start = day - timedelta(days=day.weekday())
            return cls(kind, start, start + timedelta(days=7))
        months = {"year": 12, "quarter": 3, "month": 1}[kind]
        first = (day.month - 1) // months * months
        index = day.year * 12 + first
        return cls(kind, _month(index), _month(index + months))

    def elapsed(self, as_of: date) -> float:
        """Share of the period's days that are over at the end of ``as_of``, 0 to 1."""
        done = (as_of - self.start).days + 1
        return min(max(done / (self.end - self.start).days, 0.0), 1.0)

    @property
    def number(self) -> int:
        """Which quarter, month or week of its year it is; 1 for a year."""
        if self.kind == "week":
            return self.start.isocalendar().week
        return {"year": 1, "quarter": (self.start.month + 2) // 3, "month": self.start.month}[
            self.kind
        ]


def _month(index: int) -> date:
    return date(index // 12, index % 12 + 1, 1)


@dataclass(frozen=True)
class Scope:
    """The as-of date (inclusive), the period of the goals, and what to look at.

    ``team`` narrows what is shown and moved, never what the model learns from. ``attributes``
    are those crossed with the reps; none leaves the choice to the data.
    """

    as_of: date
    period: Period
    team: str = ""
    attributes: tuple[str, ...] = ()


def month_names(months: pd.Series) -> pd.Series:
    """Months as "2026-03", missing ones missing."""
    return months.astype("string").str[:7]


def default_as_of(newest: date | None, today: date, stale_days: int) -> date:
    """The day a workspace is looked at when nobody has chosen one.

    Today while the data is fresh; its newest day once that lies more than ``stale_days`` back,
    because every open opportunity of an old export would look overdue.
    """
    if newest is None or (today - newest).days <= stale_days:
        return today
    return newest
