"""The win rate of every rep in every segment, with its uncertainty."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Tags
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from analytics.winrate.design import Encoder, collapse
from analytics.winrate.evidence import integrated, most_probable
from analytics.winrate.inputs import check_counts, named_columns, two_classes
from analytics.winrate.laplace import Cells
from analytics.winrate.posterior import Posterior
from analytics.winrate.precision import Design
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
        None takes every column that has no other role.
    by
        Those of ``segments`` in which reps may differ from each other in their own way.
    pairs
        Tuples of segments whose combination has an effect of its own, common to all reps.
    cell
        Those of ``segments`` that make the cells: a rep may differ from what all else says in
        each combination of their levels. Without it intervals are too short wherever reps are
        good at something that no single attribute names.
    rep
        Column of who worked the deal.
    team, period
        Columns of the rep's team and of the month in which work on the deal *began*; None
        without. The month of closing is no period: it is known only with the outcome.
    drift
        Column of an ordered time in which the effect of a rep wanders: a random walk, of which
        rows without a time get the newest place. None keeps reps as they are.
    prior_sd
        What a standard deviation is expected to be before any data (log odds).
    n_scales
        Standard deviations over which estimates are averaged; best a power of 2, 32 is plenty.
        0 takes the most probable ones, in a quarter of the time or less.

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
        segments: Sequence[str] | None = ("product", "sector"),
        by: Sequence[str] = ("product",),
        pairs: Sequence[tuple[str, ...]] = (),
        cell: Sequence[str] = (),
        rep: str = "rep",
        team: str | None = "team",
        period: str | None = "period",
        drift: str | None = None,
        prior_sd: float = 0.25,
        n_scales: int = 0,
    ) -> None:
        self.segments = segments
        self.by = by
        self.pairs = pairs
        self.cell = cell
        self.rep = rep
        self.team = team
        self.period = period
        self.drift = drift
        self.prior_sd = prior_sd
        self.n_scales = n_scales

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
        deals = named_columns(self, X, fitting=True)
        won, classes = two_classes(y, len(deals))
        trials = _check_sample_weight(sample_weight, deals)
        self._fit(deals, trials * won, trials)
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
        cells = named_columns(self, cells, fitting=True)
        self._fit(cells, np.asarray(wins, float), np.asarray(trials, float))
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: pd.DataFrame) -> NDArray:
        """Expected rate of losing and of winning, shape (n_rows, 2).

        Parameters
        ----------
        X
            Rows with the rep and the segments. A rep without a team has its fitted one; without
            a period the rate is that of the month of the mean deal.
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
            len(self.by),
            self.prior_sd,
            n_boot,
            np.random.default_rng(random_state),
            alpha=alpha,
            min_wins=min_wins,
            min_losses=min_losses,
            power=power,
        )

    def _fit(self, deals: pd.DataFrame, wins: NDArray, trials: NDArray) -> None:
        check_counts(len(deals), wins, trials)
        segments = self._segments(deals)
        counted = trials > 0
        deals, wins, trials = deals[counted], wins[counted], trials[counted]
        self._encoder = Encoder(
            segments,
            self.by,
            self.rep,
            self.team,
            self.period,
            self.pairs,
            self.cell,
            self.drift,
        )
        rows, wins, trials = collapse(self._encoder.learn(deals, trials), wins, trials)
        self._cells = Cells(Design(rows, self._encoder.layout), wins, trials)
        if self.n_scales:
            self._fits = integrated(self._cells, self.prior_sd, self.n_scales)
        else:
            self._fits = [most_probable(self._cells, self.prior_sd)]
        weights = [fit.weight for fit in self._fits]
        self._period_shares = self._encoder.period_shares(rows, trials)
        sd = np.average([fit.sd[1:] for fit in self._fits], axis=0, weights=weights)
        self.variance_components_ = dict(zip(self._encoder.families, sd.tolist(), strict=True))
        self.evidence_ = float(
            np.average([fit.posterior.log_evidence for fit in self._fits], weights=weights)
        )
        self.n_trials_, self.n_wins_ = float(trials.sum()), float(wins.sum())

    def _posterior(self, X: ArrayLike) -> Posterior:
        check_is_fitted(self)
        deals = named_columns(self, X, fitting=False)
        known, shares = self._encoder.layout, self._period_shares
        return Posterior(self._fits, known, shares, *self._encoder.rows(deals))

    def _segments(self, deals: pd.DataFrame) -> list[str]:
        """The columns of the segments, no column having two roles."""
        roles = [self.rep, *(n for n in (self.team, self.period, self.drift) if n is not None)]
        segments = self.segments
        if segments is None:
            segments = [name for name in deals.columns if name not in roles]
        named = [*roles, *segments]
        if len(set(named)) < len(named):
            raise ValueError(f"a column has two roles: {', '.join(named)}")
        for role, names in (
            ("by", self.by),
            ("cell", self.cell),
            *(("pairs", p) for p in self.pairs),
        ):
            if not set(names) <= set(segments):
                raise ValueError(f"{role} {tuple(names)} must be among segments {tuple(segments)}")
        return list(segments)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.categorical = tags.input_tags.string = True
        return tags
