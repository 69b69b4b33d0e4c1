"""Delimited text to rows of cells, each with the line of the file on which it begins.

DuckDB's sniffer is not used: it reads polluted files wrongly, as one column or without the
ragged rows, and reports no error.
"""

import csv
import io
import itertools
import re
from collections import Counter
from typing import NamedTuple

from data.errors import NotATableError, SettingError

DELIMITERS = (",", ";", "\t", "|")
SAMPLE_CHARACTERS = 1 << 18
SAMPLE_ROWS = 200

# Notes of a CRM are long; the file as a whole has its own limit.
csv.field_size_limit(1 << 30)

MOST_READ_AGAIN = 4
"""How often a text is read again, as a whole, behind stray quotation marks: where each one
swallows the rest, every line would be read as often as there are lines."""
MOST_STRAY = 10_000
"""Lines with a stray quotation mark that a file may have."""

_SEP = re.compile(r'"?sep=(.)"?[\r\n]', re.IGNORECASE)
_VALUE = re.compile(r"[-+(]?[\d.,:/\s%-]*\d[\d.,:/\s%-]*\)?")


class Line(NamedTuple):
    """One record of a text: its first line in the file (from 1) and its cells."""

    number: int
    cells: list[str]


class Broken(NamedTuple):
    """Something that should have been a row and cannot be taken as one.

    ``rule`` is ``stray_quote`` (a quotation mark that swallows the lines after it) or
    ``ragged_row`` (more or fewer cells than the header).
    """

    row_no: int
    text: str
    rule: str


def delimiter_of(text: str) -> str:
    """The character that splits the text most evenly, into most columns, under a header of words.

    A line ``sep=;`` at the top, which Excel understands, decides alone.
    """
    if match := _SEP.match(text):
        return match[1]
    sample = text[:SAMPLE_CHARACTERS]
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def split(text: str, delimiter: str, file: str) -> tuple[list[Line], list[Broken]]:
    """Every record of a text, and the lines that cannot be read as records.

    A quotation mark that is never closed, or closed in the middle of a later cell, would
    swallow rows without a word: such a line is set aside, and reading starts afresh after it.

    Raises
    ------
    NotATableError
        Quotation marks that do not pair, line after line.
    SettingError
        The delimiter is not one character.
    """
    if len(delimiter) != 1 or delimiter in '\r\n"':
        raise SettingError("The delimiter must be one character.", value=delimiter)
    # The empty line at the end makes a last cell that is never closed span two lines.
    lines = [*io.StringIO(text, newline=""), ""]
    records: list[Line] = []
    broken: list[Broken] = []
    first = 1 if _SEP.match(text) else 0
    again = 0
    while first < len(lines):
        at = first
        reader = csv.reader(
            map(lines.__getitem__, range(first, len(lines))),
            delimiter=delimiter,
            skipinitialspace=True,
        )
        for cells in reader:
            end = first + reader.line_num
            if end > at + 1 and not _is_sound(lines[at:end], delimiter):
                broken.append(Broken(at + 1, lines[at].rstrip("\r\n"), "stray_quote"))
                again += end - at - 1
                first = at + 1
                break
            if cells:
                records.append(Line(at + 1, cells))
            at = end
        else:
            break
        if again > MOST_READ_AGAIN * len(lines) or len(broken) > MOST_STRAY:
            raise NotATableError(file, "broken_quotes")
    return records, broken


def is_value(cell: str) -> bool:
    """Whether a cell is a number, date or time, as no header is."""
    return len(cell) < 40 and bool(_VALUE.fullmatch(cell.strip()))


def _is_sound(lines: list[str], delimiter: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True))
    except csv.Error:
        return False
    return True


def _evenness(sample: str, delimiter: str) -> float:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows = [cells for cells in itertools.islice(reader, SAMPLE_ROWS) if any(cells)]
    widths = Counter(len(cells) for cells in rows)
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 1))
    if width == 1:
        widths.pop(1, None)
        width, count = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
    header = next((cells for cells in rows if len(cells) == width), [])
    # 1,5;2,5 is evenly split by either; but under one of them the first row is no header.
    trust = 0.5 if any(map(is_value, header)) else 1.0
    return trust * (1 - 1 / width) * count / max(len(rows), 1)
