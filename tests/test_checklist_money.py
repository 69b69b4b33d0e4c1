"""The checklist of messy exports, section Money."""

import pandas as pd
import pytest

from data.clean import TypedRows
from data.values import unit_of
from data.warehouse import Warehouse
from tests.files import BASE, deals, load, marts, refused, typed


def amounts(*values: str, **changes) -> list[float | None]:
    frame = deals("amount", *values, **changes).frame
    return [None if pd.isna(value) else value for value in frame["amount"]]


def codes(rows: TypedRows) -> list[tuple[str, str, str]]:
    return [(one.code, one.column, one.value) for one in rows.cautions]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,234.50", 1234.5),
        ("1.234,50", 1234.5),
        ("1 234,50", 1234.5),
        ("1\u00a0234,50", 1234.5),
        ("1\u202f234,50", 1234.5),
        ("1’234.50", 1234.5),
        ("1'234.50", 1234.5),
        ("12,34,567.00", 1234567),
        ("1.234.567", 1234567),
        ("€ 1.234,50", 1234.5),
    ],
)
def test_every_way_of_grouping_is_read(text, amount):
    """Line 36: commas, points, blanks of every width, apostrophes, Indian grouping."""
    assert amounts(text) == [amount]


def test_a_point_before_three_digits_goes_by_the_vote_of_its_column_or_is_asked_about():
    """Line 36: ``1.234`` alone."""
    assert amounts("1.234", "5,50") == [1234, 5.5]
    assert amounts("1.234", "5.50") == [1.23, 5.5]
    assert codes(deals("amount", "1.234")) == [("decimal_mark_ambiguous", "amount", ".")]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("¥12.5万", 125_000),
        ("￥12.5 万元", 125_000),
        ("1.2亿", 120_000_000),
        ("300百万", 300_000_000),
        ("45k", 45_000),
        ("45K USD", 45_000),
        ("1.2M", 1_200_000),
        ("$1.2mm", 1_200_000),
        ("€2bn", 2_000_000_000),
        ("(1,200.00)", -1200),
        ("($1,200.00)", -1200),
        ("$(1,200.00)", -1200),
        ("1200-", -1200),
        ("-$1,200", -1200),
        ("−1200", -1200),
        ("+1200", 1200),
        ("USD 45,000", 45_000),
        ("HK$45,000", 45_000),
        ("１，２００", 1200),
        ("人民币", None),
    ],
)
def test_units_signs_and_brackets_are_read(text, amount):
    """Line 37: 万 亿 k M bn, brackets, minus behind, currency codes, full width."""
    assert amounts(text) == [amount]


def test_several_currencies_are_not_summed():
    """Line 38: several currencies without rates stay apart."""
    warehouse = Warehouse()
    load(
        warehouse,
        f"{BASE},amount,currency,created_on,closed_on\n"
        "1,Ann,Won,100,EUR,2026-01-01,2026-02-01\n"
        "2,Ann,Won,200,EUR,2026-01-01,2026-02-01\n"
        "3,Ann,Won,5000,JPY,2026-01-01,2026-02-01\n",
    )
    found = marts(warehouse, "rep_results", "quality")

    assert list(found["rep_results"]["won_amount"]) == [300]
    assert ("other_currency", 1) in found["quality"].itertuples(index=False, name=None)


def test_a_column_of_currencies_beside_the_amounts_is_taken():
    """Line 39: the currency before each amount; a converted amount only by choice."""
    rows = typed(
        "Opportunity ID,Opportunity Name,Opportunity Owner,Stage,Amount Currency,Amount,"
        "Amount (converted) Currency,Amount (converted),Fiscal Period\n"
        "006xx000003GYkJ,A,Ann,Closed Won,EUR,100,USD,108,Q1-2026\n"
        "006xx000003GYkK,B,Ann,Closed Won,GBP,100,USD,127,Q1-2026\n"
    )

    assert list(rows.frame["currency"]) == ["EUR", "GBP"]
    assert list(rows.frame["amount"]) == [100, 100]


