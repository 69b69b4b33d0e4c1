"""A forecast by unit: what is won so far and what the paths add, of people, teams and company."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecast.simulate import Paths

WIDEST = 2.0
"""Width of the 90 % range, over the median, beyond which a forecast is of no use."""

QUANTILES = {"median": 0.5, "low50": 0.25, "high50": 0.75, "low90": 0.05, "high90": 0.95}

UNITS = ("unit_kind", "unit", "team", "won", "deals", *QUANTILES, "open", "too_wide")


@dataclass(frozen=True)
class Forecast:
    """Simulated totals of a period, won so far included.

    Attributes
    ----------
    units
        One row per rep, team, region and the company: ``UNITS``; ``won`` and ``deals`` so far
        (``won`` and quantiles in currency), ``open`` opportunities behind it, ``too_wide`` where
        the range is of no use.
    paths
        By owner.
    members
        Places of the owners of each (unit_kind, unit).
    so_far
        Won amount and number of each (unit_kind, unit).
    days
        Days of the period that are still to come.
    """

    units: pd.DataFrame
    paths: Paths
    members: dict[tuple[str, str], NDArray]
    so_far: dict[tuple[str, str], tuple[float, int]]
    days: int

    def samples(self, unit_kind: str, unit: str = "", kpi: str = "revenue") -> NDArray:
        """Totals of the whole period: amount won (``revenue``) or number won (``deals``).

        Raises
        ------
        KeyError
            There is no such unit, or measure.
        """
        which = {"revenue": 0, "deals": 1}[kpi]
        drawn = (self.paths.amounts, self.paths.deals)[which]
        key = (unit_kind, unit)
        return self.so_far[key][which] + drawn[self.members[key]].sum(axis=0, dtype=float)

    def p_reach(
        self, amount: float, unit_kind: str = "company", unit: str = "", kpi: str = "revenue"
    ) -> float:
        """Probability that a unit's total of the period is at least this."""
        return float((self.samples(unit_kind, unit, kpi) >= amount).mean())


def totals(
    paths: Paths, people: pd.DataFrame, won: pd.DataFrame, open_rep: NDArray, days: int
) -> Forecast:
    """Sum paths by unit.

    Parameters
    ----------
    people
        rep, team, region and active of each owner, in the order of the paths; the last is nobody.
    won
        rep, team (where they were that day), amount of what was won in the period so far.
    open_rep
        Owner of each open opportunity.
    """
    region_of = people.drop_duplicates("rep").set_index("rep")["region"]
    won = won.assign(region=won["rep"].map(region_of).fillna(""))
    n_open = np.bincount(open_rep, minlength=len(people))
    members: dict[tuple[str, str], NDArray] = {}
    so_far: dict[tuple[str, str], tuple[float, int]] = {}
    rows: list[Sequence[object]] = []
    for kind in ("company", "region", "team", "rep"):
        names = pd.Series("", index=people.index) if kind == "company" else people[kind]
        of_won = pd.Series("", index=won.index) if kind == "company" else won[kind]
        sums = won.groupby(of_won)["amount"].agg(["sum", "size"])
        for unit, places in names.groupby(names).groups.items():
            if kind != "company" and not unit:
                continue
            at = np.asarray(places)
            amount, deals = sums.loc[unit] if unit in sums.index else (0.0, 0)
            if kind == "rep" and not (people["active"].iloc[at[0]] or n_open[at].any() or deals):
                continue
            members[kind, str(unit)] = at
            so_far[kind, str(unit)] = (float(amount), int(deals))
            sample = amount + paths.amounts[at].sum(axis=0, dtype=float)
            found = np.quantile(sample, list(QUANTILES.values()))
            team = {"team": unit, "rep": people["team"].iloc[at[0]]}.get(kind, "")
            wide = found[4] - found[3] > WIDEST * found[0]
            rows.append((kind, unit, team, amount, deals, *found, n_open[at].sum(), wide))
    return Forecast(pd.DataFrame(rows, columns=list(UNITS)), paths, members, so_far, days)


def swings(
    sample: NDArray, target: float, value: NDArray, chance: NDArray
) -> tuple[NDArray, NDArray]:
    """Chance to reach a target if each opportunity is won, and if it is not.

    All else goes on as in the paths, from which the opportunity's own mean is taken off.
    """
    ordered = np.sort(sample)

    def reached(shift: NDArray) -> NDArray:
        return 1 - np.searchsorted(ordered, target - shift, side="left") / len(ordered)

    return reached(value * (1 - chance)), reached(-value * chance)
