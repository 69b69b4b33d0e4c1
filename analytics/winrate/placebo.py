"""Outcomes dealt anew among deals that are alike: what is found in them, chance has put there.

Deals are alike when they began at the same time and were as likely to be won by anybody, whoever
worked them. Dealing their outcomes anew keeps what months and segments do to the win rate, and
takes away what reps do.

References
----------
Hansen (2008), "The prognostic analogue of the propensity score", Biometrika 95(2): deals that
are alike in the outcome predicted without the reps are alike in all that matters for it. Full
combinations of attributes and month would hold one deal each, and nothing could be dealt anew.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from analytics.winrate.model import RepWinRate

LEAST = 20
"""Deals among which outcomes are dealt anew, at least."""


def alike(
    cells: pd.DataFrame,
    segments: Sequence[str],
    pairs: Sequence[tuple[str, ...]] = (),
    period: str = "period",
    least: int = LEAST,
) -> NDArray[np.intp]:
    """The group of deals alike that each cell belongs to.

    Months with few deals are joined with the next; deals without a month come last. Within a
    month, combinations of segments are put in the order of the win rate that a model without
    reps predicts, and neighbours joined until they hold ``least`` deals; a combination is never
    divided.

    Parameters
    ----------
    cells
        Rows with ``period`` (sorts by time), ``segments``, wins and trials.
    pairs
        Segments whose combination has an effect of its own, as in ``RepWinRate``.

    Returns
    -------
    Number of the group, shape (n_cells,), from 0. Each holds at least ``least`` deals, or all.
    """
    keys = [period, *segments]
    kind = cells.groupby(keys, dropna=False, sort=False).ngroup().to_numpy()
    _, first = np.unique(kind, return_index=True)
    deals = np.bincount(kind, cells["trials"])
    anybody = cells[keys].assign(rep="")
    model = RepWinRate(segments, by=(), pairs=pairs, team=None, period=period)
    model.fit_aggregated(anybody, cells["wins"], cells["trials"])
    rate = model.predict_proba(anybody.iloc[first])[:, 1]

    month = pd.factorize(cells[period].iloc[first], sort=True, use_na_sentinel=False)[0]
    stretch = joined(np.bincount(month, deals), least)[month]
    group, end = np.empty(len(first), np.intp), 0
    for months in range(stretch.max() + 1):
        [own] = np.nonzero(stretch == months)
        own = own[np.argsort(rate[own], kind="stable")]
        group[own] = end + joined(deals[own], least)
        end = group[own].max() + 1
    return group[kind]


def joined(sizes: ArrayLike, least: float) -> NDArray[np.intp]:
    """Numbers for runs of neighbours that hold ``least`` together; a short last run is none.

    Examples
    --------
    >>> joined([5, 9, 20, 12, 7, 2], least=10).tolist()
    [0, 0, 1, 2, 2, 2]
    """
    numbers, number, held = [], 0, 0.0
    for size in np.asarray(sizes, float):
        numbers.append(number)
        held += size
        if held >= least:
            number, held = number + 1, 0.0
    return np.minimum(numbers, max(number - 1, 0))


def shuffled(
    cells: pd.DataFrame, group: NDArray[np.intp], rng: np.random.Generator
) -> pd.DataFrame:
    """The same cells with the wins of each group dealt anew among its deals.

    Parameters
    ----------
    cells
        Rows with wins and trials, whole numbers.
    group
        Group of each cell, as from ``alike``.

    Raises
    ------
    ValueError
        Wins or trials are fractional: half a deal cannot be dealt.
    """
    counts = cells[["wins", "trials"]].to_numpy(float)
    whole = counts.astype(np.int64)
    if (whole != counts).any():
        raise ValueError("only whole wins and trials can be shuffled")
    order = np.argsort(group, kind="stable")
    wins = np.empty(len(cells), np.int64)
    for rows in np.split(order, np.flatnonzero(np.diff(group[order])) + 1):
        won, trials = whole[rows].T
        wins[rows] = rng.multivariate_hypergeometric(trials, won.sum())
    return cells.assign(wins=wins.astype(float))


def loosened(cells: pd.DataFrame, group: NDArray[np.intp]) -> float:
    """Share of deals whose outcome can come to lie with another rep.

    The others lie in groups of one outcome, or of one rep.
    """
    groups = cells.groupby(group)
    wins, trials, reps = groups["wins"].sum(), groups["trials"].sum(), groups["rep"].nunique()
    loose = (wins > 0) & (wins < trials) & (reps > 1)
    return float(trials[loose].sum() / trials.sum())
