"""Grouped reports: a value that stands only on the first row of the rows it holds for."""

from collections.abc import Sequence

from data.errors import SettingError
from data.furniture import strip

FEWEST_ROWS = 3
BLANK_SHARE = 0.3
FULL_SHARE = 0.95


def grouped_columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The first columns of a table, where they look like the headings of groups.

    Their first cell is filled and many others are not, the outermost one never says the same
    twice, and the column behind them is full.
    """
    names: list[str] = []
    for column, name in enumerate(header if len(rows) >= FEWEST_ROWS else ()):
        values = list(filter(None, (row[column] for row in rows)))
        if len(values) >= FULL_SHARE * len(rows):
            return tuple(names)
        repeats = not names and len(set(values)) < len(values)
        if not rows[0][column] or len(values) > (1 - BLANK_SHARE) * len(rows) or repeats:
            break
        names.append(name)
    return ()


def filled_down(
    header: Sequence[str], rows: Sequence[list[str]], columns: Sequence[str]
) -> list[list[str]]:
    """Rows in which the named columns say on every row what they say on a group's first.

    A new value ends the groups within it: what an inner column said before does not reach
    into the next outer group.

    Raises
    ------
    SettingError
        There is no such column.
    """
    for name in columns:
        if name not in header:
            raise SettingError(f"There is no column {name}.", value=name)
    places = [column for column, name in enumerate(header) if name in columns]
    last = dict.fromkeys(places, "")
    full = []
    for row in rows:
        row = list(row)
        for position, column in enumerate(places):
            if strip(row[column]):
                last[column] = row[column]
                last |= dict.fromkeys(places[position + 1 :], "")
            else:
                row[column] = last[column]
        full.append(row)
    return full
