"""Pace: how much of a period usually has come by a day, and what past stretches say of the rest."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.scope import Period

PRIOR = 2.0
"""Even periods that the observed ones are mixed with: with two past periods, half and half."""

MOST = {"year": 3, "quarter": 12, "month": 24, "week": 26}
"""Past periods that are looked at, by kind: older ones say little of today."""

STRETCHED = 3 * 365
"""Days back that stretches are looked for."""

LEAST_STRETCHES = 8
"""Past stretches, side by side, from which they say how likely a target is."""


@dataclass(frozen=True)
class Course:
    """Share of a period that has come by the end of each of its days.

    Attributes
    ----------
    shares
        One a day, and 0 before the first; ends with 1.
    periods
        Past periods behind it.
    """

    shares: NDArray
    periods: int

    def at(self, day: int) -> float:
        """The share after so many days of the period."""
        return float(self.shares[min(max(day, 0), len(self.shares) - 1)])


def by_day(days: pd.Series, amounts: pd.Series, first: date, last: date) -> NDArray:
    """Sums of each day from ``first`` to ``last``."""
    start = np.datetime64(first, "D")
    place = (days.to_numpy("datetime64[D]") - start).astype(int)
    length = max((last - first).days + 1, 0)
    inside = (place >= 0) & (place < length)
    return np.bincount(place[inside], amounts.to_numpy(float)[inside], minlength=length)


def course(days: pd.Series, amounts: pd.Series, period: Period, as_of: date) -> Course:
    """How a period of this kind usually comes, from the past ones, mixed with evenly.

    Parameters
    ----------
    days, amounts
        What came on which day, of all times.
    as_of
        Last day that is known; only periods that were over by then are used.
    """
    length = (period.end - period.start).days
    even = np.linspace(0, 1, length + 1)
    total, found = PRIOR * even, 0
    if len(days):
        first = days.min().date()
        past = period.before()
        while found < MOST[period.kind] and past.start >= first - timedelta(days=6):
            if past.end <= as_of + timedelta(days=1):
                sums = by_day(days, amounts, past.start, past.end - timedelta(days=1))
                if sums.sum() > 0:
                    done = np.concatenate([[0.0], sums.cumsum() / sums.sum()])
                    total = total + np.interp(even, np.linspace(0, 1, len(done)), done)
                    found += 1
            past = past.before()
    return Course(total / (PRIOR + found), found)


def stretch_numbers(days: pd.Series, length: int, as_of: date) -> NDArray:
    """The stretch of so many days that each day lies in: 0 ends ``as_of``, 1 is the one before.

    Of the last three years, and only whole ones; -1 for days in none. They lie side by side,
    because stretches that overlap say the same thing twice.
    """
    if not len(days) or length <= 0:
        return np.full(len(days), -1)
    ago = (np.datetime64(as_of, "D") - days.to_numpy("datetime64[D]")).astype(int)
    whole = min(ago.max() + 1, STRETCHED) // length
    return np.where((ago >= 0) & (ago < whole * length), ago // length, -1)


def best_stretch(days: pd.Series, amounts: pd.Series, lengths: NDArray, as_of: date) -> NDArray:
    """The most that any stretch of each length has ever brought; missing where none is so long."""
    if not len(days):
        return np.full(len(lengths), np.nan)
    done = np.concatenate([[0.0], by_day(days, amounts, days.min().date(), as_of).cumsum()])
    fits = [0 <= length < len(done) for length in lengths]
    return np.array(
        [
            (done[length:] - done[: len(done) - length]).max() if fit else np.nan
            for length, fit in zip(lengths, fits, strict=True)
        ]
    )


def weeks_left(period: Period, as_of: date) -> float:
    """Weeks of the period after the end of ``as_of``."""
    begins = max(as_of + timedelta(days=1), period.start)
    return max((period.end - begins).days, 0) / 7
