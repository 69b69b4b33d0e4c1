"""Facts of opportunities that cannot all be right."""

import pytest

LACKS = (
    "without_account", "without_created_on", "without_owner", "without_product",
    "unknown_account", "open_without_amount",
)  # fmt: skip
"""What is merely missing, as most columns of a drawn table are."""


def doubts(mart, opportunities: str, **tables: str) -> list[tuple[str, str]]:
    rows = mart("quality_rows", opportunities=opportunities, **tables)
    return [(row["doubt"], row["opportunity_id"]) for row in rows if row["doubt"] not in LACKS]


def lacks(mart, opportunities: str, **tables: str) -> list[tuple[str, str]]:
    rows = mart("quality_rows", opportunities=opportunities, **tables)
    return [(row["doubt"], row["opportunity_id"]) for row in rows if row["doubt"] in LACKS]


@pytest.mark.parametrize(
    ("created_on", "closed_on", "outcome", "found"),
    [
        ("2026-02-02", "2026-02-01", "won", ["closed_before_created"]),
        ("2026-02-01", "2026-02-01", "won", []),
        ("2026-02-01", "2026-03-31", "lost", []),
        ("2026-02-01", "2026-04-01", "lost", ["closed_in_future"]),
        ("2026-04-01", "", "open", ["created_in_future"]),
        ("2026-02-01", "", "won", ["closed_without_date"]),
        ("2026-02-02", "2026-02-01", "void", []),
    ],
)
def test_the_as_of_date_is_known_and_the_day_after_is_not(
    mart, created_on, closed_on, outcome, found
):
    rows = doubts(
        mart,
        f"""
        opportunity_id | owner | stage | amount | created_on   | closed_on   | outcome
        o1             | Ann   | S     | 50     | {created_on} | {closed_on} | {outcome}
        """,
    )

    assert [doubt for doubt, _ in rows] == found


def test_an_open_opportunity_is_overdue_the_day_after_its_expected_close(mart):
    rows = doubts(
        mart,
        """
        opportunity_id | owner | stage | expected_on | close_date | closed_on  | outcome
        today          | Ann   | S     | 2026-03-31  |            |            | open
        yesterday      | Ann   | S     | 2026-03-30  |            |            | open
        by-close-date  | Ann   | S     |             | 2026-03-30 |            | open
        closed         | Ann   | S     | 2026-03-01  |            | 2026-03-05 | won
        """,
    )

    assert rows == [("overdue", "by-close-date"), ("overdue", "yesterday")]


def test_amounts_that_bend_an_average(mart):
    wins = "\n".join(f"w{n:02} | Ann | S | 10 | EUR | 2026-01-05 | won" for n in range(20))
    rows = doubts(
        mart,
        f"""
        opportunity_id | owner | stage | amount | currency | closed_on | outcome
        one            | Ann   | S     | 1      | EUR      | 2026-01-05 | won
        two            | Ann   | S     | 2      | EUR      | 2026-01-05 | won
        nothing        | Ann   | S     | 0      | EUR      |            | open
        unknown        | Ann   | S     |        | EUR      |            | open
        lost           | Ann   | S     | 0      | EUR      | 2026-01-05 | lost
        negative       | Ann   | S     | -5     | EUR      | 2026-01-05 | won
        yen            | Ann   | S     | 9000   | JPY      | 2026-01-05 | won
        huge           | Ann   | S     | 21     | EUR      |            | open
        large          | Ann   | S     | 20     | EUR      |            | open
        {wins}
        """,
    )

    assert rows == [
        ("huge_amount", "huge"),
        ("negative_amount", "negative"),
        ("other_currency", "yen"),
        ("placeholder_amount", "nothing"),
        ("placeholder_amount", "one"),
    ]


