"""The checklist of messy exports, section Targets: line 66, a test for each thing it names."""

from typing import Any

import pytest

from data.clean import TypedRows, type_rows
from data.mapping import Mapping
from data.readers import read_table
from data.recognise import SURE, Recognition, recognise
from data.warehouse import Warehouse
from tests.files import SAMPLES, load, marts, refused

MONTHS = "Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec"
IN_2026 = "quotas 2026.csv"
LONG: dict[str, Any] = {
    "entity": "targets",
    "format": "generic",
    "constants": {"unit_kind": "rep", "kpi": "revenue", "tier": "base"},
}


def taken_for(text: str, file: str = IN_2026) -> Recognition:
    return recognise(read_table(text.encode(), file))


def targets(text: str, file: str = IN_2026, **changes) -> TypedRows:
    table = read_table(text.encode(), file)
    mapping = recognise(table).mapping
    return type_rows(table, Mapping(**(vars(mapping) | changes)))


def facts(rows: TypedRows, *columns: str) -> list[tuple]:
    frame = rows.frame.assign(period_start=rows.frame["period_start"].dt.strftime("%Y-%m-%d"))
    columns = columns or ("unit", "period", "period_start", "amount")
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_a_long_table_has_a_row_for_each_rep_and_month():
    """Line 66: long (rep, month, amount)."""
    rows = targets(
        "Rep,Period Start,Target,Unit Kind,Period,KPI\nAnn,2026-01-01,100,rep,month,revenue\n"
    )

    assert facts(rows) == [("Ann", "month", "2026-01-01", 100)]


@pytest.mark.parametrize(
    ("written", "period", "start"),
    [
        ("2026年1月", "month", "2026-01-01"),
        ("Jan 2026", "month", "2026-01-01"),
        ("2026年第二季度", "quarter", "2026-04-01"),
        ("FY26 Q2", "quarter", "2026-04-01"),
        ("2026", "year", "2026-01-01"),
    ],
)
def test_a_long_table_may_name_its_periods_in_words(written, period, start):
    """Line 66: long, with the period as people write it."""
    rows = targets(
        f"负责人,月份,目标\n张三,{written},5万\n",
        **LONG
        | {
            "columns": {
                "unit": "负责人",
                "period": "月份",
                "period_start": "月份",
                "amount": "目标",
            }
        },
    )

    assert facts(rows) == [("张三", period, start, 50_000)]


def test_a_long_table_may_have_its_year_in_a_column_of_its_own():
    """Line 66: long, month and year apart."""
    rows = targets(
        "负责人,年份,月份,目标\n张三,2025,12月,5\n张三,2026,1月,6\n",
        **LONG
        | {
            "columns": {
                "unit": "负责人",
                "period": "月份",
                "period_start": "月份",
                "amount": "目标",
            },
            "year": "年份",
        },
    )

    assert facts(rows) == [
        ("张三", "month", "2025-12-01", 5),
        ("张三", "month", "2026-01-01", 6),
    ]


def test_months_may_stand_across():
    """Line 66: wide (rep, Jan … Dec), the year from the name of the file."""
    found = taken_for(f"Rep,{MONTHS}\nAnn,{','.join(map(str, range(1, 13)))}\n", "Quotas 2026.csv")
    rows = targets(f"Rep,{MONTHS}\nAnn,{','.join(map(str, range(1, 13)))}\n")

    assert found.entity == "targets"
    assert facts(rows) == [("Ann", "month", f"2026-{month:02}-01", month) for month in range(1, 13)]
    assert facts(rows, "unit_kind", "kpi", "tier")[0] == ("rep", "revenue", "base")


def test_quarters_may_stand_across():
    """Line 66: wide, Q1 to Q4."""
    rows = targets("Sales Rep,Q1 2026,Q2 2026,Q3 2026,Q4 2026\nAnn,1,2,3,4\n", "goals.csv")

    assert [row[1:3] for row in facts(rows)] == [
        ("quarter", "2026-01-01"),
        ("quarter", "2026-04-01"),
        ("quarter", "2026-07-01"),
        ("quarter", "2026-10-01"),
    ]


def test_chinese_quarters_and_the_whole_year_may_stand_across():
    """Line 66: wide, 一季度; the year from the title."""
    rows = targets(
        "2026年销售目标,,,,,\n姓名,一季度,二季度,第三季度,四季度,全年\n张三,1,2,3,4,10\n李四,1,2,3,4,10\n王五,1,2,3,4,10\n",
        "a.csv",
    )

    assert [row[1:] for row in facts(rows)][:5] == [
        ("quarter", "2026-01-01", 1),
        ("quarter", "2026-04-01", 2),
        ("quarter", "2026-07-01", 3),
        ("quarter", "2026-10-01", 4),
        ("year", "2026-01-01", 10),
    ]


def test_a_column_of_totals_is_never_a_target():
    """Line 66: a Total column that must not be added."""
    text = "Rep,Jan,Feb,Mar,Total,Q1 Total,合计\nAnn,1,2,3,6,6,6\nBob,1,,3,4,4,4\n"
    warehouse = Warehouse()
    load(warehouse, text, file=IN_2026)
    found = marts(warehouse, "goal_targets")["goal_targets"]

    with warehouse.cursor() as db:
        [[total]] = db.execute("select sum(amount) from raw_targets").fetchall()
    assert total == 10
    assert found["amount"].sum() == 10


