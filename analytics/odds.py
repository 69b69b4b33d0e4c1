"""The odds that each person wins each piece of work, as far as the data can tell people apart."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.posing import combinations_of, win_draws
from analytics.reallocation import objections
from analytics.settings import Settings
from analytics.study import Study


@dataclass(frozen=True, eq=False)
class Odds:
    """Joint draws of P(win), and where each item finds its own.

    Attributes
    ----------
    segment
        Of each item, the code into the last axis of ``draws``, shape (n_items,).
    draws
        Shape (n_draws, n_reps, n_segments). Without evidence that people differ everybody has
        the same.
    trials
        Closed opportunities of each person that are like those of the segment, shape
        (n_reps, n_segments).
    told
        Whether there is evidence that people differ.
    """

    segment: NDArray[np.intp]
    draws: NDArray[np.float64]
    trials: NDArray[np.intp]
    told: bool

    @property
    def choosing(self) -> NDArray[np.float64]:
        """The draws that choose: the first half."""
        return self.draws[: len(self.draws) // 2]

    @property
    def claiming(self) -> NDArray[np.float64]:
        """The draws that say what the choice is worth: the half that did not choose."""
        return self.draws[len(self.draws) // 2 :]


def odds(items: pd.DataFrame, reps: pd.DataFrame, study: Study, settings: Settings) -> Odds:
    """P(win) of each of ``reps`` (rep, team) on each of ``items`` (attributes by their names)."""
    keys = list(study.segments)
    segment, combinations = combinations_of(items, keys)
    shape = (len(reps), len(combinations))
    if study.model is None or not shape[0] or not shape[1]:
        return Odds(segment, np.full((2, *shape), study.win_rate), np.zeros(shape, int), False)
    rows = reps[["rep", "team"]].merge(combinations, how="cross")
    draws = win_draws(study.model, rows, len(reps), settings)
    told = not objections(study, settings)
    if not told:
        draws = np.broadcast_to(draws.mean(axis=1, keepdims=True), draws.shape)
    return Odds(segment, draws, _trials(study, rows).reshape(shape), told)


def owners_chance(items: pd.DataFrame, study: Study) -> NDArray[np.float64]:
    """P(win) of whoever has each item (``rep``, ``team``); of an average person without one."""
    if study.model is None or items.empty:
        return np.full(len(items), study.win_rate)
    code, combinations = combinations_of(items, ["rep", "team", *study.segments])
    return study.model.predict_proba(combinations)[code, 1]


def _trials(study: Study, rows: pd.DataFrame) -> NDArray[np.intp]:
    """Closed opportunities of the person in the level of ``study.by``, where that is known."""
    overall = rows["rep"].map(study.cells.groupby("rep")["trials"].sum())
    if study.by:
        counts = study.cells.groupby(["rep", study.by], as_index=False)["trials"].sum()
        found = rows.merge(counts, on=["rep", study.by], how="left")["trials"].fillna(0)
        overall = found.where(rows[study.by].notna(), overall)
    return overall.fillna(0).to_numpy(int)
