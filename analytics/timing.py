"""When opportunities end, and what closed ones alone get wrong while others are still open."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from analytics.settings import SETTINGS

BAND_DAYS = 28
"""Days of one age band of the mart ``deal_ages``."""

CENSORING = (
    *("engaged_month", "created", "won", "lost", "open"),
    *("share_open", "closed_only", "bias", "warned"),
)


@dataclass(frozen=True)
class Ends:
    """Chances of how opportunities end; arrays of one shape.

    ``won``, ``lost`` and ``open`` add up to 1. ``extrapolated`` is the part of ``won + lost`` that
    lies at ages that hardly any opportunity was observed at.
    """

    won: NDArray
    lost: NDArray
    open: NDArray
    extrapolated: NDArray


@dataclass(frozen=True)
class Censoring:
    """What is missing from a win rate of closed opportunities, because others are still open.

    Attributes
    ----------
    cohorts
        One row per month of engagement: created, won, lost, open; share_open; closed_only, the
        win rate of its closed ones; bias, by how much (in rate) opportunities of that age make
        a rate of closed ones too high; warned.
    speed_ratio
        Mean days to lose over mean days to win, both of closed ones of the same month. It lies
        nearer to 1 than the truth while slow ones are open. Missing with too few of either.
    p_value
        Of that ratio, if wins and losses were equally fast.
    differ
        Whether they are not.
    closed_only, competing_risk
        Win rate of all closed ones, and with the open ones taken into account (Aalen-Johansen).
    extrapolated
        Share of opportunities whose end had to be assumed for ``competing_risk``.
    """

    cohorts: pd.DataFrame
    speed_ratio: float
    p_value: float
    differ: bool
    closed_only: float
    competing_risk: float
    extrapolated: float

    @property
    def warned(self) -> bool:
        return bool(self.cohorts["warned"].any())

    @property
    def points(self) -> float:
        """Percentage points by which the rate of closed ones is too high; negative: too low."""
        return 100 * (self.closed_only - self.competing_risk)


def censoring(
    cohorts: pd.DataFrame,
    deal_ages: pd.DataFrame,
    *,
    max_open: float = SETTINGS.max_open,
    alpha: float = 0.01,
    min_ratio: float = 1.1,
    min_observed: int = 50,
) -> Censoring:
    """Whether, where and by how much open opportunities bend the win rate of the closed ones.

    A month is warned of when more than ``max_open`` of it is open and wins and losses differ in
    speed: then those that closed are the quick kind. If both are equally fast, the closed ones
    are a fair sample and nothing is wrong, however many are open. Losses that are slower make
    the rate of the closed too high, quicker ones too low.

    Parameters
    ----------
    cohorts, deal_ages
        The marts of those names.
    max_open
        Share of a month from which it is warned of.
    alpha, min_ratio
        Speeds differ when the p value is at most this *and* the ratio is at least ``min_ratio``
        either way, so neither chance in a small company nor a trifle in a large one warns.
    min_observed
        Closings that the oldest band must hold; fewer are pooled with the band before.
    """
    ratio, p_value = speeds(cohorts)
    differ = bool(p_value <= alpha and max(ratio, 1 / ratio) >= min_ratio)
    won, closed = cohorts["won"].sum(), (cohorts["won"] + cohorts["lost"]).sum()
    course = _pooled_course(deal_ages, min_observed)
    finally_ = ends(*course, horizon_days=horizon(deal_ages, min_observed))
    by_now = ends(*course, within=cohorts["age_days"].to_numpy(float) + 1)
    with np.errstate(invalid="ignore"):
        expected = by_now.won / (by_now.won + by_now.lost)
    share_open = cohorts["open"] / cohorts["created"]
    rows = cohorts.assign(
        share_open=share_open,
        closed_only=cohorts["won"] / (cohorts["won"] + cohorts["lost"]),
        bias=expected - finally_.won,
        warned=differ & (share_open > max_open),
    )
    return Censoring(
        cohorts=rows[list(CENSORING)],
        speed_ratio=ratio,
        p_value=p_value,
        differ=differ,
        closed_only=float(won / closed) if closed else np.nan,
        competing_risk=float(finally_.won) if closed else np.nan,
        extrapolated=float(finally_.extrapolated) if closed else np.nan,
    )


def speeds(cohorts: pd.DataFrame) -> tuple[float, float]:
    """Days to lose over days to win, compared within months, and the p value of their equality.

    Months have been watched for different times, but within one wins and losses have been for
    the same, so equal speeds look equal in it. Months count by the information that they hold.
    """
    rows = cohorts[(cohorts["won"] >= 2) & (cohorts["lost"] >= 2)]
    won, lost = rows["won"].to_numpy(float), rows["lost"].to_numpy(float)
    weight = won * lost / (won + lost)
    days_to_win, error_won = _mean_and_error(rows, "win", won)
    days_to_lose, error_lost = _mean_and_error(rows, "lose", lost)
    error = np.sqrt(weight**2 @ (error_won + error_lost))
    slow, quick = weight @ days_to_lose, weight @ days_to_win
    if not (error > 0 and quick > 0 and slow > 0):
        return np.nan, np.nan
    return float(slow / quick), float(2 * ndtr(-abs(slow - quick) / error))


def ends(
    closing: NDArray,
    winning: NDArray,
    *,
    after: ArrayLike = 0.0,
    within: ArrayLike = np.inf,
    horizon_days: float = np.inf,
) -> Ends:
    """How opportunities end that are open at one age, within some days from there.

    Within a band the closing rate is constant, so part of a band closes its part; the last band
    goes on without end.

    Parameters
    ----------
    closing
        Chance to close in each band if open at its start, shape (..., bands).
    winning
        Chance that what closes in the band is won, same shape.
    after, within
        Age (days), and days from there; broadcast with all but the last axis of ``closing``.
    horizon_days
        Age up to which the data reach.

    References
    ----------
    Aalen and Johansen (1978), Scandinavian Journal of Statistics 5(3); in discrete time.
    """
    first = np.asarray(after, float)[..., None]
    last = first + np.asarray(within, float)[..., None]
    stay, reached = _stay(closing, first, last)
    closed = reached * -np.expm1(stay)
    still = np.exp(stay.sum(axis=-1))
    until, _ = _stay(closing, first, np.maximum(first, np.minimum(last, horizon_days)))
    return Ends(
        won=(closed * winning).sum(axis=-1),
        lost=(closed * (1 - winning)).sum(axis=-1),
        open=still,
        extrapolated=np.exp(until.sum(axis=-1)) - still,
    )


def _stay(closing: NDArray, first: NDArray, last: NDArray) -> tuple[NDArray, NDArray]:
    """Log chance to stay open through each band's part of an age span; chance to get there."""
    starts = BAND_DAYS * np.arange(closing.shape[-1], dtype=float)
    stops = np.append(starts[1:], np.inf)
    part = np.maximum(np.minimum(stops, last) - np.maximum(starts, first), 0) / BAND_DAYS
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.where((part > 0) & (closing > 0), part * np.log1p(-closing), 0.0)
    before = np.cumsum(stay[..., :-1], axis=-1)
    return stay, np.exp(np.concatenate([np.zeros_like(stay[..., :1]), before], axis=-1))