def test_a_half_year_is_left_out_and_said_to_be():
    """Line 66: H1 and 上半年 are no periods of targets."""
    found = taken_for("Rep,Q1,Q2,H1,Q3,Q4\nAnn,1,2,3,4,5\n")

    assert [(one.code, one.value) for one in found.cautions] == [("halves_left_out", "H1")]
    assert "H1" not in found.mapping.across


def test_without_a_year_anywhere_somebody_is_asked():
    """Line 66: months without a year."""
    text = f"Rep,{MONTHS}\nAnn,{','.join('1' * 12)}\n"

    assert [one.code for one in taken_for(text, "quotas.csv").cautions] == ["year_unknown"]
    assert facts(targets(text, "quotas.csv", year="2027"))[0] == ("Ann", "month", "2027-01-01", 1)


def test_a_fiscal_year_may_begin_in_any_month():
    """Line 66: fiscal year not January."""
    text = "Rep,FY26 Q1,FY26 Q2,FY26 Q3,FY26 Q4,FY26\nAnn,1,2,3,4,10\n"

    ended = facts(targets(text, fiscal_start=-8))
    named_after_its_beginning = facts(targets(text, fiscal_start=4))

    assert [row[2] for row in ended] == [
        "2025-04-01",
        "2025-07-01",
        "2025-10-01",
        "2026-01-01",
        "2025-04-01",
    ]
    assert named_after_its_beginning[3][2] == "2027-01-01"
    assert "fiscal_year_guessed" in {one.code for one in taken_for(text).cautions}


def test_months_in_the_order_of_a_fiscal_year_fall_into_two_years():
    """Line 66: fiscal year not January, months without a year."""
    months = "Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec,Jan,Feb,Mar"
    text = f"Rep,{months}\nAnn,{','.join(map(str, range(1, 13)))}\n"

    starts = [row[2] for row in facts(targets(text))]

    assert (starts[0], starts[8], starts[9], starts[-1]) == (
        "2025-04-01",
        "2025-12-01",
        "2026-01-01",
        "2026-03-01",
    )
    assert {one.code for one in taken_for(text).cautions} == {"fiscal_year_guessed"}


@pytest.mark.parametrize(
    ("header", "kind"),
    [("Team", "team"), ("团队", "team"), ("Region", "region"), ("大区", "region"), ("Rep", "rep")],
)
def test_targets_may_be_of_a_team_or_region(header, kind):
    """Line 66: per team as well as per rep."""
    rows = targets(f"{header},Jan,Feb,Mar\nNorth,1,2,3\n")

    assert facts(rows, "unit_kind", "unit")[0] == (kind, "North")


def test_a_rep_beside_a_team_is_whose_target_it_is():
    """Line 66: per team as well as per rep; the team beside a rep is where the rep belongs."""
    rows = targets("Team,Rep,Jan,Feb,Mar\nNorth,Ann,1,2,3\n")

    assert facts(rows, "unit_kind", "unit")[0] == ("rep", "Ann")


def test_whose_targets_they_are_may_be_asked():
    """Line 66: neither a header nor a title says whether they are of teams."""
    found = taken_for("Who,Jan,Feb,Mar\nNorth,1,2,3\nSouth,1,2,3\nEast,1,2,3\n")

    assert [one.code for one in found.cautions] == ["unit_kind_guessed"]
    assert facts(
        targets("各团队目标,,,\n单位,1月,2月,3月\n华北,1,2,3\n华南,1,2,3\n华东,1,2,3\n"),
        "unit_kind",
    )[0] == ("team",)


def test_targets_may_be_of_the_whole_company():
    """Line 66: a table without a person or team."""
    rows = targets("Jan,Feb,Mar,Apr\n10,20,30,40\n")

    assert facts(rows, "unit_kind", "unit", "amount")[0] == ("company", "company", 10)


@pytest.mark.parametrize(
    "text",
    [
        "2026年目标（单位：万元）,,,\n销售,1月,2月,3月\n张三,12.5,1,2\n李四,1,1,1\n王五,1,1,1\n",
        "销售,1月（万元）,2月（万元）,3月（万元）\n张三,12.5,1,2\n",
        "销售,1月,2月,3月\n张三,12.5万,1,2\n",
        "Rep,Jan (k€),Feb (k€),Mar (k€)\nAnn,125,1,2\n",
        "Quotas (in thousands),,,\nRep,Jan,Feb,Mar\nAnn,125,1,2\nBob,1,1,1\nCid,1,1,1\n",
    ],
)
def test_targets_may_be_counted_in_ten_thousands(text):
    """Line 66: targets in 万, by title, header or cell."""
    assert facts(targets(text))[0][3] == 125_000


