"""The questions of the app: the only module that knows both the warehouse and the mathematics.

A question is a function of a ``Desk``. Pages and command line ask the same ones.
"""

import math
from typing import Any

import pandas as pd

from analytics import comparison, goals, ownership, reallocation, timing
from analytics.comparison import Comparison
from analytics.desk import Desk
from analytics.reallocation import Recommendation, Terms
from analytics.scope import Period
from analytics.study import Study, study, win_rates
from analytics.value import ValueModel, value_gaps
from data.aliases import AliasProposal, proposals
from data.log import standing_decisions
from data.uploads import rejections, uploads
from data.warehouse import MARTS

ABOUT_DATA = ("blind_spots", "quality", "quality_rows")
"""Marts that say what the data is worth."""

HISTORIES = ("win_history", "won_values", "cohorts", "deal_ages", "past_stages")
"""Marts of the past in detail, for the questions that go into it; the others are always needed."""

BASICS = tuple(name for name in MARTS if name not in (*ABOUT_DATA, *HISTORIES))

WEAKENS = {
    "no_activities": ("reallocate",),
    "no_lost": ("winrates", "reallocate"),
    "no_history": ("winrates", "reallocate"),
    "left_owners_unknown": ("reallocate",),
    "longest_open": ("winrates",),
    "unknown_account": ("winrates",),
    "without_product": ("winrates",),
    "not_in_newest_export": ("reallocate",),
    "without_owner": ("winrates",),
    "without_account": ("winrates",),
    "without_created_on": ("winrates",),
    "open_without_amount": ("reallocate",),
    "closed_without_date": ("overview",),
    "closed_before_created": ("winrates",),
    "closed_in_future": ("overview", "winrates"),
    "created_in_future": ("overview", "winrates"),
    "overdue": ("reallocate",),
    "placeholder_amount": ("overview", "reallocate"),
    "negative_amount": ("overview", "reallocate"),
    "huge_amount": ("overview", "reallocate"),
    "other_currency": ("overview", "reallocate"),
}
"""What the data lacks or doubts, to the pages that are less sure for it."""


def marts(desk: Desk) -> dict[str, pd.DataFrame]:
    """What is in the data, on the as-of date, for the period of the goals; of all teams."""
    return desk.at(team="", attributes=()).ask(
        _marts, tuple(n for n in MARTS if n not in ABOUT_DATA)
    )


