"""Follow-up: what was agreed about which number, what is late, and what the numbers did since."""

import streamlit as st

from analytics.following import follow_ups, newest_word, overdue_list
from analytics.meeting import check_ins_due, due_days, outcomes
from analytics.watching import newest_word as newest_risk
from analytics.workflow import coverage
from pages._ui import session
from pages._ui.blocks import drawer, empty, picture, title
from pages._ui.followcalendar import calendar_grid, outside
from pages._ui.followcheck import show_check_ins
from pages._ui.followlate import show_due
from pages._ui.followlist import finding, show_list
from pages._ui.follownew import new_follow_up
from pages._ui.session import ask

VIEWS = ("agreed", "checkins")

t = session.text()
if not ask(coverage)["opportunities"]:
    title(t("page.followup"), t("follow.question"))
    empty(t("follow.needed"))
    st.stop()

said = newest_word(session.desk())
found = follow_ups(session.desk())
with st.spinner(t("follow.working"), show_time=True):
    after = outcomes(session.desk(), found, session.rules(), newest_risk(session.desk()))
due, late = ask(due_days, said), ask(overdue_list, said)
meetings = ask(check_ins_due, said)
as_of = session.scope().as_of

title(t("page.followup"), finding(found, after, late, meetings, t))

state, key = st.session_state, f"followview-{t.language}"
state[key] = state["followview"] if state["followview"] in VIEWS else VIEWS[0]

view = st.segmented_control(
    t("follow.view"), VIEWS, key=key, required=True,
    on_change=lambda: state.update(followview=state[key]),
    format_func=lambda one: t(f"followview.{one}"), label_visibility="collapsed",
)  # fmt: skip

if view == "checkins":
    show_check_ins(meetings, said, t)
else:
    earlier, later = outside(due, as_of)
    picture(
        lambda: calendar_grid(due, as_of, session.is_dark(), t),
        t("follow.calendar_finding", count=len(due), late=int((due["days"] > 0).sum())),
        t("follow.calendar_caption", as_of=as_of.isoformat(), earlier=earlier, later=later),
        "due-days",
        said,
    )
    show_list(found, after, t)
    show_due(due, t)
    if box := drawer(t("follow.new_about"), "follow-new"):
        with box:
            new_follow_up(t)
