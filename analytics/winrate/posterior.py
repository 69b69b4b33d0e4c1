"""What the fitted model says of any rows, those with levels it never saw included."""

from collections.abc import Sequence

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import expit, ndtr, ndtri

from analytics.winrate.arrowhead import Blocks
from analytics.winrate.design import Layout, Rows
from analytics.winrate.evidence import Fit
from analytics.winrate.precision import Covariance, Design

QUADRATURE_POINTS = 21
BISECTIONS = 40
NUMBERS_AT_ONCE = 8_000_000
"""Coefficients drawn that are held in memory at a time."""


class Posterior:
    """The win rates of some rows, given one fit, or several that share the probability.

    Parameters
    ----------
    fits, layout
        Standard deviations and coefficients, and what they belong to.
    period_shares
        Weight of each shared coefficient in the mean period; zero for what is no period. Effects
        of periods are taken as differences to that mean, so that a row without one is of it.
    rows, extended
        The rows asked about, and the layout their places refer to: that of the fits with
        coefficients added. What was added keeps its prior.
    """

    def __init__(
        self,
        fits: Sequence[Fit],
        layout: Layout,
        period_shares: NDArray,
        rows: Rows,
        extended: Layout,
    ) -> None:
        self._fits, self._layout, self._period_shares = fits, layout, period_shares
        self._design = Design(rows, extended)
        own = np.add.outer(
            np.arange(layout.n_reps) * len(extended.local), np.arange(len(layout.local))
        )
        body = len(extended.shared) + extended.n_reps * len(extended.local)
        self._fitted = np.concatenate(
            [
                np.arange(len(layout.shared)),
                len(extended.shared) + own.ravel(),
                body + np.arange(len(layout.leaves)),
            ]
        )
        self._weights = np.array([fit.weight for fit in fits])

    def mean(self) -> NDArray:
        """Expected win rate of each row, shape (n_rows,)."""
        points, weights = hermegauss(QUADRATURE_POINTS)
        centre, sd = self._log_odds
        rates = expit(centre[:, :, None] + sd[:, :, None] * points) @ (weights / weights.sum())
        return self._weights @ rates

    def interval(self, level: float) -> NDArray:
        """Ends of the central interval of the win rate that holds ``level``, shape (n_rows, 2)."""
        tails = ((1 - level) / 2, (1 + level) / 2)
        return expit(np.column_stack([self._quantile(tail) for tail in tails]))

    def draws(self, size: int, rng: np.random.Generator) -> NDArray:
        """Joint draws of the win rates, shape (size, n_rows)."""
        counts = rng.multinomial(size, self._weights)
        draws = [
            self._draws_of(fit, count, rng)
            for fit, count in zip(self._fits, counts, strict=True)
            if count
        ]
        return draws[0] if len(draws) == 1 else rng.permutation(np.concatenate(draws))

    def _draws_of(self, fit: Fit, size: int, rng: np.random.Generator) -> NDArray:
        scale, mode = self._scale_and_mode(fit)
        centring, shared = self._centring(fit), len(self._layout.shared)
        at_once = max(1, NUMBERS_AT_ONCE // len(scale))
        draws = np.empty((size, len(self._design.rows)))
        for start in range(0, size, at_once):
            noise = rng.standard_normal((len(scale), min(at_once, size - start)))
            noise[self._fitted] = fit.posterior.precision.colour(noise[self._fitted])
            noise[:shared] = centring @ noise[:shared]
            v = mode[:, None] + noise
            draws[start : start + at_once] = (self._design.matrix @ (scale[:, None] * v)).T
        return expit(draws, out=draws)

    def _quantile(self, tail: float) -> NDArray:
        """Log odds below which ``tail`` of the probability lies, shape (n_rows,)."""
        centre, sd = self._log_odds
        ends = centre + ndtri(tail) * sd
        low, high = ends.min(axis=0), ends.max(axis=0)
        if len(self._fits) == 1:
            return low
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            below = self._weights @ ndtr((middle - centre) / sd) < tail
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return (low + high) / 2

    @property
    def _log_odds(self) -> tuple[NDArray, NDArray]:
        """Centre and standard deviation by fit and row, each shaped (n_fits, n_rows)."""
        centres, sds = [], []
        for fit in self._fits:
            scale, mode = self._scale_and_mode(fit)
            centres.append(self._design.matrix @ (scale * mode))
            variance = self._design.variance(self._covariance(fit), scale)
            sds.append(np.sqrt(variance))
        return np.array(centres), np.array(sds)

    def _scale_and_mode(self, fit: Fit) -> tuple[NDArray, NDArray]:
        scale = np.append(fit.sd, 0.0)[self._design.families]  # NO_FAMILY is the last, -1
        mode = np.zeros(len(scale))
        mode[self._fitted] = fit.posterior.mode
        shared = len(self._layout.shared)
        mode[:shared] = self._centring(fit) @ mode[:shared]
        return scale, mode

    def _centring(self, fit: Fit) -> NDArray:
        """Moves the mean of the periods into the intercept: v of the shared ones to such v."""
        shares, scale = self._period_shares, fit.posterior.scale
        centring = np.eye(len(shares))
        centring[shares > 0] -= shares
        centring[0] += shares * scale[: len(shares)] / scale[0]
        return centring

    def _covariance(self, fit: Fit) -> Covariance:
        fitted, extended = self._layout, self._design.layout
        p, q, n_reps = len(extended.shared), len(extended.local), extended.n_reps
        shared, cross, local = (
            np.eye(p),
            np.zeros((n_reps, q, p)),
            np.tile(np.eye(q), (n_reps, 1, 1)),
        )
        known = fit.posterior.precision.inverse
        pull = known.pull.tocoo()
        leaf, place = pull.coords
        beyond = np.where(place < len(fitted.shared), 0, p - len(fitted.shared))
        leaves = np.ones(len(extended.leaves))
        leaves[: len(known.leaves)] = known.leaves

        blocks = known.blocks
        p_known, q_known, reps_known = len(fitted.shared), len(fitted.local), fitted.n_reps
        # What a leaf meets has as much of the intercept as of periods, so its pull stays.
        centring = self._centring(fit)
        shared[:p_known, :p_known] = centring @ blocks.shared @ centring.T
        cross[:reps_known, :q_known, :p_known] = blocks.cross @ centring.T
        local[:reps_known, :q_known, :q_known] = blocks.local
        return Covariance(
            Blocks(shared, cross, local),
            csr_array((pull.data, (leaf, place + beyond)), shape=(len(leaves), p + q)),
            leaves,
        )
