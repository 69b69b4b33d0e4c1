"""A small form that ties an agreed action to the number it is about."""

from datetime import timedelta

import streamlit as st

from analytics.following import measure, people_to_act, write_follow_up
from analytics.followups import ENDS, KINDS, TOWARDS, About, wanted
from pages._ui import session
from pages._ui.followwords import about_words, measure_words
from pages._ui.session import ask
from pages._ui.text import Text, plain

DUE_IN = 7
"""Days until something is due where nobody says otherwise."""


def follow_up_form(about: About, t: Text, key: str, *, note: str = "", rep: str = "") -> None:
    """The form behind a button: what was seen, what was agreed, who acts, and until when.

    Parameters
    ----------
    about
        The number; its value of today is kept with what is written.
    key
        Of the widgets: one form of a page must have another than the next.
    note
        What the note says at the start.
    rep
        Whom it is about, and who acts unless somebody else is chosen.
    """
    box = st.popover(
        t("follow.new"), icon=":material/add_task:", key=f"{key}-box", on_change="rerun"
    )
    if box.open:
        with box:
            fields(about, t, key, note=note, rep=rep)


def fields(about: About, t: Text, key: str, *, note: str = "", rep: str = "") -> None:
    """The form itself, for a place that is open anyway."""
    state, language, as_of = st.session_state, t.language, session.scope().as_of
    now = ask(measure, about)
    st.caption(
        plain(t("follow.stands", about=about_words(about, t), value=measure_words(about, now, t)))
    )
    who = tuple(dict.fromkeys([*filter(None, [rep]), session.user(), *ask(people_to_act)]))
    with st.form(f"{key}-form-{language}", clear_on_submit=True, border=False):
        st.segmented_control(
            t("follow.kind"), KINDS, default="problem", required=True,
            format_func=lambda one: t(f"followkind.{one}"), key=f"{key}-kind-{language}",
        )  # fmt: skip
        st.text_area(t("follow.note"), value=note, max_chars=1000, key=f"{key}-note-{language}")
        st.text_input(t("follow.action"), max_chars=300, key=f"{key}-action-{language}")
        with st.container(horizontal=True):
            st.selectbox(t("follow.owner"), who, key=f"{key}-owner-{language}", width=200)
            st.date_input(
                t("follow.due"), as_of + timedelta(days=DUE_IN), format="YYYY-MM-DD",
                key=f"{key}-due-{language}", width=160,
            )  # fmt: skip
            if about.number not in ENDS:
                st.selectbox(
                    t("follow.toward"), TOWARDS, index=TOWARDS.index(wanted(about.number)),
                    format_func=lambda one: t(f"followtoward.{one}"), width=180,
                    key=f"{key}-toward-{language}",
                )  # fmt: skip
        st.form_submit_button(
            t("follow.write"), type="primary", key=f"{key}-write",
            on_click=_write, args=(about, key, language, rep),
        )  # fmt: skip
    if said := state.pop(f"{key}-said", None):
        problem, facts = said
        if problem:
            st.warning(t("follow.say_something"))
        else:
            st.success(t.md("follow.written", **facts))


def _write(about: About, key: str, language: str, rep: str) -> None:
    """Write down what the form says, before the page is made anew."""
    state = st.session_state
    kind, note, action, owner, due_on = (
        state[f"{key}-{name}-{language}"] for name in ("kind", "note", "action", "owner", "due")
    )
    toward = state.get(f"{key}-toward-{language}", wanted(about.number))
    note, action = note.strip(), action.strip()
    state[f"{key}-said"] = (not (note or action), {"owner": owner, "due": f"{due_on}"})
    if note or action:
        write_follow_up(
            session.desk(), about, kind=kind, note=note, action=action, owner=owner, rep=rep,
            due_on=due_on, toward=toward, by=session.user(), at=session.now(),
        )  # fmt: skip
