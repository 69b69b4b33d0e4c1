"""The score test for families of effects that a model leaves out, by simulation.

The score of a family is the sum over its levels of the squared residual wins: the slope of the
likelihood in the variance of the effects, at zero. How large it gets by chance is simulated from
the model without the family, refitted to each simulated world by one Newton step.

References
----------
Lin (1997), "Variance component testing in generalised linear models with random effects",
Biometrika 84(2). Davison and Hinkley (1997), Bootstrap Methods and their Application, section 4.2.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from analytics.winrate.evidence import most_probable
from analytics.winrate.laplace import Cells

OUTCOMES_AT_ONCE = 2_000_000
"""Simulated outcomes held in memory at a time."""

SDS_TRIED = np.geomspace(0.001, 3.0, 400)
"""Sizes of effects (log odds) whose power is worked out: steps of 2 %."""


class ScoreTest:
    """A test of effects that a model leaves out.

    Parameters
    ----------
    cells
        The observations, in the design of the model without the effects.
    families
        For each family of effects, the level of every row, shape (n_rows,).
    prior_sd
        As in ``RepWinRate``.
    n_boot
        Simulated worlds.
    rng
        Source of all chance.

    Attributes
    ----------
    p : float
        Share of worlds without the effects whose scores are as large as the observed ones.
    """

    def __init__(
        self,
        cells: Cells,
        families: list[NDArray],
        prior_sd: float,
        n_boot: int,
        rng: np.random.Generator,
    ) -> None:
        self._cells, self._rng = cells, rng
        self._null = most_probable(cells, prior_sd).posterior
        self._levels, self._starts = _indicators(families)

        at_once = max(1, OUTCOMES_AT_ONCE // len(cells.trials))
        sizes = [min(at_once, n_boot - done) for done in range(0, n_boot, at_once)]
        # In a world of effects with standard deviation s the residuals of the levels are
        # chance + s * effect, so their sums of squares hold for every s.
        parts = [self._simulate(size) for size in sizes]
        self._chance, self._mixed, self._effect = (
            np.concatenate(part, axis=1) for part in zip(*parts, strict=True)
        )
        residuals = self._levels.T @ (cells.wins - cells.trials * self._null.rate)
        observed = self._total(self._sums(residuals[:, None] ** 2))
        self.p = float((1 + (self._total(self._chance) >= observed).sum()) / (1 + n_boot))

    def detectable_sd(self, alpha: float, power: float) -> float | None:
        """Size of effects that gives p <= ``alpha`` with probability ``power``.

        The standard deviation (log odds) of all families together, each having the same; None
        if none below 3 does. Worked out for effects small enough to add up on the scale of the
        residuals, which flatters the power of very large ones.
        """
        limit = np.quantile(self._total(self._chance), 1 - alpha)
        for sd in SDS_TRIED:
            each = sd / np.sqrt(len(self._starts))
            scores = self._chance + 2 * each * self._mixed + each**2 * self._effect
            if (self._total(scores) > limit).mean() >= power:
                return float(sd)
        return None

    def _simulate(self, size: int) -> tuple[NDArray, NDArray, NDArray]:
        """Sums of squares and products of residuals, each shaped (n_families, size)."""
        null, precision, rng = self._null, self._null.precision, self._rng
        matrix, levels = self._cells.design.matrix, self._levels
        weighted = levels.T @ diags_array(null.weight)
        fitted = weighted @ matrix @ diags_array(null.scale)

        # The truth of each world is drawn, not put at the shrunken mode: what shrinkage
        # leaves in the residuals would be too small otherwise.
        noise = self._outcome_noise(size)
        truth = null.mode[:, None] + precision.colour(rng.standard_normal((len(null.mode), size)))
        refit = precision.solve(null.scale[:, None] * (matrix.T @ noise) - truth)
        chance = levels.T @ noise - fitted @ refit

        effects = rng.standard_normal((levels.shape[1], size))
        added = (weighted @ levels) @ effects - fitted @ precision.solve(fitted.T @ effects)
        return self._sums(chance**2), self._sums(chance * added), self._sums(added**2)

    def _outcome_noise(self, size: int) -> NDArray:
        """Wins minus their expectation, shape (n_rows, size)."""
        rate, trials = self._null.rate[:, None], self._cells.trials[:, None]
        deals = np.ceil(trials).astype(np.int64)
        wins = (self._rng.random((len(deals), size), dtype=np.float32) < rate).astype(float)
        # Most cells hold one deal, for which a binomial draw takes ten times as long.
        several = deals[:, 0] > 1
        shape = (several.sum(), size)
        wins[several] = self._rng.binomial(deals[several], rate[several], shape)
        # Fractional trials get the variance of just so many.
        return np.sqrt(trials / deals) * (wins - deals * rate)

    def _sums(self, products: NDArray) -> NDArray:
        return np.add.reduceat(products, self._starts)

    def _total(self, scores: NDArray) -> NDArray:
        """Scores of the families in units of their standard deviations by chance, added up."""
        centre, spread = self._chance.mean(axis=1), self._chance.std(axis=1)
        return ((scores.T - centre) / spread).sum(axis=1)


def _indicators(families: list[NDArray]) -> tuple[csr_array, list[int]]:
    """The 0/1 matrix of rows by levels of all families, and the first level of each family."""
    columns, starts, end = [], [], 0
    for levels in families:
        present, column = np.unique(levels, return_inverse=True)
        columns.append(end + column)
        starts.append(end)
        end += len(present)
    places = np.column_stack(columns)
    ends = np.arange(0, places.size + 1, len(families))
    return csr_array((np.ones(places.size), places.ravel(), ends), (len(places), end)), starts
