"""Uploads into a workspace: what changes, what must not, and taking them back."""

import os
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.errors import MissingColumnsError, UnknownLayoutError
from data.ingest import Counts, Receipt, check, commit, review, undo
from data.mapping import Mapping
from data.warehouse import Warehouse

SAMPLES = Path(
    os.environ.get("EVENHAND_SAMPLES") or Path(__file__).parents[2] / "shared" / "samples"
)
AT = datetime(2026, 4, 1, 12)  # noqa: DTZ001
BASE = "opportunity_id,owner,stage"
LATER = date(2026, 3, 31)


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


def load(
    warehouse: Warehouse, text: str, as_of: date | None = None, file: str = "deals.csv"
) -> Receipt:
    [receipt] = commit(
        warehouse, [review(text.encode(), file, warehouse)], by="ann", at=AT, as_of=as_of
    )
    return receipt


def rows(warehouse: Warehouse, query: str) -> list[tuple]:
    with warehouse.cursor() as db:
        return db.execute(query).fetchall()


def state(warehouse: Warehouse, entity: str = "opportunities") -> list[tuple]:
    """The current rows of an entity, without the number of the upload they came with."""
    return rows(warehouse, f"select * exclude (upload_id) from raw_{entity} order by all")


def effect(receipt: Receipt) -> tuple[int, int, int, int]:
    return (
        receipt.rows_new,
        receipt.rows_changed,
        receipt.rows_same,
        receipt.rows_rejected,
    )


def test_a_first_file_is_stored_whole_with_its_lines_and_what_was_refused(warehouse):
    receipt = load(warehouse, f"{BASE},amount\n1,Ann,Won,5\n2,Bob,Lost,much\n3,Cid,Won,7\n")

    assert effect(receipt) == (2, 0, 0, 1)
    assert rows(
        warehouse, "select opportunity_id, owner, outcome, amount, upload_id from raw_opportunities"
    ) == [("1", "Ann", "won", 5, 1), ("3", "Cid", "won", 7, 1)]
    assert rows(warehouse, "select upload_id, row_no, opportunity_id from snap_opportunities") == [
        (1, 2, "1"),
        (1, 4, "3"),
    ]
    assert rows(warehouse, "from rejections") == [(1, 3, "amount", "much", "bad_number")]
    assert rows(
        warehouse,
        "select file, format, entity, rows_read, rows_new, rows_rejected, uploaded_by, uploaded_at "
        "from uploads",
    ) == [("deals.csv", "evenhand", "opportunities", 3, 2, 1, "ann", AT)]


def test_a_second_export_adds_changes_and_leaves_and_deletes_nothing(warehouse):
    load(warehouse, f"{BASE},amount\n1,Ann,Talks,5\n2,Bob,Talks,6\n3,Cid,Talks,7\n")

    receipt = load(warehouse, f"{BASE},amount\n1,Ann,Won,5\n2,Bob,Talks,6\n4,Dee,Talks,8\n")

    assert effect(receipt) == (1, 1, 1, 0)
    assert rows(
        warehouse,
        "select opportunity_id, outcome, upload_id from raw_opportunities order by all",
    ) == [("1", "won", 2), ("2", "open", 1), ("3", "open", 1), ("4", "open", 2)]


def test_the_same_file_twice_changes_nothing_and_says_so(warehouse):
    text = f"{BASE}\n1,Ann,Won\n2,,Lost\n"
    first = load(warehouse, text)
    before = state(warehouse)

    again = load(warehouse, text, file="copy of deals.csv")

    assert (first.status, again.status) == ("loaded", "already_loaded")
    assert again.upload_id == first.upload_id
    assert effect(again) == (0, 0, 2, 0)
    assert state(warehouse) == before
    assert rows(warehouse, "select count(*) from uploads") == [(1,)]
    assert rows(warehouse, "select count(*) from snap_opportunities") == [(2,)]


def test_the_same_file_with_another_mapping_is_another_upload(warehouse):
    content = f"{BASE}\n1,Ann,Ghosted\n".encode()
    load(warehouse, content.decode())
    mapping = review(content, "deals.csv").recognition.mapping
    said = Mapping(**(vars(mapping) | {"stages": {"Ghosted": "lost"}}))

    [receipt] = commit(warehouse, [review(content, "deals.csv", warehouse, said)], by="ann", at=AT)

    assert effect(receipt) == (0, 1, 0, 0)
    assert rows(warehouse, "select outcome from raw_opportunities") == [("lost",)]


