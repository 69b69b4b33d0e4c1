"""How good the win rates are: on the user's own data, forward in time, against simpler ways."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from analytics.forward import (
    STANDARD_ERRORS,
    Fold,
    chain,
    log_loss,
    mean_and_error,
    outcomes,
    predicted,
)
from analytics.settings import Settings
from analytics.study import Study
from analytics.winrate import RepWinRate

CalibrationVerdict = Literal["usable", "with_care", "no_better", "too_little_data"]

METHODS = ("model", "without_reps", "additive", "raw", "constant")

SOUND_SLOPE = (0.7, 1.4)
SOUND_BIAS = 0.05

BINS = 10
LEAST_IN_BIN = 50

RAW_ENDS = (0.01, 0.99)
"""A counted rate of 0 or 1 is cut here; its log loss would be infinite."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the model would have been worth in the past.

    Attributes
    ----------
    verdict
        ``no_better``: its log loss is not below that of the constant rate by two standard
        errors. ``usable``: it is, differences it predicts come true at 0.7 to 1.4 times their
        size (``slope``), and its mean is off by 5 points at most (``bias``). ``with_care``: it
        is better, but they do not. ``too_little_data``: it cannot be told.
    cuts
        Months at whose beginning a model was fitted to what had closed by then.
    months_to_settle, settled
        As in ``analytics.forward.Chain``.
    judged
        Closed opportunities engaged after a cut, each predicted once.
    methods
        One row per method, the model first: method, log_loss, brier; log_loss_above and
        brier_above, what it loses over the constant rate (less is better), with their standard
        errors log_loss_error and brier_error. ``without_reps`` is the model that knows nobody's
        name: what reps add is the model's difference to it, reps_add (log loss, positive is
        better) with its error reps_error.
    curve
        By predicted rate: deals, predicted, observed, low, high (Wilson's interval).
    slope, slope_error
        Of the observed log odds by the predicted ones: below 1, differences are exaggerated.
        None where all predictions are the same.
    bias
        Observed minus predicted mean rate.

    Where there is too little data the rest is None.
    """

    verdict: CalibrationVerdict
    cuts: tuple[str, ...]
    months_to_settle: int
    settled: bool
    judged: int = 0
    methods: pd.DataFrame | None = None
    curve: pd.DataFrame | None = None
    slope: float | None = None
    slope_error: float | None = None
    bias: float | None = None
    reps_add: float | None = None
    reps_error: float | None = None

    @property
    def reps_help(self) -> bool:
        """Whether to know the rep predicts better than to know the segment alone."""
        if self.reps_add is None or self.reps_error is None:
            return False
        return self.reps_add > STANDARD_ERRORS * self.reps_error


def calibration(history: pd.DataFrame, study: Study, settings: Settings) -> Calibration:
    """Fit at past months, predict what was engaged from then on, and compare.

    Parameters
    ----------
    history
        The mart ``win_history``.
    study
        Gives the attributes and the parameters of the model.
    settings
        Minimum of outcomes for a first model, and the interval of the curve.
    """
    past = chain(history, study.segments, settings)
    if study.model is None or not past.folds:
        return Calibration("too_little_data", (), past.months_to_settle, past.settled)
    deals = pd.concat([_predicted(fold, study) for fold in past.folds], ignore_index=True)
    won, weight, rate = (deals[name].to_numpy(float) for name in ("won", "deals", "model"))
    methods = _compared(deals)
    slope, slope_error = _slope(logit(rate), won, weight)
    bias = float(weight @ (won - rate) / weight.sum())
    reps_add, reps_error = mean_and_error(
        log_loss(won, deals["without_reps"].to_numpy()) - log_loss(won, rate),
        weight,
        deals["period"],
    )
    return Calibration(
        verdict=_verdict(methods.iloc[0], slope, bias),
        cuts=tuple(fold.cut for fold in past.folds),
        months_to_settle=past.months_to_settle,
        settled=past.settled,
        judged=int(weight.sum()),
        methods=methods,
        curve=_curve(rate, won, weight, settings.interval),
        slope=slope,
        slope_error=slope_error,
        bias=bias,
        reps_add=reps_add,
        reps_error=reps_error,
    )


def _verdict(model: pd.Series, slope: float | None, bias: float) -> CalibrationVerdict:
    if model["log_loss_above"] > -STANDARD_ERRORS * model["log_loss_error"] or slope is None:
        return "no_better"
    low, high = SOUND_SLOPE
    return "usable" if low <= slope <= high and abs(bias) <= SOUND_BIAS else "with_care"


def _predicted(fold: Fold, study: Study) -> pd.DataFrame:
    """The outcomes after a cut, with a column of predicted rates for every method."""
    rows = outcomes(fold.test)
    ways: dict[str, Callable[[Fold, pd.DataFrame, Study], NDArray | float]] = {
        "model": _model,
        "without_reps": _without_reps,
        "additive": _additive,
        "raw": _raw,
        "constant": _constant,
    }
    return rows.assign(**{name: way(fold, rows, study) for name, way in ways.items()})


def _model(fold: Fold, rows: pd.DataFrame, study: Study) -> NDArray:
    cells = fold.train
    model = clone(study.model).fit_aggregated(cells, cells["wins"], cells["trials"])
    return predicted(model, rows)


def _without_reps(fold: Fold, rows: pd.DataFrame, study: Study) -> NDArray:
    assert study.model is not None
    cells = fold.train.assign(rep="")
    model = RepWinRate(study.segments, by=(), pairs=study.model.pairs, team=None)
    model.fit_aggregated(cells, cells["wins"], cells["trials"])
    return predicted(model, rows.assign(rep=""))


def _additive(fold: Fold, rows: pd.DataFrame, study: Study) -> NDArray:
    """Logistic regression on rep and attributes, as it comes."""
    known = outcomes(fold.train)
    columns = ["rep", *study.segments]
    line = make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression(max_iter=1000))
    line.fit(
        known[columns].astype(object).fillna(""),
        known["won"],
        logisticregression__sample_weight=known["deals"],
    )
    return line.predict_proba(rows[columns].astype(object).fillna(""))[:, 1]


def _raw(fold: Fold, rows: pd.DataFrame, study: Study) -> NDArray:
    """Counted rates of the rep in the segment; the rate of all where nothing was counted."""
    keys = ["rep", *([study.by] if study.by else [])]
    counts = fold.train.groupby(keys, dropna=False, as_index=False)[["wins", "trials"]].sum()
    counted = rows[keys].merge(counts, on=keys, how="left")
    rate = (counted["wins"] / counted["trials"]).fillna(_constant(fold, rows, study))
    return rate.clip(*RAW_ENDS).to_numpy()


def _constant(fold: Fold, rows: pd.DataFrame, study: Study) -> float:
    return float(fold.train["wins"].sum() / fold.train["trials"].sum())


def _compared(deals: pd.DataFrame) -> pd.DataFrame:
    won, weight = deals["won"].to_numpy(), deals["deals"].to_numpy(float)
    losses = {
        "log_loss": lambda rate: log_loss(won, rate),
        "brier": lambda rate: (won - rate) ** 2,
    }
    rows = []
    for method in METHODS:
        row: dict[str, object] = {"method": method}
        for name, loss in losses.items():
            own, constant = loss(deals[method].to_numpy()), loss(deals["constant"].to_numpy())
            row[name] = float(weight @ own / weight.sum())
            above = mean_and_error(own - constant, weight, deals["period"])
            row[f"{name}_above"], row[f"{name}_error"] = above
        rows.append(row)
    return pd.DataFrame(rows)


def _curve(rate: NDArray, won: NDArray, weight: NDArray, interval: float) -> pd.DataFrame:
    """Up to ten bins of about as many deals each."""
    order = np.argsort(rate, kind="stable")
    rate, won, weight = rate[order], won[order], weight[order]
    total = weight.sum()
    bins = int(np.clip(total // LEAST_IN_BIN, 1, BINS))
    number = (bins * (np.cumsum(weight) - weight / 2) / total).astype(int)
    deals = np.bincount(number, weight)
    deals, summed, wins = (
        np.bincount(number, counts)[deals > 0] for counts in (weight, weight * rate, weight * won)
    )
    low, high = wilson(wins, deals, interval)
    return pd.DataFrame(
        {
            "deals": deals.astype(int),
            "predicted": summed / deals,
            "observed": wins / deals,
            "low": low,
            "high": high,
        }
    )


def wilson(wins: NDArray, trials: NDArray, level: float) -> tuple[NDArray, NDArray]:
    """Ends of the interval for a rate that holds the truth with probability ``level``.

    References
    ----------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference",
    JASA 22(158).

    Examples
    --------
    >>> [round(float(end), 3) for end in wilson(np.array(8.0), np.array(10.0), 0.95)]
    [0.49, 0.943]
    """
    z = ndtri((1 + level) / 2)
    centre = (wins + z**2 / 2) / (trials + z**2)
    reach = z / (trials + z**2) * np.sqrt(wins * (trials - wins) / trials + z**2 / 4)
    return centre - reach, centre + reach


def _slope(x: NDArray, won: NDArray, weight: NDArray) -> tuple[float, float] | tuple[None, None]:
    """Of a logistic regression of the outcome on x, with its standard error, by Newton."""
    if np.ptp(x) < 1e-6:
        return None, None
    design = np.column_stack([np.ones_like(x), x - x.mean()])
    line = np.zeros(2)
    for _ in range(30):
        rate = expit(design @ line)
        curvature = design.T @ (design * (weight * rate * (1 - rate))[:, None])
        line += np.linalg.solve(curvature, design.T @ (weight * (won - rate)))
    return float(line[1]), float(np.sqrt(np.linalg.inv(curvature)[1, 1]))
