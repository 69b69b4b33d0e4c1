"""The list of a check-in fills itself from the data since the last one."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest

from analytics.aftermath import Outcome
from analytics.checkpoints import Basis, Point, points
from analytics.followups import About, FollowUp, Measure
from tests.conftest import drawn

SINCE, AS_OF = date(2026, 8, 7), date(2026, 8, 14)
AT = datetime(2026, 8, 1, 9)  # noqa: DTZ001

FLOW = pd.DataFrame(
    {
        "day": pd.to_datetime(["2026-08-07", "2026-08-08", "2026-08-14", "2026-08-15"]),
        "won": [8, 1, 2, 16],
        "won_amount": [800.0, 100.0, 200.0, 1600.0],
        "lost": [8, 0, 1, 16],
        "created": [8, 3, 0, 16],
        "pipeline": [8.0, 30.0, 0.0, 16.0],
        "activities": [8, 5, 6, 16],
    }
)
ITEMS = drawn("""
    opportunity_id | name  | value | expected_on | next_step
    a              | small | 100   | 2026-08-01  | call
    b              | large | 900   | 2026-08-13  |
    c              | today | 500   | 2026-08-14  |
    d              | none  | 50    |             | call
""").assign(value=lambda rows: rows["value"].astype(float))
CHANGES = drawn("""
    opportunity_id | name | field      | changed_by | difference
    a              | a    | close_date | 2026-08-10 | 30
    a              | a    | close_date | 2026-08-12 | 5
    b              | b    | close_date | 2026-08-07 | 30
    c              | c    | close_date | 2026-08-10 | -4
    d              | d    | amount     | 2026-08-10 | 30
""")
PEOPLE = pd.DataFrame(
    {
        "rep": ["Ann", "Bo", "Cid", "Dee"],
        "team": ["north", "north", "north", "south"],
        "active": [True, True, False, True],
        "open_count": [30, 10, 99, 99],
    }
)
REACHED = pd.DataFrame({"won": [300.0], "target": [1000.0], "attainment": [0.3]})
NOBODY_AWAY = drawn("starts_on | ends_on")


def agreed(
    days_late: int, state="open", closed_on: date | None = None, name: str = "f"
) -> FollowUp:
    return FollowUp(
        name, About("overdue", "rep", "Ann"), "problem", "note", "call", "Ann", "Ann",
        AS_OF - timedelta(days=days_late), "down", Measure(3), date(2026, 8, 1), "Bo", AT,
        state, closed_on=closed_on,
    )  # fmt: skip


def outcome(as_agreed: bool | None) -> Outcome:
    return Outcome(Measure(3), Measure(2), 9, Measure(3), Measure(2), as_agreed=as_agreed)


def found(**changes) -> dict[str, Point]:
    known = {
        "flow": FLOW, "reached": REACHED, "elapsed": 0.5, "items": ITEMS,
        "notes_next_steps": True, "changes": CHANGES, "people": PEOPLE, "absences": NOBODY_AWAY,
        "follow_ups": (), "outcomes": {},
    }  # fmt: skip
    made = points(Basis(**(known | changes)), "Ann", SINCE, AS_OF)
    return {one.key: one for one in made}


def test_results_are_those_of_the_days_after_the_last_one():
    assert found()["results"].facts == {
        "won": (1 + 2),
        "won_amount": (100.0 + 200.0),
        "lost": (0 + 1),
        "created": (3 + 0),
        "pipeline": (30.0 + 0.0),
        "activities": (5 + 6),
    }


@pytest.mark.parametrize(("elapsed", "asks"), [(0.5, True), (0.3, False), (0.2, False)])
def test_the_pace_is_worth_a_word_when_it_is_behind_the_time(elapsed, asks):
    point = found(elapsed=elapsed)["pace"]

    assert point.asks is asks
    assert point.facts == {"won": 300.0, "target": 1000.0, "share": 0.3, "elapsed": elapsed}


def test_without_a_target_there_is_no_pace():
    assert "pace" not in found(reached=REACHED.assign(target=float("nan")))


def test_an_opportunity_that_slipped_twice_since_is_one():
    assert found()["slipped"] == Point("slipped", {"count": 1}, ("a",), True)


def test_only_what_is_open_now_has_slipped_and_each_of_one_name_counts():
    changes = drawn("""
        opportunity_id | name    | field      | changed_by | difference
        a              | renewal | close_date | 2026-08-10 | 30
        b              | renewal | close_date | 2026-08-10 | 5
        won            | won     | close_date | 2026-08-10 | 60
    """)

    point = found(changes=changes)["slipped"]

    assert point == Point("slipped", {"count": 2}, ("renewal", "renewal"), True)


def test_overdue_is_what_should_have_closed_before_the_day_the_largest_first():
    point = found()["overdue"]

    assert (point.facts, point.names) == ({"count": 2, "value": 1000.0}, ("large", "small"))


def test_without_next_steps_are_named_where_the_crm_notes_them():
    assert found()["next_step"].names == ("large", "today")
    assert "next_step" not in found(notes_next_steps=False)


def test_open_agreements_and_those_closed_since():
    past = (
        agreed(2),
        agreed(0),
        agreed(9, "done", SINCE),
        agreed(9, "done", AS_OF, "moved"),
        agreed(9, "dropped", AS_OF, "not"),
    )
    told = {"moved": outcome(True), "not": outcome(False)}

    points_found = found(follow_ups=past, outcomes=told)

    assert points_found["agreed"].facts == {"count": 2, "late": 1}
    assert points_found["closed"].facts == {"count": 2, "moved": 1}


def test_of_no_agreement_closed_since_nothing_is_said():
    assert "closed" not in found(follow_ups=(agreed(1),))


@pytest.mark.parametrize(("starts", "told"), [("2026-08-28", True), ("2026-08-29", False)])
def test_a_leave_within_two_weeks_is_told(starts, told):
    leave = pd.DataFrame(
        {"starts_on": [pd.Timestamp(starts)], "ends_on": [pd.Timestamp("2026-09-05")]}
    )

    assert ("leave" in found(absences=leave)) is told


def test_the_load_is_compared_with_who_is_there_in_the_team():
    point = found()["load"]

    assert point.facts == {"count": 30, "usual": 20, "people": 2}
    assert not point.asks
    assert found(people=PEOPLE.assign(open_count=[40, 10, 99, 99]))["load"].asks
