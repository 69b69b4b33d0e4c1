"""The reader's session: workspace, scope, language, and the one cache of answers."""

from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import pandas as pd
import streamlit as st

from analytics.desk import Answers, Desk
from analytics.rules import RuleSet
from analytics.ruling import current_rules
from analytics.scope import Scope
from data.warehouse import Warehouse
from data.workspaces import WORKSPACES, data_folder, open_workspace
from pages._ui.aside import aside
from pages._ui.text import Text

Answer = TypeVar("Answer")


def now() -> datetime:
    """The clock of the app, UTC without a zone. Nothing below the pages reads another."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def today() -> date:
    return now().date()


@st.cache_resource(show_spinner=False, on_release=Warehouse.close)
def _warehouse(name: str, folder: Path) -> Warehouse:
    return open_workspace(name, folder)


def workspace() -> str:
    return st.session_state.get("workspace") or "sample"


def switch_workspace(name: str) -> None:
    st.session_state["workspace"] = name
    forget_scope()


def forget_scope() -> None:
    """Another workspace has its own dates, teams, attributes and people."""
    nothing = dict.fromkeys(("team", "by", "shown", "rep", "against"), "")
    st.session_state.update(nothing, chosen_as_of=None)


@st.cache_resource(show_spinner=False, max_entries=len(WORKSPACES))
def _answers(path: str, data_version: int) -> Answers:
    return Answers()


def enter() -> None:
    """Open the workspace at its newest data, for this run and the callbacks before the next."""
    store = _warehouse(workspace(), data_folder())
    version = store.data_version
    st.session_state.update(
        opened=workspace(),
        warehouse=store,
        data_version=version,
        answers=_answers(store.path, version),
    )


def is_open() -> bool:
    """Whether this session has seen its workspace, so that it opens at once."""
    return st.session_state.get("opened") == workspace()


def warehouse() -> Warehouse:
    """The open workspace. One connection a process; DuckDB allows no second one."""
    return st.session_state["warehouse"]


def data_version() -> int:
    """The version of the data that this run shows."""
    return st.session_state["data_version"]


def desk() -> Desk:
    """What is being looked at; the shell has set it before a page runs."""
    return st.session_state["desk"]


def sit_down(scope: Scope) -> Desk:
    """Look at the workspace, at its newest data, in this scope until the end of the run."""
    found = Desk(warehouse(), scope, answers=st.session_state["answers"], aside=aside)
    st.session_state["desk"] = found
    return found


def newest_event() -> date | None:
    """The newest day, up to today, on which something happened in the workspace."""
    until = today()
    known: Answers = st.session_state["answers"]
    return known.get(("newest_event", until), lambda: warehouse().newest_event(until))


def ask(question: Callable[..., Answer], *details: Hashable) -> Answer:
    """The answer to a question of ``analytics.workflow``, or of a page, in the current scope."""
    return desk().ask(question, *details)


def ask_patiently(message: str, question: Callable[..., Answer], *details: Hashable) -> Answer:
    """The answer to a question that takes a while, with a message while it is worked out."""
    if desk().knows(question, *details):
        return ask(question, *details)
    with st.spinner(message, show_time=True):
        return ask(question, *details)


def keep(name: str, work_out: Callable[[], Answer], *details: Hashable) -> Answer:
    """What ``work_out`` makes of the answers in the current scope, language and theme, once."""
    here = desk()
    key = (name, here.scope, text(), is_dark(), *details)
    return here.answers.get(key, work_out)


def scope() -> Scope:
    return desk().scope


def rules() -> RuleSet:
    """The rules that hold: a new version counts from the next run on."""
    return current_rules(desk())


def target_of(rows: pd.DataFrame, unit_kind: str, unit: str) -> float | None:
    """A unit's target among the rows of ``attainment``; None without one."""
    found = rows.loc[(rows["unit_kind"] == unit_kind) & (rows["unit"] == unit), "target"]
    return float(found.iloc[0]) if len(found) and found.iloc[0] > 0 else None


def page(name: str) -> st.Page:
    """The page whose script has this name, for links."""
    return st.session_state["pages"][name]


def text() -> Text:
    return Text(st.session_state.get("lang") or "zh")


def is_dark() -> bool:
    return st.context.theme.type == "dark"


def user() -> str:
    """Who decides. There is no sign-in yet: whoever says so on the page Reallocate."""
    return st.session_state.get("deciding-as", "").strip() or "manager"
