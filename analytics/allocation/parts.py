"""What each move of a plan adds, in parts that sum to the whole.

Money is additive over the moves. What a plan relieves is not: it is, for each rep and part, a
function of one sum over his items. The share of a move in that is its contribution to the sum
times the mean slope of the function between before and after.

References
----------
Aumann and Shapley (1974), "Values of non-atomic games"; Sun and Sundararajan (2011), "Axiomatic
attribution for multilinear functions", arXiv 1102.0989.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation.balance import Codes, Floats, sums
from analytics.allocation.problem import Problem

PARTS = ("skill_fit", "hand_over", "workload", "opportunity", "goal")
"""Money: ``skill_fit`` and ``hand_over``. The rest is what a plan relieves, in its prices."""


@dataclass(frozen=True)
class Relief:
    """What a plan does besides money.

    Attributes
    ----------
    hours_before, hours_after
        Hours a week that reps are above what they have, summed.
    outside_before, outside_after
        Opportunity outside the band of who holds it, summed (money).
    worth
        What the plan relieves, in the prices of the balance; no revenue.
    """

    hours_before: float
    hours_after: float
    outside_before: float
    outside_after: float
    worth: float


def parts(problem: Problem, assignment: Codes, win: Floats) -> pd.DataFrame:
    """What each item that moves adds above keeping the owners: a row for it, a column a part.

    Parameters
    ----------
    assignment
        Code of the rep who holds each item, shape (n_items,).
    win
        Mean win probabilities, shape (n_reps, n_segments).
    """
    balance, n_reps = problem.weighed, len(problem.reps)
    rows = np.flatnonzero(assignment != problem.owner)
    owner, rep, segment = problem.owner[rows], assignment[rows], problem.segment[rows]
    left = problem.value[rows] * win[owner, segment]
    brought = problem.value[rows] * win[rep, segment]
    found = {"skill_fit": brought - left, "hand_over": -problem.switching[rows]}

    before, after = (_sums(problem, who, win) for who in (problem.owner, assignment))
    gained = after["goal"] - before["goal"]
    worth_before = balance.worth(before["workload"], before["opportunity"], np.zeros(n_reps))
    worth_after = balance.worth(after["workload"], after["opportunity"], gained)
    taken = {
        "workload": (balance.effort[rows], balance.effort[rows]),
        "opportunity": (balance.opportunity[rows], balance.opportunity[rows]),
        "goal": (left, brought),
    }
    for part, (gives, takes) in taken.items():
        moved = after[part] - before[part]
        change = worth_after[part] - worth_before[part]
        # Sums that differ by rounding alone have no slope.
        differs = np.abs(moved) > 1e-9 * (np.abs(before[part]) + np.abs(after[part]))
        slope = np.divide(change, moved, out=np.zeros(n_reps), where=differs)
        found[part] = slope[rep] * takes - slope[owner] * gives
    return pd.DataFrame(found, index=rows)


def relief(problem: Problem, assignment: Codes, win: Floats) -> Relief:
    """What an assignment relieves; the parameters are those of ``parts``."""
    balance = problem.weighed
    before, after = (_sums(problem, who, win) for who in (problem.owner, assignment))
    gained = after["goal"] - before["goal"]
    worth = [
        sum(
            part.sum() for part in balance.worth(one["workload"], one["opportunity"], gain).values()
        )
        for one, gain in ((before, np.zeros(len(gained))), (after, gained))
    ]
    return Relief(
        hours_before=float(balance.over(before["workload"]).sum()),
        hours_after=float(balance.over(after["workload"]).sum()),
        outside_before=float(balance.outside(before["opportunity"]).sum()),
        outside_after=float(balance.outside(after["opportunity"]).sum()),
        worth=float(worth[1] - worth[0]),
    )


def loads(problem: Problem, assignment: Codes) -> pd.DataFrame:
    """What each rep holds before and after, and what he may or should hold.

    Returns
    -------
    Columns ``rep``; ``items_before``, ``items_after``, ``items_limit``; ``hours_before``,
    ``hours_after``, ``hours_limit``; ``opportunity_before``, ``opportunity_after``, ``least``,
    ``most`` (money). Those of hours and opportunity are zero without a balance.
    """
    balance, n_reps = problem.weighed, len(problem.reps)

    def of(amounts: Floats | None, who: Codes) -> NDArray:
        return np.bincount(who, amounts, n_reps)

    return pd.DataFrame(
        {
            "rep": problem.reps,
            "items_before": of(None, problem.owner),
            "items_after": of(None, assignment),
            "items_limit": problem.limit,
            "hours_before": of(balance.effort, problem.owner),
            "hours_after": of(balance.effort, assignment),
            "hours_limit": balance.hours,
            "opportunity_before": of(balance.opportunity, problem.owner),
            "opportunity_after": of(balance.opportunity, assignment),
            "least": balance.least,
            "most": balance.most,
        }
    )


def _sums(problem: Problem, who: Codes, win: Floats) -> dict[str, Floats]:
    """What each part counts, summed by rep: hours, opportunity, expected value."""
    amounts = {
        "workload": problem.weighed.effort,
        "opportunity": problem.weighed.opportunity,
        "goal": problem.value * win[who, problem.segment],
    }
    return {part: sums(who, one, len(problem.reps)) for part, one in amounts.items()}
