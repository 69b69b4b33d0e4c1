"""The reallocation of open opportunities as a problem: items, reps, room, and who may take what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation.balance import Balance
from data.errors import SettingError


class BarReason(IntEnum):
    """Why a rep may not take an item."""

    ALLOWED = 0
    OTHER_TEAM = 1
    INACTIVE = 2
    LOCKED = 3
    NO_GO = 4
    DECLINED = 5
    AWAY = 6
    PROTECTED = 7
    TERRITORY = 8
    SKILL = 9
    RECENT_OWNER = 10

    @property
    def code(self) -> str:
        """The key of the sentence a page shows."""
        return self.name.lower()


@dataclass(frozen=True)
class Rules:
    """What a plan has to respect, and how long the solver may look for it.

    Attributes
    ----------
    max_moves
        Hand-overs one plan may ask for, at least one.
    p_gain_min
        Probability of a positive gain that a move needs to be considered at all, in (0, 1].
    gate_quantile
        A plan is shown only if this quantile of its uplift is positive, in (0, 1).
    time_limit
        Wall-clock seconds for one solve; a recommendation with cross-fitting makes three.
    gap
        Share of the uplift that the solver may leave unproven; zero asks for the optimum.
    for_relief
        No gain is looked for: a move has to be worth its cost in what it relieves, and so has
        the plan.

    Raises
    ------
    SettingError
        A rule is outside its range.
    """

    max_moves: int = 20
    p_gain_min: float = 0.8
    gate_quantile: float = 0.05
    time_limit: float = 10.0
    gap: float = 0.01
    for_relief: bool = False

    def __post_init__(self) -> None:
        in_range = {
            "max_moves": self.max_moves >= 1,
            "p_gain_min": 0 < self.p_gain_min <= 1,
            "gate_quantile": 0 < self.gate_quantile < 1,
            "time_limit": self.time_limit > 0,
            "gap": 0 <= self.gap < 1,
        }
        for name, holds in in_range.items():
            if not holds:
                value = getattr(self, name)
                raise SettingError(f"{name} cannot be {value}.", setting=name, value=value)


@dataclass(frozen=True, eq=False)
class Problem:
    """Open opportunities, the reps who could hold them, and what is believed of their win rates.

    Attributes
    ----------
    items
        One row per open opportunity: ``item`` (id), ``owner`` (name of a rep), ``segment``
        (code into the last axis of ``draws``), ``value`` (money if won, at least zero) and
        ``switching`` (money that a hand-over costs, at least zero). With a column ``unit``,
        items of one unit have one owner and move together to one rep, or stay; who has none
        is a unit of his own.
    reps
        Names, in the order of every rep axis below.
    capacity
        Open items each rep may hold after the plan, shape (n_reps,).
    draws
        Joint posterior draws of the win probability, shape (n_draws, n_reps, n_segments),
        independent of each other.
    barred
        ``BarReason`` of each rep for each item, shape (n_items, n_reps). An owner may always
        keep his item, whatever his own column says.
    balance
        What counts besides money; without it only money does.

    Raises
    ------
    ValueError
        An item has an owner who is not among ``reps`` (list such items apart: to hand them
        over is no question of skill), ids repeat, a unit has two owners, or a shape or number
        does not fit.
    """

    items: pd.DataFrame
    reps: tuple[str, ...]
    capacity: NDArray[np.float64]
    draws: NDArray[np.float64]
    barred: NDArray[np.int8]
    balance: Balance | None = None

    def __post_init__(self) -> None:
        n_items, n_reps = len(self.items), len(self.reps)
        n_draws, *axes = self.draws.shape
        if n_draws < 2 or len(axes) != 2 or axes[0] != n_reps:
            raise ValueError(f"draws of {n_reps} reps cannot have shape {self.draws.shape}")
        if self.capacity.shape != (n_reps,) or self.barred.shape != (n_items, n_reps):
            raise ValueError(
                f"capacity {self.capacity.shape} and barred {self.barred.shape} "
                f"do not fit {n_items} items and {n_reps} reps"
            )
        if strangers := set(self.items["owner"]) - set(self.reps):
            raise ValueError(f"owners who are not among the reps: {sorted(map(str, strangers))}")
        if not (self.items["item"].is_unique and pd.Index(self.reps).is_unique):
            raise ValueError("item ids and rep names must be unique")
        if not ((self.segment >= 0) & (self.segment < axes[1])).all():
            raise ValueError(f"segment codes must lie in 0 to {axes[1] - 1}")
        for money in (self.value, self.switching):
            if not (np.isfinite(money) & (money >= 0)).all():
                raise ValueError("values and switching costs must be finite and at least zero")
        if not (self.capacity >= 0).all():
            raise ValueError("capacities must be at least zero")
        if not ((self.draws >= 0) & (self.draws <= 1)).all():
            raise ValueError("draws must be probabilities")
        if len(self.first) and (self.owner != self.owner[self.first][self.unit]).any():
            raise ValueError("the items of one unit must have one owner")
        if self.balance is not None:
            of_items = (self.balance.effort, self.balance.opportunity)
            of_reps = (
                self.balance.hours,
                self.balance.least,
                self.balance.most,
                self.balance.behind,
            )
            if {len(one) for one in of_items} != {n_items} or {len(one) for one in of_reps} != {
                n_reps
            }:
                raise ValueError(f"balance does not fit {n_items} items and {n_reps} reps")

    @property
    def choosing(self) -> NDArray[np.float64]:
        """The draws that choose a plan: the first half."""
        return self.draws[: len(self.draws) // 2]

    @property
    def claiming(self) -> NDArray[np.float64]:
        """The draws that say what the chosen plan is worth: the half that did not choose it.

        Judged by the draws it won on, the best of many plans looks better than it is.
        """
        return self.draws[len(self.draws) // 2 :]

    @cached_property
    def owner(self) -> NDArray[np.intp]:
        """Code of the rep who owns each item today."""
        return pd.Index(self.reps).get_indexer(pd.Index(self.items["owner"]))

    @cached_property
    def segment(self) -> NDArray[np.intp]:
        return self.items["segment"].to_numpy(np.intp)

    @cached_property
    def value(self) -> NDArray[np.float64]:
        return self.items["value"].to_numpy(np.float64)

    @cached_property
    def switching(self) -> NDArray[np.float64]:
        return self.items["switching"].to_numpy(np.float64)

    @cached_property
    def unit(self) -> NDArray[np.intp]:
        """Code of the unit of each item, in the order of their first items."""
        n_items = len(self.items)
        if "unit" not in self.items:
            return np.arange(n_items)
        codes, _ = pd.factorize(self.items["unit"])
        alone = np.where(codes < 0, codes.max(initial=-1) + 1 + np.arange(n_items), codes)
        return pd.factorize(alone)[0]

    @cached_property
    def first(self) -> NDArray[np.intp]:
        """Row of the first item of each unit."""
        return np.unique(self.unit, return_index=True)[1]

    @cached_property
    def members(self) -> list[NDArray[np.intp]]:
        """Rows of the items of each unit."""
        order = np.argsort(self.unit, kind="stable")
        return np.split(order, np.searchsorted(self.unit[order], np.arange(1, len(self.first))))

    @cached_property
    def weighed(self) -> Balance:
        """The balance, or one in which nothing but money counts."""
        return self.balance or Balance.none(len(self.items), len(self.reps))

    @cached_property
    def load(self) -> NDArray[np.intp]:
        """Open items each rep holds today."""
        return np.bincount(self.owner, minlength=len(self.reps))

    @cached_property
    def limit(self) -> NDArray[np.float64]:
        """Open items each rep may hold after the plan.

        Who is above capacity today keeps what he has, and receives only in exchange.
        """
        return np.maximum(self.capacity, self.load)

    @cached_property
    def row(self) -> dict[object, int]:
        """Row of each item id."""
        return {item: row for row, item in enumerate(self.items["item"])}

    def without(self, pairs: Iterable[tuple[object, str]]) -> "Problem":
        """The same problem after a manager declined to give these items to these reps.

        Solving it again also takes back what only the declined moves had made possible.

        Parameters
        ----------
        pairs
            Id of an item and name of the rep it shall not go to.
        """
        barred = self.barred.copy()
        for item, rep in pairs:
            barred[self.row[item], self.reps.index(rep)] = BarReason.DECLINED
        return replace(self, barred=barred)


def plan_value(
    problem: Problem, assignment: NDArray[np.intp], win: NDArray[np.float64]
) -> NDArray[np.float64]:
    """What an assignment is worth above keeping the owners, hand-overs paid (money).

    Parameters
    ----------
    assignment
        Code of the rep who holds each item, shape (n_items,).
    win
        Win probabilities, shape (..., n_reps, n_segments): true ones, posterior means, or a
        stack of joint draws.

    Returns
    -------
    One value for each matrix in ``win``, shape (...).
    """
    moved = np.flatnonzero(assignment != problem.owner)
    segment, value = problem.segment[moved], problem.value[moved]
    lift = win[..., assignment[moved], segment] - win[..., problem.owner[moved], segment]
    return lift @ value - problem.switching[moved].sum()
