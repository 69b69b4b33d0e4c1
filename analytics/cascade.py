"""A target divided among people and over time: weights by method, and parts that add up exactly.

Amounts are whole numbers here: hundredths of what the target is counted in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.scope import Period

METHODS = ("history", "capacity", "potential", "equal")

YEARS = 3
"""Years back that a season of somebody is looked at."""

PRIOR_YEARS = 1.0
"""Years of an average colleague that everybody's history is mixed with."""

PRIOR_SEASONS = 1.0
"""Even years that the observed ones are mixed with for the shares of months."""

TAUGHT = 2
"""Years from which months are told apart: one cannot teach a season."""

RAMP_DAYS = 180
"""Days in which a newcomer comes to full strength, in equal steps from ``RAMP_FROM``."""

RAMP_FROM = 0.25


@dataclass(frozen=True)
class Seasons:
    """Share of a year that each month brings, January first; ``years`` are behind it."""

    shares: tuple[float, ...]
    years: int

    @property
    def taught(self) -> bool:
        return self.years >= TAUGHT


def split(total: int, weights: Sequence[float], step: int = 1) -> list[int]:
    """Whole parts of a total in proportion to weights, whose sum is the total exactly.

    By largest remainder. With weights that are all zero the parts are equal.

    Parameters
    ----------
    total
        Not negative.
    weights
        Not negative; one a part. Weight 0 gets nothing unless all are 0.
    step
        Parts are multiples of it; what is left of the total goes to the largest part.

    Raises
    ------
    ValueError
        There is nobody to give it to, or a weight is negative or not finite.
    """
    given = np.asarray(weights, dtype=float)
    if not len(given) or not np.isfinite(given).all() or (given < 0).any():
        raise ValueError("weights must be one or more finite numbers that are not negative")
    if given.max() > 0:
        # The smallest of floats lose their proportions when they are summed.
        given = given / given.max()
    else:
        given = np.ones(len(given))
    units, rest = divmod(total, step)
    # Ratios of whole numbers, so that no total is too large to divide exactly.
    scaled = [int(weight * 2**52) for weight in given]
    whole = sum(scaled)
    parts = [units * weight // whole for weight in scaled]
    remainders = [units * weight % whole for weight in scaled]
    order = sorted(range(len(parts)), key=lambda place: (-remainders[place], place))
    for place in order[: units - sum(parts)]:
        parts[place] += 1
    parts = [part * step for part in parts]
    parts[max(range(len(parts)), key=lambda place: (scaled[place], -place))] += rest
    return parts


def readable_step(total: int, parts: int, whole: int = 1) -> int:
    """The power of ten that leaves an average part about three figures; at least ``whole``."""
    average = total / max(parts, 1)
    return max(int(10 ** np.floor(np.log10(max(average, 1)) - 2)), whole, 1)


def history(daily: pd.DataFrame, reps: pd.Index, period: Period, as_of: date, of: str) -> NDArray:
    """What each person reached in that season of up to three years, mixed with the average.

    Parameters
    ----------
    daily
        The mart ``daily_results``.
    of
        The column that is summed.
    """
    first_day = daily.groupby("rep")["day"].min().reindex(reps)
    sums, years = np.zeros(len(reps)), np.zeros(len(reps))
    for back in range(1, YEARS + 1):
        start, end = (_years_before(day, back) for day in (period.start, period.end))
        if end > as_of + timedelta(days=1):
            continue
        inside = daily["day"].between(str(start), str(end), inclusive="left")
        of_year = daily[inside].groupby("rep")[of].sum().reindex(reps, fill_value=0)
        there = (first_day <= pd.Timestamp(start)).to_numpy(bool)
        sums += np.where(there, of_year.to_numpy(float), 0.0)
        years += there
    average = sums.sum() / max(years.sum(), 1)
    # Credits may exceed what somebody won.
    return ((sums + PRIOR_YEARS * average) / (years + PRIOR_YEARS)).clip(min=0.0)


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, min(day.day, 28) if day.month == 2 else day.day)


