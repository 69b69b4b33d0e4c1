"""Flags on open opportunities: from when on, since when, and which where most would have one."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.deal_flags import deal_flags, limits

AS_OF = date(2026, 3, 31)
DAYS = ("created_on", "expected_on", "last_activity", "next_task_on", "second_slip_on", "grown_on")

USUAL: dict[str, Any] = {
    "name": "Deal", "account": None, "rep": "Ann", "team": "north", "stage": "Talks",
    "created_on": "2026-03-20", "expected_on": "2026-06-30", "expected": 50.0,
    "next_step": True, "tasks": 0, "planned": 0, "next_task_on": None, "last_activity": None,
    "slips": 0, "slipped_days": 0.0, "second_slip_on": None, "grown_on": None, "grown_from": None,
    "grown_to": None, "grown_now": None,
}  # fmt: skip
ITEM = ("opportunity_id", "name", "account", "rep", "team", "stage", "created_on", "expected_on",
        "expected")  # fmt: skip

AGES = pd.DataFrame({"stage": "", "age_days": range(1, 101), "deals": 1})
"""A hundred closed opportunities, one of each age: 90 of them by day 90."""


def found(*rows: dict[str, Any], ages: pd.DataFrame = AGES) -> pd.DataFrame:
    frame = pd.DataFrame(
        [USUAL | {"opportunity_id": f"o{number}"} | row for number, row in enumerate(rows)]
    )
    frame = frame.assign(**{name: pd.to_datetime(frame[name]) for name in DAYS})
    numbers = {"grown_from": float, "grown_to": float, "grown_now": float, "expected": float}
    frame = frame.astype(numbers)
    signals = frame.drop(columns=[name for name in ITEM if name != "opportunity_id"])
    return deal_flags(frame[list(ITEM)], signals, ages, AS_OF)


def told(flags: pd.DataFrame, kind: str) -> list[tuple[str, str]]:
    """Subject and first day of the flags of a kind."""
    of = flags[flags["kind"] == kind]
    return [(row.subject, f"{row.since:%Y-%m-%d}") for row in of.itertuples()]


def others(count: int) -> list[dict[str, Any]]:
    return [{} for _ in range(count)]


def test_nothing_is_flagged_where_nothing_stands_out():
    assert found(*others(5)).empty


def test_stalled_from_the_day_after_nine_of_ten_were_through():
    flags = found({"created_on": "2025-12-31"}, {"created_on": "2025-12-30"}, *others(3))

    assert told(flags, "stalled") == [("o1", "2026-03-31")]
    assert flags[["days", "limit", "n"]].to_numpy().tolist() == [[91, 90, 100]]


def test_a_stage_that_enough_have_left_has_a_limit_of_its_own():
    own = pd.DataFrame({"stage": "Talks", "age_days": 10, "deals": 40}, index=[0])
    stages = pd.Series(["Talks", "Offer", None])

    known = limits(pd.concat([AGES, own]), stages)
    assert known.loc["Talks"].tolist() == [10, 40]
    assert known.loc["Offer"].tolist() == known.loc[""].tolist() == [90, 100]
    own["deals"] = 39
    assert limits(pd.concat([AGES, own]), stages).loc["Talks", "limit"] == 90


def test_too_few_closed_ones_tell_no_age():
    few = AGES.head(39)

    assert found({"created_on": "2020-01-01"}, *others(3), ages=few).empty


def test_where_most_are_too_old_only_the_oldest_tenth_is_flagged_and_it_is_said():
    old = [{"created_on": f"2025-{month:02d}-01"} for month in range(1, 12)]
    flags = found(*old, *others(9))
    flagged = told(flags, "stalled")

    # Eleven of twenty are beyond the limit.
    assert flagged == [("o0", "2025-04-02"), ("o1", "2025-05-03")]
    assert flags["share"].tolist() == [0.55, 0.55]
    assert flags["strong"].all()


def test_each_stage_is_ranked_by_itself():
    old = [{"created_on": "2025-01-01", "stage": "Offer"} for _ in range(10)]
    flags = found(*old, {"created_on": "2025-06-01"}, *others(9))

    assert len(told(flags, "stalled")) == 2
    assert flags.set_index("of")["share"].to_dict()["Offer"] == 1.0
    assert np.isnan(flags.set_index("of")["share"].to_dict()["Talks"])


def test_an_unknown_day_of_creation_is_not_old():
    assert told(found({"created_on": None}, *others(3)), "stalled") == []


def test_slipped_from_the_second_time_on_and_strongly_from_the_third():
    flags = found(
        {"slips": 1, "slipped_days": 9.0},
        {"slips": 2, "slipped_days": 30.0, "second_slip_on": "2026-03-01"},
        {"slips": 3, "slipped_days": 90.0, "second_slip_on": "2026-02-01"},
    )

    assert told(flags, "slipped") == [("o1", "2026-03-01"), ("o2", "2026-02-01")]
    assert flags["strong"].tolist() == [False, True]
    assert flags["grade"].tolist() == [2, 3]


def test_overdue_from_the_day_after_the_close_date():
    flags = found(
        {"expected_on": "2026-03-31"}, {"expected_on": "2026-03-30"},
        {"expected_on": "2026-03-01"}, {"expected_on": None}, *others(4),
    )  # fmt: skip

    assert told(flags, "overdue") == [("o1", "2026-03-31"), ("o2", "2026-03-02")]
    assert flags["strong"].tolist() == [False, True]


def test_silent_without_plan_and_activity_for_three_weeks():
    bare = {"next_step": False, "created_on": "2026-01-01"}
    flags = found(
        bare | {"last_activity": "2026-03-09"},
        bare | {"last_activity": "2026-03-10"},
        bare | {"tasks": 1, "planned": 1},
        bare,
        {"created_on": "2026-01-01"},
        *others(4),
    )

    assert told(flags, "silent") == [("o0", "2026-03-31"), ("o3", "2026-01-23")]
    assert flags[flags["kind"] == "silent"]["days"].tolist() == [22, 89]


def test_an_overdue_task_is_no_plan_but_shows_that_the_data_has_tasks():
    bare = {"next_step": False, "created_on": "2026-01-01"}

    assert told(found(bare | {"tasks": 1}, {"next_step": False}), "silent") == [
        ("o0", "2026-01-23")
    ]


def test_data_without_plans_and_activities_says_nothing_of_silence():
    assert found(*({"next_step": False, "created_on": "2026-02-01"} for _ in range(3))).empty


def test_grown_late_is_a_quarter_more_near_the_close_date_or_past_the_usual_age():
    grown = {"grown_on": "2026-03-25", "grown_from": 100.0, "grown_to": 125.0}
    flags = found(
        grown | {"expected_on": "2026-04-24"},
        grown | {"expected_on": "2026-04-25"},
        grown | {"created_on": "2026-02-02", "expected_on": None},
        grown | {"created_on": "2026-02-03", "expected_on": None},
        grown | {"grown_to": 124.0, "expected_on": "2026-04-01"},
        grown | {"grown_from": 0.0, "expected_on": "2026-04-01"},
    )

    assert told(flags, "grown") == [("o0", "2026-03-25"), ("o2", "2026-03-25")]
    # A fifth of the amount is what grew.
    assert flags["stake"].tolist() == [10, 10]


def test_what_was_cut_back_since_has_not_grown():
    grown = {
        "grown_on": "2026-03-25", "expected_on": "2026-04-01", "grown_from": 100.0,
        "grown_to": 200.0,
    }  # fmt: skip
    flags = found(grown | {"grown_now": 124.0}, grown | {"grown_now": 125.0}, grown)

    assert told(flags, "grown") == [("o1", "2026-03-25"), ("o2", "2026-03-25")]
    assert flags["after"].tolist() == [125, 200]
    assert flags["stake"].tolist() == [10, 25]


def test_a_handful_in_a_stage_is_not_ranked():
    [flag] = found({"created_on": "2025-01-01", "stage": "Offer"}, *others(3)).to_dict("records")

    assert flag["kind"] == "stalled"
    assert np.isnan(flag["share"])
