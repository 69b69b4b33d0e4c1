"""Lines that belong to the page and not to the table: hints, totals, notes below it.

They are cut and kept, so that a person can see that no record was lost with them.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from data.delimited import Line
from data.formats import BLANK, patterns

Kind = Literal["title", "hint", "footer", "total", "group", "subitem"]


class Furniture(NamedTuple):
    """A line that is not a record, by its number in the file."""

    row_no: int
    text: str
    kind: Kind


def furniture(line: Line, kind: Kind) -> Furniture:
    """The line as a person sees it."""
    return Furniture(line.number, shown(line), kind)


def without_furniture(
    body: list[Line], header: Sequence[str]
) -> tuple[list[Line], list[Furniture]]:
    """The records below a header, and what stands among and below them."""
    found: list[Furniture] = []
    if body and any(patterns("hints").search(cell) for cell in body[0].cells):
        found.append(furniture(body[0], "hint"))
        body = body[1:]
    end = _end(body, len(header))
    is_footer = patterns("footers").match
    rows = []
    for line in body[:end]:
        if line.cells == header:
            found.append(furniture(line, "title"))
        elif is_footer(first(line)) and filled(line) * 2 <= len(header):
            found.append(furniture(line, "total"))
        else:
            rows.append(line)
    return rows, found + [furniture(line, "footer") for line in body[end:]]


def _end(body: Sequence[Line], width: int) -> int:
    """Where the rows end and the notes below them begin.

    A record may have one filled cell, too. So such a row is a note only below a blank line,
    below a known footer, or where it has fewer cells than the table.
    """
    first = len(body)
    while first and (_is_footer(body[first - 1]) or (width > 1 and filled(body[first - 1]) == 1)):
        first -= 1
    for index in range(first, len(body)):
        line = body[index]
        below_blank = index > 0 and line.number > body[index - 1].number + 1
        if _is_footer(line) or below_blank or len(line.cells) < width:
            return index
    return len(body)


def _is_footer(line: Line) -> bool:
    return bool(patterns("footers").match(first(line)))


def shown(line: Line) -> str:
    return " | ".join(filter(None, map(strip, line.cells)))


def strip(cell: str) -> str:
    return cell.strip(BLANK)


def first(line: Line) -> str:
    """The first filled cell."""
    return strip(line.cells[0]) or next(filter(None, map(strip, line.cells)))


def filled(line: Line) -> int:
    return sum(map(bool, map(strip, line.cells)))
