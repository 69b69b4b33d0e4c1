"""What is late, and who has to know of it."""

from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analytics.followups import About, FollowUp, Measure
from analytics.lateness import levels, overdue
from analytics.people_flags import overdue_follow_ups

AS_OF = date(2026, 8, 14)
AT = datetime(2026, 8, 1, 9)  # noqa: DTZ001


def agreed(name: str, days_late: int, **changes) -> FollowUp:
    known: dict[str, Any] = {
        "id": name, "about": About("overdue", "rep", "Ann"), "kind": "problem", "note": "note",
        "action": "call", "owner": "Ann", "rep": "Ann", "due_on": AS_OF - timedelta(days=days_late),
        "toward": "down", "then": Measure(3), "as_of_then": date(2026, 8, 1), "by": "Bo", "at": AT,
    }  # fmt: skip
    return FollowUp(**(known | changes))


def tasks(**due: date | None) -> pd.DataFrame:
    return pd.DataFrame(
        [(name, name, "Cid", day, 10.0) for name, day in due.items()],
        columns=["item", "name", "rep", "due_on", "value"],
    )


@pytest.mark.parametrize(
    ("days", "who"),
    [(0, ""), (2, ""), (3, "rep"), (4, "rep"), (5, "manager"), (6, "manager"), (7, "risk")],
)
def test_more_people_have_to_know_the_later_it_is(days, who):
    assert levels(pd.Series([days]), pd.Series(["follow_up"])).tolist() == [who]


@pytest.mark.parametrize("source", ["task", "check_in"])
def test_only_what_was_agreed_here_comes_onto_the_risk_list(source):
    found = levels(pd.Series([4, 6, 7, 70]), pd.Series([source] * 4))

    assert found.tolist() == ["rep", "manager", "manager", "manager"]


def test_a_late_follow_up_puts_the_expected_money_of_its_opportunity_in_question():
    deal = agreed("deal", 13, about=About("deal", "opportunity", "o1"), then=Measure(500.0))
    risk = agreed("risk", 14, about=About("flag", "opportunity", "o2", flag="silent"))
    closed = agreed("closed", 15, about=About("deal", "opportunity", "gone"))
    late = overdue([deal, risk, closed, agreed("rep", 16)], tasks(), AS_OF)

    found = overdue_follow_ups(late, pd.Series({"o1": 120.0, "o2": 80.0})).set_index("subject")

    assert found["stake"].dropna().to_dict() == {"deal": 120.0, "risk": 80.0}
    assert found["strong"].to_dict() == {"rep": True, "closed": True, "risk": True, "deal": False}


def test_a_day_is_late_from_the_next_one_on():
    found = overdue([agreed("today", 0), agreed("yesterday", 1)], tasks(), AS_OF)

    assert found[["item", "days", "level"]].to_numpy().tolist() == [["yesterday", 1, ""]]


def test_follow_ups_and_tasks_are_listed_alike_the_longest_late_first():
    given = tasks(t1=AS_OF - timedelta(days=9), t2=AS_OF, t3=None)
    deal = agreed("deal", 4, about=About("deal", "opportunity", "o1"), then=Measure(500.0))

    found = overdue([agreed("f", 5), deal], given, AS_OF)

    assert found["item"].tolist() == ["t1", "f", "deal"]
    assert found["source"].tolist() == ["task", "follow_up", "follow_up"]
    assert found["level"].tolist() == ["manager", "manager", "rep"]
    assert found["opportunity"].tolist() == ["", "", "o1"]
    assert found["value"].fillna(-1).tolist() == [10.0, -1.0, 500.0]


def test_what_is_closed_is_not_late():
    assert overdue([agreed("done", 30, state="done")], tasks(), AS_OF).empty


def test_nothing_is_an_empty_table_with_its_columns():
    found = overdue([], tasks(), AS_OF)

    assert found.empty
    assert {"source", "item", "days", "level"} <= {*found}
