"""Questions about check-ins: who is met when, what there is to talk about, what was said.

What people said is read anew on each call, or kept by ``said``: see ``following``.
"""

from collections.abc import Iterable
from datetime import date, datetime

import pandas as pd

from analytics import checkins, lateness, watching
from analytics.abilities import drifting
from analytics.aftermath import Outcome
from analytics.aiming import attainment
from analytics.checkins import CheckIn, Rhythm
from analytics.checkpoints import Basis, Point, points
from analytics.desk import Desk, of_everybody
from analytics.following import (
    CHECK_IN,
    RHYTHM,
    aftermath_of,
    follow_ups,
    of_unit,
    open_tasks,
    unit_flow,
)
from analytics.followups import About, FollowUp
from analytics.rules import RuleSet
from analytics.workflow import history, marts
from data import journal


def check_ins(desk: Desk) -> tuple[CheckIn, ...]:
    """Every check-in closed by the as-of date, the newest first. Read anew each time."""
    said = journal.entries(desk.warehouse, CHECK_IN)
    found = (checkins.of_content(row.content, row.by, row.at) for row in said.itertuples())
    return tuple(one for one in found if one.as_of <= desk.scope.as_of)[::-1]


def rhythms(desk: Desk) -> dict[tuple[str, str], Rhythm]:
    """How often people meet, by (rep or team, its name). Read anew each time."""
    said = journal.newest(desk.warehouse, RHYTHM)
    return {(one["unit_kind"], one["unit"]): one["rhythm"] for one in said["content"]}


def rhythms_began(desk: Desk) -> dict[tuple[str, str], date]:
    """Since when people meet as ``rhythms`` says; without any word, since the first upload.

    Read anew each time.
    """
    first = desk.ask(history)["uploaded_at"].min()
    found = {} if pd.isna(first) else {("company", ""): pd.Timestamp(first).date()}
    said = journal.newest(desk.warehouse, RHYTHM)
    return found | {
        (one["unit_kind"], one["unit"]): date.fromisoformat(one["as_of"])
        if "as_of" in one
        else at.date()
        for one, at in zip(said["content"], said["at"], strict=True)
    }


def set_rhythm(
    desk: Desk, unit_kind: str, unit: str, rhythm: Rhythm, by: str, at: datetime
) -> None:
    """Lay down how often a person, a team's people, or everybody (company) is met."""
    content = {
        "unit_kind": unit_kind, "unit": unit, "rhythm": rhythm,
        "as_of": desk.scope.as_of.isoformat(),
    }  # fmt: skip
    journal.append(
        desk.warehouse, kind=RHYTHM, subject=f"{unit_kind} {unit}", content=content, by=by, at=at
    )


def check_ins_due(desk: Desk, said: int) -> pd.DataFrame:
    """Who is met how often, when last and when next (see ``checkins.due``); the team's people."""
    reps = desk.ask(marts)["rep_results"]
    reps = reps[reps["active"] & (reps["rep"] != "")]
    if desk.scope.team:
        reps = reps[reps["team"] == desk.scope.team]
    return checkins.due(
        reps[["rep", "team"]], check_ins(desk), rhythms(desk), desk.scope.as_of, rhythms_began(desk)
    )


@of_everybody
def recent(desk: Desk) -> dict[str, pd.DataFrame]:
    """The marts ``changes`` and ``absences``, without those that others ask for beside them."""
    scope = desk.scope
    return desk.warehouse.marts(
        ["changes", "absences"], as_of=scope.as_of, period_start=scope.period.start,
        period_end=scope.period.end, period_kind=scope.period.kind,
    )  # fmt: skip


