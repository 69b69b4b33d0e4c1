"""Real broken files: every cell as its twin says, or a shape counted by hand, or a reason."""

import json
from pathlib import Path

import pytest

from data.errors import UserError
from data.readers import SourceTable, read_table, read_tables
from tests.files import SAMPLES

HORRORS = SAMPLES / "messytables_horror"
SHAPES = {
    "211.csv": (2132, 96),
    "badcolspan.html": (4, 4),
    "blank_line.ods": (3, 3),
    "characters.csv": (382, 18),
    "complex.html": (2, 1),
    "example.tsv": (140, 17),
    "loffice-4.4.1.2.ods": (3, 3),
    "mixedGLB.csv": (133, 19),
    "null.csv": (10, 4),
    "rowcolspan.html": (10, 5),
    "simple.csv": (6, 3),
    "simple.ods": (3, 3),
    "simple.psv": (28, 6),
    "simple.ssv": (6, 3),
    "simple.xls": (6, 3),
    "simple.xlsx": (6, 3),
    "simple.zip": (6, 3),
    "skip_initials.csv": (2, 2),
    "span_rich.xls": (5, 4),
    "spanish_chars.csv": (114, 8),
    "sparse_with_column_errors.csv": (2200, 4),
    "sw_gen.xlsx": (15, 17),
    "utf-16le_encoded.csv": (327, 19),
}
REFUSED = {
    "encrypted_no_password.xls",
    "libreoffice.xlsx",  # no cell is filled
    "long.csv",  # one word, 4,000 times: a header without rows
    "simple.unknown",
    "small.csv",
    "unicode_sheet_name.xls",  # one cell
    "utf8bom.csv",  # a header
}
FIRST_CELLS = {
    "characters.csv": ("v_1", "C1_395000000A_000001", "雲嘉南濱海國家風景區管理處"),
    "simple.zip": ("2011-01-01", "1", "Galway"),
    "skip_initials.csv": ("hello", "goodbye"),
    "mixedGLB.csv": ("1880", "-43", "-27"),
}


def spectrum() -> list[Path]:
    return sorted((SAMPLES / "csv-spectrum" / "csvs").glob("*.csv"))


def horrors() -> list[Path]:
    return sorted(path for path in HORRORS.glob("*") if path.suffix != ".md")


def tables(path: Path) -> list[SourceTable | UserError]:
    return list(read_tables(path.read_bytes(), path.name))


@pytest.mark.parametrize("path", spectrum(), ids=lambda path: path.stem)
def test_the_samples_of_csv_spectrum_read_as_their_twins(path):
    twin = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))

    table = read_table(path.read_bytes(), path.name)

    records = [dict(zip(table.header, row, strict=True)) for row in table.rows]
    if path.stem == "location_coordinates":  # its twin has another phone number
        assert [set(record) for record in records] == [set(twin)]
    else:
        assert records == twin


@pytest.mark.parametrize("path", horrors(), ids=lambda path: path.name)
def test_a_broken_spreadsheet_has_the_shape_counted_by_hand_or_a_reason(path):
    [found] = tables(path)

    assert isinstance(found, UserError) == (path.name in REFUSED)
    if isinstance(found, SourceTable):
        shape = (len(found.rows), len(found.header))
        assert shape == SHAPES.get(path.name, shape)
        assert all(len(row) == len(found.header) for row in found.rows)
        assert len(found.rows) == len(found.row_numbers)


@pytest.mark.parametrize("path", horrors(), ids=lambda path: path.name)
def test_every_filled_line_of_a_text_is_a_row_or_furniture_or_broken(path):
    [found] = tables(path)
    if not isinstance(found, SourceTable) or found.container != "csv":
        return
    text = path.read_bytes() if path.suffix != ".zip" else b""
    lines = [line for line in text.decode(found.encoding, "replace").splitlines() if line.strip()]
    rows = len(found.rows) + len(found.furniture) + len(found.broken) + bool(found.header_row)

    # Cells with line breaks make fewer rows than lines, never more.
    assert rows <= len(lines) or not text


@pytest.mark.parametrize("name", FIRST_CELLS)
def test_the_first_cells_are_those_a_person_sees(name):
    if not HORRORS.exists():
        pytest.skip("no samples here")
    [table] = tables(HORRORS / name)

    assert isinstance(table, SourceTable)
    assert tuple(table.rows[0][: len(FIRST_CELLS[name])]) == FIRST_CELLS[name]


@pytest.mark.parametrize(
    ("name", "shape"),
    [("SalesPersonQuotaHistory.csv", (163, 6)), ("SalesTerritory.csv", (10, 10))],
)
def test_tables_without_header_are_numbered(name, shape):
    path = SAMPLES / "adventureworks" / name
    if not path.exists():
        pytest.skip("no samples here")
    [table] = tables(path)

    assert isinstance(table, SourceTable)
    assert (table.header_row, table.delimiter, table.header[0]) == (0, "\t", "Column 1")
    assert (len(table.rows), len(table.header)) == shape
