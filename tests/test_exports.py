"""Owner-change files that no spreadsheet runs."""

import csv
import io

import pandas as pd
import pytest

from analytics.exports import owner_changes, safe_cell


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("  =1", "'  =1"),
        ("\ufeff=1", "'\ufeff=1"),
        ("＝1+1", "'＝1+1"),
        ("-12.5", "-12.5"),
        ("+7", "+7"),
        ("李薇", "李薇"),
        ("a=b", "a=b"),
        (None, ""),
        (float("nan"), ""),
        (3, "3"),
    ],
)
def test_a_cell_that_would_run_is_made_text(cell, written):
    assert safe_cell(cell) == written


def accepted() -> pd.DataFrame:
    return pd.DataFrame(
        [("7", "=HYPERLINK(1)", "Acme, Ltd", "Ann", "Bo", "manager", "2026-08-14", "ok")],
        columns=[
            "item",
            "name",
            "account",
            "from_rep",
            "to_rep",
            "decided_by",
            "decided_at",
            "note",
        ],
    )


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_rollback_swaps_the_owners_and_nothing_else():
    [change], [rollback] = (
        read(owner_changes(accepted())),
        read(owner_changes(accepted(), rollback=True)),
    )

    assert (change["old_owner"], change["new_owner"]) == ("Ann", "Bo")
    assert (rollback["old_owner"], rollback["new_owner"]) == ("Bo", "Ann")
    assert change["opportunity_id"] == rollback["opportunity_id"] == "7"
    assert change["name"] == "'=HYPERLINK(1)"


def test_the_file_opens_in_excel_in_any_language():
    content = owner_changes(accepted())

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2
