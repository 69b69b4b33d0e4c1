"""Questions about follow-ups: numbers as they stand, what became of them, and what is due."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analytics.abilities import drifting
from analytics.checkins import CheckIn
from analytics.desk import Desk
from analytics.following import (
    RHYTHM,
    aftermath_of,
    follow_ups,
    measure,
    newest_word,
    overdue_list,
    people_to_act,
    say_of,
    write_follow_up,
)
from analytics.followups import About, Measure
from analytics.meeting import (
    check_ins,
    check_ins_due,
    check_list,
    close_check_in,
    due_days,
    outcomes,
    risks_hold,
    set_rhythm,
)
from analytics.rules import RuleSet
from analytics.scope import Period, Scope
from analytics.watching import newest_word as newest_risk
from data import journal
from data.warehouse import Warehouse
from tests.files import load

THEN, NOW = date(2026, 3, 2), date(2026, 3, 31)
AT = datetime(2026, 3, 2, 9)  # noqa: DTZ001

REPS = """name,team,active
Ann,north,yes
Bo,north,yes
Cid,south,yes
Eve,south,no
"""
DEALS = """opportunity_id,name,owner,stage,amount,created_on,expected_on,closed_on
w1,Mill,Ann,Won,100,2026-01-02,,2026-01-20
w2,Dam,Ann,Won,300,2026-01-02,,2026-03-20
l1,Pit,Ann,Lost,900,2026-01-02,,2026-02-10
o1,Well,Ann,Proposal,1000,2026-01-15,2026-03-10,
o2,Pump,Ann,Proposal,2000,2026-02-15,2026-06-30,
w3,Lock,Cid,Won,700,2026-01-02,,2026-01-20
o3,Tap,Bo,Proposal,50,2026-02-20,,
"""
LATER = """opportunity_id,name,owner,stage,amount,created_on,expected_on,closed_on
o1,Well,Ann,Won,1200,2026-01-15,,2026-03-25
"""
SLIPPED = """opportunity_id,name,owner,stage,amount,created_on,expected_on,closed_on
o2,Pump,Ann,Proposal,2000,2026-02-15,2026-07-31,
"""
TARGETS = """unit_kind,unit,period,period_start,kpi,amount
rep,Ann,quarter,2026-01-01,revenue,1000
"""
TASKS = """task_id,subject,owner,due_on,created_on
t1,Write to the mill,Ann,2026-03-24,2026-01-05
t2,Visit the dam,Cid,2026-04-02,2026-01-05
"""


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    store = Warehouse()
    load(store, REPS, file="reps.csv")
    load(store, TARGETS, file="targets.csv")
    load(store, TASKS, file="tasks.csv")
    load(store, DEALS, as_of=THEN, file="opportunities.csv")
    yield store
    store.close()


@pytest.fixture
def desk(warehouse: Warehouse) -> Desk:
    return seen(warehouse, NOW)


def seen(warehouse: Warehouse, day: date, team: str = "") -> Desk:
    return Desk(warehouse, Scope(day, Period.containing(day), team))


def agree(desk: Desk, about: About, **changes: Any) -> str:
    known: dict[str, Any] = {
        "kind": "problem", "note": "few calls", "action": "call", "owner": "Ann", "rep": "Ann",
        "due_on": desk.scope.as_of + timedelta(days=7), "toward": "up", "by": "Dee", "at": AT,
    }  # fmt: skip
    return write_follow_up(desk, about, **(known | changes))


def of_ann(number: str) -> About:
    return About(number, "rep", "Ann", "", "quarter", "2026-01-01")


@pytest.mark.parametrize(
    ("about", "value", "n"),
    [
        (of_ann("revenue"), (100 + 300), 2),
        (of_ann("attainment"), (100 + 300) / 1000, 2),
        (of_ann("win_rate"), 2 / 3, 3),
        (of_ann("open_value"), (1000 + 2000), 2),
        (of_ann("open_count"), 2, 2),
        (of_ann("overdue"), 1, 2),
        (About("revenue", "team", "north", "", "quarter", "2026-01-01"), (100 + 300), 2),
        (About("revenue", "company", "", "", "quarter", "2026-01-01"), (100 + 300 + 700), 3),
        (About("revenue", "rep", "Ann", "", "month", "2026-03-01"), 300, 1),
        (About("open_count", "company", ""), 3, 3),
    ],
)
def test_a_number_as_it_stands(desk, about, value, n):
    found = desk.ask(measure, about)

    assert (round(found.value, 9), found.n) == (round(value, 9), n)


def test_a_win_rate_looks_back_90_days(warehouse):
    """On 2026-04-20 the win of 2026-01-20 is 90 days old and out of sight."""
    assert seen(warehouse, date(2026, 4, 19)).ask(measure, of_ann("win_rate")).n == 3
    assert seen(warehouse, date(2026, 4, 20)).ask(measure, of_ann("win_rate")).n == 2


def test_an_opportunity_stands_where_the_crm_has_it(desk):
    found = desk.ask(measure, About("deal", "opportunity", "o1"))

    assert found == Measure(1000, 1, "open", "Proposal", "2026-03-10", "", 75)


def test_the_number_then_is_kept_and_looking_back_finds_it_the_same(warehouse):
    agree(seen(warehouse, THEN), of_ann("revenue"))

    [one] = follow_ups(seen(warehouse, NOW))

    assert (one.then, one.as_of_then) == (Measure(100, 1), THEN)
    assert follow_ups(seen(warehouse, THEN - timedelta(days=1))) == ()


def test_what_became_of_an_opportunity_shows_after_the_next_upload(warehouse):
    desk = seen(warehouse, THEN)
    agree(desk, About("deal", "opportunity", "o1", "Well"))
    load(warehouse, LATER, as_of=NOW, file="opportunities.csv")

    after = seen(warehouse, NOW)
    [one] = follow_ups(after)
    found = aftermath_of(after, one)

    assert (found.then.outcome, found.then.value) == ("open", 1000)
    assert (found.now.outcome, found.now.value, found.now.closed_on) == ("won", 1200, "2026-03-25")
    assert found.as_agreed is True


def test_a_number_of_a_person_after_the_next_upload(warehouse):
    agree(seen(warehouse, THEN), of_ann("open_count"), toward="down")
    load(warehouse, LATER, as_of=NOW, file="opportunities.csv")

    after = seen(warehouse, NOW)
    found = aftermath_of(after, follow_ups(after)[0])

    # On the earlier day the win of 2026-03-20 was still open.
    assert (found.then.value, found.now.value, found.as_agreed) == (3, 1, True)


@pytest.mark.parametrize("about", [of_ann("revenue"), of_ann("win_rate"), of_ann("overdue")])
def test_days_without_an_upload_are_no_days_without_results(warehouse, about):
    """The newest event is the win of 2026-03-20; nothing has been uploaded since."""
    day = date(2026, 3, 20)
    agree(seen(warehouse, day), about)
    later = seen(warehouse, day + timedelta(days=14))

    found = aftermath_of(later, follow_ups(later)[0])

    assert (found.days, found.moved, found.as_agreed) == (0, "unknown", None)
    assert found.verdict in ("few", "")


def test_the_time_since_ends_with_the_newest_upload(warehouse):
    agree(seen(warehouse, date(2026, 3, 20)), of_ann("revenue"))
    load(warehouse, LATER, as_of=NOW, file="opportunities.csv")
    later = seen(warehouse, NOW + timedelta(days=20))

    found = aftermath_of(later, follow_ups(later)[0])

    assert (found.days, found.since.n) == (11, 1)
    # 1200 in 11 days.
    assert found.since.value == pytest.approx(1200 / 11 * 28)


def test_looking_back_the_time_since_ends_with_that_day(warehouse):
    agree(seen(warehouse, THEN), of_ann("revenue"))
    load(warehouse, LATER, as_of=NOW, file="opportunities.csv")
    back = seen(warehouse, date(2026, 3, 22))

    assert aftermath_of(back, follow_ups(back)[0]).days == 20


def test_of_activities_their_own_export_tells(warehouse):
    """An export of opportunities says nothing of calls."""
    calls = "activity_id,owner,happened_on,kind\na1,Ann,2026-03-05,call\n"
    load(warehouse, calls, as_of=date(2026, 3, 9), file="activities.csv")
    agree(seen(warehouse, THEN), of_ann("activities"))
    load(warehouse, LATER, as_of=NOW, file="opportunities.csv")
    after = seen(warehouse, NOW)

    assert aftermath_of(after, follow_ups(after)[0]).days == 7


@pytest.mark.parametrize(("holds", "value"), [(True, 1.0), (False, 0.0)])
def test_a_risk_holds_while_the_list_has_it(warehouse, holds, value):
    agree(seen(warehouse, THEN), About("flag", "opportunity", "o1", "Well", flag="stalled"))
    after = seen(warehouse, NOW)

    found = aftermath_of(after, follow_ups(after)[0], holds)

    assert (found.then.value, found.now.value) == (1.0, value)


def test_where_nobody_looked_for_risks_nobody_knows(warehouse):
    agree(seen(warehouse, THEN), About("flag", "opportunity", "o1", "Well", flag="stalled"))
    after = seen(warehouse, NOW)

    assert aftermath_of(after, follow_ups(after)[0]).moved == "unknown"


RULES = RuleSet()


def on_risk(desk: Desk, kind: str, unit_kind: Any, unit: str) -> str:
    about = About("flag", unit_kind, unit, flag=kind)
    at = AT + timedelta(minutes=len(follow_ups(desk)))
    return agree(desk, about, toward="down", at=at)


def test_without_a_test_of_win_rates_nobody_knows_whether_one_still_falls(warehouse):
    desk = seen(warehouse, NOW)
    name, overdue = on_risk(desk, "drift", "rep", "Ann"), on_risk(desk, "overdue", "company", "")

    found = risks_hold(desk, follow_ups(desk), RULES, newest_risk(desk))

    assert found == {name: None, overdue: False}


def test_after_the_test_it_is_known_even_where_the_list_is_older(warehouse, monkeypatch):
    def flags(desk: Desk, rules: RuleSet, said: int, looked: bool = False) -> pd.DataFrame:
        return pd.DataFrame({"kind": ["drift"], "subject": ["Ann"]}).head(int(looked))

    monkeypatch.setattr("analytics.meeting.watching.flags", flags)
    desk = seen(warehouse, NOW)
    ann, bo = on_risk(desk, "drift", "rep", "Ann"), on_risk(desk, "drift", "rep", "Bo")
    risks_hold(desk, follow_ups(desk), RULES, newest_risk(desk))
    desk.ask(drifting)

    found = risks_hold(desk, follow_ups(desk), RULES, newest_risk(desk))

    assert found == {ann: True, bo: False}


def test_a_risk_is_judged_in_the_whole_company(warehouse, monkeypatch):
    """A team's own list is another one: of a few, everything hangs on somebody."""

    def flags(desk: Desk, rules: RuleSet, said: int, looked: bool = False) -> pd.DataFrame:
        who = "Cid" if desk.scope.team else "Ann"
        return pd.DataFrame({"kind": ["concentrated"], "subject": [who]})

    monkeypatch.setattr("analytics.meeting.watching.flags", flags)
    desk = seen(warehouse, NOW)
    ann, cid = (on_risk(desk, "concentrated", "rep", who) for who in ("Ann", "Cid"))

    for team in ("north", "south", ""):
        found = risks_hold(desk.at(team=team), follow_ups(desk), RULES, newest_risk(desk))
        assert found == {ann: True, cid: False}