def test_a_month_without_a_target_is_not_a_target_of_nothing():
    """Line 66: part-year hires."""
    rows = targets("Rep,Jan,Feb,Mar,Apr\nAnn,,-,0,40\nBob,n/a,20,30,无\n")

    assert [(unit, start, amount) for unit, _, start, amount in facts(rows)] == [
        ("Ann", "2026-03-01", 0),
        ("Ann", "2026-04-01", 40),
        ("Bob", "2026-02-01", 20),
        ("Bob", "2026-03-01", 30),
    ]
    assert not rows.rejections


def test_several_measures_may_stand_in_rows():
    """Line 66: a column of measures."""
    rows = targets("姓名,指标,1月,2月,3月\n张三,销售额,1,2,3\n张三,新客户数,4,5,6\n")

    assert facts(rows, "kpi", "amount")[::3] == [("revenue", 1), ("new_accounts", 4)]


def test_several_measures_may_stand_across():
    """Line 66: two rows of headers, the measure over its months; results beside targets."""
    rows = targets(
        "姓名,销售额（万元）: 1月,销售额（万元）: 2月,新客户: 1月,新客户: 2月,完成: 1月\n"
        "张三,1,2,3,4,5\n"
    )

    assert facts(rows, "kpi", "period_start", "amount") == [
        ("revenue", "2026-01-01", 10_000),
        ("revenue", "2026-02-01", 20_000),
        ("new_accounts", "2026-01-01", 3),
        ("new_accounts", "2026-02-01", 4),
    ]


def test_a_table_that_speaks_of_targets_is_taken_for_them_and_another_is_asked_about():
    """Line 66: months across are not proof of targets."""
    cells = "\nAnn,1,2,3\nBob,1,2,3\nCid,1,2,3\n"

    assert taken_for(f"Rep,Jan Quota,Feb Quota,Mar Quota{cells}", "2026.csv").confidence >= SURE
    assert taken_for(f"Rep,Jan,Feb,Mar{cells}", "figures 2026.csv").confidence < SURE
    assert taken_for(f"Rep,Jan,Feb,Mar{cells}", "figures 2026.csv").entity == "targets"


def test_a_target_that_cannot_be_read_is_refused_with_its_line_and_cell():
    """Line 66: what is refused in a wide table is found again in the file."""
    rows = targets("Rep,Jan (k€),Feb (k€),Mar (k€)\nAnn,1,2,3\nBob,4,much,6\n")

    assert refused(rows) == [(3, "amount", "much", "bad_number")]
    assert list(rows.frame["row_no"]) == [2, 2, 2, 3, 3]


def test_a_target_below_zero_is_refused_with_its_line():
    """Line 66: a negative amount is no target; the rest is taken."""
    rows = targets("Rep,Jan,Feb,Mar\nAnn,1,-2,3\nBob,4,(5),6\n")

    assert refused(rows) == [
        (2, "amount", "-2", "negative_target"),
        (3, "amount", "(5)", "negative_target"),
    ]
    assert [row[3] for row in facts(rows)] == [1, 3, 4, 6]


@pytest.mark.parametrize(
    ("cell", "points"),
    [("30%", 30), ("0.345", 34.5), ("45", 45), ("0.5 %", 0.5), ("１２.５％", 12.5)],
)
def test_targets_of_shares_are_kept_in_per_cent_whatever_the_sheet_is_counted_in(cell, points):
    """Line 66: rates beside amounts; 万 is of money only."""
    rows = targets(
        "2026年目标（单位：万元）,,,,\n姓名,指标,1月,2月,3月\n"
        f"张三,赢单率,{cell},1,1\n张三,销售额,3,4,5\n李四,销售额,3,4,5\n"
    )

    assert facts(rows, "kpi", "amount")[0] == ("conversion", points)
    assert facts(rows, "amount")[3] == (30_000,)
    assert not rows.rejections


@pytest.mark.parametrize(
    ("written", "kpi"),
    [
        ("赢单率", "conversion"),
        ("客户留存率", "retention"),
        ("拜访量", "activities"),
        ("新增商机金额", "pipeline"),
        ("CSAT", "satisfaction"),
        ("Wins", "deals"),
        ("Demos", "Demos"),
    ],
)
def test_measures_have_their_own_names_in_both_languages(written, kpi):
    """Line 66: other measures than revenue; what nobody knows stays as it is called."""
    rows = targets(f"姓名,指标,1月,2月,3月\n张三,{written},1,2,3\n")

    assert facts(rows, "kpi")[0] == (kpi,)


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples are not here")
def test_quotas_without_a_header_load_once_the_columns_are_given():
    """Line 66: a history of quotas, tab-separated, without a header."""
    content = (SAMPLES / "adventureworks/SalesPersonQuotaHistory.csv").read_bytes()
    table = read_table(content, "SalesPersonQuotaHistory.csv")
    mapping = Mapping(
        "generic",
        "targets",
        {"unit": "Column 2", "period_start": "Column 3", "amount": "Column 4"},
        constants={"unit_kind": "rep", "period": "quarter", "kpi": "revenue"},
    )

    rows = type_rows(table, mapping)

    assert table.header_row == 0
    assert (len(rows.frame), rows.rejections) == (163, ())
    assert facts(rows)[0] == ("274", "quarter", "2011-05-31", 28_000)
