"""How fast opportunities are won and lost at each age, learnt from all that there ever were.

Each day that an opportunity is open it may be won, be lost, or stay. Both daily chances are
constant within a span of ages and differ by stratum (product); a stratum that shows little
leans on all of them together. Opportunities still open count for the days they were seen, so
neither slow ones nor young ones bend the chances.

References
----------
Kalbfleisch and Prentice (2002), The Statistical Analysis of Failure Time Data, ch. 8: competing
risks with piecewise constant hazards. The gamma prior is conjugate to them.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

LONGEST = 1461
"""Days of age up to which chances are told apart; older ones have those of the oldest."""

EDGES = np.concatenate([np.arange(0, 182, 7), np.arange(182, 728, 28), [728, LONGEST]])
"""Ages (days) at which the spans begin; the last is the end of the last."""

SPAN_OF = np.searchsorted(EDGES, np.arange(LONGEST), side="right") - 1

PRIOR_EVENTS = 4.0
"""Events that the average of all strata counts for in each span of one of them."""

MOST_STRATA = 12
"""Strata told apart, the largest; the others are one together."""


@dataclass(frozen=True)
class DealDays:
    """Opportunities in numbers, arrays of one length.

    Attributes
    ----------
    created, closed
        Days counted from 2000-01-01; ``closed`` is ``NEVER`` while open.
    won
        Whether it was won; false while open.
    amount
        Currency; above zero.
    stratum, rep
        Places, from 0.
    """

    created: NDArray
    closed: NDArray
    won: NDArray
    amount: NDArray
    stratum: NDArray
    rep: NDArray

    def __len__(self) -> int:
        return len(self.created)

    def take(self, which: NDArray) -> "DealDays":
        """Those at these places, or where a mask is true."""
        return DealDays(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def thinned(self, most: int) -> tuple["DealDays", float]:
        """At most about so many of them, and how many each of these stands for.

        Which ones hangs on what they are alone, not on their order or a draw.
        """
        every = -(-len(self) // most)
        if every <= 1:
            return self, 1.0
        # By what never changes of them: how they end must have no say.
        mixed = np.zeros(len(self), np.uint64)
        for value in (self.created, self.amount, self.stratum, self.rep):
            mixed = (mixed ^ value.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        kept = self.take(mixed % np.uint64(every) == 0)
        return kept, len(self) / max(len(kept), 1)

    def known_on(self, day: int) -> "DealDays":
        """Those created by the end of a day, as far as they had come by then."""
        known = self.take(self.created <= day)
        closed = known.closed <= day
        return replace(known, closed=np.where(closed, known.closed, NEVER), won=known.won & closed)

    @property
    def is_open(self) -> NDArray:
        return self.closed == NEVER


NEVER = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Course:
    """Events and days at risk by stratum and span of ages, with their priors.

    ``won`` and ``lost`` are numbers of events, ``exposed`` days at risk; shape (strata, spans).
    """

    won: NDArray
    lost: NDArray
    exposed: NDArray

    @property
    def hazards(self) -> tuple[NDArray, NDArray]:
        """Daily chances to be won and lost, shape (strata, spans)."""
        return self.won / self.exposed[0], self.lost / self.exposed[1]

    def draws(self, size: int, rng: np.random.Generator) -> tuple[NDArray, NDArray]:
        """Draws of ``hazards``, shape (size, strata, spans)."""
        won, lost = (
            np.minimum(rng.gamma(events, size=(size, *events.shape)) / days, 0.9)
            for events, days in zip((self.won, self.lost), self.exposed, strict=True)
        )
        return won, lost


def learn(deals: DealDays, day: int, strata: int) -> Course:
    """What opportunities known on a day tell about those that are open then.

    Parameters
    ----------
    deals
        As known on ``day`` (``DealDays.known_on``).
    day
        Counted from 2000-01-01.
    strata
        How many there are.
    """
    lasted = np.clip(np.minimum(deals.closed, day) - deals.created, 0, LONGEST - 1)
    place = deals.stratum * LONGEST + lasted
    closed = ~deals.is_open

    def by_age(places: NDArray) -> NDArray:
        return np.bincount(places, minlength=strata * LONGEST).reshape(strata, LONGEST)

    won, lost = by_age(place[closed & deals.won]), by_age(place[closed & ~deals.won])
    at_risk = by_age(place)[:, ::-1].cumsum(axis=1)[:, ::-1]
    won, lost, exposed = (
        np.add.reduceat(counts, EDGES[:-1], axis=1).astype(float) for counts in (won, lost, at_risk)
    )
    fates = [_leaning(events, exposed) for events in (won, lost)]
    return Course(fates[0][0], fates[1][0], np.stack([days for _, days in fates]))


def _leaning(events: NDArray, exposed: NDArray) -> tuple[NDArray, NDArray]:
    """Events and days with those of the prior: all strata together, and theirs over all ages."""
    overall = (events.sum() + 1) / (exposed.sum() + 100)
    pooled = (events.sum(axis=0) + 1) / (exposed.sum(axis=0) + 1 / overall)
    return events + PRIOR_EVENTS, exposed + PRIOR_EVENTS / pooled


def cumulated(hazard: NDArray) -> NDArray:
    """Hazard summed over the days before each age, shape (..., LONGEST + 1)."""
    daily = hazard[..., SPAN_OF]
    return np.concatenate([np.zeros_like(daily[..., :1]), daily.cumsum(axis=-1)], axis=-1)


@dataclass(frozen=True)
class Ways:
    """Chances from creation on, by age: shapes (..., strata, ages).

    ``won`` before an age, ``still`` open there (ages 0 to LONGEST); ``winning`` and ``losing``
    on the day of an age.
    """

    won: NDArray
    still: NDArray
    winning: NDArray
    losing: NDArray


RARE = 1e-6
"""Share still open below which the sums of all before are too coarse to take a difference of."""


def ways(winning: NDArray, losing: NDArray) -> Ways:
    """What daily chances by span of ages, shape (..., strata, spans), add up to."""
    winning, losing = winning[..., SPAN_OF], losing[..., SPAN_OF]
    stay = np.clip(1 - (winning + losing), 1e-9, 1)
    still = np.concatenate([np.ones_like(stay[..., :1]), stay.cumprod(axis=-1)], axis=-1)
    won = (still[..., :-1] * winning).cumsum(axis=-1)
    won = np.concatenate([np.zeros_like(won[..., :1]), won], axis=-1)
    return Ways(won, still, winning, losing)


def chance_within(way: Ways, stratum: NDArray, age: NDArray, days: int) -> NDArray:
    """Chance to be won within some days of those open at the end of their day of age ``age``.

    Parameters
    ----------
    stratum, age
        One an opportunity.

    Returns
    -------
    Shape (..., opportunities).
    """
    # The day of its age has passed without an end.
    start = np.minimum(age + 1, LONGEST - 1)
    end = np.minimum(start + days, LONGEST)
    open_then = way.still[..., stratum, start]
    within = (way.won[..., stratum, end] - way.won[..., stratum, start]) / np.maximum(
        open_then, RARE
    )
    coarse = (open_then < RARE).any(axis=tuple(range(open_then.ndim - 1)))
    coarse |= start + days > LONGEST
    if coarse.any():
        # There, or beyond all ages told apart, the chances of the day simply go on.
        winning = way.winning[..., stratum[coarse], start[coarse]]
        closing = winning + way.losing[..., stratum[coarse], start[coarse]]
        gone = -np.expm1(days * np.log1p(-np.minimum(closing, 1 - 1e-9)))
        within[..., coarse] = winning / closing * gone
    return within
