"""What the fitted model says of any rows, those with levels it never saw included."""

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import NDArray
from scipy.special import expit, ndtri

from analytics.winrate.arrowhead import Blocks, Design
from analytics.winrate.design import Layout, Rows
from analytics.winrate.evidence import Fit

QUADRATURE_POINTS = 21


class Posterior:
    """The win rates of some rows, given a fit.

    Parameters
    ----------
    fit, layout
        Standard deviations and coefficients, and what they belong to.
    rows, extended
        The rows asked about, and the layout their places refer to: that of the fit with
        coefficients added. What was added keeps its prior.
    """

    def __init__(self, fit: Fit, layout: Layout, rows: Rows, extended: Layout) -> None:
        self._design = Design(rows, extended)
        self._precision, self._layout = fit.posterior.precision, layout
        self._scale = np.append(fit.sd, 0.0)[extended.families]  # NO_FAMILY is the last, -1
        own = np.add.outer(
            np.arange(layout.n_reps) * len(extended.local), np.arange(len(layout.local))
        )
        self._fitted = np.concatenate(
            [np.arange(len(layout.shared)), len(extended.shared) + own.ravel()]
        )
        self._mode = np.zeros(len(self._scale))
        self._mode[self._fitted] = fit.posterior.mode

    def mean(self) -> NDArray:
        """Expected win rate of each row, shape (n_rows,)."""
        centre, sd = self._log_odds()
        points, weights = hermegauss(QUADRATURE_POINTS)
        return expit(centre[:, None] + sd[:, None] * points) @ (weights / weights.sum())

    def interval(self, level: float) -> NDArray:
        """Ends of the central interval of the win rate that holds ``level``, shape (n_rows, 2)."""
        centre, sd = self._log_odds()
        reach = ndtri((1 + level) / 2) * sd
        return expit(np.column_stack([centre - reach, centre + reach]))

    def draws(self, size: int, rng: np.random.Generator) -> NDArray:
        """Joint draws of the win rates, shape (size, n_rows)."""
        noise = rng.standard_normal((len(self._scale), size))
        noise[self._fitted] = self._precision.colour(noise[self._fitted])
        v = self._mode[:, None] + noise
        return expit(self._design.matrix @ (self._scale[:, None] * v)).T

    def _log_odds(self) -> tuple[NDArray, NDArray]:
        centre = self._design.matrix @ (self._scale * self._mode)
        return centre, np.sqrt(self._design.variance(self._covariance(), self._scale))

    def _covariance(self) -> Blocks:
        fitted, extended = self._layout, self._design.layout
        p, q, n_reps = len(extended.shared), len(extended.local), extended.n_reps
        shared, cross, local = (
            np.eye(p),
            np.zeros((n_reps, q, p)),
            np.tile(np.eye(q), (n_reps, 1, 1)),
        )
        p, q, n_reps = len(fitted.shared), len(fitted.local), fitted.n_reps
        blocks = self._precision.inverse
        shared[:p, :p], cross[:n_reps, :q, :p], local[:n_reps, :q, :q] = blocks
        return shared, cross, local
