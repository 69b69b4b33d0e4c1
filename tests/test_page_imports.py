"""The page Data: choose files, say what they are, load, take back; what the data cannot tell."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.workflow import WEAKENS
from data.aliases import proposals
from data.contracts import CONTRACTS
from data.formats import formats
from data.review import MATTERS
from data.uploads import uploads
from pages._ui import pending, session
from pages._ui.text import catalogue
from tests.files import workbook

ROOT = Path(__file__).parents[1]
SHELL = ROOT / "pages" / "_ui" / "shell.py"

DEALS = b"""opportunity_id,owner,stage,amount,created_on,closed_on
1,Ann,Won,100,2026-01-02,2026-01-20
2,Ann,Lost,200,2026-01-02,2026-01-21
3,Bo,Signed off,300,2026-01-02,
,Bo,Proposal,400,2026-01-02,
"""
SHEET = b"""Ref,Who,State,Worth
1,Ann,Won,100
2,Bo,Lost,200
"""
CHINESE = (
    "商机编号,客户名称,负责人,销售阶段,商机金额,创建日期\n"
    "1,甲公司,张伟,赢单,100,2026-01-02\n"
    "2,乙公司,王芳,试点中,200,2026-01-03\n"
).encode("gb18030")


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page Data of an empty workspace, in English."""
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.query_params["lang"] = "en"
    app.query_params["workspace"] = "mine"
    app.run()
    yield app.switch_page("../imports.py").run()
    st.cache_resource.clear()


def choose(app: AppTest, *files: tuple[str, bytes]) -> None:
    for name, content in files:
        app.file_uploader[0].upload(name, content, "text/csv")
    app.run()
    assert not app.exception, app.exception


def words(app: AppTest) -> str:
    """Everything that is said on the page, without the marks that keep markdown plain."""
    blocks = [*app.markdown, *app.caption, *app.error, *app.warning, *app.success]
    return "\n".join(block.value for block in blocks).replace("\\", "")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def select(app: AppTest, label: str, option: str) -> None:
    box = next(box for box in app.selectbox if box.label.replace("\\", "") == label)
    box.select(next(shown for shown in box.options if shown.startswith(option))).run()
    assert not app.exception, app.exception


def open_panel(app: AppTest, panel: str, file: int = 0) -> None:
    rows = [group for group in app.button_group if "-panel-" in (group.key or "")]
    rows[file].set_value(panel).run()
    assert not app.exception, app.exception


def preview(app: AppTest) -> list[str]:
    """The header of the first rows, as the file is read now."""
    [rows] = [each for each in app.dataframe if each.value.index.name == "Row"]
    return list(rows.value.columns)


def loaded(app: AppTest, folder: Path, query: str) -> list[tuple]:
    app.button(key="load").click().run()
    assert not app.exception, app.exception
    with session._warehouse("mine", folder).cursor() as db:
        return db.execute(query).fetchall()


def test_a_file_is_loaded_and_taken_back(page, tmp_path):
    choose(page, ("deals.csv", DEALS))

    assert "deals.csv was taken for opportunities" in words(page).replace("**", "")
    assert "3 new, 0 changed, 0 unchanged, 1 refused" in words(page)

    page.button(key="load").click().run()

    assert "Loaded: 3 new" in words(page)
    assert "Load 1 files" not in labels(page)

    page.button(key="undo-upload").click().run()

    [past] = uploads(session._warehouse("mine", tmp_path)).to_dict("records")
    assert past["rows_new"] == 3
    assert past["undone_at"] is not None


def test_a_refused_row_is_shown_with_its_reason(page):
    choose(page, ("deals.csv", DEALS))
    open_panel(page, "refused")

    [rows] = [each for each in page.dataframe if "Reason" in each.value]
    assert rows.value.to_numpy().tolist() == [
        [5, "", "opportunity id", "", "a required value is missing"]
    ]


def test_a_stage_nobody_knows_is_asked_for_at_once(page, tmp_path):
    choose(page, ("deals.csv", DEALS))

    assert "not known and count as open" in words(page)

    select(page, "Signed off (1)", "won")

    assert "not known and count as open" not in words(page)
    query = "select opportunity_id, outcome from raw_opportunities order by all"
    assert loaded(page, tmp_path, query) == [("1", "won"), ("2", "lost"), ("3", "won")]


