"""Laplace's approximation of the posterior, at given standard deviations of the families.

Every coefficient is ``u = s v`` with ``v ~ N(0, 1)`` and ``s`` the standard deviation of its
family: ridge logistic regression on columns scaled by ``s``.

References
----------
Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, sections 3.4 and 5.5.1.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analytics.winrate.precision import Design, Precision

NEWTON_STEPS = 60
NEWTON_TOLERANCE = 1e-14


@dataclass(frozen=True)
class Cells:
    """What was observed: wins out of trials (both floats, n_rows) in the rows of a design."""

    design: Design
    wins: NDArray
    trials: NDArray

    def log_odds(self, coefficients: NDArray) -> NDArray:
        return self.design.matrix @ coefficients


@dataclass(frozen=True)
class Laplace:
    """A normal approximation of the posterior of v.

    Attributes
    ----------
    scale : ndarray of shape (n_coefficients,)
        Standard deviation of each coefficient a priori; the coefficients are ``scale * v``.
    mode : ndarray of shape (n_coefficients,)
        Of v.
    precision : Precision
        Of v, at the mode.
    rate, weight : ndarray of shape (n_rows,)
        Win rate, and the variance of the number of wins, at the mode.
    log_evidence : float
        Log probability of the outcomes, coefficients integrated out.
    """

    scale: NDArray
    mode: NDArray
    precision: Precision
    rate: NDArray
    weight: NDArray
    log_evidence: float


def approximate(
    cells: Cells,
    sd: NDArray,
    start: NDArray | None = None,
    tolerance: float = NEWTON_TOLERANCE,
) -> Laplace:
    """Find the mode by Newton's method and the curvature there.

    Parameters
    ----------
    cells
        The observations.
    sd
        Standard deviation of each family, starting with the intercept's.
    start
        Coefficients to start at; those found at similar standard deviations save steps.
    tolerance
        Squared length of a Newton step not worth taking, in posterior standard deviations.
    """
    design = cells.design
    scale = np.append(sd, 0.0)[design.families]  # NO_FAMILY is the last, -1
    v = np.zeros(len(scale))
    if start is not None:
        np.divide(start, scale, out=v, where=scale > 0)
    eta = cells.log_odds(scale * v)
    for _ in range(NEWTON_STEPS):
        rate = expit(eta)
        weight = cells.trials * rate * (1 - rate)
        slope = scale * (design.matrix.T @ (cells.wins - cells.trials * rate)) - v
        precision = design.precision(weight, scale)
        step = precision.solve(slope)
        if slope @ step < tolerance:
            break
        v, eta = _climb(cells, v, eta, step, cells.log_odds(scale * step))
    log_evidence = _log_joint(cells, v, eta) - precision.log_determinant / 2
    return Laplace(scale, v, precision, rate, weight, log_evidence)


def evidence_slope(cells: Cells, fit: Laplace) -> NDArray:
    """Derivative of ``log_evidence`` by the log standard deviation of each family.

    The mode moves with the standard deviations, and the curvature with the mode; both are
    counted (Rasmussen and Williams, equations 5.20 to 5.24).
    """
    design, precision, v = cells.design, fit.precision, fit.mode
    variance = design.variance(precision.inverse, fit.scale)
    by_log_odds = -fit.weight * (1 - 2 * fit.rate) * variance / 2
    moved = precision.solve(fit.scale * (design.matrix.T @ by_log_odds))
    by_log_odds = by_log_odds - fit.weight * cells.log_odds(fit.scale * moved)
    through_curvature = v * (moved + fit.scale * (design.matrix.T @ by_log_odds))
    # Counted from NO_FAMILY, which has no standard deviation.
    slope = np.bincount(design.families + 1, v**2 - 1 + through_curvature)[1:]
    trunk = precision.trunk_diagonal
    slope += np.bincount(design.families[: len(trunk)] + 1, trunk, len(slope) + 1)[1:]
    if len(trunk) < len(v):
        # The diagonal of the inverse sums to the number of coefficients less what was learnt.
        slope[-1] += len(v) - fit.weight @ variance - trunk.sum()
    return slope


def _climb(
    cells: Cells, v: NDArray, eta: NDArray, step: NDArray, eta_step: NDArray
) -> tuple[NDArray, NDArray]:
    """Take the step, halved until it does not lead downhill."""
    height, size = _log_joint(cells, v, eta), 1.0
    while True:
        higher, eta_higher = v + size * step, eta + size * eta_step
        gain = _log_joint(cells, higher, eta_higher) - height
        if gain > -1e-9 * abs(height):
            return higher, eta_higher
        size /= 2


def _log_joint(cells: Cells, v: NDArray, eta: NDArray) -> float:
    return float(cells.wins @ eta - cells.trials @ np.logaddexp(0, eta) - v @ v / 2)
