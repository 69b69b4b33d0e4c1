"""Which line of a sheet is its header, and what its columns are called."""

import re
from collections import Counter
from collections.abc import Sequence

from data.delimited import Line, is_value
from data.errors import SettingError
from data.formats import BLANK, known_headers, normalise
from data.furniture import filled, strip

WITHIN = 30
"""Rows in which the header is looked for."""

LONGEST = 300
"""Characters of a header; what is longer is a text and compared with none."""

SPANS = 2
"""Upper headings over several columns from which on two rows are one header: a title and the
line below it are none."""

_SORTED = re.compile(r"\s*[↑↓▲▼]$")


def header_of(lines: Sequence[Line], number: int | None) -> tuple[int, list[str], bool]:
    """Where the header ends, its cells, and whether it is of two rows.

    Parameters
    ----------
    lines
        Every line that is not blank.
    number
        Line of the header in the file, 0 where there is none, detected when None.

    Raises
    ------
    SettingError
        There is nothing on line ``number``.
    """
    if number is None:
        top = _detected(lines)
        if 0 <= top < len(lines) - 2 and (cells := _joined(lines[top], lines[top + 1])):
            return top + 1, cells, True
    else:
        top = _index_of(lines, number)
    if top < 0:
        return -1, [""] * max(len(line.cells) for line in lines), False
    if top > 0 and (cells := _joined(lines[top - 1], lines[top])):
        return top, cells, True
    return top, lines[top].cells, False


def names_of(cells: Sequence[str]) -> tuple[str, ...]:
    """Headers without blanks around them; empty and repeated ones get a number.

    >>> names_of(["Stage ↑", "", "stage"])
    ('Stage', 'Column 2', 'stage (2)')
    """
    names: dict[str, str] = {}
    times: Counter[str] = Counter()
    for number, cell in enumerate(cells, start=1):
        plain = " ".join(cell[:LONGEST].strip(BLANK).split())
        plain = name = _SORTED.sub("", plain) or f"Column {number}"
        key = same = normalise(plain)
        while key in names:
            times[same] += 1
            name = f"{plain} ({times[same] + 1})"
            key = normalise(name)
        names[key] = name
    return tuple(names.values())


def known_in(cells: Sequence[str]) -> int:
    """How many of the cells are headers that some format has."""
    return len(known_headers() & {normalise(cell) for cell in cells if len(cell) <= LONGEST})


def _detected(lines: Sequence[Line]) -> int:
    """Where the header is; -1 where the first full row is already a record."""
    head = lines[:WITHIN]
    matches = [known_in(line.cells) for line in head]
    best = max(range(len(head)), key=matches.__getitem__)
    if matches[best] >= 2 and matches[best] * 3 >= filled(head[best]):
        return best
    usual = Counter(filled(line) for line in lines[:200]).most_common(1)[0][0]
    full = next(i for i, line in enumerate(lines) if filled(line) >= 0.6 * usual)
    values = sum(map(is_value, lines[full].cells))
    return -1 if values * 4 >= filled(lines[full]) else full


def _index_of(lines: Sequence[Line], number: int) -> int:
    if number == 0:
        return -1
    for index, line in enumerate(lines):
        if line.number == number:
            return index
    raise SettingError(f"Line {number} of the file is empty.", value=number)


def _joined(upper: Line, lower: Line) -> list[str] | None:
    """Two rows as one header, where the upper one spans columns that the lower one names.

    ``Q1, "", Q2, ""`` over ``Won, Lost, Won, Lost`` is ``Q1: Won, Q1: Lost, Q2: Won, Q2: Lost``.
    A cell of the upper row with nothing below it reaches over both.
    """
    if upper.number + 1 != lower.number or len(upper.cells) != len(lower.cells):
        return None
    names = []
    spans: Counter[int] = Counter()
    above, at = "", -1
    both = zip(map(strip, upper.cells), map(strip, lower.cells), strict=True)
    for index, (over, under) in enumerate(both):
        if over:
            above, at = (over, index) if under and under != over else ("", -1)
        if is_value(under) or (is_value(over) and not over.isdigit()):
            return None
        spans[at] += bool(under)
        names.append(f"{above}: {under}" if above and under else under or over)
    spans.pop(-1, None)
    wide = sum(columns > 1 for columns in spans.values())
    return names if wide >= SPANS else None
