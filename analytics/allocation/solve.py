"""The best set of hand-overs within the rules, with a proven bound on anything better."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analytics.allocation import large, mip
from analytics.allocation.balance import Codes
from analytics.allocation.mip import PRECISION
from analytics.allocation.options import Options, candidates
from analytics.allocation.problem import Problem, Rules
from analytics.allocation.program import Program, program_of

Status = Literal["optimal", "gap", "time"]

COLUMNS = 20_000
"""Options up to which the whole program goes to HiGHS."""


@dataclass(frozen=True, eq=False)
class Solution:
    """An assignment and how good it provably is.

    Attributes
    ----------
    assignment
        Code of the rep who holds each item, shape (n_items,).
    value
        What it is worth above keeping the owners, at the mean of the draws it was chosen on:
        money, and with a balance what is relieved (money).
    bound
        No plan within the rules is worth more on those draws (money).
    status
        ``optimal``, ``gap`` (stopped within the gap that the rules allow) or ``time``.
    n_candidates
        Hand-overs that the rules allow, that pay on average and are sure enough to.
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


def solve(problem: Problem, rules: Rules, draws: NDArray[np.float64]) -> Solution:
    """The assignment that is worth most within the rules.

    At most ``rules.max_moves`` items change hands, nobody ends above his limit, and each move
    pays with probability ``rules.p_gain_min`` or more. Unless the time runs out, the same
    input gives the same assignment.

    Parameters
    ----------
    draws
        Joint draws to choose on, shape (n_draws, n_reps, n_segments).
    """
    options = candidates(problem, rules, draws)
    n_candidates = int((options.gain + options.relief > 0).sum())
    if not n_candidates:
        return Solution(problem.owner.copy(), 0.0, 0.0, "optimal", n_candidates)
    if problem.balance is None and "unit" not in problem.items:
        options = _worth_comparing(options, problem, rules)
    program = program_of(problem, options, draws.mean(axis=0), rules.max_moves)
    chosen, bound, timed_out = choose(program, rules)
    return Solution(
        held(problem, options, program, chosen),
        value := program.value(chosen),
        bound := max(value, min(bound, _obvious_bound(program))),
        _status(program, value, bound, timed_out),
        n_candidates,
    )


def held(problem: Problem, options: Options, program: Program, chosen: Codes) -> Codes:
    """Code of the rep who holds each item of the problem after a choice."""
    taker = problem.owner[problem.first]
    taker[np.unique(options.unit)] = program.rep[chosen]
    return taker[problem.unit]


def choose(program: Program, rules: Rules) -> tuple[Codes, float, bool]:
    """Chosen places, a bound on their worth, and whether the time ran out."""
    if program.n_options > COLUMNS:
        return large.choose(program, gap=rules.gap, seconds=rules.time_limit, exact=COLUMNS)
    answer = mip.best(program, gap=rules.gap, seconds=rules.time_limit)
    chosen = answer.chosen(program)
    if not program.allows(chosen):
        raise RuntimeError("HiGHS broke a rule of the reallocation")
    # Cut short, HiGHS may hold something that is worth less than nothing done.
    if program.value(chosen) < 0:
        chosen = program.start
    return chosen, answer.bound, answer.timed_out


def _status(program: Program, value: float, bound: float, timed_out: bool) -> Status:
    if timed_out:
        return "time"
    return "optimal" if bound - value <= PRECISION * np.abs(program.gain).max() else "gap"


def _obvious_bound(program: Program) -> float:
    """What a plan would be worth if nobody had a limit and nobody lay outside his ranges."""
    best = np.maximum.reduceat(program.gain, program.start)
    return float(np.sort(best)[-program.budget :].sum()) - program.keep_worth


def _worth_comparing(options: Options, problem: Problem, rules: Rules) -> Options:
    """Without the options that some optimal plan can do without: the optimum stays.

    First, from one rep to another only the ``max_moves`` best items matter: were a lesser one
    moved, one of those would be unmoved, and could take its place. Second, a rep whom the
    plan cannot fill beats everyone with less gain for the same item. Both hold where items
    differ in nothing but their gain.
    """
    n_reps = len(problem.reps)
    pair = problem.owner[options.unit] * n_reps + options.rep
    order = np.lexsort((-options.gain, pair))
    first = np.searchsorted(pair[order], pair[order])
    best = np.zeros(len(options), dtype=bool)
    best[order[np.arange(len(options)) - first < rules.max_moves]] = True
    options = options.where(best)

    inflow = np.minimum(np.bincount(options.rep, minlength=n_reps), rules.max_moves)
    never_full = (problem.limit - problem.load >= inflow)[options.rep]
    gain_for_sure = np.full(len(problem.items), -np.inf)
    np.maximum.at(gain_for_sure, options.unit[never_full], options.gain[never_full])
    return options.where(options.gain >= gain_for_sure[options.unit])
