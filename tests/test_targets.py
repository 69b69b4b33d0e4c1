"""Tables of targets as people keep them, to one row a target."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.mapping import Mapping
from data.readers import SourceTable, read_table
from data.targets import (
    HEADER,
    long_form,
    needs_year,
    periods_across,
    proposal,
    stated_year,
)

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def table(*lines: str, file: str = "targets 2026.csv") -> SourceTable:
    return read_table("\n".join(lines).encode(), file)


def long(source: SourceTable, **changes) -> list[dict[str, str]]:
    found = proposal(source)
    assert found
    result, mapping = long_form(source, Mapping(**(vars(found.mapping) | changes)))
    assert {*mapping.columns.values()} < {*result.header}
    return [dict(zip(result.header, cells, strict=True)) for cells in result.rows]


def test_only_periods_with_a_measure_or_a_word_for_target_count():
    across = periods_across(
        [
            "Rep",
            "Jan",
            "1月目标",
            "Q1 Quota ($k)",
            "销售额: 2月",
            "1月实际",
            "Mar Actual",
            "H1",
            "Total",
        ]
    )

    assert across.periods == {
        "Jan": "M01",
        "1月目标": "M01",
        "Q1 Quota ($k)": "Q1",
        "销售额: 2月": "M02",
    }
    assert (across.totals, across.halves) == (("Total",), ("H1",))


def test_two_columns_of_periods_are_too_few():
    assert proposal(table("Rep,Q1,Q2", "Ann,1,2")) is None


def test_the_year_stands_in_a_title_the_sheet_or_the_name_of_the_file():
    titled = table("FY27 plan,,,", "Rep,Jan,Feb,Mar", "A,1,2,3", "B,1,2,3", "C,1,2,3")

    assert stated_year(titled) == "2027"
    assert stated_year(table("Rep,Jan,Feb,Mar", "A,1,2,3")) == "2026"
    assert stated_year(table("Rep,Jan,Feb,Mar", "A,1,2,3", file="2025-2026.csv")) == ""


def test_a_column_of_years_is_no_period():
    found = proposal(table("Rep,Year,Jan,Feb,Mar", "Ann,2025,1,2,3", "Ann,2026,4,5,6"))

    assert found
    assert (found.mapping.year, found.mapping.columns["unit"]) == ("Year", "Rep")
    assert not needs_year(found.mapping)
    assert [row["period_start"] for row in long(table("Rep,Year,Jan,Feb,Mar", "A,2025,1,2,3"))] == [
        "2025-01-01",
        "2025-02-01",
        "2025-03-01",
    ]


def test_every_amount_knows_its_line_and_header():
    source = table("Rep,Jan,Feb,Mar", "", "Ann,1,,3", "Bob,,2,")
    found = proposal(source)
    assert found

    result, _ = long_form(source, found.mapping)

    at = result.header.index(HEADER)
    assert [
        (number, row[at]) for number, row in zip(result.row_numbers, result.rows, strict=True)
    ] == [(3, "Jan"), (3, "Mar"), (4, "Feb")]


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("12.5", "12.5万"),
        ("¥12.5", "¥12.5万"),
        ("(1,200)", "(1,200万)"),
        ("12 USD", "12万 USD"),
        ("12元", "12万元"),
        ("12万", "12万"),
        ("12k", "12k"),
        ("3亿元", "3亿元"),
        ("much", "much"),
        ("x9", "x9"),
        ("50%", "50%"),
        ("1e3", "1e3"),
    ],
)
def test_a_number_gets_the_unit_of_its_header_unless_it_has_one(cell, kept):
    rows = long(table("Rep,Jan（万元）,Feb,Mar", f'Ann,"{cell}",2,3'))

    assert rows[0]["amount"] == kept
    assert rows[1]["amount"] == "2"


def test_the_unit_of_a_title_is_that_of_money_and_not_of_what_is_counted():
    title, header = "2026（单位：万元）,,,,", "姓名,指标,1月,2月,3月"
    source = table(title, header, "甲,业绩,1,2,3", "甲,新客户数,4,5,6", "甲,通话数,7,8,9")

    assert [row["amount"] for row in long(source)[::3]] == ["1万", "4", "7"]
    assert long(source, scales={"amount": 1e3})[0]["amount"] == "1"


def test_the_unit_of_a_title_holds_for_a_long_table_too():
    source = table("单位：万元,,", "rep,start,target", "Ann,2026-04-01,5", "Bob,2026-04-01,6")
    mapping = Mapping(
        "generic", "targets", {"unit": "rep", "period_start": "start", "amount": "target"}
    )

    result, _ = long_form(source, mapping)

    assert [row[result.header.index("amount")] for row in result.rows] == ["5万", "6万"]


def test_words_for_measures_tiers_and_units_are_those_of_the_contract():
    rows = long(
        table("团队,考核指标,档位,1月,2月,3月", "华东,签约额,冲刺,1,2,3", "华南,通话数,保底,1,2,3")
    )

    assert [(row["kpi"], row["tier"]) for row in rows[::3]] == [
        ("revenue", "stretch"),
        ("通话数", "base"),
    ]


def test_a_date_down_the_rows_is_left_to_be_read_as_one():
    source = table("rep,start,target", "Ann,2026-04-01,5", "Bob,4/1/2026,5")
    mapping = Mapping(
        "generic",
        "targets",
        {"unit": "rep", "period_start": "start", "amount": "target"},
        {"unit_kind": "销售", "period": "季度", "kpi": "业绩"},
    )

    result, read_by = long_form(source, mapping)

    at = result.header.index("period_start")
    assert [row[at] for row in result.rows] == ["2026-04-01", "4/1/2026"]
    assert read_by.constants == {"unit_kind": "rep", "period": "quarter"}
    assert result.rows[0][result.header.index("kpi")] == "revenue"


def test_a_date_alone_does_not_say_what_kind_of_period_it_begins():
    columns = {"unit": "rep", "period_start": "start", "amount": "target"}

    result, _ = long_form(
        table("rep,start,target", "Ann,2026-04-01,5"), Mapping("generic", "targets", columns)
    )

    [row] = (dict(zip(result.header, cells, strict=True)) for cells in result.rows)
    assert (row["period"], row["period_start"]) == ("", "2026-04-01")


def test_a_stated_kind_of_period_goes_before_the_one_its_name_suggests():
    source = table("rep,kind,start,target", "Ann,季度,2026-04,5")
    columns = {"unit": "rep", "period": "kind", "period_start": "start", "amount": "target"}

    result, _ = long_form(source, Mapping("generic", "targets", columns))

    [row] = (dict(zip(result.header, cells, strict=True)) for cells in result.rows)
    assert (row["period"], row["period_start"]) == ("quarter", "2026-04-01")


def test_what_names_no_period_stays_as_it_is():
    source = table("rep,when,target", "Ann,soon,5", "Bob,1月,5", file="a.csv")
    columns = {"unit": "rep", "period": "when", "period_start": "when", "amount": "target"}

    result, _ = long_form(source, Mapping("generic", "targets", columns))

    at = result.header.index("period_start")
    assert [row[at] for row in result.rows] == ["soon", "1月"]


amounts = st.one_of(st.none(), st.integers(0, 10**9))


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.lists(amounts, min_size=12, max_size=12), min_size=1, max_size=5),
    totals=st.lists(
        st.sampled_from(["Total", "合计", "Q1 Total", "YTD", "Grand Total"]), unique=True
    ),
    fiscal_start=st.integers(-10, 12),
)
def test_no_month_is_lost_and_no_total_is_counted(rows, totals, fiscal_start):
    header = ",".join(["Rep", *MONTHS, *totals])
    lines = [
        ",".join(
            [
                f"rep {n}",
                *("" if cell is None else str(cell) for cell in cells),
                *(str(sum(filter(None, cells))) for _ in totals),
            ]
        )
        for n, cells in enumerate(rows)
    ]

    found = long(table(header, *lines), fiscal_start=fiscal_start)

    cells = [cell for row in rows for cell in row if cell is not None]
    assert sum(int(row["amount"]) for row in found) == sum(cells)
    assert len(found) == len(cells)
    # Twelve months that follow on each other, each where its name says.
    days = {date.fromisoformat(row["period_start"]) for row in found}
    assert all(MONTHS[day.month - 1] in {row[HEADER] for row in found} for day in days)
    assert not days or (max(days) - min(days)).days <= 337
