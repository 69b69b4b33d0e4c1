"""The mart of what wins brought, on drawn tables."""

from math import log

import pytest

PEOPLE = """
    name | team
    Ann  | North
    Bo   | South
"""


def test_wins_are_summed_up_by_rep_and_attributes(mart):
    rows = mart(
        "won_values",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | product | sector | amount | closed_on  | stage | outcome
            small          | Ann   | Atlas   | Retail | 100    | 2026-01-20 | Won   | won
            large          | Ann   | Atlas   | Retail | 400    | 2026-02-20 | Won   | won
            elsewhere      | Ann   | Atlas   |        | 50     | 2026-02-20 | Won   | won
            another        | Bo    | Borea   | Retail | 7.50   | 2026-03-31 | Won   | won
        """,
    )

    columns = ("rep", "team", "product", "sector", "deals", "amount", "amount_sq")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("Ann", "North", "Atlas", "Retail", 2, 500, 170_000),
        ("Ann", "North", "Atlas", None, 1, 50, 2_500),
        ("Bo", "South", "Borea", "Retail", 1, 7.5, 56.25),
    ]
    assert [row["log_mean"] for row in rows] == pytest.approx([log(200), log(50), log(7.5)])
    assert [row["log_m2"] for row in rows] == pytest.approx([2 * log(2) ** 2, 0, 0])


def test_only_wins_with_a_known_amount_above_zero_count(mart):
    rows = mart(
        "won_values",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | amount | currency | closed_on  | stage | outcome
            counts         | Ann   | 100    | CNY      | 2026-01-20 | Won   | won
            also           | Ann   | 100    | CNY      | 2026-03-31 | Won   | won
            tomorrow       | Ann   | 900    | CNY      | 2026-04-01 | Won   | won
            lost           | Ann   | 900    | CNY      | 2026-01-20 | Lost  | lost
            open           | Ann   | 900    | CNY      |            | Need  | open
            void           | Ann   | 900    | CNY      | 2026-01-20 | Void  | void
            nobodys        |       | 900    | CNY      | 2026-01-20 | Won   | won
            free           | Ann   | 0      | CNY      | 2026-01-20 | Won   | won
            returned       | Ann   | -900   | CNY      | 2026-01-20 | Won   | won
            unknown        | Ann   |        | CNY      | 2026-01-20 | Won   | won
            without-rate   | Ann   | 900    | USD      | 2026-01-20 | Won   | won
        """,
    )

    assert [(row["rep"], row["deals"], row["amount"]) for row in rows] == [("Ann", 2, 200)]


def test_an_amount_in_another_currency_is_converted(mart):
    rows = mart(
        "won_values",
        reps=PEOPLE,
        rates="""
            currency | per | rate
            USD      | CNY | 7
        """,
        opportunities="""
            opportunity_id | owner | amount | currency | closed_on  | stage | outcome
            a              | Ann   | 70     | CNY      | 2026-01-20 | Won   | won
            b              | Ann   | 30     | CNY      | 2026-01-20 | Won   | won
            c              | Ann   | 10     | USD      | 2026-01-20 | Won   | won
        """,
    )

    assert [(row["deals"], row["amount"]) for row in rows] == [(3, 170)]
    assert rows[0]["log_mean"] == pytest.approx((2 * log(70) + log(30)) / 3)


def test_without_wins_there_are_no_rows(mart):
    assert mart("won_values", reps=PEOPLE) == []
