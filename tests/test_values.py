"""Dates and numbers: what a column of text is read as, by the vote of its values."""

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.files import deals, refused, typed


def days(column: str, *values: str, **changes) -> list[date | None]:
    frame = deals(column, *values, **changes).frame
    return [None if pd.isna(value) else value.date() for value in frame[column]]


def amounts(*values: str, **changes) -> list[float | None]:
    frame = deals("amount", *values, **changes).frame
    return [None if pd.isna(value) else value for value in frame["amount"]]


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
    assert days("created_on", "3-4-2026", "14-3-2026") == [date(2026, 4, 3), date(2026, 3, 14)]
    assert days("created_on", "3-4-2026", "3-14-2026") == [date(2026, 3, 4), date(2026, 3, 14)]
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
    assert ahead.cautions[0].code == "date_order_ambiguous"


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "0012-01-01", "2200-01-01"])
def test_a_date_that_says_nothing_is_left_blank(text):
    rows = deals("created_on", text, "2026-03-04")

    assert refused(rows) == [(2, "created_on", text, "unreadable_left_blank")]
    assert list(rows.frame["opportunity_id"]) == ["1", "2"]
    assert (rows.rows_read, rows.rows_rejected) == (2, 0)


@pytest.mark.parametrize("text", ["", "-", "N/A", "TBD", "null", "None", "False", "无", " \u00a0 "])
def test_what_says_that_there_is_no_value_is_blank_where_dates_and_numbers_stand(text):
    assert days("created_on", text, "2026-03-04") == [None, date(2026, 3, 4)]
    assert amounts(text, "1") == [None, 1]


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


def test_a_decimal_mark_that_the_values_prove_is_remembered():
    assert deals("amount", "1.234,50").mapping.decimals == {"amount": ","}
    assert deals("amount", "1234").mapping.decimals == {}


def test_where_semicolons_divide_cells_commas_divide_numbers():
    rows = typed("opportunity_id;owner;stage;amount\n1;Ann;Won;1,234\n2;Bob;Won;2.500\n")

    assert list(rows.frame["amount"]) == [1.23, 2500]


@pytest.mark.parametrize("text", ["plenty", "12-34", "1,23,4.5.6", "50%", "1e3"])
def test_an_amount_that_cannot_be_read_is_left_blank(text):
    rows = deals("amount", text, "5")

    assert refused(rows) == [(2, "amount", text, "unreadable_left_blank")]


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


def test_times_are_exact():
    [time] = deals("modified_at", "2026-01-02T03:04:05.678Z").frame["modified_at"]

    assert time == datetime(2026, 1, 2, 3, 4, 5, 678_000)  # noqa: DTZ001
