"""Questions about setting goals: a total divided, proposed, changed by those it is for, approved.

Everything that is said goes into the journal. What counts is the newest approved version whose
day has come; approving moves the data version, and with it every answer that hangs on targets.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
import pandas as pd

from analytics import cascade, goals
from analytics.aiming import ADJUSTMENT, KIND, goal_entries, is_mean, whole_of
from analytics.cascade import Seasons
from analytics.desk import Desk
from analytics.goalbook import (
    HUNDRED,
    Goal,
    Part,
    Way,
    adjusted,
    record,
    recorded,
    settled,
    spoken_of,
)
from analytics.outlook import prospects
from analytics.targets import FLOWS, MONEY
from analytics.workflow import alone, goal_tables, of_team
from data import journal
from data.errors import SettingError

CHANGES = (
    "entry", "at", "by", "goal", "rep", "before", "after", "comment", "verdict", "answered_by",
)  # fmt: skip


def seasons_of(desk: Desk, kpi: str) -> Seasons:
    """Share of a year that each month brings to the company."""
    of = goals.SUMS.get(kpi, "won_amount")
    return cascade.seasons(desk.ask(goal_tables)["daily_results"], desk.scope.as_of, of)


def draft(
    desk: Desk,
    kpi: str,
    tier: str,
    total: float,
    method: str,
    seasonal: bool,
    effective_on: date,
    note: str = "",
) -> Goal:
    """A target of the scope's team, or of the company, for its period, divided among its people.

    An average is not divided: a target of it is of the whole, and a share is given in per cent.

    Raises
    ------
    SettingError
        The total is below one hundredth (``total``), or there is nobody to divide it among
        (``people``).
    """
    hundredths = round(total * HUNDRED) if total > 0 else 0
    if hundredths < 1:
        raise SettingError("A target is at least 0.01.", setting="total", value=total)
    unit_kind, unit = desk.ask(whole_of)
    kind: Literal["company", "team"] = "team" if unit_kind == "team" else "company"
    goal = Goal(
        kpi, tier, desk.scope.period, kind, unit, hundredths, method, (), (), effective_on,
        note.strip(),
    )  # fmt: skip
    if desk.ask(is_mean, kpi):
        return goal
    weights = desk.ask(weights_of, kpi, method)
    if weights.empty:
        raise SettingError("There is nobody to divide it among.", setting="people", value=total)
    smallest = 1 if kpi in MONEY else HUNDRED
    step = cascade.readable_step(hundredths, len(weights), smallest)
    amounts = cascade.split(hundredths, weights["weight"].tolist(), step)
    parts = zip(weights["rep"], weights["team"], amounts, strict=True)
    known = desk.ask(seasons_of, kpi) if seasonal else None
    return replace(
        goal,
        parts=tuple(Part(*part) for part in parts),
        months=tuple(cascade.month_weights(desk.scope.period, known)),
    )


def weights_of(desk: Desk, kpi: str, method: str) -> pd.DataFrame:
    """What each active person of the scope's team weighs: rep, team, weight; by team and name."""
    tables, scope = desk.ask(goal_tables), desk.scope
    people = tables["team_spells"].drop_duplicates("rep", keep="last")
    people = of_team(desk, people[people["active"].astype(bool)])
    people = people.sort_values(["team", "rep"], ignore_index=True)
    reps, daily = pd.Index(people["rep"]), tables["daily_results"]
    of = goals.SUMS.get(kpi, "won_amount")
    if method == "history":
        weight = cascade.history(daily, reps, scope.period, scope.as_of, of)
    elif method == "capacity":
        weight = cascade.capacity(people, alone(desk, "absences"), reps, scope.period)
    elif method == "potential":
        items = desk.at(team="").ask(prospects)
        value = items["expected_period"].fillna(0.0).groupby(items["rep"]).sum()
        weight = cascade.potential(value, daily, reps, scope.period, scope.as_of)
    else:
        weight = np.ones(len(reps))
    return people[["rep", "team"]].assign(weight=weight)


def standing(desk: Desk) -> list[Goal]:
    """What stands of each goal: a proposal, else what was approved; read anew."""
    return spoken_of(goal_entries(desk))


def propose(desk: Desk, goal: Goal, by: str, at: datetime) -> Goal:
    """Write a goal down for those it concerns to look at; it does not count yet."""
    return _say(desk, replace(goal, state="proposed"), by, at)


def approve(desk: Desk, goal: Goal, by: str, at: datetime) -> Goal:
    """Let a goal count from its day on."""
    return _say(desk, replace(goal, state="approved"), by, at)


