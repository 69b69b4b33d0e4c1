"""Prices for what the reps share, found by a smoothed Lagrangian dual.

With a price on every hour, on opportunity, expected value and room of every rep and on moves,
each unit finds its best place alone. What all of them gain then is a bound on every plan; the
prices with the least bound say who should get what. The maximum over the places of a unit is
smoothed to a log-sum-exp, colder in stages, so that a quasi-Newton method can follow.

References
----------
Basu et al. (2020), "ECLIPSE: An extreme-scale linear program solver for web applications", ICML
(a smoothed dual for matching); Byrd et al. (1995), L-BFGS-B.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy.optimize import minimize

from analytics.allocation.balance import Codes, Floats, sums
from analytics.allocation.program import Program

STAGES = ((1.0, 60), (0.2, 60), (0.05, 80), (0.0125, 120))
"""Temperature in typical gains, and iterations."""

WARM = ((0.05, 12), (0.0125, 40))
"""The same from prices that a sample of the units has found."""


@dataclass(frozen=True, eq=False)
class Prices:
    """What one unit more costs, and the bound that this proves.

    Attributes
    ----------
    above, below
        Price of a use from above and from below its range (money), shape (n_kinds, n_reps);
        the price is their difference.
    move
        Price of moving an item (money).
    bound
        No choice is worth more above staying (money).
    """

    above: Floats
    below: Floats
    move: float
    bound: float

    def left(self, program: Program) -> Floats:
        """What each place brings after its prices (money), shape (n_places,)."""
        net = (self.above - self.below)[:, program.rep]
        paid = (net * program.use).sum(axis=0)
        return (
            program.gain - paid - self.move * np.where(program.stays, 0, program.size[program.unit])
        )


@dataclass(frozen=True, eq=False)
class _Dual:
    """The bound as a function of scaled prices ``x`` >= 0."""

    program: Program

    @cached_property
    def size(self) -> Floats:
        """Items that a place moves."""
        return np.where(self.program.stays, 0, self.program.size[self.program.unit]).astype(float)

    @cached_property
    def typical(self) -> float:
        """Gain of a typical option, or where none gains, what one relieves (money)."""
        program = self.program
        gain = np.abs(program.gain[~program.stays])
        prices = np.where(np.isfinite(program.over), program.over, 0.0) + program.under
        relieved = (prices.max(axis=1) * program.use.mean(axis=1)).max()
        sizes = (float(np.median(gain)), float(gain.mean()), float(relieved), 1.0)
        return next(size for size in sizes if size > 0)

    @cached_property
    def scale(self) -> Floats:
        """Of the prices above, below and of moves: so that one is worth a typical gain."""
        program = self.program
        mean = np.maximum(program.use.mean(axis=1), 1e-12)
        of_kind = np.repeat(self.typical / mean, program.fixed.shape[1])
        return np.concatenate([of_kind, of_kind, [self.typical]])

    @cached_property
    def limits(self) -> Floats:
        """Greatest price of each, scaled: nobody pays more than what breaking the range costs."""
        budget = np.inf if _binds(self.program) else 0.0
        over = np.where(np.isfinite(self.program.most), self.program.over, 0.0)
        under = np.where(np.isfinite(self.program.least), self.program.under, 0.0)
        return np.concatenate([over.ravel(), under.ravel(), [budget]]) / self.scale

    @cached_property
    def ends(self) -> Floats:
        """What the prices are paid for: the ends of the ranges, zero where there is none."""
        program = self.program
        flat = np.concatenate([program.most.ravel(), -program.least.ravel(), [program.budget]])
        return np.where(np.isfinite(flat), flat, 0.0)

    def prices(self, x: Floats, bound: float) -> Prices:
        above, below = (x * self.scale)[:-1].reshape(2, *self.program.fixed.shape)
        return Prices(above, below, float(x[-1] * self.scale[-1]), bound)

    def __call__(self, x: Floats, temperature: float) -> tuple[float, Floats, float]:
        """The smoothed bound, its gradient, and the bound itself (money)."""
        program = self.program
        n_kinds, n_reps = program.fixed.shape
        flat = x * self.scale
        half = n_kinds * n_reps
        net = (flat[:half] - flat[half:-1]).reshape(n_kinds, n_reps)
        left = program.gain - flat[-1] * self.size
        for kind in range(n_kinds):
            left -= net[kind][program.rep] * program.use[kind]
        most = np.maximum.reduceat(left, program.start)
        left -= np.repeat(most, program.n_places)
        left /= temperature
        np.exp(left, out=left)
        total = np.add.reduceat(left, program.start)
        left /= np.repeat(total, program.n_places)

        used = program.fixed + np.array(
            [sums(program.rep, left * kind, n_reps) for kind in program.use]
        )
        paid = flat @ self.ends - (net * program.fixed).sum() - program.keep_worth
        bound = float(most.sum() + paid)
        smooth = bound + temperature * float(np.log(total).sum())
        spent = np.concatenate([used.ravel(), -used.ravel(), [left @ self.size]])
        return smooth, (self.ends - spent) * self.scale, bound


def _binds(program: Program) -> bool:
    """Whether the budget of moves can stand in the way."""
    return program.budget < program.size.sum()


def prices(program: Program, expired: Callable[[], bool], *, sample: int = 0) -> Prices:
    """The prices with the least bound that is found before the iterations or the time run out.

    Parameters
    ----------
    expired
        Whether the time is up.
    sample
        Units on which the first stages are run, if there are more; every so many-th of them.
    """
    step = len(program.start) // sample if sample else 1
    if step < 2:
        return _descend(program, STAGES, expired)
    start = _descend(part_of(program, step), STAGES, expired)
    return _descend(program, WARM, expired, start)


def part_of(program: Program, step: int) -> Program:
    """Every ``step``-th unit, with that share of all ranges and of the budget."""
    units = np.arange(len(program.start)) % step == 0
    places = units[program.unit]
    share = units.mean()
    return replace(
        program,
        start=np.searchsorted(program.unit[places], np.flatnonzero(units)),
        rep=program.rep[places],
        gain=program.gain[places],
        use=program.use[:, places],
        size=program.size[units],
        fixed=program.fixed * share,
        least=program.least * share,
        most=program.most * share,
        budget=max(1, round(program.budget * share)),
    )


class _ExpiredError(Exception):
    """Leaves the optimiser in the middle of an iteration."""


def _descend(
    program: Program,
    stages: tuple[tuple[float, int], ...],
    expired: Callable[[], bool],
    warm: Prices | None = None,
) -> Prices:
    dual = _Dual(program)
    x = np.zeros(len(dual.scale))
    if warm is not None:
        flat = np.concatenate([warm.above.ravel(), warm.below.ravel(), [warm.move]])
        x = np.minimum(flat / dual.scale, dual.limits)
    least, best = np.inf, x
    norm = max(dual.typical * len(program.start), 1e-300)

    def goal(x: Floats, temperature: float) -> tuple[float, Floats]:
        nonlocal least, best
        smooth, gradient, bound = dual(x, temperature)
        if bound < least:
            least, best = bound, x.copy()
        if expired():
            raise _ExpiredError
        return smooth / norm, gradient / norm

    bounds = [(0.0, limit) for limit in dual.limits]
    try:
        for temperature, iterations in stages:
            options = {"maxiter": iterations, "maxcor": 20, "ftol": 1e-10}
            found = minimize(
                goal,
                x,
                args=(temperature * dual.typical,),
                jac=True,
                method="L-BFGS-B",
                bounds=bounds,
                options=options,
            )
            x = found.x
    except _ExpiredError:
        pass
    return dual.prices(best, least)


def argmax(program: Program, left: Floats) -> Codes:
    """The best place of each unit, the first of equals."""
    order = np.lexsort((np.arange(len(left)), -left, program.unit))
    return order[program.start]
