"""Files to upload, written by hand, and what became of them."""

import io
import os
import zipfile
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from data.clean import TypedRows, type_rows
from data.ingest import Receipt, commit
from data.mapping import Mapping
from data.readers import SourceTable, read_table
from data.recognise import recognise
from data.review import review
from data.warehouse import Warehouse

SAMPLES = Path(
    os.environ.get("EVENHAND_SAMPLES") or Path(__file__).parents[2] / "shared" / "samples"
)


AT = datetime(2026, 4, 1, 12)  # noqa: DTZ001


BASE = "opportunity_id,owner,stage"


HEADER = "Opportunity ID,Owner,Stage,Amount"


def read(text: str, **options) -> SourceTable:
    return read_table(text.encode(), "deals.csv", **options)


def workbook(*sheets: tuple[str, str, list[list[str]]]) -> bytes:
    """An XLSX of inline text: name, ``visible`` or ``hidden``, rows."""
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": _relations("officeDocument", ["xl/workbook.xml"]),
        "xl/_rels/workbook.xml.rels": _relations(
            "worksheet", [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
        ),
        "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/'
        'main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        "<sheets>"
        + "".join(
            f'<sheet name="{name}" sheetId="{n}" state="{state}" r:id="rId{n}"/>'
            for n, (name, state, _) in enumerate(sheets, start=1)
        )
        + "</sheets></workbook>",
    }
    for n, (_, _, rows) in enumerate(sheets, start=1):
        cells = "".join(
            f'<row r="{y}">'
            + "".join(
                f'<c r="{chr(64 + x)}{y}" t="inlineStr"><is><t>{cell}</t></is></c>'
                for x, cell in enumerate(row, start=1)
            )
            + "</row>"
            for y, row in enumerate(rows, start=1)
        )
        parts[f"xl/worksheets/sheet{n}.xml"] = sheet_of(cells)
    return zipped(parts)


def sheet_of(cells: str) -> str:
    return (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


def _relations(kind: str, targets: list[str]) -> str:
    base = "http://schemas.openxmlformats.org"
    return (
        f'<Relationships xmlns="{base}/package/2006/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Target="{target}" '
            f'Type="{base}/officeDocument/2006/relationships/{kind}"/>'
            for n, target in enumerate(targets, start=1)
        )
        + "</Relationships>"
    )


def zipped(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return stream.getvalue()


def typed(text: str, **changes) -> TypedRows:
    """The rows of a file, read by the mapping it is recognised by and ``changes`` to that."""
    table = read_table(text.encode(), "upload.csv")
    mapping = recognise(table).mapping
    return type_rows(table, Mapping(**(vars(mapping) | changes)))


def deals(column: str, *values: str, **changes) -> TypedRows:
    """Opportunities with one more column."""
    lines = [f'{n},Ann,Won,"{value}"' for n, value in enumerate(values, start=1)]
    return typed("\n".join([f"{BASE},{column}", *lines]), **changes)


def refused(rows: TypedRows) -> list[tuple[int, str, str, str]]:
    return [(one.row_no, one.column, one.value, one.rule) for one in rows.rejections]


def load(
    warehouse: Warehouse, text: str, as_of: date | None = None, file: str = "deals.csv"
) -> Receipt:
    [receipt] = commit(
        warehouse, [review(text.encode(), file, warehouse)], by="ann", at=AT, as_of=as_of
    )
    return receipt


def rows(warehouse: Warehouse, query: str) -> list[tuple]:
    """What a query finds; tables have no order of their own."""
    with warehouse.cursor() as db:
        return sorted(db.execute(query).fetchall(), key=repr)


def marts(
    warehouse: Warehouse, *names: str, as_of: date = date(2026, 4, 1)
) -> dict[str, pd.DataFrame]:
    """Marts for the goals of 2026."""
    return warehouse.marts(
        names,
        as_of=as_of,
        period_start=date(2026, 1, 1),
        period_end=date(2027, 1, 1),
        period_kind="year",
    )


def state(warehouse: Warehouse, entity: str = "opportunities") -> list[tuple]:
    """The current rows of an entity, without the number of the upload they came with."""
    return rows(warehouse, f"select * exclude (upload_id, row_no) from raw_{entity}")


def effect(receipt: Receipt) -> tuple[int, int, int, int]:
    return (
        receipt.rows_new,
        receipt.rows_changed,
        receipt.rows_same,
        receipt.rows_rejected,
    )
