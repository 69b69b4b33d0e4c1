"""Files that people read: no spreadsheet runs them, no browser takes them for anything but text."""

import csv
import io
from collections import defaultdict

import pandas as pd
import pytest

from analytics.exports import DECISIONS, FACTS, decision_log, handover_sheets, safe_cell


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


def decided(item: str = "7") -> pd.DataFrame:
    row = (item, "opportunity", "=HYPERLINK(1)", "Acme, Ltd", "Ann", "Bo")
    return pd.DataFrame([(*row, "accepted", "manager", "2026-08-14", "ok")], columns=[*DECISIONS])


def test_the_log_says_who_decided_what_and_runs_nothing_but_keeps_ids():
    content = decision_log(decided("=7"), {name: f"{name}?" for name in DECISIONS})

    [row] = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (row["from_rep?"], row["to_rep?"], row["decided_by?"]) == ("Ann", "Bo", "manager")
    assert (row["item?"], row["name?"]) == ("=7", "'=HYPERLINK(1)")


def test_the_log_opens_in_excel_in_any_language():
    content = decision_log(decided(), {name: name for name in DECISIONS})

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 2


def diary(*rows: tuple) -> pd.DataFrame:
    columns = ["opportunity_id", "day", "event", "rep", "before", "after", "hours"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(day=pd.to_datetime(frame["day"]))


def sheets(*rows: tuple, **facts: object) -> str:
    item = {**dict.fromkeys(FACTS), "item": "7", "name": "Big", "account": "Acme", "to_rep": "Bo"}
    words: dict[str, str] = defaultdict(lambda: "?", promises="Promises", activities="of {count}")
    words |= {"nothing": "none", "stage": "Stage", "contacts": "Contacts", "next_step": "Next"}
    return handover_sheets(pd.DataFrame([item | facts]), diary(*rows), words, "en").decode()


def test_a_sheet_tells_promises_changes_and_contacts_of_its_item_alone():
    page = sheets(
        ("7", "2026-08-20", "task", "Ann", None, "send the offer", None),
        ("7", "2026-08-01", "stage", None, "Talks", "Offer", None),
        ("7", None, "contact", None, None, "C-1", None),
        ("8", "2026-08-02", "task", "Ann", None, "of another", None),
        next_step="call on Monday",
    )

    assert "2026-08-20 send the offer Ann" in page
    assert "2026-08-01 Stage Talks → Offer" in page
    assert "<h3>Contacts</h3><ul><li>C-1</li></ul>" in page
    assert "<dt>Next</dt><dd>call on Monday</dd>" in page
    assert "of another" not in page


def test_of_many_activities_the_newest_are_shown_and_all_are_counted():
    calls = [
        ("7", f"2026-07-{day:02d}", "activity", "Ann", None, "call", 1) for day in range(1, 21)
    ]

    page = sheets(*calls)

    assert page.count("call Ann") == 15
    assert "2026-07-06" in page
    assert "2026-07-05" not in page
    assert "of 20" in page


def test_nothing_of_the_crm_is_read_as_html():
    page = sheets(("7", "2026-08-01", "task", None, None, "<img src=x>", None), name="<script>")

    assert "<script" not in page
    assert "<img" not in page


def test_an_item_that_nothing_is_known_of_has_a_sheet_too():
    assert "<h3>Promises</h3><ul><li>none</li></ul>" in sheets()
