"""One look at the closed opportunities: attributes chosen, model fitted, signal tested."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.scope import month_names
from analytics.settings import ATTRIBUTES, Settings
from analytics.winrate import RepWinRate, SignalTest

WIN_RATES = (
    *("rep", "team", "level", "wins", "trials", "raw"),
    *("mean", "sd", "low", "high", "above", "above_low", "above_high", "p_above", "clear"),
)

MIX = 48
"""Typical opportunities over which a rep's rate is averaged."""


NOTHING_CLOSED = SignalTest(
    "too_little_data", "too_little_data", None, None, None, None, None, None
)


@dataclass(frozen=True)
class Study:
    """What the closed opportunities say about who wins what.

    Attributes
    ----------
    cells
        Wins and trials by rep, team, attributes and month of engagement.
    segments
        Attributes whose main effect is in the model.
    attributes
        Those of the segments that are crossed with the reps, the most important first.
    choices
        Attributes that could be crossed with the reps.
    model
        Missing when there is too little data to say anything.
    signal
        Whether reps differ, and differ by segment.
    """

    cells: pd.DataFrame
    segments: tuple[str, ...]
    attributes: tuple[str, ...]
    choices: tuple[str, ...]
    model: RepWinRate | None
    signal: SignalTest

    @property
    def by(self) -> str:
        """The first attribute crossed with the reps; empty when the data has none."""
        return self.attributes[0] if self.attributes else ""

    @property
    def closed(self) -> int:
        return int(self.cells["trials"].sum())

    @property
    def wins(self) -> int:
        return int(self.cells["wins"].sum())

    @property
    def win_rate(self) -> float:
        """Wins among the closed; one half where nothing has closed."""
        return self.wins / self.closed if self.closed else 0.5

    @property
    def reps(self) -> tuple[str, ...]:
        return tuple(sorted(self.cells["rep"].unique()))


def study(win_cells: pd.DataFrame, attributes: Sequence[str], settings: Settings) -> Study:
    """Choose attributes, fit the model and test for a signal.

    Parameters
    ----------
    win_cells
        The mart of that name.
    attributes
        To cross with the reps; a choice is made where none of them can be.
    settings
        Thresholds and the seed.
    """
    segments, choices = usable_attributes(win_cells, settings)
    crossed = crossable(win_cells, attributes, choices, settings)
    cells = aggregate(win_cells, segments)
    if cells.empty:
        return Study(cells, segments, crossed, choices, model=None, signal=NOTHING_CLOSED)
    model = blank_model(segments, crossed).fit_aggregated(cells, cells["wins"], cells["trials"])
    signal = tested(model, settings)
    enough = signal.verdict_reps != "too_little_data"
    return Study(cells, segments, crossed, choices, model if enough else None, signal)


def tested(model: RepWinRate, settings: Settings) -> SignalTest:
    """The signal test of a fitted model under the thresholds of the product."""
    return model.signal_test(
        n_boot=settings.bootstrap,
        random_state=settings.seed,
        alpha=settings.alpha,
        min_wins=settings.min_wins,
        min_losses=settings.min_losses,
        power=settings.power,
    )


def blank_model(segments: Sequence[str], attributes: Sequence[str]) -> RepWinRate:
    """The model of a study: reps may differ in each of the attributes and in their combinations.

    Pairs of them have an effect common to all reps too. Otherwise what goes well together for
    everybody would look like a talent of those who get it most.
    """
    return RepWinRate(
        segments=tuple(segments),
        by=tuple(attributes),
        pairs=tuple(combinations(attributes, 2)),
        cell=tuple(attributes) if len(attributes) > 1 else (),
    )


def crossable(
    win_cells: pd.DataFrame, asked: Sequence[str], choices: Sequence[str], settings: Settings
) -> tuple[str, ...]:
    """The attributes to cross with the reps: those asked for, else the first ones.

    Whatever would make more than ``max_combinations`` is left out: most combinations would then
    hold a single opportunity, from which nothing can be learnt of a rep.
    """
    wanted = [name for name in asked if name in choices] or choices[: settings.crossed]
    taken: tuple[str, ...] = ()
    for name in wanted:
        more = (*taken, name)
        if win_cells[list(more)].nunique().prod() <= settings.max_combinations:
            taken = more
    return taken


