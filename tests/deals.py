"""Opportunities in numbers, for forecasts: drawn by hand, and worlds whose truth is known."""

import numpy as np

from analytics.forecast.course import NEVER, DealDays


def drawn(*rows: tuple[int, int | None, bool, float]) -> DealDays:
    """Created, closed (None: open), won and amount of each; one stratum and owner."""
    created, closed, won, amount = zip(*rows, strict=True)
    zeros = np.zeros(len(rows), int)
    return DealDays(
        np.array(created),
        np.array([NEVER if day is None else day for day in closed]),
        np.array(won),
        np.array(amount, float),
        zeros,
        zeros.copy(),
    )


def world(
    seed: int,
    *,
    days: int = 1_000,
    a_day: float = 3.0,
    winning: float = 0.012,
    losing: float = 0.018,
    owners: int = 5,
    spread: float = 0.6,
) -> DealDays:
    """Opportunities that arrive evenly and are won or lost with the same chance each day.

    Of those that close the share won is winning / (winning + losing); the last owner is nobody.
    """
    rng = np.random.default_rng(seed)
    created = np.sort(rng.integers(0, days, rng.poisson(a_day * days)))
    closing = winning + losing - winning * losing
    closed = created + rng.geometric(closing, len(created))
    ended = closed < days
    return DealDays(
        created,
        np.where(ended, closed, NEVER),
        (rng.random(len(created)) < winning / (winning + losing)) & ended,
        rng.lognormal(8, spread, len(created)),
        rng.integers(0, 2, len(created)),
        rng.integers(0, owners - 1, len(created)),
    )
