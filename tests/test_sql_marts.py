"""Marts and staging, on drawn tables."""

from datetime import date

import pytest

from data.warehouse import Warehouse

PEOPLE = """
    name | team  | active | left_on
    Ann  | North | true   |
    Bo   | North | true   |
    Cy   | South | false  | 2026-02-01
"""


def only(rows: list[dict], *columns: str) -> list[tuple]:
    return [tuple(row[column] for column in columns) for row in rows]


def test_wins_and_trials_are_counted_by_rep_attributes_and_month_of_engagement(mart):
    rows = mart(
        "win_cells",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | product | amount | created_on | closed_on  | stage | outcome
            won            | Ann   | Atlas   | 100    | 2026-01-02 | 2026-01-20 | Won   | won
            lost           | Ann   | Atlas   | 900    | 2026-01-30 | 2026-02-14 | Lost  | lost
            won-tomorrow   | Ann   | Atlas   | 500    | 2026-01-02 | 2026-04-01 | Won   | won
            void           | Ann   | Atlas   | 500    | 2026-01-02 | 2026-01-03 | Void  | void
            still-open     | Ann   | Atlas   | 700    | 2026-01-02 |            | Need  | open
            nobodys        |       | Atlas   | 700    | 2026-01-02 | 2026-01-03 | Won   | won
        """,
    )

    assert only(rows, "rep", "team", "product", "wins", "trials", "won_amount") == [
        ("Ann", "North", "Atlas", 1, 2, 100)
    ]
    assert rows[0]["engaged_month"].isoformat()[:10] == "2026-01-01"


@pytest.mark.parametrize(
    ("closed_on", "listed"),
    [("2025-12-31", 0), ("2026-01-01", 1), ("2026-03-31", 1), ("2026-04-01", 0)],
)
def test_the_period_includes_its_first_day_and_not_its_end(mart, closed_on, listed):
    rows = mart(
        "period_deals",
        as_of=date(2026, 6, 1),
        reps=PEOPLE,
        opportunities=f"""
            opportunity_id | owner | amount | created_on | closed_on   | stage | outcome
            o1             | Ann   | 100    | 2025-12-01 | {closed_on} | Won   | won
            o2             | Ann   | 100    | 2025-12-01 | {closed_on} | Lost  | lost
        """,
    )

    assert [row["opportunity_id"] for row in rows] == ["o1"] * listed


def test_figures_of_a_day_are_summed_by_person_and_measure_up_to_the_day(mart):
    rows = mart(
        "measured",
        reps=PEOPLE,
        measures="""
            owner | kpi  | measured_on | value | n  | how
            Ann   | CSAT | 2026-01-05  | 4     | 10 |
            Ann   | csat | 2026-01-06  | 5     |    | mean
            Ann   | demo | 2026-01-05  | 3     |    |
                  | demo | 2026-01-05  | 7     |    |
            Ann   | demo | 2026-04-01  | 9     |    |
        """,
    )

    assert only(rows, "rep", "team", "kpi", "how", "total", "weighted", "weight") == [
        ("", "", "demo", "", 7, 7, 1),
        ("Ann", "North", "csat", "", 4, 40, 10),
        ("Ann", "North", "csat", "mean", 5, 5, 1),
        ("Ann", "North", "demo", "", 3, 3, 1),
    ]


def test_an_owner_is_found_by_id_mail_name_or_a_confirmed_alias(mart):
    rows = mart(
        "win_cells",
        reps="""
            rep_id | name | email   | team
            7      | Ann  | a@x.com | North
        """,
        aliases="""
            kind  | alias | canonical | decided
            owner | ANN   | Ann       | merge
            owner | Anna  | Ann       | apart
        """,
        opportunities="""
            opportunity_id | owner_id | owner | owner_email | stage | outcome
            by-id          | 7        | x     |             | Won   | won
            by-mail        |          | y     | a@x.com     | Won   | won
            by-name        |          | Ann   |             | Won   | won
            by-alias       |          | ANN   |             | Won   | won
            kept-apart     |          | Anna  |             | Won   | won
        """,
    )

    assert only(rows, "rep", "team", "wins") == [("Ann", "North", 4), ("Anna", "", 1)]


def test_two_people_with_one_name_stay_two(mart):
    rows = mart(
        "rep_results",
        reps="""
            rep_id | name
            1      | Li Wei
            2      | Li Wei
        """,
        opportunities="""
            opportunity_id | owner_id | owner  | stage | outcome
            o1             | 1        | Li Wei | Won   | won
            o2             | 2        | Li Wei | Won   | won
            o3             |          | Li Wei | Won   | won
        """,
    )

    assert only(rows, "rep", "wins") == [("Li Wei", 1), ("Li Wei (1)", 1), ("Li Wei (2)", 1)]


def test_an_open_opportunity_without_amount_is_valued_by_its_product(mart):
    rows = mart(
        "open_items",
        products="""
            product | list_price
            Atlas   | 50
            Borea   | 70
        """,
        opportunities="""
            opportunity_id | owner | product | amount | created_on | closed_on  | stage | outcome
            a-own          | Ann   | Atlas   | 30     | 2026-03-01 |            | Need  | open
            b-average      | Ann   | Atlas   | 0      | 2026-03-01 |            | Need  | open
            c-list         | Ann   | Borea   |        | 2026-03-01 |            | Need  | open
            d-all          | Ann   | Other   |        | 2026-03-01 |            | Need  | open
            e-won          | Ann   | Atlas   | 100    | 2026-01-01 | 2026-01-31 | Won   | won
            f-won          | Ann   | Atlas   | 200    | 2026-01-01 | 2026-01-31 | Won   | won
        """,
    )

    assert only(rows, "opportunity_id", "value", "value_from") == [
        ("a-own", 30, "amount"),
        ("b-average", 150, "product_average"),
        ("c-list", 70, "list_price"),
        ("d-all", 150, "average"),
    ]


def test_an_account_that_bought_within_a_year_is_a_customer(mart):
    rows = mart(
        "open_items",
        opportunities="""
            opportunity_id | owner | account | amount | created_on | closed_on  | stage | outcome
            a              | Ann   | Recent  | 1      | 2026-03-01 |            | Need  | open
            b              | Ann   | Long    | 1      | 2026-03-01 |            | Need  | open
            c              | Ann   | Recent  | 1      | 2025-01-01 | 2025-03-31 | Won   | won
            d              | Ann   | Long    | 1      | 2025-01-01 | 2025-03-30 | Won   | won
        """,
    )

    assert only(rows, "opportunity_id", "customer", "age_days") == [
        ("a", True, 30),
        ("b", False, 30),
    ]


def test_who_is_on_leave_or_about_to_be_is_away(mart):
    rows = mart(
        "rep_results",
        reps=PEOPLE,
        leave="""
            owner | starts_on  | ends_on
            Ann   | 2026-04-02 | 2026-04-09
            Bo    | 2026-04-03 | 2026-04-09
            Cy    | 2026-03-01 | 2026-03-31
        """,
    )

    assert only(rows, "rep", "away") == [("Ann", True), ("Bo", False), ("Cy", True)]


def test_months_count_what_was_created_and_what_was_closed_in_them(mart):
    rows = mart(
        "monthly_flow",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | amount | created_on | closed_on  | stage | outcome
            a              | Ann   | 100    | 2026-01-31 | 2026-02-01 | Won   | won
            b              | Ann   | 50     | 2026-02-28 | 2026-03-05 | Lost  | lost
        """,
    )

    assert [
        (row["month"].isoformat()[:7], row["created"], row["won"], row["lost"], row["won_amount"])
        for row in rows
    ] == [("2026-01", 1, 0, 0, 0), ("2026-02", 1, 1, 0, 100), ("2026-03", 0, 0, 1, 0)]


