"""Hours: what work takes, what people have, what they hold."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.rules import Line, RuleSet
from analytics.workload import (
    HORIZON,
    LEAD_HOURS,
    TASK_HOURS,
    Norms,
    capacity,
    effort,
    load,
    norms,
)
from tests.conftest import drawn

MONDAY = date(2026, 3, 2)


def work(table: str) -> pd.DataFrame:
    """Open work as drawn; what is not drawn is missing."""
    rows = drawn(table)
    columns = ["kind", "item", "rep", "stage", "value", "hours", "weeks", "opportunity_id"]
    rows = rows.reindex(columns=columns)
    return rows.astype(dict.fromkeys(("value", "hours", "weeks"), float))


def people(table: str) -> pd.DataFrame:
    rows = drawn(table).reindex(columns=["rep", "team", "active", "weekly_hours", "started_on"])
    return rows.assign(
        active=rows["active"] != "no",
        weekly_hours=rows["weekly_hours"].astype(float),
        started_on=pd.to_datetime(rows["started_on"]),
    )


def absent(*rows: tuple[str, str, str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["rep", "starts_on", "ends_on"])
    return frame.astype(dict.fromkeys(("starts_on", "ends_on"), "datetime64[ns]"))


THREE_SIZES = """
    kind        | item | rep | stage | value | hours | weeks
    opportunity | s    | Ann | Need  | 1     | 10    | 10
    opportunity | m    | Ann | Need  | 2     | 20    | 10
    opportunity | l    | Bo  | Offer | 3     | 60    | 10
"""


def test_a_norm_leans_on_the_average_until_it_has_opportunities_of_its_own():
    found = norms(work(THREE_SIZES), people=2)

    assert found.logged
    assert found.overall == (10 + 20 + 60) / (10 + 10 + 10)
    by_size = found.rows.set_index("size")["hours"]
    # One opportunity of ten weeks, and ten average ones of three hours a week.
    assert by_size["small"] == pytest.approx((10 + 10 * 10 * 3) / (10 + 10 * 10))
    assert by_size["large"] == pytest.approx((60 + 10 * 10 * 3) / (10 + 10 * 10))


def test_without_activities_everybodys_opportunities_take_twenty_hours_together():
    rows = work(THREE_SIZES).assign(hours=0.0)
    many = pd.concat([rows] * 20, ignore_index=True)
    many["item"] = many.index.astype(str)

    found = norms(many, people=2)

    assert not found.logged
    assert effort(many, found, RuleSet()).sum() == pytest.approx(20 * 2)
    assert norms(rows, people=2).overall == TASK_HOURS


def test_there_are_norms_of_no_work_at_all():
    nothing = work("kind | item")
    nothing = nothing[nothing["item"] == "none"]

    assert effort(nothing, norms(nothing, people=0), RuleSet()).empty


KINDS = """
    kind        | item | rep | stage | value | opportunity_id
    opportunity | deal | Ann | Need  | 5     |
    lead        | l    | Ann | New   | 5     |
    task        | hers | Ann | Open  | 5     | deal
    task        | his  | Bo  | Open  | 5     | deal
    task        | lone | Bo  | Open  | 0     |
    account     | acc  | Bo  |       | 5     |
"""
FLAT = Norms(pd.DataFrame(columns=["stage", "size", "hours", "n"]), (0, 0), 2.0, logged=True)


def test_a_task_takes_time_of_its_own_unless_its_owner_works_on_the_opportunity():
    found = effort(work(KINDS), FLAT, RuleSet())

    assert found.tolist() == [2.0, LEAD_HOURS, 0.0, TASK_HOURS, TASK_HOURS, 0.0]


def test_a_rule_about_a_stage_overrules_the_norm():
    rules = RuleSet(lines=(Line("effort", subject="New", number=3),))

    assert effort(work(KINDS), FLAT, rules).tolist()[:2] == [2.0, 3.0]


def test_a_load_counts_hours_and_kinds_and_no_accounts_as_items():
    rows = work(KINDS)
    found = load(rows, effort(rows, FLAT, RuleSet()))

    assert found.loc["Bo"].to_dict() == {
        "hours": 2 * TASK_HOURS, "items": 2, "opportunity": 0, "lead": 0, "task": 2, "account": 1,
    }  # fmt: skip


TEAM = """
    rep | team | active | weekly_hours | started_on
    Ann | N    |        |              |
    Bo  | N    |        | 20           | 2020-01-01
    Cy  | N    | no     |              |
