"""What units have as targets of a period: their own, or shorter ones that fill all of its days.

Days are numbers here: 0 is the first of the period.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.scope import PERIOD_KINDS, Period

RANK = {kind: rank for rank, kind in enumerate(reversed(PERIOD_KINDS))}
"""The longer a kind of period, the higher."""

NEW_DAYS = 183
"""Days from somebody's start to their first target, at most, for days before it to lack none."""

HALF_WEEK = 3
"""Days by which weeks whose middle lies in a period may leave an edge of it to others."""


def own_of_period(
    targets: pd.DataFrame, spells: pd.DataFrame, period: Period, kpi: str, tier: str, mean: bool
) -> pd.DataFrame:
    """What units have as a target of a period themselves; see ``targets.of_period``.

    Own is a target of that kind of period which begins with it; a week's, one whose middle lies
    in it. Of shorter ones the longest are taken first, and what they leave is filled with still
    shorter ones, each where its middle lies. Where days are left without any, there is no target.

    People come and go, so days lack no target of a person before the first one of those who had
    begun at most ``NEW_DAYS`` before it, and after the last one of those who are gone. Of whom
    nobody knows when they began, neither side lacks what other people have targets for.

    Parameters
    ----------
    targets
        Those in force.
    spells
        The mart ``team_spells``.
    mean
        The measure is an average, of which shorter ones say nothing.

    Returns
    -------
    unit_kind, unit, target, how (``own``, ``parts`` or ``incomplete``), source, version; and of
    what is incomplete ``lacking``, days before its first part and after its last that have none,
    and ``first``, the place among ``targets`` of the first part that lies in the period.
    """
    rows = targets[(targets["kpi"] == kpi) & (targets["tier"] == tier)].reset_index(names="first")
    rank = rows["period"].map(RANK).to_numpy(int)
    unit = rows.groupby(["unit_kind", "unit"]).ngroup().to_numpy(int)
    units, length = unit.max(initial=-1) + 1, (period.end - period.start).days
    starts, stops = (
        (rows[name].to_numpy("datetime64[D]") - np.datetime64(period.start)).astype(int)
        for name in ("starts_on", "ends_on")
    )
    middle = (starts + stops) // 2
    inside = (middle >= 0) & (middle < length)
    shorter = rank < RANK[period.kind]
    own = inside & (rank == RANK[period.kind]) & ((starts == 0) | (period.kind == "week"))
    has_own = np.bincount(unit[own], minlength=units) > 0
    part = inside & shorter & ~has_own[unit] & (not mean)
    covered = np.repeat(has_own[:, None], length, axis=1)
    taken = own.copy()
    for level in range(RANK[period.kind] - 1, -1, -1):
        at = part & (rank == level)
        at[at] = ~covered[unit[at], middle[at]]
        taken |= at
        spill = HALF_WEEK if level == RANK["week"] else 0
        covered |= _days(unit[at], starts[at] - spill, stops[at] + spill, units, length)
    day = np.arange(length)
    before = day < _edge(unit[shorter], starts[shorter], units, np.minimum)[:, None]
    after = day >= _edge(unit[shorter], stops[shorter], units, np.maximum)[:, None]
    found = rows[taken].assign(number=unit[taken], own=own[taken]).sort_values("starts_on")
    found = found.groupby(["unit_kind", "unit"], as_index=False).agg(
        target=("amount", "sum"), source=("source", "max"), version=("version", "max"),
        number=("number", "first"), own=("own", "first"), first=("first", "first"),
        begins=("starts_on", "min"),
    )  # fmt: skip
    place = found["number"].to_numpy(int)
    missing = ~covered[place]
    before, after = before[place] & missing, after[place] & missing
    firsts = _edge(unit[shorter], starts[shorter], units, np.minimum)[place]
    newly, gone, known, person = _presence(found, spells, firsts, period)
    others = (
        covered[unit[(rows["unit_kind"] == "rep").to_numpy(bool)]].any(axis=0) & ~known[:, None]
    )
    excused = before & (others | newly[:, None]) | after & (others | gone[:, None])
    missing &= ~(excused & person[:, None])
    lacks = missing.any(axis=1)
    found["target"] = found["target"].astype(float).mask(lacks)
    found["lacking"] = (missing & (before | after)).sum(axis=1)
    found["how"] = np.where(found["own"], "own", np.where(lacks, "incomplete", "parts"))
    return found.drop(columns=["number", "own", "begins"])


def _days(unit: NDArray, starts: NDArray, stops: NDArray, units: int, length: int) -> NDArray:
    """Which days of the period the targets of each unit lie on."""
    steps = np.zeros((units, length + 1), dtype=np.int32)
    np.add.at(steps, (unit, starts.clip(0, length)), 1)
    np.add.at(steps, (unit, stops.clip(0, length)), -1)
    return steps.cumsum(axis=1)[:, :-1] > 0


def _edge(unit: NDArray, days: NDArray, units: int, least: np.ufunc) -> NDArray:
    """The first or the last of each unit's days."""
    found = np.full(units, np.iinfo(int).max if least is np.minimum else np.iinfo(int).min)
    least.at(found, unit, days)
    return found


def _presence(
    found: pd.DataFrame, spells: pd.DataFrame, firsts: NDArray, period: Period
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Of each unit: began shortly before its first target, is gone, start known, is a person."""
    people = spells.drop_duplicates("rep", keep="last").set_index("rep").reindex(found["unit"])
    person = (found["unit_kind"] == "rep").to_numpy(bool)
    began = people["started_on"].to_numpy("datetime64[D]")
    known = ~np.isnat(began)
    first_day = np.datetime64(period.start)
    since = (np.where(known, began, first_day) - first_day).astype(int)
    newly = known & (firsts <= since + NEW_DAYS)
    gone = ~people["active"].fillna(True).to_numpy(bool)
    return newly, gone, known, person
