"""Risks & changes: what may go wrong, and what has become of the pipeline since a day."""

import streamlit as st

from analytics.abilities import drifting
from analytics.flags import by_subject
from analytics.outlook import prospects
from analytics.watching import flags, newest_word
from analytics.workflow import coverage
from pages._ui import session
from pages._ui.blocks import empty, title
from pages._ui.riskchanges import changes_finding, choose_days, show_changes
from pages._ui.risklist import risk_finding, show_risks
from pages._ui.session import ask, ask_patiently

VIEWS = ("risks", "changes")

t = session.text()
state = st.session_state

if not ask(coverage)["open"]:
    title(t("page.risks"), t("risks.question"))
    empty(t("risks.needed"))
    st.stop()

heading = st.container()
key = f"risk-view-{t.language}"
view = state.get("risk_view")
state[key] = view if view in VIEWS else VIEWS[0]
st.segmented_control(
    t("risks.view"),
    VIEWS,
    format_func=lambda name: t(f"risks.view_{name}"),
    required=True,
    label_visibility="collapsed",
    key=key,
    on_change=lambda: state.update({"risk_view": state[key]}),
)
if state[key] == "risks":
    items = ask_patiently(t("risks.learning"), prospects)
    said = newest_word(session.desk())
    looked = session.desk().knows(drifting)
    found = ask_patiently(t("risks.looking"), flags, session.rules(), said, looked)
    pending = found[found["state"] != "snoozed"]
    with heading:
        title(t("page.risks"), risk_finding(by_subject(pending), items, t))
    show_risks(found, items, said, t)
else:
    compared = choose_days(t)
    with heading:
        title(t("page.risks"), changes_finding(compared, t))
    show_changes(compared, t)