def test_all_unknown_stages_are_open_at_one_word(page):
    choose(page, ("deals.csv", DEALS.replace(b"Won", b"Odd")))
    next(b for b in page.button if b.label == "The 2 unknown stages are open").click().run()

    assert "not known and count as open" not in words(page)


def test_an_unknown_sheet_is_loaded_once_its_columns_are_named(page):
    choose(page, ("sheet.csv", SHEET))

    assert "layout" in words(page)
    assert "Load 1 files" not in labels(page)

    select(page, "Content", "opportunities")
    for field, header in (("opportunity id *", "Ref"), ("owner *", "Who"), ("stage *", "State")):
        select(page, field, header)
    page.button(key="load").click().run()

    assert "2 new" in words(page)


def test_another_column_is_judged_without_reading_the_file_again(page, tmp_path, monkeypatch):
    choose(page, ("deals.csv", DEALS.replace(b"amount", b"amount,worth").replace(b"00,", b"00,7,")))
    open_panel(page, "columns")
    monkeypatch.setattr(pending, "look", None)
    select(page, "amount", "worth")

    assert "with your changes" in words(page)
    assert loaded(page, tmp_path, "select distinct amount from raw_opportunities") == [(7,)]


def test_values_of_a_column_stand_beside_it_and_unread_ones_are_listed(page):
    choose(page, ("deals.csv", DEALS.replace(b"amount", b"amount,Score").replace(b"00,", b"00,7,")))
    open_panel(page, "columns")

    assert "Ann · Bo" in words(page)
    assert "1 columns are not read: **Score**" in words(page)


def test_a_wrong_encoding_shows_in_the_first_rows_and_can_be_changed(page, tmp_path):
    choose(page, ("商机.csv", CHINESE))
    open_panel(page, "reading")

    assert preview(page)[:2] == ["商机编号", "客户名称"]

    select(page, "Encoding", "CP1252")

    assert preview(page)[0].startswith("É")
    assert "Load 1 files" not in labels(page)

    select(page, "Encoding", "GB18030")

    assert preview(page)[:2] == ["商机编号", "客户名称"]
    query = "select owner from raw_opportunities order by all"
    assert loaded(page, tmp_path, query) == [("张伟",), ("王芳",)]


def test_another_header_row_drops_what_was_said_of_columns_that_are_gone(page):
    choose(page, ("deals.csv", b"My report\n" + DEALS))
    open_panel(page, "columns")
    select(page, "account", "amount")
    open_panel(page, "reading")

    [aside] = [each for each in page.dataframe if "What it is" in each.value]
    assert aside.value.to_numpy().tolist() == [[1, "title", "My report"]]

    page.number_input[0].set_value(3).run()

    assert preview(page)[:3] == ["1", "Ann", "Won"]

    page.number_input[0].set_value(2).run()

    assert "4 rows" in words(page)
    assert "with your changes" not in words(page)


def test_a_header_row_that_is_not_there_is_said_and_what_was_read_stays(page):
    choose(page, ("deals.csv", DEALS))
    open_panel(page, "reading")
    page.number_input[0].set_value(99).run()

    assert "99 cannot be used here" in words(page)
    assert preview(page)[0] == "opportunity_id"
    assert page.number_input[0].value == 1
    assert "Load 1 files" in labels(page)


def test_a_grouped_report_is_filled_down_where_a_person_says_so(page, tmp_path):
    rows = b"Ann,1,Won,5\n,2,Lost,6\n,3,Won,7\nBo,4,Won,8\n,5,Won,9\n"
    report = b"Owner,Opportunity ID,Stage,Amount\n" + rows
    choose(page, ("report.csv", report))

    assert "In Owner, only the first row of each group has a value" in words(page)

    open_panel(page, "reading")
    page.multiselect[0].select("Owner").run()

    assert "only the first row of each group" not in words(page)
    query = "select owner from raw_opportunities order by opportunity_id"
    assert loaded(page, tmp_path, query) == [("Ann",)] * 3 + [("Bo",)] * 2


def test_times_with_an_offset_are_moved_to_the_clock_that_is_chosen(page, tmp_path):
    choose(page, ("deals.csv", DEALS.replace(b"2026-01-02,", b"2026-01-02T20:00:00Z,")))
    open_panel(page, "values")
    select(page, "Move times to the clock of", "Asia/Shanghai")

    query = "select distinct created_on from raw_opportunities"
    assert loaded(page, tmp_path, query) == [(date(2026, 1, 3),)]


