"""What the limits of a plan cost: an hour or a place of each rep, one more move, the band."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from analytics.allocation import dual, mip
from analytics.allocation.balance import Floats
from analytics.allocation.move import summary
from analytics.allocation.options import candidates
from analytics.allocation.parts import relief
from analytics.allocation.problem import Problem, Rules, plan_value
from analytics.allocation.program import Program, program_of
from analytics.allocation.solve import COLUMNS, solve

ROUGH: dict[str, Any] = {"gap": 0.05, "time_limit": 2.0}
"""How close a point of the frontier is solved, and how long at most."""

POINT = (
    "band",
    "budget",
    "moves",
    "money",
    "money_low",
    "money_high",
    "hours_over",
    "outside",
    "gap",
)
"""Columns of the frontier."""

MAX_REPS = 200
"""Reps up to which one more and one less of each is solved again."""


@dataclass(frozen=True, eq=False)
class LimitPrices:
    """What a little more of each limit would be worth (money).

    All are of the linear relaxation, in which units may be divided: differences between whole
    plans are mostly the solver's gap.

    Attributes
    ----------
    reps
        Columns ``rep``; ``of`` (``hours`` a week, ``items``); ``price`` (the dual); ``up`` and
        ``down``, what one more is worth and what one less costs, solved again (missing for
        large programs); ``kind``: ``penalty`` where the rep stays overloaded, so that the price
        is the weight of an hour that was set and says nothing about the work, ``market``
        elsewhere, ``free`` where it is zero.
    move, next_move
        The dual of the budget of moves, and what one more move is worth, solved again.
    """

    reps: pd.DataFrame
    move: float
    next_move: float


def limit_prices(problem: Problem, rules: Rules) -> LimitPrices | None:
    """What the limits cost at the optimum; None where there is nothing to choose."""
    options = candidates(problem, rules, problem.choosing)
    if not len(options):
        return None
    program = program_of(problem, options, problem.choosing.mean(axis=0), rules.max_moves)
    of = [kind for kind in ("hours", "items") if kind in program.kinds]
    if program.n_options > COLUMNS:
        found = dual.prices(program, lambda: False, sample=COLUMNS)
        net = found.above - found.below
        missing = np.full(net.shape, np.nan)
        return LimitPrices(_frame(problem, program, of, net, missing, missing), found.move, np.nan)
    return _solved_again(problem, program, of)


def frontier(
    problem: Problem,
    rules: Rules,
    budgets: Sequence[int],
    bands: Sequence[float | None] = (None,),
) -> pd.DataFrame:
    """What plans gain with more moves, and with the opportunity spread more or less evenly.

    Parameters
    ----------
    budgets
        Moves a plan may ask for.
    bands
        Widths of the band around its middle, as shares of it; None takes it as it is.

    Returns
    -------
    A row for each band and budget: ``band``, ``budget``; ``moves``; ``money``, ``money_low``,
    ``money_high`` on the draws that did not choose; ``hours_over``, ``outside`` (money) after
    the plan; ``gap``, the share that is not proven. Every point is solved roughly.
    """
    rows = []
    for width in bands:
        within = problem
        if width is not None and problem.balance is not None:
            within = replace(problem, balance=problem.balance.within(width))
        for budget in budgets:
            solution = solve(within, replace(rules, max_moves=budget, **ROUGH), problem.choosing)
            assignment = solution.assignment
            money = summary(plan_value(problem, assignment, problem.claiming))
            after = relief(within, assignment, problem.claiming.mean(axis=0))
            moves = int((assignment != problem.owner).sum())
            rows.append(
                (
                    width,
                    budget,
                    moves,
                    *money,
                    after.hours_after,
                    after.outside_after,
                    solution.gap_uplift,
                )
            )
    return pd.DataFrame(rows, columns=list(POINT))


def _solved_again(problem: Problem, program: Program, of: Sequence[str]) -> LimitPrices:
    model = mip.model_of(program, whole=False)
    highs = mip.prepared(model.lp)
    mip.run(highs)
    at_best = highs.getInfo().objective_function_value
    # All these rows have an upper end only, so that their duals have one sign.
    duals = np.abs(np.array(highs.getSolution().row_dual))

    def changed(row: int, by: float) -> float:
        """What the optimum gains if the end of a row moves (money)."""
        low, high = model.lp.row_lower_[row], model.lp.row_upper_[row]
        mip.require_ok(highs.changeRowBounds(row, low, high + by), "changeRowBounds")
        mip.run(highs)
        gained = highs.getInfo().objective_function_value - at_best
        mip.require_ok(highs.changeRowBounds(row, low, high), "changeRowBounds")
        return gained * model.money

    n_ranges = model.ranges.shape[1]
    # Of whom no option says anything, an hour is worth what it takes off his overload.
    price, up, down = _untouched(problem, program)
    for row, (kind, rep) in enumerate(model.ranges.T.tolist()):
        if program.kinds[kind] in of:
            unit = model.scale[row]
            price[kind, rep] = duals[row] * model.money / unit
            solve_again = len(problem.reps) <= MAX_REPS
            up[kind, rep] = changed(row, 1 / unit) if solve_again else np.nan
            # With a place less than he holds there would be no plan to compare.
            soft = solve_again and program.kinds[kind] == "hours"
            down[kind, rep] = -changed(row, -1 / unit) if soft else np.nan
    return LimitPrices(
        _frame(problem, program, of, price, up, down),
        float(duals[n_ranges] * model.money),
        changed(n_ranges, 1.0),
    )


def _untouched(problem: Problem, program: Program) -> tuple[Floats, Floats, Floats]:
    """Price, up and down of what does not change, shape (n_kinds, n_reps) each."""
    used = program.used(program.start)
    over = np.where(np.isfinite(program.over), program.over, 0.0)
    at, more, less = (-over * np.maximum(used - program.most - by, 0.0) for by in (0.0, 1.0, -1.0))
    return np.where(used > program.most, over, 0.0), more - at, at - less


def _frame(
    problem: Problem, program: Program, of: Sequence[str], price: Floats, up: Floats, down: Floats
) -> pd.DataFrame:
    frames = []
    for name in of:
        kind = program.kinds.index(name)
        penalty = name == "hours" and price[kind] >= problem.weighed.overload * (1 - 1e-6)
        word = np.where(penalty, "penalty", np.where(price[kind] > 0, "market", "free"))
        columns = {"rep": problem.reps, "of": name, "price": price[kind]}
        frames.append(pd.DataFrame(columns | {"up": up[kind], "down": down[kind], "kind": word}))
    return pd.concat(frames, ignore_index=True)
