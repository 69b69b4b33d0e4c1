"""What became of the opportunities of each month, on drawn tables."""


def test_a_month_holds_what_was_created_in_it_and_how_long_it_took(mart):
    [january, march] = mart(
        "cohorts",
        opportunities="""
            opportunity_id | owner | created_on | closed_on  | stage | outcome
            won-quickly    | Ann   | 2026-01-01 | 2026-01-11 | Won   | won
            won-slowly     | Ann   | 2026-01-31 | 2026-03-02 | Won   | won
            lost           | Bo    | 2026-01-01 | 2026-01-08 | Lost  | lost
            won-later      | Bo    | 2026-01-01 | 2026-04-01 | Won   | won
            nobodys        |       | 2026-03-31 |            | Need  | open
        """,
    )

    assert january["engaged_month"].isoformat()[:10] == "2026-01-01"
    assert [january[name] for name in ("created", "won", "lost", "open")] == [4, 2, 1, 1]
    assert january["age_days"] == (89 + 59 + 89 + 89) / 4
    assert january["days_to_win"] == 20
    assert (january["days_to_win_sum"], january["days_to_win_squares"]) == (40, 100 + 900)
    assert january["days_to_lose"] == 7
    assert (january["days_to_lose_sum"], january["days_to_lose_squares"]) == (7, 49)
    assert [march[name] for name in ("created", "won", "lost", "open")] == [1, 0, 0, 1]
    assert march["age_days"] == 0
    assert march["days_to_win"] is None
    assert march["days_to_win_sum"] == 0


def test_opportunities_of_unknown_age_are_in_no_month(mart):
    rows = mart(
        "cohorts",
        opportunities="""
            opportunity_id | owner | created_on | closed_on  | stage | outcome
            no-start       | Ann   |            | 2026-01-11 | Won   | won
            no-end         | Ann   | 2026-01-01 |            | Won   | won
            backwards      | Ann   | 2026-01-10 | 2026-01-09 | Lost  | lost
            void           | Ann   | 2026-01-10 | 2026-01-12 | Void  | void
        """,
    )

    assert rows == []
