"""How much the families vary: their standard deviations, from the evidence of the data.

The maximum of the evidence alone puts many standard deviations at zero, and intervals built on
it cover 85 % where they promise 90 %. So each has a prior, exponential on its own scale, and the
most probable value on the log scale is taken.

References
----------
MacKay (1992), "Bayesian interpolation", Neural Computation 4(3). Gelman et al. (2013), Bayesian
Data Analysis, 3rd ed., section 13.6, on modes kept away from zero.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize

from analytics.winrate.laplace import Cells, Laplace, approximate, evidence_slope

INTERCEPT_SD = 3.0
"""Log odds: overall win rates between 0.3 % and 99.7 % lie within two of them."""

SMALLEST_SD, LARGEST_SD = 0.01, 3.0
"""Log odds: less cannot be seen in data, more is no win rate."""


@dataclass(frozen=True)
class Fit:
    """Standard deviation of each family, the intercept's first, and the posterior given them."""

    sd: NDArray
    posterior: Laplace


def most_probable(cells: Cells, prior_sd: float) -> Fit:
    """Standard deviations where evidence times prior is largest.

    Parameters
    ----------
    cells
        The observations.
    prior_sd
        Mean of the exponential prior of every standard deviation (log odds).
    """
    n_families = int(cells.design.families.max())
    mode: NDArray | None = None

    def cost(log_sd: NDArray) -> tuple[float, NDArray]:
        nonlocal mode
        fit = approximate(cells, _with_intercept(log_sd), mode)
        mode = fit.mode
        sd = np.exp(log_sd)
        log_prior = (log_sd - sd / prior_sd).sum()
        slope = evidence_slope(cells, fit)[1:] + 1 - sd / prior_sd
        return -(fit.log_evidence + log_prior), -slope

    found = minimize(
        cost,
        np.full(n_families, np.log(prior_sd)),
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(*np.log(np.tile([[SMALLEST_SD], [LARGEST_SD]], n_families))),
        options={"ftol": 1e-9, "gtol": 1e-4},
    )
    sd = _with_intercept(found.x)
    return Fit(sd, approximate(cells, sd, mode))


def _with_intercept(log_sd: NDArray) -> NDArray:
    return np.concatenate([[INTERCEPT_SD], np.exp(log_sd)])
