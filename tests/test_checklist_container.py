"""The checklist, container and encoding: lines 1 to 8."""

import time

import pytest

from data.errors import EmptyFileError, NotATableError, UserError
from data.readers import SourceTable, read_table, read_tables
from tests.files import HEADER, read, workbook, zipped

GRID = [["Opportunity ID", "Owner", "Stage"], ["1", "Ann", "Won"], ["2", "Bob", "Lost"]]
CSV = "\n".join(map(",".join, GRID)).encode()


def page(rows: list[list[str]]) -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<html><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table></html>"


def test_short_gb18030_that_is_mostly_ascii():
    """Line 1: GB18030, short and mostly ASCII: right text; the encoding told and changeable."""
    content = "Opportunity ID,Owner,Stage\n1,Ann,Won\n2,张伟,赢单\n".encode("gb18030")

    table = read_table(content, "deals.csv")
    chosen = read_table(content, "deals.csv", encoding="big5")

    assert table.encoding == "gb18030"
    assert table.rows[1] == ["2", "张伟", "赢单"]
    assert chosen.encoding == "big5"
    assert chosen.rows[1] != table.rows[1]


def test_gb18030_whose_chinese_comes_late():
    """Line 1: the only Chinese name stands behind a megabyte of ASCII."""
    lines = [f"{n},Ann,Won" for n in range(100_000)]
    content = "\n".join(["id,owner,stage", *lines, "x,李娜,Won"]).encode("gb18030")

    table = read_table(content, "deals.csv")

    assert (table.encoding, table.rows[-1]) == ("gb18030", ["x", "李娜", "Won"])


def test_utf_8_with_a_byte_order_mark():
    """Line 2: UTF-8 with BOM: the first header has no mark on it."""
    table = read_table(b"\xef\xbb\xbf" + CSV, "deals.csv")

    assert (table.header[0], table.encoding) == ("Opportunity ID", "utf-8-sig")


def test_utf_8_with_a_damaged_byte_stays_utf_8():
    """Line 2: one damaged byte does not turn a whole UTF-8 file into another encoding."""
    content = "id,负责人\n1,张伟\n2,李娜\n".encode() * 20 + b"9,\xff\n"

    table = read_table(content, "deals.csv")

    assert (table.encoding, table.header[1]) == ("utf-8", "负责人")
    assert "undecodable_characters" in table.cautions


@pytest.mark.parametrize(
    ("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-le", b""), ("utf-16-be", b"")]
)
@pytest.mark.parametrize("row", [("1", "Ann", "Won"), ("商机一", "张伟经理", "赢单")])
def test_utf_16_tab_separated(encoding, mark, row):
    """Line 3: UTF-16, tab-separated, named .csv, with and without BOM (Excel's Unicode text)."""
    text = "商机编号\t负责人\t阶段\r\n" + "\t".join(row) + "\r\n"

    table = read_table(mark + text.encode(encoding), "unicode.csv")

    assert table.delimiter == "\t"
    assert table.header == ("商机编号", "负责人", "阶段")
    assert table.rows == [list(row)]


def test_western_and_taiwanese():
    """Line 4: cp1252 with umlaut and euro sign; Big5."""
    western = "id,name,worth\n1,Müller,5 €\n".encode("cp1252")
    taiwan = "編號,負責人,階段\n1,陳美玲,贏單\n".encode("big5")

    assert read_table(western, "a.csv").rows == [["1", "Müller", "5 €"]]
    assert read_table(taiwan, "a.csv").rows == [["1", "陳美玲", "贏單"]]


@pytest.mark.parametrize(
    ("content", "file", "container"),
    [
        (page(GRID).encode(), "report1700000000000.xls", "html"),
        (page(GRID).encode("utf-16"), "report.xls", "html"),
        (CSV, "export.xls", "csv"),
        (workbook(("Deals", "visible", GRID)), "export.csv", "xlsx"),
        (workbook(("Deals", "visible", GRID)), "export.xlsm", "xlsx"),
    ],
)
def test_the_content_decides_and_not_the_name(content, file, container):
    """Line 5: `.xls` that is HTML or CSV; `.csv` that is XLSX."""
    table = read_table(content, file)

    assert (table.container, table.header) == (container, ("Opportunity ID", "Owner", "Stage"))
    assert table.rows == GRID[1:]


