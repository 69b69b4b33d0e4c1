"""The page Risks & changes: what it says, putting aside, handing over, and the waterfall."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.desk import Desk
from analytics.following import follow_ups
from analytics.scope import Period, Scope
from analytics.watching import handed_over, put_aside
from data.workspaces import open_workspace
from pages._ui import session
from pages._ui.text import LANGUAGES, Text
from tests.files import load
from tests.test_pages import TEN_DEALS, said
from tests.test_watching import HEADER, LATER, NOW, OPEN, REPS, THEN, past

SHELL = Path(__file__).parents[1] / "pages" / "_ui" / "shell.py"

Opens = Callable[..., AppTest]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    store = open_workspace("mine", tmp_path)
    load(store, REPS, file="reps.csv")
    load(store, f"{HEADER}\n{past()}\n{OPEN}", as_of=THEN)
    load(store, f"{HEADER}\n{LATER}", as_of=NOW, file="later.csv")
    store.close()
    yield tmp_path
    st.cache_resource.clear()


def visited(**address: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("../risks.py").run()
    assert not app.exception, app.exception
    assert not app.error, app.error
    return app


@pytest.fixture
def opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    monkeypatch.setenv("EVENHAND_DATA", str(folder))
    base = {"workspace": "mine", "lang": "en", "as_of": f"{NOW}"}
    return lambda **address: visited(**(base | address))


def desk(folder: Path) -> Desk:
    return Desk(session._warehouse("mine", folder), Scope(NOW, Period.containing(NOW)))


def listed(app: AppTest) -> Any:
    """The list of risks."""
    return next(table.value for table in app.dataframe if "kinds" in table.value)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_gravest_risk_is_in_the_first_sentence_and_row(opens, language):
    app = opens(lang=language)
    t = Text(language)

    assert app.title[0].value == t("page.risks")
    assert "Mill" in app.markdown[0].value
    first = listed(app).iloc[0]
    assert (first["name"], first["rep"], first["since"]) == ("Mill", "Ann", "2025-11-21")
    assert first["kinds"] == t("list.comma").join((t("risk.stalled"), t("risk.overdue")))


def test_the_card_says_why_since_when_and_what_is_in_question(opens):
    words = said(opens())

    assert "It was expected to close 59 days ago. Since 2026-02-01." in words
    assert "90 % were seen to be through by day 80" in words
    assert "of expected revenue in question: 900k with a chance of" in words


def test_how_it_is_ranked_and_what_cannot_be_told_stands_on_the_page(opens):
    words = said(opens())

    assert "The gravest first, then by expected revenue." in words
    assert "the data has neither next steps, nor tasks, nor activities" in words


def put_off(app: AppTest, why: str) -> None:
    app.date_input(key="snooze-opportunity-big-until").set_value(date(2026, 4, 20))
    app.text_input(key="snooze-opportunity-big-why").set_value(why)
    [button] = [
        one for one in app.button if one.key and one.key.endswith("snooze-opportunity-big-do")
    ]
    button.click().run()
    assert not app.exception, app.exception


def test_a_risk_is_put_aside_with_a_reason_and_taken_up_again(opens, folder):
    app = opens()
    put_off(app, " ")

    assert [box.value for box in app.warning] == [Text("en")("risks.snooze_needs_why")]
    assert put_aside(desk(folder)) == {}

    put_off(app, "the fair is in May")

    assert {key[0] for key in put_aside(desk(folder))} == {"stalled", "overdue"}
    assert "Mill" not in listed(app)["name"].tolist()
    assert "Mill" not in app.markdown[0].value

    app.session_state["risks-aside"] = True
    app.session_state["aside-list"] = {"selection": {"rows": [0, 1]}}
    app.run()
    app.button(key="wake-risks").click().run()

    assert not app.exception, app.exception
    assert put_aside(desk(folder)) == {}
    assert listed(app)["name"].iloc[0] == "Mill"


def test_a_better_owner_is_looked_for_on_the_page_assign(opens, folder):
    app = opens()
    app.button(key="risk-owner").click().run()

    assert not app.exception, app.exception
    assert app.title[0].value == "Assign"
    assert app.text_input(key="one-search").value == "big"
    assert ("opportunity", "big") in handed_over(desk(folder), [("opportunity", "big")])


def test_a_follow_up_is_written_about_the_opportunity_and_stands_in_the_list(opens, folder):
    app = opens()
    app.session_state["risk-opportunity-big-box"] = True
    app.run()
    app.text_input(key="risk-opportunity-big-action-en").set_value("call them")
    [button] = [one for one in app.button if one.label == Text("en")("follow.write")]
    button.click().run()

    assert not app.exception, app.exception
    [one] = follow_ups(desk(folder))
    assert (one.about.number, one.about.unit, one.rep, one.action) == (
        "deal",
        "big",
        "Ann",
        "call them",
    )
    assert "It was expected to close" in one.note or "Open for" in one.note
    assert opens().dataframe[0].value["said"].iloc[0] == f"due {one.due_on}"


def test_the_list_is_narrowed_by_kind_and_person(opens):
    app = opens()
    assert listed(app)["name"].tolist() == ["Mill", "Well"]
    app.selectbox(key="en-risk-kind").select("stalled").run()
    assert listed(app)["name"].tolist() == ["Mill"]
    app.selectbox(key="en-risk-kind").select("").run()
    app.selectbox(key="en-risk-rep").select("Bob").run()
    assert listed(app)["name"].tolist() == ["Well"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_changes_since_the_export_before_are_told_and_listed(opens, language):
    app = opens(lang=language, risk_view="changes")
    t = Text(language)

    assert f"{THEN}" in app.markdown[0].value.replace("\\", "")
    steps = next(table.value for table in app.dataframe if "effect" in table.value)
    assert steps.to_numpy().tolist() == [[t("effect.grown"), 1, "+500"]]
    deals = next(table.value for table in app.dataframe if "step" in table.value)
    assert deals["value"].tolist() == [f"{t.money(2000)} → {t.money(2500)}"]
    assert not app.info


def test_a_day_before_the_first_export_says_what_cannot_be_known(opens):
    app = opens(risk_view="changes", risk_since="2026-02-28")

    assert "No export is as old as 2026-02-28" in app.info[-1].value.replace("\\", "")


def test_changes_that_leave_the_sum_are_behind_a_drawer(opens):
    app = opens(risk_view="changes")
    app.session_state["changes-beside"] = True
    app.run()

    assert not app.exception, app.exception
    table = next(table.value for table in app.dataframe if "days" in table.value)
    assert table["rep"].tolist() == ["Bob → Ann"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_only_other_things_changed_the_value_is_unchanged_and_they_are_counted(
    opens, folder, language
):
    store = open_workspace("mine", folder)
    moved = LATER.replace("Talks,100,2026-03-01,2026-03-20", "Offer,100,2026-03-01,2026-05-20")
    load(store, f"{HEADER}\n{moved}", as_of=date(2026, 4, 2), file="third.csv")
    store.close()
    st.cache_resource.clear()
    words = said(opens(lang=language, risk_view="changes", as_of="2026-04-02"))
    t = Text(language)

    assert t("changes.only_beside", since=NOW, closing=t.money(905_600), count=2) in words.replace(
        "\\", ""
    )


def test_the_step_that_weighs_most_is_called_the_largest(opens):
    assert "Largest step: Grown, +500 from 1 opportunities." in said(
        opens(risk_view="changes")
    ).replace("\\", "")


def test_win_rates_that_fell_join_the_list_when_somebody_looks(opens, monkeypatch):
    fell = pd.DataFrame(
        {"kind": ["rep"], "level": ["Ann"], "early": [0.5], "late": [0.2], "deals": [90],
         "flagged": [True]}
    )  # fmt: skip

    def drifting(desk: Desk) -> pd.DataFrame:
        return fell

    # The page itself is read anew each time, and finds the one in analytics.abilities.
    for module in ("analytics.abilities", "analytics.watching", "pages._ui.risklist"):
        monkeypatch.setattr(f"{module}.drifting", drifting)
    app = opens()
    assert Text("en")("risk.drift") not in " ".join(listed(app)["kinds"])
    app.session_state["risks-drift"] = True
    app.run()
    app.button(key="look-for-drift").click().run()

    assert not app.exception, app.exception
    assert Text("en")("risk.drift") in " ".join(listed(app)["kinds"])


def test_nonsense_in_the_address_is_ignored(opens):
    app = opens(risk_view="changes", risk_since="soon", risk_due="?")

    assert f"{THEN}" in app.markdown[0].value.replace("\\", "")


@pytest.mark.parametrize("view", ["risks", "changes"])
def test_an_empty_workspace_says_what_to_upload(tmp_path, monkeypatch, view):
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))
    app = visited(workspace="mine", lang="en", risk_view=view)

    assert "Upload my files" in [button.label for button in app.button]
    st.cache_resource.clear()


@pytest.mark.parametrize("view", ["risks", "changes"])
def test_ten_deals_are_too_few_to_call_anything_severe(tmp_path, monkeypatch, view):
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))
    store = open_workspace("mine", tmp_path)
    load(store, TEN_DEALS, as_of=date(2026, 3, 1))
    store.close()
    app = visited(workspace="mine", lang="en", risk_view=view, as_of="2026-03-01")

    words = said(app)
    if view == "risks":
        assert "8 closed opportunities, and 40 are needed" in words
        assert "Severe risks" not in words
    else:
        assert "Nothing has changed" not in words
    st.cache_resource.clear()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("view", ["risks", "changes"])
def test_it_opens_on_the_sample(tmp_path_factory, monkeypatch, language, view):
    folder = tmp_path_factory.getbasetemp() / "risks-sample"
    open_workspace("sample", folder).close()
    monkeypatch.setenv("EVENHAND_DATA", str(folder))
    app = visited(lang=language, risk_view=view)

    assert app.title[0].value == Text(language)("page.risks")
    assert len(app.dataframe) >= 1
    st.cache_resource.clear()
