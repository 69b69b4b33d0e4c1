"""The page Forecast: its finding, its drawers, a commitment; a period that is over."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from data.workspaces import open_workspace
from pages._ui.text import LANGUAGES, Text
from tests.files import load
from tests.opening import SHELL, opened
from tests.test_outlook import AS_OF, REPS, sold

TARGETS = """unit_kind,unit,period,period_start,kpi,amount
company,Us,quarter,2026-07-01,revenue,150000
rep,Ann,quarter,2026-07-01,revenue,20000
"""

Opens = Callable[..., AppTest]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("workspaces")
    store = open_workspace("mine", path)
    load(store, REPS, file="reps.csv")
    load(store, TARGETS, file="targets.csv")
    load(store, sold(), file="opportunities.csv")
    store.close()
    yield path
    st.cache_resource.clear()


@pytest.fixture
def opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    monkeypatch.setenv("EVENHAND_DATA", str(folder))

    return lambda **address: opened("forecast", **({"as_of": f"{AS_OF}"} | address))


def said(app: AppTest) -> str:
    blocks = [*app.markdown, *app.caption, *app.info, *app.warning]
    return "\n".join(block.value for block in blocks).replace("\\", "")


def expand(app: AppTest, key: str) -> AppTest:
    app.session_state[key] = True
    return app.run()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_finding_has_a_range_and_the_chance_of_the_target(opens, lang):
    app = opens(lang=lang)
    t = Text(lang)

    assert t("page.forecast") in app.title[0].value
    assert t("forecast.of_target", target=t.money(150_000)) in [
        metric.delta for metric in app.metric
    ]
    assert "90 %" in said(app)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_drawer_opens(opens, lang):
    app = opens(lang=lang)
    for key in ("forecast-units", "carried", "rivals", "tried", "commitments"):
        app = expand(app, key)
        assert not app.exception, app.exception
        assert not app.error, app.error

    assert Text(lang)("forecast.scores_help") in said(app)
    assert len(app.dataframe) == 4


def test_a_team_shows_its_people(opens):
    app = opens(team="South")
    table = expand(app, "forecast-units").dataframe[0].value

    assert list(table["unit"]) == ["Cid"]


def test_a_commitment_stays_and_has_no_record_at_first(opens):
    app = expand(opens(), "commitments")
    app.text_input(key="commit-by").input("Wang")
    app.number_input(key="commit-amount").set_value(140_000.0)
    next(one for one in app.button if one.label == "Commit").click()
    app = expand(app.run(), "commitments")
    assert not app.exception, app.exception

    [table] = [frame.value for frame in app.dataframe if "worth" in frame.value]
    assert table["by"].tolist() == ["Wang"]
    assert table["worth"].tolist() == ["no record yet"]


def test_when_the_period_is_over_the_next_one_is_looked_at(opens):
    text = said(opens(as_of="2026-06-30"))

    assert "2026-Q3" in text
    assert "brings about" in text


def test_too_little_is_said(opens):
    app = AppTest.from_file(str(SHELL), default_timeout=60)
    app.query_params["workspace"], app.query_params["lang"] = "mine", "en"
    app.query_params["as_of"] = "2024-07-01"
    app.run()
    app.switch_page("../forecast.py").run()

    assert Text("en")("forecast.needed") in said(app)
