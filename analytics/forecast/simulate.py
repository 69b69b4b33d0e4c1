"""What a period brings, in many paths: open opportunities that are won, and those to come.

Paths come in bundles: those of a bundle share one draw of everything that is not known exactly
(chances by age, owners, the month that is to come), so it moves them together. Within a path
each opportunity is won or not. Of each owner the largest are played out one by one; the rest,
of which no single one matters, is normal with its exact mean and variance.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analytics.forecast.course import DealDays, chance_within, ways
from analytics.forecast.habits import Habits

BUNDLES = 100

ALONE = 60
"""Opportunities of an owner that are played out one by one."""


@dataclass(frozen=True)
class Paths:
    """Simulated totals from the day after the as-of date to the end of the period, by owner.

    ``amounts`` (currency) and ``deals`` have the shape (owners, paths); the last owner is nobody.
    ``chance`` is the mean chance of each open opportunity to be won by then.
    """

    amounts: NDArray
    deals: NDArray
    chance: NDArray


def simulate(
    open_deals: DealDays,
    learnt: Habits,
    day: int,
    days: int,
    *,
    skipped: int = 0,
    paths: int = 10_000,
    spread: NDArray | None = None,
    factors: NDArray | None = None,
    rng: np.random.Generator,
) -> Paths:
    """Play out what is won in the ``days`` after ``day``, without the first ``skipped`` of them.

    Parameters
    ----------
    open_deals
        Open on ``day``, with the amounts that they would bring.
    spread
        Coefficient of variation of each amount where it is only an average; none: it is known.
    factors
        On the odds of each to be won, for what its stage says.
    """
    bundles = min(BUNDLES, paths // 10)
    each = paths // bundles
    winning, losing = learnt.course.draws(bundles, rng)
    way = ways(winning, losing)
    owner = learnt.owners.draws(bundles, rng)
    first, last = day + 1 + skipped, days - skipped
    month = _lognormal(learnt.wins.spread(last), bundles, rng)
    month *= learnt.wins.over(first, last) * learnt.wins.level
    # Those of one stratum and age have the same chance before their owner is looked at.
    kinds, kind = np.unique(
        open_deals.stratum * np.int64(2**20) + (day - open_deals.created), return_inverse=True
    )
    stratum, age = kinds // 2**20, kinds % 2**20
    chance = chance_within(way, stratum, age, days)
    if skipped:
        chance = chance - chance_within(way, stratum, age, skipped)
    odds = (chance / np.maximum(1 - chance, 1e-9) * month[:, None]).astype(np.float32)[:, kind]
    odds *= owner.astype(np.float32)[:, open_deals.rep]
    if factors is not None:
        odds *= factors.astype(np.float32)
    chance = odds / (1 + odds)
    amounts, deals = _played(open_deals, learnt, chance, each, spread, rng)
    within = way.won[:, :, skipped + 1 : days + 1].sum(axis=2)
    calendar = learnt.arrivals.calendar
    busy = _lognormal(calendar.spread(days), bundles, rng) * calendar.over(day + 1, days)
    more, count = _arriving(learnt, within, owner.T * (busy * month), each, rng)
    return Paths(amounts + more, deals + count, chance.mean(axis=0))


def _played(
    deals: DealDays,
    learnt: Habits,
    chance: NDArray,
    each: int,
    spread: NDArray | None,
    rng: np.random.Generator,
) -> tuple[NDArray, NDArray]:
    """Amounts and numbers won of the open ones, by owner and path."""
    bundles, owners = len(chance), len(learnt.owners.shape)
    worth = (deals.amount * learnt.amounts.ratio[deals.stratum]).astype(np.float32)
    noise = np.zeros(len(deals), np.float32) if spread is None else spread.astype(np.float32)
    amounts = np.zeros((owners, bundles * each), np.float32)
    counts = np.zeros_like(amounts)
    by_owner = np.argsort(deals.rep, kind="stable")
    bounds = np.searchsorted(deals.rep[by_owner], np.arange(owners + 1))
    for place, (first, last) in enumerate(pairwise(bounds)):
        own = by_owner[first:last]
        if not len(own):
            continue
        mean = chance[:, own].mean(axis=0)
        own = own[np.argsort(-mean * (1 - mean) * worth[own] ** 2, kind="stable")]
        alone, rest = own[:ALONE], own[ALONE:]
        limit = (chance[:, alone].T * 65_536).astype(np.uint16)
        drawn = rng.integers(0, 65_536, (len(alone), bundles, each), dtype=np.uint16)
        hit = (drawn < limit[:, :, None]).reshape(len(alone), -1).astype(np.float32)
        value, number = worth[alone] @ hit, hit.sum(axis=0)
        around = (worth[alone] * noise[alone]) ** 2 @ hit
        if len(rest):
            p, size = chance[:, rest], worth[rest]
            count_sd = np.sqrt((p * (1 - p)).sum(axis=1))
            value_mean, value_var = p @ size, (p * (1 - p)) @ size**2
            shared = (p * (1 - p)) @ size / np.maximum(count_sd, 1e-9)
            z, other = rng.standard_normal((2, bundles, each), dtype=np.float32)
            own_sd = np.sqrt(np.maximum(value_var - shared**2, 0))
            value += (value_mean[:, None] + shared[:, None] * z + own_sd[:, None] * other).ravel()
            number += np.rint(p.sum(axis=1)[:, None] + count_sd[:, None] * z).ravel()
            around += np.repeat(p @ (size * noise[rest]) ** 2, each)
        if around.any():
            value += np.sqrt(around) * rng.standard_normal(len(around), dtype=np.float32)
        amounts[place], counts[place] = np.maximum(value, 0), np.maximum(number, 0)
    return amounts, counts


def _arriving(
    learnt: Habits, within: NDArray, factor: NDArray, each: int, rng: np.random.Generator
) -> tuple[NDArray, NDArray]:
    """Amounts and numbers of what arrives and is won, by owner and path.

    ``within`` is what one arrival a day of each stratum brings in wins, shape (bundles, strata):
    the first has all days to be won, the last only its own. ``factor`` is by owner and bundle.
    """
    daily, sizes = learnt.arrivals.daily, learnt.amounts
    means = np.einsum("os,bs->obs", daily, within) * factor[:, :, None]
    mean = means.sum(axis=2)
    count = rng.poisson(np.repeat(mean, each, axis=1)).astype(np.float32)
    shares = means / np.maximum(mean, 1e-12)[:, :, None]
    size = shares @ sizes.mean
    variance = shares @ (sizes.mean**2 * (1 + sizes.cv**2)) - size**2
    relative = np.maximum(variance / np.maximum(size, 1e-9) ** 2, 1e-4)
    # A sum of gammas of one shape is a gamma.
    shape = count / np.repeat(relative, each, axis=1)
    scale = np.repeat(size * relative, each, axis=1)
    return rng.standard_gamma(shape).astype(np.float32) * scale.astype(np.float32), count


def _lognormal(sd: float, size: int, rng: np.random.Generator) -> NDArray:
    """Factors of mean 1."""
    return np.exp(sd * rng.standard_normal(size) - sd**2 / 2)
