"""What becomes of opportunities by age, rep and segment: won, lost, or still open.

A win rate of closed opportunities leaves out the open ones. Here each opportunity counts for
every age band that it was seen in, and two models share the question: does one that is open at
the start of a band close in it, and is one that closes at that age won. Their likelihoods
multiply to that of won, lost and open, so the two are fitted apart and drawn independently.
Where win and loss have clocks of their own, the effect of a rep on winning moves the log odds by
the same amount at every age, which a fit per cause would not have. ``tests/benchmarks/timing.py``
compares both.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize
from scipy.special import expit, logit
from sklearn.base import clone

from analytics.scope import month_names
from analytics.timing import Ends, ends, horizon, last_band
from analytics.winrate import RepWinRate

CHUNK = 256
"""Rows drawn at a time; the draws of one take bands x draws x 16 bytes."""

INCIDENCE = ("won", "low", "high", "lost", "open", "extrapolated")

OPEN_CHANCES = ("opportunity_id", "won", "low", "high", "extrapolated", "stage_used")


class CompetingRisks:
    """Chances to be won, to be lost and to stay open, by rep, segment and age.

    Beyond the ages that were seen in number, closing rate and win share are assumed to stay as
    in the oldest of them; every answer says how much of it rests on that.

    Parameters
    ----------
    model
        Whose families of effects both models have, its segments named; the age band is a further
        segment of both.
    min_observed
        Opportunities that the oldest band of either model must hold; older ones are pooled.

    Attributes
    ----------
    closing_, winning_ : RepWinRate
        Of closing in a band, and of being won when closing.
    horizon_days_ : float
        Age up to which the data reach.
    """

    def __init__(self, model: RepWinRate, min_observed: int = 50) -> None:
        self.model = model
        self.min_observed = min_observed

    def fit(self, deal_ages: pd.DataFrame) -> "CompetingRisks":
        """Learn from opportunities at risk by age.

        Parameters
        ----------
        deal_ages
            The mart of that name.

        Raises
        ------
        KeyError
            A column is missing.
        ValueError
            No opportunity was seen through a band, or none closed.
        """
        assert self.model.segments is not None, "which columns are segments has to be said"
        segments = (*self.model.segments, "band")
        template = clone(self.model).set_params(segments=segments)
        cells = self._cells(with_period(deal_ages), segments)
        closed = cells["won"] + cells["lost"]
        by_band = cells.assign(closed=closed).groupby("band")[["at_risk", "closed"]].sum()
        self._oldest = last_band(by_band["at_risk"], self.min_observed)
        self._oldest_closed = last_band(by_band["closed"], self.min_observed)
        self.horizon_days_ = horizon(deal_ages, self.min_observed)
        self.closing_ = clone(template).fit_aggregated(
            cells.assign(band=cells["band"].clip(upper=self._oldest)), closed, cells["at_risk"]
        )
        self.winning_ = clone(template).fit_aggregated(
            cells.assign(band=cells["band"].clip(upper=self._oldest_closed)), cells["won"], closed
        )
        return self

    def _cells(self, rows: pd.DataFrame, segments: tuple[str, ...]) -> pd.DataFrame:
        """The counts by what the models know of: an attribute left out costs nothing."""
        others = (self.model.rep, self.model.team, self.model.period, self.model.drift)
        keys = [*segments, *(name for name in others if name is not None)]
        counts = ["at_risk", "won", "lost"]
        return rows.groupby(keys, dropna=False, as_index=False, sort=False)[counts].sum()

    def draws(
        self,
        rows: pd.DataFrame,
        *,
        after: ArrayLike = 0.0,
        within: ArrayLike = np.inf,
        size: int = 400,
        random_state: int = 0,
    ) -> Ends:
        """Draws of how opportunities end, joint over the rows, each of shape (size, n_rows).

        Parameters
        ----------
        rows
            With rep and segments, as in ``RepWinRate.predict_proba``.
        after, within
            Age (days) at which they are still open, and days from there; one or one a row.
            Without a limit: in the end.
        """
        closing, winning = self.by_band(rows, size, random_state)
        return self.ends(closing, winning, after, within)

    def by_band(self, rows: pd.DataFrame, size: int, random_state: int) -> tuple[NDArray, NDArray]:
        """Draws of closing and of winning by age band, each of shape (size, n_rows, n_bands)."""
        bands = np.arange(self._oldest + 1)
        spread = rows.iloc[np.repeat(np.arange(len(rows)), len(bands))].assign(
            band=np.tile(bands, len(rows))
        )
        late = spread.assign(band=spread["band"].clip(upper=self._oldest_closed))
        closing = self.closing_.posterior_samples(spread, size, random_state)
        # Another seed: the same would tie the errors of the two models to each other.
        winning = self.winning_.posterior_samples(late, size, random_state + 1)
        shape = (size, len(rows), len(bands))
        return closing.reshape(shape), winning.reshape(shape)

    def ends(self, closing: NDArray, winning: NDArray, after: ArrayLike, within: ArrayLike) -> Ends:
        """``analytics.timing.ends``, with the age up to which these data reach."""
        return ends(closing, winning, after=after, within=within, horizon_days=self.horizon_days_)


def incidence(
    risks: CompetingRisks,
    rows: pd.DataFrame,
    by: str,
    *,
    within: float = np.inf,
    level: float = 0.9,
    size: int = 400,
    random_state: int = 0,
) -> pd.DataFrame:
    """What becomes of new opportunities within some days, by the values of one column.

    Parameters
    ----------
    rows
        Kinds of opportunities with rep, segments and ``weight``: the same typical mix for every
        rep to compare people, or those that there were to describe a segment.
    by
        A column of ``rows``, such as rep or product.
    within
        Days since creation; without a limit: in the end.
    level
        Coverage of the interval.

    Returns
    -------
    One row per value: won with its interval (low, high), lost, open, extrapolated, as shares.
    """
    found = []
    for value, group in rows.groupby(by, sort=True):
        drawn = risks.draws(group, within=within, size=size, random_state=random_state)
        weight = (group["weight"] / group["weight"].sum()).to_numpy()
        won = drawn.won @ weight
        rest = (part.mean(axis=0) @ weight for part in (drawn.lost, drawn.open, drawn.extrapolated))
        found.append((value, won.mean(), *np.quantile(won, _tails(level)), *rest))
    return pd.DataFrame(found, columns=[by, *INCIDENCE])


def open_win_chance(
    risks: CompetingRisks,
    open_items: pd.DataFrame,
    *,
    within: float = np.inf,
    stages: pd.Series | None = None,
    level: float = 0.9,
    size: int = 400,
    random_state: int = 0,
) -> pd.DataFrame:
    """The chance that each open opportunity is won, given its age, segment and owner.

    Parameters
    ----------
    open_items
        The mart of that name. Those of unknown age are left out.
    within
        Days from the as-of date; without a limit: in the end.
    stages
        Effects by stage, from ``stage_effects``; empty or None where nothing is known of them.

    Returns
    -------
    One row per opportunity: won with its interval (low, high), extrapolated, and stage_used,
    whether its stage had a say. The interval takes the stage's effect as certain.
    """
    items = with_period(open_items[open_items["created_on"].notna()])
    effects = pd.Series(dtype=float) if stages is None else stages
    effect = items["stage"].map(effects).astype(float)
    parts = []
    for place in _chunks(len(items)):
        chunk = items.iloc[place]
        ages = chunk["age_days"].to_numpy(float)
        course = risks.by_band(chunk, size, random_state)
        drawn, in_the_end = risks.ends(*course, ages, within), risks.ends(*course, ages, np.inf).won
        # The stage moves the odds of the end; a share of it comes within the days asked for.
        moved = expit(logit(in_the_end) + effect.iloc[place].fillna(0).to_numpy())
        won = drawn.won * moved / in_the_end
        extrapolated = drawn.extrapolated.mean(axis=0)
        parts.append([won.mean(axis=0), *np.quantile(won, _tails(level), axis=0), extrapolated])
    won, low, high, extrapolated = np.hstack(parts) if parts else np.empty((4, 0))
    ids, used = items["opportunity_id"].to_numpy(), effect.notna().to_numpy()
    columns = (ids, won, low, high, extrapolated, used)
    return pd.DataFrame(dict(zip(OPEN_CHANCES, columns, strict=True)))


def stage_effects(
    risks: CompetingRisks, past_stages: pd.DataFrame, *, min_closed: int = 100
) -> pd.Series:
    """What a stage says about winning beyond age, segment and owner (log odds, by stage).

    An export holds only the stage of its day, so this is learnt from opportunities that an older
    export shows open in a stage and that have closed since. An effect multiplies the odds that
    an opportunity would have otherwise. Effects are normal around a common level with a standard
    deviation of 1, so a stage seen a few times says little; and on average over those seen they
    change nothing, since those that have closed since are not a fair sample of what is open.
    How a stage changes the *speed* is not modelled.

    Parameters
    ----------
    past_stages
        The mart of that name.
    min_closed
        Closed opportunities with a known earlier stage below which nothing is said.

    Returns
    -------
    Effect by stage; empty when there are too few.
    """
    if past_stages["opportunity_id"].nunique() < min_closed:
        return pd.Series(dtype=float)
    rows = with_period(past_stages)
    expected = np.concatenate(
        [
            risks.draws(rows.iloc[place], after=rows["age_days"].iloc[place], size=100).won.mean(0)
            for place in _chunks(len(rows))
        ]
    )
    stage, names = pd.factorize(rows["stage"], sort=True)
    won = rows["won"].to_numpy(float)

    def loss(effects: NDArray) -> tuple[float, NDArray]:
        log_odds = logit(expected) + effects[0] + effects[1:][stage]
        residual = expit(log_odds) - won
        value = np.logaddexp(0, log_odds).sum() - won @ log_odds + effects[1:] @ effects[1:] / 2
        by_stage = np.bincount(stage, residual, len(names)) + effects[1:]
        return value, np.append(residual.sum(), by_stage)

    best = minimize(loss, np.zeros(len(names) + 1), jac=True, method="BFGS").x[1:]

    def surplus(level: float) -> float:
        return (expit(logit(expected) + (best - level)[stage]) - expected).sum()

    level = brentq(surplus, best.min() - 1, best.max() + 1)
    return pd.Series(best - level, index=names)


def with_period(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the month in which they began as ``period``, like 2026-03."""
    began = "engaged_month" if "engaged_month" in rows else "created_on"
    return rows.assign(period=month_names(rows[began]))


def _chunks(size: int) -> Iterator[slice]:
    return (slice(start, start + CHUNK) for start in range(0, size, CHUNK))


def _tails(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2