def last_band(counts: pd.Series, min_observed: int) -> int:
    """The oldest band that, with all older ones, holds ``min_observed``; 0 if none does.

    Parameters
    ----------
    counts
        Some count by band number.
    """
    from_there = counts.sort_index(ascending=False).cumsum()
    return int(max(from_there.index[from_there >= min_observed], default=0))


def horizon(deal_ages: pd.DataFrame, min_observed: int) -> float:
    """Age (days) up to which at least ``min_observed`` opportunities were at risk."""
    at_risk = deal_ages.groupby("band")["at_risk"].sum()
    return BAND_DAYS * (last_band(at_risk, min_observed) + 1.0)


def _pooled_course(deal_ages: pd.DataFrame, min_observed: int) -> tuple[NDArray, NDArray]:
    """Closing and winning chances by band, of all opportunities together."""
    closed = deal_ages["won"] + deal_ages["lost"]
    oldest = last_band(closed.groupby(deal_ages["band"]).sum(), min_observed)
    totals = (
        deal_ages.assign(closed=closed)
        .groupby(deal_ages["band"].clip(upper=oldest))[["at_risk", "closed", "won"]]
        .sum()
        .reindex(range(oldest + 1), fill_value=0.0)
        .to_numpy(float)
    )
    at_risk, closings, won = totals.T
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(closings / at_risk), np.nan_to_num(won / closings)


def _mean_and_error(rows: pd.DataFrame, end: str, number: NDArray) -> tuple[NDArray, NDArray]:
    """Mean days to an end in each month, and its squared standard error."""
    mean = rows[f"days_to_{end}_sum"].to_numpy(float) / number
    squares = rows[f"days_to_{end}_squares"].to_numpy(float)
    return mean, np.maximum(squares - number * mean**2, 0) / (number * (number - 1))
