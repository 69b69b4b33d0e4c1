"""Targets in force, what they come to for a period, and what does not fit."""

from datetime import date

import pandas as pd
import pytest

from analytics import targets
from analytics.goalbook import ROWS
from analytics.scope import Period
from tests.conftest import AS_OF, drawn
from tests.test_goals import PEOPLE

Q1 = Period.containing(AS_OF)
MONTHS = {"year": 12, "quarter": 3, "month": 1}


def files(table: str) -> pd.DataFrame:
    """Rows of the mart ``goal_targets``: kind, unit, period, start, amount, and what differs."""
    rows = drawn(table).rename(columns={"kind": "unit_kind", "start": "starts_on"})
    for name, default in (("kpi", "revenue"), ("tier", "base"), ("unit", "")):
        column = rows[name] if name in rows else pd.Series(None, rows.index, dtype=object)
        rows[name] = column.fillna(default)
    rows["starts_on"] = pd.to_datetime(rows["starts_on"])
    rows["ends_on"] = [
        start + pd.DateOffset(months=MONTHS[period])
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
    known = targets.in_force(files(table), more.get("here", NOTHING_HERE), AS_OF)
    rows = targets.of_period(known, PEOPLE, more.get("period", Q1), kpi, tier)
    return {(row.unit_kind, row.unit): (row.target, row.how) for row in rows.itertuples()}


def test_a_quarter_takes_its_own_target_before_the_sum_of_its_months():
    found = of_q1("""
        kind    | unit | period  | start      | kpi   | tier    | amount
        rep     | Ann  | quarter | 2026-01-01 |       |         | 100
        rep     | Ann  | month   | 2026-01-01 |       |         | 10
        rep     | Bo   | month   | 2026-01-01 |       |         | 10
        rep     | Bo   | month   | 2026-02-01 |       |         | 20
        rep     | Bo   | month   | 2026-04-01 |       |         | 40
        rep     | Bo   | month   | 2026-03-01 |       | stretch | 80
        rep     | Bo   | year    | 2026-01-01 |       |         | 999
        rep     | Bo   | month   | 2026-03-01 | deals |         | 7
        company |      | quarter | 2026-01-01 |       |         | 500
    """)

    assert found["rep", "Ann"] == (100, "own")
    assert found["rep", "Bo"] == (10 + 20, "parts")
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


def test_a_target_counts_where_its_middle_lies():
    table = """
        kind    | period  | start      | amount
        company | year    | 2026-01-01 | 7
        company | quarter | 2026-02-10 | 5
    """
    fiscal = Period.containing(date(2026, 5, 1), "year", 4)

    assert of_q1(table)["company", ""][0] == 5
    assert of_q1(table, period=fiscal)["company", ""] == (7, "own")


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
        rep  | Dan   | quarter | 2026-01-01 | 1
        team | North | quarter | 2026-01-01 | 5000
        team | West  | quarter | 2026-01-01 | 700
    """

    found = of_q1(table, here=said)

    assert found["rep", "Ann"] == (120.0, "own")
    # Whoever spread a target over people here has said what their teams have, too.
    assert found["team", "North"] == (pytest.approx(120 * 31 / 90), "people")
    assert found["team", "West"] == (700, "own")


def problems(table: str) -> list[tuple]:
    rows = files(table)
    known = targets.in_force(rows, NOTHING_HERE, AS_OF)
    found = targets.problems(rows, PEOPLE, known)
    return list(found[["code", "unit", "row_no"]].itertuples(index=False, name=None))


def test_what_does_not_fit_is_listed_with_its_line():
    assert problems("""
        kind | unit  | period  | start      | known | other | amount
        rep  | Nobo  | quarter | 2026-01-01 | no    |       | 1
        rep  | Ann   | quarter | 2026-01-01 |       | yes   | 1
        rep  | Bo    | month   | 2026-01-01 |       |       | 1
        rep  | Bo    | month   | 2026-01-20 |       |       | 1
        rep  | Bo    | month   | 2026-05-20 |       |       | 1
    """) == [
        ("missing_parts", "Bo", 6),
        ("other_currency", "Ann", 3),
        ("overlap", "Bo", 5),
        ("unknown_unit", "Nobo", 2),
    ]


def test_sums_that_differ_are_named_and_those_within_rounding_are_not():
    def table(quarter: int, month: int, company: int) -> str:
        months = "\n".join(f"rep | Ann | month | 2026-0{n}-01 | {month}" for n in (1, 2, 3))
        return f"""kind | unit | period | start | amount
            rep | Ann | quarter | 2026-01-01 | {quarter}
            {months}
            company | | quarter | 2026-01-01 | {company}"""

    assert problems(table(900, 300, 900)) == []
    assert problems(table(901, 300, 901)) == []
    assert problems(table(900, 200, 900)) == [("parts_differ", "Ann", 2)]
    assert problems(table(900, 300, 1000)) == [("people_differ", "", 6)]


def test_a_year_of_two_known_months_lacks_parts_and_differs_in_none():
    assert problems("""
        kind | unit | period | start      | amount
        rep  | Ann  | year   | 2026-01-01 | 1200
        rep  | Ann  | month  | 2026-01-01 | 100
        rep  | Ann  | month  | 2026-04-01 | 100
    """) == [("missing_parts", "Ann", 4)]


@pytest.mark.parametrize(
    "kpi", ["conversion", "retention", "satisfaction", "NPS score", "客户好评率"]
)
def test_averages_are_known_by_their_names(kpi):
    assert targets.is_rate(kpi)
    assert not targets.is_rate("operations")
