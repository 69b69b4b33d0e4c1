"""What on a sheet is the table: its header, its rows, and the furniture around them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.boards import is_board, without_subitems
from data.delimited import Broken, Line
from data.errors import EmptyFileError, NotATableError
from data.furniture import Furniture, first, furniture, shown, strip, without_furniture
from data.grouping import filled_down, grouped_columns
from data.headers import WITHIN, header_of, names_of

MOST_COLUMNS = 5000

_CORNER = re.compile(r"(row|column) labels|[行列]标签", re.IGNORECASE)
_MEASURE = re.compile(
    r"(sum|count|average|max|min) of .+|(求和|计数|平均值)项[:：].*", re.IGNORECASE
)
_TOTAL = re.compile(r"grand totals?|总计", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """A table found on a sheet: every row has as many cells as the header.

    Attributes
    ----------
    grouped
        Headers whose value seems to hold for the rows below it, too.
    two_rows
        The header is joined from two rows.
    """

    header_row: int
    header: tuple[str, ...]
    rows: list[list[str]]
    row_numbers: list[int]
    furniture: tuple[Furniture, ...]
    ragged: tuple[Broken, ...]
    grouped: tuple[str, ...]
    two_rows: bool


def lay_out(
    lines: Iterable[Line],
    file: str,
    header_row: int | None = None,
    fill_down: Sequence[str] = (),
) -> Layout:
    """Find the table among the lines of a sheet.

    A row with fewer cells than the header, or with more that are filled, is set aside as
    ragged: there is no telling which cell is missing, and shifting the rest would be silent
    damage.

    Parameters
    ----------
    header_row
        The line of the header, 0 where there is none, detected when None.
    fill_down
        Headers whose blank cells mean what stands above them.

    Raises
    ------
    EmptyFileError
        No row below the header.
    NotATableError
        A pivot table, or more columns than any export has.
    SettingError
        There is nothing on line ``header_row``, or no column of that name.
    """
    filled = [line for line in lines if any(map(strip, line.cells))]
    if not filled:
        raise EmptyFileError(file)
    if max(_reach(line.cells) for line in filled[:WITHIN]) > MOST_COLUMNS:
        raise NotATableError(file, "many_columns")
    if _is_pivot(filled):
        raise NotATableError(file, "pivot_table")
    top, named, two_rows = header_of(filled, header_row)
    body = filled[top + 1 :]
    clean = without_subitems if is_board(named, body) else without_furniture
    body, rest = clean(body, named)
    titles = [furniture(line, "title") for line in filled[: max(top, 0)]]
    even, ragged = _even(body, len(named), needed=_reach(named) if top >= 0 else 0)
    if not even and not ragged:
        raise EmptyFileError(file)
    header, rows = _without_blank_columns(named, [line.cells for line in even])
    return Layout(
        header_row=filled[top].number if top >= 0 else 0,
        header=header,
        rows=filled_down(header, rows, fill_down) if fill_down else rows,
        row_numbers=[line.number for line in even],
        furniture=(*titles, *rest),
        ragged=tuple(ragged),
        grouped=grouped_columns(header, rows) if top >= 0 else (),
        two_rows=two_rows,
    )


def _without_blank_columns(
    named: Sequence[str], rows: list[list[str]]
) -> tuple[tuple[str, ...], list[list[str]]]:
    """Header and rows without the columns in which nothing stands at all."""
    nameless = {column for column, name in enumerate(named) if not strip(name)}
    for row in rows:
        if not nameless:
            break
        nameless -= {column for column in nameless if strip(row[column])}
    if not nameless:
        return names_of(named), rows
    kept = [column for column in range(len(named)) if column not in nameless]
    return names_of([named[column] for column in kept]), [[row[i] for i in kept] for row in rows]


def _even(body: Sequence[Line], width: int, needed: int) -> tuple[list[Line], list[Broken]]:
    """Rows brought to the header's width, and those that cannot be."""
    even: list[Line] = []
    ragged: list[Broken] = []
    for line in body:
        cells = line.cells
        if len(cells) == width:
            even.append(line)
        elif len(cells) < needed or any(map(strip, cells[width:])):
            ragged.append(Broken(line.number, shown(line), "ragged_row"))
        else:
            even.append(Line(line.number, cells[:width] + [""] * (width - len(cells))))
    return even, ragged


def _is_pivot(lines: Sequence[Line]) -> bool:
    head = [strip(cell) for line in lines[:10] for cell in line.cells]
    if any(map(_CORNER.fullmatch, head)):
        return True
    below = bool(_TOTAL.fullmatch(first(lines[-1])))
    beside = any(_TOTAL.fullmatch(strip(line.cells[-1])) for line in lines[:3])
    return (below and beside) or ((below or beside) and any(map(_MEASURE.fullmatch, head)))


def _reach(cells: Sequence[str]) -> int:
    """Cells up to the last filled one."""
    return next((n for n in range(len(cells), 0, -1) if strip(cells[n - 1])), 0)
