"""Every page runs, in both languages, with the sample, empty, and with almost nothing."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.rules import RuleSet
from analytics.ruling import save_rules
from data.ingest import commit
from data.log import decisions, standing_decisions
from data.review import review
from data.workspaces import open_workspace
from pages._ui import session
from pages._ui.text import LANGUAGES, Text

SHELL = Path(__file__).parents[1] / "pages" / "_ui" / "shell.py"
PAGES = ("overview", "goals", "winrates", "profile", "model", "reallocate", "imports")

TEN_DEALS = "opportunity_id,owner,stage,amount,created_on,closed_on\n" + "".join(
    f"d{number},Ann,{'Won' if number < 4 else 'Lost' if number < 8 else 'Proposal'},{number}000,"
    f"2026-01-{number + 1:02d},{f'2026-02-{number + 1:02d}' if number < 8 else ''}\n"
    for number in range(10)
)

Opens = Callable[..., AppTest]


def office(wins: dict[str, int], closed: int = 100) -> str:
    """Opportunities without any attribute: of each person's, so many are won."""
    rows = ["opportunity_id,owner,stage,amount,created_on,closed_on"]
    for rep, won in wins.items():
        for number in range(closed):
            stage = "Won" if number < won else "Lost"
            day = f"2026-01-{number % 28 + 1:02d},2026-02-{number % 28 + 1:02d}"
            rows.append(f"{rep}{number},{rep},{stage},{number % 7 + 1}000,{day}")
    return "\n".join(rows)


def said(app: AppTest) -> str:
    """Every sentence of the page."""
    blocks = [*app.title, *app.markdown, *app.caption, *app.info]
    return "\n".join(block.value for block in blocks).replace("\\", "")


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
    monkeypatch.setattr("pages._ui.chance.RUNS", 2)

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
def loads(folder: Path, opens: Opens) -> Iterator[Callable[[str], None]]:
    """Loads opportunities into the user's workspace: ``loads(TEN_DEALS)``."""

    def load(table: str) -> None:
        store = session._warehouse("mine", folder)
        at = datetime(2026, 3, 1)  # noqa: DTZ001
        deals = review(table.encode(), "deals.csv", store)
        commit(store, [deals], by="test", at=at, as_of=date(2026, 3, 1))

    yield load
    st.cache_resource.clear()
    (folder / "mine.duckdb").unlink()


