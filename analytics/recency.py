"""How fast the past loses its worth: the half-life of what a closed deal teaches."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone

from analytics.forward import (
    STANDARD_ERRORS,
    Fold,
    chain,
    log_loss,
    mean_and_error,
    month_numbers,
    outcomes,
    predicted,
)
from analytics.settings import Settings
from analytics.study import Study

HALF_LIVES = (None, 24, 12, 6, 3)
"""Months, the simplest first: None keeps all deals at full weight."""


@dataclass(frozen=True, eq=False)
class HalfLife:
    """How long it takes until a deal teaches half as much as a new one.

    Attributes
    ----------
    months
        None, all deals at full weight, unless some half-life predicts better by two standard
        errors; then the longest one that predicts within one of the best. (By one alone, half
        of the companies without drift were given one: to weigh is also to shrink.)
    tried
        One row per half-life: half_life (missing for none), log_loss of later deals, above (what
        it loses over none, less is better) and error (its standard error). Empty without
        history.

    References
    ----------
    Breiman et al. (1984), Classification and Regression Trees, section 3.4.3, on the rule of
    one standard error: of what chance alone may tell apart, the simplest is taken.
    """

    months: int | None
    tried: pd.DataFrame


def half_life(history: pd.DataFrame, study: Study, settings: Settings) -> HalfLife:
    """Choose among ``HALF_LIVES`` by forward chaining.

    Parameters
    ----------
    history
        The mart ``win_history``.
    study
        Gives the attributes and the parameters of the model.
    settings
        Minimum of outcomes for a first model.
    """
    folds = chain(history, study.segments, settings).folds
    if study.model is None or not folds:
        return HalfLife(None, pd.DataFrame())
    rows = [outcomes(fold.test) for fold in folds]
    deals = pd.concat(rows, ignore_index=True)
    won, weight = deals["won"].to_numpy(), deals["deals"].to_numpy(float)
    losses = []
    for months in HALF_LIVES:
        rates = [
            _rates(study, fold, months, later) for fold, later in zip(folds, rows, strict=True)
        ]
        losses.append(log_loss(won, np.concatenate(rates)))

    def above(other: NDArray) -> pd.DataFrame:
        pairs = [mean_and_error(loss - other, weight, deals["period"]) for loss in losses]
        return pd.DataFrame(pairs, columns=["above", "error"])

    tried = above(losses[0])
    tried.insert(0, "half_life", pd.array(HALF_LIVES, dtype="Int64"))
    tried.insert(1, "log_loss", [float(weight @ loss / weight.sum()) for loss in losses])
    return HalfLife(_chosen(tried, above(losses[int(tried["log_loss"].argmin())])), tried)


def _chosen(against_none: pd.DataFrame, against_best: pd.DataFrame) -> int | None:
    if not (against_none["above"] < -STANDARD_ERRORS * against_none["error"]).any():
        return None
    near = against_best["above"] <= against_best["error"]
    return HALF_LIVES[near.iloc[1:].idxmax()]


def recency(period: pd.Series, now: str, half_life: float | None) -> NDArray[np.float64]:
    """Weight of deals by the month they began in: halved with every half-life before ``now``.

    Parameters
    ----------
    period
        Months as in "2026-03"; where it is missing, the weight is the mean of the others.
    now
        Month from which is counted back; what is later weighs one.
    half_life
        Months; None gives all the weight one.

    Examples
    --------
    >>> recency(pd.Series(["2026-03", "2025-12", None]), "2026-03", half_life=3).tolist()
    [1.0, 0.5, 0.75]
    """
    if half_life is None or period.isna().all():
        return np.ones(len(period))
    [end] = month_numbers(pd.Series([now]))
    weight = 0.5 ** (np.maximum(end - month_numbers(period), 0) / half_life)
    return np.where(np.isnan(weight), np.nanmean(weight), weight)


def _rates(study: Study, fold: Fold, months: int | None, rows: pd.DataFrame) -> NDArray:
    cells = fold.train
    weight = recency(cells["period"], fold.cut, months)
    wins, trials = weight * cells["wins"], weight * cells["trials"]
    return predicted(clone(study.model).fit_aggregated(cells, wins, trials), rows)
