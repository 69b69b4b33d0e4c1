"""The page Ownership: what it finds, and what is decided on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.auditing import decided_fixes
from data.workspaces import open_workspace
from pages._ui import session
from pages._ui.text import LANGUAGES, Text
from tests.files import load
from tests.opening import opened

REPS = "name,team,active\nAnn,N,yes\nBo,N,yes\nCy,N,no\n"
DEALS = """opportunity_id,owner,product,account,stage,amount,created_on,closed_on
w1,Bo,valves,Acme,Won,700,2026-01-05,2026-02-10
o1,Cy,valves,Acme,Proposal,100,2026-03-01,
o2,,pumps,Bolt *bold*,Proposal,200,2026-03-01,
o3,Ann,pumps,Cord,Need,300,2026-01-01,
o4,Bo,pumps,Cord,Proposal,400,2026-03-01,
"""

Opens = Callable[..., AppTest]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with a leaver, an opportunity of nobody and a shared account."""
    path = tmp_path_factory.mktemp("workspaces")
    store = open_workspace("mine", path)
    load(store, REPS, file="reps.csv")
    load(store, DEALS, file="opportunities.csv")
    store.close()
    yield path
    st.cache_resource.clear()


@pytest.fixture
def opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    monkeypatch.setenv("EVENHAND_DATA", str(folder))

    return lambda **address: opened("ownership", **address)


def said(app: AppTest) -> str:
    blocks = [*app.title, *app.markdown, *app.caption, *app.info]
    return "\n".join(block.value for block in blocks).replace("\\", "")


def shown(app: AppTest, heading: str) -> list[str]:
    """A column of the first table that has it."""
    return next(table.value[heading].tolist() for table in app.dataframe if heading in table.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_finding_comes_first_with_counts_and_money(opens, language):
    app = opens(lang=language)

    assert app.title[0].value == Text(language)("page.ownership")
    assert "2" in app.markdown[0].value or "2" in said(app)
    assert "300" in said(app)


def test_every_item_has_an_owner_proposed_with_the_reason(opens):
    app = opens()

    table = next(table.value for table in app.dataframe if "to" in table.value)
    to = dict(zip(table["name"], table["to"], strict=True))
    assert to == {"o1 · Acme": "Bo", "o2 · Bolt *bold*": "Ann"}
    assert "has won 700 from this account." in " ".join(table["why"])
    assert "2 items for which nobody was found" in [box.label for box in app.expander]


def test_stages_and_one_owner_a_product_narrow_what_is_asked(opens):
    app = opens()
    app.multiselect[0].select("Proposal").run()

    assert "several people" not in said(app)
    assert not app.exception


def test_everything_is_accepted_downloaded_and_taken_back(opens, folder):
    app = opens()
    [note] = [box for box in app.text_input if box.key == "fix-note"]
    note.set_value("agreed on Monday")
    [accept] = [button for button in app.button if button.key == "accept-fixes"]
    assert accept.label == "Accept 2"
    accept.click().run()

    standing = decided_fixes(session._warehouse("mine", folder))
    assert set(standing["item"]) == {"o1", "o2"}
    assert set(standing["note"]) == {"agreed on Monday"}
    assert "Decided on ownership" in [block.value for block in app.subheader]
    keys = {button.key for button in app.get("download_button")}
    # There is no way back to who has left, or to nobody.
    assert keys == {"changes-fixes", "back-fixes", "sheets-fixes"}
    [accept] = [button for button in app.button if button.key == "accept-fixes"]
    assert accept.disabled


def test_an_empty_workspace_says_what_to_upload(opens, tmp_path, monkeypatch):
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))

    app = opens()

    assert "Upload my files" in [button.label for button in app.button]
