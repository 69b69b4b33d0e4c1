"""A reallocation in numbers alone: the one form that every way of solving it works on.

A unit of items has places: first the one where it is, then each rep it may go to. What the
units use up at their places is summed by kind and rep; each sum has a range, and a price for
what lies below or above it. A price without end is a hard rule.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analytics.allocation.balance import Codes, Floats, sums
from analytics.allocation.options import Options, of_units
from analytics.allocation.problem import Problem


@dataclass(frozen=True, eq=False)
class Program:
    """What may be chosen, and what it is worth.

    Attributes
    ----------
    start
        Index of the first place of each unit, which is to stay, shape (n_units,).
    rep
        Who holds the unit at each place, shape (n_places,).
    gain
        What the place brings above staying (money), shape (n_places,).
    use
        What the unit uses up there, by kind, shape (n_kinds, n_places).
    size
        Items of each unit, shape (n_units,).
    fixed
        What is used up whatever is chosen, shape (n_kinds, n_reps).
    least, most, under, over
        Range of what each rep's uses should add up to, and what one unit below or above it
        costs (money), shape (n_kinds, n_reps).
    kinds
        Names of the kinds: ``items``, and those of hours, opportunity and expected that count.
    budget
        Items that may leave their place.
    """

    start: Codes
    rep: Codes
    gain: Floats
    use: Floats
    size: Codes
    fixed: Floats
    least: Floats
    most: Floats
    under: Floats
    over: Floats
    kinds: tuple[str, ...]
    budget: int

    @cached_property
    def unit(self) -> Codes:
        """The unit of each place."""
        return np.repeat(np.arange(len(self.start)), self.n_places)

    @cached_property
    def n_places(self) -> Codes:
        return np.diff(self.start, append=len(self.rep))

    @cached_property
    def stays(self) -> NDArray[np.bool_]:
        """Whether a place is where its unit is."""
        stays = np.zeros(len(self.rep), dtype=bool)
        stays[self.start] = True
        return stays

    @cached_property
    def n_options(self) -> int:
        return len(self.rep) - len(self.start)

    @cached_property
    def keep_worth(self) -> float:
        return float(self.worth(self.used(self.start)).sum())

    def used(self, chosen: Codes) -> Floats:
        """What is used up if each unit takes this place, shape (n_kinds, n_reps)."""
        n_reps = self.fixed.shape[1]
        rep, use = self.rep[chosen], self.use[:, chosen]
        return self.fixed + np.array([sums(rep, kind, n_reps) for kind in use])

    def worth(self, used: Floats) -> Floats:
        """What the ranges make of sums (money, at most zero); hard rules do not count here."""
        over = np.where(np.isfinite(self.over), self.over, 0.0)
        return -(
            self.under * np.maximum(self.least - used, 0.0)
            + over * np.maximum(used - self.most, 0.0)
        )

    def value(self, chosen: Codes) -> float:
        """Worth of a choice above everything staying where it is (money)."""
        gained = float(self.gain[chosen].sum())
        return gained + float(self.worth(self.used(chosen)).sum()) - self.keep_worth

    def moved(self, chosen: Codes) -> int:
        """Items that leave their place."""
        return int(self.size[~self.stays[chosen]].sum())

    def allows(self, chosen: Codes) -> bool:
        """Whether a choice keeps the hard rules."""
        full = np.isinf(self.over) & (self.used(chosen) > self.most + 1e-9)
        return not full.any() and self.moved(chosen) <= self.budget

    def only(self, keep: NDArray[np.bool_], chosen: Codes) -> tuple["Program", Codes]:
        """The program of some places, the other units resting at the places chosen for them.

        Where a unit keeps several places, to stay is one of them, and so is the chosen place.

        Returns
        -------
        The smaller program, and the index that each of its places has here.
        """
        keep = keep.copy()
        keep[chosen] = True
        free = np.bincount(self.unit, keep, len(self.start)) > 1
        units, resting = np.flatnonzero(free), chosen[~free]
        places = np.flatnonzero((keep | self.stays) & free[self.unit])
        size = self.size[~free]
        smaller = replace(
            self,
            start=np.searchsorted(self.unit[places], units),
            rep=self.rep[places],
            gain=self.gain[places],
            use=self.use[:, places],
            size=self.size[units],
            fixed=self.fixed
            + np.array(
                [
                    sums(self.rep[resting], kind, self.fixed.shape[1])
                    for kind in self.use[:, resting]
                ]
            ),
            budget=self.budget - int(size[~self.stays[resting]].sum()),
        )
        return smaller, places


def program_of(
    problem: Problem, options: Options, win: Floats, budget: int, holder: Codes | None = None
) -> Program:
    """The program of choosing among options, the other units resting with their holders.

    Parameters
    ----------
    options
        In the order of their units.
    win
        Mean win probabilities, shape (n_reps, n_segments).
    budget
        Items that may change hands.
    holder
        Code of the rep with whom each item rests that no option is about, shape (n_items,);
        the owner where not given.
    """
    balance, n_reps = problem.weighed, len(problem.reps)
    units, position = np.unique(options.unit, return_inverse=True)
    n_units, first = len(units), problem.first[units]
    # Stable: each unit's stay comes before its options.
    unit = np.concatenate([np.arange(n_units), position])
    order = np.argsort(unit, kind="stable")
    unit = unit[order]
    rep = np.concatenate([problem.owner[first], options.rep])[order]
    resting = np.where(
        np.isin(problem.unit, units), -1, problem.owner if holder is None else holder
    )
    at_rest = resting >= 0

    def use_of(amounts: Floats, elsewhere: Floats | None = None) -> tuple[Floats, Floats]:
        """At each place, and of what is at rest: by item, unless it hangs on the rep."""
        by_unit = of_units(problem, amounts)[units]
        moved = by_unit[position] if elsewhere is None else elsewhere
        there = np.concatenate([by_unit, moved])[order]
        return there, sums(resting[at_rest], amounts[at_rest], n_reps)

    owned = problem.value * win[problem.owner, problem.segment]
    held = problem.value * win[np.where(at_rest, resting, problem.owner), problem.segment]
    nothing, endless = np.zeros(n_reps), np.full(n_reps, np.inf)
    uses = {"items": use_of(np.ones(len(problem.items)))}
    ranges = {"items": (-endless, problem.limit, nothing, endless)}
    if balance.overload > 0:
        uses["hours"] = use_of(balance.effort)
        ranges["hours"] = (-endless, balance.hours, nothing, nothing + balance.overload)
    if balance.band > 0:
        uses["opportunity"] = use_of(balance.opportunity)
        price = nothing + balance.band
        ranges["opportunity"] = (balance.least, balance.most, price, price)
    if balance.goal > 0 and balance.behind.any():
        there, _ = use_of(owned, options.expected)
        uses["expected"] = (there, sums(resting[at_rest], held[at_rest], n_reps))
        target = sums(problem.owner, owned, n_reps) + balance.behind
        price = np.where(balance.behind > 0, balance.goal, 0.0)
        ranges["expected"] = (target, endless, price, nothing)

    least, most, under, over = (np.array(column) for column in zip(*ranges.values(), strict=True))
    return Program(
        start=np.searchsorted(unit, np.arange(n_units)),
        rep=rep,
        gain=np.concatenate([np.zeros(n_units), options.gain])[order],
        use=np.array([there for there, _ in uses.values()]),
        size=np.bincount(problem.unit, minlength=len(problem.first))[units],
        fixed=np.array([rest for _, rest in uses.values()]),
        least=least,
        most=most,
        under=under,
        over=over,
        kinds=tuple(uses),
        budget=budget,
    )
