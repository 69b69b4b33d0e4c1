"""What a money claim is worth: the same method on outcomes that chance has dealt among the reps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone

from analytics.allocation import Interval, plan_value
from analytics.allocation.move import summary
from analytics.allocation.solve import solve
from analytics.posing import Book, pose
from analytics.reallocation import limits_of, objections, reallocation
from analytics.rules import RuleSet
from analytics.settings import Settings
from analytics.study import Study, tested
from analytics.winrate.placebo import loosened, shuffled

RUNS = 20
"""Shuffles behind a placebo; what one costs is mostly three fits and two half fits."""

BOOTSTRAP, DRAWS = 199, 200
"""Coarser than for a real plan: a p value moves by .005 at most, a claim by some per cent."""

ANY_CHANCE = 1e-9
"""Probability of a gain that every move has."""


@dataclass(frozen=True)
class Claim:
    """What a method says it can gain (money).

    Attributes
    ----------
    shown
        After all gates: zero where the owners are kept.
    ungated
        Of the plan it would make without any: the best by the estimated win rates, however
        weak the evidence that they differ.
    """

    shown: float
    ungated: float


@dataclass(frozen=True)
class Placebo:
    """What a method finds where reps do not differ, whatever it finds in the real data.

    Attributes
    ----------
    runs
        Shuffles.
    shown, ungated
        As in ``Claim``: the mean over the shuffles, and the range of the middle 90 % of them.
    passed
        Share of the shuffles in which the gates let anything through.
    loosened
        Share of closed opportunities whose outcome could come to lie with another rep.
    """

    runs: int
    shown: Interval
    ungated: Interval
    passed: float
    loosened: float


def shuffled_claim(
    study: Study,
    group: NDArray[np.intp],
    chain: Callable[[Study], Claim],
    settings: Settings,
    number: int,
) -> Claim:
    """What a chain from the closed opportunities to money claims on one shuffle of the outcomes.

    Parameters
    ----------
    study
        Of the real outcomes; the shuffle is fitted and tested as it was. Its counts must be
        whole, that is, not weighted, and it must have a model.
    group
        Of each cell, within which outcomes are shuffled; see ``winrate.placebo.alike``.
    chain
        What is claimed on a study.
    number
        Which shuffle; the same number is the same shuffle.
    """
    cells = shuffled(study.cells, group, np.random.default_rng([settings.seed, number]))
    model = clone(study.model).fit_aggregated(cells, cells["wins"], cells["trials"])
    return chain(replace(study, cells=cells, model=model, signal=tested(model, settings)))


def placebo(study: Study, group: NDArray[np.intp], claims: Sequence[Claim]) -> Placebo:
    """What the shuffles of a study say together; there is at least one."""
    return Placebo(
        runs=len(claims),
        shown=Interval(*summary(np.array([claim.shown for claim in claims]))),
        ungated=Interval(*summary(np.array([claim.ungated for claim in claims]))),
        passed=float(np.mean([claim.shown != 0 for claim in claims])),
        loosened=loosened(study.cells, group),
    )


def plan_placebo_claim(
    book: Book,
    study: Study,
    rules: RuleSet,
    settings: Settings,
    group: NDArray[np.intp],
    number: int,
) -> Claim:
    """What ``reallocation`` would claim on one shuffle; the other parameters are its own."""
    coarse = replace(settings, bootstrap=BOOTSTRAP, draws=DRAWS)
    return shuffled_claim(
        study, group, lambda it: plan_claim(book, it, rules, coarse), coarse, number
    )


def plan_claim(book: Book, study: Study, rules: RuleSet, settings: Settings) -> Claim:
    """What ``reallocation`` puts first of its plan, and what it would say without its gates."""
    posed = pose(book, study, rules, settings)
    if posed is None:
        return Claim(0.0, 0.0)
    anything = replace(limits_of(rules, settings), p_gain_min=ANY_CHANCE)
    problem = replace(posed.problem, balance=None)
    best = solve(problem, anything, problem.choosing)
    ungated = float(plan_value(problem, best.assignment, problem.claiming).mean())
    if objections(study, settings):
        return Claim(shown=0.0, ungated=ungated)
    plan = reallocation(book, study, rules, settings).plan
    shown = plan.cross_fitted if plan.status == "plan" else None
    return Claim(shown=shown or 0.0, ungated=ungated)