"""


def test_capacity_is_the_share_of_the_contracted_hours():
    found = capacity(people(TEAM), absent(), RuleSet(hours_share=0.5), MONDAY).set_index("rep")

    assert found["hours"].tolist() == [40 * 0.5, 20 * 0.5, 0]
    assert found["available"].tolist() == [True, True, False]
    assert found.loc["Cy", "why_not"] == "inactive"
    assert np.isinf(found["limit_opportunity"]).all()


@pytest.mark.parametrize(
    ("starts", "ends", "why_not"),
    [
        ("2026-02-20", "2026-03-02", "away"),
        ("2026-03-02", "2026-03-06", "away"),
        ("2026-03-04", "2026-03-06", "leave_soon"),
        ("2026-03-05", "2026-03-06", ""),
    ],
)
def test_nothing_new_is_given_from_two_days_before_a_leave_to_its_end(starts, ends, why_not):
    found = capacity(people(TEAM), absent(("Ann", starts, ends)), RuleSet(), MONDAY)

    assert found.loc[0, "why_not"] == why_not
    assert found.loc[0, "available"] == (why_not == "")
    assert pd.isna(found.loc[0, "until"]) == (why_not == "")


def test_leave_ahead_takes_its_days_from_the_four_weeks():
    weeks = absent(("Ann", "2026-03-09", "2026-03-15"), ("Ann", "2026-03-13", "2026-03-20"))

    found = capacity(people(TEAM), weeks, RuleSet(), MONDAY)

    assert HORIZON == 28
    assert found.loc[0, "present"] == (20 - 5 - 5) / 20
    assert found.loc[0, "hours"] == 40 * 0.6 * 0.5


def test_a_newcomer_grows_into_the_full_capacity():
    team = people("""
        rep   | started_on
        today | 2026-03-02
        half  | 2026-01-05
        old   | 2025-01-01
    """)
    found = capacity(team, absent(), RuleSet(ramp_weeks=16), MONDAY)

    assert found["ramp"].tolist() == [0.25, 0.25 + 0.75 * 0.5, 1.0]
    assert (capacity(team, absent(), RuleSet(ramp_weeks=0), MONDAY)["ramp"] == 1).all()


def test_a_capacity_laid_down_for_one_person_comes_before_that_for_everybody():
    rules = RuleSet(
        items=50,
        lines=(
            Line("capacity", field="hours", number=30),
            Line("capacity", rep="Bo", field="hours", number=5),
            Line("capacity", rep="Bo", field="opportunity", number=60),
            Line("capacity", field="lead", number=4),
        ),
    )
    found = capacity(people(TEAM), absent(), rules, MONDAY).set_index("rep")

    assert found["hours"].tolist() == [30, 5, 0]
    assert found["limit_opportunity"].tolist() == [50, 60, 50]
    assert found["limit_lead"].tolist() == [4, 4, 4]
    assert np.isinf(found["limit_items"]).all()


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(-40, 40), st.integers(0, 40)), max_size=5))
def test_no_leave_makes_a_capacity_larger_or_negative(spans):
    first = pd.Timestamp(MONDAY)
    rows = [(f"{first + pd.Timedelta(days=a):%F}", n) for a, n in spans]
    leave = absent(*(("Ann", a, f"{pd.Timestamp(a) + pd.Timedelta(days=n):%F}") for a, n in rows))

    found = capacity(people(TEAM), leave, RuleSet(), MONDAY).set_index("rep")

    assert 0 <= found.loc["Ann", "hours"] <= 40 * 0.6
    assert found.loc["Bo", "hours"] == 20 * 0.6