def test_a_currency_within_the_cells_of_an_amount_is_kept_where_no_column_has_it():
    """Line 39: ``USD 45,000`` beside ``45.000 €`` is two currencies."""
    rows = deals("amount", "USD 45,000", "45,000 €", "¥12万", "7")

    assert list(rows.frame["currency"].fillna("")) == ["USD", "EUR", "CNY", ""]
    assert codes(rows) == [("currency_from_cells", "amount", "CNY, EUR, USD")]


def test_a_mapped_currency_goes_before_the_sign_in_the_cell():
    """Line 39: the column of currencies decides."""
    rows = typed(f"{BASE},amount,currency\n1,Ann,Won,$5,CAD\n")

    assert list(rows.frame["currency"]) == ["CAD"]
    assert not rows.cautions


def test_placeholders_and_huge_deals_are_listed():
    """Line 40: $0, $1 and mega deals distort averages."""
    warehouse = Warehouse()
    ordinary = [f"{n},Ann,Won,100,2026-01-01,2026-02-01" for n in range(20)]
    odd = [
        "none,Ann,Won,0,2026-01-01,2026-02-01",
        "one,Ann,Won,$1,2026-01-01,2026-02-01",
        "mega,Ann,Won,99999,2026-01-01,2026-02-01",
        "lost,Ann,Lost,0,2026-01-01,2026-02-01",
    ]
    load(warehouse, "\n".join([f"{BASE},amount,created_on,closed_on", *ordinary, *odd]))
    found = marts(warehouse, "quality_rows")["quality_rows"]
    found = found[
        found["doubt"].str.endswith("_amount") & (found["doubt"] != "open_without_amount")
    ]

    assert list(zip(found["doubt"], found["opportunity_id"], strict=True)) == [
        ("huge_amount", "mega"),
        ("placeholder_amount", "none"),
        ("placeholder_amount", "one"),
    ]


def test_a_negative_amount_is_loaded_and_listed():
    """Line 41: negative amounts."""
    warehouse = Warehouse()
    load(
        warehouse,
        f"{BASE},amount,created_on,closed_on\n1,Ann,Won,-50,2026-01-01,2026-02-01\n"
        "2,Ann,Won,80,2026-01-01,2026-02-01\n",
    )
    found = marts(warehouse, "rep_results", "quality")

    assert list(found["rep_results"]["won_amount"]) == [30]
    assert ("negative_amount", 1) in found["quality"].itertuples(index=False, name=None)


def test_a_percentage_is_no_amount():
    """Line 41: ``50%`` is not fifty; ``0.5`` and ``50`` are what they say."""
    rows = deals("amount", "50%", "０.5", "50")

    assert refused(rows) == [(2, "amount", "50%", "unreadable_left_blank")]
    assert list(rows.frame["amount"])[1:] == [0.5, 50]


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("金额（万元）", 1e4),
        ("金额（亿元）", 1e8),
        ("金额(百万)", 1e6),
        ("金额【千元】", 1e3),
        ("金额（元）", 1),
        ("Amount (k€)", 1e3),
        ("Amount (USD k)", 1e3),
        ("Amount [$M]", 1e6),
        ("Amount (in thousands)", 1e3),
        ("Quota (in USD millions)", 1e6),
        ("Amount (EUR)", 1),
        ("单位：万元", 1e4),
        ("Amount", None),
        ("Amount (converted)", None),
        ("Amount (2)", None),
        ("Amount (old)", None),
        ("负责人（必填）", None),
    ],
)
def test_a_header_may_say_what_its_numbers_are_counted_in(header, unit):
    """Line 37: 万 in the header."""
    assert unit_of(header) == unit


def test_a_scaled_column_spares_the_cells_that_have_a_unit_of_their_own():
    """Line 37: ``12.5`` under 万元 is 125,000, and so is ``12.5万``."""
    values = ("12.5", "12.5万", "1,200", "(3)", "45k")

    assert amounts(*values, scales={"amount": 1e4}) == [125_000, 125_000, 12e6, -30_000, 45_000]
