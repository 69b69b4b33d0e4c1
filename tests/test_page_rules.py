"""The page Rules: change a number, mend what does not fit, save with a reason, go back."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.rules import Change, Line, RuleSet
from analytics.ruling import save_rules
from data import journal
from data.ingest import commit
from data.review import review
from data.warehouse import Warehouse
from pages._ui import session
from pages._ui.draft import Draft, rows_of
from pages._ui.text import LANGUAGES
from tests.test_pages import SHELL, said

AT = datetime(2026, 3, 1)  # noqa: DTZ001
LOCK = Line("lock", subject="d2")
OFFICE = {
    "deals.csv": "opportunity_id,owner,account,stage,amount,created_on,closed_on\n"
    "d1,Ann,Acme,Proposal,1000,2026-01-05,\n"
    "d2,Bo,Bond,Proposal,2000,2026-01-05,\n"
    "d3,Ann,Acme,Won,3000,2026-01-05,2026-02-05\n",
    "reps.csv": "rep_id,name,team,active\n1,Ann,north,yes\n2,Bo,north,no\n3,Cy,north,yes\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace with a leaver's work, made once for all tests of this module."""
    path = tmp_path_factory.mktemp("workspaces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVENHAND_DATA", str(path))
        store = session._warehouse("mine", path)
        for file, table in OFFICE.items():
            rows = review(table.encode(), file, store)
            commit(store, [rows], by="test", at=AT, as_of=date(2026, 3, 1))
        yield path
    st.cache_resource.clear()


@pytest.fixture
def store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """The workspace, with the default rules in force."""
    monkeypatch.setenv("EVENHAND_DATA", str(folder))
    warehouse = session._warehouse("mine", folder)
    with warehouse.transaction(changes_data=False) as db:
        db.execute("delete from journal")
    return warehouse


@pytest.fixture
def opens(store: Warehouse) -> Callable[..., AppTest]:
    def open_page(lang: str = "en", workspace: str = "mine") -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=60)
        app.query_params["lang"] = lang
        app.query_params["workspace"] = workspace
        app.run()
        app.switch_page("../rules.py").run()
        assert not app.exception, app.exception
        assert not app.error, app.error
        return app

    return open_page


