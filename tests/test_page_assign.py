"""The page Assign: proposals with their reasons, one item, the board, and what was given out."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics import reports
from analytics.auditing import decide_fixes, decided_fixes, fixes, take_back_fixes
from analytics.desk import Desk
from analytics.rules import Line, RuleSet
from analytics.ruling import save_rules
from analytics.scope import Period, Scope
from analytics.work import (
    assigned,
    assignments,
    candidates,
    give,
    held_work,
    newest_word,
    open_work,
    priorities,
    room,
    take_back,
    unowned,
)
from data.ingest import commit
from data.log import record_decision
from data.review import review
from data.warehouse import Warehouse
from pages._ui import session
from pages._ui.text import LANGUAGES, Text
from tests.test_pages import SHELL, said

Opens = Callable[..., AppTest]
AS_OF = date(2026, 3, 1)
AT = datetime(2026, 3, 1)  # noqa: DTZ001

OFFICE = {
    "opportunities.csv": "opportunity_id,owner,account,region,stage,amount,created_on,closed_on\n"
    + "".join(
        f"{rep}{n},{rep},Mine {n},West,{'Won' if n % 2 else 'Lost'},{n}000,2026-01-05,2026-02-05\n"
        for rep in ("Ann", "Bo", "Cy")
        for n in range(10)
    )
    + "open,Ann,Mine 1,West,Proposal,5000,2026-02-01,\n"
    + "free,,Mine 2,West,Proposal,8000,2026-02-01,\n",
    "leads.csv": "lead_id,lead_name,company,owner,region,status,created_on\n"
    "L1,Pit · pump,Pit,,West,New,2026-02-01\nL2,Shaft,Shaft,Bo,West,New,2026-02-01\n",
    "reps.csv": "rep_id,name,team,active\n1,Ann,north,yes\n2,Bo,north,yes\n3,Cy,south,yes\n",
}


def load(store: Warehouse) -> None:
    for file, table in OFFICE.items():
        commit(store, [review(table.encode(), file, store)], by="test", at=AT, as_of=AS_OF)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The user's own workspace with a small office."""
    path = tmp_path_factory.mktemp("workspaces")
    load(session._warehouse("mine", path))
    yield path
    st.cache_resource.clear()


@pytest.fixture
def opens(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Opens:
    monkeypatch.setenv("EVENHAND_DATA", str(folder))

    def open_page(view: str = "give", lang: str = "en") -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=60)
        app.session_state["assign-view"] = view
        app.query_params["lang"] = lang
        app.query_params["workspace"] = "mine"
        app.run()
        app.switch_page("../assign.py").run()
        assert not app.exception, app.exception
        assert not app.error, app.error
        return app

    return open_page


@pytest.fixture
def desk(folder: Path) -> Desk:
    return Desk(session._warehouse("mine", folder), Scope(AS_OF, Period.containing(AS_OF)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_opens_in_both_languages(opens, language):
    app = opens(lang=language)

    assert app.title[0].value == Text(language)("page.assign")
    for view in ("one", "urgent", "room", "policies", "give"):
        app.session_state["assign-view"] = view
        app.run()
        assert not app.exception
        assert not app.error
        assert len(app.dataframe) == 1


def test_an_empty_workspace_says_what_to_upload(opens, tmp_path, monkeypatch):
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))

    app = opens()

    assert "Upload my files" in [button.label for button in app.button]


def test_work_of_nobody_is_given_out_and_taken_back(opens, desk):
    app = opens()
    assert "Open work that nobody has: 2" in said(app)

    app.button(key="give-all").click().run()

    given = assigned(desk)
    assert set(given["item"]) == {"free", "L1"}
    assert set(given["to_rep"]) <= {"Ann", "Bo", "Cy"}
    assert "All open work has an owner" in said(app)
    word = newest_word(desk)
    assert desk.ask(unowned, word).empty
    assert reports.assign(desk, Namespace(policy="evenhand"))["assignments"] == []
    assert desk.ask(room, RuleSet(), word)["items"].sum() == 2 + 2

    app.session_state["given"] = True
    app.session_state["given-table"] = {"selection": {"rows": [0, 1]}}
    app.run()
    assert set(app.dataframe[0].value["crm"]) == {"not yet carried out"}
    app.button(key="undo-given").click().run()

    assert assigned(desk).empty
    assert len(desk.ask(unowned, newest_word(desk))) == 2


