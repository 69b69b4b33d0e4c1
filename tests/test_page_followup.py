"""The page Follow-up: writing down, acknowledging, closing, check-ins, and what is due."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.aftermath import Outcome, outcome
from analytics.desk import Desk
from analytics.following import (
    follow_ups,
    people_to_act,
    say_of,
    write_follow_up,
)
from analytics.followups import About, Measure
from analytics.meeting import check_ins, rhythms
from analytics.scope import Period, Scope
from data.workspaces import open_workspace
from pages._ui import session
from pages._ui.followwords import outcome_words, short_outcome
from pages._ui.text import LANGUAGES, Text
from tests.files import load
from tests.test_following import DEALS, LATER, REPS, TARGETS, TASKS
from tests.test_pages import SHELL, TEN_DEALS, folder, loads, said

assert folder
assert loads

THEN, NOW = date(2026, 3, 2), date(2026, 3, 31)
AT = datetime(2026, 3, 2, 9)  # noqa: DTZ001
NEWER = datetime(2026, 3, 31, 9)  # noqa: DTZ001
EN = Text("en")

Opens = Callable[..., AppTest]


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Path]:
    """A workspace of one's own with two exports, and two follow-ups of the first day."""
    store = open_workspace("mine", tmp_path)
    load(store, REPS, file="reps.csv")
    load(store, TARGETS, file="targets.csv")
    load(store, TASKS, file="tasks.csv")
    load(store, DEALS, as_of=THEN, file="opportunities.csv")
    desk = Desk(store, Scope(THEN, Period.containing(THEN)))
    agree(desk, About("deal", "opportunity", "o1", "*Well*"), due_on=NOW - timedelta(days=8))
    agree(desk, About("open_count", "rep", "Ann"), toward="down", due_on=NOW + timedelta(days=3))
    load(store, LATER, as_of=NOW, file="opportunities.csv")
    store.close()
    yield tmp_path
    st.cache_resource.clear()


def agree(desk: Desk, about: About, **changes: Any) -> str:
    known: dict[str, Any] = {
        "kind": "problem", "note": "few calls", "action": "call the mill", "owner": "Ann",
        "rep": "Ann", "toward": "up", "by": "Dee", "at": AT,
    }  # fmt: skip
    return write_follow_up(desk, about, **(known | changes))


@pytest.fixture
def opens(monkeypatch: pytest.MonkeyPatch) -> Opens:
    """Opens the page: ``opens(folder, lang="zh")``."""

    def open_page(where: Path, **address: str) -> AppTest:
        monkeypatch.setenv("EVENHAND_DATA", str(where))
        app = AppTest.from_file(str(SHELL), default_timeout=120)
        base = {"workspace": "mine", "lang": "en", "as_of": f"{NOW}"}
        for name, value in (base | address).items():
            app.query_params[name] = value
        app.run()
        app.switch_page("../followup.py").run()
        assert not app.exception, app.exception
        assert not app.error, app.error
        return app

    return open_page


def told(folder: Path) -> Desk:
    return Desk(session._warehouse("mine", folder), Scope(NOW, Period.containing(NOW)))


def click(app: AppTest, key: str) -> None:
    [button] = [one for one in app.button if (one.key or "").startswith(key)]
    button.click().run()
    assert not app.exception, app.exception


def choose(app: AppTest, table: str, row: int) -> None:
    app.session_state[table] = {"selection": {"rows": [row]}}
    app.run()
    assert not app.exception, app.exception


