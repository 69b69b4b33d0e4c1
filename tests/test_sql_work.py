"""The marts of open work, of absences and of skills, on drawn tables."""

from datetime import date

import pytest

PEOPLE = """
    rep_id | name | email | team  | active | started_on
    7      | Ann  | a@x   | North | true   | 2026-03-02
    8      | Bo   | b@x   | South | true   |
"""


def by_item(rows: list[dict], kind: str) -> dict[str, dict]:
    return {row["item"]: row for row in rows if row["kind"] == kind}


def test_an_open_opportunity_carries_its_hours_of_ninety_days_and_the_weeks_it_was_open(mart):
    rows = mart(
        "open_work",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | amount | created_on | stage | outcome
            young          | Ann   | 100    | 2026-03-25 | Need  | open
            old            |       | 200    | 2025-01-01 | Need  | open
            won            | Ann   | 300    | 2026-01-01 | Won   | won
        """,
        activities="""
            activity_id | owner | opportunity_id | happened_on | hours
            1           | Ann   | young          | 2026-03-30  | 2
            2           | Ann   | young          | 2026-03-31  |
            3           | Ann   | old            | 2025-12-31  | 8
            4           | Ann   | old            | 2026-01-01  | 4
            5           | Ann   | old            | 2026-04-01  | 16
        """,
    )

    deals = by_item(rows, "opportunity")
    assert deals.keys() == {"young", "old"}
    assert (deals["young"]["hours"], deals["young"]["weeks"]) == (2 + 0.5, 1)
    assert (deals["old"]["hours"], deals["old"]["weeks"]) == (4, pytest.approx(90 / 7))
    assert (deals["young"]["rep"], deals["young"]["team"]) == ("Ann", "North")
    assert (deals["old"]["rep"], deals["old"]["team"]) == (None, None)


def test_opportunities_are_worth_the_same_in_open_work_and_in_open_items(stored):
    warehouse = stored(
        products="product | list_price\nAtlas | 50\nBorea | 70",
        opportunities="""
            opportunity_id | owner | product | amount | closed_on  | stage | outcome
            own            | Ann   | Atlas   | 30     |            | Need  | open
            of-product     | Ann   | Atlas   | 0      |            | Need  | open
            listed         | Ann   | Borea   |        |            | Need  | open
            average        | Ann   |         |        |            | Need  | open
            won            | Ann   | Atlas   | 10     | 2026-03-02 | Won   | won
        """,
    )
    found = warehouse.marts(
        ["open_work", "open_items"],
        as_of=date(2026, 3, 31),
        period_start=date(2026, 1, 1),
        period_end=date(2026, 4, 1),
        period_kind="quarter",
    )

    values = found["open_work"].set_index("item")["value"].to_dict()
    assert values == {"own": 30, "of-product": 10, "listed": 70, "average": 10}
    assert values == found["open_items"].set_index("opportunity_id")["value"].to_dict()


def test_leads_that_became_something_or_came_to_nothing_are_no_open_work(mart):
    rows = mart(
        "open_work",
        reps=PEOPLE,
        leads="""
            lead_id  | owner | owner_id | status             | converted | created_on
            new      |       |          | New                | false     | 2026-03-30
            mine     | x     | 8        | 未处理             |           | 2026-03-30
            became   | Ann   |          | Converted          | true      | 2026-03-01
            flagged  | Ann   |          | Working            | true      | 2026-03-01
            named    | Ann   |          | Closed - Converted |           | 2026-03-01
            nothing  | Ann   |          | Unqualified        | false     | 2026-03-01
            wrong    | Ann   |          | 无效               | false     | 2026-03-01
            not      | Ann   |          | Closed - Not Converted |       | 2026-03-01
            tomorrow | Ann   |          | New                | false     | 2026-04-01
        """,
    )

    leads = by_item(rows, "lead")
    assert {item: row["rep"] for item, row in leads.items()} == {"new": None, "mine": "Bo"}
    # Three became something and three came to nothing.
    assert leads["new"]["reach"] == pytest.approx((3 + 10 * 3 / 6) / (6 + 10))


def test_a_lead_is_worth_what_leads_of_its_source_brought(mart):
    rows = mart(
        "open_work",
        opportunities="""
            opportunity_id | owner | amount | created_on | closed_on  | stage | outcome
            fair           | Ann   | 300    | 2026-01-01 | 2026-02-01 | Won   | won
            other          | Ann   | 100    | 2026-01-01 | 2026-02-01 | Won   | won
        """,
        leads="""
            lead_id | owner | source | status    | converted | converted_opportunity_id
            was     | Ann   | Fair   | Converted | true      | fair
            of-fair | Ann   | Fair   | New       |           |
            of-web  | Ann   | Web    | New       |           |
            unsaid  | Ann   |        | New       |           |
        """,
    )

    leads = by_item(rows, "lead")
    assert {item: row["value"] for item, row in leads.items()} == {
        "of-fair": 300,
        "of-web": (300 + 100) / 2,
        "unsaid": (300 + 100) / 2,
    }


def test_a_task_has_the_value_and_the_attributes_of_its_opportunity(mart):
    rows = mart(
        "open_work",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | account | region | amount | stage | outcome
            deal           | Ann   | Mine    | West   | 100    | Need  | open
        """,
        tasks="""
            task_id | owner | opportunity_id | importance | status | due_on     | done_on
            of-deal | Bo    | deal           | High       | Open   | 2026-04-02 |
            alone   | Bo    |                |            | Open   |            |
            done    | Bo    | deal           | High       | Open   | 2026-03-01 | 2026-03-02
            said-so | Bo    | deal           | High       | 已完成 | 2026-03-01 |
            not-yet | Bo    | deal           | low        | 未完成 | 2026-03-01 |
            later   | Bo    | deal           | low        | Done   | 2026-03-01 | 2026-04-01
        """,
    )

    tasks = by_item(rows, "task")
    assert tasks.keys() == {"of-deal", "alone", "not-yet", "later"}
    assert (tasks["of-deal"]["value"], tasks["of-deal"]["region"]) == (100, "West")
    assert (tasks["alone"]["value"], tasks["alone"]["importance"]) == (0, "normal")
    assert tasks["of-deal"]["importance"] == "high"


