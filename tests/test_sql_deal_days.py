"""What a forecast learns from: opportunities in numbers, and how long they stay in a stage."""

from datetime import date

from data.warehouse import Warehouse
from tests.files import load, marts

NEVER = 2_147_483_647

PEOPLE = """
    name | team
    Ann  | North
    Bo   | South
"""


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(2000, 1, 1)).days


def test_opportunities_are_numbers_by_the_names_of_people_and_products(mart):
    rows = mart(
        "deal_days",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | product | amount | created_on | closed_on  | expected_on | stage | outcome
            won            | Bo    | Valve   | 100    | 2026-01-02 | 2026-01-20 | 2026-02-01  | Won   | won
            lost           | Ann   | Pump    |        | 2026-01-03 | 2026-01-21 |             | Lost  | lost
            open           |       |         | 50     | 2026-01-04 |            | 2026-05-01  | Need  | open
            wins-later     | Ann   | Pump    | 70     | 2026-01-05 | 2026-05-20 |             | Won   | won
        """,  # noqa: E501
    )
    found = sorted(
        (row["created"], row["closed"], row["due"], row["rep_no"], row["product_no"], row["won"])
        for row in rows
    )

    assert found == [
        (day("2026-01-02"), day("2026-01-20"), day("2026-02-01"), 2, 2, 1),
        (day("2026-01-03"), day("2026-01-21"), NEVER, 1, 1, 0),
        (day("2026-01-04"), NEVER, day("2026-05-01"), 0, 0, 0),
        # On the as-of date nobody knows how it will end.
        (day("2026-01-05"), NEVER, NEVER, 1, 1, 0),
    ]
    assert sorted(row["amount"] for row in rows) == [0, 50, 70, 100]


def test_what_has_no_beginning_counts_only_once_it_has_ended(mart):
    rows = mart(
        "deal_days",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | amount | created_on | closed_on  | stage | outcome
            unknown        | Ann   | 1      |            | 2026-01-20 | Won   | won
            backwards      | Ann   | 2      | 2026-02-01 | 2026-01-20 | Won   | won
            ageless        | Ann   | 3      |            |            | Need  | open
            dateless       | Ann   | 4      | 2026-01-01 |            | Won   | won
        """,
    )

    assert sorted(row["amount"] for row in rows) == [1, 2]
    assert all(row["created"] > row["closed"] for row in rows)


def test_a_stay_lasts_until_the_next_export_or_the_end():
    header = "opportunity_id,owner,product,stage,amount,created_on,closed_on,modified_at\n"
    store = Warehouse()
    for seen, rows in (
        ("2026-01-10", "a,Ann,Pump,Need,1,2026-01-01,,2026-01-10T09:00:00\n"
                       "b,Ann,Pump,Need,1,2026-01-05,,2026-01-10T09:00:00\n"),
        ("2026-02-10", "a,Ann,Pump,Offer,1,2026-01-01,,2026-02-10T09:00:00\n"
                       "b,Ann,Pump,Won,1,2026-01-05,2026-01-30,2026-01-30T09:00:00\n"),
    ):  # fmt: skip
        load(store, header + rows, as_of=date.fromisoformat(seen), file=f"deals {seen}.csv")
    stays = marts(store, "stage_stays", as_of=date(2026, 3, 1))["stage_stays"]
    stays["won"] = stays["won"].fillna(-1).astype(int)
    columns = ["opportunity_id", "stage", "seen", "until", "won"]
    found = list(stays[columns].itertuples(index=False, name=None))

    assert found == [
        ("a", "Need", day("2026-01-10"), day("2026-02-10"), -1),
        ("a", "Offer", day("2026-02-10"), day("2026-03-01"), -1),
        ("b", "Need", day("2026-01-10"), day("2026-01-30"), 1),
    ]
    assert set(stays["created"]) == {day("2026-01-01"), day("2026-01-05")}
    store.close()
