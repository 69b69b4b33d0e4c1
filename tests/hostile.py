"""Files made to break whoever reads them, written by script: ``python -m tests.hostile FOLDER``.

None is large on disk; what they claim, repeat or unpack to is.
"""

import io
import random
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.files import HEADER, sheet_of, workbook, zipped

CORPUS: dict[str, Callable[[], bytes]] = {}
ROWS = [["Opportunity ID", "Owner", "Stage"], ["1", "Ann", "Won"], ["2", "Bob", "Lost"]]
_OPEN = 'xmlns="urn:oasis:names:tc:opendocument:xmlns:'


def _add(**files: Callable[[], bytes]) -> None:
    """Files by their names, ``__`` for the point before the ending."""
    CORPUS.update({name.replace("__", "."): make for name, make in files.items()})


def xlsx(cells: str = "", **parts: str) -> bytes:
    """A workbook of one sheet of cells; ``parts`` replace or add to its own."""
    sheet = {"xl/worksheets/sheet1.xml": sheet_of(cells)} if cells else {}
    with zipfile.ZipFile(io.BytesIO(workbook(("Deals", "visible", ROWS)))) as book:
        own = {name: book.read(name).decode() for name in book.namelist()}
    return zipped(own | sheet | parts)


def shared(strings: str, prolog: str = "") -> dict[str, str]:
    """The parts that give a workbook a list of texts for its cells of type ``s``."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relation = (
        '<Relationship Id="rId9" Target="sharedStrings.xml" Type="http://schemas.openxml'
        'formats.org/officeDocument/2006/relationships/sharedStrings"/>'
    )
    with zipfile.ZipFile(io.BytesIO(workbook(("Deals", "visible", ROWS)))) as book:
        relations = book.read("xl/_rels/workbook.xml.rels").decode()
    return {
        "xl/_rels/workbook.xml.rels": relations.replace(
            "</Relationships>", relation + "</Relationships>"
        ),
        "xl/sharedStrings.xml": f'{prolog}<sst xmlns="{space}">{strings}</sst>',
    }


def _cell(place: str, value: str = "1", kind: str = "n") -> str:
    return f'<c r="{place}" t="{kind}"><v>{value}</v></c>'


def _row(number: int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def _ods(table: str) -> bytes:
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    content = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Deals">{table}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return zipped({"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_cell(text: str, repeated: int = 1) -> str:
    return (
        f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}">'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def _ods_row(cells: str, repeated: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'


def _stored(*members: tuple[str, bytes]) -> bytes:
    """A ZIP with exactly these members, whatever their names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def _deals(rows: int = 2) -> bytes:
    return "\n".join([HEADER, *(f"{n},Ann,Won,5" for n in range(rows))]).encode()


def _flagged(content: bytes, flag: int) -> bytes:
    """A ZIP whose members all carry a flag, such as that of encryption."""
    made = bytearray(content)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = made.find(mark)
        while at >= 0:
            made[at + offset] |= flag
            at = made.find(mark, at + 4)
    return bytes(made)


def _nested(depth: int) -> bytes:
    content = _deals()
    for level in range(depth):
        content = _stored((f"{level}.zip", content))
    return content


def _overlapping(copies: int) -> bytes:
    """A ZIP whose directory names one member many times over."""
    content = _stored(("Deals.csv", _deals(50_000)))
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    directory = content[start:end] * copies
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), start, 0)
    return content[:start] + directory + tail


def _corrupted(content: bytes, seed: int) -> bytes:
    made = bytearray(content)
    rng = random.Random(seed)
    for _ in range(20):
        made[rng.randrange(30, len(made))] = rng.randrange(256)
    return bytes(made)


def _link() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("Deals.csv")
        entry.create_system = 3
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def _ole(body: bytes) -> bytes:
    """The head of a compound file whose tables are whatever follows."""
    return (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\0\x03\0\xfe\xff\x09\0").ljust(
        76, b"\0"
    ) + body


def _laughs(quote: str = "lol") -> str:
    entities = "".join(
        f'<!ENTITY l{n} "{"".join(f"&l{n - 1};" for _ in range(10)) if n else quote}">'
        for n in range(10)
    )
    return f"<!DOCTYPE sst [{entities}]>"


