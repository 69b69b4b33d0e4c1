"""Why a rep is not the new owner of an item."""

from analytics.allocation.move import Reason, gain_draws, p_gain
from analytics.allocation.plan import Plan
from analytics.allocation.problem import BarReason, Problem


def why_not(problem: Problem, plan: Plan, item: object, rep: str) -> Reason:
    """Why the plan does not give an item to a rep.

    Returns
    -------
    The first of these that holds: the ``BarReason`` that rules him out; ``gain_uncertain``;
    ``keep_owners`` (the plan as a whole is held back); ``smaller_gain`` than what the plan
    does with the item; ``at_capacity`` after the plan; ``move_budget`` spent on moves worth
    more; ``within_gap`` (it might be a little better: the solver stopped close enough).

    Raises
    ------
    ValueError
        After the plan the rep does hold the item.
    """
    row, code = problem.row[item], problem.reps.index(rep)
    assignment = plan.assignment(problem)
    if assignment[row] == code:
        raise ValueError(f"{rep} does hold {item}")
    if problem.owner[row] != code:
        if bar := problem.barred[row, code]:
            return Reason(BarReason(bar).code, {"rep": rep})
        probability = p_gain(problem, row, code)
        if probability < plan.rules.p_gain_min:
            return Reason(
                "gain_uncertain", {"p_gain": probability, "needed": plan.rules.p_gain_min}
            )
    if plan.status == "keep_owners":
        return Reason("keep_owners", {"why": plan.why})

    gain, planned = (_gain(problem, row, who) for who in (code, assignment[row]))
    if gain <= planned:
        holder = problem.reps[assignment[row]]
        return Reason("smaller_gain", {"gain": gain, "holder": holder, "holder_gain": planned})
    load = int((assignment == code).sum())
    if load >= problem.limit[code]:
        capacity = problem.capacity[code].item()
        return Reason("at_capacity", {"rep": rep, "load": load, "capacity": capacity})
    if assignment[row] == problem.owner[row] and len(plan.moves) >= plan.rules.max_moves:
        return Reason("move_budget", {"max_moves": plan.rules.max_moves})
    return Reason("within_gap", {"gap": plan.gap_uplift})


def _gain(problem: Problem, row: int, rep: int) -> float:
    """Expected gain on the draws that chose; keeping the item with its owner gains nothing."""
    if rep == problem.owner[row]:
        return 0.0
    return float(gain_draws(problem, row, rep, problem.choosing).mean())
