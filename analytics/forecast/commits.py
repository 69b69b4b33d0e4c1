"""What people committed to and what came of it: bias and spread, and the haircut that follows."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import stdtrit

USUAL_SD = 0.25
"""How far commitments miss before anything is known of whose they are (logarithms)."""

PRIOR_PERIODS = 2.0
"""Periods that being right on average counts for."""

BOUND = 0.05
"""Least share of a commitment that a period is taken to have brought: nothing has no logarithm."""


@dataclass(frozen=True)
class Haircut:
    """What commitments are worth by their record.

    Attributes
    ----------
    periods
        That are over and had one.
    bias
        Median of what came over what was committed, less 1: -0.1 is a tenth too much promised.
        Shrunk towards 0.
    low, median, high
        What a new commitment of 1 is worth, with its 90 % range.
    """

    periods: int
    bias: float
    low: float
    median: float
    high: float


def record(commits: pd.DataFrame) -> pd.DataFrame:
    """Commitments for periods that are over, with what came of them.

    Parameters
    ----------
    commits
        amount and won (currency) of each.

    Returns
    -------
    The same rows with ``ratio``: won over committed.
    """
    return commits.assign(ratio=commits["won"] / commits["amount"].where(commits["amount"] > 0))


def haircut(ratios: pd.Series, level: float = 0.9) -> Haircut:
    """What the next commitment of the same person is worth.

    Logarithms of the ratios are normal with unknown mean and spread; the prior is that of
    somebody who is right on average. The range is that of the next period, not of the mean.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3.3: the conjugate prior of a normal.
    """
    logs = np.log(ratios.dropna().clip(lower=BOUND).to_numpy(float))
    n, prior = len(logs), PRIOR_PERIODS
    mean = logs.sum() / (n + prior)
    squares = prior * USUAL_SD**2 + ((logs - logs.mean()) ** 2).sum() if n else prior * USUAL_SD**2
    if n:
        squares += n * prior / (n + prior) * logs.mean() ** 2
    freedom = n + prior
    scale = np.sqrt(squares / freedom * (1 + 1 / (n + prior)))
    reach = stdtrit(freedom, (1 + level) / 2) * scale
    low, median, high = np.exp([mean - reach, mean, mean + reach])
    return Haircut(n, float(median - 1), float(low), float(median), float(high))
