"""One recommended hand-over, with what it gains, how sure that is, and why it is proposed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.allocation.problem import Problem


@dataclass(frozen=True)
class Interval:
    """A posterior mean and the ends of its central 90 %."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate(Interval):
    """A win probability, and the closed deals of that rep in that segment behind it."""

    n: int


@dataclass(frozen=True)
class Reason:
    """A key that a page has a sentence for, and the facts that fill its blanks."""

    code: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class Move:
    """The hand-over of one item.

    Attributes
    ----------
    gain, gain_low, gain_high
        Expected gain after the cost of the hand-over, and its 90 % interval (money). The
        intervals of several moves do not add up: reps recur in them.
    p_gain
        Probability that the gain is positive. Unlike every other figure it comes from the
        draws that chose the plan, being the very number ``Rules.p_gain_min`` was held against.
    p_from, p_to
        Win probability with the owner of today, and with the new one.
    parts
        ``skill_fit`` and ``hand_over`` (money); their sum is ``gain``.
    """

    item: object
    from_rep: str
    to_rep: str
    gain: float
    gain_low: float
    gain_high: float
    p_gain: float
    p_from: Estimate
    p_to: Estimate
    value: float
    switching: float
    parts: Mapping[str, float]
    reasons: tuple[Reason, ...]


def summary(draws: NDArray[np.float64], level: float = 0.9) -> tuple[float, float, float]:
    """Mean of a sample, and the ends between which the middle ``level`` of it lies."""
    low, high = np.quantile(draws, ((1 - level) / 2, (1 + level) / 2))
    return float(draws.mean()), float(low), float(high)


def gain_draws(
    problem: Problem, row: int, rep: int, draws: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Gain of handing the item in ``row`` to ``rep``, in each joint draw (money)."""
    segment = problem.segment[row]
    lift = draws[:, rep, segment] - draws[:, problem.owner[row], segment]
    return problem.value[row] * lift - problem.switching[row]


def p_gain(problem: Problem, row: int, rep: int) -> float:
    """Probability that handing the item to ``rep`` gains, on the draws that choose."""
    return float((gain_draws(problem, row, rep, problem.choosing) > 0).mean())


def moves_of(
    problem: Problem, assignment: NDArray[np.intp], trials: NDArray[np.int_]
) -> tuple[Move, ...]:
    """The hand-overs an assignment asks for, the greatest gain first.

    Parameters
    ----------
    assignment
        Code of the rep who holds each item, shape (n_items,).
    trials
        Closed deals behind each win rate, shape (n_reps, n_segments).
    """
    moved = np.flatnonzero(assignment != problem.owner)
    moves = [_move(problem, int(row), assignment, trials) for row in moved]
    return tuple(sorted(moves, key=lambda move: -move.gain))


def _move(
    problem: Problem, row: int, assignment: NDArray[np.intp], trials: NDArray[np.int_]
) -> Move:
    owner, rep, segment = int(problem.owner[row]), int(assignment[row]), problem.segment[row]
    value, switching = float(problem.value[row]), float(problem.switching[row])
    claim = problem.claiming
    p_from = Estimate(*summary(claim[:, owner, segment]), n=int(trials[owner, segment]))
    p_to = Estimate(*summary(claim[:, rep, segment]), n=int(trials[rep, segment]))
    _, low, high = summary(gain_draws(problem, row, rep, claim))
    parts = {"skill_fit": value * (p_to.mean - p_from.mean), "hand_over": -switching}
    wins_more = Reason(
        "wins_more",
        {
            "to": problem.reps[rep],
            "from": problem.reps[owner],
            "segment": int(segment),
            "p_to": p_to.mean,
            "p_from": p_from.mean,
            "n_to": p_to.n,
            "n_from": p_from.n,
        },
    )
    cost = (Reason("hand_over_cost", {"cost": switching}),) if switching else ()
    return Move(
        item=problem.items["item"].iloc[row],
        from_rep=problem.reps[owner],
        to_rep=problem.reps[rep],
        gain=sum(parts.values()),
        gain_low=low,
        gain_high=high,
        p_gain=p_gain(problem, row, rep),
        p_from=p_from,
        p_to=p_to,
        value=value,
        switching=switching,
        parts=parts,
        reasons=(wins_more, _room(problem, rep, assignment), *cost),
    )


def _room(problem: Problem, rep: int, assignment: NDArray[np.intp]) -> Reason:
    """Why the new owner can take what the plan gives him: he has room, or the plan makes it."""
    held, receives = problem.owner == rep, assignment == rep
    facts = {
        "to": problem.reps[rep],
        "load": int(held.sum()),
        "capacity": problem.capacity[rep].item(),
    }
    if (held | receives).sum() <= problem.limit[rep]:
        return Reason("has_room", facts)
    given_away = problem.items["item"][held & ~receives]
    return Reason("room_made", facts | {"items": tuple(given_away)})
