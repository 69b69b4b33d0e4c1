"""Tables of a web page, which some systems call an Excel file, to sheets of text."""

import html
import re
from dataclasses import dataclass, field

from data.errors import NotATableError
from data.workbooks import Sheet

MOST_CELLS = 5_000_000
MOST_SPAN = 1000

_TAG = re.compile(r"<(/?[a-zA-Z][^<>]*)>")
_SPAN = re.compile(r"\b(row|col)span\s*=\s*[\"']?(\d{1,9})", re.IGNORECASE)
_UNSEEN = ("script", "style", "title")


@dataclass
class _Table:
    """A table while it is read; ``below`` holds what cells above reach down into."""

    rows: list[list[str]] = field(default_factory=list)
    below: dict[int, tuple[int, str]] = field(default_factory=dict)
    text: list[str] | None = None
    across: int = 1
    down: int = 1

    def open_row(self) -> None:
        self.close_row()
        self.rows.append([])

    def open_cell(self, tag: str) -> None:
        self.close_cell()
        if not self.rows:
            self.rows.append([])
        spans = {kind.lower(): min(int(size), MOST_SPAN) for kind, size in _SPAN.findall(tag)}
        self.across, self.down = max(spans.get("col", 1), 1), max(spans.get("row", 1), 1)
        self.text = []

    def close_cell(self) -> None:
        """A cell over several rows stands in each of them, one over several columns once."""
        if self.text is None:
            return
        text, self.text = html.unescape("".join(self.text)).strip(), None
        self._reach_down()
        row = self.rows[-1]
        for number in range(self.across):
            if self.down > 1:
                self.below[len(row)] = (self.down - 1, "" if number else text)
            row.append("" if number else text)

    def close_row(self) -> None:
        self.close_cell()
        self._reach_down()
        while self.below and len(self.rows[-1]) <= max(self.below):
            self.rows[-1].append("")
            self._reach_down()

    def _reach_down(self) -> None:
        """Take the cells from above that come next in this row."""
        row = self.rows[-1] if self.rows else []
        while self.below and (reaching := self.below.pop(len(row), None)):
            left, text = reaching
            if left > 1:
                self.below[len(row)] = (left - 1, text)
            row.append(text)


def tables(page: str, file: str) -> list[Sheet]:
    """The tables of a page by their number on it, that of most rows first.

    A table within a cell of another is one of its own.

    Raises
    ------
    NotATableError
        Spans that make more cells than any export has.
    """
    open_: list[_Table] = []
    found: list[_Table] = []
    unseen = ""
    cells = 0
    # Text and tags take turns.
    for number, part in enumerate(_TAG.split(_without_comments(page))):
        if number % 2 == 0:
            if part and not unseen and open_ and open_[-1].text is not None:
                open_[-1].text.append(" ".join(re.split(r"\s+", part)))
            continue
        name = part.split(None, 1)[0].rstrip("/").lower()
        if unseen or name in _UNSEEN:
            unseen = "" if name == "/" + unseen else unseen or name
        elif name == "table":
            open_.append(_Table())
            found.append(open_[-1])
        elif not open_:
            continue
        elif name == "/table":
            open_.pop().close_row()
        elif name == "tr":
            open_[-1].open_row()
            cells += len(open_[-1].below)
        elif name == "/tr":
            open_[-1].close_row()
        elif name in ("td", "th"):
            open_[-1].open_cell(part)
            cells += open_[-1].across
        elif name in ("/td", "/th"):
            open_[-1].close_cell()
        elif name == "br" and open_[-1].text is not None:
            open_[-1].text.append("\n")
        if cells > MOST_CELLS:
            raise NotATableError(file, "endless_sheet")
    for table in open_:
        table.close_row()
    sheets = [
        Sheet(f"Table {number}", _even(table.rows)) for number, table in enumerate(found, start=1)
    ]
    return sorted(filter(lambda sheet: sheet.cells, sheets), key=lambda sheet: -len(sheet.cells))


def _even(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _without_comments(page: str) -> str:
    """The page without its comments; one that is never closed takes the rest with it."""
    kept = []
    end = 0
    while (start := page.find("<!--", end)) >= 0:
        kept.append(page[end:start])
        end = page.find("-->", start)
        if end < 0:
            return "".join(kept)
        end += 3
    return "".join([*kept, page[end:]])