def withdraw(desk: Desk, goal: Goal, by: str, at: datetime) -> Goal:
    """Drop a proposal, or take back from today on what had been approved."""
    if goal.state == "proposed":
        return _say(desk, replace(goal, state="declined"), by, at)
    gone = replace(goal, state="withdrawn", effective_on=desk.scope.as_of)
    return _say(desk, gone, by, at)


def settle(desk: Desk, goal: Goal, way: Way, by: str, at: datetime) -> Goal:
    """Decide what is done with the difference between the whole and its parts."""
    return _say(desk, _from_today(desk, settled(goal, way)), by, at)


def _from_today(desk: Desk, goal: Goal) -> Goal:
    return replace(goal, effective_on=max(goal.effective_on, desk.scope.as_of))


def _say(desk: Desk, goal: Goal, by: str, at: datetime) -> Goal:
    content = record(goal)
    entry = journal.append(
        desk.warehouse, kind=KIND, subject=goal.subject, content=content, by=by, at=at,
        changes_data=goal.state in ("approved", "withdrawn"),
    )  # fmt: skip
    return recorded(content, entry, by, at)


def changes_asked(desk: Desk, goal: Goal | None = None) -> pd.DataFrame:
    """Wishes to change somebody's part, oldest first, of one goal or of all: ``CHANGES``.

    ``verdict`` is proposed, approved or declined. Read
    anew each time.
    """
    said = journal.entries(desk.warehouse, ADJUSTMENT)
    rows: dict[str, dict[str, Any]] = {}
    for row in said.itertuples():
        if row.subject in rows:
            rows[row.subject] |= {"verdict": row.content["verdict"], "answered_by": row.by}
        else:
            facts = {"entry": row.entry, "at": row.at, "by": row.by, "answered_by": ""}
            rows[row.subject] = facts | row.content
    found = pd.DataFrame(rows.values(), columns=list(CHANGES))
    return found if goal is None else found[found["goal"] == goal.subject]


def ask_change(
    desk: Desk, goal: Goal, rep: str, amount: float, comment: str, by: str, at: datetime
) -> None:
    """Ask for another part for somebody.

    Raises
    ------
    SettingError
        There is no reason, the amount is below zero, or the person has no part.
    """
    part = next((one for one in goal.parts if one.rep == rep), None)
    if part is None:
        raise SettingError("This person has no part of it.", setting="rep", value=rep)
    if not comment.strip():
        raise SettingError("A change needs a reason.", setting="why", value=comment)
    if not amount >= 0:
        raise SettingError("A target is not below zero.", setting="total", value=amount)
    number = journal.last_entry(desk.warehouse, (ADJUSTMENT,)) + 1
    content = {
        "goal": goal.subject,
        "rep": rep,
        "before": part.value,
        "after": amount,
        "comment": comment.strip(),
        "verdict": "proposed",
    }
    subject = f"{goal.subject}|{rep}|{number}"
    journal.append(desk.warehouse, kind=ADJUSTMENT, subject=subject, content=content, by=by, at=at)


def answer_change(
    desk: Desk, entry: int, verdict: Literal["approved", "declined"], by: str, at: datetime
) -> None:
    """Approve or decline a wish; an approved one makes a new version of the goal.

    Raises
    ------
    SettingError
        There is no such wish that waits, or its goal is gone.
    """
    said = journal.entries(desk.warehouse, ADJUSTMENT)
    first = said[said["entry"] == entry]
    waits = len(first) and (said["subject"] == first["subject"].iloc[0]).sum() == 1
    if not waits:
        raise SettingError("This was answered already.", setting="change", value=entry)
    content = first["content"].iloc[0]
    goal = next((one for one in standing(desk) if one.subject == content["goal"]), None)
    if goal is None:
        raise SettingError("The goal is gone.", setting="change", value=entry)
    journal.append(
        desk.warehouse,
        kind=ADJUSTMENT,
        subject=first["subject"].iloc[0],
        content=content | {"verdict": verdict},
        by=by,
        at=at,
    )
    if verdict == "approved":
        changed = adjusted(goal, content["rep"], round(content["after"] * HUNDRED))
        _say(desk, _from_today(desk, changed), by, at)


def can_divide(kpi: str) -> bool:
    """Whether a target of this measure is divided among people."""
    return kpi in FLOWS


def versions_of(desk: Desk, goal: Goal) -> list[Goal]:
    """Everything that was said about a goal itself, the newest first."""
    found = [one for one in goal_entries(desk) if one.subject == goal.subject]
    return found[::-1]
