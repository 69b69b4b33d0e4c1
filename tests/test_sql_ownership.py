"""The mart of who has had to do with which account."""

from datetime import date

PEOPLE = """
    name | team  | active
    Ann  | North | true
    Bo   | North | true
"""


def test_what_each_person_has_closed_of_an_account_is_summed_all_time_and_within_a_year(mart):
    rows = mart(
        "account_history",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | account_id | account | amount | closed_on  | stage | outcome
            old            | Ann   | a1         | Acme    | 100    | 2024-01-20 | Won   | won
            edge           | Ann   | a1         | Acme    | 30     | 2025-03-31 | Won   | won
            lost           | Ann   | a1         | Acme    | 900    | 2026-02-14 | Lost  | lost
            other          | Bo    | a1         | Acme    | 50     | 2026-01-02 | Won   | won
            no-amount      | Bo    | a2         | Bolt    |        | 2026-01-02 | Won   | won
        """,
    )

    counted = {
        (row["account"], row["rep"]): (
            *(row["closed"], row["won"], row["won_amount"], row["won_year"]),
        )
        for row in rows
    }
    assert counted == {
        ("Acme", "Ann"): (3, 2, 130, 30),
        ("Acme", "Bo"): (1, 1, 50, 50),
        ("Bolt", "Bo"): (1, 1, 0, 0),
    }
    assert rows[0]["last_on"].date() == date(2026, 2, 14)


def test_what_is_open_unowned_without_account_or_still_to_come_is_no_history(mart):
    rows = mart(
        "account_history",
        reps=PEOPLE,
        opportunities="""
            opportunity_id | owner | account_id | amount | closed_on  | stage | outcome
            open           | Ann   | a1         | 100    |            | Need  | open
            nobodys        |       | a1         | 100    | 2026-01-20 | Won   | won
            no-account     | Ann   |            | 100    | 2026-01-20 | Won   | won
            tomorrow       | Ann   | a1         | 100    | 2026-04-01 | Won   | won
        """,
    )

    assert rows == []
