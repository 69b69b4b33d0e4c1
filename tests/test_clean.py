"""Text to typed rows: dates, numbers, outcomes, and everything that is refused."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.clean import TypedRows, type_rows
from data.contracts import CONTRACTS
from data.errors import EmptyFileError, MissingColumnsError
from data.formats import formats
from data.mapping import Mapping
from data.readers import read_table
from data.recognise import recognise

BASE = "opportunity_id,owner,stage"


def typed(text: str, **changes) -> TypedRows:
    """The rows of a file, read by the mapping it is recognised by and ``changes`` to that."""
    table = read_table(text.encode(), "upload.csv")
    mapping = recognise(table).mapping
    return type_rows(table, Mapping(**(vars(mapping) | changes)))


def deals(column: str, *values: str, **changes) -> TypedRows:
    """Opportunities with one more column."""
    lines = [f'{n},Ann,Won,"{value}"' for n, value in enumerate(values, start=1)]
    return typed("\n".join([f"{BASE},{column}", *lines]), **changes)


def days(column: str, *values: str, **changes) -> list[date | None]:
    frame = deals(column, *values, **changes).frame
    return [None if pd.isna(value) else value.date() for value in frame[column]]


def amounts(*values: str, **changes) -> list[float | None]:
    frame = deals("amount", *values, **changes).frame
    return [None if pd.isna(value) else value for value in frame["amount"]]


def refused(rows: TypedRows) -> list[tuple[int, str, str, str]]:
    return [(one.row_no, one.column, one.value, one.rule) for one in rows.rejections]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04",
        "2026-3-4",
        "2026/3/4",
        "2026.03.04",
        "20260304",
        "2026年3月4日",
        "２０２６－０３－０４",
        "2026-03-04 23:59:59",
        "2026-03-04T10:15:00.000Z",
        "2026-03-04T10:15:00.000+0800",
        "2026/3/4 下午1:05",
        "Mar 4, 2026 6:55 PM",
        "March 4, 2026",
        "4-Mar-26",
        "4 Mar 2026",
        "46085",
        "46085.75",
        "1772582400000",
    ],
)
def test_a_date_with_one_reading_is_read(text):
    assert days("created_on", text) == [date(2026, 3, 4)]


def test_a_time_keeps_its_hour_in_the_afternoon():
    times = deals(
        "modified_at", "2026-03-04 1:05 PM", "2026/3/4 下午1:05", "3/24/2026, 1:05:00 PM"
    ).frame["modified_at"]

    assert [(time.day, time.hour, time.minute) for time in times] == [
        (4, 13, 5),
        (4, 13, 5),
        (24, 13, 5),
    ]


def test_the_values_of_a_column_vote_on_the_order_of_day_and_month():
    assert days("created_on", "3/4/2026", "3/14/2026") == [date(2026, 3, 4), date(2026, 3, 14)]
    assert days("created_on", "3/4/2026", "14/3/2026") == [date(2026, 4, 3), date(2026, 3, 14)]
    assert days("created_on", "3.4.26", "14.3.26") == [date(2026, 4, 3), date(2026, 3, 14)]


def test_an_order_that_the_values_prove_is_remembered_and_a_guess_is_not():
    proved = deals("created_on", "3/4/2026", "14/3/2026")
    guessed = deals("created_on", "3/4/2026", "4/3/2026")

    assert proved.mapping.date_formats == {"created_on": "%d/%m/%Y"}
    assert not proved.cautions
    assert guessed.mapping.date_formats == {}
    assert [(one.code, one.column, one.value) for one in guessed.cautions] == [
        ("date_order_ambiguous", "created_on", "%m/%d/%Y")
    ]


def test_a_person_may_decide_on_the_order():
    said = {"date_formats": {"created_on": "%d/%m/%Y"}}

    assert days("created_on", "3/4/2026", **said) == [date(2026, 4, 3)]
    assert not deals("created_on", "3/4/2026", **said).cautions


def test_a_date_that_does_not_fit_the_order_of_its_column_is_refused_and_not_turned_round():
    rows = deals("created_on", "3/4/2026", "3/14/2026", "3/24/2026", "24/3/2026")

    assert list(rows.frame["opportunity_id"]) == ["1", "2", "3"]
    assert refused(rows) == [(5, "created_on", "24/3/2026", "bad_date")]


def test_short_years_are_read_the_way_that_sees_fewer_years():
    behind = deals("created_on", *(f"{day}-10-16" for day in range(10, 28)))
    ahead = deals("created_on", *(f"16-10-{day}" for day in range(10, 28)))

    assert {value.year for value in behind.frame["created_on"]} == {2016}
    assert {value.year for value in ahead.frame["created_on"]} == {2016}
    assert [one.code for one in ahead.cautions] == ["date_order_ambiguous"]


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "0012-01-01", "2200-01-01", "13/13/2026"])
def test_a_date_that_cannot_be_read_leaves_the_row_out(text):
    rows = deals("created_on", text, "2026-03-04")

    assert refused(rows) == [(2, "created_on", text, "bad_date")]
    assert list(rows.frame["opportunity_id"]) == ["2"]
    assert (rows.rows_read, rows.rows_rejected) == (2, 1)


@pytest.mark.parametrize("text", ["", "-", "N/A", "TBD", "0000-00-00", "无", " \u00a0 "])
def test_what_says_that_there_is_no_value_is_blank_where_dates_and_numbers_stand(text):
    assert days("created_on", text, "2026-03-04") == [None, date(2026, 3, 4)]
    assert amounts(text, "1") == [None, 1]


def test_text_is_kept_as_it_is():
    rows = typed(f"{BASE},next_step\n0012,NA,Won,null\n0013,None,Won, — \n")

    assert list(rows.frame["opportunity_id"]) == ["0012", "0013"]
    assert list(rows.frame["owner"]) == ["NA", "None"]
    assert list(rows.frame["next_step"]) == ["null", "—"]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1200", 1200),
        ("1,234.50", 1234.5),
        ("1 234.50", 1234.5),
        ("1\u202f234\u00a0567.50", 1234567.5),
        ("1’234.50", 1234.5),
        ("12,34,567.00", 1234567),
        ("¥12.5万", 125000),
        ("1.2亿", 120000000),
        ("45k", 45000),
        ("$1.2M", 1200000),
        ("(1,200.00)", -1200),
        ("-1200", -1200),
        ("1200-", -1200),
        ("USD 45,000", 45000),
        ("45,000 EUR", 45000),
        ("3000元", 3000),
        ("１，２００", 1200),
        (".5", 0.5),
        ("0", 0),
        ("-0.00", 0),
    ],
)
def test_an_amount_is_read_with_its_currency_sign_and_suffix(text, amount):
    assert amounts(text) == [amount]


def test_the_values_of_a_column_vote_on_the_decimal_mark():
    assert amounts("1.234", "1.234,50") == [1234, 1234.5]
    assert amounts("1.234", "1,234.50") == [1.23, 1234.5]
    assert amounts("1,234", "0,5", "0,25") == [1.23, 0.5, 0.25]


def test_a_point_before_three_digits_alone_is_open_and_can_be_decided():
    rows = deals("amount", "1.234", "12.500")

    assert [(one.code, one.column, one.value) for one in rows.cautions] == [
        ("decimal_mark_ambiguous", "amount", ".")
    ]
    assert amounts("1.234", "12.500", decimals={"amount": ","}) == [1234, 12500]
    assert not deals("amount", "1,234", "500").cautions


def test_where_semicolons_divide_cells_commas_divide_numbers():
    rows = typed("opportunity_id;owner;stage;amount\n1;Ann;Won;1,234\n2;Bob;Won;2.500\n")

    assert list(rows.frame["amount"]) == [1.23, 2500]


@pytest.mark.parametrize("text", ["plenty", "12-34", "1,23,4.5.6", "50%", "1e3"])
def test_an_amount_that_cannot_be_read_leaves_the_row_out(text):
    rows = deals("amount", text, "5")

    assert refused(rows) == [(2, "amount", text, "bad_number")]


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


@pytest.mark.parametrize(
    ("extra", "value", "outcome"),
    [
        ("status", "lost", "lost"),
        ("status", "赢单", "won"),
        ("status", "invalid?", "won"),
        ("is_won,is_closed", "false,true", "lost"),
        ("is_won,is_closed", "false,false", "open"),
        ("is_won,is_closed", "1,1", "won"),
        ("is_closed", "no", "open"),
        ("is_closed", "yes", "won"),
        ("is_won", "false", "won"),
        ("status,is_won", "lost,true", "lost"),
    ],
)
def test_status_goes_before_flags_and_flags_before_the_stage(extra, value, outcome):
    rows = typed(f"{BASE},{extra}\n1,Ann,Closed Won,{value}\n")

    assert rows.frame["outcome"][0] == outcome


def test_a_stage_nobody_knows_is_open_and_listed_and_never_guessed_at():
    rows = typed(f"{BASE}\n1,Ann,Closed Won\n2,Ann,Follow On Call\n3,Ann,closed  won\n4,Ann,无效\n")

    assert list(rows.frame["outcome"]) == ["won", "open", "won", "void"]
    assert [(use.stage, use.count, use.outcome, use.known) for use in rows.stages] == [
        ("Closed Won", 1, "won", True),
        ("Follow On Call", 1, "open", False),
        ("closed  won", 1, "won", True),
        ("无效", 1, "void", True),
    ]


def test_what_a_person_says_of_a_stage_goes_before_the_format():
    rows = typed(f"{BASE}\n1,Ann,Won\n2,Ann,Ghosted\n", stages={"ghosted": "lost", "Won": "open"})

    assert list(rows.frame["outcome"]) == ["open", "lost"]
    assert all(use.by_stage for use in rows.stages)


def test_a_stage_beside_a_status_says_that_the_status_decided():
    [use] = typed(f"{BASE},status\n1,Ann,Proposal,Lost\n").stages

    assert (use.stage, use.status, use.outcome, use.by_stage) == ("Proposal", "Lost", "lost", False)


def test_a_record_that_the_crm_has_taken_out_is_void():
    rows = typed(
        "唯一性ID（必填）,负责人（必填）,商机阶段（必填）,阶段状态,生命状态\n"
        "a,张伟,谈判审核,赢单,作废\nb,李娜,谈判审核,赢单,正常\n"
    )

    assert list(rows.frame["outcome"]) == ["void", "won"]


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


STYLES = ["%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%b %d, %Y", "%d-%b-%Y", "%Y年%m月%d日"]


@settings(deadline=None, max_examples=40)
@given(
    written=st.lists(
        st.integers(0, 20_000).map(lambda n: date(1990, 1, 1) + timedelta(days=n)),
        min_size=1,
        max_size=6,
    ),
    style=st.sampled_from(STYLES),
)
@example(written=[date(2024, 2, 29)], style="%d.%m.%Y")
def test_dates_in_one_style_come_back_once_the_order_is_said(written, style):
    order = {"%d.%m.%Y": "%d/%m/%Y", "%m/%d/%Y": "%m/%d/%Y"}.get(style)
    said = {"created_on": order} if order else {}

    values = [day.strftime(style) for day in written]

    assert days("created_on", *values, date_formats=said) == written


@settings(deadline=None, max_examples=40)
@given(
    cents=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=6),
    mark=st.sampled_from([".", ","]),
)
def test_amounts_come_back_in_either_decimal_mark(cents, mark):
    values = [f"{cent / 100:,.2f}" for cent in cents]
    if mark == ",":
        values = [value.translate(str.maketrans(",.", ".,")) for value in values]

    assert amounts(*values) == [cent / 100 for cent in cents]


@settings(deadline=None, max_examples=40)
@given(
    lines=st.lists(
        st.tuples(
            st.sampled_from(["", "1", "2", "3", "1E+10"]),
            st.sampled_from(["", "Ann"]),
            st.sampled_from(["", "Won", "Lost", "Talks"]),
            st.sampled_from(["", "5", "x", "1.234,5"]),
            st.sampled_from(["", "2026-01-01", "soon"]),
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

    left_out = {one.row_no for one in rows.rejections}
    taken = set(rows.frame["row_no"])
    assert not taken & left_out
    assert len(taken | left_out) == rows.rows_read
    assert len(taken) == rows.rows_read - rows.rows_rejected
    assert rows.frame["opportunity_id"].is_unique
    assert set(rows.frame["outcome"]) <= {"won", "lost", "open", "void"}


def test_the_default_order_of_a_format_is_one_that_there_is():
    assert {format_.date_order for format_ in formats().values()} <= {"%m/%d/%Y", "%d/%m/%Y"}


def test_times_are_exact():
    [time] = deals("modified_at", "2026-01-02T03:04:05.678Z").frame["modified_at"]

    assert time == datetime(2026, 1, 2, 3, 4, 5, 678_000)  # noqa: DTZ001
