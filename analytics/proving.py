"""Questions about the forecast itself: its path, what carries it, how it did, its rivals."""

from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.aiming import whole_of
from analytics.desk import Desk
from analytics.forecast.backtest import (
    RIVALS,
    backtest,
    day_number,
    priced,
    scores,
    stage_weighted,
    warm,
)
from analytics.forecast.simulate import simulate
from analytics.forecast.totals import QUANTILES, swings
from analytics.outlook import forecast, ground, learnt, open_deals, prospects

FAN_STEPS = 6
"""Days still to come at which the range is drawn."""

FAN_PATHS = 2_000

TWO_YEARS = 2.0
"""Years of opportunities below which no season can be told from chance."""

CARRIERS = 15
"""Opportunities named as those that matter most."""


def shown_owners(desk: Desk) -> NDArray:
    """Places of the owners of the scope's team, or of all."""
    team = desk.ask(ground).people["team"]
    return np.flatnonzero((team == desk.scope.team) | (desk.scope.team == ""))


def backtested(desk: Desk) -> pd.DataFrame:
    """Forecasts of past periods of the scope's kind for its team, and what came; see ``backtest``.

    A person who has changed teams counts where they are today: exports hold no more.
    """
    on = desk.ask(ground)
    day = day_number(desk.scope.as_of)
    return backtest(on.past, desk.ask(shown_owners), desk.scope.period, day, desk.settings.seed)


def backtest_scores(desk: Desk) -> pd.DataFrame:
    """How each way of forecasting did in the past periods; see ``scores``."""
    return scores(desk.ask(backtested))


def past_seasons(desk: Desk) -> float:
    """Years of opportunities behind the forecast: one year cannot teach seasons."""
    past = desk.ask(ground).past
    return (day_number(desk.scope.as_of) - past.first) / 365.25 if len(past.deals) else 0.0


def rivals(desk: Desk) -> dict[str, float]:
    """What others would go by for the scope's period and team today (currency); see ``RIVALS``."""
    on, period = desk.ask(ground), desk.scope.period
    deals, day = on.past.deals, day_number(desk.scope.as_of)
    start, end = day_number(period.start), day_number(period.end)
    ours = np.isin(deals.rep, desk.ask(shown_owners))

    def won(first: int, after: int) -> float:
        counted = ours & deals.won & (deals.closed >= first) & (deals.closed < after)
        return float(deals.amount[counted].sum())

    so_far = won(start, min(day + 1, end))
    still_open = ours & (deals.created <= day) & (deals.closed > day)
    open_ones, found_ = deals.take(still_open), desk.ask(learnt)
    if found_ is not None:
        open_ones = priced(open_ones, found_)
    weighted = stage_weighted(deals, open_ones, on.past.due[still_open], start, end, day)
    found = (
        so_far + weighted,
        so_far + max(end - max(start, day + 1), 0) * won(day - 90, day + 1) / 91,
        won(start - 365, end - 365) if warm(on.past, start - 365) else float("nan"),
    )
    return dict(zip(RIVALS, found, strict=True))


def fan(desk: Desk) -> pd.DataFrame:
    """The range of what is won, day by day to come: day, and ``QUANTILES`` (currency).

    The last day is that of the forecast itself. Empty where nothing is to come.
    """
    found, learnt_ = desk.ask(forecast), desk.ask(learnt)
    days = found.days if found else 0
    columns = ["day", *QUANTILES]
    if found is None or learnt_ is None or days == 0:
        return pd.DataFrame(columns=columns)
    unit, start = desk.ask(whole_of), desk.scope.period.start
    open_ones, spread, factors = desk.ask(open_deals)
    day, so_far = day_number(desk.scope.as_of), found.so_far[unit][0]
    skipped = max(day_number(start) - 1 - day, 0)
    steps = np.linspace(skipped, days, min(FAN_STEPS, days - skipped) + 1).round().astype(int)
    begun = desk.scope.as_of + timedelta(days=skipped)
    rows: list[tuple[object, ...]] = [(begun, *([so_far] * len(QUANTILES)))]
    for ahead in steps[1:-1].tolist():
        # The same draws at each step, so that the lines do not cross.
        paths = simulate(
            open_ones,
            learnt_,
            day,
            ahead,
            skipped=skipped,
            paths=FAN_PATHS,
            spread=spread,
            factors=factors,
            rng=np.random.default_rng(desk.settings.seed),
        )
        sample = so_far + paths.amounts[found.members[unit]].sum(axis=0, dtype=float)
        at = desk.scope.as_of + timedelta(days=ahead)
        rows.append((at, *np.quantile(sample, list(QUANTILES.values()))))
    last = np.quantile(found.samples(*unit), list(QUANTILES.values()))
    rows.append((desk.scope.as_of + timedelta(days=days), *last))
    return pd.DataFrame(rows, columns=columns)


def carried_by(desk: Desk, target: float) -> pd.DataFrame:
    """The open opportunities that decide most whether a target of the scope's team is reached.

    Parameters
    ----------
    target
        Of the period (currency).

    Returns
    -------
    The columns of ``prospects``, and ``if_won`` and ``if_not``: the chance to reach the target
    then; the widest apart first.
    """
    found, items = desk.ask(forecast), desk.ask(prospects)
    items = items[items["p_period"].notna()]
    if found is None or items.empty:
        return items.assign(if_won=[], if_not=[])
    items = items.nlargest(20 * CARRIERS, "expected_period")
    sample = found.samples(*desk.ask(whole_of))
    value, chance = items["value"].to_numpy(float), items["p_period"].to_numpy(float)
    if_won, if_not = swings(sample, target, value, chance)
    rows = items.assign(if_won=if_won, if_not=if_not)
    order = (rows["if_won"] - rows["if_not"]).to_frame("swing").assign(e=rows["expected_period"])
    return rows.loc[order.sort_values(["swing", "e"], ascending=False).index[:CARRIERS]]