def test_coverage_counts_what_is_missing(mart):
    [row] = mart(
        "coverage",
        opportunities="""
            opportunity_id | owner | account | amount | created_on | stage | outcome
            a              | Ann   | Acme    | 5      | 2026-01-31 | Need  | open
            b              |       |         |        |            | Need  | open
            c              | Ann   |         | 5      | 2026-01-31 | Won   | won
        """,
    )

    assert (row["opportunities"], row["open"], row["without_owner"]) == (3, 2, 1)
    assert (row["without_account"], row["without_created_on"]) == (2, 1)
    assert (row["open_without_amount"], row["closed_without_date"]) == (1, 1)


def test_the_newest_event_is_no_plan_for_the_future(stored):
    warehouse: Warehouse = stored(
        opportunities="""
            opportunity_id | owner | created_on | close_date | stage | outcome
            a              | Ann   | 2026-01-31 | 2026-05-01 | Need  | open
            b              | Ann   | 2026-01-01 | 2026-02-03 | Won   | won
        """
    )

    assert warehouse.newest_event(date(2026, 12, 31)) == date(2026, 2, 3)
    assert warehouse.newest_event(date(2026, 2, 1)) == date(2026, 1, 31)


def test_amounts_in_another_currency_are_left_out(mart):
    deals = """
        opportunity_id | owner | amount | currency | created_on | closed_on  | stage | outcome
        a              | Ann   | 100    | CNY      | 2026-01-02 | 2026-01-20 | Won   | won
        b              | Ann   | 100    | CNY      | 2026-01-02 | 2026-01-20 | Won   | won
        c              | Ann   | 100    | USD      | 2026-01-02 | 2026-01-20 | Won   | won
        d              | Ann   | 100    |          | 2026-01-02 | 2026-01-20 | Won   | won
    """

    [coverage] = mart("coverage", opportunities=deals)
    [ann] = mart("rep_results", opportunities=deals)

    assert (coverage["currency"], coverage["other_currency"]) == ("CNY", 1)
    assert (ann["won_amount"], ann["wins"]) == (300, 4)
