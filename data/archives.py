"""ZIP archives: what is in one, and whether it may be unpacked at all."""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from data.errors import NotATableError, TooLargeError, UploadError

MOST_ENTRIES = 500
MOST_UNPACKED = 1 << 30
MOST_RATIO = 150
"""A real workbook of repetitive rows packs some 30 to 1; a bomb 1,000 to 1."""

MOST_CELLS = 50_000_000
"""Cells up to the last one: the parser reserves room for all of them."""

EDGE = 1 << 20
"""Bytes that are looked at of each part: declarations stand at its beginning. What hides
further down costs the process that reads it its life, and no other."""

ZIP = (b"PK\x03\x04", b"PK\x05\x06")

_CELL = re.compile(rb'<c [^>]{0,99}?\br="([A-Z]{1,3})(\d{1,7})"')
_MARKUP = re.compile(r".*\.(xml|rels)", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_OF_A_PROGRAM = re.compile(r"(^|/)(__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(/|$)")
_OTHER_DOCUMENTS = {"word": "word", "ppt": "slides"}
# RuntimeError is how zipfile asks for a password; of ValueError are names and dates in the
# directory that mean nothing.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
    OSError,
)


def container_of(content: bytes, file: str) -> str:
    """``xlsx``, ``ods`` or ``zip``, from what is inside an archive.

    Raises
    ------
    NotATableError
        A document or slides; damaged.
    """
    with _opened(content, file) as archive:
        names = archive.namelist()
        kind = archive.read("mimetype")[:99] if "mimetype" in names else b""
    if b"opendocument" in kind:
        if b"opendocument.spreadsheet" in kind:
            return "ods"
        raise NotATableError(file, "text_document")
    roots = {name.partition("/")[0] for name in names if "/" in name}
    for root, found in _OTHER_DOCUMENTS.items():
        if root in roots:
            raise NotATableError(file, found)
    return "xlsx" if "xl" in roots else "zip"


def guard(content: bytes, file: str) -> None:
    """Refuse a workbook that unpacks to too much, declares entities or reaches too far.

    Raises
    ------
    TooLargeError
        More parts or bytes than a workbook has, or packed as only a bomb is.
    NotATableError
        A part stands in it twice, so that two readers see two workbooks; entities; cells far
        apart.
    """
    with _opened(content, file) as archive:
        entries = _bounded(archive, file)
        if len({entry.filename for entry in entries}) < len(entries):
            raise NotATableError(file, "damaged_workbook")
        for entry in filter(lambda entry: _MARKUP.fullmatch(entry.filename), entries):
            with archive.open(entry) as part:
                head = part.read(EDGE)
            if _DECLARATION.search(head.replace(b"\0", b"")):
                raise NotATableError(file, "entities")
            rows, columns = zip(*_cells(head), (0, 0), strict=True)
            if max(rows) * max(columns) > MOST_CELLS:
                raise NotATableError(file, "endless_sheet")


def members(
    content: bytes, file: str, most_bytes: int
) -> Iterator[tuple[str, bytes | UploadError]]:
    """The files in a ZIP: a name for each, below that of the archive, and its bytes.

    Nothing is written to disk, so a name is no path: what would lead out of a folder is
    taken off it, and a name that repeats gets a number.

    Raises
    ------
    TooLargeError, NotATableError
        As a whole it is no archive of exports: too many files, a bomb, damaged.
    """
    with _opened(content, file) as archive:
        times: Counter[str] = Counter()
        for entry in _bounded(archive, file):
            inside = _inside(entry.filename)
            if entry.is_dir() or _OF_A_PROGRAM.search(inside):
                continue
            name = f"{file}/{inside}"
            times[name] += 1
            if times[name] > 1:
                name = f"{name} ({times[name]})"
            yield name, _unpacked(archive, entry, name, most_bytes)


def _unpacked(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, most_bytes: int
) -> bytes | UploadError:
    if entry.file_size > most_bytes:
        return TooLargeError(name, entry.file_size / 1e6, most_bytes / 1e6)
    try:
        return archive.read(entry)
    except _DAMAGE:
        return NotATableError(name, "locked_archive")


def _bounded(archive: zipfile.ZipFile, file: str) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(sum(entry.compress_size for entry in entries), 1)
    if len(entries) > MOST_ENTRIES:
        raise NotATableError(file, "many_files")
    if unpacked > MOST_UNPACKED:
        raise TooLargeError(file, unpacked / 1e6, MOST_UNPACKED / 1e6)
    if unpacked > 10 * EDGE and unpacked / packed > MOST_RATIO:
        raise TooLargeError(file, unpacked / 1e6, packed * MOST_RATIO / 1e6)
    if len({entry.header_offset for entry in entries}) < len(entries):
        raise NotATableError(file, "locked_archive")
    return entries


def _inside(name: str) -> str:
    parts = "".join(filter(str.isprintable, name)).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in ("", ".", "..")) or "?"


def _cells(xml: bytes) -> Iterator[tuple[int, int]]:
    for letters, digits in _CELL.findall(xml):
        column = 0
        for letter in letters:
            column = column * 26 + letter - 64
        yield int(digits), column


@contextmanager
def _opened(content: bytes, file: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except _DAMAGE as error:
        raise NotATableError(file, "locked_archive") from error
