"""What a question is asked about: the day, the period, the team, the attributes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import pandas as pd

PeriodKind = Literal["year", "quarter", "month", "week"]
PERIOD_KINDS: tuple[PeriodKind, ...] = get_args(PeriodKind)


@dataclass(frozen=True)
class Period:
    """A half-open stretch of days: ``start`` is its first day, ``end`` the day after its last.

    ``first_month`` is that in which the years begin whose part it is (1: January).
    """

    kind: PeriodKind
    start: date
    end: date
    first_month: int = 1

    @classmethod
    def containing(cls, day: date, kind: PeriodKind = "quarter", first_month: int = 1) -> "Period":
        """The year, quarter, month or ISO week that ``day`` lies in."""
        if kind == "week":
            start = day - timedelta(days=day.weekday())
            return cls(kind, start, start + timedelta(days=7), first_month)
        months = {"year": 12, "quarter": 3, "month": 1}[kind]
        shift = first_month - 1
        index = (day.year * 12 + day.month - 1 - shift) // months * months + shift
        return cls(kind, _month(index), _month(index + months), first_month)

    def before(self) -> "Period":
        """The period of the same kind that ends where this one starts."""
        return Period.containing(self.start - timedelta(days=1), self.kind, self.first_month)

    def after(self) -> "Period":
        """The period of the same kind that starts where this one ends."""
        return Period.containing(self.end, self.kind, self.first_month)

    def parts(self, kind: PeriodKind) -> tuple["Period", ...]:
        """The periods of a shorter kind that start in this one, in order."""
        found = [Period.containing(self.start, kind, self.first_month)]
        if found[0].start < self.start:
            found = [found[0].after()]
        while found[-1].end < self.end:
            found.append(found[-1].after())
        return tuple(found)

    def elapsed(self, as_of: date) -> float:
        """Share of the period's days that are over at the end of ``as_of``, 0 to 1."""
        done = (as_of - self.start).days + 1
        return min(max(done / (self.end - self.start).days, 0.0), 1.0)

    @property
    def number(self) -> int:
        """Which quarter, month or week of its year it is; 1 for a year."""
        if self.kind == "week":
            return self.start.isocalendar().week
        quarter = (self.start.month - self.first_month) % 12 // 3 + 1
        return {"year": 1, "quarter": quarter, "month": self.start.month}[self.kind]

    @property
    def year(self) -> str:
        """The year that it is part of: 2026, or 2026/27 where that does not begin in January."""
        if self.kind == "week":
            return f"{self.start:%G}"
        begun = self.start.year - (self.start.month < self.first_month)
        if self.first_month == 1 or self.kind == "month":
            return f"{self.start.year}"
        return f"{begun}/{(begun + 1) % 100:02}"


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
