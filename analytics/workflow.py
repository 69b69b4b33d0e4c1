"""Questions about what is in the data: facts, targets, people, open work, and what is missing.

A question is a function of a ``Desk``. Pages and command line ask the same ones. Those about
what people can do are in ``abilities``, those about who should work on what in ``plans``.
"""

import math
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analytics.desk import Desk
from analytics.scope import Period
from data.aliases import AliasProposal, proposals
from data.uploads import rejections, uploads

ABOUT_DATA = ("blind_spots", "quality", "quality_rows")
"""Marts that say what the data is worth."""

HISTORIES = ("win_history", "won_values", "cohorts", "deal_ages", "past_stages")
"""Marts of the past in detail, for the questions that go into it; the others are always needed."""

RULING = ("past_owners",)
"""Marts for the questions of who may take what."""

WORK = ("open_work", "absences", "skill_levels")
"""Marts of everything there is to do, and of who can do it when."""

OWNING = ("account_history",)
"""Marts of who has had to do with which account."""

DEALING = ("addresses", "changes")
"""Marts of what people are called in the CRM, and of what its exports show to have changed."""

DIARY = ("item_diary",)
"""What is known to have happened with each open opportunity."""

GOALS = ("daily_results", "goal_targets", "team_spells")
"""Marts of what was reached by day, and of the targets that files gave."""

COURSE = ("deal_days", "product_places", "team_spells")
"""Marts that a forecast learns from."""

WATCHING = ("deal_signals", "stage_ages")
"""Marts of what may go wrong with open opportunities."""

MOVES, SEGMENTS = ("pipeline_moves",), ("segment_wins",)
"""What has become of the pipeline since a day; who wins where. One question each asks for them."""

APART = ("kept_accounts", "stage_stays", "measured", "period_deals")
"""Marts that one question each asks for."""

BASICS = {
    name: group
    for group in (
        ("coverage",),
        ("win_cells",),
        ("open_items",),
        ("rep_results", "monthly_flow"),
    )
    for name in group
}
"""The marts that are needed everywhere, with those that are asked for together: many readers of
one answer, so nobody waits for what only others need."""

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


class Basics(Mapping[str, pd.DataFrame]):
    """Marts by name, each made when it is first looked at."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk.at(team="", attributes=())

    def __getitem__(self, name: str) -> pd.DataFrame:
        group, desk = BASICS[name], self._desk
        if group != BASICS["rep_results"]:
            # Only what people reached hangs on the period.
            desk = desk.at(period=Period.containing(desk.scope.as_of))
        return desk.ask(_marts, group)[name]

    def __iter__(self) -> Iterator[str]:
        return iter(BASICS)

    def __len__(self) -> int:
        return len(BASICS)


def marts(desk: Desk) -> Basics:
    """What is in the data, on the as-of date, for the period of the goals; of all teams."""
    return Basics(desk)


def histories(desk: Desk) -> dict[str, pd.DataFrame]:
    """The past in detail, for the questions that go into it; of all teams."""
    return desk.at(team="", attributes=()).ask(_marts, HISTORIES)


def workings(desk: Desk) -> dict[str, pd.DataFrame]:
    """What there is to do, and who can and may do it; of all teams."""
    always = Period.containing(desk.scope.as_of)
    return desk.at(team="", attributes=(), period=always).ask(_marts, (*WORK, *RULING))


def account_history(desk: Desk) -> pd.DataFrame:
    """Who has closed what of each account; of all teams."""
    return desk.at(team="", attributes=()).ask(_marts, OWNING)["account_history"]


def dealings(desk: Desk) -> dict[str, pd.DataFrame]:
    """What people are called in the CRM, and what its exports show to have changed."""
    return desk.at(team="", attributes=()).ask(_marts, DEALING)


def diary(desk: Desk) -> pd.DataFrame:
    """What is known to have happened with each open opportunity; of all teams."""
    return desk.at(team="", attributes=()).ask(_marts, DIARY)["item_diary"]


def goal_tables(desk: Desk) -> dict[str, pd.DataFrame]:
    """What everybody reached by day, the targets of the files, and who was in which team when."""
    always = Period.containing(desk.scope.as_of)
    return desk.at(team="", attributes=(), period=always).ask(_marts, GOALS)


def kept_accounts(desk: Desk) -> pd.DataFrame:
    """Customers of the year before the scope's period, and how many bought again in it, by rep."""
    return desk.at(team="", attributes=()).ask(_marts, APART[:1])["kept_accounts"]


def alone(desk: Desk, name: str) -> pd.DataFrame:
    """A mart that hangs on no period, asked for by itself; of all teams."""
    always = Period.containing(desk.scope.as_of)
    return desk.at(team="", attributes=(), period=always).ask(_marts, (name,))[name]


def period_deals(desk: Desk) -> pd.DataFrame:
    """What was won in the scope's period, the largest first; of all teams."""
    return desk.at(team="", attributes=()).ask(_marts, APART[3:4])["period_deals"]


def course_tables(desk: Desk) -> dict[str, pd.DataFrame]:
    """When each opportunity began and ended, in numbers, and the people; of all teams."""
    always = Period.containing(desk.scope.as_of)
    return desk.at(team="", attributes=(), period=always).ask(_marts, COURSE)


def stage_stays(desk: Desk) -> pd.DataFrame:
    """How long earlier exports show opportunities in a stage, and how that ended; of all teams."""
    always = Period.containing(desk.scope.as_of)
    return desk.at(team="", attributes=(), period=always).ask(_marts, APART[1:2])["stage_stays"]


def deal_tables(desk: Desk, names: tuple[str, ...] = WATCHING) -> dict[str, pd.DataFrame]:
    """Marts of what may go wrong with open opportunities, or with ``SEGMENTS``; of all teams."""
    always = Period.containing(desk.scope.as_of)
    return desk.at(team="", attributes=(), period=always).ask(_marts, names)


def pipeline_moves(desk: Desk, since: date) -> pd.DataFrame:
    """What was open at the end of ``since``, and what has become of it; of all teams."""
    day = timedelta(days=1)
    days = Period("week", since + day, desk.scope.as_of + day)
    return desk.at(team="", attributes=(), period=days).ask(_marts, MOVES)["pipeline_moves"]


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


def _about_data(desk: Desk) -> dict[str, pd.DataFrame]:
    return desk.at(team="", attributes=()).ask(_marts, ABOUT_DATA)


def people(desk: Desk) -> pd.DataFrame:
    """The reps of the scope's team: results, open work, who is away."""
    return of_team(desk, desk.ask(marts)["rep_results"])


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
    flow = of_team(desk, desk.ask(marts)["monthly_flow"])
    return flow.drop(columns="team").groupby("month", as_index=False).sum()


def open_items(desk: Desk) -> pd.DataFrame:
    """Open opportunities of the scope's team; unowned ones belong to every team."""
    items = desk.ask(marts)["open_items"]
    if not desk.scope.team:
        return items
    return items[(items["team"] == desk.scope.team) | items["rep"].isna()]


def names_alike(desk: Desk) -> list[AliasProposal]:
    """Labels of opportunities that may be known under another spelling."""
    return proposals(desk.warehouse)


def history(desk: Desk) -> pd.DataFrame:
    """Every upload, newest first, the undone ones included."""
    return uploads(desk.warehouse)


def of_team(desk: Desk, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of the scope's team: by their column ``team``, else by their ``rep``."""
    if not desk.scope.team:
        return rows
    if "team" in rows:
        return rows[rows["team"] == desk.scope.team]
    return rows[rows["rep"].isin(desk.ask(people)["rep"])]
