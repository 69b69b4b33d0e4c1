"""Uploads into a workspace: looked at, checked, taken in, taken back."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from data.errors import MissingColumnsError, UnknownLayoutError
from data.ingest import check, commit, undo
from data.mapping import Mapping
from data.review import review
from data.warehouse import Warehouse
from tests.files import AT, BASE, effect, load, rows, state


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


def test_a_first_file_is_stored_whole_with_its_lines_and_what_was_refused(warehouse):
    receipt = load(warehouse, f"{BASE},amount\n1,Ann,Won,5\n2,Bob,,6\n3,Cid,Won,7\n")

    assert effect(receipt) == (2, 0, 0, 1)
    assert rows(
        warehouse, "select opportunity_id, owner, outcome, amount, upload_id from raw_opportunities"
    ) == [("1", "Ann", "won", 5, 1), ("3", "Cid", "won", 7, 1)]
    assert rows(warehouse, "select upload_id, row_no, opportunity_id from said_opportunities") == [
        (1, 2, "1"),
        (1, 4, "3"),
    ]
    assert rows(warehouse, "from rejections") == [(1, 3, "stage", "", "missing_required", "2")]
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
        "select opportunity_id, outcome, upload_id from raw_opportunities",
    ) == [("1", "won", 2), ("2", "open", 2), ("3", "open", 1), ("4", "open", 2)]


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
    assert rows(warehouse, "select count(*) from said_opportunities") == [(2,)]


def test_the_same_file_with_another_mapping_is_another_upload(warehouse):
    content = f"{BASE}\n1,Ann,Ghosted\n".encode()
    load(warehouse, content.decode())
    mapping = review(content, "deals.csv").recognition.mapping
    said = Mapping(**(vars(mapping) | {"stages": {"Ghosted": "lost"}}))

    [receipt] = commit(warehouse, [review(content, "deals.csv", warehouse, said)], by="ann", at=AT)

    assert effect(receipt) == (0, 1, 0, 0)
    assert rows(warehouse, "select outcome from raw_opportunities") == [("lost",)]


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
    unknown = review(b"Nome,Etapa,Valor\nx,y,1\n", "a.csv")
    lacking = review(b"opportunity_id,owner,amount\n1,Ann,5\n", "b.csv")

    assert isinstance(unknown.problem, UnknownLayoutError)
    assert isinstance(lacking.problem, MissingColumnsError)
    assert unknown.typed is lacking.typed is None


def test_a_mapping_by_hand_takes_an_unknown_layout_and_is_remembered(warehouse):
    content = b"Nr,Vendedor,Etapa\n1,Ann,Ganha\n2,Bob,Fechado\n"
    mapping = Mapping(
        "generic",
        "opportunities",
        {"opportunity_id": "Nr", "owner": "Vendedor", "stage": "Etapa"},
        stages={"Fechado": "lost"},
    )
    commit(warehouse, [review(content, "a.csv", warehouse, mapping)], by="ann", at=AT)

    again = review(b"Etapa,Nr,Vendedor\nFechado,3,Cid\n", "b.csv", warehouse)

    assert again.recognition.saved
    assert again.typed is not None
    assert list(again.typed.frame["outcome"]) == ["lost"]


def test_an_order_of_dates_that_was_proved_reads_the_next_file_too(warehouse):
    load(warehouse, f"{BASE},created_on\n1,Ann,Won,14/3/2026\n")

    load(warehouse, f"{BASE},created_on\n2,Ann,Won,3/2/2026\n")

    assert rows(warehouse, "select created_on from raw_opportunities") == [
        (date(2026, 2, 3),),
        (date(2026, 3, 14),),
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

    assert [effect(one) for one in counts] == [(1, 1, 1, 1), (0, 1, 0, 0)]
    assert {one.status for one in counts} == {"checked"}
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
    assert rows(warehouse, "select upload_id, undone_by from uploads") == [
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


def test_a_review_says_which_columns_that_matter_are_not_there():
    bare = review(f"{BASE}\n1,Ann,Won\n".encode(), "deals.csv")
    rich = review(
        f"{BASE},amount,closed_on,account_id\n1,Ann,Won,5,2026-01-02,a\n".encode(), "d.csv"
    )

    assert bare.lacking == ("amount", "created_on", "close_date", "account", "product")
    assert rich.lacking == ("created_on", "product")
