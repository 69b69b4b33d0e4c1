"""Targets in force, and what they come to for a period."""

from datetime import date

import pandas as pd
import pytest

from analytics import targets
from analytics.goalbook import ROWS
from analytics.scope import Period
from tests.conftest import AS_OF, drawn
from tests.test_goals import PEOPLE, spells

Q1 = Period.containing(AS_OF)
MONTHS = {"year": 12, "quarter": 3, "month": 1}
DAYS_OF_WEEK = pd.DateOffset(days=7)


def files(table: str) -> pd.DataFrame:
    """Rows of the mart ``goal_targets``: kind, unit, period, start, amount, and what differs."""
    rows = drawn(table).rename(columns={"kind": "unit_kind", "start": "starts_on"})
    for name, default in (("kpi", "revenue"), ("tier", "base"), ("unit", "")):
        column = rows[name] if name in rows else pd.Series(None, rows.index, dtype=object)
        rows[name] = column.fillna(default)
    rows["starts_on"] = pd.to_datetime(rows["starts_on"])
    rows["ends_on"] = [
        start + (DAYS_OF_WEEK if period == "week" else pd.DateOffset(months=MONTHS[period]))
        for start, period in zip(rows["starts_on"], rows["period"], strict=True)
    ]
    rows["known"] = rows["known"] != "no" if "known" in rows else True
    rows["other_currency"] = rows["other"] == "yes" if "other" in rows else False
    return rows.assign(
        amount=rows["amount"].astype(float), file="t.csv", row_no=range(2, len(rows) + 2)
    )


NOTHING_HERE = pd.DataFrame(columns=list(ROWS))


def here(*rows: tuple) -> pd.DataFrame:
    """Targets set in the app: kind, unit, start, end, amount, version, from_on."""
    found = pd.DataFrame(
        rows,
        columns=["unit_kind", "unit", "starts_on", "ends_on", "amount", "version", "from_on"],
    )
    return found.assign(kpi="revenue", tier="base", period="quarter")


def of_q1(table: str, kpi: str = "revenue", tier: str = "base", **more) -> dict[tuple, tuple]:
    mean = targets.is_rate(kpi)
    known = targets.in_force(
        files(table), more.get("here", NOTHING_HERE), AS_OF, [kpi] if mean else []
    )
    people, period = more.get("people", PEOPLE), more.get("period", Q1)
    rows = targets.of_period(known, people, period, kpi, tier, mean)
    return {
        (row.unit_kind, row.unit): (None if pd.isna(row.target) else row.target, row.how)
        for row in rows.itertuples()
    }


def test_a_quarter_takes_its_own_target_before_the_sum_of_its_months():
    found = of_q1("""
        kind    | unit | period  | start      | kpi   | tier    | amount
        rep     | Ann  | quarter | 2026-01-01 |       |         | 100
        rep     | Ann  | month   | 2026-01-01 |       |         | 10
        rep     | Bo   | month   | 2026-01-01 |       |         | 10
        rep     | Bo   | month   | 2026-02-01 |       |         | 20
        rep     | Bo   | month   | 2026-03-01 |       |         | 30
        rep     | Bo   | month   | 2026-04-01 |       |         | 40
        rep     | Bo   | month   | 2026-03-01 |       | stretch | 80
        rep     | Bo   | year    | 2026-01-01 |       |         | 999
        rep     | Bo   | month   | 2026-03-01 | deals |         | 7
        company |      | quarter | 2026-01-01 |       |         | 500
    """)

    assert found["rep", "Ann"] == (100, "own")
    assert found["rep", "Bo"] == (10 + 20 + 30, "parts")
    assert found["company", ""] == (500, "own")


def test_a_person_counts_for_each_team_by_the_days_there():
    found = of_q1("""
        kind | unit | period  | start      | amount
        rep  | Ann  | quarter | 2026-01-01 | 90
        rep  | Bo   | quarter | 2026-01-01 | 10
    """)

    # Ann was in North in January only: 31 of 90 days.
    assert found["team", "North"] == (pytest.approx(31), "people")
    assert found["team", "South"] == (pytest.approx(59 + 10), "people")
    assert found["region", "East"] == (pytest.approx(90), "people")
    assert found["company", ""] == (100, "people")


def test_the_company_has_the_sum_of_its_teams_where_these_have_targets():
    found = of_q1("""
        kind | unit  | period  | start      | amount
        rep  | Ann   | quarter | 2026-01-01 | 90
        team | North | quarter | 2026-01-01 | 1000
    """)

    assert found["team", "North"] == (1000, "own")
    assert found["company", ""] == (pytest.approx(1000 + 59), "teams")