def usable_attributes(
    win_cells: pd.DataFrame, settings: Settings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The attributes for main effects, and those that can be crossed with the reps.

    An attribute qualifies when enough closed opportunities carry it and it takes at least two
    but not too many values.
    """
    trials = win_cells["trials"].sum()
    segments, choices = [], []
    for name in ATTRIBUTES:
        known = win_cells[win_cells[name].notna()]
        levels = known[name].nunique()
        if trials == 0 or known["trials"].sum() < settings.min_coverage * trials or levels < 2:
            continue
        if levels <= settings.max_levels:
            segments.append(name)
        if levels <= settings.max_by_levels:
            choices.append(name)
    return tuple(segments), tuple(choices)


def aggregate(win_cells: pd.DataFrame, segments: tuple[str, ...]) -> pd.DataFrame:
    """Wins and trials by rep, team, the given attributes and the month of engagement."""
    cells = win_cells.assign(
        period=month_names(win_cells["engaged_month"]),
    )
    keys = ["rep", "team", *segments, "period"]
    grouped = cells.groupby(keys, dropna=False, as_index=False)[["wins", "trials"]].sum()
    return grouped.astype({"wins": float, "trials": float})


def halves(study: Study, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The closed opportunities dealt at random into two sets of cells, for cross-fitting."""
    wins = study.cells["wins"].to_numpy(int)
    losses = study.cells["trials"].to_numpy(int) - wins
    first_wins, first_losses = rng.binomial(wins, 0.5), rng.binomial(losses, 0.5)
    first = study.cells.assign(wins=first_wins, trials=first_wins + first_losses)
    second = study.cells.assign(
        wins=wins - first_wins, trials=wins + losses - first_wins - first_losses
    )
    return first[first["trials"] > 0], second[second["trials"] > 0]


def win_rates(study: Study, settings: Settings, by: str = "") -> pd.DataFrame:
    """Each rep's win rate, over all and by level of an attribute, at one mix of opportunities.

    The attribute is ``by`` where it is crossed with the reps, else the first one that is.

    Every rep is given the same typical opportunities (direct standardisation), so rates compare
    people and not the leads they were given.

    Returns
    -------
    One row per rep and level; ``level`` is missing in the row over all. wins and trials are
    what was seen; mean, sd, low, high the estimate with its spread and interval; raw is
    wins / trials. above is the difference to the mean rep in the same level (in rate), above_low
    and above_high its interval, p_above the posterior probability that it is positive. clear is
    1 or -1 where a difference can be stated as a fact: there is evidence of differences of this
    kind, and this one's sign is all but certain; else 0. Without the first condition one cell in
    ten would stand out in a company whose reps do not differ.
    """
    if study.model is None:
        return pd.DataFrame(columns=list(WIN_RATES))
    by = by if by in study.attributes else study.by
    mix = typical_mix(study)
    levels = sorted(study.cells[by].dropna().unique(), key=natural) if by else []
    profiles = [mix, *(mix.assign(**{by: level}) for level in levels)]
    rates = rates_over(study, profiles, settings)
    return pd.concat(
        [
            seen(study, by, level).assign(
                **_summary(rates[:, :, index], settings.interval),
                clear=lambda rows: _clear(study.signal, rows, settings.clear),
            )
            for index, level in enumerate([None, *levels])
        ],
        ignore_index=True,
    )


def rates_over(
    study: Study, profiles: Sequence[pd.DataFrame], settings: Settings
) -> NDArray[np.float64]:
    """Joint draws of each rep's win rate in each profile, shape (draws, reps, profiles).

    A profile is a mix of opportunities, all of one length: rows like those of ``typical_mix``,
    over which the rate is averaged by their weight.
    """
    assert study.model is not None
    rows = pd.DataFrame({"rep": study.reps}).merge(pd.concat(profiles), how="cross")
    draws = study.model.posterior_samples(rows, size=settings.draws, random_state=settings.seed)
    weights = profiles[0]["weight"].to_numpy()
    shape = (len(draws), len(study.reps), len(profiles), len(weights))
    return draws.reshape(shape) @ (weights / weights.sum())


def natural(level: str) -> tuple[float, str]:
    """Sorts size bands by their number, and everything else by its name."""
    number = re.match(r"\d+", level)
    return (float(number[0]) if number else np.inf, level)


def _clear(signal: SignalTest, rows: pd.DataFrame, sure: float) -> np.ndarray:
    """1, -1 or 0 for each row: above or below the mean rep as a fact, or not to be told."""
    by_segment = rows["level"].notna().all()
    found = (signal.verdict_segments if by_segment else signal.verdict_reps) == "evidence"
    above, below = rows["p_above"] >= sure, rows["p_above"] <= 1 - sure
    return (above.astype(int) - below.astype(int)).to_numpy() * int(found)


def _summary(rates: np.ndarray, interval: float) -> dict[str, np.ndarray]:
    """Mean and interval of (draws, reps) rates, alone and against the mean rep."""
    above = rates - rates.mean(axis=1, keepdims=True)
    ends = np.quantile([rates, above], [(1 - interval) / 2, (1 + interval) / 2], axis=1)
    (low, above_low), (high, above_high) = ends
    return {
        "mean": rates.mean(axis=0),
        "sd": rates.std(axis=0),
        "low": low,
        "high": high,
        "above": above.mean(axis=0),
        "above_low": above_low,
        "above_high": above_high,
        "p_above": (above > 0).mean(axis=0),
    }


def seen(study: Study, by: str, level: str | None) -> pd.DataFrame:
    """Wins, trials and raw rate of every rep, over all or in one level of an attribute."""
    cells = study.cells if level is None else study.cells[study.cells[by] == level]
    team = study.cells.groupby("rep")["team"].first()
    counts = cells.groupby("rep")[["wins", "trials"]].sum().reindex(study.reps, fill_value=0.0)
    frame = counts.reset_index().assign(level=level, team=lambda rows: rows["rep"].map(team))
    frame["raw"] = (frame["wins"] / frame["trials"]).where(frame["trials"] > 0)
    return frame[["rep", "team", "level", "wins", "trials", "raw"]]


def typical_mix(study: Study, size: int = MIX) -> pd.DataFrame:
    """At most ``size`` combinations of attributes and month that stand for all that closed.

    Combinations are put in the order of their predicted win rate for an average rep and drawn at
    even steps of cumulated trials: their mean is close to that of all. ``weight`` sums to n.
    """
    assert study.model is not None
    keys = [*study.segments, "period"]
    combinations = study.cells.groupby(keys, dropna=False, as_index=False)["trials"].sum()
    predicted = study.model.predict_proba(combinations[keys].assign(rep=None))[:, 1]
    ranked = combinations.iloc[np.argsort(predicted, kind="stable")].reset_index(drop=True)
    ranked = ranked.rename(columns={"trials": "weight"})
    if len(ranked) <= size:
        return ranked
    steps = (np.arange(size) + 0.5) / size * ranked["weight"].sum()
    chosen = np.searchsorted(ranked["weight"].cumsum().to_numpy(), steps)
    return ranked.iloc[chosen].assign(weight=study.closed / size).reset_index(drop=True)
