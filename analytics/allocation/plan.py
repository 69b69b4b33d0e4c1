"""A recommendation: a plan that has passed its gates, or the reasons to keep the owners."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.allocation.move import Interval, Move, moves_of, summary
from analytics.allocation.problem import Problem, Rules, plan_value
from analytics.allocation.solve import Solution, Status, solve


@dataclass(frozen=True)
class Plan:
    """What to do with the open opportunities, and how far that can be trusted.

    Attributes
    ----------
    status
        ``plan``, or ``keep_owners``: then there are no moves.
    why
        Why the owners are kept: what the caller knew against it, or ``nothing_open``,
        ``no_candidate`` (no allowed move is sure enough to gain), ``no_room`` (those that are
        do not fit), ``out_of_time`` (none was found in time), ``not_certain`` (the plan's
        uplift could be negative), ``cross_fit`` (chosen on one half of the history, a plan
        does not gain on the other).
    rules
        What the plan was made under.
    keep_value
        Expected value of the open items with the owners of today (money).
    moves
        The greatest gain first.
    uplift
        Expected gain over ``keep_value`` (money), from joint draws that did not choose the
        plan. Of the plan held back, where ``why`` is ``not_certain`` or ``cross_fit``.
    cross_fitted
        The uplift to put first: chosen on each half of the history, valued on the other,
        averaged (money). None without halves.
    bound
        On the draws that chose, no plan within the rules gains more (money).
    gap_uplift
        Share of ``bound`` that the plan is not proven to reach.
    solver_status
        ``optimal``, ``gap`` or ``time``.

    The last five are None where nothing was solved.
    """

    status: Literal["plan", "keep_owners"]
    why: tuple[str, ...]
    rules: Rules
    keep_value: float
    moves: tuple[Move, ...] = ()
    uplift: Interval | None = None
    cross_fitted: float | None = None
    bound: float | None = None
    gap_uplift: float | None = None
    solver_status: Status | None = None

    @property
    def lift(self) -> float:
        """``cross_fitted`` as a share of what the owners of today would bring; zero without."""
        return self.cross_fitted / self.keep_value if self.cross_fitted else 0.0

    def assignment(self, problem: Problem) -> NDArray[np.intp]:
        """Code of the rep who holds each item of the problem after the plan."""
        holder = problem.owner.copy()
        for move in self.moves:
            holder[problem.row[move.item]] = problem.reps.index(move.to_rep)
        return holder


def recommend(
    problem: Problem,
    rules: Rules,
    trials: NDArray[np.int_],
    why_not: tuple[str, ...] = (),
    halves: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None,
) -> Plan:
    """The best plan within the rules, if it is certain enough to be shown.

    To answer a manager who declines some moves, recommend again for ``problem.without`` them.

    Parameters
    ----------
    trials
        Closed deals behind each win rate, shape (n_reps, n_segments).
    why_not
        Reasons that forbid a plan from the start, such as ``no_evidence`` that reps differ.
    halves
        Draws like ``problem.draws``, each from a model that saw one half of the history.
    """
    keep_value = float(
        problem.value @ problem.claiming.mean(axis=0)[problem.owner, problem.segment]
    )
    if why_not or problem.items.empty:
        return Plan("keep_owners", why_not or ("nothing_open",), rules, keep_value)

    solution = solve(problem, rules, problem.choosing)
    uplift = plan_value(problem, solution.assignment, problem.claiming)
    cross_fitted = None if halves is None else _cross_fitted(problem, rules, *halves)
    why = _why_keep(problem, rules, solution, uplift, cross_fitted)
    return Plan(
        status="keep_owners" if why else "plan",
        why=why,
        rules=rules,
        keep_value=keep_value,
        moves=() if why else moves_of(problem, solution.assignment, trials),
        uplift=Interval(*summary(uplift)),
        cross_fitted=cross_fitted,
        bound=solution.bound,
        gap_uplift=solution.gap_uplift,
        solver_status=solution.status,
    )


def _why_keep(
    problem: Problem,
    rules: Rules,
    solution: Solution,
    uplift: NDArray[np.float64],
    cross_fitted: float | None,
) -> tuple[str, ...]:
    if (solution.assignment == problem.owner).all():
        if not solution.n_candidates:
            return ("no_candidate",)
        return ("out_of_time",) if solution.status == "time" else ("no_room",)
    gates = {
        "not_certain": np.quantile(uplift, rules.gate_quantile) > 0,
        "cross_fit": cross_fitted is None or cross_fitted > 0,
    }
    return tuple(code for code, passed in gates.items() if not passed)


def _cross_fitted(
    problem: Problem, rules: Rules, one: NDArray[np.float64], other: NDArray[np.float64]
) -> float:
    """Uplift of plans chosen on one half of the history and valued on the other, averaged."""
    values = [
        plan_value(problem, solve(problem, rules, chooses).assignment, values.mean(axis=0))
        for chooses, values in ((one, other), (other, one))
    ]
    return float(np.mean(values))
