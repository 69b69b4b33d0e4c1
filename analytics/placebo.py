"""What a money claim is worth: the same method on outcomes that chance has dealt among the reps."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from sklearn.base import clone

from analytics.allocation import plan_value
from analytics.allocation.solve import solve
from analytics.reallocation import Terms, pose, reallocation, rules_of
from analytics.settings import Settings
from analytics.study import Study
from analytics.winrate.placebo import alike, loosened, shuffled

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
class Range:
    """Mean over the shuffles, and the range of the middle 90 % of them (money)."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Placebo:
    """What a method finds where reps do not differ, whatever it finds in the real data.

    Attributes
    ----------
    runs
        Shuffles.
    shown, ungated
        As in ``Claim``.
    passed
        Share of the shuffles in which the gates let anything through.
    loosened
        Share of closed opportunities whose outcome could come to lie with another rep.
    """

    runs: int
    shown: Range
    ungated: Range
    passed: float
    loosened: float


def shuffled_claim(
    study: Study, chain: Callable[[Study], Claim], settings: Settings, number: int
) -> Claim:
    """What a chain from the closed opportunities to money claims on one shuffle of the outcomes.

    Parameters
    ----------
    study
        Of the real outcomes; the shuffle is fitted and tested as it was. Its counts must be
        whole, that is, not weighted, and it must have a model.
    chain
        What is claimed on a study.
    number
        Which shuffle; the same number is the same shuffle.
    """
    rng = np.random.default_rng([settings.seed, number])
    group = alike(study.cells, study.segments)
    return chain(_refitted(study, shuffled(study.cells, group, rng), settings))


def placebo(study: Study, claims: Sequence[Claim]) -> Placebo:
    """What the shuffles of a study say together; there is at least one."""
    return Placebo(
        runs=len(claims),
        shown=_range([claim.shown for claim in claims]),
        ungated=_range([claim.ungated for claim in claims]),
        passed=float(np.mean([claim.shown != 0 for claim in claims])),
        loosened=loosened(study.cells, alike(study.cells, study.segments)),
    )


def plan_placebo_claim(
    items: pd.DataFrame,
    reps: pd.DataFrame,
    study: Study,
    terms: Terms,
    settings: Settings,
    number: int,
) -> Claim:
    """What ``reallocation`` would claim on one shuffle; the other parameters are its own."""
    coarse = replace(settings, bootstrap=BOOTSTRAP, draws=DRAWS)
    return shuffled_claim(
        study, lambda it: plan_claim(items, reps, it, terms, coarse), coarse, number
    )


def plan_claim(
    items: pd.DataFrame, reps: pd.DataFrame, study: Study, terms: Terms, settings: Settings
) -> Claim:
    """What ``reallocation`` puts first of its plan, and what it would say without its gates."""
    posed = pose(items, reps, study, terms, settings)
    if posed is None:
        return Claim(0.0, 0.0)
    problem, _ = posed
    anything = replace(rules_of(terms, settings), p_gain_min=ANY_CHANCE)
    best = solve(problem, anything, problem.choosing)
    ungated = float(plan_value(problem, best.assignment, problem.claiming).mean())
    plan = reallocation(items, reps, study, terms, settings).plan
    shown = plan.cross_fitted if plan.status == "plan" else None
    return Claim(shown=shown or 0.0, ungated=ungated)


def _refitted(study: Study, cells: pd.DataFrame, settings: Settings) -> Study:
    model = clone(study.model).fit_aggregated(cells, cells["wins"], cells["trials"])
    signal = model.signal_test(
        n_boot=settings.bootstrap,
        random_state=settings.seed,
        alpha=settings.alpha,
        min_wins=settings.min_wins,
        min_losses=settings.min_losses,
        power=settings.power,
    )
    return replace(study, cells=cells, model=model, signal=signal)


def _range(claims: list[float]) -> Range:
    low, high = np.quantile(claims, (0.05, 0.95))
    return Range(float(np.mean(claims)), float(low), float(high))
