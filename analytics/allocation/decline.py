"""A plan after a manager has said no to one of its moves."""

from dataclasses import replace

import numpy as np

from analytics.allocation.options import candidates
from analytics.allocation.parts import parts
from analytics.allocation.plan import Plan, judged
from analytics.allocation.problem import Problem
from analytics.allocation.program import program_of
from analytics.allocation.solve import Solution, Status, choose, held


def decline(problem: Problem, plan: Plan, item: object) -> Plan:
    """The plan without the move of an item; only what hung on that move is solved again.

    The other moves of its bundle may change or go; the moves of other bundles stay, and items
    that the plan left alone are left alone. Should what is left not pass the gates, the owners
    are kept; ``why`` is ``declined`` if nothing is left.

    Parameters
    ----------
    problem
        The one that was solved; what was declined before is in the plan.

    Raises
    ------
    KeyError
        The plan does not move the item.
    """
    move = {move.item: move for move in plan.moves}[item]
    assert plan.trials is not None, "a plan with moves has trials"
    declined = (*plan.declined, (item, move.to_rep))
    problem = problem.without(declined)
    rules, win = plan.rules, problem.choosing.mean(axis=0)

    free = [problem.row[other.item] for other in plan.moves if other.bundle == move.bundle]
    assignment = plan.assignment(problem)
    assignment[free] = problem.owner[free]
    options = candidates(problem, rules, problem.choosing)
    options = options.where(np.isin(options.unit, problem.unit[free]))
    if len(options):
        budget = rules.max_moves - int((assignment != problem.owner).sum())
        program = program_of(problem, options, win, budget, assignment)
        chosen, _, _ = choose(program, rules)
        again = held(problem, options, program, chosen)
        assignment[free] = again[free]

    value = float(parts(problem, assignment, win).to_numpy().sum())
    bound = max(value, plan.bound or 0.0)
    status: Status = "optimal" if value == bound else "gap"
    solution = Solution(assignment, value, bound, status, len(options))
    left = judged(problem, rules, plan.trials, solution, None)
    if (assignment == problem.owner).all():
        left = replace(left, why=("declined",))
    return replace(left, cross_fitted=_left_of(plan, left), declined=declined)


def _left_of(plan: Plan, left: Plan) -> float | None:
    """The cross-fitted uplift, less by the share by which the uplift has become less."""
    if plan.cross_fitted is None or not plan.uplift or not left.uplift or plan.uplift.mean <= 0:
        return None
    return plan.cross_fitted * left.uplift.mean / plan.uplift.mean
