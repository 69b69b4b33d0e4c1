"""Amounts of won deals in a linear model: their likelihood, and the sizes of its effects.

The logarithm of an amount is normal around a sum of effects. Each family of effects is normal
around zero with a standard deviation of its own, and single deals spread around the sum, by level
of one attribute. Effects integrate out exactly, so the marginal likelihood is exact too.

References
----------
Rasmussen and Williams (2006), Gaussian Processes for Machine Learning, sections 2.7 and 5.4.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize

from analytics.winrate.precision import Design, Precision

INTERCEPT_SD = 3.0
"""Around the mean logarithm of the amounts themselves: the unit of money does not matter."""

TYPICAL_SPREAD, SPREAD_LOG_SD = 0.5, 1.0
"""Spread of single deals before any data, and how far off that may be: discounts spread by a few
percent, projects by a factor of several."""

LEVEL_LOG_SD = 0.5
"""Standard deviation, between levels, of the logarithm of the spread."""

SMALLEST_SD, LARGEST_SD = 0.01, 4.0
"""A difference of 1 % decides nothing; a factor of 50 between deals alike is no price."""


@dataclass(frozen=True)
class Amounts:
    """What was observed in the rows of a design.

    Attributes
    ----------
    design : Design
    deals, log_mean, log_m2 : ndarray of shape (n_rows,)
        Won deals, and of the logarithms of their amounts the mean and the sum of squared
        distances from it.
    level : ndarray of shape (n_rows,)
        Number of the level by which the spread differs.
    """

    design: Design
    deals: NDArray
    log_mean: NDArray
    log_m2: NDArray
    level: NDArray


def posterior_mode(
    design: Design, log_mean: NDArray, weight: NDArray, scale: NDArray
) -> tuple[Precision, NDArray]:
    """Precision and mean of v, where the coefficients are ``scale * v`` and v ~ N(0, 1).

    ``weight`` is the precision of each row's mean: its deals over their variance.
    """
    precision = design.precision(weight, scale)
    return precision, precision.solve(scale * (design.matrix.T @ (weight * log_mean)))


def log_evidence(amounts: Amounts, sd: NDArray, spread: NDArray) -> tuple[float, NDArray, NDArray]:
    """Log probability of the amounts with effects integrated out, constants left out.

    Parameters
    ----------
    amounts
        The observations.
    sd, spread
        Standard deviation of each family, starting with the intercept's, and of single deals at
        each level.

    Returns
    -------
    The log evidence, and its derivatives by the logarithms of ``sd`` and of ``spread``. These are
    posterior means of the slopes of the complete likelihood (Fisher's identity).
    """
    design, deals = amounts.design, amounts.deals
    scale, variance = sd[design.families], spread[amounts.level] ** 2
    precision, v = posterior_mode(design, amounts.log_mean, deals / variance, scale)
    error = amounts.log_mean - design.matrix @ (scale * v)
    squares = amounts.log_m2 + deals * error**2
    log_density = -deals @ np.log(variance) - (squares / variance).sum() - v @ v
    expected = squares + deals * design.variance(precision.inverse, scale)
    return (
        (log_density - precision.log_determinant) / 2,
        np.bincount(design.families, v**2 + precision.trunk_diagonal - 1),
        np.bincount(amounts.level, expected / variance - deals),
    )


def most_probable(amounts: Amounts, prior_mean: NDArray) -> tuple[NDArray, NDArray]:
    """Standard deviations where evidence times prior is largest, as ``log_evidence`` takes them.

    Parameters
    ----------
    amounts
        The observations; every level has deals.
    prior_mean
        Mean of the exponential prior of each family's standard deviation, without the intercept.
        The spreads have a log-normal prior around a common one, itself log-normal.
    """
    n_families = len(prior_mean)
    # A normal's logarithm of the standard deviation has the curvature 2 n in n observations. Among
    # thousands of deals and a handful of levels the descent would zigzag.
    known_by = np.concatenate(
        [np.bincount(amounts.design.families)[1:], np.bincount(amounts.level, amounts.deals)]
    )
    unit = 1 / np.sqrt(1 + 2 * known_by)

    def cost(steps: NDArray) -> tuple[float, NDArray]:
        sd, spread = _split(unit * steps, n_families)
        evidence, by_sd, by_spread = log_evidence(amounts, sd, spread)
        prior, prior_by_sd, prior_by_spread = log_prior(sd[1:], prior_mean, np.log(spread))
        slope = np.concatenate([by_sd[1:] + prior_by_sd, by_spread + prior_by_spread])
        return -(evidence + prior), -unit * slope

    start = np.log(np.append(prior_mean, np.full(len(unit) - n_families, TYPICAL_SPREAD)))
    found = minimize(
        cost,
        start / unit,
        jac=True,
        method="L-BFGS-B",
        bounds=Bounds(np.log(SMALLEST_SD) / unit, np.log(LARGEST_SD) / unit),
        options={"ftol": 1e-9, "gtol": 1e-3},
    )
    return _split(unit * found.x, n_families)


def log_prior(sd: NDArray, mean: NDArray, log_spread: NDArray) -> tuple[float, NDArray, NDArray]:
    """Log density by the logarithms of the standard deviations, and its derivatives."""
    common = log_spread.mean()
    off = (common - np.log(TYPICAL_SPREAD)) / SPREAD_LOG_SD
    apart = (log_spread - common) / LEVEL_LOG_SD
    return (
        (np.log(sd) - sd / mean).sum() - (off**2 + apart @ apart) / 2,
        1 - sd / mean,
        -off / SPREAD_LOG_SD / len(log_spread) - apart / LEVEL_LOG_SD,
    )


def _split(logs: NDArray, n_families: int) -> tuple[NDArray, NDArray]:
    """The standard deviations, the intercept's included, and the spreads."""
    sd, spread = np.exp(logs[:n_families]), np.exp(logs[n_families:])
    return np.append(INTERCEPT_SD, sd), spread