def test_what_has_nothing_to_do_with_risks_is_not_worked_out_anew_for_each_of_them(warehouse):
    desk = seen(warehouse, NOW)
    agree(desk, of_ann("revenue"), at=AT - timedelta(days=1))
    outcomes(desk, follow_ups(desk), RULES, newest_risk(desk))
    [one] = follow_ups(desk)
    assert desk.knows(aftermath_of, one, None)

    name = on_risk(desk, "silent", "opportunity", "o1")
    found = outcomes(desk, follow_ups(desk), RULES, newest_risk(desk))

    assert desk.knows(aftermath_of, one, None)
    assert found[name].now.value in (0.0, 1.0)


def test_a_risk_that_is_gone_counts_among_what_was_closed(warehouse):
    then = seen(warehouse, THEN)
    name = on_risk(then, "grown", "opportunity", "o1")
    load(warehouse, LATER, as_of=NOW, file="opportunities.csv")
    desk = seen(warehouse, NOW)
    say_of(desk, name, "done", "", "Ann", AT)

    said = (newest_word(desk), RULES, newest_risk(desk))
    found = {one.key: one for one in desk.ask(check_list, "Ann", THEN, *said)}

    assert found["closed"].facts == {"count": 1, "moved": 1}


def test_a_team_sees_what_is_about_its_people(warehouse):
    agree(seen(warehouse, THEN), of_ann("revenue"), owner="Dee")
    agree(seen(warehouse, THEN), About("revenue", "team", "south"), owner="Dee", rep="")

    north, south = (follow_ups(seen(warehouse, NOW, team)) for team in ("north", "south"))

    assert [one.about.unit for one in north] == ["Ann"]
    assert [one.about.unit for one in south] == ["south"]


