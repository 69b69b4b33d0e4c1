"""Questions about what is likely: to reach a target, to lose it, and how targets came about."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics import feasibility, goals, pace
from analytics.aiming import (
    attained,
    daily_of,
    is_mean,
    reached_so_far,
    rows_of_unit,
    targets_in_force,
    way_of,
    whole_of,
)
from analytics.desk import Desk
from analytics.feasibility import Proposed
from analytics.outlook import forecast, prospects
from analytics.ratchet import Ratchet, ratchet
from analytics.scope import Period
from analytics.tiling import own_of_period
from analytics.workflow import goal_tables, of_team

SIMULATED = ("revenue", "deals")
"""Measures that the forecast simulates; of others, past stretches are all there is."""

DEEPEST = 24
"""Past periods that the check for a ratchet looks at."""


def chances(desk: Desk, kpi: str, tier: str) -> pd.DataFrame:
    """What each unit may reach in the scope's period, and how likely its target is.

    Returns
    -------
    The columns of ``attained``, and low90, median, high90, p_hit, stretches: from the forecast,
    or from so many past stretches as long as what is left; missing where neither says enough.
    """
    rows = desk.ask(attained, kpi, tier)
    found = [_chance(desk, kpi, row.unit_kind, row.unit, row.target) for row in rows.itertuples()]
    names = ["low90", "median", "high90", "p_hit", "stretches"]
    return rows.assign(**pd.DataFrame(found, columns=names, index=rows.index))


def _chance(
    desk: Desk, kpi: str, unit_kind: str, unit: str, target: float
) -> tuple[float, float, float, float, float]:
    samples, count = samples_of(desk, kpi, unit_kind, unit)
    if samples is None:
        return np.nan, np.nan, np.nan, np.nan, float(count)
    low, median, high = (float(one) for one in np.quantile(samples, [0.05, 0.5, 0.95]))
    chance = _p(samples, count, target) if target > 0 else np.nan
    return low, median, high, chance, float(count)


def _p(samples: NDArray, count: int, target: float) -> float:
    by = feasibility.p_hit_by_stretches if count else feasibility.p_hit
    return by(samples, target)


def chance_of(desk: Desk, kpi: str, unit_kind: str, unit: str, amount: float) -> float:
    """How likely a unit reaches an amount in the scope's period; missing where nothing tells."""
    samples, count = samples_of(desk, kpi, unit_kind, unit)
    return np.nan if samples is None else _p(samples, count, amount)


def proposal_of(desk: Desk, kpi: str, tier: str, unit_kind: str, unit: str) -> Proposed | None:
    """The target of this tier that a unit should be given in the scope's period, with its range."""
    samples, _ = samples_of(desk, kpi, unit_kind, unit)
    return None if samples is None else feasibility.proposed(samples, tier)


def samples_of(desk: Desk, kpi: str, unit_kind: str, unit: str) -> tuple[NDArray | None, int]:
    """What a unit may have reached at the end of the scope's period, and past stretches behind it.

    Simulated totals of the forecast, with 0 stretches; or what is reached so far and each of the
    past stretches as long as what is left. None where there are too few of them, for a rate, and
    once the period is over.
    """
    if kpi in SIMULATED:
        found = desk.ask(forecast)
        if found is None or (unit_kind, unit) not in found.members:
            return None, 0
        return found.samples(unit_kind, unit, kpi), 0
    if desk.ask(is_mean, kpi):
        return None, 0
    everybody = desk.at(team="").ask(_stretches, kpi)
    if (unit_kind, unit) not in everybody.index:
        return None, 0
    past = everybody.loc[(unit_kind, unit)].dropna().to_numpy(float)
    if len(past) < pace.LEAST_STRETCHES:
        return None, len(past)
    reached = desk.at(team="").ask(reached_so_far, kpi)["value"]
    so_far = reached.get((unit_kind, unit), 0.0)
    return float(so_far) + past, len(past)


def _stretches(desk: Desk, kpi: str) -> pd.DataFrame:
    """What past stretches as long as what is left brought, by unit: one column a stretch.

    Missing before the first one that brought a unit anything.
    """
    period, as_of = desk.scope.period, desk.scope.as_of
    left = (period.end - max(as_of + timedelta(days=1), period.start)).days
    daily = desk.ask(daily_of, kpi)
    numbers = pace.stretch_numbers(daily["day"], left, as_of)
    rows = daily.assign(number=numbers)[numbers >= 0]
    sums = rows.groupby(["rep", "team", "number"])["amount"].sum().unstack(fill_value=0.0)
    sums = sums.reindex(columns=range(numbers.max(initial=-1), -1, -1), fill_value=0.0)
    spells = desk.ask(goal_tables)["team_spells"]
    found = goals.by_unit(sums.reset_index(), spells, list(sums.columns))
    return found.where(found.cumsum(axis=1) > 0)


