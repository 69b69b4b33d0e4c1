"""Flags on people, goals, customers and segments."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.books import Concentration
from analytics.company_flags import (
    concentrated,
    drifts,
    in_question,
    sole_experts,
    without_backup,
)
from analytics.people_flags import goal_gaps, loads, overdue_follow_ups
from analytics.scope import Period

AS_OF = date(2026, 2, 14)  # half of the quarter: 45 of its 90 days
QUARTER = Period.containing(AS_OF)


def reached(*rows: tuple[str, str, float, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["unit_kind", "unit", "target", "won"])
    share = frame["won"] / frame["target"]
    return frame.assign(team="", deals=1, attainment=share, pace=share / QUARTER.elapsed(AS_OF))


def daily(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["rep", "day", "won_amount"])
    return frame.assign(team="north", day=pd.to_datetime(frame["day"]))


def test_a_goal_is_out_of_reach_below_four_fifths_of_the_pace():
    found = goal_gaps(
        reached(("company", "", 100.0, 40.0), ("team", "north", 100.0, 39.0)),
        daily(("Ann", "2026-01-10", 39.0)),
        QUARTER,
        AS_OF,
    )

    # At this pace 78 by the end. The line is at 0.8 x day / 90 of the target: passed on day 44.
    [row] = found.to_dict("records")
    assert (row["subject"], row["stake"], row["strong"]) == ("north", pytest.approx(22), False)
    assert f"{row['since']:%Y-%m-%d}" == "2026-02-13"


def test_a_goal_that_was_never_on_its_pace_is_behind_since_the_first_day():
    [row] = goal_gaps(
        reached(("rep", "Ann", 100.0, 0.0)), daily(), QUARTER, AS_OF
    ).to_dict("records")  # fmt: skip

    assert (row["strong"], f"{row['since']:%Y-%m-%d}") == (True, "2026-01-01")


def test_where_most_people_are_behind_those_furthest_behind_are_told():
    people = [("rep", f"r{n:02}", 100.0, float(n)) for n in range(20)]
    found = goal_gaps(reached(*people), daily(), QUARTER, AS_OF)

    assert found["subject"].tolist() == ["r00", "r01"]


def test_early_in_a_period_its_pace_says_nothing():
    nothing = reached(("company", "", 100.0, 0.0))

    assert goal_gaps(nothing, daily(), QUARTER, date(2026, 1, 17)).empty
    assert len(goal_gaps(nothing, daily(), QUARTER, date(2026, 1, 18))) == 1


def staff(**other: Any) -> pd.DataFrame:
    rows = pd.DataFrame({"rep": ["Ann", "Bob", "Cy", "Di", "Ed"], "team": "north"})
    return rows.assign(
        active=True, listed=True, away=False, trials=9, open_count=1, weekly_hours=40.0,
        started_on=None, **other,
    )  # fmt: skip


def book(**sizes: int) -> pd.DataFrame:
    """Open opportunities, one begun a day from the first of January on, 10 expected of each."""
    rows = [
        {"rep": rep, "created_on": pd.Timestamp("2026-01-01") + pd.Timedelta(days=n)}
        for rep, size in sizes.items()
        for n in range(size)
    ]
    return pd.DataFrame(rows).assign(expected=10.0)


def test_too_many_is_more_than_half_as_many_again_as_the_middle():
    found = loads(staff(), book(Ann=31, Bob=20, Cy=20, Di=20, Ed=30))

    [row] = found.to_dict("records")
    assert (row["kind"], row["subject"], row["count"], row["limit"]) == (
        "overloaded",
        "Ann",
        31,
        20,
    )
    # The thirty-first is the one too many; eleven of 31 are beyond the middle.
    assert f"{row['since']:%Y-%m-%d}" == "2026-01-31"
    assert row["stake"] == pytest.approx(110)


def test_too_little_is_less_than_half_of_the_middle_since_the_newest():
    found = loads(staff(), book(Ann=9, Bob=20, Cy=20, Di=20, Ed=10))

    [row] = found.to_dict("records")
    assert (row["kind"], row["subject"], row["stake"]) == ("starved", "Ann", 110)
    assert f"{row['since']:%Y-%m-%d}" == "2026-01-10"


def test_who_works_half_the_hours_is_expected_to_hold_half():
    half = staff()
    half.loc[0, "weekly_hours"] = 20.0

    assert loads(half, book(Ann=10, Bob=20, Cy=20, Di=20, Ed=20)).empty
    [row] = loads(half, book(Ann=16, Bob=20, Cy=20, Di=20, Ed=20)).to_dict("records")
    assert (row["kind"], row["limit"]) == ("overloaded", 10)


def test_who_is_away_or_new_or_never_sold_is_not_compared():
    away = staff()
    away.loc[0, "away"] = True
    never = staff()
    never.loc[0, ["trials", "open_count"]] = 0

    for people in (away, never):
        assert "Ann" not in loads(people, book(Bob=20, Cy=20, Di=20, Ed=20))["subject"].tolist()


def test_three_people_have_no_middle_to_speak_of():
    assert loads(staff().head(3), book(Ann=90, Bob=2, Cy=2)).empty


def items(**columns: Any) -> pd.DataFrame:
    usual = {"rep": "Ann", "product": "Pump", "region": "east", "account_id": "a", "account": "A",
             "created_on": pd.Timestamp("2026-01-05"), "expected": 10.0}  # fmt: skip
    return pd.DataFrame(usual | columns)


def test_a_segment_with_one_winner_puts_its_open_money_in_question():
    experts = pd.DataFrame(
        {
            "rep": ["Ann", "Bob"],
            "segment": [(("product", "Pump"), ("region", "east")), (("product", "Tap"),)],
            "wins": [4, 5], "tried": [2, 0], "open": [2, 0], "value": [1.0, 0.0],
        }
    )  # fmt: skip
    [row] = sole_experts(experts, items(region=["east", "east", "west"])).to_dict("records")

    assert (row["subject"], row["name"]) == ("product=Pump|region=east", "Pump × east")
    assert (row["stake"], row["strong"], row["count"], row["n"]) == (20, True, 4, 2)


def test_much_hangs_on_one_only_above_the_threshold():
    measures = [
        Concentration("rep", "open", "Ann", 0.31, 0.2, 0.1, 9),
        Concentration("account", "open", "a", 0.09, 0.1, 0.1, 40),
    ]
    [row] = concentrated(measures, items(rep=["Ann", "Ann", "Bob"])).to_dict("records")

    assert (row["subject_kind"], row["subject"], row["stake"], row["strong"]) == (
        "rep", "Ann", 20, True,
    )  # fmt: skip


def test_a_customer_is_known_by_its_id_and_called_by_its_name():
    measures = [Concentration("account", "open", "a", 0.2, 0.1, 0.1, 40)]
    deals = items(account_id=["a", "a", "b"], rep=["Ann", "Bob", "Cy"], expected=[1.0, 9.0, 5.0])
    [row] = concentrated(measures, deals).to_dict("records")

    assert (row["subject"], row["name"], row["stake"]) == ("a", "A", 10)
    assert row["rep"] == "Bob"


def test_accounts_with_most_money_and_no_backup_are_told_with_who_holds_most():
    deals = items(
        account_id=["a", "a", "b"], account=["A", "A", "B"], rep=["Ann", "Bob", "Ann"],
        expected=[10.0, 30.0, 50.0],
    )  # fmt: skip
    [row] = without_backup(deals, ["B"]).to_dict("records")

    assert (row["subject"], row["name"], row["rep"], row["stake"]) == ("a", "A", "Bob", 40)
    assert np.isnan(row["share"])


def test_where_no_account_has_a_backup_the_largest_is_told():
    names = [f"a{n}" for n in range(10)]
    deals = items(account_id=names, account=names, expected=np.arange(10.0))
    [row] = without_backup(deals, []).to_dict("records")

    assert (row["subject"], row["share"]) == ("a9", 1.0)
    few = without_backup(deals.head(9), [])
    assert (len(few), few["share"].notna().sum()) == (9, 0)


def test_of_segments_of_one_person_that_share_opportunities_the_widest_is_told():
    deals = items(
        product=["Pump", "Pump", "Pump", "Tap"], region=["east", "east", "west", "north"],
    )  # fmt: skip
    segments = [
        (("product", "Pump"), ("region", "east")), (("product", "Pump"),), (("region", "east"),),
        (("product", "Tap"),), (("region", "east"),),
    ]  # fmt: skip
    experts = pd.DataFrame(
        {"rep": ["Ann", "Ann", "Ann", "Ann", "Bob"], "segment": segments, "wins": 4, "tried": 1,
         "open": [2, 3, 2, 1, 2], "value": 1.0}
    )  # fmt: skip
    found = sole_experts(experts, deals)

    assert list(zip(found["rep"], found["subject"], strict=True)) == [
        ("Ann", "product=Pump"), ("Ann", "product=Tap"), ("Bob", "region=east"),
    ]  # fmt: skip
    # Two of the three pumps are Bob's too: of four opportunities each is in question once.
    assert found["stake"].tolist() == [30, 10, 20]
    assert in_question(found, deals).to_dict() == {"sole_expert": 40}


def test_of_a_person_and_a_customer_each_opportunity_is_in_question_once():
    measures = [
        Concentration("rep", "open", "Ann", 0.31, 0.2, 0.1, 9),
        Concentration("account", "open", "a", 0.3, 0.1, 0.1, 40),
    ]
    deals = items(rep=["Ann", "Ann", "Bob"], account_id=["a", "b", "a"])
    found = concentrated(measures, deals)

    assert found["stake"].tolist() == [20, 20]
    assert in_question(found, deals).to_dict() == {"concentrated": 30}


def test_what_somebody_has_too_little_of_is_not_in_question():
    starved = loads(staff(), book(Ann=9, Bob=20, Cy=20, Di=20, Ed=10))

    assert starved["kind"].tolist() == ["starved"]
    assert in_question(starved, book(Ann=9)).empty


def test_without_any_chance_nobody_has_too_little_and_too_many_put_nothing_in_question():
    held = book(Ann=31, Bob=20, Cy=20, Di=20, Ed=9).assign(expected=np.nan)
    [row] = loads(staff(), held).to_dict("records")

    assert (row["kind"], row["subject"], np.isnan(row["stake"])) == ("overloaded", "Ann", True)


def test_a_win_rate_that_fell_by_more_than_chance_is_told_and_one_that_rose_is_not():
    tested = pd.DataFrame(
        {
            "kind": ["rep", "product", "rep"], "level": ["Ann", "Pump", "Bob"],
            "early": [0.5, 0.4, 0.3], "late": [0.4, 0.5, 0.1], "deals": 90, "p": 0.001,
            "flagged": [True, True, False],
        }
    )  # fmt: skip
    [row] = drifts(tested, items(rep=["Ann", "Ann", "Bob"])).to_dict("records")

    assert (row["subject_kind"], row["subject"], row["stake"]) == ("rep", "Ann", pytest.approx(4))


def test_only_what_is_a_week_late_is_a_risk():
    late = pd.DataFrame(
        {
            "source": "follow_up", "item": ["f1", "f2"], "name": "call", "rep": "Ann", "team": "",
            "due_on": pd.to_datetime(["2026-02-07", "2026-02-08"]), "value": np.nan,
            "days": [7, 6], "level": ["risk", "manager"],
        }
    )  # fmt: skip
    [row] = overdue_follow_ups(late).to_dict("records")

    assert (row["subject"], row["days"], f"{row['since']:%m-%d}") == ("f1", 7, "02-08")
