"""Boards exported to a sheet: items in groups, each below a repeated header, with subitems.

Read flat, subitems, their own headers and the sums of a group pass for records, and amounts
count twice.
"""

from collections.abc import Sequence

from data.delimited import Line
from data.formats import normalise
from data.furniture import Furniture, filled, furniture, strip
from data.headers import LONGEST

_ITEMS = {"name", "名称"}
_SUBITEMS = {"subitems", "子项"}


def is_board(header: Sequence[str], body: Sequence[Line]) -> bool:
    """Whether the rows below a header are items with subitems, or in several groups."""
    if not header or normalise(header[0][:LONGEST]) not in _ITEMS:
        return False
    subitems = any(normalise(cell[:LONGEST]) in _SUBITEMS for cell in header)
    return any(_is_subheader(line) or (subitems and _is_header(line, header)) for line in body) or (
        subitems and any(not strip(line.cells[0]) for line in body)
    )


def without_subitems(
    body: Sequence[Line], header: Sequence[str]
) -> tuple[list[Line], list[Furniture]]:
    """The items, and everything else: titles of groups, headers, subitems, sums."""
    items: list[Line] = []
    rest: list[Furniture] = []
    name_at = 0
    for line, following in zip(body, [*body[1:], None], strict=True):
        if _is_header(line, header):
            rest.append(furniture(line, "title"))
            name_at = 0
        elif _is_subheader(line):
            rest.append(furniture(line, "subitem"))
            name_at = next(at for at, cell in enumerate(line.cells) if at and strip(cell))
        elif not strip(line.cells[0]):
            named = name_at and len(line.cells) > name_at and strip(line.cells[name_at])
            rest.append(furniture(line, "subitem" if named else "total"))
        elif filled(line) == 1 and following and _is_header(following, header):
            rest.append(furniture(line, "group"))
        else:
            items.append(line)
            name_at = 0
    return items, rest


def _is_header(line: Line, header: Sequence[str]) -> bool:
    return list(map(strip, line.cells)) == list(map(strip, header))


def _is_subheader(line: Line) -> bool:
    return normalise(line.cells[0][:LONGEST]) in _SUBITEMS and filled(line) > 1
