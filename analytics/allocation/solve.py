"""The best set of hand-overs within the rules, with a proven bound on anything better.

The objective is the uplift over keeping the owners, so HiGHS's relative gap *is* the gap on
the uplift. Stated on the whole book's value, a gap of 1 % can hide several per cent of uplift.
"""

from dataclasses import dataclass
from math import ceil
from typing import Literal

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray
from scipy.sparse import csc_array

from analytics.allocation.problem import BarReason, Problem, Rules

Status = Literal["optimal", "gap", "time"]

# Of the largest gain: what lies closer together than this, the solver does not tell apart.
PRECISION = 1e-6


@dataclass(frozen=True, eq=False)
class Solution:
    """An assignment and how good it provably is.

    Attributes
    ----------
    assignment
        Code of the rep who holds each item, shape (n_items,).
    value
        Uplift at the mean of the draws it was chosen on (money).
    bound
        No plan within the rules has a greater uplift on those draws (money).
    status
        ``optimal``, ``gap`` (stopped within the gap that the rules allow) or ``time``.
    n_candidates
        Hand-overs that the rules allow, gain on average and are sure enough to.
    """

    assignment: NDArray[np.intp]
    value: float
    bound: float
    status: Status
    n_candidates: int

    @property
    def gap_uplift(self) -> float:
        """Share of the bound that is not proven, in [0, 1]."""
        return (self.bound - self.value) / self.bound if self.bound > 0 else 0.0


@dataclass(frozen=True, eq=False)
class Candidates:
    """Hand-overs the solver may choose from: one entry per (row of an item, code of a rep)."""

    item: NDArray[np.intp]
    rep: NDArray[np.intp]
    gain: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.item)

    def where(self, keep: NDArray[np.bool_]) -> "Candidates":
        return Candidates(self.item[keep], self.rep[keep], self.gain[keep])


def solve(problem: Problem, rules: Rules, draws: NDArray[np.float64]) -> Solution:
    """The assignment with the greatest mean uplift within the rules.

    At most ``rules.max_moves`` items change hands, nobody ends above his limit, and each move
    gains with probability ``rules.p_gain_min`` or more. Unless the time runs out, the same
    input gives the same assignment.

    Parameters
    ----------
    draws
        Joint draws to choose on, shape (n_draws, n_reps, n_segments).
    """
    options = candidates(problem, rules, draws)
    n_candidates = int((options.gain > 0).sum())
    if not n_candidates:
        return Solution(problem.owner.copy(), 0.0, 0.0, "optimal", n_candidates)
    options = _worth_comparing(options, problem, rules)
    chosen, bound, timed_out = _choose(options, problem, rules)

    assignment = problem.owner.copy()
    assignment[options.item[chosen]] = options.rep[chosen]
    value = float(options.gain[chosen].sum())
    bound = max(value, min(bound, _obvious_bound(options, rules)))
    if timed_out:
        status: Status = "time"
    else:
        status = "optimal" if bound - value <= PRECISION * options.gain.max() else "gap"
    return Solution(assignment, value, bound, status, n_candidates)


def candidates(problem: Problem, rules: Rules, draws: NDArray[np.float64]) -> Candidates:
    """Every allowed hand-over whose gain is positive with the probability the rules ask for.

    The gain of a move is ``value * (p_to - p_from) - switching``. It rises with the lift
    ``p_to - p_from``, so it is positive in enough draws exactly if it is positive at the
    lift's quantile. That quantile is the same for all items of one owner and segment.
    """
    n_draws, _, n_segments = draws.shape
    key, group = np.unique(problem.owner * n_segments + problem.segment, return_inverse=True)
    # Rounding guards against a product like 0.07 * 100 = 7.000000000000001.
    needed = max(1, ceil(round(rules.p_gain_min * n_draws, 6)))
    by_segment = np.ascontiguousarray(draws.transpose(2, 1, 0))
    mean, sure = np.empty((2, len(key), len(problem.reps)))
    for row, (owner, segment) in enumerate(zip(*divmod(key, n_segments), strict=True)):
        lift = by_segment[segment] - by_segment[segment, owner]
        mean[row] = lift.mean(axis=1)
        sure[row] = np.partition(lift, n_draws - needed, axis=1)[:, n_draws - needed]

    value, switching = problem.value[:, None], problem.switching[:, None]
    certain = value * sure[group] - switching > 0  # an owner's lift over himself is zero
    item, rep = np.nonzero(certain & (problem.barred == BarReason.ALLOWED))
    gain = problem.value[item] * mean[group[item], rep] - problem.switching[item]
    return Candidates(item, rep, gain)


