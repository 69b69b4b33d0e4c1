"""What on a sheet is the table: its header, its rows, and the furniture around them.

Furniture (titles, hints, footers, totals) is cut and kept, so that a person can see that no
record was lost with it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from data.delimited import Broken, Line, is_value
from data.errors import EmptyFileError, NotATableError, SettingError
from data.formats import BLANK, known_headers, normalise, patterns

HEADER_WITHIN = 30
"""Rows in which the header is looked for."""

_CORNER = re.compile(r"(row|column) labels|[行列]标签", re.IGNORECASE)
_MEASURE = re.compile(
    r"(sum|count|average|max|min) of .+|(求和|计数|平均值)项[:：].*", re.IGNORECASE
)
_TOTAL = re.compile(r"grand totals?|总计", re.IGNORECASE)


Kind = Literal["title", "hint", "footer", "total"]


@dataclass(frozen=True)
class Furniture:
    """A line that belongs to the page and not to the table."""

    row_no: int
    text: str
    kind: Kind


@dataclass(frozen=True)
class Layout:
    """A table found on a sheet: every row has as many cells as the header."""

    header_row: int
    header: tuple[str, ...]
    rows: list[list[str]]
    row_numbers: list[int]
    furniture: tuple[Furniture, ...]
    ragged: tuple[Broken, ...]


def lay_out(lines: Iterable[Line], file: str, header_row: int | None = None) -> Layout:
    """Find the table among the lines of a sheet.

    A row with fewer cells than the header, or with more that are filled, is set aside as
    ragged: there is no telling which cell is missing, and shifting the rest would be silent
    damage.

    Parameters
    ----------
    header_row
        The line of the header, 0 where there is none, detected when None.

    Raises
    ------
    EmptyFileError
        No row below the header.
    NotATableError
        A pivot table.
    SettingError
        There is nothing on line ``header_row``.
    """
    filled = [line for line in lines if any(map(_strip, line.cells))]
    if not filled:
        raise EmptyFileError(file)
    if _is_pivot(filled):
        raise NotATableError(file, "pivot_table")
    top = _header_index(filled) if header_row is None else _index_of(filled, header_row)
    named = filled[top].cells if top >= 0 else [""] * max(len(line.cells) for line in filled)
    body, furniture = _without_furniture(filled[top + 1 :], named)
    titles = [_furniture(line, "title") for line in filled[: max(top, 0)]]
    even, ragged = _even(body, len(named), needed=_reach(named) if top >= 0 else 0)
    if not even and not ragged:
        raise EmptyFileError(file)
    width = max([_reach(named), *(_reach(line.cells) for line in even)])
    return Layout(
        header_row=filled[top].number if top >= 0 else 0,
        header=_header(named[:width]),
        rows=[line.cells[:width] for line in even],
        row_numbers=[line.number for line in even],
        furniture=(*titles, *furniture),
        ragged=tuple(ragged),
    )


def _header_index(lines: Sequence[Line]) -> int:
    """Where the header is; -1 where the first full row is already a record."""
    head = lines[:HEADER_WITHIN]
    matches = [len(known_headers() & set(map(normalise, line.cells))) for line in head]
    best = max(range(len(head)), key=matches.__getitem__)
    if matches[best] >= 2 and matches[best] * 3 >= _filled(head[best]):
        return best
    usual = Counter(_filled(line) for line in lines[:200]).most_common(1)[0][0]
    full = next(i for i, line in enumerate(lines) if _filled(line) >= 0.6 * usual)
    values = sum(map(is_value, lines[full].cells))
    return -1 if values * 4 >= _filled(lines[full]) else full


def _index_of(lines: Sequence[Line], number: int) -> int:
    if number == 0:
        return -1
    for index, line in enumerate(lines):
        if line.number == number:
            return index
    raise SettingError(f"Line {number} of the file is empty.", value=number)


def _header(cells: Sequence[str]) -> tuple[str, ...]:
    """Headers without blanks around them; empty and repeated ones get a number.

    >>> _header(["Stage", "", "stage"])
    ('Stage', 'Column 2', 'stage (2)')
    """
    names: dict[str, str] = {}
    for number, cell in enumerate(cells, start=1):
        plain = name = " ".join(_strip(cell).split()) or f"Column {number}"
        times = 1
        while normalise(name) in names:
            times += 1
            name = f"{plain} ({times})"
        names[normalise(name)] = name
    return tuple(names.values())


def _without_furniture(
    body: list[Line], header: Sequence[str]
) -> tuple[list[Line], list[Furniture]]:
    furniture: list[Furniture] = []
    if body and any(patterns("hints").search(cell) for cell in body[0].cells):
        furniture.append(_furniture(body[0], "hint"))
        body = body[1:]
    end = _end(body, len(header))
    rows = []
    for line in body[:end]:
        if line.cells == header:
            furniture.append(_furniture(line, "title"))
        elif _is_footer(line) and _filled(line) * 2 <= len(header):
            furniture.append(_furniture(line, "total"))
        else:
            rows.append(line)
    return rows, furniture + [_furniture(line, "footer") for line in body[end:]]


def _end(body: Sequence[Line], width: int) -> int:
    """Where the rows end and the notes below them begin.

    A record may have one filled cell, too. So such a row is a note only below a blank line,
    below a known footer, or where it has fewer cells than the table.
    """
    first = len(body)
    while first and (_is_footer(body[first - 1]) or (width > 1 and _filled(body[first - 1]) == 1)):
        first -= 1
    for index in range(first, len(body)):
        line = body[index]
        below_blank = index > 0 and line.number > body[index - 1].number + 1
        if _is_footer(line) or below_blank or len(line.cells) < width:
            return index
    return len(body)


def _even(body: Sequence[Line], width: int, needed: int) -> tuple[list[Line], list[Broken]]:
    """Rows brought to the header's width, and those that cannot be."""
    even: list[Line] = []
    ragged: list[Broken] = []
    for line in body:
        cells = line.cells
        if len(cells) == width:
            even.append(line)
        elif len(cells) < needed or any(map(_strip, cells[width:])):
            ragged.append(Broken(line.number, _shown(line), "ragged_row"))
        else:
            even.append(Line(line.number, cells[:width] + [""] * (width - len(cells))))
    return even, ragged


def _is_pivot(lines: Sequence[Line]) -> bool:
    head = [_strip(cell) for line in lines[:10] for cell in line.cells]
    if any(map(_CORNER.fullmatch, head)):
        return True
    below = bool(_TOTAL.fullmatch(_first(lines[-1])))
    beside = any(_TOTAL.fullmatch(_strip(line.cells[-1])) for line in lines[:3])
    return (below and beside) or ((below or beside) and any(map(_MEASURE.fullmatch, head)))


def _is_footer(line: Line) -> bool:
    return bool(patterns("footers").match(_first(line)))


def _furniture(line: Line, kind: Kind) -> Furniture:
    return Furniture(line.number, _shown(line), kind)


def _shown(line: Line) -> str:
    return " | ".join(filter(None, map(_strip, line.cells)))


def _strip(cell: str) -> str:
    return cell.strip(BLANK)


def _first(line: Line) -> str:
    return next(filter(None, map(_strip, line.cells)))


def _filled(line: Line) -> int:
    return sum(map(bool, map(_strip, line.cells)))


def _reach(cells: Sequence[str]) -> int:
    """Cells up to the last filled one."""
    return next((n for n in range(len(cells), 0, -1) if _strip(cells[n - 1])), 0)
