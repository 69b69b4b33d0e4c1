"""Workbooks: the sheet that is taken, and archives that are refused."""

import pytest

from data.errors import NotATableError, SettingError, TooLargeError
from data.readers import read_table
from tests.files import sheet_of, workbook, zipped


def test_a_workbook_is_read_by_its_visible_sheet_with_the_best_known_header():
    content = workbook(
        ("Notes", "visible", [["Made by", "Ann"]]),
        ("hidden_options", "visible", [["负责人", "商机阶段", "商机名称"], ["x", "y", "z"]]),
        ("商机数据", "visible", [["唯一性ID（必填）", "商机阶段（必填）"], ["a1", "赢单"]]),
        ("old", "hidden", [["唯一性ID", "商机阶段", "负责人"], ["a0", "输单", "张伟"]]),
    )

    table = read_table(content, "商机.csv")

    assert (table.container, table.sheet, table.other_sheets) == ("xlsx", "商机数据", ("Notes",))
    assert table.rows == [["a1", "赢单"]]
    assert "other_sheets" in table.cautions
    assert read_table(content, "x.xlsx", sheet="Notes", header_row=0).rows == [["Made by", "Ann"]]
    with pytest.raises(SettingError):
        read_table(content, "x.xlsx", sheet="None")


def test_a_workbook_that_would_unpack_to_too_much_is_refused():
    bomb = zipped({"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": " " * 30_000_000})

    with pytest.raises(TooLargeError):
        read_table(bomb, "bomb.xlsx")


def test_a_workbook_with_cells_far_apart_is_refused():
    far = sheet_of('<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>')

    with pytest.raises(NotATableError) as error:
        read_table(zipped({"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": far}), "far.xlsx")

    assert error.value.found == "endless_sheet"
