"""Every page runs, in both languages, with the sample, empty, and with almost nothing."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.ingest import commit
from data.log import decisions, standing_decisions
from data.review import review
from data.workspaces import open_workspace
from pages._ui import session
from pages._ui.text import LANGUAGES, Text

SHELL = Path(__file__).parents[1] / "pages" / "_ui" / "shell.py"
PAGES = ("overview", "winrates", "reallocate", "imports")

TEN_DEALS = "opportunity_id,owner,stage,amount,created_on,closed_on\n" + "".join(
    f"d{number},Ann,{'Won' if number < 4 else 'Lost' if number < 8 else 'Proposal'},{number}000,"
    f"2026-01-{number + 1:02d},{f'2026-02-{number + 1:02d}' if number < 8 else ''}\n"
    for number in range(10)
)

Opens = Callable[..., AppTest]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Workspaces of their own, the sample made once for all tests of this module."""
    path = tmp_path_factory.mktemp("workspaces")
    open_workspace("sample", path).close()
    yield path
    st.cache_resource.clear()


@pytest.fixture
def opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    """Opens a page: ``opens("winrates", lang="zh", workspace="mine")``."""
    monkeypatch.setenv("EVENHAND_DATA", str(folder))

    def open_page(page: str, **address: str) -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=120)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        if page != "overview":
            app.switch_page(f"../{page}.py").run()
        assert not app.exception, app.exception
        assert not app.error, app.error
        return app

    return open_page


@pytest.fixture
def small(folder: Path, opens: Opens) -> Iterator[None]:
    """The user's workspace holds one rep and ten opportunities."""
    store = session._warehouse("mine", folder)
    at = datetime(2026, 3, 1)  # noqa: DTZ001
    deals = review(TEN_DEALS.encode(), "deals.csv", store)
    commit(store, [deals], by="test", at=at, as_of=date(2026, 3, 1))
    yield
    st.cache_resource.clear()
    (folder / "mine.duckdb").unlink()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_the_sample(opens, page, language):
    app = opens(page, lang=language)

    assert app.title[0].value == Text(language)(f"page.{page}")
    assert not app.error


@pytest.mark.parametrize("page", ["overview", "winrates", "reallocate"])
def test_an_empty_workspace_says_what_to_upload(opens, page):
    app = opens(page, lang="en", workspace="mine")

    assert "Upload my files" in [button.label for button in app.button]


@pytest.mark.parametrize("page", PAGES)
def test_one_rep_and_ten_deals_are_too_little_to_say_anything(opens, small, page):
    app = opens(page, lang="en", workspace="mine")

    assert not app.error
    if page in ("overview", "winrates"):
        assert any("too little data" in block.value for block in app.markdown)
    if page == "reallocate":
        assert any("Keep the owners" in block.value for block in app.markdown)


def test_language_and_scope_come_from_the_address(opens):
    app = opens("overview", lang="zh", period="year", as_of="2025-12-31")

    assert app.title[0].value == "总览"
    assert any("2025" in block.value for block in app.markdown)


def test_nonsense_in_the_address_is_ignored(opens):
    app = opens("overview", lang="xx", period="decade", as_of="soon", workspace="theirs", team="?")

    assert app.title[0].value == "Overview"


def shown_move(app: AppTest) -> str:
    """The opportunity whose move can be decided on."""
    [key] = [button.key for button in app.button if button.key.startswith("accept-O")]
    return key.removeprefix("accept-")


def choose_row(app: AppTest, table: str, row: int) -> None:
    app.session_state[table] = {"selection": {"rows": [row]}}
    app.run()


def test_a_move_is_accepted_with_a_note_the_next_one_comes_and_it_can_be_taken_back(opens, folder):
    store = session._warehouse("sample", folder)
    app = opens("reallocate", lang="en")
    item = shown_move(app)

    app.text_input(key="note").input("agreed in the weekly").run()
    app.button(key=f"accept-{item}").click().run()

    assert not app.exception
    last = decisions(store).iloc[-1]
    assert (last["item"], last["verdict"], last["note"]) == (item, "accept", "agreed in the weekly")
    assert shown_move(app) != item
    assert app.text_input(key="note").value == ""
    assert app.dataframe[0].value["decision"].str.startswith("accepted").tolist()[:2] == [
        True,
        False,
    ]

    choose_row(app, "moves", 0)

    assert any("Accepted" in block.value for block in app.markdown)

    app.button(key=f"undo-{item}").click().run()

    assert decisions(store)["verdict"].tolist()[-1] == "undo"
    assert not any("Accepted" in block.value for block in app.markdown)
    assert shown_move(app) == item


def test_after_the_last_row_the_first_undecided_move_is_next(opens, folder):
    store = session._warehouse("sample", folder)
    app = opens("reallocate", lang="en")
    first = shown_move(app)

    choose_row(app, "moves", len(app.dataframe[0].value) - 1)
    item = shown_move(app)
    app.button(key=f"decline-{item}").click().run()

    assert (decisions(store).iloc[-1]["item"], shown_move(app)) == (item, first)

    app.session_state["decided"] = True
    choose_row(app, "decided-table", 0)
    app.button(key="undo-decisions").click().run()

    last = decisions(store).iloc[-1]
    assert (last["item"], last["verdict"]) == (item, "undo")


def test_everything_undecided_can_be_accepted_at_once(opens, folder):
    store = session._warehouse("sample", folder)
    app = opens("reallocate", lang="en")
    moves = len(app.dataframe[0].value)

    app.button(key="accept-all").click().run()

    assert not app.exception
    assert len(standing_decisions(store)) == moves
    assert "accept-all" not in [button.key for button in app.button]

    app.session_state["decided"] = True
    app.session_state["decided-table"] = {"selection": {"rows": list(range(moves))}}
    app.run()
    app.button(key="undo-decisions").click().run()

    assert standing_decisions(store).empty


def test_the_sample_without_differences_recommends_to_keep_the_owners(opens):
    app = opens("reallocate", lang="en", workspace="sample_even")

    assert any("Keep the owners" in block.value for block in app.markdown)
