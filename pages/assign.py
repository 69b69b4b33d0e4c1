"""Assign: what nobody has and who should take it, what is urgent, who has room."""

import streamlit as st

from analytics.abilities import evidence
from analytics.work import newest_word, room, unowned, work_norms
from analytics.workflow import coverage
from pages._ui import session
from pages._ui.assigning import show_assigned, show_waiting
from pages._ui.blocks import empty, title
from pages._ui.candidates import show_one
from pages._ui.session import ask, ask_patiently
from pages._ui.urgency import show_board, show_policies, show_room

VIEWS = {
    "give": show_waiting,
    "one": show_one,
    "urgent": show_board,
    "room": show_room,
    "policies": show_policies,
}

t = session.text()
state = st.session_state

if not ask(coverage)["opportunities"]:
    title(t("page.assign"), t("assign.question"))
    empty(t("assign.needed"))
    st.stop()

rules, said = session.rules(), newest_word(session.desk())
ask_patiently(t("assign.learning"), evidence)
waiting, people = ask(unowned, said), ask(room, rules, said)
kinds = waiting["kind"].value_counts()
finding = t("assign.finding_none")
if len(waiting):
    parts = [t(f"assign.of_{kind}", count=int(kinds[kind])) for kind in kinds.index]
    finding = t.md("assign.finding", count=len(waiting), kinds=t("list.comma").join(parts))
free = t.md("assign.free", free=int(people["free"].sum()), people=len(people))
title(t("page.assign"), t("list.space").join((finding, free)))
if not ask(work_norms).logged:
    st.caption(t("assign.no_hours"))

key = f"assign-view-{t.language}"
state[key] = state.get("assign-view", "give")
st.segmented_control(
    t("assign.view"),
    list(VIEWS),
    format_func=lambda name: t(f"assign.view_{name}"),
    required=True,
    label_visibility="collapsed",
    key=key,
    on_change=lambda: state.update({"assign-view": state[key]}),
)
VIEWS[state[key]](rules, said, t)
show_assigned(said, t)
