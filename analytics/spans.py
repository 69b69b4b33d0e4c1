"""Numbers of a unit over stretches of days, from its daily results."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

FLOWS = {"revenue": "won_amount", "attainment": "won_amount", "activities": "activities"}
"""Numbers that are speeds, with the column of the daily results that they count."""

PER_DAYS = 28
"""Days that a speed is stated for."""

MOST_SPANS = 104
"""Earlier spans looked at: two years of weeks."""


def totals(
    flow: pd.DataFrame, column: str, ends: Sequence[int] | np.ndarray, days: int
) -> np.ndarray:
    """Sums of a column over the ``days`` days up to each end, by day number.

    Parameters
    ----------
    flow
        The daily results of a unit: day, and the column; any number of rows a day.
    ends
        Last days, counted from 1970-01-01.
    """
    numbers = flow["day"].to_numpy().astype("datetime64[D]").astype(int)
    order = np.argsort(numbers, kind="stable")
    numbers = numbers[order]
    sums = np.concatenate([[0.0], np.cumsum(flow[column].to_numpy(float)[order])])
    last = np.asarray(ends, int)
    return (
        sums[np.searchsorted(numbers, last, "right")]
        - sums[np.searchsorted(numbers, last - days, "right")]
    )


def levels(
    flow: pd.DataFrame, number: str, ends: Sequence[int] | np.ndarray, days: int
) -> tuple[np.ndarray, np.ndarray]:
    """A number over the ``days`` days up to each end, and what each is over.

    Returns
    -------
    Speeds per 28 days (currency or count) with the wins or activities behind them, or win rates
    with the closed opportunities behind them, missing where there are none.
    """
    if number == "win_rate":
        won = totals(flow, "won", ends, days)
        closed = won + totals(flow, "lost", ends, days)
        return np.divide(won, closed, out=np.full(len(won), np.nan), where=closed > 0), closed
    column = FLOWS[number]
    counted = totals(flow, "won" if column == "won_amount" else column, ends, days)
    return totals(flow, column, ends, days) / days * PER_DAYS, counted


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return int(np.datetime64(day, "D").astype(int))


def earlier(flow: pd.DataFrame, number: str, last: int, days: int) -> np.ndarray:
    """Days a week apart, up to ``last``, before which at least ``days`` days are known.

    What a number counts is known from the first day on which there was any of it.
    """
    of = ["activities"] if number == "activities" else ["won", "lost"]
    known = flow.loc[flow[of].sum(axis=1) > 0, "day"]
    if known.empty:
        return np.zeros(0, int)
    first = day_number(known.min().date())
    ends = last - 7 * np.arange(MOST_SPANS)
    return ends[ends - days >= first - 1]


def course(flow: pd.DataFrame, number: str, as_of: date, days: int, weeks: int) -> pd.DataFrame:
    """How a number went: day, value and n at the end of each week, the oldest first."""
    ends = earlier(flow, number, day_number(as_of), days)[:weeks][::-1]
    values, counted = levels(flow, number, ends, days)
    first = np.datetime64("1970-01-01", "D")
    return pd.DataFrame({"day": first + ends, "value": values, "n": counted.astype(int)})