def saved(store: Warehouse) -> RuleSet:
    return RuleSet.of_dict(journal.newest(store, "rules")["content"].iloc[-1]["rules"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_with_every_kind_of_line(opens, store, language):
    lines = (
        LOCK,
        Line("protect", subject="Acme"),
        Line("no_go", rep="Cy", subject="Acme"),
        Line("territory", rep="Cy", subject="West"),
        Line("requires", field="stage", subject="Proposal", skill="Steel", number=3),
        Line("capacity", rep="Ann", field="opportunity", number=0),
        Line("hand_over", subject="Proposal", number=0.1),
        Line("effort", subject="Proposal", number=2),
        Line("backup", rep="Cy", subject="Acme"),
        Line("backup", rep="Bo", subject="Acme"),
        Line("no_go", rep="Cyy", subject="Acme"),
    )
    save_rules(store, RuleSet(lines=lines, hold_out=0.0), "all kinds", "Li", AT)

    app = opens(language)

    for kind in ("requires", "capacity", "hand_over", "lock"):
        app.session_state["rules-kind"] = kind
        app.run()
        assert not app.error
    assert "Cyy" in said(app)
    assert "Steel" in said(app)
    assert app.button(key="rules-save").disabled


def test_a_changed_number_is_shown_saved_with_its_reason_and_taken_back(opens, store):
    save_rules(store, RuleSet(hold_out=0.3), "more to compare", "Li", AT)
    app = opens()
    assert "Version 1 holds, by Li on 2026-03-01" in said(app)

    app.number_input(key="rule-max_moves").set_value(5).run()
    app.number_input(key="rule-hand_over_customer").set_value(12.5).run()
    assert "Most moves in a plan: 20 → 5" in said(app)
    assert "Active customers: 15 % → 12.5 %" in said(app)
    app.button(key="rules-save").click().run()
    assert "Nothing has been saved" in said(app)
    app.text_input(key="rules-why").set_value("busy month")
    app.button(key="rules-save").click().run()

    assert saved(store) == RuleSet(max_moves=5, hand_over_customer=0.125, hold_out=0.3)
    # The browser would put what was typed into a table of the same name again.
    assert app.session_state["rules-draft"].epoch == 2
    assert "Version 2 holds, by manager" in said(app)
    assert app.text_input(key="rules-why").value == ""
    app.button(key="rules-back").click().run()
    assert saved(store) == RuleSet(hold_out=0.3)
    assert "Version 3 holds" in said(app)


def test_what_does_not_fit_is_named_and_its_remedy_prepared_not_saved(opens, store):
    save_rules(store, RuleSet(lines=(LOCK,)), "Bond asked for Bo", "Li", AT)
    app = opens()
    assert "Locked, but the owner does not work here any more**: 1 open items of Bo" in said(app)

    app.button(key="rules-relax-0").click().run()

    assert "dropped: d2 · Bond (d2) stays with its owner" in said(app)
    assert "Things that do not fit" in said(app)
    assert "rules-relax-0" not in [button.key for button in app.button]
    assert saved(store).lines == (LOCK,)
    app.button(key="rules-discard").click().run()
    assert "Nothing has been changed" in said(app)


def test_who_was_overtaken_by_another_version_saves_nothing(opens, store):
    app = opens()
    app.number_input(key="rule-max_moves").set_value(5).run()
    save_rules(store, RuleSet(max_moves=9), "mine first", "Wu", AT)

    app.text_input(key="rules-why").set_value("late")
    app.button(key="rules-save").click().run()

    assert "Somebody has saved another version meanwhile" in said(app)
    assert saved(store).max_moves == 9


def test_a_file_is_prepared_or_what_is_wrong_in_it_is_named(opens, store):
    app = opens()
    [box] = app.get("file_uploader")
    box.set_value(("rules.json", b'{"max_moves": 5, "lines": [{"kind": "lock"}]}', "text/json"))
    app.run()
    assert "Line 1 of the rules: subject is missing" in app.error[0].value.replace("\\", "")

    app.get("file_uploader")[0].set_value(
        ("rules.json", json.dumps({"max_moves": 5}).encode(), "text/json")
    ).run()
    assert not app.error
    assert "Most moves in a plan: 20 → 5" in said(app)


def test_without_data_the_page_still_works(opens, monkeypatch, tmp_path):
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))

    app = opens()

    assert app.title[0].value == "Rules"
    assert "Nobody has changed the rules yet" in said(app)


def test_rows_that_are_not_whole_are_named_and_empty_ones_left_out():
    draft = Draft(("mine", 0), RuleSet())
    draft.take(RuleSet(lines=(LOCK,)))
    typed = pd.DataFrame({"rep": ["Ann ", None, None], "subject": ["Acme", None, "Acme"]})
    draft.edited["no_go"] = rows_of(typed)

    lines, [fault] = draft.lines()

    assert lines == (LOCK, Line("no_go", rep="Ann", subject="Acme"))
    assert (fault.kind, fault.row, fault.problem, fault.field) == ("no_go", 3, "missing", "rep")


def test_shares_are_typed_in_percent_and_stored_as_shares():
    line = Line("hand_over", subject="Proposal", number=0.07)
    draft = Draft(("mine", 0), RuleSet(lines=(line,)))
    draft.take(draft.saved)

    assert draft.rows["hand_over"][0]["number"] == 7
    assert draft.changes() == ()
    draft.edited["hand_over"] = [{"subject": "Proposal", "number": 12.5}]
    after = Line("hand_over", subject="Proposal", number=0.125)
    assert draft.changes() == (Change("line", line, None), Change("line", None, after))