def test_the_words_of_people_are_newer_than_any_answer_kept(desk):
    before = newest_word(desk)
    name = agree(desk, of_ann("revenue"))
    say_of(desk, name, "acknowledge", " ok ", "Ann", AT)

    [one] = follow_ups(desk)

    assert newest_word(desk) == before + 2
    assert (one.state, one.acknowledged_by, one.words[0][3]) == ("acknowledged", "Ann", "ok")


def test_late_follow_ups_and_tasks_with_the_team_of_who_acts(warehouse):
    agree(seen(warehouse, THEN), of_ann("revenue"), due_on=NOW - timedelta(days=4))
    desk = seen(warehouse, NOW)

    found = desk.ask(overdue_list, newest_word(desk))

    assert found[["source", "days", "level", "team"]].to_numpy().tolist() == [
        ["task", 7, "manager", "north"],
        ["follow_up", 4, "rep", "north"],
    ]


def test_everything_due_has_its_day(warehouse):
    agree(seen(warehouse, THEN), of_ann("revenue"))
    desk = seen(warehouse, NOW)

    found = desk.ask(due_days, newest_word(desk))

    assert found["source"].value_counts().to_dict() == {"check_in": 3, "task": 2, "follow_up": 1}
    assert found.loc[found["source"] == "follow_up", "days"].tolist() == [22]


