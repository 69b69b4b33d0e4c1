"""Rows of cells to the bytes of a CSV or of a workbook."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from xml.sax.saxutils import escape

Cell = str | int | float | datetime

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="'
    'application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK}sheet.main+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_BOOK}styles+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_BOOK}worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    # Style 1 is a date with its time of day.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill/></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>',
}
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Signs that no XML may hold, not even escaped."""

_DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001


def csv_bytes(
    rows: Iterable[Sequence[Cell]], encoding: str, *, quote_all: bool, line_end: str
) -> bytes:
    stream = io.StringIO(newline="")
    write = partial(csv.writer, stream, lineterminator=line_end)
    (write(quoting=csv.QUOTE_ALL) if quote_all else write()).writerows(rows)
    return stream.getvalue().encode(encoding)


def xlsx_bytes(rows: Iterable[Sequence[Cell]], sheet: str) -> bytes:
    """A workbook of one sheet; text, numbers and dates are cells of their kind."""
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    parts = _PARTS | {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData>'
        "</worksheet>",
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def _cell(value: Cell) -> str:
    if isinstance(value, datetime):
        return f'<c s="1"><v>{(value - _DAY_ZERO).total_seconds() / 86400}</v></c>'
    if isinstance(value, str):
        text = escape(_NO_XML.sub("", value))
        return f'<c t="inlineStr"><is><t>{text}</t></is></c>' if text else "<c/>"
    return f"<c><v>{value}</v></c>"
