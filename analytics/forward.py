"""Forward chaining: learn from what was known on a past day, and be judged by what came after.

What was known is decided by the month of closing. It only cuts the history, and is no feature:
it is not known before the outcome is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.scope import month_names
from analytics.settings import Settings
from analytics.winrate import RepWinRate

CUTS = 6
KNOWN_AT_FIRST = 1 / 3
"""Share of the closed opportunities that the first model learns from."""

SETTLED = 0.9
"""A month is judged when this share of what ever closes of it has closed, by the past's pace."""

LEAST_JUDGED = 200
"""Opportunities on which something can be said about a model; of each outcome, as for a fit."""

STANDARD_ERRORS = 2
"""By which one way of predicting has to be better than a simpler one to be called better."""


@dataclass(frozen=True, eq=False)
class Fold:
    """One cut of the history.

    Attributes
    ----------
    cut
        Month at whose beginning the model is fitted, as in "2026-03".
    train
        Cells that closed before the cut.
    test
        Cells engaged from the cut to the next one, and closed since.
    """

    cut: str
    train: pd.DataFrame
    test: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Chain:
    """The folds of a history, none where it is too short.

    Attributes
    ----------
    months_to_settle
        Months in which nine of ten opportunities close. The last ones before the newest
        closing are not judged: of them only the fast have closed, and these are other ones.
    settled
        False where that would have left too few, so that fast ones are over-represented.
    """

    folds: tuple[Fold, ...]
    months_to_settle: int
    settled: bool


def chain(history: pd.DataFrame, segments: Sequence[str], settings: Settings) -> Chain:
    """Cut the history at up to six months, with about as many opportunities after each.

    Parameters
    ----------
    history
        The mart ``win_history``.
    segments
        Attributes the folds keep, beside rep, team, period (of engagement), wins and trials.
    """
    engaged, closed = (month_numbers(history[f"{what}_month"]) for what in ("engaged", "closed"))
    trials = history["trials"].to_numpy(float)
    months = _months_to_settle(engaged, closed, trials)
    first = _first_cut(closed, history, settings)
    begun_later = engaged >= first
    judged = begun_later & (engaged <= np.nanmax(closed, initial=-np.inf) - months)
    settled = _enough(history[judged], LEAST_JUDGED, settings)
    if not settled:
        judged = begun_later
    if not _enough(history[judged], LEAST_JUDGED, settings):
        return Chain((), months, settled)

    cells = history[["rep", "team", *segments]].assign(
        period=month_names(history["engaged_month"]),
        wins=history["wins"].astype(float),
        trials=trials,
    )
    begun, place = np.unique(engaged[judged], return_inverse=True)
    deals = np.bincount(place, trials[judged])
    window = (CUTS * (np.cumsum(deals) - deals / 2) / deals.sum()).astype(int)
    folds = []
    for number in np.unique(window):
        own = begun[window == number]
        test = cells[judged & np.isin(engaged, own)]
        folds.append(Fold(str(test["period"].min()), cells[closed < own[0]], test))
    return Chain(tuple(folds), months, settled)


def outcomes(cells: pd.DataFrame) -> pd.DataFrame:
    """The cells, once for their wins and once for their losses: won (1 or 0) and deals."""
    won = cells.assign(won=1, deals=cells["wins"])
    lost = cells.assign(won=0, deals=cells["trials"] - cells["wins"])
    both = pd.concat([won, lost], ignore_index=True).drop(columns=["wins", "trials"])
    return both[both["deals"] > 0].reset_index(drop=True)


def predicted(model: RepWinRate, rows: pd.DataFrame) -> NDArray[np.float64]:
    """Win rates of rows as the app predicts them: nobody knows the months to come.

    So each is taken as begun in a usual month.
    """
    return model.predict_proba(rows.assign(period=None))[:, 1]


def log_loss(won: NDArray, rate: NDArray) -> NDArray:
    return -np.log(np.where(won == 1, rate, 1 - rate))


def mean_and_error(
    values: NDArray, deals: NDArray, months: pd.Series | NDArray
) -> tuple[float, float]:
    """Mean over deals, and its standard error.

    The greater of two errors: deals independent of each other, and only their months so (what
    moves a whole month moves all its deals). The second alone is too small with few months.
    """
    total = deals.sum()
    mean = float(deals @ values / total)
    apart = values - mean
    by_month = np.bincount(pd.factorize(months)[0], deals * apart)
    n = len(by_month)
    clustered = by_month @ by_month * n / (n - 1) if n > 1 else 0.0
    return mean, float(np.sqrt(max(deals @ apart**2, clustered)) / total)


def month_numbers(months: pd.Series) -> NDArray[np.float64]:
    """Months numbered in a row; missing ones are NaN, before and after nothing."""
    dates = pd.to_datetime(months)
    return (12 * dates.dt.year + dates.dt.month).to_numpy(float)


def _months_to_settle(engaged: NDArray, closed: NDArray, trials: NDArray) -> int:
    """Judged by the older half of the months, of which hardly anything is still open."""
    both = ~np.isnan(closed - engaged)
    if not both.any():
        return 0
    middle = (engaged[both].min() + engaged[both].max()) / 2
    known = both & (engaged <= middle)
    lasted = np.maximum(closed - engaged, 0)[known].astype(int)
    share = np.cumsum(np.bincount(lasted, trials[known])) / trials[known].sum()
    return int(np.searchsorted(share, SETTLED))


def _first_cut(closed: NDArray, history: pd.DataFrame, settings: Settings) -> float:
    """The month by which enough was known to fit a model; never where it never is."""
    least = KNOWN_AT_FIRST * history["trials"].sum()
    for month in np.unique(closed[~np.isnan(closed)]):
        if _enough(history[closed < month], least, settings):
            return float(month)
    return np.inf


def _enough(rows: pd.DataFrame, deals: float, settings: Settings) -> bool:
    wins, trials = rows["wins"].sum(), rows["trials"].sum()
    won_and_lost = wins >= settings.min_wins and trials - wins >= settings.min_losses
    return bool(trials >= deals and won_and_lost)
