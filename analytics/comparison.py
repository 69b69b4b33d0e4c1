"""People compared with each other, segments with segments, one time with another.

All comparisons are at the same typical mix of opportunities, so that they compare people and
not the leads they were given.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.allocation import Interval
from analytics.allocation.move import summary
from analytics.selection import e_value, tipping_gap
from analytics.settings import Settings
from analytics.study import Study, natural, rates_over, typical_mix

KNOWN_PLACE = 0.5
"""Least probability of a place that may be printed as one."""

SMALL_MIX = 16
"""Typical opportunities where everybody's rates are averaged in every level: a third of the usual
number moves a mean by less than half a point."""


@dataclass(frozen=True)
class Comparison:
    """Two reps on the same opportunities; rates and differences lie between 0 and 1.

    Attributes
    ----------
    difference
        Win rate of the first less that of the second.
    p_better
        Posterior probability that the first wins more.
    raw_difference
        Of the counted win rates, whatever leads each had.
    lead_difference
        What an average rep would win of the leads of the first, less the same of the second:
        the part of ``raw_difference`` that recorded attributes of the leads explain.
    tipping_gap
        Hidden lead quality that would explain ``difference`` away, in log odds.
    recorded_gap
        The recorded difference of the leads in log odds, positive where the one who wins more
        had the easier ones: what ``tipping_gap`` may be measured against.
    e_value
        See ``selection.e_value``.
    """

    first: str
    second: str
    difference: Interval
    p_better: float
    raw_difference: float
    lead_difference: float
    tipping_gap: float
    recorded_gap: float
    e_value: float

    @property
    def told(self) -> bool:
        """Whether the interval of the difference leaves out that both are alike."""
        return self.difference.low > 0 or self.difference.high < 0


def rate_draws(study: Study, settings: Settings) -> pd.DataFrame:
    """Joint draws of each rep's win rate at the typical mix: one row a draw, one column a rep."""
    rates = rates_over(study, [typical_mix(study)], settings)
    return pd.DataFrame(rates[:, :, 0], columns=list(study.reps))


def ranking(draws: pd.DataFrame, interval: float) -> pd.DataFrame:
    """Who may be first, second and so on.

    Returns
    -------
    One row per rep, the highest mean rate first: rep; rank, the likeliest place, and p_rank,
    its probability; rank_low and rank_high, between which the place lies with probability
    ``interval``; p_best, the probability of the first place. known says whether p_rank is
    high enough for the place to be printed as one.
    """
    ranks = draws.rank(axis=1, ascending=False, method="first").to_numpy(int)
    places = np.arange(1, ranks.shape[1] + 1)
    chances = (ranks[:, :, None] == places).mean(axis=0)
    tails = [(1 - interval) / 2, (1 + interval) / 2]
    low, high = np.quantile(ranks, tails, axis=0, method="nearest").astype(int)
    table = pd.DataFrame(
        {
            "rep": draws.columns,
            "rank": places[chances.argmax(axis=1)],
            "p_rank": chances.max(axis=1),
            "known": chances.max(axis=1) >= KNOWN_PLACE,
            "rank_low": low,
            "rank_high": high,
            "p_best": chances[:, 0],
        }
    )
    order = np.argsort(-draws.mean().to_numpy(), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def compare(
    study: Study, draws: pd.DataFrame, first: str, second: str, interval: float
) -> Comparison:
    """One rep against another; ``draws`` are those of ``rate_draws``."""
    assert study.model is not None
    a, b = draws[first].to_numpy(), draws[second].to_numpy()
    better, worse = (a, b) if a.mean() >= b.mean() else (b, a)
    raw, leads = [], []
    for rep in (first, second):
        cells = study.cells[study.cells["rep"] == rep]
        raw.append(cells["wins"].sum() / cells["trials"].sum())
        chances = study.model.predict_proba(cells.assign(rep=None, team=None))[:, 1]
        leads.append(np.average(chances, weights=cells["trials"]))
    recorded = np.log(leads[0] / (1 - leads[0])) - np.log(leads[1] / (1 - leads[1]))
    ratio_low = float(np.quantile(better / worse, (1 - interval) / 2))
    return Comparison(
        first=first,
        second=second,
        difference=Interval(*summary(a - b, interval)),
        p_better=float((a > b).mean()),
        raw_difference=float(raw[0] - raw[1]),
        lead_difference=float(leads[0] - leads[1]),
        tipping_gap=tipping_gap(better, worse),
        recorded_gap=float(recorded if better is a else -recorded),
        e_value=e_value(ratio_low),
    )


def by_segment(study: Study, by: str, settings: Settings) -> pd.DataFrame:
    """The win rate of the average rep in each level of an attribute, all else at the mix.

    Returns
    -------
    One row per level: level; wins, trials and raw as counted; mean, low, high as estimated.
    """
    assert study.model is not None
    counts = study.cells.dropna(subset=[by]).groupby(by)[["wins", "trials"]].sum()
    levels = sorted(counts.index, key=natural)
    return _estimated(study, by, counts.loc[levels].reset_index(names="level"), settings)


def over_time(study: Study, settings: Settings) -> pd.DataFrame:
    """The win rate of the average rep by month of engagement, all else at the mix.

    Returns
    -------
    One row per month, oldest first, with the columns of ``by_segment``; level is the month as
    in "2026-03". By month of closing it would say when people close, not how well they win.
    """
    assert study.model is not None
    counts = study.cells.dropna(subset=["period"]).groupby("period")[["wins", "trials"]].sum()
    return _estimated(study, "period", counts.sort_index().reset_index(names="level"), settings)


def _estimated(study: Study, column: str, counts: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Counts by level with the rate that the model has for the average rep there."""
    if counts.empty:
        return counts.assign(raw=[], mean=[], low=[], high=[])
    mix = typical_mix(study, SMALL_MIX)
    profiles = [mix.assign(**{column: level}) for level in counts["level"]]
    rates = rates_over(study, profiles, settings).mean(axis=1)
    tails = [(1 - settings.interval) / 2, (1 + settings.interval) / 2]
    low, high = np.quantile(rates, tails, axis=0)
    return counts.assign(
        raw=counts["wins"] / counts["trials"], mean=rates.mean(axis=0), low=low, high=high
    )
