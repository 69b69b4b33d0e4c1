"""What there is to talk about in a check-in, filled in by the data since the last one."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.aftermath import Outcome
from analytics.followups import FollowUp

LEAVE_DAYS = 14
"""Days ahead in which a leave is worth planning for."""

NAMED = 5
"""Opportunities that a point names; the others are counted."""

CROWDED = 1.5
"""Open opportunities against the median of the team from which the load is worth a word."""


@dataclass(frozen=True)
class Point:
    """One line of a check-in.

    Attributes
    ----------
    key
        Which point it is.
    facts
        Numbers for its sentence: counts, currency, shares; missing ones are left out.
    names
        The opportunities or agreements behind it, the most valuable or latest first.
    asks
        It is worth talking about; the others are only for completeness.
    """

    key: str
    facts: Mapping[str, Any]
    names: tuple[str, ...] = ()
    asks: bool = False


@dataclass(frozen=True)
class Basis:
    """What the points of one person are made of.

    Attributes
    ----------
    flow
        Daily results: day, won, won_amount, lost, created, pipeline, activities.
    reached
        The row of ``aiming.attainment``, or none.
    elapsed
        Share of the period that is over.
    items
        Open opportunities: opportunity_id, name, value, expected_on, next_step.
    notes_next_steps
        The CRM has next steps at all.
    changes
        Of the mart ``changes``: opportunity_id, name, field, changed_by, difference.
    people
        Everybody: rep, team, active, open_count.
    absences
        starts_on, ends_on.
    outcomes
        Of those of ``follow_ups`` that were closed since the last one, by id.
    """

    flow: pd.DataFrame
    reached: pd.DataFrame
    elapsed: float
    items: pd.DataFrame
    notes_next_steps: bool
    changes: pd.DataFrame
    people: pd.DataFrame
    absences: pd.DataFrame
    follow_ups: tuple[FollowUp, ...]
    outcomes: Mapping[str, Outcome]


def points(basis: Basis, rep: str, since: date, as_of: date) -> tuple[Point, ...]:
    """What there is to talk about with a person, over the days after ``since`` up to ``as_of``."""
    after, until = pd.Timestamp(since), pd.Timestamp(as_of)
    found = [
        _pace(basis),
        _results(basis.flow[(basis.flow["day"] > after) & (basis.flow["day"] <= until)]),
        _slipped(basis, after),
        _overdue(basis.items, until),
        _no_next_step(basis) if basis.notes_next_steps else None,
        _agreed(basis, as_of),
        _closed(basis, since),
        _leave(basis.absences, until),
        _load(basis.people, rep),
    ]
    return tuple(one for one in found if one)


def _pace(basis: Basis) -> Point | None:
    row = basis.reached[basis.reached["target"] > 0]
    if row.empty:
        return None
    [known] = row.itertuples()
    facts = {
        "won": float(known.won),
        "target": float(known.target),
        "share": float(known.attainment),
        "elapsed": basis.elapsed,
    }
    return Point("pace", facts, asks=known.attainment < basis.elapsed)


def _results(flow: pd.DataFrame) -> Point:
    sums = flow[["won", "won_amount", "lost", "created", "pipeline", "activities"]].sum()
    counts = {name: int(sums[name]) for name in ("won", "lost", "created", "activities")}
    amounts = {name: float(sums[name]) for name in ("won_amount", "pipeline")}
    return Point("results", counts | amounts)


def _slipped(basis: Basis, after: pd.Timestamp) -> Point:
    changes = basis.changes
    later = changes[
        (changes["field"] == "close_date")
        & (changes["difference"].astype(float) > 0)
        & (pd.to_datetime(changes["changed_by"]) > after)
        # Of what was won or lost the day of that replaces the expected one: nothing has slipped.
        & changes["opportunity_id"].isin(basis.items["opportunity_id"])
    ]
    deals = later.sort_values("difference", ascending=False).drop_duplicates("opportunity_id")
    return Point("slipped", {"count": len(deals)}, tuple(deals["name"][:NAMED]), bool(len(deals)))


def _overdue(items: pd.DataFrame, until: pd.Timestamp) -> Point:
    return _deals("overdue", items[pd.to_datetime(items["expected_on"]) < until])


def _no_next_step(basis: Basis) -> Point:
    return _deals("next_step", basis.items[basis.items["next_step"].isna()])


def _deals(key: str, items: pd.DataFrame) -> Point:
    names = items.sort_values("value", ascending=False, kind="stable")["name"].head(NAMED)
    facts = {"count": len(items), "value": float(items["value"].sum())}
    return Point(key, facts, tuple(names), bool(len(items)))


def _agreed(basis: Basis, as_of: date) -> Point:
    still = [one for one in basis.follow_ups if one.is_open]
    late = sum(one.days_over(as_of) > 0 for one in still)
    names = tuple(one.action or one.note for one in still[:NAMED])
    return Point("agreed", {"count": len(still), "late": late}, names, bool(still))


def _closed(basis: Basis, since: date) -> Point | None:
    over = [one for one in basis.follow_ups if one.closed_on and one.closed_on > since]
    if not over:
        return None
    moved = sum(basis.outcomes[one.id].as_agreed is True for one in over)
    names = tuple(one.action or one.note for one in over[:NAMED])
    return Point("closed", {"count": len(over), "moved": moved}, names, asks=True)


def _leave(absences: pd.DataFrame, until: pd.Timestamp) -> Point | None:
    soon = absences[pd.to_datetime(absences["starts_on"]) <= until + pd.Timedelta(days=LEAVE_DAYS)]
    if soon.empty:
        return None
    first = soon.sort_values("starts_on").iloc[0]
    facts = {"start": f"{first['starts_on']:%Y-%m-%d}", "end": f"{first['ends_on']:%Y-%m-%d}"}
    return Point("leave", facts, asks=True)


def _load(people: pd.DataFrame, rep: str) -> Point | None:
    own = people[people["rep"] == rep]
    if own.empty:
        return None
    team = people[(people["team"] == own["team"].iloc[0]) & people["active"]]
    mine, usual = int(own["open_count"].iloc[0]), float(team["open_count"].median())
    if math.isnan(usual):
        return None
    facts = {"count": mine, "usual": round(usual), "people": len(team)}
    return Point("load", facts, asks=mine > CROWDED * usual or mine < usual / CROWDED)
