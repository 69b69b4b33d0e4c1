"""From named columns to coefficients: which of them add up to the log odds of a row.

A *family* is a set of exchangeable coefficients, one for each level of a column: the products,
the months, the reps, the products within each rep. Coefficients are either shared by all reps
or belong to one rep. Family 0 is the intercept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MISSING = ""
"""The level that stands for a missing value."""

NO_FAMILY = -1
"""Family of the coefficient that adds nothing: the effect of a month that is not given."""


@dataclass(frozen=True)
class Layout:
    """The family of every coefficient.

    Coefficients lie in one vector: ``len(shared)`` shared ones, then ``len(local)`` for each of
    ``n_reps`` reps.
    """

    shared: NDArray
    local: NDArray
    n_reps: int

    @property
    def families(self) -> NDArray:
        """Family of each coefficient, shape (n_coefficients,)."""
        return np.concatenate([self.shared, np.tile(self.local, self.n_reps)])


@dataclass(frozen=True)
class Rows:
    """The coefficients of each row, as places in a ``Layout``.

    ``shared`` (n_rows, n_shared_families) are places among the shared coefficients, ``rep``
    (n_rows,) numbers the rep, ``local`` (n_rows, n_local_families) are places among those of
    that rep; the first of them is the effect of the rep itself.
    """

    shared: NDArray
    rep: NDArray
    local: NDArray

    def __len__(self) -> int:
        return len(self.rep)


class Encoder:
    """The levels seen in a fit, and the places of their coefficients.

    Parameters
    ----------
    segments, by, rep, team, period
        Names of columns, as in ``RepWinRate``.

    Attributes
    ----------
    families : tuple of str
        Names of the families, without the intercept, in the order of their numbers.
    layout : Layout
        Of the coefficients, after ``learn``.
    """

    def __init__(
        self,
        segments: Sequence[str],
        by: Sequence[str],
        rep: str,
        team: str | None,
        period: str | None,
    ) -> None:
        self._segments, self._by, self._rep = list(segments), list(by), rep
        self._team, self._period = team, period
        self._shared = [*segments, *(name for name in (period, team) if name is not None)]
        self._rep_family = len(self._shared) + 1
        self.families = (*self._shared, rep, *(f"{rep}:{name}" for name in by))

    def learn(self, deals: pd.DataFrame, trials: NDArray) -> Rows:
        """Learn the levels, and return the coefficients of the rows.

        Parameters
        ----------
        deals
            Closed deals or cells, one a row.
        trials
            Closed deals of each row; the team of a rep is the one with most of them.

        Raises
        ------
        ValueError
            A named column is not in the frame.
        """
        names = [self._rep, *self._shared]
        _require(deals, names)
        frame = deals[names].astype(object).reset_index(drop=True)
        frame = frame.where(frame.notna(), MISSING)
        # Sorted, so that neither draws nor rounding depend on the order of the rows.
        self._levels = {
            name: pd.Index(sorted(frame[name].unique(), key=str), dtype=object) for name in names
        }
        self.layout = Layout(
            shared=self._families_of(self._shared, 0),
            local=self._families_of(self._by, self._rep_family),
            n_reps=len(self._levels[self._rep]),
        )
        self._team_of: dict[object, object] = {}
        if self._team is not None:
            sizes = pd.Series(trials).groupby([frame[self._rep], frame[self._team]]).sum()
            self._team_of = dict(sizes.groupby(level=0).idxmax().to_numpy())
        return self._encode(frame)[0]

    def rows(self, deals: pd.DataFrame) -> tuple[Rows, Layout]:
        """The coefficients of rows to predict, and the layout they are places in.

        Levels that the fit never saw get coefficients of their own at the end of their part of
        the layout. A rep without a team takes its fitted one; a row without a period gets the
        coefficient that adds nothing.

        Raises
        ------
        ValueError
            The frame lacks the rep or a segment.
        """
        _require(deals, [self._rep, *self._segments])
        frame = deals.reindex(columns=[self._rep, *self._shared]).astype(object)
        if self._team is not None:
            fitted = frame[self._rep].map(self._team_of)
            frame[self._team] = frame[self._team].where(frame[self._team].notna(), fitted)
        known = frame.where(frame.notna(), MISSING)
        if self._period is None:
            return self._encode(known)

        without_period = frame[self._period].isna().to_numpy()
        rows, layout = self._encode(known)
        column = 1 + self._shared.index(self._period)
        rows.shared[without_period, column] = len(layout.shared)
        return rows, Layout(np.append(layout.shared, NO_FAMILY), layout.local, layout.n_reps)

    def _families_of(self, names: Sequence[str], first: int) -> NDArray:
        """Family ``first`` once, then each of the next ones once for every level."""
        sizes = [1, *(len(self._levels[name]) for name in names)]
        return np.repeat(np.arange(first, first + len(sizes)), sizes)

    def _encode(self, frame: pd.DataFrame) -> tuple[Rows, Layout]:
        shared, shared_families = self._places(frame, self._shared, 0, self.layout.shared)
        local, local_families = self._places(frame, self._by, self._rep_family, self.layout.local)
        rep, newcomers = _numbered(frame[self._rep], self._levels[self._rep], 0, self.layout.n_reps)
        layout = Layout(shared_families, local_families, self.layout.n_reps + newcomers)
        return Rows(shared, rep, local), layout

    def _places(
        self, frame: pd.DataFrame, names: Sequence[str], first: int, families: NDArray
    ) -> tuple[NDArray, NDArray]:
        """Places of the levels in one part of the layout, and that part with unseen levels."""
        places, start = [np.zeros(len(frame), np.intp)], 1
        for family, name in enumerate(names, first + 1):
            known = self._levels[name]
            place, unseen = _numbered(frame[name], known, start, len(families))
            places.append(place)
            families = np.append(families, np.full(unseen, family))
            start += len(known)
        return np.column_stack(places), families


def collapse(rows: Rows, wins: NDArray, trials: NDArray) -> tuple[Rows, NDArray, NDArray]:
    """One row for all that have the same coefficients, with their wins and trials summed."""
    places = pd.DataFrame(np.column_stack([rows.rep, rows.shared, rows.local]))
    group = places.groupby(list(places)).ngroup().to_numpy()
    _, first = np.unique(group, return_index=True)
    collapsed = Rows(rows.shared[first], rows.rep[first], rows.local[first])
    return collapsed, np.bincount(group, wins), np.bincount(group, trials)


def _numbered(values: pd.Series, known: pd.Index, start: int, end: int) -> tuple[NDArray, int]:
    """Number known values from ``start`` and others from ``end``; also how many others."""
    place = known.get_indexer(pd.Index(values, dtype=object)) + start
    unseen = place < start
    code, others = pd.factorize(values[unseen])
    place[unseen] = end + code
    return place, len(others)


def _require(frame: pd.DataFrame, names: Sequence[str]) -> None:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise ValueError(
            f"no column {', '.join(absent)}; the frame has {', '.join(map(str, frame.columns))}"
        )
