"""The checklist of real exports: the same records again, later, earlier, or otherwise written."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics import workflow
from analytics.deciding import carried_out, standing
from analytics.desk import Answers, Desk
from analytics.rules import RuleSet
from analytics.scope import Period, Scope
from data.ingest import check, commit, undo
from data.log import record_decision
from data.review import review
from data.warehouse import Warehouse
from tests.files import AT, BASE, effect, load, marts, rows, state

CHECKLIST = Path(__file__).parent / "checklist.md"


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


def test_every_line_of_the_checklist_has_a_test():
    lines = {int(number) for number in re.findall(r"^(\d+)\.", CHECKLIST.read_text("utf-8"), re.M)}
    named = {
        int(number)
        for file in Path(__file__).parent.glob("test_checklist_*.py")
        for number in re.findall(r'^    """Line (\d+):', file.read_text("utf-8"), re.M)
    }

    assert lines == set(range(1, 67))
    assert lines - named == set()


def test_the_same_file_again_changes_nothing(warehouse):
    """Line 57: neither rows nor the list of uploads."""
    text = f"{BASE},amount\n1,Ann,Won,5\n2,Bob,Talks,6\n"
    load(warehouse, text)
    before = state(warehouse)

    again = load(warehouse, text, file="deals (1).csv")

    assert (again.status, effect(again)) == ("already_loaded", (0, 0, 2, 0))
    assert state(warehouse) == before
    assert rows(warehouse, "select count(*) from uploads") == [(1,)]


def test_overlapping_periods_are_brought_together(warehouse):
    """Line 58: what both have is updated, what one has is kept."""
    load(warehouse, f"{BASE}\n1,Ann,Talks\n2,Ann,Talks\n", as_of=date(2026, 1, 31))

    receipt = load(warehouse, f"{BASE}\n2,Ann,Won\n3,Ann,Talks\n", as_of=date(2026, 2, 28))

    assert effect(receipt) == (1, 1, 0, 0)
    assert rows(warehouse, "select opportunity_id, outcome from raw_opportunities") == [
        ("1", "open"),
        ("2", "won"),
        ("3", "open"),
    ]


def test_an_older_export_never_overwrites_a_newer_one(warehouse):
    """Line 59: by the time of the last change, else by the day of the export."""
    load(warehouse, f"{BASE},modified_at\n1,Ann,Won,2026-02-10\n", as_of=date(2026, 3, 1))
    load(warehouse, f"{BASE},modified_at\n1,Ann,Talks,2026-02-09\n", as_of=date(2026, 3, 9))
    load(warehouse, f"{BASE}\n2,Ann,Won\n", as_of=date(2026, 3, 1))

    late = load(warehouse, f"{BASE}\n\n2,Ann,Talks\n", as_of=date(2026, 2, 1))

    assert rows(warehouse, "select outcome from raw_opportunities") == [("won",), ("won",)]
    assert "older_rows_kept_out" in {caution.code for caution in late.cautions}


def test_a_name_can_date_an_export(warehouse):
    """Line 59: the day in the name of a file goes before its newest event, if it can be true."""
    text = f"{BASE},created_on\n1,Ann,Talks,2026-02-01\n"
    days = {
        "Deals_2026_03_05.csv": date(2026, 3, 5),
        "report1772668800000.csv": date(2026, 3, 5),
        "Deals_2026_01_05.csv": date(2026, 2, 1),  # it tells of a later day
        "Deals_2027_01_05.csv": date(2026, 2, 1),  # not yet
        "deals.csv": date(2026, 2, 1),
    }
    reviews = [review(text.encode(), name, warehouse) for name in days]

    receipts = [check(warehouse, [each], at=AT)[0] for each in reviews]

    assert [receipt.as_of for receipt in receipts] == list(days.values())


def test_a_column_that_is_missing_blanks_nothing_and_an_empty_cell_does(warehouse):
    """Line 60: what a file does not have, it says nothing of."""
    load(warehouse, f"{BASE},amount,product\n1,Ann,Talks,5,Gold\n", as_of=date(2026, 1, 1))

    load(warehouse, f"{BASE},product\n1,Ann,Won,\n", as_of=date(2026, 2, 1))

    assert rows(warehouse, "select outcome, amount, product from raw_opportunities") == [
        ("won", 5, None)
    ]


