"""What exports do to ids, case by case."""

from collections.abc import Iterator
from datetime import date

import pytest

from data.clean import TypedRows, type_rows
from data.readers import read_table
from data.recognise import SURE, recognise
from data.warehouse import Warehouse
from tests.files import load, refused, rows, typed

NOT_YET = "typing does not yet ask for the spelling of ids, nor compose them"
MARCH = date(2026, 3, 31)
SALESFORCE = "Opportunity ID,Opportunity Owner,Stage,Amount"


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


def ids(typed_: TypedRows, column: str = "opportunity_id") -> list[str]:
    return list(typed_.frame[column])


def test_the_prefix_of_zoho_is_no_part_of_an_id(warehouse):
    """Line 20: zcrm_ goes from ids of records, owners and lookups; an API file has none."""
    head = "Record Id,Deal Owner.id,Deal Owner,Account Name.id,Stage,Closing Date"
    load(warehouse, f"{head}\nzcrm_3652397000000649013,zcrm_77,Ann,zcrm_88,New,2026-03-01\n", MARCH)
    load(warehouse, f"{head}\n3652397000000649013,77,Ann,88,Closed Won,2026-03-01\n", MARCH)

    assert rows(
        warehouse, "select opportunity_id, owner_id, account_id, outcome from raw_opportunities"
    ) == [("3652397000000649013", "77", "88", "won")]


def test_an_id_of_15_characters_is_the_one_of_18(warehouse):
    """Line 21: a report has 15 characters and Data Loader 18 of one record."""
    load(warehouse, f"{SALESFORCE}\n006xx000003GYkJ,Ann,New,5\n", MARCH)
    load(warehouse, f"{SALESFORCE}\n006xx000003GYkJAAW,Ann,Closed Won,5\n", MARCH)

    assert rows(warehouse, "select opportunity_id, stage from raw_opportunities") == [
        ("006xx000003GYkJAAW", "Closed Won")
    ]


def test_ids_that_differ_in_case_alone_are_two_records():
    """Line 21: 006xx000003GYkJ and 006xx000003GYkj are two opportunities."""
    found = typed(f"{SALESFORCE}\n006xx000003GYkJ,Ann,New,5\n006xx000003GYkj,Ann,New,5\n")

    assert len(set(ids(found))) == 2
    assert not found.rejections


def test_an_id_that_a_spreadsheet_has_damaged_is_no_key():
    """Line 22: 1.23457E+17 names no record; the row is refused and the reason said."""
    found = typed(f"{SALESFORCE}\n1.23457E+17,Ann,New,5\n12,Bob,New,5\n")

    assert ids(found) == ["12"]
    assert refused(found) == [(2, "opportunity_id", "1.23457E+17", "damaged_id")]


def test_ids_stay_text_with_all_their_digits():
    """Line 23: leading zeros stay, and so do 19 digits, which no float can hold."""
    found = typed(f"{SALESFORCE}\n0012,Ann,New,5\n9007199254740993123,Bob,New,5\n12,Cid,New,5\n")

    assert ids(found) == ["0012", "9007199254740993123", "12"]


def test_a_guid_is_the_same_in_braces_and_capitals(warehouse):
    """Line 24: {F01251E5-...} of a workbook is f01251e5-... of the API."""
    guid = "F01251E5-96A3-448D-981E-0F99D789110D"
    head = "(Do Not Modify) Opportunity,Topic,Owner,Status,Est. Revenue"
    load(warehouse, f"{head}\n{{{guid}}},Deal,Ann,Open,5\n", MARCH)
    load(warehouse, f"{head}\n{guid.lower()},Deal,Ann,Won,5\n", MARCH)

    assert rows(warehouse, "select opportunity_id, outcome from raw_opportunities") == [
        (guid.lower(), "won")
    ]


WITHOUT_IDS = "Opportunity Name,Account Name,Opportunity Owner,Stage,Created Date"


def test_a_file_without_ids_is_asked_about():
    """Line 25: the key is made of name, account, owner and day, and a person is told so."""
    recognition = recognise(read_table(f"{WITHOUT_IDS}\nA,B,C,New,2026-01-02\n".encode(), "r.csv"))

    assert [caution.code for caution in recognition.cautions] == ["no_id"]
    assert recognition.confidence < SURE


def test_records_without_ids_are_told_apart_by_what_they_are(warehouse):
    """Line 25: the same name, account, owner and day is the same record, and nothing else is."""
    first = "A,B,C,New,2026-01-02\nA,B,C,New,2026-01-03\n,B,C,New,\n"
    load(warehouse, f"{WITHOUT_IDS}\n{first}", MARCH)
    load(warehouse, f"{WITHOUT_IDS}\nA,B,C,Closed Won,2026-01-02\n", MARCH)

    assert rows(warehouse, "select name, created_on::text, stage from raw_opportunities") == [
        ("A", "2026-01-02", "Closed Won"),
        ("A", "2026-01-03", "New"),
    ]


def test_anonymous_answers_that_are_alike_are_all_kept(warehouse):
    """Line 25: two answers of one team to one question on one day are two."""
    answers = "team,question,answer,asked_on\nEast,Fair?,4,2026-01-02\nEast,Fair?,4,2026-01-02\n"
    load(warehouse, answers)
    load(warehouse, answers.replace("\n", "\r\n"))

    assert rows(warehouse, "select answer, nth from raw_pulse") == [(4, 1), (4, 2)]


def test_of_one_id_with_two_values_the_newest_is_taken_and_the_other_listed():
    """Line 26: the newest by time of change wins, whatever the order of the rows."""
    found = typed(
        "Opportunity ID,Opportunity Owner,Stage,Last Modified Date\n"
        "1,Ann,Closed Won,2026-03-04 10:00\n1,Ann,New,2026-03-01 10:00\n"
    )

    assert list(found.frame["stage"]) == ["Closed Won"]
    assert refused(found) == [(3, "opportunity_id", "1", "duplicate_in_file")]


def test_of_several_ids_in_a_cell_the_first_is_taken():
    """Line 23: 1;2 in a cell of companies means the first, which is told beforehand."""
    table = read_table(
        b"Record ID,Deal owner,Deal Stage,Associated Company IDs\n9,Ann,New,1;2\n", "deals.csv"
    )
    recognition = recognise(table)

    assert [caution.code for caution in recognition.cautions] == ["several_ids"]
    assert ids(type_rows(table, recognition.mapping), "account_id") == ["1"]
