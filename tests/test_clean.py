"""Text to typed rows, and everything that is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.clean import type_rows
from data.contracts import CONTRACTS
from data.errors import EmptyFileError, MissingColumnsError
from data.mapping import Mapping
from data.readers import read_table
from data.recognise import recognise
from tests.files import BASE, refused, typed


def test_text_is_kept_as_it_is():
    rows = typed(f"{BASE},next_step\n0012,NA,Won,null\n0013,None,Won, — \n")

    assert list(rows.frame["opportunity_id"]) == ["0012", "0013"]
    assert list(rows.frame["owner"]) == ["NA", "None"]
    assert list(rows.frame["next_step"]) == ["null", "—"]


def test_an_optional_number_or_flag_that_cannot_be_read_is_blank_and_listed():
    rows = typed("rep_id,name,active,weekly_hours\n1,Ann,yes,full\n2,Bob,perhaps,40\n3,Cid,离职,\n")

    assert list(rows.frame["name"]) == ["Ann", "Bob", "Cid"]
    assert rows.frame["active"].astype(object).where(rows.frame["active"].notna()).to_list()[
        ::2
    ] == [
        True,
        False,
    ]
    assert refused(rows) == [
        (2, "weekly_hours", "full", "unreadable_left_blank"),
        (3, "active", "perhaps", "unreadable_left_blank"),
    ]
    assert rows.rows_rejected == 0


def test_an_amount_or_day_that_says_nothing_is_blank_and_listed():
    rows = typed(f"{BASE},amount,created_on\n1,Ann,Won,a lot,soon\n")

    assert rows.frame[["amount", "created_on"]].isna().all(axis=None)
    assert [one[3] for one in refused(rows)] == ["unreadable_left_blank"] * 2


def test_a_date_in_another_order_than_its_column_leaves_the_row_out():
    rows = typed(
        f"{BASE},created_on\n1,Ann,Won,13/4/2026\n2,Bob,Won,4/14/2026\n3,C,Won,15/4/2026\n"
    )

    assert list(rows.frame["opportunity_id"]) == ["1", "3"]
    assert refused(rows) == [(3, "created_on", "4/14/2026", "bad_date")]


def test_a_required_number_that_cannot_be_read_leaves_the_row_out():
    rows = typed("owner,skill,level\nAnn,finance,high\nBob,finance,4\n")

    assert refused(rows) == [(2, "level", "high", "bad_number")]


def test_an_opportunity_needs_an_id_and_a_stage_but_no_owner():
    rows = typed(f"{BASE}\n1,,Won\n,Ann,Won\n3,Ann,\n")

    assert list(rows.frame["opportunity_id"]) == ["1"]
    assert rows.frame["owner"].isna().all()
    assert refused(rows) == [
        (3, "opportunity_id", "", "missing_required"),
        (4, "stage", "", "missing_required"),
    ]


def test_a_file_without_a_required_column_says_which():
    with pytest.raises(MissingColumnsError) as error:
        typed("opportunity_id,owner,amount\n1,Ann,5\n")

    assert error.value.missing == ["stage"]


def test_an_id_that_a_spreadsheet_has_damaged_is_no_key():
    rows = typed(
        f"{BASE},account_id\n1.23457E+17,Ann,Won,a\n2,Ann,Won,6.1E+17\n3,Ann,Won,1E10ABCD\n"
    )

    assert list(rows.frame["opportunity_id"]) == ["3"]
    assert refused(rows) == [
        (2, "opportunity_id", "1.23457E+17", "damaged_id"),
        (3, "account_id", "6.1E+17", "damaged_id"),
    ]


def test_of_two_rows_with_one_key_the_newer_is_taken_and_the_other_listed():
    rows = typed(
        f"{BASE},modified_at\n1,Ann,Won,2026-01-03\n1,Bob,Won,2026-01-02\n2,Cid,Won,\n2,Dee,Won,\n"
    )

    assert list(rows.frame["owner"]) == ["Ann", "Dee"]
    assert refused(rows) == [
        (3, "opportunity_id", "1", "duplicate_in_file"),
        (4, "opportunity_id", "2", "duplicate_in_file"),
    ]


def test_what_the_reader_set_aside_is_refused_too():
    rows = typed(f"{BASE}\n1,Ann,Won\n2,Bob\n3,Cid,Won\n")

    assert refused(rows) == [(3, "", "2 | Bob", "ragged_row")]
    assert (rows.rows_read, rows.rows_rejected) == (3, 1)


def test_a_file_of_nothing_but_broken_rows_has_no_rows():
    rows = typed(f"{BASE}\n2,Bob\n")

    assert (len(rows.frame), rows.rows_rejected) == (0, 1)


def test_a_column_that_the_file_lacks_falls_back_on_the_one_that_stands_for_it():
    rows = typed(f"{BASE},account\n1,Ann,Won,Acme\n").frame

    assert (rows["owner_id"][0], rows["account_id"][0]) == ("Ann", "Acme")


def test_every_column_of_the_contract_is_there_with_its_line():
    frame = typed(f"{BASE},amount\n\n1,Ann,Won,5\n").frame

    names = [column.name for column in CONTRACTS["opportunities"].columns]
    assert list(frame.columns) == [*names, "row_no"]
    assert list(frame["row_no"]) == [3]


def test_zoho_ids_lose_their_prefix_everywhere():
    rows = typed(
        "Record Id,Deal Owner.id,Deal Owner,Stage,Account Name.id,Closing Date\n"
        "zcrm_1234567890123456789,zcrm_5,Ann,Closed Won,zcrm_9,2026-01-01\n"
    ).frame

    assert list(rows[["opportunity_id", "owner_id", "account_id"]].iloc[0]) == [
        "1234567890123456789",
        "5",
        "9",
    ]


def test_salesforce_ids_of_15_characters_become_those_of_18():
    rows = typed(
        "Opportunity ID,Opportunity Owner,Stage,Fiscal Period\n"
        "006xx000003GYkJ,Ann,Closed Won,Q1\n006xx000003GYkj,Ann,Closed Won,Q1\n"
    ).frame

    assert list(rows["opportunity_id"]) == ["006xx000003GYkJAAW", "006xx000003GYkjAAG"]


def test_constants_fill_a_column_in_every_row():
    table = read_table(b"who,starts,goal\nAnn,2026-01-01,5\nBob,2026-01-01,6\n", "goals.csv")
    mapping = Mapping(
        "generic",
        "targets",
        {"unit": "who", "period_start": "starts", "amount": "goal"},
        constants={"unit_kind": "rep", "period": "quarter", "kpi": "revenue"},
    )

    frame = type_rows(table, mapping).frame

    assert list(frame["period"]) == ["quarter", "quarter"]
    assert frame["tier"].isna().all()


@pytest.mark.parametrize("entity", CONTRACTS)
def test_every_entity_can_be_typed_from_a_file_of_ours(entity):
    contract = CONTRACTS[entity]
    example_of = {
        "text": "x",
        "number": "3",
        "money": "4.5",
        "date": "2026-01-02",
        "time": "2026-01-02 10:00",
        "flag": "yes",
    }
    header = ",".join(column.name for column in contract.mapped)
    line = ",".join(example_of[column.type] for column in contract.mapped)
    table = read_table(f"{header}\n{line}\n".encode(), "x.csv")

    rows = type_rows(table, recognise(table).mapping)

    assert rows.mapping.entity == entity
    assert not rows.rejections
    assert rows.frame.drop(columns="outcome", errors="ignore").notna().all(axis=None)


@settings(deadline=None, max_examples=40)
@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(["", "1", "2", "3", "1E+10"]),
            st.sampled_from(["", "Ann"]),
            st.sampled_from(["", "Won", "Lost", "Talks"]),
            st.sampled_from(["", "5", "x", "1.234,5"]),
            st.sampled_from(["", "2026-01-01", "soon", "31/1/2026"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_every_row_is_taken_or_refused_with_a_reason(lines):
    text = "\n".join([f"{BASE},amount,created_on", *(",".join(line) for line in lines)])
    try:
        rows = typed(text)
    except EmptyFileError:
        return

    left_out = {one.row_no for one in rows.rejections if one.rule != "unreadable_left_blank"}
    taken = set(rows.frame["row_no"])
    assert not taken & left_out
    assert len(taken | left_out) == rows.rows_read
    assert len(taken) == rows.rows_read - rows.rows_rejected
    assert rows.frame["opportunity_id"].is_unique
    assert set(rows.frame["outcome"]) <= {"won", "lost", "open", "void"}
