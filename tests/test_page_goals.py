"""The page Goals: where we stand, setting and agreeing, and what does not fit."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.cascade import METHODS
from analytics.goalbook import WAYS
from analytics.misfits import CODES
from analytics.targets import FLOWS, RATES, TIERS
from data.fiscal import choose_first_month
from data.ingest import commit
from data.review import review
from data.workspaces import open_workspace
from pages._ui import session
from pages._ui.goalcheck import change
from pages._ui.text import LANGUAGES, Text, catalogue
from tests.files import load
from tests.test_aiming import AS_OF, MEASURES, PEOPLE, TARGETS, deals
from tests.test_pages import TEN_DEALS, said

SHELL = Path(__file__).parents[1] / "pages" / "_ui" / "shell.py"
EN = Text("en")

Opens = Callable[..., AppTest]


def opener(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Opens:
    monkeypatch.setenv("EVENHAND_DATA", str(folder))

    def open_page(**address: str) -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=120)
        for name, value in ({"lang": "en"} | address).items():
            app.query_params[name] = value
        app.run()
        app.switch_page("../goals.py").run()
        assert not app.exception, app.exception
        assert not app.error, app.error
        return app

    return open_page


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opens]:
    """A small company of one's own, made anew for each test: what is said in it stays."""
    store = open_workspace("mine", tmp_path)
    for text, file in ((PEOPLE, "reps"), (TARGETS, "targets"), (MEASURES, "measures")):
        load(store, text, file=f"{file}.csv")
    load(store, deals(), file="opportunities.csv")
    store.close()
    open_page = opener(monkeypatch, tmp_path)
    yield lambda **address: open_page(**{"workspace": "mine", "as_of": f"{AS_OF}"} | address)
    st.cache_resource.clear()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("workspaces")
    open_workspace("sample", path).close()
    yield path
    st.cache_resource.clear()


def click(app: AppTest, key: str) -> None:
    [button] = [one for one in app.button if one.key == key]
    button.click().run()
    assert not app.exception, app.exception
    assert not app.error, app.error


def view(app: AppTest, name: str, language: str = "en") -> None:
    control: Any
    [control] = [one for one in app.get("button_group") if one.key == f"goal-view-{language}"]
    control.set_value(name).run()
    assert not app.exception, app.exception
    assert not app.error, app.error


def choose(app: AppTest, key: str, value: str) -> None:
    [box] = [one for one in app.selectbox if one.key == key]
    box.set_value(value).run()
    assert not app.exception, app.exception
    assert not app.error, app.error


def total(app: AppTest, amount: float, kpi: str = "revenue") -> None:
    [box] = [one for one in app.number_input if one.key == f"goal-total-{kpi}"]
    box.set_value(amount).run()
    assert not app.exception, app.exception


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_opens_on_the_sample(sample, monkeypatch, language):
    app = opener(monkeypatch, sample)(lang=language)

    assert app.title[0].value == Text(language)("page.goals")
    assert "2026" in app.markdown[0].value
    assert len(app.get("plotly_chart")) == 2
    for name in ("set", "check", "course"):
        view(app, name, language)
        assert app.markdown[0].value


def test_every_measure_tier_and_period_opens_on_the_sample(sample, monkeypatch):
    app = opener(monkeypatch, sample)()
    [box] = [one for one in app.selectbox if one.key == "en-goal-kpi"]

    for kpi in range(len(box.options)):
        [box] = [one for one in app.selectbox if one.key == "en-goal-kpi"]
        box.select_index(kpi).run()
        assert not app.exception, app.exception
        assert app.markdown[0].value
    for key in ("en-goal-tier", "en-goal-period"):
        [box] = [one for one in app.selectbox if one.key == key]
        for number in range(len(box.options)):
            [box] = [one for one in app.selectbox if one.key == key]
            box.select_index(number).run()
            assert not app.exception, app.exception
            assert not app.error


def test_the_finding_says_what_is_missing_and_how_likely(mine):
    app = mine()

    words = app.markdown[0].value.replace("\\", "")
    assert words.startswith("**")
    assert "1.80k are missing" in words
    assert "for 6.4 weeks" in words
    assert "its people's sum to 2.00k, 2.00k less" in said(app)


@pytest.mark.parametrize(("as_of", "period"), [("2026-03-31", "quarter"), ("2026-02-15", "week")])
def test_on_the_last_day_of_a_period_it_is_over(mine, tmp_path, as_of, period):
    store = session._warehouse("mine", tmp_path)
    week = "rep,Ann,week,2026-02-09,revenue,base,5000\ncompany,,week,2026-02-09,revenue,base,9000\n"
    load(store, TARGETS.splitlines()[0] + "\n" + week, file="weeks.csv")
    app = mine(as_of=as_of, period=period)

    assert app.markdown[0].value.startswith("**Missed:**")
    assert "Missed: the company" in app.markdown[0].value.replace("*", "")