def test_a_rate_is_never_summed():
    table = """
        kind | unit | period  | start      | kpi        | amount
        rep  | Ann  | month   | 2026-01-01 | conversion | 0.3
        rep  | Bo   | quarter | 2026-01-01 | conversion | 30
    """

    assert of_q1(table, "conversion") == {("rep", "Bo"): (0.3, "own")}


def test_a_target_is_that_of_a_period_only_if_it_begins_with_it():
    table = """
        kind    | period  | start      | amount
        company | year    | 2026-01-01 | 7
        company | quarter | 2026-02-01 | 5
    """
    fiscal = Period.containing(date(2026, 5, 1), "year", 4)

    assert of_q1(table) == {}
    assert of_q1(table, period=fiscal) == {}
    assert of_q1(table, period=Period.containing(AS_OF, "year"))["company", ""] == (7, "own")


def test_a_period_of_which_days_have_no_target_has_none_from_the_others():
    table = """
        kind    | unit | period  | start      | amount
        company |      | month   | 2026-07-01 | 100
        rep     | Ann  | month   | 2026-07-01 | 60
        rep     | Bo   | month   | 2026-07-01 | 40
    """
    found = of_q1(table, period=Period.containing(date(2026, 7, 1)))

    assert found["company", ""] == (None, "incomplete")
    assert found["rep", "Ann"] == (None, "incomplete")
    assert found["team", "South"] == (None, "incomplete")
    july = of_q1(table, period=Period.containing(date(2026, 7, 1), "month"))
    assert july["company", ""] == (100, "own")


def test_people_stand_in_for_a_company_whose_own_months_lack():
    months = "\n".join(f"rep | Bo | month | 2026-0{n}-01 | 40" for n in (1, 2, 3))
    table = f"kind | unit | period | start | amount\ncompany | | month | 2026-01-01 | 9\n{months}"

    assert of_q1(table)["company", ""] == (120, "people")


def test_the_longest_fill_a_period_first_and_shorter_ones_the_rest():
    months = "\n".join(f"rep | Bo | month | 2026-{n:02}-01 | 100" for n in range(3, 13))
    table = (
        f"kind | unit | period | start | amount\nrep | Bo | quarter | 2026-01-01 | 300\n{months}"
    )

    year = of_q1(table, period=Period.containing(AS_OF, "year"))

    assert year["rep", "Bo"] == (300 + 9 * 100, "parts")


@pytest.mark.parametrize(
    ("without", "how"), [(None, "parts"), (0, "incomplete"), (12, "incomplete"), (6, "incomplete")]
)
def test_weeks_fill_the_quarter_in_which_their_middles_lie(without, how):
    # From Monday 29 December 2025 on, thirteen of them have their Thursday in the quarter.
    weeks = [str(day.date()) for day in pd.date_range("2025-12-29", periods=14, freq="7D")]
    rows = "\n".join(
        f"company | week | {day} | {1000 if number == 13 else 1}"
        for number, day in enumerate(weeks)
        if number != without
    )

    found = of_q1(f"kind | period | start | amount\n{rows}")["company", ""]

    assert found == (13 if how == "parts" else None, how)


STAFF = spells("""
    rep | started_on | active
    Old | 2015-01-01 | yes
    New | 2026-01-20 | yes
    Off | 2015-01-01 | no
    Who |            | yes
""")


@pytest.mark.parametrize(
    ("rep", "months", "how"),
    [
        ("Old", (2, 3), "incomplete"),
        ("Old", (1, 2), "incomplete"),
        ("New", (2, 3), "parts"),
        ("New", (3,), "parts"),
        ("New", (2,), "incomplete"),
        ("Off", (1,), "parts"),
        ("Off", (1, 3), "incomplete"),
        ("Off", (2,), "incomplete"),
        ("Who", (2,), "parts"),
        ("Who", (1, 3), "incomplete"),
    ],
)
def test_newcomers_and_leavers_have_targets_of_their_months_only(rep, months, how):
    def lines(unit: str, numbers: tuple[int, ...]) -> str:
        return "\n".join(f"rep | {unit} | month | 2026-0{n}-01 | 10" for n in numbers)

    # Somebody else has targets for all of it.
    table = f"kind | unit | period | start | amount\n{lines(rep, months)}\n{lines('X', (1, 2, 3))}"
    found = of_q1(table, people=STAFF)

    assert found["rep", rep] == (10 * len(months) if how == "parts" else None, how)


