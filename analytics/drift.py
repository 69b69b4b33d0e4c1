"""Whose win rate has moved in another way than everybody's."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit, logit

from analytics.settings import Settings
from analytics.study import Study
from analytics.winrate.design import Encoder
from analytics.winrate.laplace import Cells
from analytics.winrate.precision import Design
from analytics.winrate.score import ScoreTest

WORLDS = 1999
"""Simulated ones; fewer cannot give p values small enough for one level out of fifty."""

LEAST = 40
"""Deals below which a level is not tested."""

DRIFT = ("kind", "level", "early", "late", "deals", "p", "flagged")


def drift(study: Study, settings: Settings) -> pd.DataFrame:
    """Whose win rate moves over the quarters in another way than everybody's.

    The test of each level (a rep, a product, ...) is the score statistic of its effects by
    quarter, given the effects of all segments, of the reps, and of the quarters on all. Its
    chance is simulated, and what is flagged is held to a false discovery rate: ``alpha`` among
    the reps, and again among all levels of segments.

    Returns
    -------
    One row per level with deals enough in two quarters or more: kind ("rep" or an attribute),
    level, early and late (its win rate with its usual deals in the first and the last third of
    them, what moved for everybody taken out, and shrunk: they are equal where nothing of the
    kind moves), deals, p, flagged. Flagged ones first, then by p.

    References
    ----------
    Benjamini and Hochberg (1995), "Controlling the false discovery rate", JRSS B 57(1).
    """
    cells = _by_quarter(study)
    if study.model is None or cells["quarter"].nunique() < 2:
        return pd.DataFrame(columns=list(DRIFT))
    kinds = ("rep", *study.segments)
    test = _DriftTest(cells, study, kinds, np.random.default_rng(settings.seed))
    found = pd.concat(
        [
            _moved(test.cells, kind, *scores)
            for kind, scores in zip(kinds, test.scores(), strict=True)
        ]
    )
    found = found[(found["deals"] >= LEAST) & (found["quarters"] > 1)]
    found["flagged"] = found.groupby(found["kind"] == "rep")["p"].transform(
        lambda p: discoveries(p.to_numpy(), settings.alpha)
    )
    order = found.sort_values(
        ["flagged", "p", "kind", "level"], ascending=[False, True, True, True]
    )
    return order[list(DRIFT)].reset_index(drop=True)


def discoveries(p: NDArray, rate: float) -> NDArray[np.bool_]:
    """Which p values to believe so that a share ``rate`` of those believed is false, at most.

    Examples
    --------
    >>> discoveries(np.array([0.5, 0.001, 0.03]), 0.05).tolist()
    [False, True, True]
    """
    order = np.argsort(p)
    believed = p[order] <= rate * (1 + np.arange(len(p))) / len(p)
    limit = p[order][believed].max(initial=0.0)
    return p <= limit


def _by_quarter(study: Study) -> pd.DataFrame:
    dated = study.cells.dropna(subset="period")
    quarter = pd.PeriodIndex(dated["period"], freq="M").asfreq("Q").astype(str)
    keys = ["rep", "team", *study.segments, "quarter"]
    cells = dated.assign(quarter=quarter)
    return cells.groupby(keys, dropna=False, as_index=False)[["wins", "trials"]].sum()


class _DriftTest(ScoreTest):
    """The score test with a statistic for each level of each kind, not one for each family."""

    def __init__(
        self, cells: pd.DataFrame, study: Study, kinds: tuple[str, ...], rng: np.random.Generator
    ) -> None:
        assert study.model is not None
        by, pairs = study.model.by, study.model.pairs
        encoder = Encoder(study.segments, by, "rep", "team", "quarter", pairs)
        rows = encoder.learn(cells, cells["trials"].to_numpy())
        observed = Cells(
            Design(rows, encoder.layout), cells["wins"].to_numpy(), cells["trials"].to_numpy()
        )
        effects = [cells.groupby([kind, "quarter"], dropna=False).ngroup() for kind in kinds]
        levels = [cells.groupby(kind, dropna=False).ngroup() for kind in kinds]
        self._first, end = [], 0
        for effect, level in zip(effects, levels, strict=True):
            _, first = np.unique(level.groupby(effect).first(), return_index=True)
            self._first.append(end + first)
            end += effect.nunique()
        families = [effect.to_numpy() for effect in effects]
        super().__init__(observed, families, study.model.prior_sd, WORLDS, rng)
        expected, spread = observed.trials * self._null.rate, self._null.weight
        self.cells = cells.assign(expected=expected, spread=spread)

    def _sums(self, products: NDArray) -> NDArray:
        return np.add.reduceat(products, np.concatenate(self._first))

    def scores(self) -> list[tuple[NDArray, float]]:
        """p of each level and the variance of the effects (log odds squared), kind by kind."""
        left = self._levels.T @ (self.cells["wins"] - self.cells["expected"]).to_numpy()
        observed = self._sums(left[:, None] ** 2)
        p = (1 + (self._chance >= observed).sum(axis=1)) / (1 + WORLDS)
        beyond = observed[:, 0] - self._chance.mean(axis=1)
        ends = np.cumsum([len(first) for first in self._first])[:-1]
        split = (np.split(part, ends) for part in (p, beyond, self._effect.mean(axis=1)))
        return [
            (own, max(0.0, extra.sum() / unit.sum()))
            for own, extra, unit in zip(*split, strict=True)
        ]


def _moved(cells: pd.DataFrame, kind: str, p: NDArray, variance: float) -> pd.DataFrame:
    """The levels of a kind with their rates in the first and the last third of their deals."""
    sums = ["wins", "trials", "expected", "spread"]
    counts = cells.groupby([kind, "quarter"], dropna=False)[sums].sum()
    whole = counts.groupby(level=0, dropna=False)
    total = whole[sums].transform("sum")
    middle = (whole["trials"].cumsum() - counts["trials"] / 2) / total["trials"]
    usual = whole["expected"].sum() / whole["trials"].sum()

    def rate(inside: pd.Series) -> NDArray:
        part = counts[inside].groupby(level=0, dropna=False).sum()
        effect = variance * (part["wins"] - part["expected"]) / (1 + variance * part["spread"])
        return expit(logit(usual) + effect.reindex(usual.index, fill_value=0.0)).to_numpy()

    return pd.DataFrame(
        {
            "kind": kind,
            "level": usual.index,
            "early": rate(middle <= 1 / 3),
            "late": rate(middle >= 2 / 3),
            "deals": whole["trials"].sum().astype(int).to_numpy(),
            "quarters": whole.size().to_numpy(),
            "p": p,
        }
    )
