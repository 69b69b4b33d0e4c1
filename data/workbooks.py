"""Workbooks (XLSX, XLS, ODS) to sheets of text."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine as calamine

from data.archives import guard
from data.errors import NotATableError

MOST_SHEETS = 200


@dataclass(frozen=True)
class Sheet:
    """A visible sheet, or a table of a web page, from its first row on."""

    name: str
    cells: list[list[Any]]

    def rows(self, most: int | None = None) -> list[list[str]]:
        """Its first ``most`` rows as text.

        Dates are ISO; a time of day at midnight is left out. Whole numbers have no point.
        """
        return [
            [cell if type(cell) is str else _TEXT[type(cell)](cell) for cell in row]
            for row in self.cells[:most]
        ]


def sheets(content: bytes, file: str, container: str) -> list[Sheet]:
    """The visible sheets that have rows.

    Raises
    ------
    NotATableError
        Damaged, protected by a password, or no workbook that an export would be.
    TooLargeError
        It unpacks to more than this process can hold.
    """
    if container != "xls":
        guard(content, file)
    try:
        workbook = calamine.load_workbook(io.BytesIO(content))
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == calamine.SheetVisibleEnum.Visible
            and sheet.typ == calamine.SheetTypeEnum.WorkSheet
            and not sheet.name.casefold().startswith("hidden")
        ]
        if len(visible) > MOST_SHEETS:
            raise NotATableError(file, "many_sheets")
        # The empty area counts: row numbers in messages are those of the sheet.
        read = (
            workbook.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in visible
        )
        return [Sheet(name, rows) for name, rows in zip(visible, read, strict=True) if rows]
    except calamine.CalamineError as error:
        raise NotATableError(file, "locked_workbook") from error
    except BaseException as error:
        # A panic of the parser's Rust code is no Exception to Python.
        if type(error).__name__ != "PanicException":
            raise
        raise NotATableError(file, "damaged_workbook") from error


def _number(cell: float) -> str:
    if cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if abs(cell) < 1e-4:  # what sums leave behind, without a power of ten
        return f"{cell:.15f}"
    return repr(cell).removesuffix(".0")


def _moment(cell: datetime) -> str:
    return cell.isoformat(" ").removesuffix(" 00:00:00")


_TEXT: dict[type, Callable[[Any], str]] = {
    bool: lambda cell: "true" if cell else "false",
    int: str,
    float: _number,
    datetime: _moment,
    date: date.isoformat,
    time: time.isoformat,
    timedelta: str,
}
