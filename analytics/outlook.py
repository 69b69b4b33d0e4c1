"""Questions about what is to come: open opportunities' chances, the period's forecast, its test."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.desk import Desk, of_everybody
from analytics.forecast.backtest import Past, day_number, enough, priced
from analytics.forecast.course import LONGEST, MOST_STRATA, NEVER, DealDays, chance_within, ways
from analytics.forecast.habits import Habits
from analytics.forecast.simulate import simulate
from analytics.forecast.stages import stage_factors
from analytics.forecast.totals import Forecast, totals
from analytics.workflow import course_tables, history, open_items, stage_stays


@dataclass(frozen=True)
class Ground:
    """What forecasts stand on: the past, the people in the order of their places, strata.

    ``people`` has rep, team, region, active, and nobody as its last row; ``stratum_of`` is by
    the number of a product.
    """

    past: Past
    people: pd.DataFrame
    stratum_of: NDArray

    def owner(self, reps: pd.Series) -> NDArray:
        """Place of each owner; the last where nobody owns it."""
        found = pd.Index(self.people["rep"].iloc[:-1]).get_indexer(reps)
        return np.where(found < 0, len(self.people) - 1, found)


@of_everybody
def ground(desk: Desk) -> Ground:
    """Opportunities in numbers, of everybody."""
    tables = desk.ask(course_tables)
    deals, spells = tables["deal_days"], tables["team_spells"]
    now = spells[pd.to_datetime(spells["ends_on"]) > pd.Timestamp(desk.scope.as_of)]
    people = now.drop_duplicates("rep", keep="first").sort_values("rep", ignore_index=True)
    people = people[["rep", "team", "region", "active"]]
    people.loc[len(people)] = ["", "", "", True]
    product = deals["product_no"].to_numpy(int)
    usual = np.bincount(product).argsort()[::-1][: MOST_STRATA - 1]
    # Every product has its place, also one that nothing is learnt from.
    stratum_of = np.full(len(tables["product_places"]) + 1, MOST_STRATA - 1)
    stratum_of[usual] = np.arange(len(usual))
    nobody, number = len(people) - 1, deals["rep_no"].to_numpy(int)
    arrays = DealDays(
        created=deals["created"].to_numpy(),
        closed=deals["closed"].to_numpy(),
        won=deals["won"].to_numpy(bool),
        amount=deals["amount"].to_numpy(),
        stratum=stratum_of[product],
        rep=np.where(number > 0, number - 1, nobody),
    )
    past = Past(
        arrays, deals["due"].to_numpy(), MOST_STRATA, len(people), desk.scope.period.first_month
    )
    return Ground(past, people, stratum_of)


@of_everybody
def learnt(desk: Desk) -> Habits | None:
    """How opportunities win, lose and arrive; None where too little is known."""
    on, day = desk.ask(ground), day_number(desk.scope.as_of)
    if not enough(on.past, day):
        return None
    return on.past.learnt(day, on.people["active"].to_numpy(bool))


@of_everybody
def stage_odds(desk: Desk) -> pd.Series:
    """What stages say, by stage: factors on the odds of winning. Empty after a single export."""
    found, past = desk.ask(learnt), desk.ask(history)
    dated = past[(past["entity"] == "opportunities") & past["undone_at"].isna()]["as_of"]
    if found is None or dated.nunique() < 2:
        return pd.Series(dtype=float)
    stays = desk.ask(stage_stays)
    stratum = desk.ask(ground).stratum_of[stays["product_no"].to_numpy(int)]
    return stage_factors(stays, stratum, found.course)


def prospects(desk: Desk) -> pd.DataFrame:
    """Open opportunities of the scope's team, with their chances given age, stage and owner.

    Returns
    -------
    The columns of ``open_items``, and ``p_win`` (in the end), ``p_period`` (within what is left
    of the scope's period), ``expected`` and ``expected_period`` (value times these, currency);
    missing where too little is known to tell, or when the opportunity began.
    """
    items, found = desk.ask(open_items), desk.ask(learnt)
    names = ["p_win", "p_period"]
    if found is None or items.empty:
        return items.assign(**dict.fromkeys([*names, "expected", "expected_period"], np.nan))
    deals, factors = _open(desk, items), _factors(desk, items)
    way = ways(*found.course.hazards)
    day = day_number(desk.scope.as_of)
    left = max(day_number(desk.scope.period.end) - 1 - day, 0)
    skipped = min(max(day_number(desk.scope.period.start) - 1 - day, 0), left)
    by_owner = found.owners.mean[deals.rep] * factors
    season = found.wins.over(day + 1 + skipped, left - skipped) * found.wins.level
    age = day - deals.created
    for name, before, days, month in (
        ("p_win", 0, LONGEST, 1.0),
        ("p_period", skipped, left, season),
    ):
        chance = chance_within(way, deals.stratum, age, days)
        if before:
            chance = chance - chance_within(way, deals.stratum, age, before)
        odds = chance / np.maximum(1 - chance, 1e-9) * by_owner * month
        items = items.assign(**{name: odds / (1 + odds)})
    items[names] = items[names].where(items["created_on"].notna())
    items["p_win"] = items[names].max(axis=1)
    return items.assign(
        expected=items["value"] * items["p_win"],
        expected_period=items["value"] * items["p_period"],
    )


def forecast(desk: Desk) -> Forecast | None:
    """What the scope's period brings by its end, for everybody; None where too little is known."""
    return desk.at(team="").ask(_forecast)


def _forecast(desk: Desk) -> Forecast | None:
    found, on, period = desk.ask(learnt), desk.ask(ground), desk.scope.period
    if found is None:
        return None
    day, start = day_number(desk.scope.as_of), day_number(period.start)
    days = max(day_number(period.end) - 1 - day, 0)
    deals, spread, factors = desk.ask(open_deals)
    paths = simulate(
        deals,
        found,
        day,
        days,
        skipped=min(max(start - 1 - day, 0), days),
        spread=spread,
        factors=factors,
        rng=np.random.default_rng(desk.settings.seed),
    )
    known = on.past.deals
    counted = known.won & (known.closed >= start) & (known.closed <= day)
    return totals(paths, on.people, _won(desk, known.take(counted)), deals.rep, days)


@of_everybody
def open_deals(desk: Desk) -> tuple[DealDays, NDArray, NDArray | None]:
    """Everybody's open opportunities in numbers, at what they would bring.

    Returns
    -------
    Them, the coefficient of variation of each amount (0 where the CRM has it), and the factor of
    each stage on the odds; None where stages say nothing.
    """
    found, past = desk.ask(learnt), desk.ask(ground).past.deals
    assert found is not None
    deals, factors = past.take(past.closed > day_number(desk.scope.as_of)), None
    # Their order says nothing, and must not move the draws.
    deals = deals.take(np.lexsort((deals.rep, deals.amount, deals.created)))
    if len(desk.ask(stage_odds)):
        items = desk.ask(open_items)
        items = items[items["created_on"].notna()]
        deals, factors = _open(desk, items), _factors(desk, items)
    bare = ~(deals.amount > 0)
    return priced(deals, found), np.where(bare, found.amounts.cv[deals.stratum], 0.0), factors


def _won(desk: Desk, deals: DealDays) -> pd.DataFrame:
    """Rep, team of that day and amount of won opportunities."""
    on, spells = desk.ask(ground), desk.ask(course_tables)["team_spells"]
    rows = pd.DataFrame(
        {
            "rep": on.people["rep"].to_numpy()[deals.rep],
            "day": np.datetime64("2000-01-01") + deals.closed,
            "amount": deals.amount,
        }
    )
    places = rows.reset_index(names="place").merge(spells, on="rep")
    inside = (places["starts_on"] <= places["day"]) & (places["day"] < places["ends_on"])
    teams = places[inside].drop_duplicates("place").set_index("place")["team"]
    return rows.assign(team=teams.reindex(rows.index).fillna(""))


def _open(desk: Desk, items: pd.DataFrame) -> DealDays:
    """Rows of ``open_items`` in numbers; those of unknown age as if they began today."""
    on = desk.ask(ground)
    products = pd.Index(desk.ask(course_tables)["product_places"]["product"])
    number = products.get_indexer(items["product"]) + 1
    began = items["created_on"].fillna(pd.Timestamp(desk.scope.as_of))
    created = (began.to_numpy("datetime64[D]") - np.datetime64("2000-01-01")).astype(int)
    # What has no amount in the CRM is worth an average: that of its stratum.
    amount = items["value"].where(items["value_from"] == "amount", 0.0).to_numpy(float)
    return DealDays(
        created=created,
        closed=np.full(len(items), NEVER),
        won=np.zeros(len(items), bool),
        amount=amount,
        stratum=on.stratum_of[number],
        rep=on.owner(items["rep"]),
    )


def _factors(desk: Desk, items: pd.DataFrame) -> NDArray:
    return items["stage"].map(desk.ask(stage_odds)).astype(float).fillna(1.0).to_numpy()