def test_check_ins_move_on_when_one_is_closed(desk):
    said = newest_word(desk)
    before = desk.ask(check_ins_due, said).set_index("rep")["due_on"]
    close_check_in(desk, CheckIn("Ann", THEN, NOW, ("pace",), "", "Dee", AT))
    set_rhythm(desk, "team", "south", "none", "Dee", AT)

    after = desk.ask(check_ins_due, newest_word(desk)).set_index("rep")["due_on"]

    assert before.to_dict() == dict.fromkeys(["Ann", "Bo", "Cid"], date(2026, 4, 3))
    assert after.to_dict() == {"Ann": date(2026, 4, 7), "Bo": date(2026, 4, 3)}
    assert [one.rep for one in check_ins(desk)] == ["Ann"]


def test_who_was_never_met_is_late_counted_from_the_first_upload(warehouse):
    """Everything was uploaded on Wednesday 2026-04-01, so the first ones are due that Friday."""
    desk = seen(warehouse, date(2026, 4, 10))

    found = desk.ask(check_ins_due, newest_word(desk))

    assert {*found["due_on"]} == {date(2026, 4, 3)}
    assert {*found["days"]} == {7}
    due = desk.ask(due_days, newest_word(desk))
    assert {*due.loc[due["source"] == "check_in", "level"]} == {"manager"}


def test_the_first_one_follows_the_day_on_which_the_rhythm_was_set(warehouse):
    set_rhythm(seen(warehouse, date(2026, 4, 8)), "company", "", "weekly", "Dee", AT)
    # As it was written down before the day of the data was kept with it.
    content = {"unit_kind": "rep", "unit": "Bo", "rhythm": "weekly"}
    journal.append(
        warehouse, kind=RHYTHM, subject="rep Bo", content=content, by="Dee",
        at=datetime(2026, 4, 13, 9),  # noqa: DTZ001
    )  # fmt: skip
    desk = seen(warehouse, date(2026, 4, 30))

    found = desk.ask(check_ins_due, newest_word(desk)).set_index("rep")["due_on"]

    assert found.to_dict() == {
        "Ann": date(2026, 4, 10),
        "Cid": date(2026, 4, 10),
        "Bo": date(2026, 4, 17),
    }


def test_the_list_of_a_person_is_filled_in(desk):
    agree(desk, of_ann("revenue"))

    found = {one.key: one for one in desk.ask(check_list, "Ann", THEN, newest_word(desk), RULES, 0)}

    assert found["results"].facts["won_amount"] == 300
    assert found["pace"].facts["share"] == 0.4
    assert found["overdue"].names == ("Well",)
    assert found["agreed"].facts == {"count": 1, "late": 0}
    assert found["load"].facts == {"count": 2, "usual": 2, "people": 2}


@pytest.mark.parametrize(("rep", "slipped", "away"), [("Ann", ("Pump",), True), ("Bo", (), False)])
def test_the_list_is_about_nobody_else(warehouse, rep, slipped, away):
    load(warehouse, SLIPPED, as_of=NOW, file="opportunities.csv")
    load(warehouse, "owner,starts_on,ends_on\nAnn,2026-04-06,2026-04-10\n", file="leave.csv")
    desk = seen(warehouse, NOW)

    found = {one.key: one for one in desk.ask(check_list, rep, THEN, newest_word(desk), RULES, 0)}

    assert found["slipped"].names == slipped
    assert ("leave" in found) is away


def test_who_is_there_can_act_the_own_team_first(warehouse):
    assert people_to_act(seen(warehouse, NOW, "south")) == ("Cid", "Ann", "Bo")
