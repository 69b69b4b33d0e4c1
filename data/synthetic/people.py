"""The people who sell and the accounts they sell to."""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from data.synthetic.names import (
    MAIL_HOST,
    PEOPLE,
    SECTOR_SHARES,
    SECTORS,
    TEAMS,
    account_names,
)

ACCOUNTS = 400
HISTORY = 3 * 365 + 1
"""Days of opportunities in the CRM."""
NEWCOMERS = (95, 45)
"""Days since the first day of those who have just begun."""
HIRED = (330, 560, 810)
"""Days since the first day of those who began within the history."""
LEAVERS = (75, 35)
"""Days since the last day of those who have left."""


def draw(scores: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One column for each row of ``scores`` (n, m), with probability softmax(score)."""
    return (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)


def days_of(column: pd.Series) -> np.ndarray:
    """The column as datetime64[D], in which a number is a number of days."""
    return column.to_numpy("datetime64[D]")


def on_workday(
    days: np.ndarray, roll: Literal["forward", "backward", "modifiedfollowing"] = "forward"
) -> np.ndarray:
    """The days (datetime64[D]), those of a weekend moved to a workday."""
    return np.busday_offset(days, 0, roll=roll)


def staff(end: date, rng: np.random.Generator) -> pd.DataFrame:
    """The table of reps: seasoned ones, newcomers, and two who have left."""
    names = rng.permutation(list(PEOPLE))
    n = len(names)
    today = np.datetime64(end, "D")
    days_here = rng.integers(HISTORY + 100, 12 * 365, n)
    recent = NEWCOMERS + HIRED
    days_here[: len(recent)] = recent
    left = np.full(n, np.datetime64("NaT", "D"))
    left[-len(LEAVERS) :] = on_workday(today - np.array(LEAVERS), "backward")
    hours = np.full(n, 40)
    hours[len(recent) : len(recent) + 4] = (32, 24, 32, 24)

    teams = np.array(list(TEAMS))[np.arange(n) % len(TEAMS)]
    reps = pd.DataFrame(
        {
            "name": names,
            "email": [f"{PEOPLE[name]}@{MAIL_HOST}" for name in names],
            "team": teams,
            "manager": [TEAMS[team][1] for team in teams],
            "region": [TEAMS[team][0] for team in teams],
            "active": np.isnat(left),
            "started_on": on_workday(today - days_here),
            "left_on": left,
            "weekly_hours": hours,
        }
    ).sort_values("started_on", ignore_index=True)
    reps.insert(0, "rep_id", [f"U{1001 + i}" for i in range(n)])
    return reps


def customers(end: date, rng: np.random.Generator) -> pd.DataFrame:
    """The table of accounts, with what the CRM does not show.

    ``team`` looks after the account, ``weight`` is its share of the opportunities, and
    ``since`` the day from which it has any (a good third were customers long before).
    """
    today = np.datetime64(end, "D")
    sector = rng.choice(list(SECTORS), ACCOUNTS, p=SECTOR_SHARES)
    team = rng.choice(list(TEAMS), ACCOUNTS)
    region = np.array([TEAMS[t][0] for t in team])
    size = rng.normal(0, 1, ACCOUNTS)
    employees = np.round(np.exp(5.7 + 1.1 * size)).astype(int) + 8
    revenue = employees * np.exp(rng.normal(-0.1, 0.4, ACCOUNTS)) * 1e6
    known = rng.random(ACCOUNTS) < 0.35
    days = np.where(known, HISTORY + 365, rng.integers(20, HISTORY + 365, ACCOUNTS))
    return pd.DataFrame(
        {
            "account_id": [f"A{10001 + i}" for i in range(ACCOUNTS)],
            "account": account_names(sector, region, rng),
            "sector": sector,
            "region": region,
            "employees": employees,
            "revenue": revenue.round(-5).astype("int64"),
            "team": team,
            "weight": np.exp(0.25 * size + rng.normal(0, 0.5, ACCOUNTS)),
            "since": today - days,
        }
    )
