"""What changed between exports, derived from the exports themselves."""

from datetime import date

from data.warehouse import Warehouse
from tests.files import BASE, load, marts


def changes(warehouse: Warehouse, as_of: date = date(2026, 3, 31)) -> list[tuple]:
    frame = marts(warehouse, "changes", as_of=as_of)["changes"]
    return [
        (row.opportunity_id, row.field, row.before, row.after, row.changed_by.day, row.difference)
        for row in frame.astype(object).where(frame.notna(), None).itertuples()
    ]


HEADER = f"{BASE},amount,expected_on,created_on"


def three_exports(order: tuple[int, ...]) -> Warehouse:
    exports = {
        1: f"{HEADER}\n1,Ann,Talks,100,2026-03-10,2026-01-01\n2,Bob,Talks,,2026-03-10,2026-01-01",
        2: f"{HEADER}\n1,Bob,Talks,80,2026-03-20,2026-01-01\n2,Bob,Talks,50,2026-03-10,2026-01-01",
        3: f"{BASE},created_on\n1,Bob,Offer,2026-01-01\n2,Bob,Talks,2026-01-01",
    }
    warehouse = Warehouse()
    for day in order:
        load(warehouse, exports[day], as_of=date(2026, 3, day))
    return warehouse


def test_stages_owners_amounts_and_close_dates_are_compared_between_exports():
    assert changes(three_exports((1, 2, 3))) == [
        ("1", "stage", "Talks", "Offer", 3, None),
        ("1", "amount", "100.00", "80.00", 2, -20),
        ("1", "close_date", "2026-03-10", "2026-03-20", 2, 10),
        ("1", "owner", "Ann", "Bob", 2, None),
    ]


def test_the_order_of_loading_does_not_matter():
    assert changes(three_exports((3, 1, 2))) == changes(three_exports((1, 2, 3)))


def test_a_change_that_shows_later_is_not_known_yet():
    assert {row[1] for row in changes(three_exports((1, 2, 3)), as_of=date(2026, 3, 2))} == {
        "amount", "close_date", "owner",
    }  # fmt: skip
