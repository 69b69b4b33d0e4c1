"""The page Data: choose files, say what they are, load, take back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.uploads import uploads
from pages._ui import session

SHELL = Path(__file__).parents[1] / "pages" / "_ui" / "shell.py"

DEALS = b"""opportunity_id,owner,stage,amount,created_on,closed_on
1,Ann,Won,100,2026-01-02,2026-01-20
2,Ann,Lost,200,2026-01-02,2026-01-21
3,Bo,Signed off,300,2026-01-02,
4,Bo,Proposal,soon,2026-01-02,
"""
SHEET = b"""Ref,Who,State,Worth
1,Ann,Won,100
2,Bo,Lost,200
"""


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page Data of an empty workspace, in English."""
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.query_params["lang"] = "en"
    app.query_params["workspace"] = "mine"
    app.run()
    yield app.switch_page("../imports.py").run()
    st.cache_resource.clear()


def choose(app: AppTest, *files: tuple[str, bytes]) -> None:
    for name, content in files:
        app.file_uploader[0].upload(name, content, "text/csv")
    app.run()
    assert not app.exception, app.exception


def words(app: AppTest) -> str:
    blocks = [*app.markdown, *app.caption, *app.error, *app.warning, *app.success]
    return "\n".join(block.value for block in blocks)


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def select(app: AppTest, label: str, option: str) -> None:
    box = next(box for box in app.selectbox if box.label == label)
    box.select(next(shown for shown in box.options if shown.startswith(option))).run()
    assert not app.exception, app.exception


def test_a_file_is_loaded_and_taken_back(page, tmp_path):
    choose(page, ("deals.csv", DEALS))

    assert "deals\\.csv" in words(page)
    assert "1 rows cannot be taken" in words(page)

    page.button(key="load").click().run()

    assert "3 new" in words(page)
    assert "4,Bo" not in words(page)

    page.button(key="undo-upload").click().run()

    [past] = uploads(session._warehouse("mine", tmp_path)).to_dict("records")
    assert past["rows_new"] == 3
    assert past["undone_at"] is not None


def test_a_stage_nobody_knows_is_asked_for(page, tmp_path):
    choose(page, ("deals.csv", DEALS))
    select(page, "Signed off (1)", "won")
    page.button(key="load").click().run()

    with session._warehouse("mine", tmp_path).cursor() as db:
        rows = db.execute(
            "select opportunity_id, outcome from raw_opportunities order by all"
        ).fetchall()
    assert rows == [("1", "won"), ("2", "lost"), ("3", "won")]


def test_an_unknown_sheet_is_loaded_once_its_columns_are_named(page):
    choose(page, ("sheet.csv", SHEET))

    assert "layout" in words(page)
    assert "Load 1 files" not in labels(page)

    select(page, "Taken for", "opportunities")
    for field, header in (("opportunity id *", "Ref"), ("owner *", "Who"), ("stage *", "State")):
        select(page, field, header)
    page.button(key="load").click().run()

    assert "2 new" in words(page)


def test_what_cannot_be_read_is_said_and_the_rest_can_be_loaded(page):
    choose(
        page,
        ("picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("empty.csv", b""),
        ("header.csv", DEALS.splitlines()[0]),
        ("deals.csv", DEALS),
    )

    said = words(page)
    assert "a PNG image" in said
    assert "empty\\.csv has no rows" in said
    assert "header\\.csv has no rows" in said
    assert "Load 1 files" in labels(page)


def test_a_missing_required_column_is_named(page):
    without_stage = b"\n".join(
        b",".join(cell for at, cell in enumerate(line.split(b",")) if at != 2)
        for line in DEALS.splitlines()
    )
    choose(page, ("deals.csv", without_stage))

    assert "has no column for stage" in words(page)
    assert "Load 1 files" not in labels(page)


def test_chosen_files_wait_while_another_page_is_looked_at(page):
    choose(page, ("deals.csv", DEALS))
    page.switch_page("../winrates.py").run()
    page.switch_page("../imports.py").run()

    assert "Load 1 files" in labels(page)


def test_the_same_file_again_changes_nothing(page):
    choose(page, ("deals.csv", DEALS))
    page.button(key="load").click().run()
    choose(page, ("deals.csv", DEALS))
    page.button(key="load").click().run()

    assert "had been loaded before" in words(page)
