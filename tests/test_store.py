"""What an upload changes of the current state, and what it must not."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.ingest import commit, undo
from data.review import Review, review
from data.warehouse import Warehouse
from tests.files import AT, BASE, effect, load, rows, state


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


def test_a_column_that_a_later_file_lacks_keeps_its_values_and_an_empty_cell_does_not(warehouse):
    load(warehouse, f"{BASE},amount,product,currency\n1,Ann,Talks,5,Gold,CNY\n")

    load(warehouse, f"{BASE},product\n1,Bob,Won,\n")

    assert rows(
        warehouse, "select owner, outcome, amount, currency, product from raw_opportunities"
    ) == [("Bob", "won", 5, "CNY", None)]


def test_a_name_stands_in_for_an_id_only_where_the_owner_changed(warehouse):
    load(warehouse, f"{BASE},owner_id\n1,Ann,Talks,u1\n2,Bob,Talks,u2\n")

    load(warehouse, f"{BASE}\n1,Ann,Won\n2,Cid,Won\n3,Dee,Won\n")

    assert rows(warehouse, "select owner, owner_id from raw_opportunities") == [
        ("Ann", "u1"),
        ("Cid", "Cid"),
        ("Dee", "Dee"),
    ]


def test_an_older_export_adds_rows_and_never_overwrites(warehouse):
    load(warehouse, f"{BASE}\n1,Ann,Won\n2,Bob,Talks\n", as_of=date(2026, 3, 1))

    receipt = load(
        warehouse, f"{BASE}\n1,Ann,Talks\n2,Bob,Talks\n3,Cid,Talks\n", as_of=date(2026, 2, 1)
    )

    assert effect(receipt) == (1, 0, 2, 0)
    assert ("older_rows_kept_out", "1") in {(one.code, one.value) for one in receipt.cautions}
    assert rows(warehouse, "select opportunity_id, outcome, upload_id from raw_opportunities") == [
        ("1", "won", 1),
        ("2", "open", 1),
        ("3", "open", 2),
    ]


def test_a_newer_export_that_says_the_same_still_keeps_older_ones_out(warehouse):
    load(warehouse, f"{BASE}\n1,Ann,Won\n", as_of=date(2026, 1, 1))
    load(warehouse, f"{BASE}\n\n1,Ann,Won\n", as_of=date(2026, 3, 1))

    load(warehouse, f"{BASE}\n1,Ann,Lost\n", as_of=date(2026, 2, 1))

    assert rows(warehouse, "select outcome, upload_id from raw_opportunities") == [("won", 2)]


def test_the_time_of_the_last_change_goes_before_the_day_of_the_export(warehouse):
    load(
        warehouse,
        f"{BASE},modified_at\n1,Ann,Won,2026-02-10 10:00\n2,Bob,Talks,2026-02-10 10:00\n",
        as_of=date(2026, 3, 1),
    )

    load(
        warehouse,
        f"{BASE},modified_at\n1,Ann,Talks,2026-02-10 09:59\n2,Bob,Won,2026-02-10 10:01\n",
        as_of=date(2026, 2, 15),
    )

    assert rows(warehouse, "select outcome, upload_id from raw_opportunities") == [
        ("won", 1),
        ("won", 2),
    ]


OPTIONAL = ("amount", "owner_id", "modified_at", "product")


@st.composite
def exports(draw: st.DrawFn, columns: st.SearchStrategy[tuple[str, ...]]) -> tuple[str, date]:
    """A small export, and the day it shows."""
    optional = draw(columns)
    values: dict[str, st.SearchStrategy[str]] = {
        "amount": st.sampled_from(["", "5", "6"]),
        "owner_id": st.sampled_from(["", "u1", "u2"]),
        "modified_at": st.sampled_from(["", "2026-01-01", "2026-02-01"]),
        "product": st.sampled_from(["", "Gold"]),
    }
    lines = draw(
        st.lists(
            st.tuples(
                st.sampled_from(["1", "2", "3"]),
                st.sampled_from(["Ann", "Bob", ""]),
                st.sampled_from(["Won", "Lost", "Talks"]),
                *(values[name] for name in optional),
            ),
            min_size=1,
            max_size=4,
        )
    )
    text = "\n".join(",".join(line) for line in [(*BASE.split(","), *optional), *lines])
    return text, date(2026, 3, 1) + timedelta(days=draw(st.integers(0, 3)))


some_columns = st.sets(st.sampled_from(OPTIONAL)).map(lambda names: tuple(sorted(names)))


def loaded(uploads: list[tuple[Review, date]]) -> list[tuple]:
    """What a new workspace holds after these uploads."""
    warehouse = Warehouse()
    for each, as_of in uploads:
        commit(warehouse, [each], by="ann", at=AT, as_of=as_of)
    found = state(warehouse)
    warehouse.close()
    return found


@settings(deadline=None, max_examples=15)
@given(files=st.lists(exports(some_columns), min_size=1, max_size=4), undone=st.data())
def test_uploads_and_undos_end_where_the_survivors_alone_would(files, undone):
    # A blank line more in each: the same bytes twice would not be loaded twice.
    uploads = [
        (review((text + "\n" * n).encode(), "deals.csv"), as_of)
        for n, (text, as_of) in enumerate(files)
    ]
    warehouse = Warehouse()
    kept: dict[int, tuple[Review, date]] = {}
    for each, as_of in uploads:
        [receipt] = commit(warehouse, [each], by="ann", at=AT, as_of=as_of)
        kept[receipt.upload_id] = (each, as_of)
        if taken_back := undone.draw(st.none() | st.sampled_from(sorted(kept))):
            undo(warehouse, taken_back, by="bob", at=AT)
            del kept[taken_back]

    assert state(warehouse) == loaded(list(kept.values()))
    warehouse.close()


@settings(deadline=None, max_examples=15)
@given(
    files=st.lists(exports(some_columns), min_size=2, max_size=4, unique_by=lambda e: e[1]),
    shuffled=st.randoms(use_true_random=False),
)
def test_exports_of_different_days_give_one_state_in_any_order(files, shuffled):
    uploads = [
        (review((text + "\n" * n).encode(), "deals.csv"), as_of)
        for n, (text, as_of) in enumerate(files)
    ]

    assert loaded(sorted(uploads, key=lambda upload: upload[1])) == loaded(
        shuffled.sample(uploads, len(uploads))
    )