def risks_hold(
    desk: Desk, found: Iterable[FollowUp], rules: RuleSet, risk_said: int
) -> dict[str, bool | None]:
    """Whether the risks that follow-ups are about still hold in the whole company, by id.

    A team's own list ranks its people and customers among themselves, so it tells another thing.
    None where nobody can tell: win rates are tested for change when somebody asks for it.

    Parameters
    ----------
    risk_said
        ``watching.newest_word``.
    """
    on_risks = [one for one in found if one.about.number == "flag"]
    if not on_risks:
        return {}
    everybody = desk.at(team="")
    tested = desk.knows(drifting) or everybody.knows(drifting)
    rows = everybody.ask(watching.flags, rules, risk_said, tested)
    known = set(zip(rows["kind"], rows["subject"], strict=True))
    return {
        one.id: (one.about.flag, one.about.unit) in known
        if tested or one.about.flag != "drift"
        else None
        for one in on_risks
    }


def outcomes(
    desk: Desk, found: Iterable[FollowUp], rules: RuleSet, risk_said: int
) -> dict[str, Outcome]:
    """What the numbers of follow-ups did since, by id (see ``risks_hold``)."""
    holds = risks_hold(desk, found, rules, risk_said)
    return {one.id: desk.ask(aftermath_of, one, holds.get(one.id)) for one in found}


def check_list(
    desk: Desk, rep: str, since: date, said: int, rules: RuleSet, risk_said: int
) -> tuple[Point, ...]:
    """What there is to talk about with a person, filled in by the data since a day."""
    everybody = desk.at(team="")
    about = About("", "rep", rep)
    reached, tables = everybody.ask(attainment), desk.ask(recent)
    changed, away = tables["changes"], tables["absences"]
    mine = [one for one in follow_ups(everybody) if rep in (one.rep, one.owner)]
    over = [one for one in mine if one.closed_on and one.closed_on > since]
    after = outcomes(everybody, over, rules, risk_said)
    return points(
        Basis(
            flow=everybody.ask(unit_flow, "rep", rep),
            reached=reached[(reached["unit_kind"] == "rep") & (reached["unit"] == rep)],
            elapsed=desk.scope.period.elapsed(desk.scope.as_of),
            items=of_unit(desk.ask(marts)["open_items"], about),
            notes_next_steps=bool(desk.ask(marts)["open_items"]["next_step"].notna().any()),
            changes=changed[changed["rep"] == rep],
            people=desk.ask(marts)["rep_results"],
            absences=away[away["rep"] == rep],
            follow_ups=tuple(mine),
            outcomes=after,
        ),
        rep,
        since,
        desk.scope.as_of,
    )


def close_check_in(desk: Desk, found: CheckIn) -> None:
    """Write down a check-in."""
    subject = f"{found.rep} {found.as_of.isoformat()}"
    journal.append(
        desk.warehouse, kind=CHECK_IN, subject=subject, content=checkins.content(found),
        by=found.by, at=found.at,
    )  # fmt: skip


def due_days(desk: Desk, said: int) -> pd.DataFrame:
    """Everything open by the day it is due: source (follow_up, check_in, task), item, name, rep,
    due_on, days past that, and level (see ``lateness.ESCALATION``)."""
    ours = [
        ("follow_up", one.id, one.action or one.note, one.owner, one.due_on)
        for one in follow_ups(desk)
        if one.is_open
    ]
    columns = ["source", "item", "name", "rep", "due_on"]
    meetings = desk.ask(check_ins_due, said)
    meetings = meetings.assign(source="check_in", item=meetings["rep"], name=meetings["rep"])
    tasks = desk.ask(open_tasks).assign(source="task")
    parts = [pd.DataFrame(ours, columns=columns), meetings[columns], tasks[columns]]
    for part in parts:
        part["due_on"] = pd.to_datetime(part["due_on"])
    found = pd.concat([part for part in parts if len(part)] or parts, ignore_index=True)
    over = (pd.Timestamp(desk.scope.as_of) - pd.to_datetime(found["due_on"])).dt.days
    days = over.clip(lower=0).astype(int)
    return found.assign(days=days, level=lateness.levels(days, found["source"]))
