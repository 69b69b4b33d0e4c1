"""A recommendation: a plan that has passed its gates, or the reasons to keep the owners."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation.move import Interval, Move, moves_of, summary
from analytics.allocation.parts import Relief, loads, relief
from analytics.allocation.problem import Problem, Rules, plan_value
from analytics.allocation.solve import Solution, Status, solve


@dataclass(frozen=True)
class Plan:
    """What to do with the open opportunities, and how far that can be trusted.

    Attributes
    ----------
    status
        ``plan``; ``relief``: the moves take work off who has too much of it, and nothing is
        claimed to be gained; or ``keep_owners``: there are no moves.
    why
        Why no gain is claimed: what the caller knew against it, or ``nothing_open``,
        ``no_candidate`` (no allowed move is sure enough to gain), ``no_room`` (those that are
        do not fit, or do not pay together), ``out_of_time`` (none was found in time),
        ``not_certain`` (the plan could still lose money, or with what it does to hours and
        fairness be worth less than nothing), ``cross_fit`` (the same of what plans chosen on
        one half of the history bring on the other).
    rules
        What the plan was made under.
    keep_value
        Expected value of the open items with the owners of today (money).
    moves
        Those that add most first.
    uplift
        Expected gain over ``keep_value`` (money), from joint draws that did not choose the
        plan. Of the plan held back, where ``why`` is ``not_certain`` or ``cross_fit``.
    cross_fitted
        The uplift to put first: chosen on each half of the history, valued on the other,
        averaged (money). None without halves.
    cross_range
        The same with its range. It is wide: each half knows half as much.
    total
        ``uplift`` and what is relieved, in the prices of the balance: what was maximised, and
        the sum of the moves' ``total``. Not revenue.
    relief
        What the plan does besides money.
    loads
        What each rep holds before and after; see ``parts.loads``.
    bound
        On the draws that chose, no plan within the rules has a greater ``total``.
    gap_uplift
        Share of ``bound`` that the plan is not proven to reach.
    solver_status
        ``optimal``, ``gap`` or ``time``.

    declined
        Items that were to go to these reps, until somebody said no.
    trials
        Closed deals behind each win rate, shape (n_reps, n_segments).

    What comes after ``moves`` is None where nothing was solved. ``total``, ``relief`` and
    ``loads`` are like ``uplift`` of the plan held back, where one is.
    """

    status: Literal["plan", "relief", "keep_owners"]
    why: tuple[str, ...]
    rules: Rules
    keep_value: float
    moves: tuple[Move, ...] = ()
    uplift: Interval | None = None
    cross_fitted: float | None = None
    cross_range: Interval | None = None
    bound: float | None = None
    gap_uplift: float | None = None
    solver_status: Status | None = None
    total: float | None = None
    relief: Relief | None = None
    loads: pd.DataFrame | None = field(default=None, compare=False, repr=False)
    declined: tuple[tuple[object, str], ...] = ()
    trials: NDArray[np.int_] | None = field(default=None, compare=False, repr=False)

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
    if why_not or problem.items.empty:
        return Plan("keep_owners", why_not or ("nothing_open",), rules, _keep_value(problem))

    solution = solve(problem, rules, problem.choosing)
    return judged(problem, rules, trials, solution, _cross_fitted(problem, rules, halves))


def judged(
    problem: Problem,
    rules: Rules,
    trials: NDArray[np.int_],
    solution: Solution,
    crossed: "Crossed | None",
) -> Plan:
    """A solution as a plan, with its moves if it passes the gates.

    Parameters
    ----------
    crossed
        What plans chosen on one half of the history bring on the other; None without halves.
    """
    win = problem.claiming.mean(axis=0)
    uplift = plan_value(problem, solution.assignment, problem.claiming)
    relieved = relief(problem, solution.assignment, win)
    worth, other_half = uplift + relieved.worth, crossed.worth if crossed else None
    if not rules.for_relief:
        # What is relieved cannot make up for money lost: the two are not of one kind.
        worth = np.minimum(worth, uplift)
        other_half = min(crossed.worth, crossed.money.mean) if crossed else None
    why = _why_keep(problem, rules, solution, worth, other_half)
    status: Literal["plan", "relief"] = "relief" if rules.for_relief else "plan"
    return Plan(
        status="keep_owners" if why else status,
        why=why,
        rules=rules,
        keep_value=_keep_value(problem),
        moves=() if why else moves_of(problem, solution.assignment, trials),
        uplift=Interval(*summary(uplift)),
        cross_fitted=crossed.money.mean if crossed else None,
        cross_range=crossed.money if crossed else None,
        bound=solution.bound,
        gap_uplift=solution.gap_uplift,
        solver_status=solution.status,
        total=float(uplift.mean()) + relieved.worth,
        relief=relieved,
        loads=loads(problem, solution.assignment),
        trials=trials,
    )


def _keep_value(problem: Problem) -> float:
    return float(problem.value @ problem.claiming.mean(axis=0)[problem.owner, problem.segment])


def _why_keep(
    problem: Problem,
    rules: Rules,
    solution: Solution,
    worth: NDArray[np.float64],
    cross_worth: float | None,
) -> tuple[str, ...]:
    """``worth`` is what has to be positive of the plan in each draw, and ``cross_worth`` of
    plans chosen on one half and valued on the other."""
    if (solution.assignment == problem.owner).all():
        if not solution.n_candidates:
            return ("no_candidate",)
        return ("out_of_time",) if solution.status == "time" else ("no_room",)
    gates = {
        "not_certain": np.quantile(worth, rules.gate_quantile) > 0,
        "cross_fit": cross_worth is None or cross_worth > 0,
    }
    return tuple(code for code, passed in gates.items() if not passed)


@dataclass(frozen=True)
class Crossed:
    """What plans chosen on one half of the history bring on the other, averaged over both.

    ``worth`` is the money and what they relieve.
    """

    money: Interval
    worth: float


def _cross_fitted(
    problem: Problem,
    rules: Rules,
    halves: tuple[NDArray[np.float64], NDArray[np.float64]] | None,
) -> Crossed | None:
    if halves is None:
        return None
    money, relieved = [], []
    for chooses, values in (halves, halves[::-1]):
        assignment = solve(problem, rules, chooses).assignment
        money.append(plan_value(problem, assignment, values))
        relieved.append(relief(problem, assignment, values.mean(axis=0)).worth)
    # The halves are fitted apart, so that their draws are independent of each other.
    both = np.mean(money, axis=0)
    return Crossed(Interval(*summary(both)), float(both.mean() + np.mean(relieved)))
