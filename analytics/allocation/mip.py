"""A program handed to HiGHS, whole numbers or not."""

from dataclasses import dataclass

import highspy
import numpy as np
from highspy._core import _Highs
from numpy.typing import NDArray
from scipy.sparse import csc_array

from analytics.allocation.balance import Codes, Floats
from analytics.allocation.program import Program

# Of the largest gain: what lies closer together than this, the solver does not tell apart.
PRECISION = 1e-6


@dataclass(frozen=True, eq=False)
class Answer:
    """What HiGHS makes of a program.

    Attributes
    ----------
    share
        How far each place is taken, in [0, 1], shape (n_places,).
    bound
        No choice is worth more above staying (money).
    timed_out
        Whether the time ran out.
    """

    share: Floats
    bound: float
    timed_out: bool

    def chosen(self, program: Program) -> Codes:
        """The place of each unit that is taken furthest."""
        order = np.lexsort((np.arange(len(self.share)), -self.share, program.unit))
        return order[program.start]


@dataclass(frozen=True, eq=False)
class Model:
    """A program in rows and columns.

    The columns: each option, then what lies below and above the ranges that are elastic. The
    rows: one for each range that the options touch, the budget, then one for each unit.

    Attributes
    ----------
    cost
        Worth of each column, in units of ``money``, shape (n_columns,).
    ranges
        Kind and rep of each range row, shape (2, n_ranges).
    scale
        What one unit of each range row stands for, shape (n_ranges,).
    """

    lp: highspy.HighsLp
    options: Codes
    ranges: NDArray[np.intp]
    scale: Floats
    money: float


def best(program: Program, *, gap: float, seconds: float, start: Codes | None = None) -> Answer:
    """The choice that is worth most, to within a share of its own worth.

    HiGHS counts from everything staying where it is, so that its relative gap *is* the gap on
    what is gained. On the worth of the whole book, 1 % can hide several per cent of it.
    """
    model = model_of(program, whole=True)
    highs = prepared(model.lp)
    # These models neither fold nor repeat: both searches cost more than the solve, and at
    # 100,000 columns they outlast the time limit without a plan.
    settings: dict[str, bool | float | str] = {
        "presolve": "off",
        "mip_detect_symmetry": False,
        "mip_rel_gap": gap,
        "mip_abs_gap": PRECISION,
        "time_limit": seconds,
    }
    for name, setting in settings.items():
        require_ok(highs.setOptionValue(name, setting), name)
    if start is not None:
        taken = np.isin(model.options, start).astype(float)
        places = np.arange(len(taken), dtype=np.int32)
        require_ok(highs.setSolution(len(taken), places, taken), "setSolution")
    run(highs)
    bound = highs.getInfo().mip_dual_bound * model.money
    return Answer(_share(program, model, highs), bound, _timed_out(highs))


def relaxed(program: Program, seconds: float) -> Answer:
    """The choice that would be worth most if units could be divided."""
    model = model_of(program, whole=False)
    highs = prepared(model.lp)
    require_ok(highs.setOptionValue("time_limit", seconds), "time_limit")
    run(highs)
    bound = highs.getInfo().objective_function_value * model.money
    timed_out = _timed_out(highs)
    return Answer(_share(program, model, highs), np.inf if timed_out else bound, timed_out)