@pytest.fixture
def small(loads: Callable[[str], None]) -> None:
    """The user's workspace holds one rep and ten opportunities."""
    loads(TEN_DEALS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_on_the_sample(opens, page, language):
    app = opens(page, lang=language)

    assert app.title[0].value == Text(language)(f"page.{page}")
    assert not app.error


@pytest.mark.parametrize("page", ["overview", "winrates", "profile", "model", "reallocate"])
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
    keys = (button.key or "" for button in app.button)
    [key] = [key for key in keys if key.startswith("accept-O")]
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


def test_everything_undecided_can_be_accepted_at_once_but_what_the_lot_withheld(opens, folder):
    store = session._warehouse("sample", folder)
    app = opens("reallocate", lang="en")
    said = app.dataframe[0].value["decision"]
    moves = int((said == "undecided").sum())

    app.button(key="accept-all").click().run()

    assert not app.exception
    assert (said == "withheld").sum() == len(said) - moves > 0
    assert len(standing_decisions(store)) == moves
    assert "accept-all" not in [button.key for button in app.button]

    app.session_state["decided"] = True
    app.session_state["decided-table"] = {"selection": {"rows": list(range(moves))}}
    app.run()
    app.button(key="undo-decisions").click().run()

    assert standing_decisions(store).empty


def test_somebody_else_is_weighed_and_a_second_person_has_to_accept_too(opens, folder):
    store, at = session._warehouse("sample", folder), datetime(2026, 8, 14)  # noqa: DTZ001
    save_rules(store, RuleSet(two_person=True), "two pairs of eyes", "ann", at)
    app = opens("reallocate", lang="en")
    item = shown_move(app)

    other = app.selectbox(key=f"instead-of-{item}-en")
    other.select(other.options[0]).run()

    assert f"{other.options[0]}: estimated gain" in said(app).replace("*", "")

    app.button(key=f"accept-{item}").click().run()
    choose_row(app, "moves", 0)
    waiting = standing_decisions(store)["backed_by"].tolist()
    app.text_input(key="deciding-as").input("王芳").run()
    app.button(key=f"accept-{item}").click().run()

    assert waiting == [("manager",)]
    assert standing_decisions(store)["backed_by"].tolist() == [("manager", "王芳")]
    assert "Of 1 accepted moves, 0 are carried out" in said(app)

    choose_row(app, "moves", 0)
    app.button(key=f"undo-{item}").click().run()
    save_rules(store, RuleSet(), "as before", "ann", at)
    assert not app.exception


def test_the_sample_without_differences_recommends_to_keep_the_owners(opens):
    app = opens("reallocate", lang="en", workspace="sample_even")

    assert any("Keep the owners" in block.value for block in app.markdown)


# Win rates


@pytest.mark.parametrize("workspace", ["sample", "sample_even"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["map", "ranking", "segments", "time"])
def test_every_picture_of_the_win_rates_has_its_table_and_its_file(
    opens, view, language, workspace
):
    app = opens("winrates", lang=language, view=view, workspace=workspace)
    app.session_state["estimates"] = True
    app.run()

    assert not app.exception
    assert app.query_params.get("view", "map") == view
    table = app.dataframe[0].value
    assert table["estimate"].str.contains(" % ").all()
    assert Text(language)("winrates.table", count=len(table)) in [box.label for box in app.expander]


def test_open_ones_count_too_where_everything_is_followed_through_its_ages(opens):
    app = opens("winrates", lang="zh", view="fates")
    app.session_state["estimates"] = True
    app.run()

    assert not app.exception
    assert "一年内赢单" in said(app)
    [table] = [one.value for one in app.dataframe if "still" in one.value]
    assert len(table) == 26
    assert table["estimate"].str.contains(" % ").all()


def test_open_opportunities_have_a_chance_that_hangs_on_their_age(opens):
    app = opens("profile", lang="en", rep="李薇")
    app.session_state["chances"] = True
    app.run()

    assert not app.exception
    table = next(one.value for one in app.dataframe if "chance" in one.value)
    assert len(table) == len(table["chance"].str.extract(r"^(\d+) % \d+–\d+$").dropna())
    assert len(table) > 10


def test_the_page_says_of_how_many_people_something_is_known(opens):
    assert "4 clearly less; for 19 nobody can tell yet" in said(opens("winrates", lang="en"))
    even = said(opens("winrates", lang="en", workspace="sample_even"))
    assert "Nobody can tell who wins more" in even
    assert "None of 156 cells" in even


def test_no_place_is_named_that_is_less_likely_than_not(opens):
    app = opens("winrates", lang="en", view="ranking")
    app.session_state["estimates"] = True
    app.run()

    places = app.dataframe[0].value.set_index("rep")["place"]
    assert "for 24 of 26 the place is not known" in said(app)
    assert (~places.str.contains("–")).sum() == 2
    assert places["周浩然"].startswith("1 (")


def test_a_team_is_placed_among_all(opens):
    app = opens("winrates", lang="en", view="ranking", team="华东一组")

    assert "Of this team 谢雨桐 has the best chance of the first place among all 26" in said(app)


def test_months_with_many_open_are_pointed_out(opens):
    said_over_time = said(opens("winrates", lang="en", view="time"))

    assert "383 are still open, and losses come sooner here than wins" in said_over_time
    assert "points too low over all months" in said_over_time


def test_attributes_that_do_not_fit_together_are_named(opens):
    app = opens("winrates", lang="en", by="product,sector,source,size_band,nonsense")

    assert "Left out: account size. There would be more than 500 combinations" in said(app)
    assert "Left out" not in said(opens("winrates", lang="en", by="sector"))


def test_nonsense_in_the_address_of_a_picture_is_ignored(opens):
    app = opens("winrates", lang="en", view="pie", shown="smell")

    assert "cells can be told from the average" in said(app)


def test_choosing_a_person_opens_the_profile(opens):
    app = opens("winrates", lang="en")

    app.selectbox(key="person-en").select("李薇").run()

    assert app.title[0].value == "Rep profile"
    assert "less evidence of wins for 李薇" in said(app)
    assert app.query_params["rep"] == "李薇"


def test_people_without_attributes_have_a_ranking_and_no_map(opens, loads):
    loads(office({"Anna": 80, "Ben": 30}))

    app = opens("winrates", lang="en", workspace="mine")

    assert "1 of 2 people win clearly more than the average, 1 clearly less." in said(app)
    assert "First place: Anna with > 99 %; every place is known" in said(app)
    assert app.get("button_group")[-1].options == ["Ranking", "Over time", "Open ones too"]


def test_one_person_is_compared_with_nobody(opens, loads):
    loads(office({"Anna": 50}))

    for page in ("winrates", "profile"):
        app = opens(page, lang="en", workspace="mine")
        assert "there is nobody to compare with" in said(app)
        assert "first" not in said(app).lower()


# Rep profile


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("workspace", ["sample", "sample_even"])
def test_a_profile_is_compared_with_a_colleague(opens, workspace, language):
    app = opens(
        "profile",
        lang=language,
        workspace=workspace,
        rep="谢雨桐",
        against="梁嘉欣",
        shown="sector",
    )

    assert len(app.metric) == 5
    assert app.query_params["against"] == "梁嘉欣"
    told = workspace == "sample"
    assert (Text(language)("compare.strength") in [box.label for box in app.expander]) == told


def test_the_difference_of_two_people_is_told_in_parts(opens):
    words = said(opens("profile", lang="en", rep="谢雨桐", against="梁嘉欣"))

    assert "谢雨桐 wins more than 梁嘉欣 with > 99 % probability" in words
    assert "Counted, 谢雨桐 is 35 points ahead. Easier leads, as recorded, account for" in words
    assert "times as much as the records show" in words


def test_nobody_is_called_better_when_the_range_has_both_signs(opens):
    words = said(opens("profile", lang="en", rep="周浩然", against="谢雨桐"))

    assert "Nobody can tell yet who is better" in words
    assert "vanish" not in words


def test_a_lead_in_revenue_is_split_into_mix_and_rest(opens):
    words = said(opens("profile", lang="en", rep="周浩然"))

    assert "by which 周浩然 is ahead in revenue per win, what was sold" in words
    assert "is no more than chance makes of 150 wins" in words


def test_a_person_of_another_team_is_not_shown(opens):
    app = opens("profile", lang="en", team="华东一组", rep="李薇", against="李薇")

    assert app.selectbox(key="en-rep").value != "李薇"
    assert app.selectbox(key="en-against").value is None
    assert "李薇" not in app.selectbox(key="en-rep").options


def test_a_person_without_wins_has_no_revenue_and_one_without_results_no_rate(opens, loads):
    loads(office({"Anna": 80, "Ben": 40, "Cem": 0}) + "\nDina1,Dina,Proposal,5000,2026-02-01,")

    cem = opens("profile", lang="en", workspace="mine", rep="Cem")
    dina = opens("profile", lang="en", workspace="mine", rep="Dina")

    assert "Cem has no win with an amount" in said(cem)
    assert "less evidence of wins for Cem" in said(cem)
    assert "Dina has no closed opportunity yet" in said(dina)
    assert [metric.value for metric in dina.metric] == ["1", "0 / 0"]
