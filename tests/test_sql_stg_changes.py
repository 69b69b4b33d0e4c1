"""What changed between exports, derived from the exports themselves."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

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


def as_read(exports: list[dict[str, tuple]]) -> set[tuple]:
    """Changes as somebody finds them who reads the exports one after the other."""
    known: dict[tuple[str, str], object] = {}
    found = set()
    for day, export in enumerate(exports, start=1):
        for deal, said in export.items():
            for field, value in zip(("owner", "stage", "amount"), said, strict=True):
                before = known.get((deal, field))
                if value is None:
                    continue
                if before is not None and before != value:
                    found.add((deal, field, str(before), str(value), day))
                known[deal, field] = value
    return found


SAID = st.tuples(
    st.sampled_from(["Ann", "Bob"]),
    st.sampled_from(["Talks", "Offer"]),
    st.sampled_from([None, "10.00", "20.00"]),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from("abcde"), SAID, min_size=1), max_size=4))
def test_the_same_changes_are_found_as_by_reading_one_export_after_the_other(exports):
    warehouse = Warehouse()
    for day, export in enumerate(exports, start=1):
        lines = [
            f"{deal},{who},{where},{size or ''}" for deal, (who, where, size) in export.items()
        ]
        text = "\n".join([f"{BASE},amount", *lines])
        load(warehouse, text, as_of=date(2026, 3, day), file=f"{day}.csv")

    assert {row[:5] for row in changes(warehouse)} == as_read(exports)
    warehouse.close()
