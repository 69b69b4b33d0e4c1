"""Hours: what open work takes, what people have, and what they hold."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.rules import CAPACITY_OF, Line, RuleSet

WORK_KINDS = ("opportunity", "lead", "task", "account")

WEEKLY_HOURS = 40.0
"""Contracted hours of a person of whom none are known."""

HORIZON = 28
"""Days ahead over which absences lower a capacity."""

FIRST_WEEK = 0.25
"""Share of the full capacity that a newcomer has on the first day."""

LEAD_HOURS = 0.5
TASK_HOURS = 1.0
"""Hours a week of an open lead and of an open task, of which CRMs keep no time."""

USUAL_HOURS = 20.0
"""Hours a week that a person's opportunities take together where no activity is logged: the 24 of
40 hours that are there for open work by default, divided by the 1.2 that a capacity is above the
mean. Loads then compare people, and say nothing of hours."""

PRIOR = 10.0
"""Opportunities of the average that a norm counts besides its own."""

SIZES = ("small", "medium", "large")


@dataclass(frozen=True)
class Norms:
    """Hours a week that an open opportunity takes.

    Attributes
    ----------
    rows
        By stage and size: ``stage``, ``size``, ``hours`` (a week), ``n`` (opportunities behind
        it). A stage is missing where the CRM has none.
    cuts
        Values above which an opportunity is medium and large (money).
    overall
        Hours a week of the average opportunity.
    logged
        False where there are no activities, and ``overall`` is ``USUAL_HOURS`` shared out.
    """

    rows: pd.DataFrame
    cuts: tuple[float, float]
    overall: float
    logged: bool


def norms(work: pd.DataFrame, people: int) -> Norms:
    """What the team's activities say an open opportunity takes, by its stage and size.

    Hours of the last 90 days are divided by the time the opportunities of today were open in
    them: what was done in an earlier stage counts for the present one. Cells lean on the average,
    the more the fewer opportunities they have.

    Parameters
    ----------
    work
        The mart ``open_work``.
    people
        How many share the work, for where nothing is logged.
    """
    deals = work[work["kind"] == "opportunity"]
    values = deals["value"].to_numpy(float)
    low, high = np.quantile(values, [1 / 3, 2 / 3]) if len(deals) else (0.0, 0.0)
    cuts = (float(low), float(high))
    hours, weeks = float(deals["hours"].sum()), float(deals["weeks"].sum())
    logged = hours > 0
    if not logged:
        share = USUAL_HOURS * people / max(int(deals["rep"].notna().sum()), 1)
        empty = pd.DataFrame(columns=["stage", "size", "hours", "n"])
        return Norms(empty, cuts, min(share, TASK_HOURS), logged=False)
    overall = hours / weeks
    cells = (
        deals.assign(size=sizes(values, cuts))
        .groupby(["stage", "size"], dropna=False, as_index=False)
        .agg(spent=("hours", "sum"), weeks=("weeks", "sum"), n=("item", "size"))
    )
    prior = PRIOR * weeks / len(deals)
    cells["hours"] = (cells["spent"] + prior * overall) / (cells["weeks"] + prior)
    return Norms(cells[["stage", "size", "hours", "n"]], cuts, overall, logged=True)


def sizes(values: NDArray[np.float64], cuts: tuple[float, float]) -> NDArray[np.object_]:
    """The size of each value: one of ``SIZES``."""
    return np.array(SIZES, object)[np.searchsorted(cuts, values, side="left")]


def effort(work: pd.DataFrame, known: Norms, rules: RuleSet) -> pd.Series:
    """Hours a week that each piece of work takes whoever has it, in the order of ``work``.

    A rule of the kind ``effort`` about its stage comes first, then the norm. A task takes nothing
    besides the opportunity that the same person works on, and an account nothing besides its
    opportunities: their hours have it already.
    """
    kind = work["kind"].to_numpy(object)
    deals = kind == "opportunity"
    keys = pd.DataFrame(
        {"stage": work["stage"], "size": sizes(work["value"].to_numpy(float), known.cuts)}
    )
    cells = known.rows.astype({"stage": object, "size": object})
    by_norm = keys.astype(object).merge(cells, on=["stage", "size"], how="left")["hours"]
    hours = np.select(
        [deals, kind == "lead", (kind == "task") & ~_within(work)],
        [by_norm.fillna(known.overall).to_numpy(float), LEAD_HOURS, TASK_HOURS],
        0.0,
    )
    laid_down = {line.subject: line.number for line in rules.of("effort")}
    fixed = work["stage"].map(laid_down).astype(float).to_numpy()
    return pd.Series(np.where(np.isnan(fixed), hours, fixed), index=work.index, name="effort")


def _within(work: pd.DataFrame) -> NDArray[np.bool_]:
    """Tasks on an open opportunity of the same owner."""
    owners = work[work["kind"] == "opportunity"].set_index("item")["rep"]
    return (work["rep"].notna() & (work["opportunity_id"].map(owners) == work["rep"])).to_numpy()


Absence = Literal["", "inactive", "away", "leave_soon"]


def capacity(
    reps: pd.DataFrame, absences: pd.DataFrame, rules: RuleSet, as_of: date
) -> pd.DataFrame:
    """What each person has for open work, and whether anything new may be given.

    Parameters
    ----------
    reps
        The mart ``rep_results``.
    absences
        The mart of that name.

    Returns
    -------
    One row per person, in the order of ``reps``: rep, team, active, hours (a week, over the next
    ``HORIZON`` days), present (share of those working days not away), ramp (share of the full
    capacity), available (for new work), why_not (an ``Absence``), until (last day of the absence
    behind it, else missing), and limit_<kind> for items and each kind of work (infinite where
    there is none).
    """
    rows = reps[["rep", "team", "active"]].reset_index(drop=True)
    contracted = reps["weekly_hours"].astype(float).fillna(WEEKLY_HOURS).to_numpy()
    limits = {field: _laid_down(rows["rep"], rules.of("capacity"), field) for field in CAPACITY_OF}
    ramp = _ramp(reps["started_on"], rules.ramp_weeks, as_of)
    present = rows["rep"].map(_present(absences, as_of)).astype(float).fillna(1.0).to_numpy()
    full = np.where(
        np.isnan(limits["hours"]), contracted * rules.hours_share * ramp, limits["hours"]
    )
    soon = absences[absences["starts_on"] <= pd.Timestamp(as_of + timedelta(rules.leave_days))]
    first = soon.sort_values("starts_on").drop_duplicates("rep").set_index("rep")
    leave = first[["starts_on", "ends_on"]].reindex(rows["rep"]).set_index(rows.index)
    starts, ends = leave["starts_on"], leave["ends_on"]
    active = rows["active"].to_numpy(bool)
    why_not = np.select(
        [~active, (starts <= pd.Timestamp(as_of)).to_numpy(), starts.notna().to_numpy()],
        ["inactive", "away", "leave_soon"],
        "",
    )
    rows = rows.assign(
        hours=np.where(active, full * present, 0.0),
        present=present,
        ramp=ramp,
        available=why_not == "",
        why_not=why_not,
        until=ends.where(why_not != "inactive"),
    )
    for field in CAPACITY_OF[1:]:
        usual = rules.items if field == "opportunity" and rules.items else np.inf
        rows[f"limit_{field}"] = np.where(np.isnan(limits[field]), usual, limits[field])
    return rows


def _laid_down(names: pd.Series, lines: tuple[Line, ...], field: str) -> NDArray[np.float64]:
    """The capacity that rules give each person; of two, the one about this person counts."""
    of = {line.rep: line.number for line in lines if line.field == field}
    own = names.map({rep: number for rep, number in of.items() if rep}).astype(float)
    return own.fillna(of.get("", np.nan)).to_numpy(float)


def _ramp(started_on: pd.Series, weeks: int, as_of: date) -> NDArray[np.float64]:
    if not weeks:
        return np.ones(len(started_on))
    here = (pd.Timestamp(as_of) - pd.to_datetime(started_on)).dt.days.to_numpy(float) / 7
    grown = FIRST_WEEK + (1 - FIRST_WEEK) * here / weeks
    return np.nan_to_num(grown, nan=1.0).clip(FIRST_WEEK, 1.0)


def _present(absences: pd.DataFrame, as_of: date) -> pd.Series:
    """Share of the working days (Monday to Friday) of the horizon on which each is there."""
    days = pd.bdate_range(as_of, periods=HORIZON * 5 // 7)
    away = (absences["starts_on"].to_numpy()[:, None] <= days.to_numpy()) & (
        absences["ends_on"].to_numpy()[:, None] >= days.to_numpy()
    )
    return 1 - pd.DataFrame(away).groupby(absences["rep"].to_numpy()).max().mean(axis=1)


def load(work: pd.DataFrame, hours: pd.Series) -> pd.DataFrame:
    """What each person holds: hours a week and items, in all and of each kind.

    Returns
    -------
    One row per person with open work, by name: hours, items, then ``WORK_KINDS``. Accounts are no
    items: a customer without open work takes nobody's time.
    """
    owned = work.assign(hours=hours)[work["rep"].notna()]
    counts = pd.crosstab(owned["rep"], owned["kind"]).reindex(columns=WORK_KINDS, fill_value=0)
    counts.insert(0, "items", counts[["opportunity", "lead", "task"]].sum(axis=1))
    counts.insert(0, "hours", owned.groupby("rep")["hours"].sum())
    return counts.rename_axis(columns=None)