# Text
_add(
    one_line_of_30_mb__csv=lambda: b"a,b\n" + b"x" * 30_000_000,
    one_line_of_commas__csv=lambda: b"," * 8_000_000 + b"\nx",
    columns_20000__csv=lambda: (
        b",".join(b"c%d" % n for n in range(20_000)) + b"\n" + b"1," * 19_999
    ),
    rows_of_one_letter__csv=lambda: b"a\n" * 1_000_000,
    blank_lines__csv=lambda: b"a,b\n1,2\n" + b"\n" * 5_000_000,
    rows_of_commas__csv=lambda: b"a,b,c\n1,2,3\n" + b",,\n" * 1_000_000,
    never_closed_quote__csv=lambda: b'a,b\n1,"' + (b"x" * 79 + b"\n") * 100_000,
    every_line_opens_a_quote__csv=lambda: b"a,b\n" + b'a"b,"c\n' * 1_000_000,
    quotes_in_pairs__csv=lambda: b"a,b\n" + b'"a""\n' * 1_000_000,
    only_quotes__csv=lambda: b'"' * 8_000_001,
    nuls_among_letters__csv=lambda: b"a,b\n" + b"1\0\0\0,2\0\n" * 100_000,
    only_nuls__csv=lambda: bytes(8_000_000),
    huge_cell__csv=lambda: b'a,b\n1,"' + b"note " * 2_000_000 + b'"\n',
    wide_and_narrow__csv=lambda: (
        b"a,b\n" + b"".join(b"1," * (n % 300) + b"\n" for n in range(9999))
    ),
    half_a_surrogate__csv=lambda: "a,b\n1,2\n".encode("utf-16-le") + b"\x00\xd8",
    utf_16_odd__csv=lambda: "id,owner\n1,张伟\n".encode("utf-16")[:-1],
    overlong_utf_8__csv=lambda: b"a,b\n\xc0\xaf,\xe0\x80\xaf\n" * 9999,
    every_encoding_at_once__csv=lambda: "负责人,é\n".encode("gb18030") + "张伟,é\n".encode() * 99,
    broken_gb18030__csv=lambda: ("负责人,阶段\n" + "张伟,赢单\n" * 999).encode("gb18030") + b"\x81",
    right_to_left__csv=lambda: "Owner,Stage\n\u202egro.evil,\u2066Won\n😀👩‍👩‍👧,مرحبا\n".encode(),
    formulas__csv=lambda: b'Owner,Stage\n=HYPERLINK("http://x"),@SUM(1)\n+1+1,-2+3|cmd\n',
    controls__csv=lambda: b"Owner,Stage\n" + bytes(range(1, 32)) * 50,
    all_bytes__bin=lambda: bytes(range(256)) * 4000,
    noise__csv=lambda: random.Random(1).randbytes(3_000_000),
    same_header_5000_times__csv=lambda: (
        b",".join([b"Stage"] * 5000) + b"\n" + b"x," * 4999 + b"x\n"
    ),
    zero_width_headers__csv=lambda: "\u200b,\ufeff,\u2060\n1,2,3\n".encode() * 50,
    regex_bait__csv=lambda: b"a,b\n" + b"1" * 500_000 + b"," + b"(" * 500_000 + b"\n",
    spaces__csv=lambda: b"a,b\n" + b" " * 8_000_000 + b",2\n",
)

# Something else by its content
_add(
    picture__csv=lambda: b"\x89PNG\r\n\x1a\n" + b"a,b\n1,2\n" * 99,
    picture_and_archive__xlsx=lambda: b"GIF89a" + xlsx(),
    program_and_archive__xlsx=lambda: b"MZ\x90\0" + xlsx(),
    document_and_archive__xlsx=lambda: b"%PDF-1.7\n" + xlsx(),
    pickle__csv=lambda: b"cos\nsystem\n(S'echo harm'\ntR.",
    yaml__csv=lambda: b"a: !!python/object/apply:os.system ['id']\nb: 1\n",
    gzip_bomb__csv=lambda: b"\x1f\x8b\x08" + zlib.compress(bytes(10_000_000)),
)