def test_only_the_chosen_rows_are_given_out(opens, desk):
    app = opens()
    app.session_state["to-give"] = {"selection": {"rows": [0]}}
    app.run()

    app.button(key="give-chosen").click().run()

    assert len(assigned(desk)) == 1
    app.session_state["given"] = True
    app.session_state["given-table"] = {"selection": {"rows": [0]}}
    app.run()
    app.button(key="undo-given").click().run()


def test_a_manager_may_choose_somebody_else_and_that_is_no_choice_of_the_policy(opens, desk):
    app = opens("one")
    [box] = [box for box in app.selectbox if (box.key or "").startswith("to-")]

    box.select(box.options[-1]).run()
    app.button(key="give-one").click().run()

    assert not app.exception
    [one] = assigned(desk).itertuples()
    assert (f"to-{one.item}", one.to_rep, one.reason) == (box.key, box.options[-1], "by_hand")
    assert pd.isna(one.propensity)
    app.session_state["given"] = True
    app.session_state["given-table"] = {"selection": {"rows": [0]}}
    app.run()
    app.button(key="undo-given").click().run()


def test_a_lead_typed_in_is_ranked_and_cannot_be_given_out_here(opens):
    app = opens("one")
    app.session_state["one-way-en"] = "new"
    app.run()
    app.number_input(key="lead-value").set_value(9000)
    app.text_input(key="lead-account").input("Mine 1")
    app.button[-1].click().run()

    assert not app.exception
    assert "should take it" in said(app)
    assert set(app.dataframe[0].value["rep"]) == {"Ann", "Bo", "Cy"}
    assert "give-one" not in [button.key for button in app.button]


def test_without_evidence_everybody_is_about_equally_good(desk):
    given, rows = desk.ask(candidates, RuleSet(), newest_word(desk), ("opportunity", "free"))

    assert given.near == 3
    assert rows["worth"].tolist() == [rows["worth"].max()] * 3
    assert rows["why_not"].tolist() == ["", "owed_less", "owed_less"]


def test_the_owner_does_not_need_room_for_what_is_on_the_desk_already(desk):
    rules = RuleSet(lines=(Line("capacity", rep="Ann", field="items", number=1),))

    _, rows = desk.ask(candidates, rules, newest_word(desk), ("opportunity", "open"))

    of = rows.set_index("rep")["why_not"]
    assert of["Ann"] in ("", "owed_less")
    assert of["Cy"] == "other_team"


def test_a_team_gives_to_its_own_people(desk):
    north = desk.at(team="north")

    given = north.ask(assignments, RuleSet(), newest_word(desk))

    assert {one.rep for one in given} <= {"Ann", "Bo"}
    assert set(north.ask(open_work)["item"]) == {"open", "free", "L1", "L2"}
    assert set(north.ask(priorities, newest_word(desk))["item"]) == {"open", "free", "L1", "L2"}


def test_the_command_line_says_who_should_get_what_under_the_rules_that_hold(desk):
    rules = RuleSet(
        lines=tuple(Line("territory", rep=rep, subject="East") for rep in ("Ann", "Bo", "Cy"))
    )
    save_rules(desk.warehouse, rules, "the west is closed", "test", AT)

    report = reports.assign(desk, Namespace(policy="evenhand"))

    assert [(row["to"], row["reason"]) for row in report["assignments"]] == [
        (None, "territory")
    ] * 2
    assert [row["nobody"] for row in report["policies"]] == [2] * 5
    save_rules(desk.warehouse, RuleSet(), "open again", "test", AT)


