"""Questions about follow-ups: what was agreed, what is late, what became of it.

What people said is read anew on each call, or kept by ``said``, the number of the newest such
entry of the journal: it does not change the data, by which answers are kept.
"""

from datetime import date, datetime
from typing import Any

import pandas as pd

from analytics import aftermath, followups, lateness, spans
from analytics.aftermath import Outcome
from analytics.aiming import attainment
from analytics.desk import Desk, of_everybody
from analytics.followups import About, FollowUp, Kind, Measure, Toward, Word
from analytics.scope import Period
from analytics.spans import FLOWS, day_number
from analytics.workflow import goal_tables, history, marts, workings
from data import journal

FOLLOW_UP, SAID, CHECK_IN, RHYTHM = "follow_up", "follow_up_word", "check_in", "rhythm"
"""What entries of the journal are called."""


def newest_word(desk: Desk) -> int:
    """The number of the newest entry about follow-ups or check-ins, 0 before the first."""
    return journal.last_entry(desk.warehouse, (FOLLOW_UP, SAID, CHECK_IN, RHYTHM))


def follow_ups(desk: Desk) -> tuple[FollowUp, ...]:
    """Those of the scope's team, open ones by due day, then the closed ones, the newest first.

    Read anew each time.
    """
    entries = journal.entries(desk.warehouse, FOLLOW_UP)
    words = journal.entries(desk.warehouse, SAID)
    found = followups.recorded(entries, words, desk.scope.as_of)
    if not (team := desk.scope.team):
        return found
    reps = desk.ask(marts)["rep_results"]
    inside = {*reps.loc[reps["team"] == team, "rep"]}
    return tuple(
        one
        for one in found
        if inside & {one.rep, one.owner, one.about.unit} or one.about.unit == team
    )


def write_follow_up(
    desk: Desk, about: About, *, kind: Kind, note: str, action: str, owner: str, rep: str,
    due_on: date, toward: Toward, by: str, at: datetime,
) -> str:  # fmt: skip
    """Write down what was agreed, with the number as it stands. Returns its id."""
    name = followups.identity(about, at)
    new = FollowUp(
        name, about, kind, note, action, owner, rep, due_on, toward,
        desk.ask(measure, about), desk.scope.as_of, by, at,
    )  # fmt: skip
    content = followups.record(new)
    journal.append(desk.warehouse, kind=FOLLOW_UP, subject=name, content=content, by=by, at=at)
    return name


def say_of(desk: Desk, name: str, word: Word, note: str, by: str, at: datetime) -> None:
    """Acknowledge, close, reopen or comment on the follow-up of this id."""
    content = {"word": word, "note": note.strip(), "as_of": desk.scope.as_of.isoformat()}
    journal.append(desk.warehouse, kind=SAID, subject=name, content=content, by=by, at=at)


def people_to_act(desk: Desk) -> tuple[str, ...]:
    """Everybody who is still there, the scope's team first."""
    reps = desk.ask(marts)["rep_results"]
    reps = reps[reps["active"]]
    own = reps["team"] == desk.scope.team
    return (*sorted(reps.loc[own, "rep"]), *sorted(reps.loc[~own, "rep"]))


def measure(desk: Desk, about: About) -> Measure:
    """The number as it stands on the as-of date, the scope's team left aside."""
    if about.number == "flag":
        # Whoever writes has it before their eyes.
        return Measure(value=1.0)
    if about.unit_kind == "opportunity":
        return _deal(desk, about)
    if about.number in ("open_value", "open_count", "overdue"):
        items = of_unit(desk.ask(marts)["open_items"], about)
        late = pd.to_datetime(items["expected_on"]) < pd.Timestamp(desk.scope.as_of)
        known = {"open_value": items["value"].sum(), "overdue": late.sum()}
        return Measure(float(known.get(about.number, len(items))), len(items))
    if about.number in followups.OF_PERIOD:
        return _of_period(desk, about)
    flow = desk.ask(unit_flow, about.unit_kind, about.unit)
    days = followups.RATE_DAYS if about.number == "win_rate" else followups.ACTIVITY_DAYS
    [value], [n] = spans.levels(flow, about.number, [day_number(desk.scope.as_of)], days)
    return Measure(float(value), int(n))


def unit_flow(desk: Desk, unit_kind: str, unit: str) -> pd.DataFrame:
    """The daily results of a person, a team (with whoever was in it that day) or the company."""
    return of_unit(goal_tables(desk)["daily_results"], About("", unit_kind, unit))  # type: ignore[arg-type]


def of_unit(rows: pd.DataFrame, about: About) -> pd.DataFrame:
    """The rows of a person or a team, by their column; of anything else all."""
    column = {"rep": "rep", "team": "team"}.get(about.unit_kind)
    return rows if column is None else rows[rows[column] == about.unit]


