"""The way to a plan for more options than a solver can look at: prices, steps, and a core.

Prices settle nearly every unit. What they leave open is solved by HiGHS, exactly where the
prices prove the rest settled, and else as a linear program that is rounded and improved.
"""

from time import monotonic

import numpy as np
from numpy.typing import NDArray

from analytics.allocation import mip
from analytics.allocation.balance import Codes, Floats
from analytics.allocation.dual import argmax, prices
from analytics.allocation.program import Program
from analytics.allocation.search import improved, rounded

SAMPLE = 20_000
"""Units on which prices are found first, where there are more than twice as many."""

CORE, WHOLE_CORE = (8, 4), (2, 3)
"""Units for each rep, and places of each unit, in the core that is solved as a linear program
and in the one in whole numbers."""

WHOLE_OPTIONS = 1_000
"""Options up to which a core is solved in whole numbers: larger ones take all the time there is."""


def choose(
    program: Program, *, gap: float, seconds: float, exact: int
) -> tuple[Codes, float, bool]:
    """Chosen places, a bound on their worth, and whether the time ran out.

    Parameters
    ----------
    gap
        Share of the worth that may be left unproven.
    exact
        Options up to which HiGHS looks for the optimum.
    """
    end = monotonic() + seconds

    def expired() -> bool:
        return monotonic() > end

    found = prices(program, expired, sample=SAMPLE)
    left = found.left(program)
    chosen = rounded(program, found, argmax(program, left))
    chosen = _better(program, program.start, improved(program, chosen, expired))
    bound = found.bound
    if not expired() and bound - program.value(chosen) > gap * bound:
        open_places = _unsettled(program, left, bound - program.value(chosen))
        smaller, places = program.only(open_places, chosen)
        if smaller.n_options <= exact:
            chosen, bound = _exact(program, smaller, places, chosen, bound, gap, end)
        else:
            smaller, places = program.only(_undecided(program, left, chosen, *CORE), chosen)
            answer = mip.relaxed(smaller, max(0.1, end - monotonic()))
            again = rounded(program, found, _with(program, chosen, smaller, places, answer))
            chosen = _better(program, chosen, improved(program, again, expired))
            smaller, places = program.only(_undecided(program, left, chosen, *WHOLE_CORE), chosen)
            if smaller.n_options <= WHOLE_OPTIONS:
                # What is best in the core says nothing about the bound on all.
                chosen, _ = _exact(program, smaller, places, chosen, np.inf, gap, end)
    return chosen, bound, expired()


def _better(program: Program, one: Codes, other: Codes) -> Codes:
    return other if program.value(other) > program.value(one) else one


def _unsettled(program: Program, left: Floats, short: float) -> NDArray[np.bool_]:
    """The places that a plan better than the present one could use.

    Whoever takes a place that is worse than his best, at the prices, lowers the bound by the
    difference; where that is more than what the bound is above the plan, nothing is to be won.
    """
    most = np.maximum.reduceat(left, program.start)
    return left >= np.repeat(most, program.n_places) - short


def _exact(
    program: Program,
    smaller: Program,
    places: Codes,
    chosen: Codes,
    bound: float,
    gap: float,
    end: float,
) -> tuple[Codes, float]:
    """The best choice among the unsettled places, and the bound on all that this proves."""
    if not smaller.n_options:
        return chosen, program.value(chosen)
    back = np.full(len(program.rep), -1)
    back[places] = np.arange(len(places))
    free = program.unit[places[smaller.start]]
    answer = mip.best(
        smaller, gap=gap, seconds=max(0.1, end - monotonic()), start=back[chosen[free]]
    )
    again = _with(program, chosen, smaller, places, answer)
    resting = chosen.copy()
    resting[free] = program.start[free]
    proven = answer.bound + program.value(resting)
    if program.allows(again):
        chosen = _better(program, chosen, again)
    return chosen, min(bound, max(proven, program.value(chosen)))


def _with(
    program: Program, chosen: Codes, smaller: Program, places: Codes, answer: mip.Answer
) -> Codes:
    """The choice with what an answer takes in a smaller program."""
    again = chosen.copy()
    again[program.unit[places[smaller.start]]] = places[answer.chosen(smaller)]
    return again


def _undecided(
    program: Program, left: Floats, chosen: Codes, n_units: int, n_places: int
) -> NDArray[np.bool_]:
    """The best places of the units whose best two are closest, so many units for each rep."""
    order = np.lexsort((-left, program.unit))
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order)) - np.repeat(program.start, program.n_places)
    best, second = left[order[program.start]], left[order[program.start + 1]]
    margin = np.where(left[chosen] < best - 1e-9 * np.abs(best), 0.0, best - second)
    core = np.zeros(len(program.start), dtype=bool)
    core[np.argsort(margin, kind="stable")[: n_units * program.fixed.shape[1]]] = True
    return core[program.unit] & (rank < n_places)