def _marts(desk: Desk, names: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    period = desk.scope.period
    return desk.warehouse.marts(
        names,
        as_of=desk.scope.as_of,
        period_start=period.start,
        period_end=period.end,
        period_kind=period.kind,
    )


def teams(desk: Desk) -> tuple[str, ...]:
    """Teams that have people, in order of their names."""
    names = desk.ask(marts)["rep_results"]["team"]
    return tuple(sorted(name for name in names.unique() if name))


def coverage(desk: Desk) -> dict[str, Any]:
    """What the data holds and lacks: the one row of the mart ``coverage``."""
    return desk.ask(marts)["coverage"].iloc[0].to_dict()


def honesty(desk: Desk) -> pd.DataFrame:
    """What this data cannot tell or bends, in rows: fact, count, and the pages it weakens.

    ``pages`` is a tuple of keys: winrates, reallocate, overview.
    """
    about = _about_data(desk)
    found = [
        *about["blind_spots"].itertuples(index=False, name=None),
        *about["quality"].itertuples(index=False, name=None),
    ]
    return pd.DataFrame(
        [(fact, int(count), WEAKENS.get(fact, ())) for fact, count in found],
        columns=["fact", "count", "pages"],
    )


def doubted_rows(desk: Desk, fact: str) -> pd.DataFrame:
    """What a fact of ``honesty`` is about: opportunities to be mended in the CRM, or refused rows.

    Empty where a fact is about no rows.
    """
    if fact == "duplicates_refused":
        past = desk.ask(history)
        standing = past.loc[past["undone_at"].isna(), "upload_id"].tolist()
        refused = rejections(desk.warehouse, standing)
        return refused.loc[refused["rule"] == "duplicate_in_file", ["file", "row_no", "record"]]
    rows = _about_data(desk)["quality_rows"]
    return rows[rows["doubt"] == fact].drop(columns="doubt")


def _histories(desk: Desk) -> dict[str, pd.DataFrame]:
    return desk.at(team="", attributes=()).ask(_marts, HISTORIES)


def _about_data(desk: Desk) -> dict[str, pd.DataFrame]:
    return desk.at(team="", attributes=()).ask(_marts, ABOUT_DATA)


def evidence(desk: Desk) -> Study:
    """The model of who wins what, and the verdict on whether reps differ.

    It learns from everybody, so neither the team nor the period of the goals is asked for.
    """
    everybody = desk.at(team="", period=Period.containing(desk.scope.as_of))
    return everybody.ask(_evidence)


def _evidence(desk: Desk) -> Study:
    return study(desk.ask(marts)["win_cells"], desk.scope.attributes, desk.settings)


def rates(desk: Desk, by: str = "") -> pd.DataFrame:
    """Each rep's win rate over all and by level of an attribute, for the reps of the team."""
    return _of_team(desk, win_rates(desk.ask(evidence), desk.settings, by))


def rep_draws(desk: Desk) -> pd.DataFrame:
    """Joint draws of everybody's win rate on the same opportunities: a row a draw."""
    return comparison.rate_draws(desk.ask(evidence), desk.settings)


def ranks(desk: Desk) -> pd.DataFrame:
    """Who may be first, second and so on; places among all, shown for the scope's team."""
    return _of_team(desk, comparison.ranking(desk.ask(rep_draws), desk.settings.interval))


def compared(desk: Desk, first: str, second: str) -> Comparison:
    """Two reps on the same opportunities."""
    return comparison.compare(
        desk.ask(evidence), desk.ask(rep_draws), first, second, desk.settings.interval
    )


def segment_rates(desk: Desk, by: str) -> pd.DataFrame:
    """The average rep's win rate in each level of an attribute."""
    return comparison.by_segment(desk.ask(evidence), by, desk.settings)


def monthly_rates(desk: Desk) -> pd.DataFrame:
    """The average rep's win rate by month of engagement."""
    return comparison.over_time(desk.ask(evidence), desk.settings)


def values(desk: Desk) -> ValueModel | None:
    """What a won opportunity brings, by segment and rep; None where nothing was won."""
    everybody = desk.at(team="", period=Period.containing(desk.scope.as_of), attributes=())
    return everybody.ask(_values)


def _values(desk: Desk) -> ValueModel | None:
    won = _histories(desk)["won_values"]
    segments = desk.ask(evidence).segments
    return ValueModel(segments=segments).fit(won) if len(won) else None


def revenue_gaps(desk: Desk) -> pd.DataFrame:
    """Each rep's revenue per won opportunity against that of all in scope, and why it differs."""
    model, won = desk.ask(values), _of_team(desk, _histories(desk)["won_values"])
    if model is None or won.empty:
        return pd.DataFrame(columns=["rep"])
    chosen = desk.settings
    return value_gaps(model, won, chosen.interval, chosen.draws, chosen.seed)


def censored(desk: Desk) -> timing.Censoring:
    """How much is still open of each month's opportunities, and which way that bends win rates."""
    past = _histories(desk)
    return timing.censoring(past["cohorts"], past["deal_ages"])


def attainment(desk: Desk) -> pd.DataFrame:
    """Goal attainment and pace of each rep, team and the company in the scope's period."""
    elapsed = desk.scope.period.elapsed(desk.scope.as_of)
    rows = goals.attainment(desk.ask(marts)["goal_progress"], elapsed)
    return rows if not desk.scope.team else rows[rows["team"] == desk.scope.team]


def people(desk: Desk) -> pd.DataFrame:
    """The reps of the scope's team: results, open work, who is away."""
    return _of_team(desk, desk.ask(marts)["rep_results"])


def totals(desk: Desk) -> dict[str, float]:
    """Of the scope's team: wins, trials, their rate (missing without trials), open work.

    ``open_value`` is what the open opportunities would bring if all were won (currency).
    """
    team, items = desk.ask(people), desk.ask(open_items)
    wins, trials = int(team["wins"].sum()), int(team["trials"].sum())
    return {
        "wins": wins,
        "trials": trials,
        "win_rate": wins / trials if trials else math.nan,
        "open_count": len(items),
        "open_value": float(items["value"].sum()),
    }


def monthly_flow(desk: Desk) -> pd.DataFrame:
    """Created, won and lost by month, oldest first."""
    flow = _of_team(desk, desk.ask(marts)["monthly_flow"])
    return flow.drop(columns="team").groupby("month", as_index=False).sum()


def open_items(desk: Desk) -> pd.DataFrame:
    """Open opportunities of the scope's team; unowned ones belong to every team."""
    items = desk.ask(marts)["open_items"]
    if not desk.scope.team:
        return items
    return items[(items["team"] == desk.scope.team) | items["rep"].isna()]


def recommendation(desk: Desk, terms: Terms) -> Recommendation:
    """The moves worth making among the open opportunities, or why to keep the owners."""
    return reallocation.reallocation(
        desk.ask(open_items),
        desk.ask(marts)["rep_results"],
        desk.ask(evidence),
        terms,
        desk.settings,
    )


def handovers(desk: Desk) -> tuple[ownership.Handover, ...]:
    """Open opportunities of leavers and of nobody, each with the person with most room.

    Worked out for everybody, so that a team sees the same proposals as the whole company.
    """
    tables = desk.ask(marts)
    items, reps = tables["open_items"], tables["rep_results"]
    of_team = set(desk.ask(open_items)["opportunity_id"])
    given = ownership.handovers(tables["ownership_facts"], items, reps)
    return tuple(one for one in given if one.item in of_team)


def split_accounts(desk: Desk) -> pd.DataFrame:
    """Accounts whose open opportunities sit with several people, at least one of the team."""
    tables = desk.ask(marts)
    split = ownership.split_accounts(tables["ownership_facts"], tables["open_items"])
    team = set(desk.ask(people)["rep"])
    return split[[not team.isdisjoint(names) for names in split["reps"]]]


def carried_out(desk: Desk) -> pd.DataFrame:
    """What the CRM says since of each accepted move: item, decided, owner, state.

    ``state`` is ``done`` where the owner is the one decided on, ``waiting`` where it still is
    the old one, ``differs`` where it is anybody else, ``closed`` where it is no longer open.
    """
    accepted = standing_decisions(desk.warehouse).query("verdict == 'accept'")
    owners = desk.at(team="").ask(open_items).set_index("opportunity_id")["rep"]
    rows = []
    for move in accepted.sort_values("item").itertuples():
        owner = owners.get(move.item)
        states = {move.to_rep: "done", move.from_rep or None: "waiting"}
        state = states.get(owner, "differs") if move.item in owners.index else "closed"
        rows.append((move.item, move.to_rep, owner, state))
    return pd.DataFrame(rows, columns=["item", "decided", "owner", "state"])


def names_alike(desk: Desk) -> list[AliasProposal]:
    """Labels of opportunities that may be known under another spelling."""
    return proposals(desk.warehouse)


def history(desk: Desk) -> pd.DataFrame:
    """Every upload, newest first, the undone ones included."""
    return uploads(desk.warehouse)


def _of_team(desk: Desk, rows: pd.DataFrame) -> pd.DataFrame:
    if not desk.scope.team:
        return rows
    if "team" in rows:
        return rows[rows["team"] == desk.scope.team]
    return rows[rows["rep"].isin(desk.ask(people)["rep"])]