def test_a_column_that_a_later_file_lacks_keeps_its_values_and_an_empty_cell_does_not(warehouse):
    load(warehouse, f"{BASE},amount,product,currency\n1,Ann,Talks,5,Gold,CNY\n")

    load(warehouse, f"{BASE},product\n1,Bob,Won,\n")

    assert rows(
        warehouse, "select owner, outcome, amount, currency, product from raw_opportunities"
    ) == [("Bob", "won", 5, "CNY", None)]


def test_a_name_stands_in_for_an_id_only_where_the_owner_changed(warehouse):
    load(warehouse, f"{BASE},owner_id\n1,Ann,Talks,u1\n2,Bob,Talks,u2\n")

    load(warehouse, f"{BASE}\n1,Ann,Won\n2,Cid,Won\n3,Dee,Won\n")

    assert rows(
        warehouse, "select owner, owner_id from raw_opportunities order by opportunity_id"
    ) == [("Ann", "u1"), ("Cid", "Cid"), ("Dee", "Dee")]


def test_an_older_export_adds_rows_and_never_overwrites(warehouse):
    load(warehouse, f"{BASE}\n1,Ann,Won\n2,Bob,Talks\n", as_of=date(2026, 3, 1))

    receipt = load(
        warehouse, f"{BASE}\n1,Ann,Talks\n2,Bob,Talks\n3,Cid,Talks\n", as_of=date(2026, 2, 1)
    )

    assert effect(receipt) == (1, 0, 2, 0)
    assert ("older_rows_kept_out", "1") in {(one.code, one.value) for one in receipt.cautions}
    assert rows(
        warehouse, "select opportunity_id, outcome, as_of from raw_opportunities order by all"
    ) == [
        ("1", "won", date(2026, 3, 1)),
        ("2", "open", date(2026, 3, 1)),
        ("3", "open", date(2026, 2, 1)),
    ]


def test_a_newer_export_that_says_the_same_still_keeps_older_ones_out(warehouse):
    load(warehouse, f"{BASE}\n1,Ann,Won\n", as_of=date(2026, 1, 1))
    load(warehouse, f"{BASE}\n\n1,Ann,Won\n", as_of=date(2026, 3, 1))

    load(warehouse, f"{BASE}\n1,Ann,Lost\n", as_of=date(2026, 2, 1))

    assert rows(warehouse, "select outcome, as_of, upload_id from raw_opportunities") == [
        ("won", date(2026, 3, 1), 1)
    ]


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

    assert rows(
        warehouse, "select outcome, as_of from raw_opportunities order by opportunity_id"
    ) == [("won", date(2026, 3, 1)), ("won", date(2026, 3, 1))]


def test_the_day_of_an_export_is_its_newest_event_that_is_not_to_come(warehouse):
    receipt = load(
        warehouse,
        f"{BASE},created_on,close_date\n"
        "1,Ann,Won,2026-01-01,2026-02-20\n2,Bob,Talks,2026-02-03,2026-03-15\n"
        "3,Cid,Won,2026-01-01,2027-01-01\n",
    )

    assert receipt.as_of == date(2026, 2, 20)
    assert load(warehouse, "rep_id,name\n1,Ann\n", file="reps.csv").as_of == AT.date()


def test_all_files_of_a_batch_are_taken_in_or_none(warehouse):
    good = review(f"{BASE}\n1,Ann,Won\n".encode(), "good.csv", warehouse)
    bad = review(b"opportunity_id,owner,amount\n1,Ann,5\n", "bad.csv", warehouse)

    with pytest.raises(MissingColumnsError):
        commit(warehouse, [good, bad], by="ann", at=AT)

    assert state(warehouse) == []
    assert rows(warehouse, "select count(*) from uploads") == [(0,)]
    assert warehouse.data_version == 0


def test_a_review_says_why_a_file_cannot_be_taken():
    unknown = review("Nome,Etapa,Valor\nx,y,1\n".encode(), "a.csv")
    lacking = review(b"opportunity_id,owner,amount\n1,Ann,5\n", "b.csv")

    assert isinstance(unknown.problem, UnknownLayoutError)
    assert isinstance(lacking.problem, MissingColumnsError)
    assert unknown.typed is lacking.typed is None


def test_a_mapping_by_hand_takes_an_unknown_layout_and_is_remembered(warehouse):
    content = "Nr,Vendedor,Etapa\n1,Ann,Ganha\n2,Bob,Fechado\n".encode()
    mapping = Mapping(
        "generic",
        "opportunities",
        {"opportunity_id": "Nr", "owner": "Vendedor", "stage": "Etapa"},
        stages={"Fechado": "lost"},
    )
    commit(warehouse, [review(content, "a.csv", warehouse, mapping)], by="ann", at=AT)

    again = review("Etapa,Nr,Vendedor\nFechado,3,Cid\n".encode(), "b.csv", warehouse)

    assert again.recognition.saved
    assert again.typed is not None
    assert list(again.typed.frame["outcome"]) == ["lost"]


