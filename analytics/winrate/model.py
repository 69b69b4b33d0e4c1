"""The win rate of every rep in every segment, with its uncertainty."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from analytics.winrate.arrowhead import Design
from analytics.winrate.design import Encoder, collapse
from analytics.winrate.evidence import most_probable
from analytics.winrate.laplace import Cells
from analytics.winrate.posterior import Posterior
from analytics.winrate.signal import SignalTest, signal_test


class RepWinRate(ClassifierMixin, BaseEstimator):
    """Win rates of reps by segment, shrunk as far as the data ask for.

    A deal is won with log odds ``intercept + sum of segment effects + month + team + rep + sum
    of rep-in-segment effects``. Each family of effects is normal around zero with a standard
    deviation of its own, which the data decide (``analytics.winrate.evidence``). So a rep with
    three wins in three deals is not at 100 %, and a family without signal all but vanishes.

    Parameters
    ----------
    segments
        Columns that describe a deal: each of their levels has an effect common to all reps.
    by
        Those of ``segments`` in which reps may differ from each other in their own way.
    rep
        Column of who worked the deal.
    team, period
        Columns of the rep's team and of the month in which work on the deal *began*; None
        without. The month of closing is no period: it is known only with the outcome.
    prior_sd
        What a standard deviation is expected to be before any data (log odds).

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The labels; the second is the win.
    variance_components_ : dict of str to float
        Standard deviation (log odds) of each family, by the name of its column, or by
        "rep:segment" for those of the reps in a segment.
    evidence_ : float
        Log probability of the outcomes given these standard deviations (Laplace); constant
        binomial coefficients left out.
    n_trials_, n_wins_ : float
        Closed and won deals of the fit, weighted if weights were given.

    Notes
    -----
    In a fit a missing value is a level of its own, named "". A level that the fit never saw has
    the prior of its family: the average effect, and the family's full uncertainty. Intervals
    hold at the most probable standard deviations, so they are a little too short where these
    are uncertain; ``tests/test_winrate_model.py`` measures by how much.
    """

    def __init__(
        self,
        segments: Sequence[str] = ("product", "sector"),
        by: Sequence[str] = ("product",),
        rep: str = "rep",
        team: str | None = "team",
        period: str | None = "period",
        prior_sd: float = 0.25,
    ) -> None:
        self.segments = segments
        self.by = by
        self.rep = rep
        self.team = team
        self.period = period
        self.prior_sd = prior_sd

    def fit(self, X: pd.DataFrame, y: ArrayLike, sample_weight: ArrayLike | None = None):
        """Learn from closed deals.

        Parameters
        ----------
        X
            One row per closed deal, with the columns named in the constructor.
        y
            Outcome of each: any two labels, of which the greater is the win. A single label is
            accepted when it is 0 or 1.
        sample_weight
            Weight of each deal, for example less for older ones; half a deal teaches half as
            much.

        Raises
        ------
        ValueError
            A column is missing, the labels are not two, or no deal has weight.
        """
        labels = np.asarray(y)
        if labels.shape != (len(X),):
            raise ValueError(f"y has shape {labels.shape}, X has {len(X)} rows")
        classes = np.unique(labels)
        if len(classes) == 1 and np.isin(classes, [0, 1]).all():
            classes = np.array([0, 1], dtype=classes.dtype)
        if len(classes) != 2:
            raise ValueError(f"y must hold 2 classes, got {len(classes)} class(es)")
        trials = np.ones(len(X)) if sample_weight is None else np.asarray(sample_weight, float)
        self._fit(X, trials * (labels == classes[1]), trials)
        self.classes_ = classes
        return self

    def fit_aggregated(self, cells: pd.DataFrame, wins: ArrayLike, trials: ArrayLike):
        """Learn from counts: ``wins`` of ``trials`` closed deals in each row of ``cells``.

        Both may be fractional. The fit is that of the single deals.

        Raises
        ------
        ValueError
            A column is missing, the counts do not fit the rows, somewhere there are fewer than
            zero wins or more wins than trials, or there is no trial at all.
        """
        self._fit(cells, np.asarray(wins, float), np.asarray(trials, float))
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray:
        """Expected rate of losing and of winning, shape (n_rows, 2).

        Parameters
        ----------
        X
            Rows with the rep and the segments. A rep without a team has its fitted one; without
            a period the rate is that of the average month.
        """
        won = self._posterior(X).mean()
        return np.column_stack([1 - won, won])

    def predict(self, X: pd.DataFrame) -> NDArray:
        """The likelier label of each row, shape (n_rows,)."""
        likelier = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likelier]

    def predict_interval(self, X: pd.DataFrame, level: float = 0.9) -> NDArray:
        """Low and high end of the win rate of each row, shape (n_rows, 2).

        The central posterior interval of the *rate*, not of a single outcome.
        """
        return self._posterior(X).interval(level)

    def posterior_samples(self, X: pd.DataFrame, size: int = 500, random_state: int = 0) -> NDArray:
        """Draws of the win rates, joint over the rows, shape (size, n_rows)."""
        return self._posterior(X).draws(size, np.random.default_rng(random_state))

    def signal_test(
        self,
        n_boot: int = 999,
        random_state: int = 0,
        *,
        alpha: float = 0.05,
        min_wins: float = 40,
        min_losses: float = 40,
        power: float = 0.8,
    ) -> SignalTest:
        """Whether the data show that reps differ, and that they differ by segment.

        Parameters
        ----------
        n_boot
            Simulated worlds without differences.
        random_state
            Seed of the simulation.
        alpha
            Evidence is claimed at a p of at most this.
        min_wins, min_losses
            With fewer closed deals of either outcome nothing is tested.
        power
            Probability of a claim that defines the detectable effect.
        """
        check_is_fitted(self)
        return signal_test(
            self._cells,
            self.prior_sd,
            n_boot,
            np.random.default_rng(random_state),
            alpha=alpha,
            min_wins=min_wins,
            min_losses=min_losses,
            power=power,
        )

    def _fit(self, deals: pd.DataFrame, wins: NDArray, trials: NDArray) -> None:
        self._check_columns()
        _check_counts(len(deals), wins, trials)
        counted = trials > 0
        deals, wins, trials = deals[counted], wins[counted], trials[counted]
        self._encoder = Encoder(self.segments, self.by, self.rep, self.team, self.period)
        rows, wins, trials = collapse(self._encoder.learn(deals, trials), wins, trials)
        self._cells = Cells(Design(rows, self._encoder.layout), wins, trials)
        self._fitted = most_probable(self._cells, self.prior_sd)
        components = zip(self._encoder.families, self._fitted.sd[1:].tolist(), strict=True)
        self.variance_components_ = dict(components)
        self.evidence_ = self._fitted.posterior.log_evidence
        self.n_trials_, self.n_wins_ = float(trials.sum()), float(wins.sum())

    def _posterior(self, X: pd.DataFrame) -> Posterior:
        check_is_fitted(self)
        return Posterior(self._fitted, self._encoder.layout, *self._encoder.rows(X))

    def _check_columns(self) -> None:
        names = [self.rep, *self.segments, *(n for n in (self.team, self.period) if n is not None)]
        if len(set(names)) < len(names):
            raise ValueError(f"a column has two roles: {', '.join(names)}")
        if not set(self.by) <= set(self.segments):
            raise ValueError(f"by {tuple(self.by)} must be among segments {tuple(self.segments)}")


def _check_counts(n_rows: int, wins: NDArray, trials: NDArray) -> None:
    if wins.shape != (n_rows,) or trials.shape != (n_rows,):
        raise ValueError(f"{n_rows} rows, but wins {wins.shape} and trials {trials.shape}")
    if not (np.isfinite(trials).all() and (wins >= 0).all() and (wins <= trials).all()):
        raise ValueError("wins must lie between 0 and trials, and trials be finite")
    if not trials.any():
        raise ValueError("no closed deals to learn from")
