"""What the calendar does to winning and to arrivals, and how far single months stray from it.

A factor is what happened in one kind of week over what was to be expected there. It leans on 1
as far as weeks of that kind differ among themselves. Weeks are told apart by how far it is to
the end of their quarter, where many hurry, and from two years on by month: before, nobody can
tell a season from chance.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WEEKS = 13
"""Weeks of a quarter, counted back from its end; the farthest takes what is left."""

LEAST_QUARTERS = 3
"""Quarters from which their weeks are told apart."""

LEAST_YEARS = 2
"""Years from which months are told apart."""

LEAST_SD = 0.03
"""What a month strays at least: no market is steadier."""

BASE = np.datetime64("2000-01-01")
"""Day 0 of all days here."""


@dataclass(frozen=True)
class Weeks:
    """Stretches of days, each a week of a quarter; arrays of one length, ``starts`` one longer.

    Attributes
    ----------
    starts
        First days, and the day after the last; counted from 2000-01-01.
    to_end
        Whole weeks from there to the end of the quarter: 0 to 12.
    month
        Of the year, 0 to 11, in which the stretch has its middle.
    """

    starts: NDArray
    to_end: NDArray
    month: NDArray

    @classmethod
    def between(cls, first: int, last: int, first_month: int = 1) -> "Weeks":
        """The whole weeks within days ``first`` to ``last``; years begin with ``first_month``."""
        months = np.arange(
            (BASE + first).astype("datetime64[M]") - 2, (BASE + last).astype("datetime64[M]") + 4
        )
        begins = months[(months.astype(int) % 12 - (first_month - 1)) % 3 == 0]
        ends = (begins[1:].astype("datetime64[D]") - BASE).astype(int)
        starts = (ends[:, None] - 7 * np.arange(WEEKS, 0, -1)).astype(int)
        starts[:, 0] = (begins[:-1].astype("datetime64[D]") - BASE).astype(int)
        to_end = np.tile(np.arange(WEEKS - 1, -1, -1), len(ends))
        edges = np.append(starts.ravel(), ends[-1] if len(ends) else first)
        whole = (edges[:-1] >= first) & (edges[1:] <= last + 1)
        middle = BASE + (edges[:-1] + edges[1:]) // 2
        month = middle.astype("datetime64[M]").astype(int) % 12
        places = np.flatnonzero(whole)
        if not len(places):
            return cls(np.array([first]), to_end[:0], month[:0])
        return cls(edges[places[0] : places[-1] + 2], to_end[places], month[places])


@dataclass(frozen=True)
class Seasons:
    """Factors by week of the quarter and by month, and how far single months stray from them.

    ``level`` is where the last half year stands against all before.
    """

    weeks: NDArray
    months: NDArray
    sd: float
    level: float
    first_month: int

    def over(self, first: int, days: int) -> float:
        """Mean factor over days from day ``first`` on."""
        if days <= 0:
            return 1.0
        dates = BASE + np.arange(first, first + days)
        month = dates.astype("datetime64[M]").astype(int)
        end = month + 3 - (month % 12 - (self.first_month - 1)) % 3
        left = (end.astype("datetime64[M]").astype("datetime64[D]") - dates).astype(int)
        to_end = np.minimum((left - 1) // 7, WEEKS - 1)
        return float((self.weeks[to_end] * self.months[month % 12]).mean())

    def spread(self, days: int) -> float:
        """Sd of the mean over a stretch: longer ones stray less."""
        return self.sd / np.sqrt(max(days / 30.4, 1.0))


def seasons(events: NDArray, expected: NDArray, weeks: Weeks, first_month: int) -> Seasons:
    """Factors from what happened in each of the weeks and what was to be expected there."""
    by_week, by_month = np.ones(WEEKS), np.ones(12)
    if len(events) >= LEAST_QUARTERS * WEEKS:
        by_week = shrunk(events, expected, weeks.to_end, WEEKS)
    mean = expected * by_week[weeks.to_end]
    if len(events) >= LEAST_YEARS * 4 * WEEKS:
        by_month = shrunk(events, mean, weeks.month, 12)
    mean = mean * by_month[weeks.month]
    total = mean.sum()
    mean = mean * (events.sum() / total if total > 0 else 1.0)
    # Weeks that follow each other stray together, so it is months that are compared.
    months = np.arange(len(events)) // 4
    happened, usual = np.bincount(months, events), np.bincount(months, mean)
    beyond = ((happened - usual) ** 2 - usual).sum() / max((usual**2).sum(), 1e-9)
    sd = max(np.sqrt(max(beyond, 0.0)), LEAST_SD)
    strength = 6 / sd**2
    level = (events[-26:].sum() + strength) / (mean[-26:].sum() + strength)
    return Seasons(by_week, by_month, float(sd), float(level), first_month)


def shrunk(events: NDArray, expected: NDArray, group: NDArray, groups: int) -> NDArray:
    """Events over expected by group, leaning on 1 as far as groups differ no more than chance.

    References
    ----------
    Morris (1983), "Parametric empirical Bayes inference", JASA 78(381).
    """
    sums = np.bincount(group, expected, groups)
    known = sums > 0
    total = events.sum() / max(expected.sum(), 1e-9)
    if not known.any() or not total > 0:
        return np.ones(groups)
    expected, sums = expected * total, sums * total
    ratio = np.where(known, np.bincount(group, events, groups) / np.where(known, sums, 1), 1.0)
    within = ((events - expected * ratio[group]) ** 2).sum() / max(len(events) - groups, 1)
    unsure = within * np.bincount(group, minlength=groups) / np.where(known, sums, 1) ** 2
    between = max(float(((ratio - 1) ** 2 - unsure)[known].mean()), 0.0)
    weight = np.divide(between, between + unsure, out=np.zeros(groups), where=known & (between > 0))
    return 1 + weight * (ratio - 1)