def test_an_order_of_dates_that_was_proved_reads_the_next_file_too(warehouse):
    load(warehouse, f"{BASE},created_on\n1,Ann,Won,14/3/2026\n")

    load(warehouse, f"{BASE},created_on\n2,Ann,Won,3/2/2026\n")

    assert rows(warehouse, "select created_on from raw_opportunities order by opportunity_id") == [
        (date(2026, 3, 14),),
        (date(2026, 2, 3),),
    ]


def test_a_check_counts_what_a_commit_would_do_and_stores_nothing(warehouse):
    load(warehouse, f"{BASE}\n1,Ann,Talks\n2,Bob,Talks\n")
    files = [
        review(
            f"{BASE}\n1,Ann,Won\n2,Bob,Talks\n3,Cid,Won\n,Dee,Won\n".encode(), "a.csv", warehouse
        ),
        review(f"{BASE}\n3,Cid,Lost\n".encode(), "b.csv", warehouse),
    ]
    before, version = state(warehouse), warehouse.data_version

    counts = check(warehouse, files, at=AT)

    assert counts == [Counts(1, 1, 1, 1), Counts(0, 1, 0, 0)]
    assert state(warehouse) == before
    assert warehouse.data_version == version
    assert [effect(one) for one in commit(warehouse, files, by="ann", at=AT)] == [
        (1, 1, 1, 1),
        (0, 1, 0, 0),
    ]


def test_an_undo_brings_back_what_was_before_and_the_file_can_be_loaded_again(warehouse):
    load(warehouse, f"{BASE},amount\n1,Ann,Talks,5\n")
    before = state(warehouse)
    text = f"{BASE}\n1,Bob,Won\n2,Cid,Won\n"
    second = load(warehouse, text)

    undo(warehouse, second.upload_id, by="bob", at=AT)

    assert state(warehouse) == before
    assert rows(warehouse, "select upload_id, undone_by from uploads order by all") == [
        (1, None),
        (2, "bob"),
    ]
    assert effect(load(warehouse, text)) == (1, 1, 0, 0)


def test_an_undo_of_the_first_file_keeps_what_the_second_said(warehouse):
    first = load(warehouse, f"{BASE},amount\n1,Ann,Talks,5\n2,Bob,Talks,6\n")
    load(warehouse, f"{BASE}\n1,Ann,Won\n")

    undo(warehouse, first.upload_id, by="bob", at=AT)
    undo(warehouse, first.upload_id, by="cid", at=AT + timedelta(1))

    assert rows(warehouse, "select opportunity_id, outcome, amount from raw_opportunities") == [
        ("1", "won", None)
    ]
    assert rows(warehouse, "select undone_by from uploads where upload_id = 1") == [("bob",)]


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


@settings(deadline=None, max_examples=25)
@given(
    uploads=st.lists(exports(some_columns), min_size=1, max_size=5),
    order=st.randoms(use_true_random=False),
)
@example(
    uploads=[
        (f"{BASE},amount\n1,Ann,Won,5", date(2026, 3, 2)),
        (f"{BASE}\n1,Bob,Lost", date(2026, 3, 1)),
    ],
    order=__import__("random").Random(1),
)
def test_uploads_and_undos_end_where_the_survivors_alone_would(uploads, order):
    warehouse, fresh = Warehouse(), Warehouse()
    receipts: list[int] = []
    undone = set()
    for text, as_of in uploads:
        receipts.append(load(warehouse, text, as_of).upload_id)
        if order.random() < 0.4:
            undone.add(order.choice(receipts))
            undo(warehouse, max(undone), by="bob", at=AT)
    for number in undone:
        undo(warehouse, number, by="bob", at=AT)

    kept = rows(warehouse, "select upload_id from uploads where undone_at is null order by all")
    text_of = dict(zip(receipts, uploads, strict=True))
    for (number,) in kept:
        load(fresh, *text_of[number])

    assert state(warehouse) == state(fresh)
    warehouse.close()
    fresh.close()


