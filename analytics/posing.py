"""From the open opportunities of a scope to a problem that can be solved."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.allocation import Problem
from analytics.allocation.balance import Balance
from analytics.eligibility import barred
from analytics.rules import RuleSet
from analytics.settings import Settings
from analytics.study import Study
from analytics.winrate import RepWinRate

MOST_NUMBERS = 20_000_000
"""Numbers that draws may hold (160 MB); for more people and segments there are fewer draws."""

FEWEST_DRAWS = 100


@dataclass(frozen=True, eq=False)
class Book:
    """The open opportunities that may move, and what is known of them and of the people.

    Attributes
    ----------
    items
        Rows of the mart ``open_items``; those without an active owner are left to ``ownership``.
    reps
        The mart ``rep_results``.
    people
        What each person has for open work, as ``workload.capacity`` tells; None where nobody
        asked: then only money counts.
    held
        What each person holds of any kind, as ``workload.load`` tells; with ``people``.
    effort
        Hours a week by opportunity id; None where no activity is logged: hours would be made up.
    short
        By person, how far what is won lies behind the target (money).
    skills, past_owners
        The marts ``skill_levels`` and ``past_owners``.
    """

    items: pd.DataFrame
    reps: pd.DataFrame
    people: pd.DataFrame | None = None
    held: pd.DataFrame | None = None
    effort: pd.Series | None = None
    short: pd.Series | None = None
    skills: pd.DataFrame | None = None
    past_owners: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Posed:
    """A problem, and the rows rep x combination of attributes behind its draws."""

    problem: Problem
    rows: pd.DataFrame


def pose(
    book: Book, study: Study, rules: RuleSet, settings: Settings, *, neutral: bool = False
) -> Posed | None:
    """The problem of a book; None where nothing is open that an active rep owns.

    Parameters
    ----------
    neutral
        Take everybody to win alike, and weigh nothing but overload: what is left to say where
        nothing is known of who wins more.
    """
    active = book.reps[book.reps["active"]].sort_values("rep", ignore_index=True)
    owned = book.items[book.items["rep"].isin(active["rep"])].reset_index(drop=True)
    if owned.empty or (study.model is None and not neutral):
        return None
    people = None if book.people is None else book.people.set_index("rep").loc[active["rep"]]
    segments, combinations = combinations_of(owned, list(study.segments))
    rows = active[["rep", "team"]].merge(combinations, how="cross")
    if study.model is None:
        draws = np.full((2, len(active), segments.max() + 1), study.win_rate)
    else:
        draws = win_draws(study.model, rows, len(active), settings)
    if neutral:
        draws = np.broadcast_to(draws.mean(axis=1, keepdims=True), draws.shape)
    opportunity = owned["value"].to_numpy(float) * draws.mean(axis=(0, 1))[segments]
    items = pd.DataFrame(
        {
            "item": owned["opportunity_id"],
            "owner": owned["rep"],
            "segment": segments,
            "value": owned["value"].astype(float),
            "switching": _hand_over_share(owned, rules) * opportunity,
            "unit": _units(owned, rules),
        }
    )
    away = active["away"] if people is None else ~people["available"].to_numpy(bool)
    problem = Problem(
        items=items,
        reps=tuple(active["rep"]),
        capacity=capacities(active, owned, book, rules, settings),
        draws=draws,
        barred=barred(
            owned.rename(columns={"opportunity_id": "item", "rep": "owner"}),
            active.assign(away=away),
            rules,
            skills=book.skills,
            past_owners=book.past_owners,
        ),
        balance=None
        if people is None
        else _balance(owned, draws, segments, active, people, book, rules, neutral=neutral),
    )
    return Posed(problem, rows)


def win_draws(
    model: RepWinRate, rows: pd.DataFrame, n_reps: int, settings: Settings
) -> NDArray[np.float64]:
    """Joint draws of P(win), shape (n_draws, n_reps, n_segments); fewer for large companies."""
    size = min(settings.draws, max(FEWEST_DRAWS, MOST_NUMBERS // max(len(rows), 1)))
    draws = model.posterior_samples(rows, size=size, random_state=settings.seed)
    return draws.reshape(len(draws), n_reps, -1)


def capacities(
    active: pd.DataFrame, owned: pd.DataFrame, book: Book, rules: RuleSet, settings: Settings
) -> NDArray[np.float64]:
    """Opportunities of ``owned`` each active rep may hold, shape (n_reps,).

    What a rep holds besides ``owned`` takes up room. Who is away may receive nothing, and a
    newcomer has room as his capacity grows.
    """
    if rules.items:
        room = np.full(len(active), float(rules.items))
    else:
        mean = active.groupby("team")["open_count"].transform("mean")
        room = settings.capacity_factor * mean.to_numpy(float)
    away = active["away"].to_numpy(bool)
    if book.people is not None:
        people = book.people.set_index("rep").loc[active["rep"]]
        # A line about the person, or about everybody, goes first: it may be wider, too.
        limit = people["limit_opportunity"]
        line = limit.where(np.isfinite(limit) & (limit != rules.items))
        room = line.fillna(pd.Series(room, people.index) * people["ramp"]).to_numpy(float)
        away = ~people["available"].to_numpy(bool)
        if book.held is not None:
            held = book.held.reindex(active["rep"], fill_value=0)
            others = (held["items"] - held["opportunity"]).to_numpy(float)
            room = np.minimum(room, people["limit_items"].to_numpy(float) - others)
    of_these = active["rep"].map(owned["rep"].value_counts()).fillna(0).astype(float)
    besides = (active["open_count"] - of_these).to_numpy(float)
    return np.where(away, 0.0, np.maximum(np.ceil(room) - besides, 0.0))


def _hand_over_share(owned: pd.DataFrame, rules: RuleSet) -> NDArray[np.float64]:
    """Share of what each opportunity is expected to bring that its hand-over loses."""
    share = np.where(owned["customer"], rules.hand_over_customer, rules.hand_over_new)
    by_stage = {line.subject: line.number for line in rules.of("hand_over")}
    if not by_stage:
        return share
    return owned["stage"].map(by_stage).astype(float).fillna(pd.Series(share)).to_numpy()


def _units(owned: pd.DataFrame, rules: RuleSet) -> NDArray[np.intp]:
    """Opportunities of one number move together."""
    alone = np.arange(len(owned))
    if not rules.accounts_together:
        return alone
    together = owned.groupby(["account_id", "rep"]).ngroup().to_numpy()
    return np.where(together < 0, alone + len(owned), together)


def _balance(
    owned: pd.DataFrame,
    draws: NDArray[np.float64],
    segments: NDArray[np.intp],
    active: pd.DataFrame,
    people: pd.DataFrame,
    book: Book,
    rules: RuleSet,
    *,
    neutral: bool,
) -> Balance:
    """What is weighed beside money: hours, a fair share of the opportunities, targets."""
    win, value = draws.mean(axis=0), owned["value"].to_numpy(float)
    opportunity = value * win.mean(axis=0)[segments]
    logged = book.effort is not None
    effort = np.zeros(len(owned))
    if logged:
        effort = owned["opportunity_id"].map(book.effort).astype(float).fillna(0.0).to_numpy()
    own = pd.Series(effort).groupby(owned["rep"].to_numpy()).sum()
    held = own if book.held is None else book.held["hours"]
    besides = (held - own.reindex(held.index, fill_value=0.0)).reindex(active["rep"], fill_value=0)
    hours = people["hours"].to_numpy(float)
    fair = _fair_shares(owned, opportunity, active, hours, rules)
    behind = np.zeros(len(active))
    if book.short is not None:
        owner = pd.Index(active["rep"]).get_indexer(pd.Index(owned["rep"]))
        expected = np.bincount(owner, value * win[owner, segments], len(active))
        short = active["rep"].map(book.short).astype(float).fillna(0.0).to_numpy()
        behind = np.maximum(short - expected, 0.0)
    an_hour = opportunity.sum() / effort.sum() if effort.sum() else 0.0
    return Balance(
        effort=effort,
        hours=np.maximum(hours - besides.to_numpy(float), 0.0),
        opportunity=opportunity,
        least=np.nan_to_num(fair * max(1 - rules.band, 0.0)),
        most=np.nan_to_num(fair * (1 + rules.band), nan=opportunity.sum()),
        behind=behind,
        overload=rules.overload_weight * an_hour,
        band=0.0 if neutral else rules.band_weight,
        goal=0.0 if neutral else rules.goal_weight,
    )


def _fair_shares(
    owned: pd.DataFrame,
    opportunity: NDArray[np.float64],
    active: pd.DataFrame,
    hours: NDArray[np.float64],
    rules: RuleSet,
) -> NDArray[np.float64]:
    """What each rep would hold if opportunities followed hours, within the pool they move in.

    NaN for people of teams of which nothing is looked at: what they hold is not known here.
    """
    looked_at = active["team"].isin(owned["team"].unique()).to_numpy(bool)
    hours = np.where(looked_at, hours, np.nan)
    pool = np.zeros(len(active)) if rules.across_teams else active["team"].to_numpy(str)
    shares = pd.DataFrame({"pool": pool, "hours": hours}, index=active["rep"])
    held = pd.Series(opportunity).groupby(owned["rep"].to_numpy()).sum()
    shares["held"] = held.reindex(shares.index, fill_value=0.0)
    total = shares.groupby("pool").transform("sum")
    part = (shares["hours"] / total["hours"].replace(0.0, np.inf)).to_numpy(float)
    return total["held"].to_numpy(float) * part


def combinations_of(items: pd.DataFrame, keys: list[str]) -> tuple[NDArray[np.intp], pd.DataFrame]:
    """The different rows of some columns in order, and the number of each item's own."""
    if not keys:
        return np.zeros(len(items), np.intp), pd.DataFrame(index=range(1))
    grouped = items[keys].groupby(keys, dropna=False, sort=True)
    code = grouped.ngroup().to_numpy(np.intp)
    different = items[keys].assign(code=code).drop_duplicates("code").sort_values("code")
    return code, different[keys].reset_index(drop=True)
