"""The checklist of messy exports, section Dates."""

from datetime import date, datetime

import pandas as pd
import pytest

from data.clean import TypedRows, type_rows
from data.mapping import Mapping
from data.readers import read_table
from data.recognise import recognise
from data.warehouse import Warehouse
from tests.files import BASE, deals, load, marts, refused, sheet_of, typed, zipped


def days(rows: TypedRows, column: str = "created_on") -> list[date | None]:
    return [None if pd.isna(day) else day.date() for day in rows.frame[column]]


def codes(rows: TypedRows) -> list[tuple[str, str, str]]:
    return [(one.code, one.column, one.value) for one in rows.cautions]


def numbers_in_a_workbook(*serials: str) -> bytes:
    """A sheet of deals whose dates are bare numbers, as a cell without a date format has them."""
    header = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    lines = "".join(
        f'<row><c t="inlineStr"><is><t>{n}</t></is></c><c t="inlineStr"><is><t>Ann</t></is></c>'
        f'<c t="inlineStr"><is><t>Won</t></is></c><c><v>{serial}</v></c></row>'
        for n, serial in enumerate(serials, start=1)
    )
    base = "http://schemas.openxmlformats.org"
    relation = f"{base}/officeDocument/2006/relationships"
    listed = f'<Relationships xmlns="{base}/package/2006/relationships"><Relationship Id="rId1" '
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{base}/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
            "_rels/.rels": f'{listed}Type="{relation}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
            "xl/_rels/workbook.xml.rels": f'{listed}Type="{relation}/worksheet" '
            'Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{base}/spreadsheetml/2006/main" '
            f'xmlns:r="{relation}"><sheets><sheet name="Deals" sheetId="1" r:id="rId1"/></sheets>'
            "</workbook>",
            "xl/worksheets/sheet1.xml": sheet_of(f"<row>{header}</row>{lines}"),
        }
    )


DAY_FIRST = {"created_on": "%d/%m/%Y"}
HEADER = ["opportunity_id", "owner", "stage", "created_on"]


def test_dates_that_fit_both_orders_are_asked_about():
    """Line 27: all values fit both m/d and d/m."""
    rows = deals("created_on", "3/4/2026", "5/6/2026")

    assert codes(rows) == [("date_order_ambiguous", "created_on", "%m/%d/%Y")]
    assert days(deals("created_on", "3/4/2026", date_formats=DAY_FIRST)) == [date(2026, 4, 3)]


def test_dates_that_fail_the_order_of_their_column_are_refused_and_not_reinterpreted():
    """Line 28: dd/mm and mm/dd mixed in one file."""
    rows = deals("created_on", "13/4/2026", "14/4/2026", "3/4/2026", "4/16/2026", "4/17/2026 9:00")

    assert rows.mapping.date_formats == {}
    assert codes(rows) == [("date_order_ambiguous", "created_on", "%m/%d/%Y")]

    said = deals("created_on", "13/4/2026", "3/4/2026", "4/16/2026", date_formats=DAY_FIRST)

    assert days(said) == [date(2026, 4, 13), date(2026, 4, 3)]
    assert refused(said) == [(4, "created_on", "4/16/2026", "bad_date")]


def test_the_majority_of_two_orders_decides():
    """Line 28: what the chosen order cannot read is refused, however sure the other would be."""
    rows = deals("created_on", "13/4/2026", "14/4/2026", "15/4/2026", "4/16/2026")

    assert rows.mapping.date_formats == DAY_FIRST
    assert refused(rows) == [(5, "created_on", "4/16/2026", "bad_date")]


def test_a_day_month_and_short_year_with_dashes():
    """Line 29: 20-10-16 is the twentieth of October 2016 where the column says so."""
    rows = deals("created_on", "20-10-16", "09-03-17", "27-12-16")

    assert days(rows) == [date(2016, 10, 20), date(2017, 3, 9), date(2016, 12, 27)]


def test_serial_numbers_of_a_spreadsheet_are_dates_where_the_whole_column_is_of_them():
    """Line 30: Excel serials as text."""
    rows = deals("modified_at", "45631", "45631.75")

    assert list(rows.frame["modified_at"]) == [
        datetime(2024, 12, 5),  # noqa: DTZ001
        datetime(2024, 12, 5, 18),  # noqa: DTZ001
    ]
    assert rows.mapping.date_formats == {"modified_at": "excel_serial"}


def test_a_number_among_dates_is_no_date():
    """Line 30: one serial in a column of dates is refused, and one date among serials is read."""
    assert refused(deals("created_on", "2026-03-04", "2026-03-05", "45631")) == [
        (4, "created_on", "45631", "unreadable_left_blank")
    ]
    assert days(deals("created_on", "45631", "45632", "2026-03-05")) == [
        date(2024, 12, 5),
        date(2024, 12, 6),
        date(2026, 3, 5),
    ]


def test_serial_numbers_in_cells_of_a_workbook():
    """Line 30: Excel serials in number cells."""
    table = read_table(numbers_in_a_workbook("45631", "45632"), "deals.xlsx")

    assert days(type_rows(table, recognise(table).mapping)) == [
        date(2024, 12, 5),
        date(2024, 12, 6),
    ]


def test_serial_numbers_that_count_from_1904_are_said_to():
    """Line 30: the 1904 system, by choice."""
    said = {"date_formats": {"created_on": "excel_serial_1904"}}

    assert days(deals("created_on", "44169", **said)) == [date(2024, 12, 5)]


