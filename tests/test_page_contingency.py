"""The page Contingency: each scenario, the plans kept, and the standing backups."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.desk import Desk
from analytics.ruling import current_rules
from analytics.scope import Period, Scope
from analytics.standby import saved_plans
from data.workspaces import open_workspace
from pages._ui import session
from pages._ui.text import LANGUAGES, Text
from tests.files import load
from tests.opening import opened
from tests.test_contingency import AS_OF, PEOPLE, deals

Opens = Callable[..., AppTest]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("workspaces")
    store = open_workspace("mine", path)
    load(store, PEOPLE, file="reps.csv")
    load(store, deals(), file="opportunities.csv")
    store.close()
    yield path
    st.cache_resource.clear()


@pytest.fixture
def opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    monkeypatch.setenv("EVENHAND_DATA", str(folder))

    return lambda **address: opened("contingency", **({"as_of": f"{AS_OF}"} | address))


def finding(app: AppTest) -> str:
    """The first sentence that is about a scenario."""
    sentences = [block.value.replace("\\", "") for block in app.markdown]
    return next(text for text in sentences if text.startswith("**"))


def choose_kind(app: AppTest, kind: str) -> None:
    control: Any
    [control] = [one for one in app.get("button_group") if one.key == "scenario-kind-en"]
    control.set_value(kind).run()
    assert not app.exception, app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_opens_with_the_person_most_hangs_on(opens, language):
    app = opens(lang=language)

    assert app.title[0].value == Text(language)("page.contingency")
    assert finding(app).startswith("**Ann leaves" if language == "en" else "**Ann 离职")


def test_who_takes_over_stands_in_the_list_with_the_reason(opens):
    table = next(table.value for table in opens().dataframe if "to" in table.value)

    assert set(table["name"]) == {"n1", "n2"}
    assert all(table["why"])


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("away", "is away"),
        ("segment_drop", "The win rate in valves falls by 20 %"),
        ("product_stops", "valves stops"),
    ],
)
def test_every_kind_of_scenario_has_its_finding(opens, kind, words):
    app = opens()
    choose_kind(app, kind)

    assert words in finding(app)


def test_a_plan_is_kept_and_shown(opens, folder):
    app = opens()
    [name] = [box for box in app.text_input if box.key == "plan-name"]
    name.set_value("If Ann goes")
    [save] = [button for button in app.button if button.key == "save-plan"]
    save.click().run()

    [plan] = saved_plans(session._warehouse("mine", folder))
    assert (plan.name, plan.scenario.rep) == ("If Ann goes", "Ann")
    assert any("If Ann goes" in table.value.to_string() for table in app.dataframe)


def test_proposed_backups_become_rules(opens, folder):
    app = opens()
    [button] = [button for button in app.button if button.key == "name-backups"]
    button.click().run()

    desk = Desk(session._warehouse("mine", folder), Scope(AS_OF, Period.containing(AS_OF)))
    assert "Cy" in {line.rep for line in current_rules(desk).of("backup")}
    assert not app.exception


def test_an_empty_workspace_says_what_to_upload(opens, tmp_path, monkeypatch):
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))

    app = opens()

    assert "Upload my files" in [button.label for button in app.button]