def test_amounts_in_ten_thousands_are_multiplied_when_a_person_says_so(page, tmp_path):
    choose(page, ("deals.csv", DEALS))
    open_panel(page, "values")
    select(page, "Counted in: amount", "ten thousands")

    assert loaded(page, tmp_path, "select max(amount) from raw_opportunities") == [(3_000_000,)]


def test_targets_side_by_side_are_asked_for_their_year(page, tmp_path):
    months = [f"{month}月" for month in range(1, 13)]
    rows = [["销售目标（万元）", *[""] * 12], ["销售", *months], ["张伟", *["2"] * 12]]
    choose(page, ("目标.xlsx", workbook(("一", "visible", rows))))

    assert "name no year" in words(page)
    assert "No row can be taken" in words(page)

    select(page, "Year of periods that name none", "2026")

    query = "select min(period_start), max(period_start), max(amount) from raw_targets"
    assert loaded(page, tmp_path, query) == [(date(2026, 1, 1), date(2026, 12, 1), 20000)]


def test_of_a_zip_the_good_files_can_be_loaded_and_the_bad_ones_stay(page):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("deals.csv", DEALS)
        archive.writestr("logo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    choose(page, ("backup.zip", packed.getvalue()))

    assert "backup.zip/logo.csv is not a table of records" in words(page)

    open_panel(page, "reading")
    select(page, "Encoding", "GB18030")
    page.button(key="load").click().run()

    assert "3 new" in words(page)
    assert "backup.zip/logo.csv is not a table of records" in words(page)


def test_a_file_that_is_not_wanted_waits_while_the_others_are_loaded(page, tmp_path):
    choose(page, ("deals.csv", DEALS), ("more.csv", DEALS.replace(b"\n1,", b"\n11,")))
    page.checkbox[0].uncheck().run()
    query = "select opportunity_id from raw_opportunities order by all"

    assert loaded(page, tmp_path, query) == [("11",), ("2",), ("3",)]
    assert "deals.csv" in words(page)

    page.checkbox[0].check().run()

    assert "1 new" in words(page)
    assert "Load 1 files" in labels(page)


def test_what_a_file_does_not_cover_is_said_before_it_is_loaded(page):
    choose(page, ("deals.csv", DEALS))

    assert "deals.csv** · no account: nothing by sector" in words(page)
    assert "no amount: " not in words(page)


def test_the_day_of_the_export_is_proposed_and_can_be_changed(page, tmp_path):
    choose(page, ("deals.csv", DEALS))

    assert "state of 2026-01-21" in words(page)

    open_panel(page, "export")
    page.date_input[0].set_value(date(2026, 2, 1)).run()
    next(box for box in page.checkbox if "every record" in box.label).check().run()

    assert "state of 2026-02-01" in words(page)
    assert loaded(page, tmp_path, "select as_of, is_full from uploads") == [
        (date(2026, 2, 1), True)
    ]


def test_a_currency_said_for_a_file_is_that_of_every_row(page, tmp_path):
    choose(page, ("deals.csv", DEALS))
    open_panel(page, "values")
    select(page, "Currency of every row", "EUR")

    assert loaded(page, tmp_path, "select distinct currency from raw_opportunities") == [("EUR",)]


def test_dates_that_fit_two_orders_are_asked_for(page, tmp_path):
    choose(page, ("deals.csv", re.sub(rb"2026-01-(\d\d)", rb"03/02/2026", DEALS)))
    open_panel(page, "values")
    select(page, "Order of dates: created on", "day first")
    select(page, "Order of dates: actual close", "month first")

    query = (
        "select distinct created_on, closed_on from raw_opportunities where closed_on is not null"
    )
    assert loaded(page, tmp_path, query) == [(date(2026, 2, 3), date(2026, 3, 2))]


def test_names_alike_are_asked_for_before_loading_and_merged_only_then(page, tmp_path):
    people = b"name,team\nAnn,North\nBo,North\n"
    choose(page, ("deals.csv", DEALS.replace(b"Bo,", b"BO,")), ("people.csv", people))

    assert "Owner **BO** (1 opportunities): the same as **Bo**" in words(page)

    page.button(key="new-merge-owner-BO").click().run()

    assert "**BO** will be read as **Bo**" in words(page)
    assert loaded(page, tmp_path, "select alias, canonical, decided from aliases") == [
        ("BO", "Bo", "merge")
    ]
    assert not proposals(session._warehouse("mine", tmp_path))


def test_what_cannot_be_read_is_said_and_the_rest_can_be_loaded(page):
    choose(
        page,
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("empty.csv", b""),
        ("header.csv", DEALS.splitlines()[0]),
        ("deals.csv", DEALS),
    )

    said = words(page)
    assert "a PNG image" in said
    assert "empty.csv has no rows" in said
    assert "header.csv has no rows" in said
    assert "Load 1 files" in labels(page)


def test_a_missing_required_column_is_named(page):
    without_stage = b"\n".join(
        b",".join(cell for at, cell in enumerate(line.split(b",")) if at != 2)
        for line in DEALS.splitlines()
    )
    choose(page, ("deals.csv", without_stage))

    assert "has no column for stage" in words(page)
    assert "Load 1 files" not in labels(page)


def test_chosen_files_wait_while_another_page_is_looked_at(page):
    choose(page, ("deals.csv", DEALS))
    select(page, "Signed off (1)", "won")
    page.switch_page("../winrates.py").run()
    page.switch_page("../imports.py").run()

    assert "Load 1 files" in labels(page)
    assert "with your changes" in words(page)


def test_the_same_file_again_changes_nothing(page):
    choose(page, ("deals.csv", DEALS))
    page.button(key="load").click().run()
    choose(page, ("deals.csv", DEALS))

    assert "loaded before, nothing would change" in words(page)

    page.button(key="load").click().run()

    assert "had been loaded before" in words(page)


def test_a_large_file_is_counted_only_while_loading(page, tmp_path, monkeypatch):
    monkeypatch.setattr("data.large.LARGE", 100)
    choose(page, ("deals.csv", DEALS))

    assert "rows are counted while loading" in words(page)
    assert "only its beginning was looked at" in words(page)
    assert loaded(page, tmp_path, "select count(*) from raw_opportunities") == [(3,)]


def test_what_the_data_cannot_tell_is_said_with_its_count_and_pages(page):
    choose(page, ("deals.csv", DEALS))
    page.button(key="load").click().run()

    said = words(page)
    assert "No activity is known for any of the 1 open opportunities" in said
    assert "3 opportunities have no account" in said
    assert "Weaker for it: Win rates" in said


def test_a_currency_without_a_rate_comes_with_the_file_that_mends_it(page):
    with_currency = re.sub(rb"(?m)$", b",EUR", DEALS.strip()).replace(
        b"_on,EUR\n", b"_on,currency\n"
    )
    choose(page, ("deals.csv", with_currency.replace(b"01-21,EUR", b"01-21,USD")))
    page.button(key="load").click().run()

    assert "in a currency without a rate" in words(page)
    assert "worth in EUR" in words(page)


def sources(folder: str) -> str:
    return "\n".join(path.read_text("utf-8") for path in (ROOT / folder).rglob("*.py"))


def test_everything_that_can_be_said_of_a_file_has_a_sentence():
    data = sources("data")
    sql = "\n".join(path.read_text("utf-8") for path in (ROOT / "data/sql").rglob("*.sql"))
    reading = "nul_bytes_removed undecodable_characters no_header other_sheets two_row_header"
    of_formats = {
        code
        for one in formats().values()
        for codes in one.cautions.values()
        for code in codes.values()
    }
    fields = {column.name for one in CONTRACTS.values() for column in one.columns}
    rules = {"missing_required", "damaged_id", "bad_date", "bad_number", "bad_flag"}
    rules |= {"not_a_record", "duplicate_in_file", "ragged_row", "stray_quote"}
    evidence = {said for one in formats().values() for said in one.evidence.values()}
    wanted = {
        "caution": {*re.findall(r'Caution\("(\w+)"', data), *reading.split(), *of_formats},
        "entity": {*CONTRACTS},
        "field": fields,
        "format": {*formats()},
        "rule": rules | {"unreadable_left_blank"},
        "furniture": set(
            re.findall(r'"(\w+)"', re.findall(r"Kind = Literal\[(.*title.*)\]", data)[0])
        ),
        "evidence": evidence,
        "lacks": {f"{entity}_{name}" for entity, names in MATTERS.items() for name in names},
        "honesty": {*WEAKENS, *re.findall(r"select\s+'(\w+)' as (?:fact|doubt)", sql)},
    }

    said = {f"{kind}.{code}" for kind, codes in wanted.items() for code in codes}
    assert sorted(said - catalogue("en").keys()) == []
