"""What in the targets does not fit."""

from collections.abc import Collection

import pandas as pd

from analytics import misfits, targets
from analytics.scope import Period
from tests.conftest import AS_OF
from tests.test_goal_targets import NOTHING_HERE, Q1, files
from tests.test_goals import PEOPLE


def found_in(
    table: str, period: Period = Q1, means: Collection[str] = (), people: pd.DataFrame = PEOPLE
) -> pd.DataFrame:
    rows = files(table)
    known = targets.in_force(rows, NOTHING_HERE, AS_OF, means)
    return misfits.problems(rows, people, known, period, means)


def problems(table: str, period: Period = Q1, means: Collection[str] = ()) -> list[tuple]:
    found = found_in(table, period, means)
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
        ("misaligned", "Bo", 5),
        ("misaligned", "Bo", 6),
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


def test_the_edges_of_the_period_looked_at_lack_parts_too():
    table = """
        kind    | unit | period | start      | amount
        company |      | month  | 2026-07-01 | 100
    """
    third = Period.containing(pd.Timestamp("2026-07-01").date())

    rows = found_in(table, third)
    assert rows[["code", "row_no", "gaps"]].values.tolist() == [["missing_parts", 2, 2]]
    assert problems(table, Q1) == []


def test_a_quarter_between_months_leaves_no_hole():
    assert problems("""
        kind    | period  | start      | amount
        company | month   | 2026-03-01 | 100
        company | quarter | 2026-04-01 | 300
        company | month   | 2026-07-01 | 100
    """, Period.containing(AS_OF, "month")) == []  # fmt: skip


def test_calendar_years_are_none_of_a_fiscal_one():
    table = """
        kind    | period  | start      | amount
        company | year    | 2026-01-01 | 7
        company | quarter | 2026-01-01 | 5
        rep     | month   | 2026-01-05 | 5
        rep     | week    | 2026-01-06 | 5
    """

    assert ("misaligned", "", 2) in problems(table, Period.containing(AS_OF, "quarter", 4))
    assert [row for row in problems(table) if row[0] == "misaligned"] == [("misaligned", "", 4)]


def test_a_mean_of_months_differs_from_no_quarter():
    months = "\n".join(f"company | month | 2026-0{n}-01 | calls | 4" for n in (1, 2, 3))
    quarter = "company | quarter | 2026-01-01 | calls | 4"
    table = f"kind | period | start | kpi | amount\n{quarter}\n{months}"

    assert problems(table) == [("parts_differ", "", 2)]
    assert problems(table, means=["calls"]) == []


def test_whoever_moved_counts_for_each_team_by_the_days_of_that_period():
    table = """
        kind | unit  | period  | start      | amount
        team | North | quarter | 2025-10-01 | 900
        team | North | quarter | 2026-01-01 | {north}
        rep  | Ann   | quarter | 2025-10-01 | 900
        rep  | Ann   | quarter | 2026-01-01 | 900
    """

    # Ann was in North until the end of January: 31 of 90 days.
    assert problems(table.format(north=310)) == []
    assert problems(table.format(north=900)) == [("people_differ", "North", 3)]


def test_people_without_a_target_are_counted():
    rows = found_in("""
        kind    | unit | period  | start      | amount
        company |      | quarter | 2026-01-01 | 900
        rep     | Ann  | quarter | 2026-01-01 | 500
    """)

    # Bo has none; Cy has left.
    assert rows[["code", "other", "gaps"]].values.tolist() == [["people_differ", 500, 1]]


def test_both_rows_for_one_target_are_listed_with_what_counts():
    rows = found_in("""
        kind | unit | period  | start      | kpi        | amount
        rep  | Ann  | quarter | 2026-01-01 |            | 90
        rep  | Ann  | quarter | 2026-01-01 |            | 80
        rep  | Ann  | quarter | 2026-01-01 | conversion | 60
        rep  | Ann  | quarter | 2026-01-01 | conversion | 50
    """, means=["conversion"])  # fmt: skip

    assert rows[["code", "row_no", "amount", "other"]].values.tolist() == [
        ["duplicate", 2, 90, 80],
        ["duplicate", 3, 80, 80],
        ["duplicate", 4, 0.6, 0.5],
        ["duplicate", 5, 0.5, 0.5],
    ]
