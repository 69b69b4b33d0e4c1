"""The mart that knows when each closed opportunity became known, on drawn tables."""

from collections import Counter
from datetime import date

PEOPLE = """
    name | team
    Ann  | North
"""

DEALS = """
    opportunity_id | owner | product | amount | created_on | closed_on  | stage | outcome
    won            | Ann   | Atlas   | 100    | 2026-01-02 | 2026-01-20 | Won   | won
    lost           | Ann   | Atlas   | 900    | 2026-01-30 | 2026-02-14 | Lost  | lost
    won-as-late    | Ann   | Atlas   | 300    | 2026-01-30 | 2026-02-28 | Won   | won
    begun-unknown  | Ann   | Atlas   | 300    |            | 2026-02-28 | Won   | won
    ended-unknown  | Ann   | Atlas   | 300    | 2026-02-01 |            | Won   | won
    won-tomorrow   | Ann   | Atlas   | 500    | 2026-01-02 | 2026-04-01 | Won   | won
    void           | Ann   | Atlas   | 500    | 2026-01-02 | 2026-01-03 | Void  | void
    still-open     | Ann   | Atlas   | 700    | 2026-01-02 |            | Need  | open
    nobodys        |       | Atlas   | 700    | 2026-01-02 | 2026-01-03 | Won   | won
"""


def day(value: object) -> str:
    return "" if value is None else str(value)[:10]


def counted(rows: list[dict]) -> list[tuple]:
    months = [(day(row["engaged_month"]), day(row["closed_month"])) for row in rows]
    return sorted(
        (*both, row["wins"], row["trials"]) for both, row in zip(months, rows, strict=True)
    )


def test_closed_opportunities_are_counted_by_the_months_they_began_and_ended(mart):
    rows = mart("win_history", reps=PEOPLE, opportunities=DEALS)

    assert counted(rows) == [
        ("", "2026-02-01", 1, 1),
        ("2026-01-01", "2026-01-01", 1, 1),
        ("2026-01-01", "2026-02-01", 1, 2),
        ("2026-02-01", "", 1, 1),
    ]
    assert {(row["rep"], row["team"], row["product"]) for row in rows} == {
        ("Ann", "North", "Atlas")
    }


def test_what_closes_after_the_as_of_date_is_not_known_yet(mart):
    rows = mart("win_history", as_of=date(2026, 1, 31), reps=PEOPLE, opportunities=DEALS)

    assert ("2026-01-01", "2026-01-01", 1, 1) in counted(rows)
    assert not [row for row in counted(rows) if row[1] > "2026-01-31"]


def test_added_up_over_the_month_of_closing_it_is_the_mart_of_win_cells(mart):
    def by_month(name: str) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        for row in mart(name, reps=PEOPLE, opportunities=DEALS):
            for count in ("wins", "trials"):
                counts[day(row["engaged_month"]), count] += row[count]
        return counts

    assert by_month("win_history") == by_month("win_cells")