def _worth_comparing(options: Candidates, problem: Problem, rules: Rules) -> Candidates:
    """Without the candidates that some optimal plan can do without: the optimum stays.

    First, from one rep to another only the ``max_moves`` best items matter: were a lesser one
    moved, one of those would be unmoved, and could take its place. Second, a rep whom the
    plan cannot fill beats everyone with less gain for the same item.
    """
    n_reps = len(problem.reps)
    pair = problem.owner[options.item] * n_reps + options.rep
    order = np.lexsort((-options.gain, pair))
    first = np.searchsorted(pair[order], pair[order])
    best = np.zeros(len(options), dtype=bool)
    best[order[np.arange(len(options)) - first < rules.max_moves]] = True
    options = options.where(best)

    inflow = np.minimum(np.bincount(options.rep, minlength=n_reps), rules.max_moves)
    never_full = (problem.limit - problem.load >= inflow)[options.rep]
    gain_for_sure = np.full(len(problem.items), -np.inf)
    np.maximum.at(gain_for_sure, options.item[never_full], options.gain[never_full])
    return options.where(options.gain >= gain_for_sure[options.item])


def _obvious_bound(options: Candidates, rules: Rules) -> float:
    """The uplift if nobody had a limit: each item's best gain, for the best items."""
    best = np.zeros(options.item.max() + 1)
    np.maximum.at(best, options.item, options.gain)
    return float(np.sort(best)[-rules.max_moves :].sum())


def _choose(
    options: Candidates, problem: Problem, rules: Rules
) -> tuple[NDArray[np.intp], float, bool]:
    """Chosen candidates, a bound on their total gain, and whether the time ran out."""
    # Money units differ by orders of magnitude, and the solver's tolerances are absolute.
    unit = options.gain.max()
    highs = _run(_model(options, options.gain / unit, problem, rules), rules)
    solution = highs.getSolution()
    taken = np.array(solution.col_value if solution.value_valid else []) > 0.5
    timed_out = highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit
    return np.flatnonzero(taken), highs.getInfo().mip_dual_bound * unit, timed_out


def _model(
    options: Candidates, gain: NDArray[np.float64], problem: Problem, rules: Rules
) -> highspy.HighsLp:
    """One zero-one column for each candidate.

    The rows: an item goes to one rep; a rep receives what he has room for and what he gives
    away; the moves together stay within the budget.
    """
    n, n_items, n_reps = len(options), len(problem.items), len(problem.reps)
    giver, taker = n_items + problem.owner[options.item], n_items + options.rep
    budget = np.full(n, n_items + n_reps)
    rows = np.concatenate([options.item, taker, giver, budget])
    matrix = csc_array(
        (np.repeat([1.0, 1.0, -1.0, 1.0], n), (rows, np.tile(np.arange(n), 4))),
        shape=(n_items + n_reps + 1, n),
    )
    room = problem.limit - problem.load

    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = matrix.shape
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = gain
    model.col_lower_, model.col_upper_ = np.zeros(n), np.ones(n)
    model.row_lower_ = np.full(n_items + n_reps + 1, -np.inf)
    model.row_upper_ = np.concatenate([np.ones(n_items), room, [rules.max_moves]])
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = matrix.indptr
    model.a_matrix_.index_ = matrix.indices
    model.a_matrix_.value_ = matrix.data
    model.integrality_ = [highspy.HighsVarType.kInteger] * n
    return model


def _run(model: highspy.HighsLp, rules: Rules) -> _Highs:
    # Not highspy.Highs: its constructor prints a banner to standard output before it can be
    # told not to, and the command line's JSON goes there.
    highs = _Highs()
    settings: dict[str, bool | float | str] = {
        "output_flag": False,
        # These models neither fold nor repeat: both searches cost more than the solve, and at
        # 100,000 columns they outlast the time limit without a plan.
        "presolve": "off",
        "mip_detect_symmetry": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
        "mip_rel_gap": rules.gap,
        "mip_abs_gap": PRECISION,
        "time_limit": rules.time_limit,
    }
    # An option that HiGHS refuses is otherwise silently left at its default.
    for name, setting in settings.items():
        _require_ok(highs.setOptionValue(name, setting), name)
    _require_ok(highs.passModel(model), "passModel")
    if highs.run() == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS could not run the reallocation")
    status = highs.getModelStatus()
    if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
        raise RuntimeError(f"HiGHS ended the reallocation with {highs.modelStatusToString(status)}")
    return highs


def _require_ok(status: highspy.HighsStatus, what: str) -> None:
    if status != highspy.HighsStatus.kOk:
        raise RuntimeError(f"HiGHS refused {what}")
