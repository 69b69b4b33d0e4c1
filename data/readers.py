"""Bytes of an upload to a table of text: container, encoding, delimiter, header, furniture.

Nothing is typed here and nothing is dropped: what is not a row is kept beside the rows, with
its line in the file. Every way in which a file can fail to be a table is a ``UserError``.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.decoding import decode
from data.delimited import Broken, Line, delimiter_of, split
from data.errors import EmptyFileError, NotATableError, SettingError, TooLargeError
from data.formats import known_headers, normalise
from data.layout import HEADER_WITHIN, Furniture, lay_out
from data.workbooks import Sheet, container_of, sheets

MOST_BYTES = 100_000_000

_MAGIC = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"%PDF", "pdf"),
    (b"\x7fELF", "program"),
    (b"MZ\x90", "program"),
    (b"\x1f\x8b", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"),
    (b"SQLite format 3\0", "database"),
    (b"PAR1", "parquet"),
    (b"{\\rtf", "text_document"),
)
_WEB_PAGE = re.compile(r"\s*<(!doctype|html|table|\?xml|div|head)\b", re.IGNORECASE)
_JSON = re.compile(r'\s*(\{\s*"|\[\s*[\[{])')
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f]")


@dataclass(frozen=True)
class SourceTable:
    """A table as it stands in the file, all text.

    Attributes
    ----------
    size
        Bytes of the file.
    container
        ``csv`` (any delimited text), ``xlsx``, ``xls`` or ``ods``.
    sheet, other_sheets
        The sheet taken, and the names of those left aside; empty for text.
    encoding, delimiter
        Empty for workbooks.
    header_row
        Line of the header in the file, from 1; 0 where the file has none.
    rows, row_numbers
        Cells, as many as ``header`` has, and the line on which each row begins.
    broken
        Lines that should have been rows and cannot be read as such.
    cautions
        Codes of what a person should know about the reading: ``nul_bytes_removed``,
        ``undecodable_characters``, ``no_header``, ``other_sheets``.
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


def read_table(
    content: bytes,
    file: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_row: int | None = None,
    sheet: str | None = None,
    max_bytes: int = MOST_BYTES,
) -> SourceTable:
    """Read the table in an upload. What is None is detected.

    Parameters
    ----------
    file
        Its name, for messages. The content alone decides what it is.
    header_row
        Line of the header in the file, from 1; 0 where it has none.

    Raises
    ------
    TooLargeError
        More than ``max_bytes``, or a workbook that unpacks to too much.
    EmptyFileError
        No bytes, or no rows.
    NotATableError
        An image, a document, a pivot table.
    SettingError
        An encoding, delimiter, sheet or header line that cannot be used.
    """
    if len(content) > max_bytes:
        raise TooLargeError(file, len(content) / 1e6, max_bytes / 1e6)
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise EmptyFileError(file)
    for magic, found in _MAGIC:
        if content.startswith(magic):
            raise NotATableError(file, found)
    container = "csv"
    cautions: list[str] = []
    others: tuple[str, ...] = ()
    broken: list[Broken] = []
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        container = container_of(content, file)
        encoding = delimiter = ""
        chosen, others = _choose(sheets(content, file, container), file, sheet)
        sheet = chosen.name
        lines = [Line(number, cells) for number, cells in enumerate(chosen.rows, start=1)]
    else:
        text, encoding = _text(content, file, encoding, cautions)
        delimiter = delimiter or delimiter_of(text)
        lines, broken = split(text, delimiter)
    layout = lay_out(lines, file, header_row)
    if not layout.header_row:
        cautions.append("no_header")
    if others:
        cautions.append("other_sheets")
    return SourceTable(
        file=file,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        container=container,
        sheet=sheet or "",
        other_sheets=others,
        encoding=encoding,
        delimiter=delimiter,
        header_row=layout.header_row,
        header=layout.header,
        rows=layout.rows,
        row_numbers=layout.row_numbers,
        furniture=layout.furniture,
        broken=tuple(sorted([*broken, *layout.ragged], key=lambda line: line.row_no)),
        cautions=tuple(cautions),
    )


def _text(content: bytes, file: str, encoding: str | None, cautions: list[str]) -> tuple[str, str]:
    text, encoding = decode(content, encoding)
    if "\0" in text:
        text = text.replace("\0", "")
        cautions.append("nul_bytes_removed")
    if "\ufffd" in text:
        cautions.append("undecodable_characters")
    sample = text[:65536]
    if _WEB_PAGE.match(sample):
        raise NotATableError(file, "web_page")
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
        chosen = max(found, key=_known)
    else:
        named = [sheet for sheet in found if sheet.name == name]
        if not named:
            raise SettingError(f"{file} has no sheet {name}.", value=name)
        chosen = named[0]
    return chosen, tuple(sheet.name for sheet in found if sheet is not chosen)


def _known(sheet: Sheet) -> int:
    head = (set(map(normalise, cells)) for cells in sheet.rows[:HEADER_WITHIN])
    return max((len(known_headers() & cells) for cells in head), default=0)