def model_of(program: Program, *, whole: bool) -> Model:
    """The program as HiGHS wants it: figures near one, everything counted from staying."""
    options = np.flatnonzero(~program.stays)
    n, unit = len(options), program.unit[options]
    stay = program.start[unit]
    staying = program.used(program.start)
    n_kinds, n_reps = staying.shape

    kind = np.arange(n_kinds)[:, None]
    taker = (kind * n_reps + program.rep[options]).ravel()
    giver = (kind * n_reps + program.rep[stay]).ravel()
    counts = (program.under > 0) | (program.over > 0)
    touched = np.zeros(n_kinds * n_reps, dtype=bool)
    touched[np.concatenate([taker, giver])] = True
    row_of = np.flatnonzero(touched & counts.ravel())
    position = np.full(n_kinds * n_reps, -1)
    position[row_of] = np.arange(len(row_of))
    scales = np.maximum(program.use.max(axis=1, initial=0.0), 1e-12)
    scale = np.where(np.array(program.kinds) == "items", 1.0, scales)[row_of // n_reps]
    under, over = program.under.ravel()[row_of] * scale, program.over.ravel()[row_of] * scale

    column = np.tile(np.arange(n), n_kinds)
    rows = np.concatenate([position[taker], position[giver]])
    columns = np.concatenate([column, column])
    amounts = np.concatenate([program.use[:, options].ravel(), -program.use[:, stay].ravel()])
    known = rows >= 0
    rows, columns, amounts = rows[known], columns[known], amounts[known] / scale[rows[known]]

    below, above = np.flatnonzero(under > 0), np.flatnonzero((over > 0) & np.isfinite(over))
    n_ranges, n_slacks = len(row_of), len(below) + len(above)
    matrix = csc_array(
        (
            np.concatenate(
                [
                    amounts,
                    program.size[unit],
                    np.ones(n),
                    np.ones(len(below)),
                    -np.ones(len(above)),
                ]
            ),
            (
                np.concatenate([rows, np.full(n, n_ranges), n_ranges + 1 + unit, below, above]),
                np.concatenate([columns, np.arange(n), np.arange(n), n + np.arange(n_slacks)]),
            ),
        ),
        shape=(n_ranges + 1 + len(program.start), n + n_slacks),
    )
    # Money units differ by orders of magnitude, and the solver's tolerances are absolute.
    gain = program.gain[options]
    relieved = program.worth(staying).ravel()[row_of]
    money = float(max(np.abs(gain).max(initial=0.0), 1e-300))
    base = staying.ravel()[row_of]
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.offset_ = -float(relieved.sum()) / money
    lp.col_cost_ = np.concatenate([gain, -under[below], -over[above]]) / money
    lp.col_lower_ = np.zeros(n + n_slacks)
    lp.col_upper_ = np.concatenate([np.ones(n), np.full(n_slacks, np.inf)])
    endless = np.full(len(program.start) + 1, -np.inf)
    lp.row_lower_ = np.concatenate([(program.least.ravel()[row_of] - base) / scale, endless])
    lp.row_upper_ = np.concatenate(
        [
            (program.most.ravel()[row_of] - base) / scale,
            [program.budget],
            np.ones(len(program.start)),
        ]
    )
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.data
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * n + [
            highspy.HighsVarType.kContinuous
        ] * n_slacks
    return Model(lp, options, np.array(np.divmod(row_of, n_reps)), scale, money)


def prepared(lp: highspy.HighsLp) -> _Highs:
    """HiGHS with a model, silent and on one thread, so that it repeats itself."""
    # Not highspy.Highs: its constructor prints a banner to standard output before it can be
    # told not to, and the command line's JSON goes there.
    highs = _Highs()
    settings: dict[str, bool | int | str] = {
        "output_flag": False,
        "threads": 1,
        "parallel": "off",
        "random_seed": 0,
    }
    # An option that HiGHS refuses is otherwise silently left at its default.
    for name, setting in settings.items():
        require_ok(highs.setOptionValue(name, setting), name)
    require_ok(highs.passModel(lp), "passModel")
    return highs


def run(highs: _Highs) -> None:
    if highs.run() == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS could not run the reallocation")
    status = highs.getModelStatus()
    if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit):
        raise RuntimeError(f"HiGHS ended the reallocation with {highs.modelStatusToString(status)}")


def require_ok(status: highspy.HighsStatus, what: str) -> None:
    if status != highspy.HighsStatus.kOk:
        raise RuntimeError(f"HiGHS refused {what}")


def _timed_out(highs: _Highs) -> bool:
    return highs.getModelStatus() == highspy.HighsModelStatus.kTimeLimit


def _share(program: Program, model: Model, highs: _Highs) -> Floats:
    solution = highs.getSolution()
    share = np.zeros(len(program.rep))
    if solution.value_valid:
        share[model.options] = np.array(solution.col_value)[: len(model.options)]
    moved = np.add.reduceat(share, program.start)
    share[program.start] = 1 - moved
    return share
