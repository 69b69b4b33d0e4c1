"""The main script: language, scope, navigation, and the one place that shows errors."""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from analytics.scope import PERIOD_KINDS, Period, Scope, default_as_of
from analytics.settings import SETTINGS
from analytics.workflow import coverage, teams
from data.errors import UserError
from data.fiscal import first_month
from data.workspaces import WORKSPACES
from pages._ui import address, session
from pages._ui.text import LANGUAGES, Text

PAGES = Path(__file__).parents[1]
ADDRESSES = {
    "overview": "",
    "goals": "goals",
    "forecast": "forecast",
    "risks": "risks",
    "followup": "follow-up",
    "winrates": "win-rates",
    "profile": "rep-profile",
    "model": "model",
    "reallocate": "reallocate",
    "assign": "assign",
    "ownership": "ownership",
    "contingency": "contingency",
    "rules": "rules",
    "imports": "data",
}
"""Pages by the name of their script, with their address."""

SECTIONS = {
    "": ("overview", "imports"),
    "course": ("goals", "forecast", "risks", "followup"),
    "people": ("winrates", "profile", "model"),
    "work": ("reallocate", "assign", "ownership", "contingency", "rules"),
}
"""The navigation: what is always in sight, and what is under a heading."""

st.set_page_config("Evenhand", page_icon="⚖️", layout="wide", initial_sidebar_state="collapsed")


def main() -> None:
    address.restore()
    t = session.text()
    listed = {
        name: st.Page(
            PAGES / f"{name}.py", title=t(f"page.{name}"), url_path=path, default=not path
        )
        for name, path in ADDRESSES.items()
        if (PAGES / f"{name}.py").exists()
    }
    st.session_state["pages"] = listed
    page = st.navigation(
        {
            t(f"section.{section}") if section else "": [
                listed[name] for name in names if name in listed
            ]
            for section, names in SECTIONS.items()
        },
        position="top",
    )
    [st.session_state["here"]] = [name for name, at in ADDRESSES.items() if at == page.url_path]
    try:
        if session.is_open():
            session.enter()
        else:
            with st.spinner(t("shell.preparing"), show_time=True):
                session.enter()
        scope_bar(t)
        note(t)
        page.run()
        footer(t)
    except UserError as error:
        st.error(t.md(error.code, **error.facts), icon=":material/error:")
    except Exception:
        logging.getLogger("evenhand").exception("page %s", page.title)
        st.error(t("error.bug"), icon=":material/error:")
        st.button(t("shell.again"), key="again")


def scope_bar(t: Text) -> None:
    """What is looked at, in one slim row; its controls are made while they are open."""
    state = st.session_state
    newest = default_as_of(session.newest_event(), session.today(), SETTINGS.stale_days)
    state["as_of"] = as_of = state["chosen_as_of"] or newest
    everybody = session.sit_down(
        Scope(
            as_of,
            Period.containing(as_of, state["period"], first_month(session.warehouse())),
            attributes=tuple(name for name in state["by"].split(",") if name),
        )
    )
    names = ("", *everybody.ask(teams))
    if state["team"] not in names:
        state["team"] = ""
    with st.container(horizontal=True, vertical_alignment="center", key="scope"):
        summary = t.md(
            "shell.summary",
            workspace=t(f"workspace.{state['workspace']}"),
            as_of=as_of.isoformat(),
            period=t.period(everybody.scope.period),
            team=state["team"] or t("shell.all_teams"),
        )
        box = st.popover(summary, key="scope-box", wrap=True, on_change="rerun")
        if box.open:
            with box:
                scope_controls(t, names)
        st.segmented_control(
            t("shell.language"),
            list(LANGUAGES),
            key="lang",
            format_func=LANGUAGES.__getitem__,
            required=True,
            label_visibility="collapsed",
        )
    session.sit_down(everybody.at(team=state["team"]).scope)
    address.publish()
    if as_of < newest:
        st.info(t("shell.looking_back"), icon=":material/history:")


def scope_controls(t: Text, names: Sequence[str]) -> None:
    """Workspace, as-of date, period and team; a change is seen from the next run on."""
    chosen(
        "workspace",
        t("shell.workspace"),
        WORKSPACES,
        t,
        format_func=lambda name: t(f"workspace.{name}"),
    )
    st.date_input(
        t("shell.as_of"),
        key="as_of",
        format="YYYY-MM-DD",
        help=t("shell.as_of_help"),
        on_change=choose_as_of,
    )
    chosen(
        "period",
        t("shell.period"),
        PERIOD_KINDS,
        t,
        format_func=lambda name: t(f"period.{name}"),
    )
    chosen("team", t("shell.team"), names, t, format_func=lambda name: name or t("shell.all_teams"))


def chosen(name: str, label: str, options: Sequence[str], t: Text, **look: Any) -> None:
    """A select box for ``session_state[name]``.

    The browser knows an option by its words, so each language has a box of its own.
    """
    state, key = st.session_state, f"{name}-{t.language}"
    state[key] = state[name]

    def keep() -> None:
        state[name] = state[key]
        if name == "workspace":
            session.forget_scope()

    st.selectbox(label, options, key=key, on_change=keep, **look)


def choose_as_of() -> None:
    st.session_state["chosen_as_of"] = st.session_state["as_of"]


def note(t: Text) -> None:
    """Say that this is a sample, and offer the way to one's own data."""
    name = session.workspace()
    if name == "mine":
        return
    with st.container(horizontal=True, vertical_alignment="center", key="sample-note"):
        st.caption(t(f"shell.note_{name}"), width="stretch")
        st.button(
            t("shell.start_mine"),
            on_click=session.switch_workspace,
            args=("mine",),
            key="start-mine",
        )


def footer(t: Text) -> None:
    st.caption(
        t(
            "shell.footer",
            rows=int(session.ask(coverage)["opportunities"]),
            as_of=session.scope().as_of.isoformat(),
            version=session.data_version(),
        )
    )


main()