def test_a_named_month_beside_a_year_first():
    """Line 31: ``Oct 7, 2025 6:55 PM`` beside ``2024-07-08 14:56:28`` in one export."""
    rows = deals("modified_at", "Oct 7, 2025 6:55 PM", "2024-07-08 14:56:28")

    assert list(rows.frame["modified_at"]) == [
        datetime(2025, 10, 7, 18, 55),  # noqa: DTZ001
        datetime(2024, 7, 8, 14, 56, 28),  # noqa: DTZ001
    ]


def test_chinese_dates_and_halves_of_the_day():
    """Line 32: ``2026/3/4 下午1:05``, ``2026年3月4日``."""
    rows = deals("modified_at", "2026/3/4 下午1:05", "2026年3月4日", "2026年3月4日 上午9:30:15")

    assert list(rows.frame["modified_at"]) == [
        datetime(2026, 3, 4, 13, 5),  # noqa: DTZ001
        datetime(2026, 3, 4),  # noqa: DTZ001
        datetime(2026, 3, 4, 9, 30, 15),  # noqa: DTZ001
    ]


@pytest.mark.parametrize(
    "text", ["2026-03-31T23:30:00Z", "2026-03-31 23:30:00+0000", "2026-03-31 23:30:00 UTC"]
)
def test_a_time_late_on_a_day_of_utc_is_on_the_next_day_of_the_local_zone(text):
    """Line 33: UTC stamps at 23:30 that fall on another local day and quarter."""
    there = deals("created_on", text, time_zone="Asia/Shanghai")
    unsaid = deals("created_on", text)

    assert (days(there), codes(there)) == ([date(2026, 4, 1)], [])
    assert days(unsaid) == [date(2026, 3, 31)]
    assert codes(unsaid) == [("times_with_offset", "created_on", "created_on")]


def test_milliseconds_since_1970_are_moved_to_the_zone_as_well():
    """Line 33: a number of milliseconds is a time of UTC."""
    rows = deals("created_on", "1774999800000", time_zone="Asia/Shanghai")

    assert days(rows) == [date(2026, 4, 1)]
    assert days(deals("created_on", "1774999800000")) == [date(2026, 3, 31)]


def test_a_time_without_an_offset_stays_on_its_clock():
    """Line 33: only a time that says how far it is from UTC is moved."""
    rows = deals(
        "modified_at",
        "2026-03-31 23:30:00",
        "2026-03-31T23:30:00.000+0800",
        "2026-03-31 23:30:00 -05:00",
        time_zone="Asia/Shanghai",
    )

    assert [(one.day, one.hour) for one in rows.frame["modified_at"]] == [
        (31, 23),
        (31, 23),
        (1, 12),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "0000-00-00",
        "0000-00-00 00:00:00",
        "1970-01-01",
        "1970-01-01T08:00:00",
        "1/1/1970",
        "1970年1月1日",
        "TBD",
        "待定",
        "False",
        "9999-12-31",
        "12/31/9999",
        "31.12.9999 00:00",
        "1900-01-00",
        "0",
    ],
)
def test_what_stands_for_no_date_is_none(text):
    """Line 34: ``0000-00-00``, ``1970-01-01``, ``TBD``, ``9999-12-31``."""
    rows = deals("created_on", text, "2026-03-04")

    assert days(rows) == [None, date(2026, 3, 4)]
    assert not rows.rejections


def test_dates_that_cannot_all_be_right_are_loaded_and_listed():
    """Line 35: closed before created, won in the future, overdue, created in the future."""
    warehouse = Warehouse()
    receipt = load(
        warehouse,
        f"{BASE},created_on,close_date\n"
        "backwards,Ann,Won,2026-02-01,2026-01-01\n"
        "early,Ann,Won,2026-02-01,2026-05-01\n"
        "late,Ann,Prospecting,2026-02-01,2026-03-01\n"
        "unborn,Ann,Prospecting,2026-06-01,2026-07-01\n"
        "fine,Ann,Won,2026-02-01,2026-03-01\n",
    )
    found = marts(warehouse, "quality", "quality_rows", "coverage")

    assert receipt.rows_rejected == 0
    listed = found["quality_rows"]
    listed = listed[listed["doubt"].str.startswith(("closed", "created", "overdue"))]
    assert dict(zip(listed["doubt"], listed["opportunity_id"], strict=True)) == {
        "closed_before_created": "backwards",
        "closed_in_future": "early",
        "overdue": "late",
        "created_in_future": "unborn",
    }
    counted = found["quality"].set_index("doubt")["opportunities"]
    assert set(counted[listed["doubt"]]) == {1}
    # Won in the future is open until then; created in the future is nothing until then.
    [facts] = found["coverage"].to_dict("records")
    assert (facts["opportunities"], facts["won"], facts["open"]) == (4, 2, 2)


def test_a_column_of_identical_short_numbers_is_not_taken_for_dates():
    """Line 30: numbers outside the years that a CRM can know are refused."""
    rows = typed("rep_id,name,started_on\n1,Ann,12\n2,Bob,99999\n")

    assert [rule for *_, rule in refused(rows)] == ["unreadable_left_blank"] * 2


def test_a_mapping_may_name_every_form_of_a_date():
    """Line 30: what can be chosen can also be written down."""
    mapping = Mapping.from_toml(
        b'entity = "opportunities"\n[columns]\nname = "x"\n'
        b'[date_formats]\ncreated_on = "excel_serial_1904"\n'
    )

    assert mapping.date_formats == {"created_on": "excel_serial_1904"}