@pytest.mark.parametrize("view", ["agreed", "checkins"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_on_the_sample(opens, folder, language, view):
    app = opens(folder, lang=language, workspace="sample", as_of="2026-08-14", followview=view)

    assert app.title[0].value == Text(language)("page.followup")
    assert Text(language)("follow.finding_none") in said(app)


def test_an_empty_workspace_says_what_to_upload(opens, tmp_path):
    app = opens(tmp_path)

    assert EN("empty.upload") in [button.label for button in app.button]


@pytest.mark.parametrize("view", ["agreed", "checkins"])
def test_ten_deals_are_enough_to_agree_on_something(opens, folder, loads, view):
    loads(TEN_DEALS)

    app = opens(folder, as_of="2026-03-01", followview=view)

    assert "Check-ins due: 0." not in said(app)
    assert EN("follow.finding_none") in said(app)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_finding_counts_what_is_late_and_what_waits(opens, own, language):
    app = opens(own, lang=language)
    t = Text(language)

    assert t("follow.finding_open", count=2, late=1, waits=2) in said(app)
    assert t("follow.finding_tasks", count=1) in said(app)


def test_the_card_says_what_became_of_the_opportunity(opens, own):
    app = opens(own)

    assert "won on 2026-03-25 for 1.20k" in said(app)
    assert EN("follow.no_proof") in said(app)
    assert app.metric[0].value == "open · 1.00k"
    assert app.metric[1].value == "won · 1.20k"


def test_names_of_the_crm_are_no_markdown(opens, own):
    app = opens(own)

    assert any(r"\*Well\*" in block.value for block in app.markdown)
    assert not any("*Well*" in block.value.replace(r"\*", "") for block in app.markdown)


def test_a_number_then_and_now(opens, own):
    app = opens(own)
    choose(app, "follow-list", 1)

    assert [tile.value for tile in app.metric][:2] == ["3", "1"]
    assert app.metric[2].delta == EN("follow.as_agreed")


def test_it_is_acknowledged_by_whom_it_is_about_and_then_done(opens, own):
    app = opens(own)
    assert [box.value for box in app.selectbox if "follow-as" in (box.key or "")] == ["Ann"]

    click(app, "follow-acknowledge")

    [one, _] = follow_ups(told(own))
    assert (one.state, one.acknowledged_by) == ("acknowledged", "Ann")

    [note] = [box for box in app.text_input if "follow-note" in (box.key or "")]
    note.set_value("the mill has signed").run()
    click(app, "follow-done")

    one = next(one for one in follow_ups(told(own)) if one.about.unit == "o1")
    assert (one.state, one.words[-1][3]) == ("done", "the mill has signed")
    assert EN("follow.finding_closed", count=1, moved=1, clear=0) in said(app)


def test_what_is_closed_can_be_taken_up_again(opens, own):
    desk = told(own)
    say_of(desk, follow_ups(desk)[0].id, "drop", "", "Dee", AT)
    app = opens(own)
    choose(app, "follow-list", 1)

    click(app, "follow-reopen")

    assert all(one.is_open for one in follow_ups(told(own)))


def test_a_new_one_is_written_with_the_number_of_today(opens, own):
    app = opens(own)
    app.session_state["follow-new"] = True
    app.run()
    [number] = [box for box in app.selectbox if box.key == "follow-number-en"]
    number.set_value("win_rate").run()
    [action] = [box for box in app.text_input if "follow-new-one-action" in (box.key or "")]
    action.set_value("prepare every call")
    click(app, "follow-new-one-write")

    new = next(one for one in follow_ups(told(own)) if one.about.number == "win_rate")
    assert (new.about.unit, new.owner, new.action) == ("Ann", "Ann", "prepare every call")
    assert (new.then.n, new.due_on, new.toward) == (4, NOW + timedelta(days=7), "up")
    assert "Written down" in "\n".join(block.value for block in app.success)


def test_an_empty_form_writes_nothing_and_says_so(opens, own):
    app = opens(own)
    app.session_state["follow-new"] = True
    app.run()

    click(app, "follow-new-one-write")

    assert len(follow_ups(told(own))) == 2
    assert EN("follow.say_something") in [block.value for block in app.warning]


def test_a_check_in_is_closed_and_its_action_becomes_a_follow_up(opens, own):
    app = opens(own, followview="checkins")
    [box] = [one for one in app.checkbox if "-overdue-" in (one.key or "")]
    box.check()
    [note] = [one for one in app.text_area if one.key == "checkin-note-Ann"]
    note.set_value("went through the list")
    [action] = [one for one in app.text_input if one.key == "checkin-action-Ann"]
    action.set_value("set dates")
    app.run()
    click(app, "checkin-close-Ann")

    [held] = check_ins(told(own))
    assert (held.rep, held.ticked, held.note) == ("Ann", ("overdue",), "went through the list")
    assert "set dates" in [one.action for one in follow_ups(told(own))]
    [table] = [one.value for one in app.dataframe if "rhythm" in one.value]
    assert table.loc[table["rep"] == "Ann", "due"].tolist() == ["2026-04-07"]


def test_how_often_people_meet_can_be_set(opens, own):
    app = opens(own, followview="checkins")
    app.session_state["checkin-rhythms"] = True
    app.run()
    [rhythm] = [box for box in app.selectbox if box.key == "rhythm-en"]
    rhythm.set_value("monthly").run()
    click(app, "rhythm-set")

    assert rhythms(told(own)) == {("company", ""): "monthly"}
    [table] = [one.value for one in app.dataframe if "rhythm" in one.value]
    assert {*table["rhythm"]} == {EN("rhythm.monthly")}
    assert len(table) == len(people_to_act(told(own)))


def test_the_text_to_copy_holds_number_action_and_day(opens, own):
    app = opens(own)
    key = f"follow-text-{follow_ups(told(own))[0].id}"
    app.session_state[key] = True
    app.run()

    [text] = [block.value for block in app.code]
    assert "call the mill" in text
    assert "won on 2026-03-25" in text
    assert "2026-03-23" in text


def test_a_reminder_tells_a_person_from_3_days_on_and_the_manager_from_5(opens, own):
    desk = told(own)
    agree(desk, About("revenue", "rep", "Bo"), owner="Bo", action="four days", at=NEWER,
          due_on=NOW - timedelta(days=4))  # fmt: skip
    agree(desk, About("revenue", "rep", "Cid"), owner="Bo", action="two days", at=NEWER,
          due_on=NOW - timedelta(days=2))  # fmt: skip
    app = opens(own)
    app.session_state["follow-due"] = True
    app.run()

    [manager] = [block.value for block in app.code]
    [who] = [box for box in app.selectbox if box.key == "follow-remind-en"]
    who.set_value("Bo").run()
    [person] = [block.value for block in app.code]

    assert "Late as of 2026-03-31: 2" in manager
    assert "call the mill" in manager
    assert "Write to the mill" in manager
    assert person.splitlines()[1:] == ["- Follow-up: four days, 4 days late"]


def held(then: float, now: float, verdict: Any = "", **changes: Any) -> Outcome:
    about = About("open_count", "rep", "Ann")
    return replace(
        outcome(about, "hold", Measure(then), Measure(now), (THEN, NOW), pd.DataFrame()),
        verdict=verdict,
        **changes,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("found", "key"),
    [
        (held(20, 21), "held"),
        (held(20, 30), "not_held"),
        # Within what is usual is held, and nothing that may be chance.
        (held(20, 21, "within"), "held"),
        (held(20, 20), "unmoved"),
    ],
)
def test_what_should_hold_was_held_or_not(own, language, found, key):
    one = replace(follow_ups(told(own))[1], toward="hold")

    t = Text(language)
    assert short_outcome(one, found, t) == t(f"follow.{key}")
    assert short_outcome(one, replace(found, verdict="few"), t) == (
        t("follow.unmoved") if key == "unmoved" else t("follow.uncertain", moved=t(f"follow.{key}"))
    )


def test_an_opportunity_that_was_lost_went_the_other_way(own):
    [one] = [one for one in follow_ups(told(own)) if one.about.number == "deal"]
    found = replace(held(1, 1), moved="down", as_agreed=False)

    assert short_outcome(replace(one, toward="hold"), found, EN) == EN("follow.not_as_agreed")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("days", "key"), [(90, "change_rate"), (150, "change_rate_last")])
def test_a_rate_is_told_over_the_days_that_it_is_over(own, language, days, key):
    about, now = About("win_rate", "rep", "Ann"), THEN + timedelta(days=days)
    rows = pd.DataFrame(
        {"day": pd.to_datetime([THEN, now]), "won": [10, 15], "lost": [10, 5],
         "won_amount": 0.0, "activities": 0}
    )  # fmt: skip
    found = outcome(about, "up", Measure(0.5), Measure(0.5), (THEN, now), rows)
    one = replace(follow_ups(told(own))[1], about=about)
    t = Text(language)

    facts = {"before": t.rate(0.5), "n_before": 20, "since": t.rate(0.75), "n_since": 20,
             "points": t.points(0.25), "days": 90}  # fmt: skip
    if key == "change_rate_last":
        facts["all"] = 150
    assert outcome_words(one, found, t)[0] == t(f"follow.{key}", **facts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_an_upload_since_there_is_no_newer_data_yet(opens, own, language):
    t = Text(language)
    desk = told(own)
    agree(desk, About("revenue", "rep", "Ann"), due_on=NOW + timedelta(days=1), at=NEWER)

    app = opens(own, lang=language, as_of=f"{NOW + timedelta(days=14)}")
    choose(app, "follow-list", [one.about.number for one in follow_ups(desk)].index("revenue"))

    assert t("follow.no_news", as_of=f"{NOW}") in said(app)
    assert app.metric[2].delta == t("follow.not_yet")
