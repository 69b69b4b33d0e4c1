"""Bytes to a table of text: containers, encodings, delimiters, headers, furniture."""

import io
import json
import os
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.errors import EmptyFileError, NotATableError, SettingError, TooLargeError, UserError
from data.formats import BLANK
from data.readers import SourceTable, read_table

SAMPLES = Path(
    os.environ.get("EVENHAND_SAMPLES") or Path(__file__).parents[2] / "shared" / "samples"
)
HEADER = "Opportunity ID,Owner,Stage,Amount"


def read(text: str, **options) -> SourceTable:
    return read_table(text.encode(), "deals.csv", **options)


def workbook(*sheets: tuple[str, str, list[list[str]]]) -> bytes:
    """An XLSX of inline text: name, ``visible`` or ``hidden``, rows."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": _relations("officeDocument", ["xl/workbook.xml"]),
        "xl/_rels/workbook.xml.rels": _relations(
            "worksheet", [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
        ),
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        "<sheets>"
        + "".join(
            f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
            for n, (name, state, _) in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
    }
    for n, (_, _, rows) in enumerate(sheets, start=1):
        cells = "".join(
            f'<row r="{y}">'
            + "".join(
                f'<c r="{chr(64 + x)}{y}" t="inlineStr"><is><t>{cell}</t></is></c>'
                for x, cell in enumerate(row, start=1)
            )
            + "</row>"
            for y, row in enumerate(rows, start=1)
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = _sheet(cells)
    return _zip(parts)


def _sheet(cells: str) -> str:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


def _relations(kind: str, targets: list[str]) -> str:
    base = "http://schemas.openxmlformats.org"
    return (
        f'<Relationships xmlns="{base}/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Target="{target}" '
            f'Type="{base}/officeDocument/2006/relationships/{kind}"/>'
            for n, target in enumerate(targets, start=1)
        )
        + "</Relationships>"
    )


def _zip(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def test_a_table_keeps_its_text_and_the_lines_of_the_file():
    table = read(f'{HEADER}\n0012,NA,"Won,\nafter all",1.50\n\n13, Bob ,Lost,\n')

    assert table.header == ("Opportunity ID", "Owner", "Stage", "Amount")
    assert table.rows == [["0012", "NA", "Won,\nafter all", "1.50"], ["13", "Bob ", "Lost", ""]]
    assert table.row_numbers == [2, 5]
    assert (table.header_row, table.container, table.delimiter) == (1, "csv", ",")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_is_read(end):
    assert read(f"{HEADER}{end}1,Ann,Won,5{end}2,Bob,Lost,6").row_numbers == [2, 3]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
    ],
)
def test_a_short_chinese_file_is_read_in_every_encoding(encoding, told):
    text = "Opportunity ID,负责人,Stage\nA-1,张伟,Won\nA-2,李娜,Lost\n"

    table = read_table(text.encode(encoding), "deals.csv")

    assert table.encoding == told
    assert table.header == ("Opportunity ID", "负责人", "Stage")
    assert [row[1] for row in table.rows] == ["张伟", "李娜"]


def test_western_and_traditional_chinese_names_are_told_apart():
    western = "id,name\n1,Müller\n2,José\n".encode("cp1252")
    taiwan = "編號,負責人\n1,陳美玲\n2,黃志強\n".encode("big5")

    assert read_table(western, "a.csv").rows == [["1", "Müller"], ["2", "José"]]
    assert read_table(taiwan, "a.csv").encoding == "big5"


def test_a_wrong_encoding_shows_and_can_be_changed():
    content = "id,name\n1,Müller\n".encode("cp1252")

    assert "undecodable_characters" in read_table(content, "a.csv", encoding="utf-8").cautions
    assert read_table(content, "a.csv", encoding="cp1252").rows == [["1", "Müller"]]
    with pytest.raises(SettingError):
        read_table(content, "a.csv", encoding="no such")


def test_nul_bytes_are_taken_out_and_told():
    table = read(f"{HEADER}\n1\0,A\0nn,Won,5\n")

    assert table.rows == [["1", "Ann", "Won", "5"]]
    assert table.cautions == ("nul_bytes_removed",)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id;amount\n1;2,5\n2;3,5\n", ";"),
        ("id\tnotes\n1\ta, b\n2\tc, d\n", "\t"),
        ("id|name|x\n1|a|b\n", "|"),
        ("sep=;\nid;amount\n1;2\n", ";"),
        ("Report of deals, by owner\n\nid,owner,stage\n1,Ann,Won\n2,Bob,Lost\n", ","),
        ("names\nAnn\nBob\n", ","),
    ],
)
def test_the_delimiter_is_the_one_that_splits_evenly_under_a_header_of_words(text, delimiter):
    assert read(text).delimiter == delimiter


def test_the_line_that_names_the_delimiter_is_no_row():
    table = read("sep=;\nid;owner\n1;Ann\n")

    assert (table.header, table.header_row, table.rows) == (("id", "owner"), 2, [["1", "Ann"]])


def test_a_chosen_delimiter_goes_before_the_detected_one():
    assert read("a;b,c\n1;2,3\n", delimiter=";").header == ("a", "b,c")
    with pytest.raises(SettingError):
        read("a,b\n1,2\n", delimiter="::")


def test_the_five_lines_below_a_salesforce_report_are_furniture():
    table = read(
        '"Opportunity ID","Opportunity Owner","Stage","Amount"\n'
        '"006A","Ann Lee","Closed Won","100"\n'
        '"006B","Bob Ray","Closed Lost","200"\n'
        "\n"
        '"Deals of this year"\n'
        '"Copyright (c) 2000-2026 salesforce.com, inc. All rights reserved."\n'
        '"Confidential Information - Do Not Distribute"\n'
        '"Generated By:  Ann Lee  3/5/2026"\n'
        '"Wide World of Widgets"\n'
    )

    assert [row[0] for row in table.rows] == ["006A", "006B"]
    assert [line.row_no for line in table.furniture] == [5, 6, 7, 8, 9]
    assert {line.kind for line in table.furniture} == {"footer"}


def test_titles_above_and_totals_within_are_furniture_and_total_wine_is_a_customer():
    table = read(
        "Deals of the north\nAs of 2026-03-01\n\n"
        "Opportunity ID,Account,Owner,Stage,Amount\n"
        "1,Acme,Ann,Won,100\nSubtotal,,,,100\n2,Total Wine,Bob,Won,200\n"
        "Opportunity ID,Account,Owner,Stage,Amount\n3,Zeta,Bob,Lost,50\n合计,,,,350\n"
    )

    assert table.header_row == 4
    assert [row[0] for row in table.rows] == ["1", "2", "3"]
    assert [(line.row_no, line.kind) for line in table.furniture] == [
        (1, "title"),
        (2, "title"),
        (6, "total"),
        (8, "title"),
        (10, "footer"),
    ]


def test_a_record_of_one_cell_is_no_note_below_the_table():
    records = read("Account,Sector,Region\nAcme,retail,North\nZeta,,\n")
    notes = read("Account,Sector,Region\nAcme,retail,North\nZeta,,\n\nSource: the CRM,,\n")

    assert [row[0] for row in records.rows] == ["Acme", "Zeta"]
    assert [row[0] for row in notes.rows] == ["Acme", "Zeta"]
    assert [line.text for line in notes.furniture] == ["Source: the CRM"]


def test_a_row_is_never_shifted_but_set_aside_with_its_line():
    table = read(f"{HEADER}\n1,Ann,Won,5,,\n2,Bob,Won\n3,Cid,Won,7,8\n4,Dee,Lost,9\n")

    assert [row[0] for row in table.rows] == ["1", "4"]
    assert [(line.row_no, line.rule) for line in table.broken] == [
        (3, "ragged_row"),
        (4, "ragged_row"),
    ]


def test_a_file_cut_off_within_a_row_reports_the_row():
    table = read(f'{HEADER}\n1,Ann,Won,5\n2,"Bo')

    assert [row[0] for row in table.rows] == ["1"]
    assert [(line.row_no, line.rule) for line in table.broken] == [(3, "stray_quote")]


def test_a_stray_quotation_mark_does_not_swallow_the_rows_after_it():
    table = read(f'{HEADER}\n1,"Ann,Won,5\n2,Bob,Won,6\n3,"Cid",Lost,7\n4,19" rack,Won,8\n')

    assert [row[0] for row in table.rows] == ["2", "3", "4"]
    assert [(line.row_no, line.rule) for line in table.broken] == [(2, "stray_quote")]


def test_repeated_and_empty_headers_are_told_apart():
    table = read("Owner,Stage,,owner\nAnn,Won,x,y\n")

    assert table.header == ("Owner", "Stage", "Column 3", "owner (2)")


def test_a_file_without_header_keeps_its_first_row():
    table = read("1,274,2011-05-31,28000\n2,275,2011-08-31,7000\n")

    assert table.cautions == ("no_header",)
    assert table.header == ("Column 1", "Column 2", "Column 3", "Column 4")
    assert len(table.rows) == 2


def test_the_header_can_be_chosen():
    text = "Region,2023,2024\nEast,100,200\n"

    assert read(text).header_row == 0
    assert read(text, header_row=1).header == ("Region", "2023", "2024")
    with pytest.raises(SettingError):
        read(text, header_row=7)


@pytest.mark.parametrize("text", ["", "\ufeff", " \n\n", HEADER, f"{HEADER}\n\n,,,\n"])
def test_a_file_without_rows_says_so(text):
    with pytest.raises(EmptyFileError):
        read(text)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG image"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "a JPEG image"),
        (b"%PDF-1.7\n1 0 obj", "a PDF document"),
        (b"\x7fELF\x02\x01" + bytes(50), "a program"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a web page"),
        (b'[{"id": 1, "stage": "Won"}]', "a JSON document"),
        (bytes(range(1, 256)) * 20, "binary data"),
        (_zip({"Leads_001.csv": "id\n1\n"}), "a ZIP archive"),
        (_zip({"word/document.xml": "<x/>"}), "a Word document"),
        (b"PK\x03\x04 and nothing more", "a damaged or password-protected archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and", "a damaged or password-protected workbook"),
    ],
)
def test_what_is_no_table_is_refused_by_its_content_whatever_its_name(content, found):
    with pytest.raises(NotATableError) as error:
        read_table(content, "sales_pipeline.csv")

    assert error.value.found == found


@pytest.mark.parametrize(
    "text",
    [
        "Sum of close_value,Column Labels,,\nRow Labels,Lost,Won,Grand Total\nAnn,1,2,3\n",
        "求和项:金额,列标签,\n行标签,赢单,总计\n张伟,1,1\n",
        "SUM of amount,stage,,\nowner,Lost,Won,Grand Total\nAnn,1,2,3\nGrand Total,1,2,3\n",
    ],
)
def test_a_pivot_table_is_refused(text):
    with pytest.raises(NotATableError) as error:
        read(text)

    assert error.value.found == "a pivot table"


def test_a_file_above_the_limit_is_refused_before_it_is_read():
    content = bytes(200_000_000)
    start = time.perf_counter()

    with pytest.raises(TooLargeError) as error:
        read_table(content, "all.csv")

    assert time.perf_counter() - start < 1
    assert error.value.facts == {"file": "all.csv", "megabytes": 200, "limit": 100}


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


def test_the_hints_below_the_header_of_a_template_are_furniture():
    content = workbook(
        (
            "商机导入模版",
            "visible",
            [
                ["唯一性ID（必填）", "商机名称（必填）", "商机金额"],
                ["此项必填\n请填入 唯一性ID", "此项必填", "金额字段类型,最大位数14,小数位数2"],
                ["a1", "大单", "100"],
            ],
        )
    )

    table = read_table(content, "t.xlsx")

    assert [row[0] for row in table.rows] == ["a1"]
    assert [(line.row_no, line.kind) for line in table.furniture] == [(2, "hint")]


def test_a_workbook_that_would_unpack_to_too_much_is_refused():
    bomb = _zip({"xl/workbook.xml": "<x/>", "xl/sharedStrings.xml": " " * 30_000_000})

    with pytest.raises(TooLargeError):
        read_table(bomb, "bomb.xlsx")


def test_a_workbook_with_cells_far_apart_is_refused():
    far = _sheet('<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>')

    with pytest.raises(NotATableError) as error:
        read_table(_zip({"xl/workbook.xml": "<x/>", "xl/worksheets/sheet1.xml": far}), "far.xlsx")

    assert error.value.found == "a sheet of 1048576 rows and 16384 columns"


def spectrum() -> list[Path]:
    return sorted((SAMPLES / "csv-spectrum" / "csvs").glob("*.csv"))


@pytest.mark.parametrize("path", spectrum(), ids=lambda path: path.stem)
def test_the_samples_of_csv_spectrum_read_as_their_twins(path):
    twin = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))

    table = read_table(path.read_bytes(), path.name)

    records = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    if path.stem == "location_coordinates":  # its twin has another phone number
        assert [set(record) for record in records] == [set(twin)]
    else:
        assert records == twin


def horrors() -> list[Path]:
    return sorted((SAMPLES / "messytables_horror").glob("*"))


@pytest.mark.parametrize("path", horrors(), ids=lambda path: path.name)
def test_a_broken_spreadsheet_is_a_table_or_an_error_that_can_be_mended(path):
    try:
        table = read_table(path.read_bytes(), path.name)
    except UserError:
        return
    assert all(len(row) == len(table.header) for row in table.rows)
    assert len(table.rows) == len(table.row_numbers)


cells = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffd"), max_size=12
)


@settings(deadline=None)
@given(rows=st.lists(st.lists(cells, min_size=1, max_size=4), min_size=1, max_size=8))
@example(rows=[["1", "Ann", "Won"], ["Total", "", ""], ["a", "b", "c", "d"]])
def test_every_line_is_a_row_or_furniture_or_broken(rows):
    lines = [",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows]
    filled = [row for row in rows if any(cell.strip(BLANK) for cell in row)]
    try:
        table = read("\n".join(["Opportunity ID,Owner,Stage", *lines]), delimiter=",", header_row=1)
    except (EmptyFileError, NotATableError):
        return

    assert len(table.rows) + len(table.furniture) + len(table.broken) == len(filled)


@settings(deadline=None)
@given(content=st.binary(max_size=300))
@example(content=b"PK\x05\x06" + bytes(18))
@example(content=b"a,b\r\n\x00\x00\x00")
def test_any_bytes_are_a_table_or_an_error_that_can_be_mended(content):
    try:
        table = read_table(content, "upload")
    except UserError:
        return
    assert all(len(row) == len(table.header) for row in table.rows)