# Workbooks
_add(
    strings_of_200_mb__xlsx=lambda: xlsx(**shared(f"<si><t>{'x' * 200_000_000}</t></si>")),
    strings_of_100_mb__xlsx=lambda: xlsx(**shared(f"<si><t>{'x' * 100_000_000}</t></si>")),
    corners__xlsx=lambda: xlsx(_row(1, _cell("A1")) + _row(1048576, _cell("XFD1048576"))),
    corner_in_the_middle__xlsx=lambda: xlsx(
        "".join(_row(n, _cell(f"A{n}")) for n in range(1, 60_000))
        + _row(60_000, _cell("XFD1048576"))
        + "".join(_row(n, _cell(f"A{n}")) for n in range(60_001, 130_000))
    ),
    corner_of_a_spaced_cell__xlsx=lambda: xlsx(
        _row(1, _cell("A1")) + '<row r="9"><c  r = "XFD1048576"  t="n"><v>1</v></c></row>'
    ),
    cells_beyond_the_sheet__xlsx=lambda: xlsx(_row(1, _cell("ZZZZZ99999999"))),
    cells_nowhere__xlsx=lambda: xlsx(_row(0, _cell("A0"), _cell("0"), _cell(""), _cell("A"))),
    cells_backwards__xlsx=lambda: xlsx(_row(9, _cell("C9")) + _row(2, _cell("B2"), _cell("A1"))),
    billion_laughs__xlsx=lambda: xlsx(**shared("<si><t>&l9;</t></si>", _laughs())),
    outer_entity__xlsx=lambda: xlsx(
        **shared("<si><t>&x;</t></si>", '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>')
    ),
    entity_in_utf_16__xlsx=lambda: _utf_16_part(),
    deep_markup__xlsx=lambda: xlsx("<x>" * 300_000 + "</x>" * 300_000),
    missing_string__xlsx=lambda: xlsx(_row(1, _cell("A1", "99999", "s")), **shared("<si/>")),
    string_minus_one__xlsx=lambda: xlsx(_row(1, _cell("A1", "-1", "s")), **shared("<si/>")),
    half_the_strings__xlsx=lambda: xlsx(**shared("<si><t>a</t></si><si><t")),
    odd_numbers__xlsx=lambda: xlsx(
        _row(1, *map(_cell, ("A1", "B1", "C1", "D1"), ("1e999", "-0", "NaN", "0x1")))
    ),
    dates_beyond_time__xlsx=lambda: xlsx(
        '<row r="1"><c r="A1" t="d"><v>99999-99-99</v></c><c r="B1" t="d"><v>x</v></c></row>'
    ),
    truncated__xlsx=lambda: xlsx()[:-300],
    half__xlsx=lambda: xlsx()[: len(xlsx()) // 2],
    no_sheet__xlsx=lambda: zipped({"xl/workbook.xml": "<workbook/>"}),
    sheets_65000_of_one_part__xlsx=lambda: _many_sheets(65_000),
    entries_10000__xlsx=lambda: zipped(
        {"xl/workbook.xml": "<x/>"} | {f"xl/media/{n}.png": "" for n in range(10_000)}
    ),
    part_twice__xlsx=lambda: _stored(*[("xl/workbook.xml", b"<x/>")] * 2),
    link_outside__xlsx=lambda: xlsx(
        **{
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" '
            'Type="worksheet" Target="../../../../etc/passwd"/></Relationships>'
        }
    ),
    corrupted__xlsx=lambda: _corrupted(xlsx(), 1),
    columns_16384__xlsx=lambda: xlsx("".join(_row(n, _cell(f"XFD{n}")) for n in range(1, 40))),
    repeated_columns__ods=lambda: _ods(_ods_row(_ods_cell("x", 1_000_000_000))),
    repeated_rows__ods=lambda: _ods(_ods_row(_ods_cell("x", 16_000), 1_048_576)),
    repeated_rows_modest__ods=lambda: _ods(_ods_row(_ods_cell("x", 10), 100_000)),
    repeated_beyond_a_number__ods=lambda: _ods(_ods_row(_ods_cell("x", 10**30))),
    repeated_less_than_none__ods=lambda: _ods(_ods_row(_ods_cell("x", -5), -5)),
    no_content__ods=lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
    truncated__xls=lambda: _ole(b"\xff" * 436)[:300],
    endless_chain__xls=lambda: _ole(struct.pack("<109L", *range(109)) + bytes(512) * 20),
    sectors_beyond__xls=lambda: _ole(b"\xfe" * 436 + b"\x7f\xff\xff\xff" * 4000),
    noise__xls=lambda: _ole(random.Random(2).randbytes(200_000)),
)

# Archives
_add(
    zip_of_zips__zip=lambda: _nested(30),
    bomb__zip=lambda: _stored(("Deals.csv", b"a,b\n" + b"1,2\n" * 12_000_000)),
    overlapping_members__zip=lambda: _overlapping(400),
    members_10000__zip=lambda: _stored(*((f"{n}.csv", b"a,b\n1,2\n") for n in range(10_000))),
    same_name__zip=lambda: _stored(*[("Deals.csv", _deals())] * 5),
    ways_out__zip=lambda: _stored(
        *(
            (name, _deals())
            for name in (
                "../../etc/cron.d/x.csv",
                "/etc/passwd",
                "C:\\x\\..\\y.csv",
                "a\n\u202eb.csv",
                "\x1b[2J.csv",
                "..",
                "con.csv",
                "a/" * 500 + "x.csv",
                "$(id).csv",
            )
        )
    ),
    link__zip=_link,
    encrypted__zip=lambda: _flagged(_stored(("Deals.csv", _deals())), 1),
    encrypted_strongly__zip=lambda: _flagged(_stored(("Deals.csv", _deals())), 0x41),
    truncated__zip=lambda: _stored(("Deals.csv", _deals(999)))[:-99],
    corrupted__zip=lambda: _corrupted(_stored(("a.csv", _deals(9999)), ("b.csv", _deals())), 3),
    wrong_sum__zip=lambda: _stored(("a.csv", _deals())).replace(b"Ann", b"Bob"),
    unknown_method__zip=lambda: _stored(("a.csv", _deals())).replace(b"\x08\0", b"\x63\0"),
    directory_only__zip=lambda: b"PK\x05\x06" + bytes(18),
    hostile_members__zip=lambda: _stored(
        ("far.xlsx", CORPUS["corners.xlsx"]()),
        ("deals.csv", _deals()),
        ("laughs.xlsx", CORPUS["billion_laughs.xlsx"]()),
    ),
)

# Web pages
_add(
    spans__xls=lambda: b"<table><tr>" + b'<td rowspan="65534" colspan="1000">x' * 20_000,
    rows_below_spans__xls=lambda: (
        b"<table><tr><td rowspan=65534 colspan=1000>x" + b"<tr>" * 900_000
    ),
    tables_in_tables__xls=lambda: b"<table><tr><td>x" * 50_000,
    comments_never_closed__xls=lambda: b"<table><tr><td>a</td></tr>" + b"<!--" * 1_000_000,
    tags_never_closed__xls=lambda: b"<table>" + b"<td <td " * 1_000_000,
    half_tags__xls=lambda: b"<table>" + b"<" * 8_000_000,
    script__xls=lambda: b"<html><script>" + b"<table><tr><td>" * 100_000,
    entities__xls=lambda: b"<table><tr><td>" + b"&amp" * 500_000 + b"&#x110000;&#xD800;" * 9,
    attributes__xls=lambda: b"<table><tr><td " + b"colspan=9 " * 200_000 + b">x",
    rows__xls=lambda: b"<table>" + b"<tr><td>1<td>2" * 100_000,
)


def _utf_16_part() -> bytes:
    parts = shared("<si><t>&x;</t></si>", '<!DOCTYPE s [<!ENTITY x "y">]>')
    with zipfile.ZipFile(io.BytesIO(xlsx(**parts))) as book:
        members = [(name, book.read(name)) for name in book.namelist()]
    return _stored(
        *(
            (name, text.decode().encode("utf-16") if name.endswith("Strings.xml") else text)
            for name, text in members
        )
    )


def _many_sheets(count: int) -> bytes:
    main = "http://schemas.openxmlformats.org"
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, count + 1))
    return xlsx(
        **{
            "xl/workbook.xml": f'<workbook xmlns="{main}/spreadsheetml/2006/main" '
            f'xmlns:r="{main}/officeDocument/2006/relationships"><sheets>{listed}</sheets></workbook>'
        }
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in CORPUS.items():
        (folder / name).write_bytes(make())
