"""The reader's session: workspace, scope, language, and the one cache of answers."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import streamlit as st

from analytics.reallocation import Terms
from analytics.scope import Scope
from analytics.settings import SETTINGS
from analytics.workflow import Answers, Desk
from data.warehouse import Warehouse
from data.workspaces import WORKSPACES, data_folder, open_workspace
from pages._ui.text import Text

Answer = TypeVar("Answer")


def now() -> datetime:
    """The clock of the app, UTC without a zone. Nothing below the pages reads another."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)


def today() -> date:
    return now().date()


@st.cache_resource(show_spinner=False)
def _warehouse(name: str, folder: Path) -> Warehouse:
    return open_workspace(name, folder)


def workspace() -> str:
    return st.session_state.get("workspace") or "sample"


def switch_workspace(name: str) -> None:
    st.session_state["workspace"] = name
    forget_scope()


def forget_scope() -> None:
    """Another workspace has its own dates, teams and attributes."""
    st.session_state.update({"chosen_as_of": None, "team": "", "by": ""})


def warehouse() -> Warehouse:
    """The open workspace. One connection a process; DuckDB allows no second one."""
    return _warehouse(workspace(), data_folder())


@st.cache_resource(show_spinner=False, max_entries=len(WORKSPACES))
def _answers(path: str, data_version: int) -> Answers:
    return Answers()


def desk() -> Desk:
    """What is being looked at: this workspace, at its newest data, in the chosen scope."""
    store = warehouse()
    return Desk(store, scope(), answers=_answers(store.path, store.data_version))


def ask(question: Callable[..., Answer], *details: Any) -> Answer:
    """The answer to a question of ``analytics.workflow`` in the current scope."""
    return desk().ask(question, *details)


def scope() -> Scope:
    """The scope the shell has set; it runs before every page."""
    return st.session_state["scope"]


def terms() -> Terms:
    """The limits of the plan in this session; they outlive a change of page."""
    return st.session_state.get("terms", Terms.default(SETTINGS))


def set_terms(terms: Terms) -> None:
    st.session_state["terms"] = terms


def page(name: str) -> st.Page:
    """The page whose script has this name, for links."""
    return st.session_state["pages"][name]


def text() -> Text:
    return Text(st.session_state.get("lang") or "zh")


def is_dark() -> bool:
    return st.context.theme.type == "dark"


def user() -> str:
    """Who decides. There is no sign-in yet: one person at one machine."""
    return "manager"