def test_a_team_in_which_nobody_is_yet_says_so(mine, tmp_path):
    store = session._warehouse("mine", tmp_path)
    load(store, "name,team\nAnn,north\n", as_of=date(2026, 1, 1), file="then.csv")
    load(store, "name,team\nAnn,east\n", as_of=date(2026, 5, 1), file="next.csv")
    app = mine(team="east")

    assert "nobody is known in east" in app.markdown[0].value


def test_a_team_sees_its_own(mine):
    app = mine(team="north")

    assert "north" in app.markdown[0].value
    units = next(table.value for table in app.dataframe if "aim" in table.value)
    assert set(units["label"]) == {"north", "Ann", "Bob"}


def test_the_deals_of_a_unit_stand_below(mine):
    app = mine()

    listed = next(table.value for table in app.dataframe if "state" in table.value)
    assert "won 2026-02-13" in set(listed["state"])
    assert any(one.startswith("open,") for one in listed["state"])


def test_a_goal_is_set_changed_approved_and_shown(mine):
    app = mine()
    view(app, "set")
    total(app, 6000)
    assert "would be reached with" in said(app)
    choose(app, "goal-method-en", "equal")
    click(app, "goal-propose")
    assert "Proposed, does not count yet" in said(app)

    [box] = [one for one in app.expander if one.label == EN("agree.ask")]
    assert box is not None
    click(app, "goal-approve")
    assert "Approved:" in said(app)
    view(app, "course")

    units = next(table.value for table in app.dataframe if "aim" in table.value)
    aims = dict(zip(units["label"], units["aim"], strict=True))
    assert (aims["the company"], aims["Ann"], aims["south"]) == ("6.00k", "2.00k", "2.00k")


def test_what_does_not_fit_is_counted(mine):
    app = mine()
    view(app, "check")

    assert "2 things in the targets do not fit" in said(app)
    assert "cannot be told" in said(app)


def test_the_year_may_begin_in_another_month(mine, tmp_path):
    app = mine(period="year")
    assert "2026" in app.markdown[0].value
    store = session._warehouse("mine", tmp_path)
    choose_first_month(store, 4, "ann", datetime(2026, 2, 1))  # noqa: DTZ001
    app = mine(period="year")

    assert "2025/26" in app.markdown[0].value.replace("\\", "")


def test_an_empty_workspace_says_what_to_upload(tmp_path, monkeypatch):
    app = opener(monkeypatch, tmp_path)(workspace="mine")

    assert "Upload my files" in [button.label for button in app.button]
    st.cache_resource.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_rep_and_ten_deals_are_too_little_for_chances(tmp_path, monkeypatch, language):
    store = open_workspace("mine", tmp_path)
    at = datetime(2026, 3, 1)  # noqa: DTZ001
    commit(
        store, [review(TEN_DEALS.encode(), "deals.csv", store)], by="test", at=at,
        as_of=date(2026, 3, 1),
    )  # fmt: skip
    store.close()
    app = opener(monkeypatch, tmp_path)(workspace="mine", lang=language, as_of="2026-03-01")

    for name in ("set", "check", "course"):
        view(app, name, language)
    view(app, "set", language)
    total(app, 5000)
    assert Text(language)("goals.not_enough") in app.dataframe[0].value.to_string()
    st.cache_resource.clear()


@pytest.mark.parametrize(
    ("share", "words"), [(0.0151, "+1.5 %"), (-0.0004, "0.0 %"), (0.0, "0.0 %"), (-0.1, "−10.0 %")]
)
def test_small_changes_are_signed_and_nothing_is_nothing(share, words):
    assert change(share) == words


def test_every_way_and_problem_has_its_sentence():
    wanted = {
        *(f"kpi.{kpi}" for kpi in (*FLOWS, *RATES)),
        *(f"tier.{tier}" for tier in TIERS),
        *(f"goalset.{kind}_{method}" for method in METHODS for kind in ("method", "help")),
        *(f"agree.way_{way}" for way in WAYS),
        *(f"agree.help_{way}_{sort}" for way in WAYS for sort in ("more", "less")),
        *(f"goalstate.{one}" for one in (*WAYS, "proposed", "approved", "declined", "withdrawn")),
        *(f"goalword.{one}" for one in ("easy", "challenging", "hard", "impossible")),
        *(f"goals.how_{one}" for one in ("own", "parts", "people", "teams", "incomplete")),
        *(f"check.ratchet_{one}" for one in ("ratchet", "none", "open", "few")),
        *(
            f"{kind}.{code}"
            for kind in ("problem", "targetremedy")
            for code in CODES
        ),
    }  # fmt: skip

    assert wanted <= catalogue("en").keys()
