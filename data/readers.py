"""Bytes of an upload to tables of text: container, encoding, delimiter, header, furniture.

Nothing is typed here and nothing is dropped: what is not a row is kept beside the rows, with
its line in the file. Every way in which a file can fail to be a table is a ``UserError``.
What nobody vouches for is read through ``data.sandbox``, in a process of its own.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack

from data.archives import ZIP, container_of, members
from data.decoding import decode
from data.delimited import Broken, Line, delimiter_of, split
from data.errors import EmptyFileError, NotATableError, SettingError, TooLargeError, UserError
from data.furniture import Furniture
from data.headers import WITHIN, known_in
from data.layout import lay_out
from data.webtables import tables
from data.workbooks import Sheet, sheets

MOST_BYTES = 100_000_000

_MAGIC = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"%PDF", "pdf"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"SQLite format 3\0", "database"),
    (b"PAR1", "parquet"),
    (b"{\\rtf", "text_document"),
)
_OLE = b"\xd0\xcf\x11\xe0"
_XML = re.compile(r"\s*<\?xml\b(?!.{0,300}<(!doctype )?html)", re.IGNORECASE | re.DOTALL)
_WEB_PAGE = re.compile(
    r"\s*<(!doctype|!--|html|\?xml|head|meta|style|body|div|table)", re.IGNORECASE
)
_TABLE = re.compile(r"<table\b", re.IGNORECASE)
_JSON = re.compile(r'\s*(\{\s*"|\[\s*[\[{])')
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class SourceTable:
    """A table as it stands in the file, all text.

    Attributes
    ----------
    file
        Its name; that of a file in a ZIP is ``backup.zip/Deals_001.csv``.
    size
        Bytes of the file.
    container
        ``csv`` (any delimited text), ``xlsx``, ``xls``, ``ods`` or ``html``.
    sheet, other_sheets
        The sheet taken, and the names of those left aside; empty for delimited text.
    encoding, delimiter
        Empty for workbooks; a web page has no delimiter.
    header_row
        Line of the header in the file, from 1; 0 where the file has none.
    rows, row_numbers
        Cells, as many as ``header`` has, and the line on which each row begins.
    broken
        Lines that should have been rows and cannot be read as such.
    cautions
        Codes of what a person should know about the reading: ``nul_bytes_removed``,
        ``undecodable_characters``, ``no_header``, ``other_sheets``, ``two_row_header``,
        ``grouped_rows``.
    grouped
        Headers whose value seems to stand only on the first row of a group.
    """

    file: str
    sha256: str
    size: int
    container: str
    sheet: str
    other_sheets: tuple[str, ...]
    encoding: str
    delimiter: str
    header_row: int
    header: tuple[str, ...]
    rows: list[list[str]]
    row_numbers: list[int]
    furniture: tuple[Furniture, ...]
    broken: tuple[Broken, ...]
    cautions: tuple[str, ...]
    grouped: tuple[str, ...] = ()


class Settings(TypedDict, total=False):
    """What a person says about a file; the rest is detected. See ``read_table``."""

    encoding: str | None
    delimiter: str | None
    header_row: int | None
    sheet: str | None
    fill_down: Sequence[str]
    max_bytes: int


def read_tables(
    content: bytes, file: str, *, member: str | None = None, **settings: Unpack[Settings]
) -> Iterator[SourceTable | UserError]:
    """Each table of an upload, or why it is none: one, or one for every file in a ZIP.

    Parameters
    ----------
    member
        The only file of a ZIP that is wanted, by its full name ``backup.zip/Deals_001.csv``.
    """
    most_bytes = settings.get("max_bytes", MOST_BYTES)
    try:
        packed = content.startswith(ZIP) and len(content) <= most_bytes
        if not (packed and container_of(content, file) == "zip"):
            yield read_table(content, file, **settings)
            return
        found = False
        for name, inside in members(content, file, most_bytes):
            if member not in (None, name):
                continue
            found = True
            try:
                if isinstance(inside, UserError):
                    raise inside
                yield read_table(inside, name, **settings)
            except UserError as problem:
                yield problem
        if not found:
            raise EmptyFileError(member or file)
    except UserError as problem:
        yield problem


def read_table(
    content: bytes,
    file: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    fill_down: Sequence[str] = (),
    max_bytes: int = MOST_BYTES,
) -> SourceTable:
    """Read the table in an upload. What is None is detected.

    Parameters
    ----------
    file
        Its name, for messages. The content alone decides what it is.
    header_row
        Line of the header in the file, from 1; 0 where it has none.
    fill_down
        Headers whose blank cells mean what stands above them, as in grouped reports.

    Raises
    ------
    TooLargeError
        More than ``max_bytes``, or a workbook that unpacks to too much.
    EmptyFileError
        No bytes, or no rows.
    NotATableError
        An image, a document, a pivot table, a ZIP of files.
    SettingError
        An encoding, delimiter, sheet, column or header line that cannot be used.
    """
    if len(content) > max_bytes:
        raise TooLargeError(file, len(content) / 1e6, max_bytes / 1e6)
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise EmptyFileError(file)
    for magic, found in _MAGIC:
        if content.startswith(magic):
            raise NotATableError(file, found)
    cautions: list[str] = []
    broken: list[Broken] = []
    book: list[Sheet] | None = None
    if content.startswith((*ZIP, _OLE)):
        container = "xls" if content.startswith(_OLE) else container_of(content, file)
        if container == "zip":
            raise NotATableError(file, container)
        book = sheets(content, file, container)
        encoding = delimiter = ""
    else:
        text, encoding = _text(content, file, encoding, cautions)
        container = "csv"
        if _WEB_PAGE.match(text):
            if not _TABLE.search(text):
                raise NotATableError(file, "xml" if _XML.match(text) else "web_page")
            container, delimiter = "html", ""
            book = tables(text, file)
    if book is not None:
        chosen, others = _choose(book, file, sheet)
        sheet = chosen.name
        lines = [Line(number, cells) for number, cells in enumerate(chosen.rows(), start=1)]
    else:
        others = ()
        delimiter = delimiter or delimiter_of(text)
        lines, broken = split(text, delimiter, file)
    layout = lay_out(lines, file, header_row, fill_down)
    told = {
        "no_header": not layout.header_row,
        "other_sheets": others,
        "two_row_header": layout.two_rows,
        "grouped_rows": layout.grouped and not fill_down,
    }
    return SourceTable(
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        container=container,
        sheet=sheet or "",
        other_sheets=others,
        encoding=encoding,
        delimiter=delimiter or "",
        header_row=layout.header_row,
        header=layout.header,
        rows=layout.rows,
        row_numbers=layout.row_numbers,
        furniture=layout.furniture,
        broken=tuple(sorted([*broken, *layout.ragged], key=lambda line: line.row_no)),
        cautions=(*cautions, *(code for code, so in told.items() if so)),
        grouped=layout.grouped,
    )


def _text(content: bytes, file: str, encoding: str | None, cautions: list[str]) -> tuple[str, str]:
    text, encoding = decode(content, encoding)
    if "\0" in text:
        text = text.replace("\0", "")
        cautions.append("nul_bytes_removed")
    if "\ufffd" in text:
        cautions.append("undecodable_characters")
    sample = text[:65536]
    if _JSON.match(sample):
        raise NotATableError(file, "json")
    if len(_CONTROL.findall(sample)) * 100 > len(sample):
        raise NotATableError(file, "binary")
    return text, encoding


def _choose(found: Sequence[Sheet], file: str, name: str | None) -> tuple[Sheet, tuple[str, ...]]:
    """The named sheet, or the one whose header is known best; the first of equals."""
    if not found:
        raise EmptyFileError(file)
    if name is None:
        chosen = max(found, key=_known) if len(found) > 1 else found[0]
    else:
        named = [sheet for sheet in found if sheet.name == name]
        if not named:
            raise SettingError(f"{file} has no sheet {name}.", value=name)
        chosen = named[0]
    return chosen, tuple(sheet.name for sheet in found if sheet is not chosen)


def _known(sheet: Sheet) -> int:
    return max(map(known_in, sheet.rows(WITHIN)), default=0)
