"""Flags on people: goals out of reach, too much or too little to do, what is long overdue."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.flags import THRESHOLDS, Thresholds, none, ranked, rows_of
from analytics.scope import Period

STRONGLY_LATE = 14
"""Days past its day from which a follow-up is forgotten rather than late."""


def goal_gaps(
    reached: pd.DataFrame,
    daily: pd.DataFrame,
    period: Period,
    as_of: date,
    of: Thresholds = THRESHOLDS,
) -> pd.DataFrame:
    """Goals that will be missed at the pace so far, and since when they were behind it.

    People are ranked where most of them are behind; the teams and the company say that they are.

    Parameters
    ----------
    reached
        Rows of ``goals.attainment``.
    daily
        The mart ``daily_results``.
    """
    elapsed = period.elapsed(as_of)
    rows = reached[reached["target"] > 0].reset_index(drop=True)
    if rows.empty or not of.least_elapsed <= elapsed:
        return none()
    pace = rows["pace"].to_numpy(float)
    behind = np.zeros(len(rows), bool)
    for places in rows.groupby("unit_kind").indices.values():
        short = pace[places] < of.behind
        behind[places], _ = ranked(short, -pace[places], of)
    rows, pace = rows[behind].reset_index(drop=True), pace[behind]
    return rows_of(
        rows,
        kind="goal_gap",
        subject_kind=rows["unit_kind"],
        subject=rows["unit"],
        name=rows["unit"],
        rep=rows["unit"].where(rows["unit_kind"] == "rep", ""),
        team=rows["team"],
        since=_behind_since(rows, daily, period, as_of, of),
        # What will be missing at the end if it goes on like this.
        stake=(rows["target"] - rows["won"] / elapsed).clip(lower=0.0),
        strong=pace < of.far_behind,
        share=rows["attainment"],
        limit=elapsed,
        count=rows["deals"],
        before=rows["won"],
        after=rows["target"],
    )


def _behind_since(
    rows: pd.DataFrame, daily: pd.DataFrame, period: Period, as_of: date, of: Thresholds
) -> list[pd.Timestamp]:
    """The day after the last one on which each unit kept its pace."""
    days = pd.date_range(period.start, min(as_of, period.end - timedelta(days=1)))
    inside = daily[(daily["day"] >= days[0]) & (daily["day"] <= days[-1])]
    line = of.behind * np.arange(1, len(days) + 1) / (period.end - period.start).days
    since = []
    sums = {
        "rep": inside.groupby(["rep", "day"])["won_amount"].sum(),
        "team": inside.groupby(["team", "day"])["won_amount"].sum(),
        "company": inside.assign(all="").groupby(["all", "day"])["won_amount"].sum(),
    }
    for row in rows.itertuples():
        known = sums.get(str(row.unit_kind))
        won = pd.Series(dtype=float)
        if known is not None and row.unit in known.index.get_level_values(0):
            won = known.loc[row.unit]
        kept = won.reindex(days, fill_value=0.0).cumsum().to_numpy(float) >= line * row.target
        last = int(np.flatnonzero(kept).max(initial=-1))
        since.append(days[min(last + 1, len(days) - 1)])
    return since


def loads(reps: pd.DataFrame, items: pd.DataFrame, of: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """People who hold far more open opportunities than their team does, or far less money.

    A team too small for a middle is compared with everybody. Since when somebody has too many is
    the day that the one too much began; since when somebody has too little, the day after the
    newest began, missing where there is none.

    Parameters
    ----------
    reps
        The mart ``rep_results``. Who is not in the reps table, has left or is away is left out, and
        who has never had an opportunity, unless it is known when they began.
    items
        Open opportunities with ``expected``.
    """
    sells = (reps["trials"] > 0) | (reps["open_count"] > 0) | reps["started_on"].notna()
    there = reps["active"] & reps["listed"] & ~reps["away"] & sells
    rows = reps[there].reset_index(drop=True)
    if len(rows) < of.least_people:
        return none()
    by = items.groupby("rep")
    rows["count"] = rows["rep"].map(by.size()).fillna(0).astype(float)
    # Who has nothing open has nothing to expect; of open ones without a chance nothing is known.
    own = rows["rep"].map(by["expected"].sum(min_count=1)).astype(float)
    rows["own"] = own.where(rows["count"] > 0, 0.0)
    hours = rows["weekly_hours"].astype(float)
    rows["part"] = (hours / hours.median()).fillna(1.0).clip(lower=0.1)
    size = rows.groupby("team")["rep"].transform("size")
    alone = size < of.least_people
    rows["n"] = size.where(~alone, len(rows))
    for name in ("count", "own"):
        each = rows[name] / rows["part"]
        middle = each.groupby(rows["team"]).transform("median").where(~alone, each.median())
        rows[f"{name}_middle"] = middle * rows["part"]
    found = [_overloaded(rows, items, of), _starved(rows, by["created_on"].max(), of)]
    found = [part for part in found if len(part)]
    return pd.concat(found, ignore_index=True) if found else none()


def _overloaded(rows: pd.DataFrame, items: pd.DataFrame, of: Thresholds) -> pd.DataFrame:
    limit = of.overload * rows["count_middle"]
    over = (rows["count"] > limit) & (rows["count_middle"] > 0)
    rows, limit = rows[over].reset_index(drop=True), limit[over].to_numpy(float)
    began = items.dropna(subset="created_on").sort_values("created_on").groupby("rep")["created_on"]
    days = [began.get_group(rep) if rep in began.groups else pd.Series() for rep in rows["rep"]]
    since = [
        own.iloc[int(most)] if int(most) < len(own) else pd.NaT
        for own, most in zip(days, limit, strict=True)
    ]
    return rows_of(
        rows,
        kind="overloaded",
        subject_kind="rep",
        subject=rows["rep"],
        name=rows["rep"],
        rep=rows["rep"],
        team=rows["team"],
        since=pd.to_datetime(pd.Series(since, rows.index)),
        # What lies beyond the usual may not get the time it needs.
        stake=rows["own"] * (1 - rows["count_middle"] / rows["count"]),
        strong=rows["count"] > of.strong_overload * rows["count_middle"],
        share=rows["count"] / rows["count_middle"],
        limit=rows["count_middle"],
        count=rows["count"],
        n=rows["n"],
    )


def _starved(rows: pd.DataFrame, newest: pd.Series, of: Thresholds) -> pd.DataFrame:
    low = rows["own"] < of.starved * rows["own_middle"]
    rows = rows[low].reset_index(drop=True)
    return rows_of(
        rows,
        kind="starved",
        subject_kind="rep",
        subject=rows["rep"],
        name=rows["rep"],
        rep=rows["rep"],
        team=rows["team"],
        since=pd.to_datetime(rows["rep"].map(newest)) + pd.Timedelta(days=1),
        stake=rows["own_middle"] - rows["own"],
        strong=rows["own"] < of.starved**2 * rows["own_middle"],
        share=rows["own"] / rows["own_middle"],
        limit=rows["own_middle"],
        count=rows["count"],
        n=rows["n"],
    )


def overdue_follow_ups(rows: pd.DataFrame, expected: pd.Series | None = None) -> pd.DataFrame:
    """What was agreed or noted and is late enough to be a risk (``lateness.overdue``).

    Parameters
    ----------
    expected
        Expected money of the open opportunities, by id: that of the one which a follow-up is about
        is in question.
    """
    late = rows[rows["level"] == "risk"].reset_index(drop=True)
    if late.empty:
        return none()
    stake = np.nan if expected is None else late["opportunity"].map(expected).astype(float)
    return rows_of(
        late,
        kind="follow_up_overdue",
        subject_kind=late["source"],
        subject=late["item"],
        name=late["name"],
        rep=late["rep"].fillna(""),
        team="",
        since=pd.to_datetime(late["due_on"]) + pd.Timedelta(days=1),
        stake=stake,
        strong=late["days"] >= STRONGLY_LATE,
        days=late["days"],
    )
