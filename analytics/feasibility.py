"""How likely a target is, what target to propose, and from which day on one is out of reach."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Word = Literal["easy", "challenging", "hard", "impossible"]

EASY, HARD, IMPOSSIBLE = 0.85, 0.4, 0.05
"""Chance above which a target challenges nobody; below which it is hard; and not achievable."""

AIMS = {"base": 0.7, "stretch": 0.4, "challenge": 0.15}
"""The chance at which a target of each tier is proposed."""

WIDE = 0.1
"""How far the chance at both ends of the proposed range is from that of the proposal."""


@dataclass(frozen=True)
class Proposed:
    """A target that would be reached with chance ``aim``, and the range around it."""

    amount: float
    low: float
    high: float
    aim: float


def p_hit(samples: NDArray, target: float) -> float:
    """Share of simulated totals that reach a target."""
    return float((samples >= target).mean())


def p_hit_by_stretches(past: NDArray, needed: float) -> float:
    """Chance that what is still needed comes, by what past stretches of that length brought.

    By the rule of succession: with few of them it is neither 0 nor 1.
    """
    return float(((past >= needed).sum() + 0.5) / (len(past) + 1))


def word(chance: float) -> Word:
    """What a chance makes of a target.

    >>> word(0.91), word(0.5), word(0.2), word(0.04)
    ('easy', 'challenging', 'hard', 'impossible')
    """
    if chance > EASY:
        return "easy"
    return "challenging" if chance >= HARD else "hard" if chance >= IMPOSSIBLE else "impossible"


def proposed(samples: NDArray, tier: str) -> Proposed:
    """The amount to aim at with this tier."""
    aim = AIMS[tier]
    at = np.quantile(samples, [1 - aim, 1 - aim - WIDE, 1 - aim + WIDE])
    return Proposed(float(at[0]), float(at[1]), float(at[2]), aim)


def out_of_reach(samples: NDArray, so_far: float, target: float, shares: ArrayLike) -> int | None:
    """The first day on which the chance falls below 5 %, if it goes on like the median path.

    What comes by a day is the median's share of it; what is still to come then has the rest of
    the mean and of the variance, as if what comes on different days were independent.

    Parameters
    ----------
    samples
        Simulated totals of the whole period.
    shares
        Of what is still to come, the share that has come by the end of each day from today
        (0) to the last day (1).

    Returns
    -------
    The number of the day, 0 for today; None where the median path reaches the target, or misses
    it only on the last day.
    """
    rest = samples - so_far
    median, mean = np.median(rest), rest.mean()
    if so_far + median >= target:
        return None
    # The last day decides, and tells nobody anything in advance.
    for day, share in enumerate(np.asarray(shares, dtype=float)[:-1]):
        left = (1 - share) * mean + np.sqrt(max(1 - share, 0.0)) * (rest - mean)
        if (so_far + share * median + left >= target).mean() < IMPOSSIBLE:
            return day
    return None