def test_what_is_missing_is_listed(mart):
    rows = lacks(
        mart,
        """
        opportunity_id | owner | account | product | amount | created_on | stage | outcome
        all            | Ann   | Acme    | Gold    | 5      | 2026-01-01 | S     | open
        nobodys        |       | Acme    | Gold    | 5      | 2026-01-01 | S     | open
        bare           | Ann   |         |         |        |            | S     | open
        stranger       | Ann   | Other   | Gold    | 5      | 2026-01-01 | S     | open
        """,
        accounts="""
        account_id | account
        Acme       | Acme
        """,
    )

    assert rows == [
        ("open_without_amount", "bare"),
        ("unknown_account", "stranger"),
        ("without_account", "bare"),
        ("without_created_on", "bare"),
        ("without_owner", "nobodys"),
        ("without_product", "bare"),
    ]


def test_open_longer_than_any_that_ever_closed(mart):
    rows = doubts(
        mart,
        """
        opportunity_id | owner | stage | created_on | closed_on  | outcome
        closed         | Ann   | S     | 2026-01-01 | 2026-01-31 | won
        as-long        | Ann   | S     | 2026-03-01 |            | open
        longer         | Ann   | S     | 2026-02-28 |            | open
        """,
    )

    assert rows == [("longest_open", "longer")]


def test_amounts_are_converted_by_the_rate_of_their_day(mart):
    deals = """
        opportunity_id | owner | stage | amount | currency | created_on | closed_on  | outcome
        a              | Ann   | S     | 100    | EUR      | 2026-01-01 | 2026-01-20 | won
        b              | Ann   | S     | 100    | EUR      | 2026-01-01 | 2026-02-20 | won
        c              | Ann   | S     | 100    | CNY      | 2026-01-01 | 2026-02-20 | won
        d              | Ann   | S     | 100    | CNY      | 2026-01-01 | 2026-02-20 | won
        e              | Ann   | S     | 100    | CNY      | 2026-01-01 | 2026-02-20 | won
        f              | Ann   | S     | 100    | GBP      | 2026-01-01 | 2026-02-20 | won
    """
    rates = """
        currency | per | rate | valid_from
        EUR      | USD | 1.0  | 2025-01-01
        EUR      | USD | 2.0  | 2026-02-01
        CNY      | USD | 0.1  |
    """

    rows = mart("quality_rows", opportunities=deals, rates=rates)
    [holds] = mart("coverage", opportunities=deals, rates=rates)

    assert [row["opportunity_id"] for row in rows if row["doubt"] == "other_currency"] == ["f"]
    assert holds["other_currency"] == 1
    total = mart("win_cells", opportunities=deals, rates=rates)
    assert sum(row["won_amount"] or 0 for row in total) == 1000 + 2000 + 300


def test_what_the_data_cannot_tell(mart):
    rows = mart(
        "blind_spots",
        opportunities="""
            opportunity_id | owner | stage | outcome
            a              | Ann   | S     | won
            b              | Ann   | S     | open
        """,
        rejections="""
            upload_id | row_no | column_name | value | rule
            1         | 3      | x           | y     | duplicate_in_file
        """,
        uploads="""
            upload_id | entity        | as_of
            1         | opportunities | 2026-01-01
        """,
    )

    assert [(row["fact"], row["times"]) for row in rows] == [
        ("duplicates_refused", 1),
        ("left_owners_unknown", 1),
        ("no_activities", 1),
        ("no_history", 2),
        ("no_lost", 1),
    ]


def test_doubts_are_counted(mart):
    rows = mart(
        "quality",
        opportunities="""
            opportunity_id | owner | stage | amount | closed_on  | outcome
            a              | Ann   | S     | -1     | 2026-01-05 | won
            b              | Ann   | S     | -1     | 2026-01-05 | won
            c              | Ann   | S     | 7      |            | won
        """,
    )

    assert [row for row in rows if row["doubt"] not in LACKS] == [
        {"doubt": "closed_without_date", "opportunities": 1},
        {"doubt": "negative_amount", "opportunities": 2},
    ]
