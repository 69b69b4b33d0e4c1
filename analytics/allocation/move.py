"""One recommended hand-over, with what it gains, how sure that is, and why it is proposed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.allocation.bundles import bundles
from analytics.allocation.options import relief, unit_draws
from analytics.allocation.parts import PARTS, parts
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
        Probability that the gain is positive, on the draws that chose the plan.
    p_from, p_to
        Win probability with the owner of today, and with the new one.
    parts
        ``skill_fit`` and ``hand_over`` (money), whose sum is ``gain``; ``workload``,
        ``opportunity`` and ``goal``, its share in what the plan relieves.
    bundle
        Moves with the same number hang on each other.
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
    bundle: int = 0

    @property
    def total(self) -> float:
        """What the move adds to the plan: its gain, and its share in what is relieved."""
        return sum(self.parts.values())


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


def paying_draws(problem: Problem, row: int, rep: int, *, relieves: bool) -> NDArray[np.float64]:
    """Gain of the item's unit in each draw that chooses (money): what has to pay.

    With ``relieves`` the most that handing it over can relieve is added; see ``Options``.
    """
    unit, reps = problem.unit[row], np.array([rep])
    gains = unit_draws(problem, unit, reps, problem.choosing)[:, 0]
    if not relieves:
        return gains
    rows = problem.members[unit]
    win = problem.choosing.mean(axis=0)
    expected = np.atleast_1d(problem.value[rows] @ win[rep, problem.segment[rows]])
    most = relief(problem, problem.unit[[row]], reps, expected)
    return gains + most[0]


def moves_of(
    problem: Problem, assignment: NDArray[np.intp], trials: NDArray[np.int_]
) -> tuple[Move, ...]:
    """The hand-overs an assignment asks for, those that add most first.

    Parameters
    ----------
    assignment
        Code of the rep who holds each item, shape (n_items,).
    trials
        Closed deals behind each win rate, shape (n_reps, n_segments).
    """
    added = parts(problem, assignment, problem.claiming.mean(axis=0))
    number = dict(zip(added.index, bundles(problem, assignment).tolist(), strict=True))
    order = added.index[np.argsort(-added.sum(axis=1).to_numpy(), kind="stable")]
    # Bundles are numbered as they come in the list.
    known: dict[int, int] = {}
    return tuple(
        _move(
            problem,
            row,
            assignment,
            trials,
            dict(zip(PARTS, added.loc[row].tolist(), strict=True)),
            known.setdefault(number[row], len(known) + 1),
        )
        for row in order.tolist()
    )


def _move(
    problem: Problem,
    row: int,
    assignment: NDArray[np.intp],
    trials: NDArray[np.int_],
    added: dict[str, float],
    bundle: int,
) -> Move:
    owner, rep, segment = int(problem.owner[row]), int(assignment[row]), problem.segment[row]
    claim = problem.claiming
    p_from = Estimate(*summary(claim[:, owner, segment]), n=int(trials[owner, segment]))
    p_to = Estimate(*summary(claim[:, rep, segment]), n=int(trials[rep, segment]))
    _, low, high = summary(gain_draws(problem, row, rep, claim))
    return Move(
        item=problem.items["item"].iloc[row],
        from_rep=problem.reps[owner],
        to_rep=problem.reps[rep],
        gain=added["skill_fit"] + added["hand_over"],
        gain_low=low,
        gain_high=high,
        p_gain=p_gain(problem, row, rep),
        p_from=p_from,
        p_to=p_to,
        value=float(problem.value[row]),
        switching=float(problem.switching[row]),
        parts=added,
        reasons=_reasons(problem, row, assignment, added, p_from, p_to),
        bundle=bundle,
    )


def _reasons(
    problem: Problem,
    row: int,
    assignment: NDArray[np.intp],
    added: dict[str, float],
    p_from: Estimate,
    p_to: Estimate,
) -> tuple[Reason, ...]:
    """Why the move is proposed, and what it takes."""
    owner, rep = int(problem.owner[row]), int(assignment[row])
    names: dict[str, object] = {"to": problem.reps[rep], "from": problem.reps[owner]}
    relieves = tuple(
        Reason(code, names | {"worth": added[part]})
        for part, code in RELIEVES.items()
        if added[part] > 0
    )
    rates = {
        "segment": int(problem.segment[row]),
        "p_to": p_to.mean,
        "p_from": p_from.mean,
        "n_to": p_to.n,
        "n_from": p_from.n,
    }
    only_relieves = relieves and added["skill_fit"] <= 0
    wins_more = () if only_relieves else (Reason("wins_more", names | rates),)
    switching = float(problem.switching[row])
    cost = (Reason("hand_over_cost", {"cost": switching}),) if switching else ()
    return (*wins_more, *relieves, _room(problem, rep, assignment), *cost)


RELIEVES = {"workload": "less_overload", "opportunity": "more_even", "goal": "nearer_target"}
"""Code of the reason for each part that relieves."""


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