def test_of_whom_nothing_is_known_days_lack_that_nobody_has_targets_for():
    found = of_q1("""
        kind | unit | period | start      | amount
        rep  | Who  | month  | 2026-01-01 | 10
    """, people=STAFF)  # fmt: skip

    assert found["rep", "Who"] == (None, "incomplete")


def test_the_newest_version_set_here_whose_day_has_come_goes_before_the_file():
    q1 = (date(2026, 1, 1), date(2026, 4, 1))
    said = here(
        ("rep", "Ann", *q1, 150.0, 1, date(2026, 2, 1)),
        ("rep", "Ann", *q1, 120.0, 2, date(2026, 3, 1)),
        ("rep", "Ann", *q1, 999.0, 3, date(2026, 4, 1)),
    )
    table = """
        kind | unit  | period  | start      | amount
        rep  | Ann   | quarter | 2026-01-01 | 90
        rep  | Ann   | month   | 2026-01-01 | 7
        rep  | Dan   | quarter | 2026-01-01 | 1
    """

    assert of_q1(table, here=said)["rep", "Ann"] == (120.0, "own")
    # What the file has for a month of it is gone with it.
    january = Period.containing(date(2026, 1, 1), "month")
    assert ("rep", "Ann") not in of_q1(table, here=said, period=january)
    assert of_q1(table, period=january)["rep", "Ann"] == (7, "own")


FILE_OF_TEAMS = """
    kind   | unit  | period  | start      | amount
    team   | South | quarter | 2026-01-01 | 700
    team   | West  | quarter | 2026-01-01 | 50
    region | East  | quarter | 2026-01-01 | 5000
"""


def test_a_goal_of_a_team_leaves_what_files_say_of_others():
    q1 = (date(2026, 1, 1), date(2026, 4, 1))
    said = here(
        ("team", "North", *q1, 90.0, 1, date(2026, 2, 1)),
        ("rep", "Ann", *q1, 90.0, 1, date(2026, 2, 1)),
    )

    found = of_q1(FILE_OF_TEAMS, here=said)

    # Ann was in North in January, and is in South now.
    assert found["team", "North"] == (90, "own")
    assert found["team", "South"] == (700, "own")
    assert found["region", "East"] == (5000, "own")
    assert found["company", ""] == (90 + 700 + 50, "teams")


def test_a_goal_of_the_company_says_what_all_teams_and_regions_have():
    q1 = (date(2026, 1, 1), date(2026, 4, 1))
    said = here(
        ("company", "", *q1, 90.0, 1, date(2026, 2, 1)),
        ("rep", "Ann", *q1, 90.0, 1, date(2026, 2, 1)),
    )

    found = of_q1(FILE_OF_TEAMS, here=said)

    assert found["team", "South"] == (pytest.approx(59), "people")
    assert found["region", "East"] == (pytest.approx(90), "people")
    assert ("team", "West") not in found
    assert found["company", ""] == (90, "own")


def test_a_measure_that_files_call_a_mean_is_not_summed_over_months():
    months = "\n".join(f"company | month | 2026-0{n}-01 | calls | 4" for n in (1, 2, 3))
    known = targets.in_force(
        files(f"kind | period | start | kpi | amount\n{months}"), NOTHING_HERE, AS_OF, ["calls"]
    )

    def of(period: Period, *, mean: bool) -> list[float]:
        return targets.of_period(known, PEOPLE, period, "calls", "base", mean)["target"].tolist()

    assert of(Q1, mean=True) == []
    assert of(Q1, mean=False) == [12]
    assert of(Period.containing(AS_OF, "month"), mean=True) == [4]


def test_of_two_rows_for_one_target_the_later_one_counts():
    table = """
        kind | unit | period  | start      | amount
        rep  | Ann  | quarter | 2026-01-01 | 90
        rep  | Ann  | quarter | 2026-01-01 | 80
    """
    rows = files(table)

    for given in (rows, rows[::-1]):
        known = targets.in_force(given, NOTHING_HERE, AS_OF, [])
        assert known[["amount", "row_no"]].values.tolist() == [[80, 3]]


@pytest.mark.parametrize(
    "kpi", ["conversion", "retention", "satisfaction", "NPS score", "客户好评率"]
)
def test_averages_are_known_by_their_names(kpi):
    assert targets.is_rate(kpi)
    assert not targets.is_rate("operations")
