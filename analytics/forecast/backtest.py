"""How the forecast would have done in past periods, beside what others go by.

Everything is learnt anew from what was known on each day. An export holds amounts as they
became, so both the forecast and its rivals look a little better here than they were.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.forecast.course import NEVER, DealDays, learn
from analytics.forecast.habits import Habits, habits
from analytics.forecast.simulate import simulate
from analytics.scope import Period, PeriodKind

TO_GO: dict[PeriodKind, tuple[int, ...]] = {
    "year": (180, 90),
    "quarter": (60, 30),
    "month": (20, 10),
    "week": (4, 2),
}
"""Days before the end of a period from which it is forecast."""

MOST_PERIODS = 8

WARM_UP = 90
"""Days after the first opportunity before which no sum is that of a whole company."""

LEAST_DAYS, LEAST_WON = 180, 30
"""Days and wins that must have been known on the day, or nothing is learnt."""

RIVALS = ("stage_weighted", "run_rate", "last_year")
"""What others go by: won so far and the open ones due in the period times the win rate of all
closed ones; won so far and the daily sum of the last quarter; the same period a year before."""

PATHS = 600

COLUMNS = (
    *("start", "to_go", "won", "so_far", "median", "mean", "low50", "high50", "low90", "high90"),
    *RIVALS,
)


LEARNT_FROM = 200_000
"""Opportunities that are enough to learn from: beyond, chances are known to a percent."""


class Past:
    """All that is known of opportunities, and of whom.

    Parameters
    ----------
    deals
        Every opportunity.
    due
        Day on which each was said to close, ``NEVER`` where nobody said so.
    strata, owners
        How many there are; the last owner is nobody.
    """

    def __init__(
        self, deals: DealDays, due: NDArray, strata: int, owners: int, first_month: int = 1
    ) -> None:
        self.deals, self.due = deals, due
        self.strata, self.owners, self.first_month = strata, owners, first_month
        sound = deals.take(deals.created <= deals.closed)
        self.first = beginning(sound.created)
        self._few, self._each = sound.thinned(LEARNT_FROM)

    def learnt(self, day: int, present: NDArray | None = None) -> Habits:
        """What was to be learnt by the end of a day."""
        known = self._few.known_on(day)
        return habits(
            known,
            learn(known, day, self.strata),
            day,
            self.owners,
            present=present,
            first=self.first,
            first_month=self.first_month,
            each=self._each,
        )


def beginning(created: NDArray) -> int:
    """The first day from which opportunities are all there were, not single old or mistyped ones.

    The day after the last pause of ``WARM_UP`` days with at least half of them after it.
    """
    if not len(created):
        return 0
    days = np.sort(created)
    pauses = np.flatnonzero(np.diff(days) > WARM_UP) + 1
    pauses = pauses[pauses <= len(days) / 2]
    return int(days[pauses[-1]] if len(pauses) else days[0])


def enough(past: Past, day: int) -> bool:
    """Whether a day's opportunities are enough to learn from."""
    deals = past.deals
    won = deals.won & (deals.closed <= day) & (deals.created <= deals.closed)
    return bool(won.sum() >= LEAST_WON and day - past.first >= LEAST_DAYS)


def backtest(past: Past, shown: NDArray, newest: Period, day: int, seed: int) -> pd.DataFrame:
    """Forecasts of the periods that were over on a day, and what they brought.

    Parameters
    ----------
    shown
        Places of the owners whose sum is forecast.
    newest
        The period of that day; it, if it is over, and those before it are tried.

    Returns
    -------
    One row per period and days to go, oldest first: ``COLUMNS``; amounts in currency.
    """
    rows, period = [], newest.after()
    for _ in range(MOST_PERIODS + 1):
        period = period.before()
        start, end = day_number(period.start), day_number(period.end)
        if end > day + 1:
            continue
        for to_go in TO_GO[period.kind]:
            cut = end - 1 - to_go
            if enough(past, cut):
                rows.append((period.start, to_go, *_tried(past, shown, start, end, cut, seed)))
    return pd.DataFrame(rows[::-1], columns=list(COLUMNS))


