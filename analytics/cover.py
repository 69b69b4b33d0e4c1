"""Who stands in: every opportunity of one person to somebody who may take it and has room."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from analytics.allocation import BarReason, Problem, Reason

UNCOVERED = -1

SPREAD = 1 / 7
"""How much of the loss of a hand-over hangs on how alike the two people sell, up and down. The
study behind that loss gives 13.2 to 17.6 % (Shi et al. 2017), which is 15.4 % up and down by a
seventh; that the similar lie at its lower end is our reading of it, not a figure of theirs."""

BEST = 40
"""People considered for each item: those with whom it is worth most."""

SECONDS = 5.0


@dataclass(frozen=True, eq=False)
class Suits:
    """How well it would suit each rep to take over some items of a problem.

    Attributes
    ----------
    alike
        Share of each rep's book that is like the one to be taken over, shape (n_reps,).
    dealt
        Opportunities that each rep has or had with the item's account, shape (n_items, n_reps).
    backup
        Code of the standing backup of the item's account, or ``UNCOVERED``, shape (n_items,).
    effort
        Hours a week that each item takes, shape (n_items,).
    hours, places
        What each rep can still take: hours a week, and opportunities; shape (n_reps,).
    """

    alike: NDArray[np.float64]
    dealt: NDArray[np.int_]
    backup: NDArray[np.intp]
    effort: NDArray[np.float64]
    hours: NDArray[np.float64]
    places: NDArray[np.float64]


def losses(problem: Problem, rows: NDArray[np.intp], suits: Suits) -> NDArray[np.float64]:
    """What handing each item to each rep costs (money), shape (n_items, n_reps).

    Least with who sells the same, or knows the customer already.
    """
    familiar = np.where(suits.dealt > 0, 1.0, suits.alike)
    return problem.switching[rows, None] * (1 + SPREAD * (1 - 2 * familiar))


def worth(problem: Problem, rows: NDArray[np.intp], reps: NDArray[np.intp]) -> NDArray[np.float64]:
    """What items bring in the hands of these reps (money), in each draw that claims."""
    return problem.claiming[:, reps, problem.segment[rows]] @ problem.value[rows]


def in_draws(problem: Problem, rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """By how much items are easier to win for anybody than on average, in each draw that claims.

    What a hand-over loses is a share of what an item brings, and as uncertain as that.
    """
    chance = problem.claiming[:, :, problem.segment[rows]].mean(axis=1)
    mean = chance.mean(axis=0)
    # What nobody has ever won is no easier in one draw than in another.
    return np.divide(chance, mean, out=np.ones_like(chance), where=mean > 0)


def cover(problem: Problem, rows: NDArray[np.intp], suits: Suits) -> NDArray[np.intp]:
    """The rep for each item that together keep most, a standing backup coming first.

    Nobody gets more than he has room for; everything is covered that can be.

    Returns
    -------
    Codes of reps, ``UNCOVERED`` where nobody takes it; shape (n_items,).
    """
    takers = np.full(len(rows), UNCOVERED, np.intp)
    item, rep, gain = _options(problem, rows, suits)
    if not len(item):
        return takers
    columns = np.arange(len(item))

    def sums(weights: NDArray, groups: NDArray, size: int) -> csr_array:
        return csr_array((weights, (groups, columns)), shape=(size, len(item)))

    n_reps, ones = len(problem.reps), np.ones(len(item))
    limits = vstack(
        [
            sums(ones, item, len(rows)),
            sums(suits.effort[item], rep, n_reps),
            sums(ones, rep, n_reps),
        ]
    )
    # An unlimited number is no more than all there are.
    counts = np.minimum(suits.places, len(rows))
    upper = np.concatenate([np.ones(len(rows)), np.maximum(suits.hours, 0), counts])
    solved = milp(
        -gain / gain.max(),
        constraints=LinearConstraint(limits, ub=upper),
        bounds=Bounds(0, 1),
        integrality=ones,
        options={"time_limit": SECONDS, "mip_rel_gap": 1e-6},
    )
    if solved.x is not None:
        taken = solved.x > 0.5
        takers[item[taken]] = rep[taken]
    return takers


def _options(
    problem: Problem, rows: NDArray[np.intp], suits: Suits
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Pairs of item and rep that are allowed, and what each is worth (above zero)."""
    value = problem.value[rows]
    chance = problem.choosing.mean(axis=0)[:, problem.segment[rows]].T
    gain = value[:, None] * chance - losses(problem, rows, suits)
    named = np.flatnonzero(suits.backup != UNCOVERED)
    gain[named, suits.backup[named]] += value[named]
    # What brings nothing has to go to somebody too.
    gain = np.maximum(gain, 1e-6 * max(value.max(initial=0.0), 1.0))
    allowed = _allowed(problem, rows)
    score = np.where(allowed, gain, -np.inf)
    if score.shape[1] > BEST:
        least = np.partition(score, -BEST, axis=1)[:, [-BEST]]
        allowed &= score >= least
    item, rep = np.nonzero(allowed)
    return item, rep, gain[item, rep]


def _allowed(problem: Problem, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Who may take each item over: not its owner, who is not there."""
    allowed = problem.barred[rows] == BarReason.ALLOWED
    allowed[np.arange(len(rows)), problem.owner[rows]] = False
    return allowed


def reason_for(problem: Problem, suits: Suits, at: int, rep: int) -> Reason:
    """Why this rep takes the item in row ``at`` of the scenario."""
    name = problem.reps[rep]
    if suits.backup[at] == rep:
        return Reason("named_backup", {"rep": name})
    if suits.dealt[at, rep]:
        return Reason("knows_account", {"rep": name, "dealt": int(suits.dealt[at, rep])})
    return Reason("similar_book", {"rep": name, "alike": float(suits.alike[rep])})


def refusal(problem: Problem, row: int) -> Reason:
    """Why nobody takes the item in row ``at``: nobody has room, or the bar of most people."""
    [free] = _allowed(problem, np.array([row]))
    if free.any():
        return Reason("no_room", {"allowed": int(free.sum())})
    others = np.delete(problem.barred[row], problem.owner[row])
    if not len(others):
        return Reason("nobody_else", {})
    return Reason(BarReason(int(np.bincount(others).argmax())).code, {})


def backups(
    problem: Problem, rows: NDArray[np.intp], suits: Suits, of: str, takes: Mapping[str, int]
) -> pd.DataFrame:
    """Who could stand in for somebody, the most alike first; who wins most plays no part.

    Parameters
    ----------
    takes
        Items that each person takes over in the plan.

    Returns
    -------
    rep, alike (share of the books that is the same), may (items he may take), hours (room), takes,
    mean, low, high (his win rate over these items, by value).
    """
    weight = problem.value[rows]
    weight = weight / weight.sum() if weight.sum() else np.full(len(rows), 1 / max(len(rows), 1))
    rates = problem.draws[:, :, problem.segment[rows]] @ weight
    low, high = np.quantile(rates, [0.05, 0.95], axis=0)
    table = pd.DataFrame(
        {
            "rep": problem.reps,
            "alike": suits.alike,
            "may": _allowed(problem, rows).sum(axis=0),
            "hours": suits.hours,
            "takes": [takes.get(name, 0) for name in problem.reps],
            "mean": rates.mean(axis=0),
            "low": low,
            "high": high,
        }
    )
    others = table[(table["rep"] != of) & (table["may"] > 0)]
    return others.sort_values(["alike", "rep"], ascending=[False, True], ignore_index=True)
