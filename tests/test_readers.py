"""Bytes to a table of text: containers, encodings, delimiters, broken lines."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.errors import (
    EmptyFileError,
    NotATableError,
    SettingError,
    TooLargeError,
    UserError,
)
from data.readers import read_table
from tests.files import (
    HEADER,
    read,
    zipped,
)


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
        ("price;discount\n" + "1,5;2,5\n" * 9, ";"),
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


def test_a_file_cut_off_within_a_row_reports_the_row():
    table = read(f'{HEADER}\n1,Ann,Won,5\n2,"Bo')

    assert [row[0] for row in table.rows] == ["1"]
    assert [(line.row_no, line.rule) for line in table.broken] == [(3, "stray_quote")]


def test_a_stray_quotation_mark_does_not_swallow_the_rows_after_it():
    table = read(f'{HEADER}\n1,"Ann,Won,5\n2,Bob,Won,6\n3,"Cid",Lost,7\n4,19" rack,Won,8\n')

    assert [row[0] for row in table.rows] == ["2", "3", "4"]
    assert [(line.row_no, line.rule) for line in table.broken] == [(2, "stray_quote")]


@pytest.mark.parametrize("text", ["", "\ufeff", " \n\n", HEADER, f"{HEADER}\n\n,,,\n"])
def test_a_file_without_rows_says_so(text):
    with pytest.raises(EmptyFileError):
        read(text)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "png"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "jpeg"),
        (b"%PDF-1.7\n1 0 obj", "pdf"),
        (b"\x7fELF\x02\x01" + bytes(50), "program"),
        (b"<html><p>Sign in</p></html>", "web_page"),
        (b'<?xml version="1.0"?><rows><row/></rows>', "xml"),
        (b'[{"id": 1, "stage": "Won"}]', "json"),
        (bytes(range(1, 256)) * 20, "binary"),
        (zipped({"Leads_001.csv": "id\n1\n"}), "zip"),
        (zipped({"word/document.xml": "<x/>"}), "word"),
        (b"PK\x03\x04 and nothing more", "locked_archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and", "locked_workbook"),
    ],
)
def test_what_is_no_table_is_refused_by_its_content_whatever_its_name(content, found):
    with pytest.raises(NotATableError) as error:
        read_table(content, "sales_pipeline.csv")

    assert error.value.found == found


def test_a_file_above_the_limit_is_refused_before_it_is_read():
    content = bytes(200_000_000)
    start = time.perf_counter()

    with pytest.raises(TooLargeError) as error:
        read_table(content, "all.csv")

    assert time.perf_counter() - start < 1
    assert error.value.facts == {"file": "all.csv", "megabytes": 200, "limit": 100}


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