def _tried(
    past: Past, shown: NDArray, start: int, end: int, cut: int, seed: int
) -> tuple[float, ...]:
    learnt, deals = past.learnt(cut), past.deals
    ours = np.isin(np.arange(past.owners), shown)[deals.rep]
    is_open = (deals.created <= cut) & (deals.closed > cut)
    open_deals = priced(deals.take(is_open), learnt)
    paths = simulate(
        open_deals, learnt, cut, end - 1 - cut, paths=PATHS, rng=np.random.default_rng(seed)
    )

    def won(first: int, after: int) -> float:
        counted = ours & deals.won & (deals.closed >= first) & (deals.closed < after)
        return float(deals.amount[counted].sum())

    so_far = won(start, min(cut + 1, end))
    sample = so_far + paths.amounts[shown].sum(axis=0, dtype=float)
    quantiles = np.quantile(sample, [0.5, 0.25, 0.75, 0.05, 0.95])
    shown_open = open_deals.take(ours[is_open])
    due = past.due[is_open][ours[is_open]]
    return (
        won(start, end),
        so_far,
        quantiles[0],
        sample.mean(),
        *quantiles[1:],
        so_far + stage_weighted(deals, shown_open, due, start, end, cut),
        so_far + (end - 1 - cut) * won(cut - 90, cut + 1) / 91,
        won(start - 365, end - 365) if warm(past, start - 365) else np.nan,
    )


def warm(past: Past, start: int) -> bool:
    """Whether a period that starts on a day was seen from its start."""
    return start - past.first >= WARM_UP


def stage_weighted(
    deals: DealDays, open_deals: DealDays, due: NDArray, start: int, end: int, day: int
) -> float:
    """Open amounts due in the period times the win rate of all closed ones (currency).

    Where nobody said when one closes, the usual time from creation to a win says it.
    """
    closed = deals.closed <= day
    won = closed & deals.won
    if not won.any():
        return 0.0
    sound = won & (deals.created <= deals.closed)
    usual = np.median((deals.closed - deals.created)[sound]) if sound.any() else 0
    guess = np.maximum(open_deals.created + usual, day + 1)
    when = np.where(due == NEVER, guess, due)
    counted = (when >= start) & (when < end)
    return float(open_deals.amount[counted].sum() * won.sum() / closed.sum())


def priced(deals: DealDays, learnt: Habits) -> DealDays:
    """The opportunities, those without an amount at the average of their stratum's wins."""
    average = learnt.amounts.mean[deals.stratum]
    return replace(deals, amount=np.where(deals.amount > 0, deals.amount, average))


def scores(tried: pd.DataFrame) -> pd.DataFrame:
    """What each way of forecasting was worth, by days to go.

    Returns
    -------
    One row per ``to_go`` and way (``ours`` and ``RIVALS``): n periods, error (mean absolute, in
    currency) and bias (mean of forecast less won, currency), all ways on the same periods: those
    of which every way says something, or all where there is none. Of ours also ``periods``, the
    number of all, and the share of them inside the 50 and 90 % ranges (inside50, inside90).
    """
    rows = []
    for to_go, group in tried.groupby("to_go", sort=False):
        told = group[list(RIVALS)].notna().all(axis=1)
        same = group[told] if told.any() else group
        for way in ("median", *RIVALS):
            miss = same[way] - same["won"]
            row = {"to_go": to_go, "way": "ours" if way == "median" else way, "n": len(same)}
            row |= {"error": miss.abs().mean(), "bias": miss.mean()}
            if way == "median":
                row |= {f"inside{p}": inside(group, p).mean() for p in (50, 90)}
                row["periods"] = len(group)
            rows.append(row)
    columns = ["to_go", "way", "n", "error", "bias", "inside50", "inside90", "periods"]
    return pd.DataFrame(rows, columns=columns)


def inside(rows: pd.DataFrame, percent: int) -> pd.Series:
    """Whether what was won lies inside the range, by row of ``backtest``."""
    return rows["won"].between(rows[f"low{percent}"], rows[f"high{percent}"])


def day_number(day: object) -> int:
    """A date as days from 2000-01-01."""
    return int((np.datetime64(str(day)[:10]) - np.datetime64("2000-01-01")).astype(int))
