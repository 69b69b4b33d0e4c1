"""What is learnt beside the course of ages: calendar, owners, amounts, and what still arrives."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.course import LONGEST, Course, DealDays, cumulated
from analytics.forecast.seasons import Seasons, Weeks, seasons

WEEKS_FROM = 30_000
"""Opportunities that are enough to compare weeks with each other."""

RECENT = 182
"""Days whose arrivals say how many come from now on."""

YEAR = 365

PRIOR_DEALS = 20.0
"""Won deals that the average of all strata counts for in the amounts of one."""


@dataclass(frozen=True)
class Owners:
    """How often each owner wins against what age and stratum expect: Gamma(shape, rate).

    The last place is that of nobody. Without differences beyond chance, all are 1.
    """

    shape: NDArray
    rate: NDArray

    @property
    def mean(self) -> NDArray:
        """Mean factors, shape (owners,)."""
        if np.isinf(self.shape).all():
            return np.ones(len(self.shape))
        return self.shape / self.rate

    def draws(self, size: int, rng: np.random.Generator) -> NDArray:
        """Factors on the odds of winning, shape (size, owners)."""
        if np.isinf(self.shape).all():
            return np.ones((size, len(self.shape)))
        return rng.gamma(self.shape, size=(size, len(self.shape))) / self.rate


@dataclass(frozen=True)
class Amounts:
    """Amounts by stratum: mean and coefficient of variation of won ones (``mean``, ``cv``), and
    what one is worth when won over what it was said to be (``ratio``)."""

    mean: NDArray
    cv: NDArray
    ratio: NDArray


@dataclass(frozen=True)
class Arrivals:
    """New opportunities a day by owner and stratum, and the calendar of arrivals."""

    daily: NDArray
    calendar: Seasons


@dataclass(frozen=True)
class Habits:
    """Everything that a simulation needs beside the open opportunities themselves."""

    course: Course
    wins: Seasons
    owners: Owners
    amounts: Amounts
    arrivals: Arrivals


def habits(
    deals: DealDays,
    course: Course,
    day: int,
    owners: int,
    *,
    present: NDArray | None = None,
    first: int | None = None,
    first_month: int = 1,
    each: float = 1.0,
) -> Habits:
    """Learn them from the opportunities known on a day.

    Parameters
    ----------
    owners
        How many there are, nobody (the last place) included.
    present
        Whether each owner is still there; those who left get nothing new.
    first
        Day from which opportunities are taken to be all there were; that of the first by default.
    each
        How many opportunities each of these stands for.
    """
    winning, _ = course.hazards
    hazard = cumulated(winning)
    begin = int(deals.created.min()) if first is None else first
    weeks = Weeks.between(begin, day, first_month)
    return Habits(
        course,
        _wins(deals, hazard, day, weeks, first_month),
        _owners(deals, hazard, day, owners),
        _amounts(deals, len(winning)),
        _arrivals(deals, day, weeks, owners, len(winning), present, first_month, each),
    )


def _wins(deals: DealDays, hazard: NDArray, day: int, weeks: Weeks, first_month: int) -> Seasons:
    """Wins by week against what the ages of those open then expect."""
    deals, _ = deals.thinned(WEEKS_FROM)
    first = np.searchsorted(weeks.starts, deals.created, side="right") - 1
    last = np.searchsorted(weeks.starts, np.minimum(deals.closed, day), side="right") - 1
    first, last = np.maximum(first, 0), np.minimum(last, len(weeks.to_end) - 1)
    lives = np.maximum(last - first + 1, 0)
    # A row for each week of each opportunity's life.
    which = np.repeat(np.arange(len(deals)), lives)
    week = np.arange(len(which)) - np.repeat(lives.cumsum() - lives, lives) + first[which]
    created, stratum = deals.created[which], deals.stratum[which]
    begin = np.maximum(created, weeks.starts[week]) - created
    end = np.minimum(deals.closed[which], weeks.starts[week + 1] - 1) - created + 1
    begin, end = np.minimum(begin, LONGEST), np.minimum(end, LONGEST)
    expected = np.bincount(week, hazard[stratum, end] - hazard[stratum, begin], len(weeks.to_end))
    events, _ = np.histogram(deals.closed[deals.won], weeks.starts)
    return seasons(events.astype(float), expected, weeks, first_month)


def _owners(deals: DealDays, hazard: NDArray, day: int, owners: int) -> Owners:
    """Each owner's wins against what their opportunities' days expect, shrunk together.

    References
    ----------
    Gamma frailty by the method of moments; Clayton and Kaldor (1987), Biometrics 43(3).
    """
    lasted = np.minimum(np.minimum(deals.closed, day) - deals.created + 1, LONGEST)
    expected = np.bincount(deals.rep, hazard[deals.stratum, lasted], owners)
    events = np.bincount(deals.rep, deals.won, owners).astype(float)
    expected *= events.sum() / max(expected.sum(), 1e-9)
    known = expected > 0
    known[-1] = False
    beyond = ((events - expected) ** 2 - expected)[known].sum()
    between = beyond / max((expected[known] ** 2).sum(), 1e-9)
    if not between > 0:
        return Owners(np.full(owners, np.inf), np.full(owners, np.inf))
    strength = 1 / between
    shape, rate = events + strength, expected + strength
    shape[-1] = rate[-1] = strength
    return Owners(shape, rate)


def _amounts(deals: DealDays, strata: int) -> Amounts:
    won = deals.take(deals.won & (deals.amount > 0))
    closed = deals.take(~deals.is_open & (deals.amount > 0))
    count = np.bincount(won.stratum, minlength=strata)
    mean_all = float(won.amount.mean()) if len(won) else 0.0
    sums = np.bincount(won.stratum, won.amount, strata)
    mean = (sums + PRIOR_DEALS * mean_all) / (count + PRIOR_DEALS)
    squares = np.bincount(won.stratum, (won.amount - mean[won.stratum]) ** 2, strata)
    overall = ((won.amount - mean[won.stratum]) ** 2).mean() if len(won) else 0.0
    variance = (squares + PRIOR_DEALS * overall) / (count + PRIOR_DEALS)
    # Many CRMs keep no amount of lost ones: then nothing says which sizes win.
    lost = ~deals.is_open & ~deals.won
    told = (deals.amount[lost] > 0).mean() > 0.5 if lost.any() else False
    ratio = np.ones(strata)
    if told and len(won):
        closed_count = np.bincount(closed.stratum, minlength=strata)
        of_closed = np.bincount(closed.stratum, closed.amount, strata) / np.maximum(closed_count, 1)
        own = sums / np.maximum(count, 1) / np.where(of_closed > 0, of_closed, 1)
        ratio = (count * own + 2 * PRIOR_DEALS) / (count + 2 * PRIOR_DEALS)
    cv = np.sqrt(variance) / np.maximum(mean, 1e-9)
    return Amounts(mean, cv, ratio)


def _arrivals(
    deals: DealDays,
    day: int,
    weeks: Weeks,
    owners: int,
    strata: int,
    present: NDArray | None,
    first_month: int,
    each: float,
) -> Arrivals:
    """New ones a day: as many as of late, spread over owners and strata as within a year."""
    counts, _ = np.histogram(deals.created, weeks.starts)
    place = np.arange(len(counts))
    usual = np.full(len(counts), counts.mean() if len(counts) else 0.0)
    if len(counts) >= YEAR // 7:
        # A company that grows has no season for it.
        usual = np.poly1d(np.polyfit(place, counts, 1))(place)
    usual = np.maximum(usual, 1e-9) * np.diff(weeks.starts) / 7
    calendar = seasons(counts.astype(float), usual, weeks, first_month)
    seen = min(RECENT, day - int(weeks.starts[0]) + 1)
    rate = (deals.created > day - seen).sum() / seen / calendar.over(day - seen + 1, seen)
    year = deals.take(deals.created > day - YEAR)
    spot = year.rep * strata + year.stratum
    share = np.bincount(spot, minlength=owners * strata).reshape(owners, strata).astype(float)
    if present is not None:
        share *= present[:, None]
    return Arrivals(each * rate * share / max(share.sum(), 1.0), calendar)