@settings(deadline=None, max_examples=25)
@given(
    uploads=st.lists(
        exports(st.just(("amount", "product"))), min_size=2, max_size=4, unique_by=lambda e: e[1]
    ),
    order=st.randoms(use_true_random=False),
)
def test_full_exports_of_different_days_give_one_state_in_any_order(uploads, order):
    shuffled = order.sample(uploads, len(uploads))
    states = []
    for sequence in (sorted(uploads, key=lambda upload: upload[1]), shuffled):
        warehouse = Warehouse()
        for text, as_of in sequence:
            load(warehouse, text, as_of)
        states.append(state(warehouse))
        warehouse.close()

    assert states[0] == states[1]


PIPELINE = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
1C1I7A6R,Moses Frase,GTX Plus Basic,Cancity,Won,10/20/2016,3/1/2017,1054
Z063OYW0,Darcel Schlecht,GTXPro,Isdom,Won,10/25/2016,3/11/2017,4514
1E5AAAAA,Moses Frase,MG Special,,Lost,10/25/2016,12/31/2017,0
AAAA0001,Zane Levy,GTXPro,,Engaging,1/31/2017,,
AAAA0002,Zane Levy,MG Special,Acme Corporation,Prospecting,,,
"""
ACCOUNTS = """account,sector,year_established,revenue,employees,office_location,subsidiary_of
Acme Corporation,technolgy,1996,1100.04,2822,United States,
Cancity,retail,2001,718.62,2448,Philipines,Acme Corporation
"""
PRODUCTS = "product,series,sales_price\nGTX Basic,GTX,550\nGTX Pro,GTX,4821\nMG Special,MG,55\n"
TEAMS = """sales_agent,manager,regional_office
Moses Frase,Dustin Brinkmann,Central
Darcel Schlecht,Dustin Brinkmann,Central
"""


def test_the_four_maven_files_load_with_their_traps(warehouse):
    files = {
        "sales_pipeline.csv": PIPELINE,
        "accounts.csv": ACCOUNTS,
        "products.csv": PRODUCTS,
        "sales_teams.csv": TEAMS,
    }
    reviews = [review(text.encode(), file, warehouse) for file, text in files.items()]

    receipts = commit(warehouse, reviews, by="ann", at=AT)

    assert [(one.format, one.entity, effect(one)) for one in receipts] == [
        ("maven", "opportunities", (5, 0, 0, 0)),
        ("maven", "accounts", (2, 0, 0, 0)),
        ("maven", "products", (3, 0, 0, 0)),
        ("maven", "reps", (2, 0, 0, 0)),
    ]
    assert receipts[0].as_of == date(2017, 12, 31)
    assert rows(
        warehouse,
        "select opportunity_id, product, account_id, outcome, amount, created_on, close_date "
        "from raw_opportunities order by all",
    ) == [
        *(
            (
                "1C1I7A6R",
                "GTX Plus Basic",
                "Cancity",
                "won",
                1054,
                day(2016, 10, 20),
                day(2017, 3, 1),
            ),
            ("1E5AAAAA", "MG Special", None, "lost", 0, day(2016, 10, 25), day(2017, 12, 31)),
            ("AAAA0001", "GTXPro", None, "open", None, day(2017, 1, 31), None),
            ("AAAA0002", "MG Special", "Acme Corporation", "open", None, None, None),
            ("Z063OYW0", "GTXPro", "Isdom", "won", 4514, day(2016, 10, 25), day(2017, 3, 11)),
        )
    ]
    assert rows(warehouse, "select rep_id, team, manager from raw_reps order by all")[0] == (
        "Darcel Schlecht",
        "Central",
        "Dustin Brinkmann",
    )


day: Callable[[int, int, int], date] = date


@pytest.mark.skipif(not (SAMPLES / "maven").is_dir(), reason="no samples")
def test_the_real_maven_files_load_whole(warehouse):
    reviews = [
        review(path.read_bytes(), path.name, warehouse)
        for path in sorted((SAMPLES / "maven").glob("*.csv"))
    ]

    receipts = commit(warehouse, reviews, by="ann", at=AT)

    assert {one.entity: one.rows_new for one in receipts} == {
        "accounts": 85,
        "products": 7,
        "opportunities": 8800,
        "reps": 35,
    }
    assert sum(one.rows_rejected for one in receipts) == 0
    assert rows(
        warehouse,
        "select outcome, count(*), sum(amount) from raw_opportunities group by 1 order by 1",
    ) == [("lost", 2473, 0), ("open", 2089, None), ("won", 4238, 10005534)]
    assert rows(
        warehouse,
        "select count(*) filter (account is null), count(*) filter (created_on is null), "
        "max(close_date) from raw_opportunities",
    ) == [(1425, 500, date(2017, 12, 31))]