def test_a_row_that_has_gone_stays_and_is_marked_if_the_file_is_full(warehouse):
    """Line 61: only where somebody says that the file has every record."""
    load(warehouse, f"{BASE}\n1,Ann,Talks\n2,Ann,Talks\n", as_of=date(2026, 1, 1))
    part = review(f"{BASE}\n1,Ann,Talks\n\n".encode(), "part.csv", warehouse)
    commit(warehouse, [part], by="ann", at=AT, as_of=date(2026, 2, 1))
    assert doubted(warehouse, "not_in_newest_export") == []

    full = review(f"{BASE}\n1,Ann,Won\n".encode(), "full.csv", warehouse, is_full=True)
    commit(warehouse, [full], by="ann", at=AT, as_of=date(2026, 3, 1))

    assert doubted(warehouse, "not_in_newest_export") == ["2"]
    assert rows(warehouse, "select count(*) from raw_opportunities") == [(2,)]


def test_an_owner_who_is_not_the_one_decided_on_is_shown(warehouse):
    """Line 62: what the CRM says of a decided move since."""
    load(warehouse, f"{BASE}\n1,Ann,Talks\n2,Ann,Talks\n3,Ann,Talks\n", as_of=date(2026, 1, 1))
    for item in "123":
        record_decision(
            warehouse, verdict="accept", item=item, from_rep="Ann", to_rep="Bob", note="",
            by="eve", at=AT, as_of=date(2026, 1, 1), facts={},
        )  # fmt: skip

    load(warehouse, f"{BASE}\n1,Bob,Talks\n2,Ann,Talks\n3,Cid,Talks\n", as_of=date(2026, 2, 1))

    desk = Desk(warehouse, Scope(date(2026, 3, 1), Period.containing(date(2026, 3, 1))))
    carried = carried_out(desk, standing(desk, RuleSet()))
    assert list(carried.itertuples(index=False, name=None)) == [
        ("1", "Bob", "Bob", "done"),
        ("2", "Bob", "Ann", "waiting"),
        ("3", "Bob", "Cid", "differs"),
    ]


def test_headers_in_another_language_name_the_same_records(warehouse):
    """Line 63: the id decides, whatever the words above it."""
    load(
        warehouse,
        "Record Id,Deal Owner,Deal Name,Stage,Closing Date\n"
        "zcrm_7,Ann,Big,Qualification,2026-05-01\n",
        as_of=date(2026, 1, 1),
    )

    receipt = load(
        warehouse,
        "记录 ID,商机所有者,商机名称,阶段,结束日期\nzcrm_7,Ann,Big,Closed Won,2026-02-01\n",
        as_of=date(2026, 2, 1),
    )

    assert effect(receipt) == (0, 1, 0, 0)
    assert rows(warehouse, "select opportunity_id, outcome from raw_opportunities") == [
        ("7", "won")
    ]


def test_only_the_header_that_was_renamed_is_asked_for(warehouse):
    """Line 64: the rest of the remembered mapping stays."""
    load(warehouse, f"{BASE},amount,created_on,product,sector\n1,Ann,Won,5,2026-01-02,Gold,Bank\n")

    each = review(
        f"{BASE},amount,created_on,product,branch\n2,Ann,Won,5,2026-01-02,Gold,Bank\n".encode(),
        "b.csv",
        warehouse,
    )

    gone = [one for one in each.recognition.cautions if one.code == "header_gone"]
    assert [(one.column, one.value) for one in gone] == [("sector", "sector")]
    assert each.recognition.mapping.columns["product"] == "product"


def test_an_undo_is_exact(warehouse):
    """Line 65: every row, mark and remembered mapping is as it was before."""
    load(warehouse, f"{BASE},amount\n1,Ann,Talks,5\n2,Bob,Talks,6\n", as_of=date(2026, 1, 1))
    marks = "select opportunity_id, stage, upload_id, row_no, current from rows_opportunities"
    before = rows(warehouse, marks)

    receipt = load(warehouse, f"{BASE}\n1,Cid,Won\n3,Cid,Won\n", as_of=date(2026, 2, 1))
    undo(warehouse, receipt.upload_id, by="bob", at=AT + timedelta(1))

    assert rows(warehouse, marks) == before


def test_rows_refused_as_repeats_are_shown_until_their_upload_is_undone(warehouse):
    receipt = load(warehouse, f"{BASE}\n1,Ann,Talks\n1,Ann,Won\n2,Ann,Won\n")
    desk = Desk(warehouse, Scope(date(2026, 3, 1), Period.containing(date(2026, 3, 1))))

    shown = desk.ask(workflow.doubted_rows, "duplicates_refused")
    undo(warehouse, receipt.upload_id, by="bob", at=AT)
    later = replace(desk, answers=Answers())

    assert shown.to_numpy().tolist() == [["deals.csv", 2, "1"]]
    assert later.ask(workflow.doubted_rows, "duplicates_refused").empty


def doubted(warehouse: Warehouse, doubt: str) -> list[str]:
    listed = marts(warehouse, "quality_rows")["quality_rows"]
    return list(listed.loc[listed["doubt"] == doubt, "opportunity_id"])
