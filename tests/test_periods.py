"""What a header or cell calls a period."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.periods import first_day, period_in, year_in


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Jan", "M01"),
        ("JANUARY 2026", "2026-01"),
        ("Jan-26", "2026-01"),
        ("26-Jan", "2026-01"),
        ("Jan’26", "2026-01"),
        ("2026-01", "2026-01"),
        ("2026/1", "2026-01"),
        ("01/2026", "2026-01"),
        ("202601", "2026-01"),
        ("2026-01-01 00:00:00", "2026-01"),
        ("1月", "M01"),
        ("１２月", "M12"),
        ("十一月", "M11"),
        ("三月份", "M03"),
        ("2026年1月", "2026-01"),
        ("26年1月", "2026-01"),
        ("2026: Jan", "2026-01"),
        ("Q1: Jan", "M01"),
        ("FY26: Apr", "2026-M04"),
        ("Q1", "Q1"),
        ("2026Q1", "2026-Q1"),
        ("Q1'26", "2026-Q1"),
        ("FY26 Q1", "2026-Q1"),
        ("1Q26", "2026-Q1"),
        ("一季度", "Q1"),
        ("第4季度", "Q4"),
        ("2026年第一季度", "2026-Q1"),
        ("2026", "2026"),
        ("FY26", "2026"),
        ("2026财年", "2026"),
        ("全年", "Y"),
        ("Full Year", "Y"),
    ],
)
def test_a_period_and_nothing_more(text, code):
    period = period_in(text)

    assert period
    assert (period.code, period.rest) == (code, "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("H1", "half"),
        ("2026年下半年", "half"),
        ("Total", "total"),
        ("全年合计", "total"),
        ("Q1 Total", "total"),
        ("累计", "total"),
    ],
)
def test_a_half_year_or_a_total(text, kind):
    period = period_in(text)

    assert period
    assert period.kind == kind


@pytest.mark.parametrize(
    "text", ["Rep", "Maybe", "Market", "Decision", "Q5", "13月", "Stage 2", ""]
)
def test_what_names_no_period(text):
    assert period_in(text) is None


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("1月目标（万元）", "目标(万元)"),
        ("Jan Actual", "actual"),
        ("销售额: 2026年1月", "销售额"),
        ("2026-01-15", "15"),
        ("2025/26", "26"),
    ],
)
def test_what_else_a_text_says_is_kept(text, rest):
    period = period_in(text)

    assert period
    assert period.rest == rest


@pytest.mark.parametrize(
    ("text", "year"),
    [("targets_2026.xlsx", 2026), ("FY26 quotas", 2026), ("2025-2026", None), ("Quotas", None)],
)
def test_a_title_speaks_of_one_year_or_of_none(text, year):
    assert year_in(text) == year


@pytest.mark.parametrize(
    ("code", "fiscal_start", "kind", "day"),
    [
        ("2026-01", -8, "month", date(2026, 1, 1)),
        ("M01", -8, "month", date(2026, 1, 1)),
        ("M04", -8, "month", date(2025, 4, 1)),
        ("M01", 4, "month", date(2027, 1, 1)),
        ("2025-M01", 4, "month", date(2026, 1, 1)),
        ("Q1", 1, "quarter", date(2026, 1, 1)),
        ("Q4", -8, "quarter", date(2026, 1, 1)),
        ("2025-Q2", 2, "quarter", date(2025, 5, 1)),
        ("2025", 7, "year", date(2025, 7, 1)),
        ("Y", -5, "year", date(2025, 7, 1)),
    ],
)
def test_where_a_period_of_2026_begins(code, fiscal_start, kind, day):
    assert first_day(code, 2026, fiscal_start) == (kind, day)


@pytest.mark.parametrize("code", ["", "M01", "Q1", "Y", "2026-Q9", "soon", "2026-"])
def test_a_code_without_a_year_or_meaning_has_no_day(code):
    assert first_day(code, None, 1) is None


@given(year=st.integers(1990, 2090), month=st.integers(1, 12), fiscal_start=st.integers(-10, 12))
def test_a_month_of_a_year_lies_within_twelve_months_of_its_beginning(year, month, fiscal_start):
    _, begins = first_day("Y", year, fiscal_start) or ("", None)
    _, day = first_day(f"M{month:02}", year, fiscal_start) or ("", None)

    assert begins
    assert day
    assert day.month == month
    assert 0 <= (day.year - begins.year) * 12 + day.month - begins.month < 12
