"""From named columns to coefficients: which of them add up to the log odds of a row.

A *family* is a set of exchangeable coefficients, one for each level of a column: the products,
the months, the reps, the products within each rep. A coefficient is shared by all reps, or
belongs to one rep, or is a leaf: it belongs to one rep in one cell. Family 0 is the intercept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MISSING = ""
"""The level that stands for a missing value."""

NO_FAMILY = -1
"""Family of the coefficients that add nothing, such as the effect of a month that is not given."""


@dataclass(frozen=True)
class Layout:
    """The family of every coefficient.

    Coefficients lie in one vector: ``len(shared)`` shared ones, then ``len(local)`` for each of
    ``n_reps`` reps, then the leaves.
    """

    shared: NDArray
    local: NDArray
    n_reps: int
    leaves: NDArray = field(default_factory=lambda: np.zeros(0, np.intp))

    @property
    def families(self) -> NDArray:
        """Family of each coefficient, shape (n_coefficients,)."""
        return np.concatenate([self.shared, np.tile(self.local, self.n_reps), self.leaves])


@dataclass(frozen=True)
class Rows:
    """The coefficients of each row, as places in a ``Layout``.

    ``shared`` (n_rows, n_shared_families) are places among the shared coefficients, ``rep``
    (n_rows,) numbers the rep, ``local`` (n_rows, n_local) are places among those of that rep;
    the first of them is the effect of the rep itself. ``leaf`` (n_rows,) is the place among the
    leaves, where there are any.
    """

    shared: NDArray
    rep: NDArray
    local: NDArray
    leaf: NDArray

    def __len__(self) -> int:
        return len(self.rep)


class Encoder:
    """The levels seen in a fit, and the places of their coefficients.

    Parameters
    ----------
    segments, by, rep, team, period, pairs, cell, drift
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
        pairs: Sequence[tuple[str, ...]] = (),
        cell: Sequence[str] = (),
        drift: str | None = None,
    ) -> None:
        self._segments, self._by, self._rep = list(segments), list(by), rep
        self._team, self._period, self._drift = team, period, drift
        self._cell = (rep, *cell) if cell else ()
        plain = [*segments, *(name for name in (period, team) if name is not None)]
        self._shared = [*((name,) for name in plain), *(tuple(pair) for pair in pairs)]
        self._period_column = 1 + len(self._segments)
        self._columns = list(dict.fromkeys([rep, *plain, *([drift] if drift else [])]))
        self.families = (
            *("*".join(columns) for columns in self._shared),
            rep,
            *([f"{rep}:{drift}"] if drift else []),
            *(f"{rep}:{name}" for name in by),
            *([f"{rep}:{'*'.join(cell)}"] if cell else []),
        )

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
        _require(deals, self._columns)
        frame = deals[self._columns].astype(object).reset_index(drop=True)
        frame = frame.where(frame.notna(), MISSING)
        # Sorted, so that neither draws nor rounding depend on the order of the rows.
        self._levels = {
            name: pd.Index(sorted(frame[name].unique(), key=str), dtype=object)
            for name in self._columns
        }
        if self._drift is not None:
            times = sorted(set(frame[self._drift]) - {MISSING})
            self._levels[self._drift] = pd.Index(times, dtype=object)
        codes = self._codes(frame)
        self._together = {
            columns: _combined(codes, columns).unique().sort_values()
            for columns in (*self._shared, self._cell)
            if len(columns) > 1
        }
        self._lay_out()
        self._team_of: dict[object, object] = {}
        if self._team is not None:
            sizes = pd.Series(trials).groupby([frame[self._rep], frame[self._team]]).sum()
            self._team_of = dict(sizes.groupby(level=0).idxmax().to_numpy())
        return self._encode(codes)[0]

    def rows(self, deals: pd.DataFrame) -> tuple[Rows, Layout]:
        """The coefficients of rows to predict, and the layout they are places in.

        Levels that the fit never saw get coefficients of their own at the end of their part of
        the layout. A rep without a team takes its fitted one; a row without a period gets the
        coefficient that adds nothing. Where the reps drift, a row without a time is of the
        newest.

        Raises
        ------
        ValueError
            The frame lacks the rep or a segment.
        """
        _require(deals, [self._rep, *self._segments])
        frame = deals.reindex(columns=self._columns).astype(object)
        if self._team is not None:
            fitted = frame[self._rep].map(self._team_of)
            frame[self._team] = frame[self._team].where(frame[self._team].notna(), fitted)
        rows, layout = self._encode(self._codes(frame.where(frame.notna(), MISSING)))
        if self._period is None:
            return rows, layout
        without_period = frame[self._period].isna().to_numpy()
        rows.shared[without_period, self._period_column] = len(layout.shared)
        shared = np.append(layout.shared, NO_FAMILY)
        return rows, Layout(shared, layout.local, layout.n_reps, layout.leaves)

    def period_shares(self, rows: Rows, trials: NDArray) -> NDArray:
        """Share of the closed deals that each shared coefficient of a period has in the fit.

        Shape (n_shared,); zero for what is no period.
        """
        if self._period is None:
            return np.zeros(len(self.layout.shared))
        places = rows.shared[:, self._period_column]
        return np.bincount(places, trials, len(self.layout.shared)) / trials.sum()

    def _lay_out(self) -> None:
        """Number the families and their coefficients."""
        shared = [1, *(len(self._known(columns)) for columns in self._shared)]
        own, families = [1], [len(shared)]
        if self._drift is not None:
            # A step from each time back to the one before it, and one place for no step.
            steps = len(self._levels[self._drift]) - 1
            own, families = [1, steps, 1], [len(shared), len(shared) + 1, NO_FAMILY]
        for name in self._by:
            own.append(len(self._levels[name]))
            families.append(max(families) + 1)
        leaves = np.zeros(0, np.intp)
        if self._cell:
            leaves = np.full(len(self._known(self._cell)), max(families) + 1)
        self.layout = Layout(
            shared=np.repeat(np.arange(len(shared)), shared),
            local=np.repeat(families, own),
            n_reps=len(self._levels[self._rep]),
            leaves=leaves,
        )
        self._by_start = sum(own) - sum(len(self._levels[name]) for name in self._by)

    def _known(self, columns: tuple[str, ...]) -> pd.Index:
        return self._together[columns] if len(columns) > 1 else self._levels[columns[0]]

    def _codes(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The number of each level; unseen levels come after the known ones."""
        return pd.DataFrame(
            {
                name: _numbered(pd.Index(frame[name], dtype=object), self._levels[name])[0]
                for name in self._columns
            }
        )

    def _encode(self, codes: pd.DataFrame) -> tuple[Rows, Layout]:
        shared, families = self._places(codes, self._shared, 1, self.layout.shared, 1)
        by = [(name,) for name in self._by]
        first = int(self.layout.local.max()) + 1 - len(by)
        local, own_families = self._places(
            codes, by, first, self.layout.local, self._by_start, self._steps(codes)
        )
        n_reps = max(self.layout.n_reps, 1 + int(codes[self._rep].max()) if len(codes) else 0)
        leaf, leaves = np.zeros(len(codes), np.intp), self.layout.leaves
        if self._cell:
            leaf, unseen = _numbered(_combined(codes, self._cell), self._known(self._cell))
            leaves = np.append(leaves, np.full(unseen, leaves[0]))
        rows = Rows(shared, codes[self._rep].to_numpy(), local, leaf)
        return rows, Layout(families, own_families, n_reps, leaves)

    def _steps(self, codes: pd.DataFrame) -> NDArray:
        """The rep's own place, and those of the steps from the newest time back to the row's."""
        own = np.zeros((len(codes), 1), np.intp)
        if self._drift is None:
            return own
        steps = np.arange(len(self._levels[self._drift]) - 1)
        time = codes[self._drift].to_numpy()[:, None]
        return np.hstack([own, np.where(steps >= time, 1 + steps, 1 + len(steps))])

    def _places(
        self,
        codes: pd.DataFrame,
        of: Sequence[tuple[str, ...]],
        family: int,
        families: NDArray,
        start: int,
        before: NDArray | None = None,
    ) -> tuple[NDArray, NDArray]:
        """Places of the levels in one part of the layout, and that part with unseen levels."""
        places = [np.zeros((len(codes), 1), np.intp) if before is None else before]
        for number, columns in enumerate(of, family):
            known = self._known(columns)
            place, unseen = codes[columns[0]].to_numpy(), 0
            if len(columns) > 1:
                place, unseen = _numbered(_combined(codes, columns), known)
            else:
                unseen = max(0, 1 + int(place.max()) - len(known)) if len(place) else 0
            beyond = place >= len(known)
            place = np.where(beyond, place - len(known) + len(families), place + start)
            places.append(place[:, None])
            families = np.append(families, np.full(unseen, number))
            start += len(known)
        return np.hstack(places), families


def collapse(rows: Rows, wins: NDArray, trials: NDArray) -> tuple[Rows, NDArray, NDArray]:
    """One row for all that have the same coefficients, with their wins and trials summed."""
    places = pd.DataFrame(np.column_stack([rows.rep, rows.shared, rows.local, rows.leaf]))
    group = places.groupby(list(places)).ngroup().to_numpy()
    _, first = np.unique(group, return_index=True)
    collapsed = Rows(rows.shared[first], rows.rep[first], rows.local[first], rows.leaf[first])
    return collapsed, np.bincount(group, wins), np.bincount(group, trials)


def _combined(codes: pd.DataFrame, columns: Sequence[str]) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([codes[name] for name in columns])


def _numbered(values: pd.Index, known: pd.Index) -> tuple[NDArray, int]:
    """Number known values from 0 and others after them; also how many others."""
    place = known.get_indexer(values)
    unseen = place < 0
    code, others = pd.factorize(values[unseen])
    place[unseen] = len(known) + code
    return place, len(others)


def _require(frame: pd.DataFrame, names: Sequence[str]) -> None:
    absent = [name for name in names if name not in frame.columns]
    if absent:
        raise ValueError(
            f"no column {', '.join(absent)}; the frame has {', '.join(map(str, frame.columns))}"
        )
