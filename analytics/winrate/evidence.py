"""How much the families vary: their standard deviations, from the evidence of the data.

The maximum of the evidence alone puts many standard deviations at zero, and intervals built on
it cover 85 % where they promise 90 %. So each has a prior, exponential on its own scale, and the
most probable value on the log scale is taken, or an average over values by their probability.

References
----------
MacKay (1992), "Bayesian interpolation", Neural Computation 4(3). Gelman et al. (2013), Bayesian
Data Analysis, 3rd ed., sections 13.6, on modes kept away from zero, and 10.4, on importance
sampling. Geweke (1989), "Bayesian inference in econometric models using Monte Carlo integration",
Econometrica 57(6), on split normal proposals.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from scipy.special import ndtri
from scipy.stats import qmc

from analytics.winrate.laplace import NEWTON_TOLERANCE, Cells, Laplace, approximate, evidence_slope

INTERCEPT_SD = 3.0
"""Log odds: overall win rates between 0.3 % and 99.7 % lie within two of them."""

SMALLEST_SD, LARGEST_SD = 0.01, 3.0
"""Log odds: less cannot be seen in data, more is no win rate."""

SEARCH_TOLERANCE = 1e-8
"""Of the modes on the way to the most probable standard deviations."""

NEGLIGIBLE = 1e-4
"""Share of the probability below which standard deviations are dropped from an average."""


@dataclass(frozen=True)
class Fit:
    """Standard deviation of each family, the intercept's first, and the posterior given them.

    ``weight`` is the probability of these standard deviations among those that were fitted.
    """

    sd: NDArray
    posterior: Laplace
    weight: float = 1.0


class Scales:
    """How probable standard deviations are, given what was observed.

    Parameters
    ----------
    cells
        The observations.
    prior_sd
        Mean of the exponential prior of every standard deviation (log odds).
    """

    def __init__(self, cells: Cells, prior_sd: float) -> None:
        self._cells, self.prior_sd = cells, prior_sd
        self.n_families = int(cells.design.families.max())
        self._start: NDArray | None = None

    def fit(self, log_sd: NDArray, tolerance: float = NEWTON_TOLERANCE) -> Laplace:
        """The posterior at these standard deviations, started at the one before."""
        fit = approximate(self._cells, _with_intercept(log_sd), self._start, tolerance)
        self._start = fit.scale * fit.mode
        return fit

    def log_density(self, fit: Laplace, log_sd: NDArray) -> float:
        """Log probability of the logs of the standard deviations, up to a constant."""
        return fit.log_evidence + float((log_sd - np.exp(log_sd) / self.prior_sd).sum())

    def cost(self, log_sd: NDArray) -> tuple[float, NDArray]:
        """Minus the log density, and its slope."""
        fit = self.fit(log_sd, SEARCH_TOLERANCE)
        slope = evidence_slope(self._cells, fit)[1:] + 1 - np.exp(log_sd) / self.prior_sd
        return -self.log_density(fit, log_sd), -slope


def most_probable(cells: Cells, prior_sd: float) -> Fit:
    """Standard deviations where evidence times prior is largest; parameters as in ``Scales``."""
    scales = Scales(cells, prior_sd)
    return _fit(scales, _peak(scales))


def integrated(cells: Cells, prior_sd: float, n_points: int) -> list[Fit]:
    """Standard deviations spread over all that are probable, each with its probability.

    Importance sampling at ``n_points`` points of a Sobol sequence, from a normal at the peak that
    is wider on the side where the density falls more slowly. Other parameters as in ``Scales``.
    """
    scales = Scales(cells, prior_sd)
    peak = _peak(scales)
    axes, below, above = _shape(scales, peak)
    sobol = qmc.Sobol(scales.n_families, rng=np.random.default_rng(0))
    normal = ndtri(np.clip(sobol.random(n_points), 1e-4, 1 - 1e-4))
    normal[0] = 0
    widths = np.where(normal < 0, below, above)
    points = np.clip(peak + normal * widths @ axes.T, *np.log([SMALLEST_SD, LARGEST_SD]))
    # Each side of an axis is drawn half of the time, however wide it is.
    log_proposal = -(normal**2 / 2 + np.log(widths)).sum(axis=1)
    fits, log_weights = [], []
    for point, proposed in zip(points, log_proposal, strict=True):
        fit = _fit(scales, point)
        fits.append(fit)
        log_weights.append(scales.log_density(fit.posterior, point) - proposed)
    weights = np.exp(np.array(log_weights) - max(log_weights))
    kept = weights > NEGLIGIBLE * weights.sum()
    total = weights[kept].sum()
    return [
        replace(fit, weight=float(weight / total))
        for fit, weight, keep in zip(fits, weights, kept, strict=True)
        if keep
    ]


def _fit(scales: Scales, log_sd: NDArray) -> Fit:
    return Fit(_with_intercept(log_sd), scales.fit(log_sd))


def _with_intercept(log_sd: NDArray) -> NDArray:
    return np.concatenate([[INTERCEPT_SD], np.exp(log_sd)])


def _peak(scales: Scales) -> NDArray:
    found = minimize(
        scales.cost,
        np.full(scales.n_families, np.log(scales.prior_sd)),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(*np.log(np.tile([[SMALLEST_SD], [LARGEST_SD]], scales.n_families))),
        options={"ftol": 1e-9, "gtol": 1e-4},
    )
    return found.x


def _shape(scales: Scales, peak: NDArray) -> tuple[NDArray, NDArray, NDArray]:
    """Axes of the density around its peak (columns), and its widths below and above along each.

    A width is where the density has fallen by exp(-1/2), judged by how far it falls at one and
    a half times the width that the curvature at the peak suggests.
    """
    step = 0.1
    rise = [scales.cost(peak + step * axis)[1] for axis in np.eye(len(peak))]
    fall = [scales.cost(peak - step * axis)[1] for axis in np.eye(len(peak))]
    curvature = (np.array(rise) - np.array(fall)) / (2 * step)
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    axes = vectors / np.sqrt(np.maximum(values, 0.35))
    top = scales.cost(peak)[0]

    def width(axis: NDArray) -> float:
        fallen = scales.cost(peak + 1.5 * axis)[0] - top
        return float(np.clip(1.5 / np.sqrt(2 * max(fallen, 0.08)), 0.5, 3.0))

    below = np.array([width(-axis) for axis in axes.T])
    above = np.array([width(axis) for axis in axes.T])
    return axes, below, above
