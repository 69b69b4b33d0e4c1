"""How far a finding hangs on what no column records: the hidden quality of the leads.

Good reps may be given leads that are better in ways the CRM does not know. No model can see
that; what can be said is how strong it would have to be to explain a finding away.

References
----------
Rosenbaum and Rubin (1983), "Assessing sensitivity to an unobserved binary covariate", JRSS B
45(2), on tipping points. VanderWeele and Ding (2017), "Sensitivity analysis in observational
research: introducing the E-value", Annals of Internal Medicine 167(4).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from analytics.allocation import Interval, Move, Plan, Problem, plan_value
from analytics.allocation.move import summary

LARGEST_GAP = 8.0
"""Log odds; no lead quality takes a win rate further."""


@dataclass(frozen=True)
class Readings:
    """Two readings of what a plan gains (money), between which hidden lead quality decides.

    Attributes
    ----------
    specialised
        The floor: only what each rep is *comparatively* good at counts. Leads that are better
        throughout do not touch it.
    full
        The ceiling: that some reps win more throughout counts too, as skill.
    """

    specialised: Interval
    full: Interval


def tipping_gap(better: NDArray, worse: NDArray | float) -> float:
    """Hidden lead quality that would make two rates equal, in log odds.

    Every deal of the better one is taken to have been easier by that much than recorded.

    Parameters
    ----------
    better
        Joint draws of the higher win rate, shape (n,).
    worse
        Draws of the lower one, or its value; only the mean counts.

    Returns
    -------
    0 where the first is not better on average; ``LARGEST_GAP`` where no gap is enough.
    """
    target, log_odds = float(np.mean(worse)), logit(better)

    def left(gap: float) -> float:
        return float(expit(log_odds - gap).mean()) - target

    if left(0.0) <= 0:
        return 0.0
    return LARGEST_GAP if left(LARGEST_GAP) > 0 else float(brentq(left, 0.0, LARGEST_GAP))


def move_tipping_gap(move: Move) -> float:
    """Hidden quality of the new owner's past leads, in log odds, at which a move gains nothing."""
    needed = move.p_from.mean + (move.switching / move.value if move.value else 0.0)
    if not 0 < needed < move.p_to.mean:
        return 0.0
    return float(logit(move.p_to.mean) - logit(needed))


def e_value(ratio_low: float) -> float:
    """The E-value of a risk ratio, from the end of its interval that is nearest to 1.

    How strongly, as a risk ratio, something unrecorded would have to go with the rep and with
    winning, both, to explain the difference away. 1 where the difference may be chance.
    """
    return 1.0 if ratio_low <= 1 else float(ratio_low + np.sqrt(ratio_low * (ratio_low - 1)))


def readings(problem: Problem, plan: Plan) -> Readings:
    """What the plan gains if only specialisation counts, and if all differences do.

    For the first, each rep's log odds are lowered by his own mean over the open items' segments
    and raised by that of all reps.
    """
    assignment = plan.assignment(problem)
    weights = np.bincount(problem.segment, minlength=problem.claiming.shape[2])
    log_odds = logit(problem.claiming)
    level = (log_odds @ (weights / weights.sum()))[:, :, None]
    alike = expit(log_odds - level + level.mean(axis=1, keepdims=True))
    return Readings(
        specialised=Interval(*summary(plan_value(problem, assignment, alike))),
        full=Interval(*summary(plan_value(problem, assignment, problem.claiming))),
    )