def lost_on(desk: Desk, kpi: str, tier: str) -> tuple[date | None, str]:
    """The day from which the target of the whole is out of reach, and how that is known.

    By ``median``: the first day with a chance below 5 % if it goes on like the median path of
    the forecast. Without a forecast by ``best``: the first day on which not even the best
    stretch ever would do. The first knows today's open work and gives a chance; the second only
    that it never happened, and the more past there is, the less that says. None where the
    median path reaches the target, or nothing can be told.
    """
    unit, period, as_of = desk.ask(whole_of), desk.scope.period, desk.scope.as_of
    rows = desk.ask(attained, kpi, tier)
    row = rows[(rows["unit_kind"] == unit[0]) & (rows["unit"] == unit[1])]
    first = max(as_of, period.start - timedelta(days=1))
    left = (period.end - timedelta(days=1) - first).days
    if row.empty or not row["target"].iloc[0] > 0 or left <= 0 or desk.ask(is_mean, kpi):
        return None, ""
    target, so_far = float(row["target"].iloc[0]), float(row["value"].iloc[0])
    way = desk.ask(way_of, kpi)
    done = (first + timedelta(days=1) - period.start).days
    shares = way.course.shares[done:]
    shares = (shares - shares[0]) / max(1 - shares[0], 1e-9)
    if kpi in SIMULATED:
        samples, _ = samples_of(desk, kpi, *unit)
        if samples is None:
            return None, ""
        day = feasibility.out_of_reach(samples, so_far, target, shares)
        return (None if day is None else first + timedelta(days=day)), "median"
    daily = of_team(desk, desk.ask(daily_of, kpi))
    lengths = np.arange(left, -1, -1)
    best = pace.best_stretch(daily["day"], daily["amount"], lengths, as_of)
    samples, _ = samples_of(desk, kpi, *unit)
    if samples is None or np.median(samples) >= target:
        return None, "best" if samples is not None else ""
    path = so_far + shares * (np.median(samples) - so_far)
    lost = np.flatnonzero(path + best < target)
    return (first + timedelta(days=int(lost[0])) if len(lost) else None), "best"


@dataclass(frozen=True)
class Missing:
    """What has to come a week so that a gap is closed, and how many weeks are left for it."""

    a_week: float
    weeks: float


def missing(gap: float, period: Period, as_of: date) -> Missing | None:
    """What a gap asks for a week; None where there is none, or no time."""
    weeks = pace.weeks_left(period, as_of)
    return Missing(gap / weeks, weeks) if gap > 0 and weeks > 0 else None


def open_behind(desk: Desk, unit_kind: str, unit: str) -> pd.DataFrame:
    """A unit's open opportunities, with most to expect in the scope's period first.

    Returns
    -------
    The columns of ``outlook.prospects``.
    """
    items = rows_of_unit(desk, desk.at(team="").ask(prospects), unit_kind, unit)
    return items.sort_values("expected_period", ascending=False, kind="stable")


def target_ratchet(desk: Desk) -> Ratchet:
    """Whether people's revenue targets for the scope's kind of period have ratcheted so far."""
    tables, known = desk.ask(goal_tables), desk.ask(targets_in_force)
    daily, spells = tables["daily_results"], tables["team_spells"]
    known = known[known["unit_kind"] == "rep"]
    past = desk.scope.period
    found: list[Period] = []
    if past.end > desk.scope.as_of:
        past = past.before()
    while len(known) and pd.Timestamp(past.end) > known["starts_on"].min() and len(found) < DEEPEST:
        found.append(past)
        past = past.before()
    found = found[::-1]
    if not found:
        return ratchet(pd.DataFrame(columns=["unit", "period", "target", "won"], dtype=float))
    aims = pd.concat(
        own_of_period(known, spells, one, "revenue", "base", mean=False).assign(period=number)
        for number, one in enumerate(found)
    )
    edges = np.array([found[0].start, *(one.end for one in found)], dtype="datetime64[D]")
    number = np.searchsorted(edges, daily["day"].to_numpy("datetime64[D]"), side="right") - 1
    won = daily.groupby([daily["rep"], number])["won_amount"].sum()
    won.index.names = ["unit", "period"]
    rows = aims.join(won.rename("won"), on=["unit", "period"])
    return ratchet(rows[["unit", "period", "target", "won"]].fillna({"won": 0.0}))