def test_a_lead_and_an_opportunity_of_one_id_are_given_out_apart():
    store = Warehouse()
    load(store)
    more = "lead_id,lead_name,owner,status,created_on\nfree,Twin,,New,2026-02-01\n"
    commit(store, [review(more.encode(), "leads.csv", store)], by="test", at=AT, as_of=AS_OF)
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))
    given = desk.ask(assignments, RuleSet(), newest_word(desk))

    give(desk, given, "evenhand", "mia", AT)

    both = {(row.kind, row.item) for row in assigned(desk).itertuples()}
    assert both >= {("lead", "free"), ("opportunity", "free")}
    assert desk.ask(unowned, newest_word(desk)).empty
    store.close()


def test_with_nothing_to_give_out_there_are_no_proposals():
    store = Warehouse()
    owners = "rep_id,name,active\n1,Ann,yes\n2,Bo,yes\n"
    tasks = "task_id,subject,owner,status\nT1,Call,Ann,New\n"
    for file, table in (("reps.csv", owners), ("tasks.csv", tasks)):
        commit(store, [review(table.encode(), file, store)], by="test", at=AT, as_of=AS_OF)
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))

    report = reports.assign(desk, Namespace(policy="evenhand"))

    assert (report["waiting"], report["assignments"]) == (0, [])
    assert [row["given"] for row in report["policies"]] == [0] * 5
    store.close()


def test_what_is_given_out_and_what_ownership_decides_know_of_each_other(desk):
    def asked_for() -> set[str]:
        return {fix.item for fix in desk.ask(fixes, RuleSet(), "account", (), newest_word(desk))}

    given = desk.ask(assignments, RuleSet(), newest_word(desk))
    assert asked_for() == {"free", "L1"}
    give(desk, [one for one in given if one.item == "free"], "evenhand", "mia", AT)
    assert asked_for() == {"L1"}

    proposed = desk.ask(fixes, RuleSet(), "account", (), newest_word(desk))
    decide_fixes(desk, proposed, "accept", "", "mia", AT)
    assert desk.ask(unowned, newest_word(desk)).empty
    held = desk.ask(held_work, newest_word(desk)).set_index("item")["rep"]
    assert held["L1"] == proposed[0].to_rep

    take_back(desk, assigned(desk), "mia", AT)
    take_back_fixes(desk, decided_fixes(desk.warehouse), "mia", AT)
    assert set(desk.ask(unowned, newest_word(desk))["item"]) == {"free", "L1"}


def test_what_is_to_move_is_no_question_of_ownership_any_more(desk):
    said: dict[str, Any] = {"item": "free", "from_rep": "", "to_rep": "Bo", "note": ""}
    record_decision(
        desk.warehouse, verdict="accept", by="mia", at=AT, as_of=AS_OF, facts={}, **said
    )

    asked = desk.ask(fixes, RuleSet(), "account", (), newest_word(desk))

    assert {fix.item for fix in asked} == {"L1"}
    record_decision(desk.warehouse, verdict="undo", by="mia", at=AT, as_of=AS_OF, facts={}, **said)


def test_an_accepted_move_counts_as_held_by_the_new_owner(desk):
    store = desk.warehouse
    said: dict[str, Any] = {"item": "open", "from_rep": "Ann", "to_rep": "Bo", "note": ""}
    record_decision(store, verdict="accept", by="mia", at=AT, as_of=AS_OF, facts={}, **said)

    held = desk.ask(held_work, newest_word(desk)).set_index("item")["rep"]

    assert held["open"] == "Bo"
    record_decision(store, verdict="undo", by="mia", at=AT, as_of=AS_OF, facts={}, **said)
    assert desk.ask(held_work, newest_word(desk)).set_index("item")["rep"]["open"] == "Ann"