def test_a_web_page_is_read_as_it_is_seen():
    """Line 5: an HTML table: entities, line breaks, spans, comments, what is not seen."""
    table = read_table(
        b"<html><head><title>x</title><style>td {a: b}</style></head><body>"
        b"<table><tr><td>Report</td></tr></table>"
        b"<TABLE border=1><tr><th>Opportunity ID<th>Opportunity&nbsp;Owner<th>Stage<th>Notes</tr>"
        b"<!-- <tr><td>0</td></tr> -->"
        b"<tr><td rowspan='2'>006A</td><td>Ann &amp; Bob</td><td colspan=2>Closed\n  Won</td></tr>"
        b"<tr><td><b>C</b>id</td><td>&#36213;</td><td>a<br>b<script>x<td></script></td></tr>"
        b"</TABLE></body></html>",
        "report.xls",
    )

    assert (table.sheet, table.other_sheets) == ("Table 2", ("Table 1",))
    assert table.header == ("Opportunity ID", "Opportunity Owner", "Stage", "Notes")
    assert table.rows == [["006A", "Ann & Bob", "Closed Won", ""], ["006A", "Cid", "赵", "a\nb"]]


def test_a_workbook_with_a_password():
    """Line 5: password-protected: a clear reason, nothing loaded."""
    with pytest.raises(NotATableError) as error:
        read_table(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "deals.xlsx")

    assert error.value.found == "locked_workbook"


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", HEADER.encode(), workbook(("Deals", "visible", GRID[:1]))]
)
def test_an_empty_file_or_a_header_alone(content):
    """Line 5: empty, or header only: a clear reason, nothing loaded."""
    with pytest.raises(EmptyFileError):
        read_table(content, "deals.csv")


def test_a_zip_of_many_modules():
    """Line 6: a ZIP backup: each file by its own, with its own problem; parts stay apart."""
    backup = zipped(
        {
            "Data/Deals_001.csv": f"{HEADER}\n1,Ann,Won,5\n",
            "Data/Deals_002.csv": f"{HEADER}\n2,Bob,Won,6\n",
            "Data/Empty_001.csv": "",
            "Attachments/a.pdf": "%PDF-1.4",
            "__MACOSX/._x": "x",
        }
    )

    found = list(read_tables(backup, "backup.zip"))

    tables = [one for one in found if isinstance(one, SourceTable)]
    problems = [one for one in found if isinstance(one, UserError)]
    assert [one.file for one in tables] == [
        "backup.zip/Data/Deals_001.csv",
        "backup.zip/Data/Deals_002.csv",
    ]
    assert [one.rows[0][0] for one in tables] == ["1", "2"]
    assert tables[0].sha256 != tables[1].sha256
    assert [one.facts["file"] for one in problems] == [
        "backup.zip/Data/Empty_001.csv",
        "backup.zip/Attachments/a.pdf",
    ]


@pytest.mark.parametrize("end", ['3,"Ci', "3,Ci", "3"])
def test_a_file_cut_off_in_the_middle_of_a_row(end):
    """Line 7: cut off in the middle of a row: the last row is reported, not taken.

    One cell below the table may as well be a note, so it is reported as that.
    """
    table = read(f"{HEADER}\n1,Ann,Won,5\n2,Bob,Lost,6\n{end}")

    assert [row[0] for row in table.rows] == ["1", "2"]
    told = [line.row_no for line in table.broken] + [line.row_no for line in table.furniture]
    assert told == [4]


def test_a_hundred_thousand_rows():
    """Line 8: 100,000 rows within 10 seconds of work."""
    text = "\n".join([HEADER, *(f"{n},Ann,Won,5" for n in range(100_000))])
    start = time.process_time()

    table = read(text)

    assert time.process_time() - start < 10
    assert len(table.rows) == 100_000


def test_a_cell_of_three_megabytes():
    """Line 8: a note of 3 MB with line breaks and delimiters is one cell."""
    note = "He said: yes, maybe;\n" * 150_000

    table = read(f'{HEADER},Notes\n1,Ann,Won,5,"{note}"\n2,Bob,Lost,6,short\n')

    assert len(note) > 3_000_000
    assert [row[4] for row in table.rows] == [note, "short"]
    assert table.row_numbers == [2, 150_003]
