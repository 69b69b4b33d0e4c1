"""Which hand-overs a plan may choose from, and what each gains by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from analytics.allocation.balance import Codes, Floats, sums
from analytics.allocation.problem import BarReason, Problem, Rules

# Pairs of a unit and a rep looked at in one go: memory, not meaning.
AT_ONCE = 1_000_000


@dataclass(frozen=True, eq=False)
class Options:
    """Hand-overs that may be chosen: one entry per code of a unit and code of a rep.

    Attributes
    ----------
    gain
        Mean gain after the cost of the hand-over (money).
    expected
        What the new owner is expected to bring with the unit (money).
    relief
        The most the hand-over can relieve by itself (money).
    """

    unit: Codes
    rep: Codes
    gain: Floats
    expected: Floats
    relief: Floats

    def __len__(self) -> int:
        return len(self.unit)

    def where(self, keep: NDArray) -> "Options":
        return Options(*(column[keep] for column in vars(self).values()))


def candidates(problem: Problem, rules: Rules, draws: Floats) -> Options:
    """Every allowed hand-over that pays with the probability the rules ask for.

    It pays in a draw if its gain, ``value * (p_to - p_from) - switching``, is positive; in a plan
    for relief, if it is so together with the most it can relieve by itself, see ``relief``.

    The gain of one item rises with the lift ``p_to - p_from``, so it pays in enough draws
    exactly if it pays at the lift's quantile, and that is the same for all items of one owner
    and segment. A unit of several items is looked at draw by draw.
    """
    mean = draws.mean(axis=0)
    found = [
        _paying(problem, rules, draws, mean, units, reps) for units, reps in _allowed_pairs(problem)
    ]
    return Options(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def relief(problem: Problem, units: Codes, reps: Codes, expected: Floats) -> Floats:
    """The most that handing each unit to each rep can relieve by itself (money).

    What the owner is above his hours or the band, and what the taker is below the band or
    behind his target, as far as the unit reaches.
    """
    balance, first = problem.weighed, problem.first
    owner = problem.owner[first][units]
    hours, opportunity = of_units(problem, balance.effort), of_units(problem, balance.opportunity)
    n_reps = len(problem.reps)
    held = sums(problem.owner, balance.effort, n_reps)
    chances = sums(problem.owner, balance.opportunity, n_reps)
    above = np.maximum(chances - balance.most, 0.0)
    below = np.maximum(balance.least - chances, 0.0)
    return (
        balance.overload * np.minimum(hours[units], balance.over(held)[owner])
        + balance.band * np.minimum(opportunity[units], above[owner])
        + balance.band * np.minimum(opportunity[units], below[reps])
        + balance.goal * np.minimum(expected, balance.behind[reps])
    )


def of_units(problem: Problem, amounts: Floats) -> Floats:
    """Amounts of the items summed by unit, shape (n_units,)."""
    return sums(problem.unit, amounts, len(problem.first))


def unit_draws(problem: Problem, unit: int, reps: Codes, draws: Floats) -> Floats:
    """Gain of handing a unit to each of some reps, in each joint draw (money)."""
    rows = problem.members[unit]
    segment, owner = problem.segment[rows], problem.owner[rows[0]]
    lift = draws[:, reps[:, None], segment] - draws[:, None, owner, segment]
    return lift @ problem.value[rows] - problem.switching[rows].sum()


def _allowed_pairs(problem: Problem) -> Iterator[tuple[Codes, Codes]]:
    """Units and reps who may take all their items, in the order of the units."""
    n_units, n_reps = len(problem.first), len(problem.reps)
    step = max(1, AT_ONCE // max(1, n_reps))
    for begin in range(0, n_units, step):
        members = problem.members[begin : begin + step]
        rows = np.concatenate(members)
        free = problem.barred[rows] == BarReason.ALLOWED
        free[np.arange(len(rows)), problem.owner[rows]] = False
        if len(rows) > len(members):
            sizes = [len(one) for one in members]
            free = np.logical_and.reduceat(free, np.cumsum([0, *sizes[:-1]]), axis=0)
        units, reps = np.nonzero(free)
        yield units + begin, reps


def _paying(
    problem: Problem, rules: Rules, draws: Floats, mean: Floats, units: Codes, reps: Codes
) -> tuple[Codes, Codes, Floats, Floats, Floats]:
    """The columns of the options among some pairs of a unit and a rep."""
    row = problem.first[units]
    value, segment, owner = problem.value[row], problem.segment[row], problem.owner[row]
    expected = value * mean[reps, segment]
    gain = expected - value * mean[owner, segment] - problem.switching[row]
    several = np.bincount(problem.unit, minlength=len(problem.first))[units] > 1
    blocks = [np.flatnonzero(units == unit) for unit in np.unique(units[several])]
    for block in blocks:
        rows = problem.members[units[block[0]]]
        brings = mean[:, problem.segment[rows]] @ problem.value[rows]
        expected[block] = brings[reps[block]]
        gain[block] = expected[block] - brings[owner[block]] - problem.switching[rows].sum()

    relieved = relief(problem, units, reps, expected)
    needed = _needed(rules, len(draws))
    sure = value * _sure_lift(problem, draws, needed, row, reps) - problem.switching[row]
    counted = relieved if rules.for_relief else np.zeros(len(relieved))
    pays = sure + counted > 0
    for block in blocks:
        of_draws = unit_draws(problem, units[block[0]], reps[block], draws)
        pays[block] = (of_draws + counted[block] > 0).sum(axis=0) >= needed
    return units[pays], reps[pays], gain[pays], expected[pays], relieved[pays]


def _needed(rules: Rules, n_draws: int) -> int:
    """Draws in which a move has to pay; rounding guards against 0.07 * 100 = 7.000000000000001."""
    return max(1, ceil(round(rules.p_gain_min * n_draws, 6)))


def _sure_lift(problem: Problem, draws: Floats, needed: int, rows: Codes, reps: Codes) -> Floats:
    """The lift that at least ``needed`` draws reach, for each pair of an item and a rep."""
    n_draws, n_reps, n_segments = draws.shape
    key = problem.owner[rows] * n_segments + problem.segment[rows]
    pair, place = np.unique(key * n_reps + reps, return_inverse=True)
    group, rep = np.divmod(pair, n_reps)
    by_segment = np.ascontiguousarray(draws.transpose(2, 1, 0))
    sure = np.empty(len(pair))
    for block in np.split(np.arange(len(pair)), np.flatnonzero(np.diff(group)) + 1):
        if len(block):
            owner, segment = divmod(group[block[0]], n_segments)
            lift = by_segment[segment, rep[block]] - by_segment[segment, owner]
            sure[block] = np.partition(lift, n_draws - needed, axis=1)[:, n_draws - needed]
    return sure[place]