def capacity(
    people: pd.DataFrame, absences: pd.DataFrame, reps: pd.Index, period: Period
) -> NDArray:
    """Hours a week of each person, times their share of days there, times how far they are.

    Parameters
    ----------
    people
        rep, weekly_hours, started_on; without hours, a full week.
    absences
        rep, starts_on, ends_on (last day).
    """
    known = people.drop_duplicates("rep", keep="last").set_index("rep").reindex(reps)
    usual = known["weekly_hours"].median()
    hours = known["weekly_hours"].fillna(usual if pd.notna(usual) else 40.0).to_numpy(float)
    days = pd.date_range(period.start, period.end, inclusive="left")
    there = np.ones((len(reps), len(days)))
    began = pd.to_datetime(known["started_on"]).to_numpy()[:, None]
    age = (days.to_numpy()[None, :] - began) / np.timedelta64(1, "D")
    ramp = np.clip(RAMP_FROM + (1 - RAMP_FROM) * age / RAMP_DAYS, RAMP_FROM, 1.0)
    there *= np.where(np.isnan(age), 1.0, np.where(age < 0, 0.0, ramp))
    place = reps.get_indexer(absences["rep"])
    for row, begins, ends in zip(place, absences["starts_on"], absences["ends_on"], strict=True):
        if row >= 0:
            there[row, (days >= begins) & (days <= ends)] = 0.0
    return hours * there.mean(axis=1)


def potential(
    expected: pd.Series, daily: pd.DataFrame, reps: pd.Index, period: Period, as_of: date
) -> NDArray:
    """What each person's open book is expected to bring, and what arrives with them meanwhile.

    Parameters
    ----------
    expected
        Expected amount of the open opportunities by rep.
    daily
        The mart ``daily_results``: a year of arrivals at the rate at which they bring money.
    """
    year = daily[daily["day"] > str(as_of - timedelta(days=365))]
    sums = year.groupby("rep")[["pipeline", "won_amount"]].sum().reindex(reps, fill_value=0)
    pipeline = sums["pipeline"].to_numpy(float)
    worth = sums["won_amount"].sum() / max(pipeline.sum(), 1.0)
    arrivals = pipeline * worth * (period.end - period.start).days / 365
    return (expected.reindex(reps).fillna(0.0).to_numpy(float) + arrivals).clip(min=0.0)


def seasons(daily: pd.DataFrame, as_of: date, of: str) -> Seasons:
    """Share of the year that each month brings, from whole years mixed with even ones."""
    even = np.full(12, 1 / 12)
    if daily.empty:
        return Seasons(tuple(even.tolist()), 0)
    months = daily["day"].to_numpy("datetime64[M]")
    after = np.datetime64(as_of + timedelta(days=1), "D").astype("datetime64[M]")
    first = months.min() + (daily["day"].min().day > 1)
    years = min(int((after - first).astype(int)) // 12, YEARS)
    total = even * PRIOR_SEASONS
    amounts = daily[of].to_numpy(float)
    for back in range(years):
        begins = after - 12 * (back + 1)
        inside = (months >= begins) & (months < begins + 12)
        place = months[inside].astype(int) % 12
        found = np.bincount(place, weights=amounts[inside], minlength=12).clip(min=0.0)
        total += found / found.sum() if found.sum() > 0 else even
    return Seasons(tuple((total / total.sum()).tolist()), years)


def month_weights(period: Period, known: Seasons | None) -> list[tuple[date, float]]:
    """The months of a period and the share that each brings; without seasons, by their days."""
    parts = period.parts("month") if period.kind in ("year", "quarter") else ()
    return [
        (
            part.start,
            known.shares[part.start.month - 1] if known else float((part.end - part.start).days),
        )
        for part in parts
    ]