def test_an_account_sums_its_open_opportunities(mart):
    rows = mart(
        "open_work",
        reps=PEOPLE,
        accounts="""
            account_id | account | owner
            A1         | Mine    | Ann
            A2         | Shaft   |
        """,
        opportunities="""
            opportunity_id | owner | account_id | amount | stage | outcome
            one            | Ann   | A1         | 100    | Need  | open
            two            | Bo    | A1         | 200    | Need  | open
        """,
        leads="""
            lead_id | owner | account | status
            known   | Ann   | Shaft   | New
        """,
    )

    accounts = by_item(rows, "account")
    assert {item: (row["rep"], row["value"]) for item, row in accounts.items()} == {
        "A1": ("Ann", 100 + 200),
        "A2": (None, 0),
    }
    assert by_item(rows, "lead")["known"]["account_id"] == "A2"


def test_absences_that_are_over_are_left_out(mart):
    rows = mart(
        "absences",
        reps=PEOPLE,
        leave="""
            owner | starts_on  | ends_on
            Ann   | 2026-03-01 | 2026-03-30
            Ann   | 2026-03-20 | 2026-03-31
            a@x   | 2026-05-01 | 2026-05-09
            Cy    | 2026-05-01 | 2026-05-09
        """,
    )

    days = [(row["rep"], f"{row['starts_on']:%m-%d}", f"{row['ends_on']:%m-%d}") for row in rows]
    assert days == [("Ann", "03-20", "03-31"), ("Ann", "05-01", "05-09")]


def test_the_newest_rating_of_a_skill_that_is_known_counts(mart):
    rows = mart(
        "skill_levels",
        reps=PEOPLE,
        skills="""
            owner | skill  | level | rated_on
            Ann   | German | 2     | 2025-01-01
            a@x   | German | 4     | 2026-01-01
            7     | German | 5     | 2026-04-01
            Bo    | German | 3     |
        """,
    )

    assert [(row["rep"], row["skill"], row["level"]) for row in rows] == [
        ("Ann", "German", 4),
        ("Bo", "German", 3),
    ]


def test_the_first_day_of_a_person_is_known_where_the_table_of_people_has_it(mart):
    rows = mart("rep_results", reps=PEOPLE)

    assert [(row["rep"], f"{row['started_on'] or ''}"[:10]) for row in rows] == [
        ("Ann", "2026-03-02"),
        ("Bo", ""),
    ]
