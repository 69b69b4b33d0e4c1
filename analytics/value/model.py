"""What a won deal is worth, by rep and segment: E[amount | win], with its uncertainty.

The mean of an amount is not the exponential of the mean logarithm. If logarithms are normal, the
factor between them is ``exp(spread ** 2 / 2)``. It is corrected by what was won over what is so
predicted, by level of the first segment. That ratio is 1 where logarithms are normal; where they
are not, it makes the predictions of a level add up to what was won.

References
----------
Snowdon (1991), "A ratio estimator for bias correction in logarithmic regressions", Canadian
Journal of Forest Research 21(5), a form of the smearing of Duan (1983). Manning (1998), "The
logged dependent variable, heteroscedasticity, and the retransformation problem", Journal of
Health Economics 17(3), on why it goes by level.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import ndtri
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from analytics.value.amounts import Amounts, most_probable, posterior_mode
from analytics.winrate.design import MISSING, Encoder
from analytics.winrate.precision import Design, Precision

SEGMENT_SD = 1.0
"""What the standard deviation between the levels of a segment is expected to be: a price list
spans orders of magnitude."""

RATIO_DEALS = 2
"""Deals from which a level's ratio is as much its own as that of all levels. So many are also
what the prior of its spread is worth (``LEVEL_LOG_SD``)."""

MEASURES = ("deals", "amount", "amount_sq", "log_mean", "log_m2")
"""Columns of the mart ``won_values`` that hold numbers."""


class ValueModel(BaseEstimator):
    """Expected amount of a won deal, shrunk as far as the data ask for.

    The logarithm of an amount is normal around ``intercept + sum of segment effects + team + rep
    + sum of rep-in-segment effects``. Each family of effects has a standard deviation of its own,
    which the data decide. How far single deals spread differs by level of the first segment: a
    list price is kept to the percent, a project's is not.

    Parameters
    ----------
    segments
        Columns that describe a deal: each of their levels has an effect common to all reps.
    by
        Those of ``segments`` in which reps may differ from each other in their own way.
    rep, team
        Columns of who won the deal, and of the rep's team; None without.
    prior_sd
        What a standard deviation between teams, reps, or a rep's segments is expected to be
        before any data (logarithms). That a colleague's deals of one kind are a quarter larger
        is common, and that they are twice the size is not.

    Attributes
    ----------
    variance_components_ : dict of str to float
        Standard deviation (logarithms) of each family, by name as in ``RepWinRate``.
    spread_ : dict
        Standard deviation (logarithms) of single deals, by level of the first segment.
    n_deals_ : int
        Won deals of the fit.

    Notes
    -----
    A missing value is a level of its own. A level that the fit never saw has the prior of its
    family. Intervals hold at the most probable standard deviations, so they are a little too
    short with few deals. What only one rep sells cannot tell the rep from the segment; the
    effect is split by the standard deviations.
    """

    def __init__(
        self,
        segments: Sequence[str] = ("product",),
        by: Sequence[str] = (),
        rep: str = "rep",
        team: str | None = "team",
        prior_sd: float = 0.25,
    ) -> None:
        self.segments = segments
        self.by = by
        self.rep = rep
        self.team = team
        self.prior_sd = prior_sd

    def fit(self, cells: pd.DataFrame) -> "ValueModel":
        """Learn from won deals.

        Parameters
        ----------
        cells
            Rows of the mart ``won_values``: its numbers, and the columns named in the
            constructor. How deals are spread over rows makes no difference.

        Raises
        ------
        ValueError
            There is no won deal.
        KeyError
            A column is missing.
        """
        self._encoder = Encoder(
            segments=self.segments, by=self.by, rep=self.rep, team=self.team, period=None
        )
        self._cells = self.pooled(cells)
        deals, log_mean = self._cells["deals"].to_numpy(), self._cells["log_mean"].to_numpy()
        rows = self._encoder.learn(self._cells, deals)
        self._levels = pd.Index(sorted(set(self._spread_by(self._cells)), key=str), dtype=object)
        level = self._level(self._cells)
        self._centre = np.average(log_mean, weights=deals)
        amounts = Amounts(
            Design(rows, self._encoder.layout),
            deals,
            log_mean - self._centre,
            self._cells["log_m2"].to_numpy(),
            level,
        )
        families = self._encoder.families
        prior = [SEGMENT_SD if name in self.segments else self.prior_sd for name in families]
        self._sd, spread = most_probable(amounts, np.array(prior))
        self.variance_components_ = dict(zip(families, self._sd[1:].tolist(), strict=True))
        self.spread_ = dict(zip(self._levels, spread.tolist(), strict=True))
        self.n_deals_ = int(deals.sum())

        # The last place is that of a level without deals.
        self._spread = np.append(spread, np.exp(np.log(spread).mean()))
        self._log_factor = self._spread**2 / 2
        self._deal_variance = self._ratio_variance = np.zeros(len(self._spread))
        predicted = self.predict(self._cells)
        ratio, self._deal_variance = _ratios(self._cells, predicted, level, len(self._spread))
        self._log_factor += np.log(ratio)
        # What is linear in the logarithms is in the variance of their mean already.
        beyond = np.maximum(self._deal_variance - self._spread**2, 0)
        n_deals = np.bincount(level, deals, minlength=len(self._spread))
        self._ratio_variance = np.log1p(beyond / (n_deals + RATIO_DEALS))
        return self

    def predict(self, X: pd.DataFrame) -> NDArray:
        """Expected amount of a won deal (currency), shape (n_rows,).

        Parameters
        ----------
        X
            Rows with the rep and the segments. A rep without a team has its fitted one.
        """
        centre, variance = self._log_value(X)
        return np.exp(centre + variance / 2)

    def predict_interval(self, X: pd.DataFrame, level: float = 0.9) -> NDArray:
        """Low and high end of the *expected* amount, shape (n_rows, 2).

        Single deals spread far beyond it.
        """
        centre, variance = self._log_value(X)
        reach = ndtri((1 + level) / 2) * np.sqrt(variance)
        return np.exp(np.column_stack([centre - reach, centre + reach]))

    def posterior_samples(self, X: pd.DataFrame, size: int = 500, random_state: int = 0) -> NDArray:
        """Draws of the expected amounts, joint over the rows, shape (size, n_rows)."""
        rng = np.random.default_rng(random_state)
        posterior, level = self.posterior(X), self._level(X)
        logs = posterior.offset[:, None] + posterior.matrix @ posterior.effects(size, rng)
        error = rng.standard_normal((len(self._spread), size))
        logs += (np.sqrt(self._ratio_variance)[:, None] * error)[level]
        return np.exp(logs).T

    def pooled(self, cells: pd.DataFrame) -> pd.DataFrame:
        """One row for all that have the same rep, team and segments.

        Raises
        ------
        ValueError
            There is no won deal.
        """
        if not cells["deals"].sum() > 0:
            raise ValueError("no won deals with an amount")
        keys = self._columns(cells)
        deals, log_mean = cells["deals"], cells["log_mean"]
        rows = cells[[*keys, *MEASURES]].astype(dict.fromkeys(MEASURES, float))
        rows["log_mean"] *= deals
        sums = rows.groupby(keys, dropna=False, sort=False)[["deals", "log_mean"]].transform("sum")
        rows["log_m2"] += deals * (log_mean - sums["log_mean"] / sums["deals"]) ** 2
        rows = rows.groupby(keys, dropna=False, sort=False, as_index=False).sum()
        rows["log_mean"] /= rows["deals"]
        return rows

    def posterior(self, X: pd.DataFrame) -> "Posterior":
        """The effects that add up to the value of each row, and how sure they are."""
        check_is_fitted(self)
        # A level that the fit never saw is a coefficient that nothing observed bears on. So what
        # was observed is encoded once more, beside the rows asked about.
        both = pd.concat([self._cells, X[self._columns(X)]])
        design, n_fitted = Design(*self._encoder.rows(both)), len(self._cells)
        deals = self._cells["deals"].to_numpy()
        weight = np.append(deals / self._spread[self._level(self._cells)] ** 2, np.zeros(len(X)))
        log_mean = np.append(self._cells["log_mean"] - self._centre, np.zeros(len(X)))
        scale = self._sd[design.families]
        precision, mode = posterior_mode(design, log_mean, weight, scale)
        shared = [i for i, name in enumerate(self._encoder.families, 1) if name in self.segments]
        level = self._level(X)
        return Posterior(
            matrix=design.matrix[n_fitted:],
            offset=self._centre + self._log_factor[level],
            scale=scale,
            mode=mode,
            precision=precision,
            variance=design.variance(precision.inverse, scale)[n_fitted:],
            deal_variance=self._deal_variance[level],
            own=~np.isin(design.families, [0, *shared]),
        )

    def _log_value(self, X: pd.DataFrame) -> tuple[NDArray, NDArray]:
        """Mean and variance of the logarithm of the expected amount of each row."""
        posterior = self.posterior(X)
        centre = posterior.offset + posterior.matrix @ (posterior.scale * posterior.mode)
        return centre, posterior.variance + self._ratio_variance[self._level(X)]

    def _level(self, X: pd.DataFrame) -> NDArray:
        """Number of the level by which the spread differs; the last for one without deals."""
        place = self._levels.get_indexer(self._spread_by(X))
        return np.where(place < 0, len(self._levels), place)

    def _spread_by(self, X: pd.DataFrame) -> pd.Index:
        if not self.segments:
            return pd.Index([MISSING] * len(X), dtype=object)
        column = X[self.segments[0]].astype(object)
        return pd.Index(column.where(column.notna(), MISSING), dtype=object)

    def _columns(self, X: pd.DataFrame) -> list[str]:
        team = [self.team] if self.team is not None and self.team in X else []
        return [self.rep, *team, *self.segments]


@dataclass(frozen=True)
class Posterior:
    """What the model knows of some rows.

    A coefficient is ``scale * v``, with v normal around ``mode``. The expected amount of a row is
    ``exp(offset + matrix @ coefficients)``.

    Attributes
    ----------
    matrix : csr_array of shape (n_rows, n_coefficients)
    offset : ndarray of shape (n_rows,)
    scale, mode : ndarray of shape (n_coefficients,)
    precision : Precision
        Of v.
    variance : ndarray of shape (n_rows,)
        Of ``matrix @ coefficients``.
    deal_variance : ndarray of shape (n_rows,)
        Of the amount of a single deal, over the square of its expectation.
    own : ndarray of bool, shape (n_coefficients,)
        Which coefficients belong to a rep or a team; the others are the same for all.
    """

    matrix: csr_array
    offset: NDArray
    scale: NDArray
    mode: NDArray
    precision: Precision
    variance: NDArray
    deal_variance: NDArray
    own: NDArray

    def effects(self, size: int, rng: np.random.Generator) -> NDArray:
        """Draws of the coefficients, shape (n_coefficients, size)."""
        noise = rng.standard_normal((len(self.mode), size))
        return self.scale[:, None] * (self.mode[:, None] + self.precision.colour(noise))


def _ratios(
    cells: pd.DataFrame, predicted: NDArray, level: NDArray, n_levels: int
) -> tuple[NDArray, NDArray]:
    """Won over ``predicted`` amount by level, and the relative variance of a deal around it."""
    deals, amount, square = cells[["deals", "amount", "amount_sq"]].to_numpy().T

    def by_level(sums: NDArray) -> NDArray:
        return np.bincount(level, sums, minlength=n_levels)

    def shrunk(sums: NDArray, weights: NDArray) -> NDArray:
        means = np.divide(sums, weights, out=np.zeros(n_levels), where=n_deals > 0)
        overall = np.average(means, weights=n_deals)
        return (n_deals * means + RATIO_DEALS * overall) / (n_deals + RATIO_DEALS)

    n_deals = by_level(deals)
    ratio = shrunk(by_level(amount), by_level(deals * predicted))
    predicted = predicted * ratio[level]
    squares = deals - 2 * amount / predicted + square / predicted**2
    return ratio, shrunk(by_level(np.maximum(squares, 0)), n_deals)
