"""Work to be given out, who may have it, and what each holds and is owed meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.odds import Odds
from analytics.workload import WORK_KINDS

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Batch:
    """Work to be given out, and the people it may go to.

    Attributes
    ----------
    items
        One row per item: ``item`` (id), ``kind`` (one of ``WORK_KINDS``), ``value`` (what it
        brings if won, times the chance that it becomes an opportunity at all), ``hours`` (a week)
        and ``account_id``.
    people
        One row per person: ``rep``, ``hours`` (capacity a week), ``available``, ``why_not``,
        ``limit_items`` and ``limit_<kind>``, as ``workload.capacity`` makes them.
    held
        What each holds, as ``workload.load`` makes it, in the order of ``people``.
    barred
        ``BarReason`` of each person for each item, shape (n_items, n_reps).
    odds
        P(win) of each person on each item.
    owed
        Expected value that each has earned and not been given, shape (n_reps,).
    hour_price
        What an hour a week of open work brings on average (money).
    sure
        Probability from which one person is better than another for an item.
    explore
        Share of the items that goes by lot to one of those who are about equally good.
    holder
        Who has most of an account's open work, by the account's id.
    hours_known
        Whether hours were logged. Where they are made up they tell who has more to do than
        another, and bar nobody.
    """

    items: pd.DataFrame
    people: pd.DataFrame
    held: pd.DataFrame
    barred: NDArray[np.int8]
    odds: Odds
    owed: Floats
    hour_price: float
    sure: float = 0.8
    explore: float = 0.0
    holder: Mapping[str, str] = field(default_factory=dict)
    hours_known: bool = True

    @cached_property
    def reps(self) -> tuple[str, ...]:
        return tuple(self.people["rep"])

    @cached_property
    def rows(self) -> list[Any]:
        """The items as tuples with names."""
        return list(self.items.itertuples(index=False))

    @cached_property
    def neutral(self) -> Floats:
        """Expected value of each item with an average person (money), shape (n_items,)."""
        if self.people.empty:
            return np.zeros(len(self.items))
        average = self.odds.choosing.mean(axis=(0, 1))
        return self.items["value"].to_numpy(float) * average[self.odds.segment]

    def worth(self, row: int, draws: Floats) -> Floats:
        """Expected value of an item with each person, by draw, shape (n_draws, n_reps)."""
        return self.rows[row].value * draws[:, :, self.odds.segment[row]]


class Ledger:
    """What each person holds and is owed while a batch is given out."""

    def __init__(self, batch: Batch) -> None:
        held, people = batch.held, batch.people
        self.capacity = people["hours"].to_numpy(float)
        self.hours_known = batch.hours_known
        self.limits = people[["limit_items", *(f"limit_{kind}" for kind in WORK_KINDS)]].to_numpy()
        self.hours = held["hours"].to_numpy(float).copy()
        self.counts = held[["items", *WORK_KINDS]].to_numpy(float).copy()
        self.owed = batch.owed.astype(float).copy()
        self.received = np.zeros(len(people))
        self.turn = np.zeros(len(people))
        self.holder = dict(batch.holder)

    def full(self, kind: str, hours: float) -> NDArray[np.object_]:
        """Why each has no room for one more of a kind: ``no_hours``, ``no_items`` or nothing."""
        at = [0, 1 + WORK_KINDS.index(kind)]
        too_many = (self.counts[:, at] + 1 > self.limits[:, at]).any(axis=1)
        too_long = self.hours_known & (self.hours + hours > self.capacity)
        return np.select([too_many, too_long], ["no_items", "no_hours"], "").astype(object)

    def used(self, hours: float = 0.0) -> Floats:
        """Share of each capacity that is used, with so many hours more."""
        return (self.hours + hours) / np.maximum(self.capacity, 1e-9)

    def give(self, rep: int, kind: str, hours: float, neutral: float) -> None:
        self.hours[rep] += hours
        self.counts[rep, [0, 1 + WORK_KINDS.index(kind)]] += 1
        self.owed[rep] -= neutral
        self.received[rep] += 1
        self.turn[rep] = self.turn.max() + 1