def _of_period(desk: Desk, about: About) -> Measure:
    kind: Any = about.period_kind or desk.scope.period.kind
    period = desk.scope.period
    if about.period_start:
        start = date.fromisoformat(about.period_start)
        period = Period.containing(start, kind, desk.scope.period.first_month)
    if about.number == "attainment":
        rows = desk.at(team="", period=period).ask(attainment)
        row = rows[(rows["unit_kind"] == about.unit_kind) & (rows["unit"] == about.unit)]
        if row.empty:
            return Measure()
        return Measure(float(row["attainment"].iloc[0]), int(row["deals"].iloc[0]))
    flow = desk.ask(unit_flow, about.unit_kind, about.unit)
    inside = flow[(flow["day"] >= str(period.start)) & (flow["day"] < str(period.end))]
    return Measure(float(inside["won_amount"].sum()), int(inside["won"].sum()))


def open_by_id(desk: Desk) -> pd.DataFrame:
    """Every open opportunity, by its id."""
    columns = ["opportunity_id", "stage", "value", "expected_on", "age_days"]
    return desk.ask(marts)["open_items"][columns].set_index("opportunity_id")


def _deal(desk: Desk, about: About) -> Measure:
    row = desk.ask(open_by_id).reindex([about.unit]).dropna(how="all")
    if row.empty:
        closed = desk.ask(followed_deals, newest_word(desk))
        row = closed[closed["opportunity_id"] == about.unit]
        if row.empty:
            return Measure()
        row = row.assign(value=row["amount"], age_days=0)
    [known] = row.itertuples()
    return Measure(
        value=float(known.value),
        n=1,
        outcome=getattr(known, "outcome", "open"),
        stage=_text(known.stage),
        expected_on=_iso(known.expected_on),
        closed_on=_iso(getattr(known, "closed_on", None)),
        age_days=0 if pd.isna(known.age_days) else int(known.age_days),
    )


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _iso(day: Any) -> str:
    return "" if pd.isna(day) else f"{day:%Y-%m-%d}"


@of_everybody
def followed_deals(desk: Desk, said: int) -> pd.DataFrame:
    """The opportunities that follow-ups are about, open or closed."""
    period = desk.scope.period
    return desk.warehouse.marts(
        ["followed_deals"], as_of=desk.scope.as_of, period_start=period.start,
        period_end=period.end, period_kind=period.kind,
    )["followed_deals"]  # fmt: skip


@of_everybody
def told_until(desk: Desk, number: str) -> date:
    """The newest day of which the data tells about a number, no later than the as-of date.

    It is that of the newest export, or of the newest event where that is later; of activities that
    of theirs. Without any, the as-of date.
    """
    as_of, calls = desk.scope.as_of, number == "activities"
    past = desk.ask(history)
    told = past["undone_at"].isna() & (
        past["entity"] == ("activities" if calls else "opportunities")
    )
    days = [day.date() for day in pd.to_datetime(past.loc[told, "as_of"].dropna())]
    if calls:
        flow = goal_tables(desk)["daily_results"]
        days += [day.date() for day in flow.loc[flow["activities"] > 0, "day"].nlargest(1)]
    elif event := desk.warehouse.newest_event(as_of):
        days.append(event)
    return min(as_of, max(days, default=as_of))


def aftermath_of(desk: Desk, one: FollowUp, holds: bool | None = None) -> Outcome:
    """What the number of a follow-up did since, up to the newest day that the data tells of.

    ``holds``: of a follow-up on a risk, whether that still holds; None where nobody can tell.
    """
    flow = pd.DataFrame()
    if one.about.number in FLOWS or one.about.number == "win_rate":
        flow = desk.ask(unit_flow, one.about.unit_kind, one.about.unit)
    told = desk.ask(told_until, one.about.number)
    days = (min(one.as_of_then, told), told)
    now = _flagged(holds) if one.about.number == "flag" else desk.ask(measure, one.about)
    return aftermath.outcome(one.about, one.toward, one.then, now, days, flow)


def _flagged(holds: bool | None) -> Measure:
    return Measure() if holds is None else Measure(value=float(holds))


def open_tasks(desk: Desk) -> pd.DataFrame:
    """Open tasks of the CRM with a due day, of the scope's team."""
    work = workings(desk)["open_work"]
    tasks = work[(work["kind"] == "task") & work["due_on"].notna()]
    return tasks if not desk.scope.team else tasks[tasks["team"] == desk.scope.team]


def overdue_list(desk: Desk, said: int) -> pd.DataFrame:
    """Follow-ups and tasks past their due day (see ``lateness.overdue``), the longest first.

    With ``team``, that of who acts; empty where it is not known.
    """
    late = lateness.overdue(follow_ups(desk), desk.ask(open_tasks), desk.scope.as_of)
    teams = desk.ask(marts)["rep_results"].set_index("rep")["team"]
    return late.assign(team=late["rep"].map(teams).fillna(""))
