"""Workbooks (XLSX, XLS, ODS) to sheets of text, behind a guard against hostile archives."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import python_calamine as calamine

from data.errors import NotATableError, TooLargeError

MOST_ENTRIES = 500
MOST_UNPACKED = 1 << 30
MOST_RATIO = 150
"""A real workbook of repetitive rows packs some 30 to 1; a bomb 1,000 to 1."""

MOST_CELLS = 50_000_000
"""Cells between the first and the last one used: the parser reserves room for all of them."""

EDGE = 1 << 20
_CELL = re.compile(rb'<c [^>]{0,99}?\br="([A-Z]{1,3})(\d{1,7})"')


@dataclass(frozen=True)
class Sheet:
    """A visible sheet: its rows of text from the first row of the sheet on."""

    name: str
    rows: list[list[str]]


def container_of(content: bytes, file: str) -> str:
    """``xlsx``, ``xls`` or ``ods``, from what is inside an archive or compound file.

    Raises
    ------
    NotATableError
        Some other archive: a document, slides, a ZIP of files.
    """
    if not content.startswith(b"PK"):
        return "xls"
    with _archive(content, file) as archive:
        names = set(archive.namelist())
        if "mimetype" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:99]:
            return "ods"
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    found = "word" if any(name.startswith("word/") for name in names) else "zip"
    raise NotATableError(file, found)


def sheets(content: bytes, file: str, container: str) -> list[Sheet]:
    """The visible sheets that have rows, as text.

    Dates are ISO; a time of day at midnight is left out. Whole numbers have no point.

    Raises
    ------
    NotATableError
        Damaged, or protected by a password.
    TooLargeError
        It unpacks to more than this process can hold.
    """
    if container != "xls":
        _guard(content, file)
    try:
        workbook = calamine.load_workbook(io.BytesIO(content))
        return [
            Sheet(metadata.name, [[_text(cell) for cell in row] for row in rows])
            for metadata in workbook.sheets_metadata
            if metadata.visible == calamine.SheetVisibleEnum.Visible
            and metadata.typ == calamine.SheetTypeEnum.WorkSheet
            and not metadata.name.casefold().startswith("hidden")
            # The empty area counts: row numbers in messages are those of the sheet.
            and (rows := workbook.get_sheet_by_name(metadata.name).to_python(skip_empty_area=False))
        ]
    except calamine.CalamineError as error:
        raise NotATableError(file, "locked_workbook") from error
    except BaseException as error:
        # A panic of the parser's Rust code is no Exception to Python.
        if type(error).__name__ != "PanicException":
            raise
        raise NotATableError(file, "damaged_workbook") from error


def _text(cell: object) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "true" if cell else "false"
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case float() if abs(cell) < 1e-4:  # what sums leave behind, without a power of ten
            return f"{cell:.15f}"
        case datetime():
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
    return repr(cell)


def _guard(content: bytes, file: str) -> None:
    """Refuse an archive that unpacks to too much, or whose sheets reach too far."""
    with _archive(content, file) as archive:
        entries = archive.infolist()
        unpacked = sum(entry.file_size for entry in entries)
        packed = max(sum(entry.compress_size for entry in entries), 1)
        if len(entries) > MOST_ENTRIES or unpacked > MOST_UNPACKED:
            raise TooLargeError(file, unpacked / 1e6, MOST_UNPACKED / 1e6)
        if unpacked > 10 * EDGE and unpacked / packed > MOST_RATIO:
            raise TooLargeError(file, unpacked / 1e6, packed * MOST_RATIO / 1e6)
        for entry in entries:
            if entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml"):
                rows, columns = _extent(archive, entry)
                if rows * columns > MOST_CELLS:
                    raise NotATableError(file, "endless_sheet")


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int]:
    """How far a sheet reaches, from its cells near the beginning and the end."""
    with archive.open(entry) as stream:
        head = tail = stream.read(EDGE)
        while block := stream.read(EDGE):
            tail = (tail + block)[-EDGE:]
    rows, columns = zip(*_cells(head + tail), (0, 0), strict=True)
    return max(rows), max(columns)


def _cells(xml: bytes) -> Iterator[tuple[int, int]]:
    for letters, digits in _CELL.findall(xml):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        yield int(digits), column


@contextmanager
def _archive(content: bytes, file: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    # RuntimeError is how zipfile asks for a password.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise NotATableError(file, "locked_archive") from error
