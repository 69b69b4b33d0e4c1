"""Contingency: what is at stake if somebody is missing or a segment breaks away; who stands in."""

import streamlit as st

from analytics.continuity import contingency, footing, most_at_stake
from analytics.settings import ATTRIBUTES
from analytics.workflow import coverage
from pages._ui import session
from pages._ui.blocks import empty, title
from pages._ui.resilience import show_concentration, show_key_accounts, show_plans, show_saving
from pages._ui.scenario import (
    choose_scenario,
    finding,
    show_backups,
    show_besides,
    show_impact,
    show_list,
    undated_words,
)
from pages._ui.session import ask, ask_patiently

t = session.text()
rules = session.rules()
known = None
if ask(coverage)["open"]:
    known = ask_patiently(t("contingency.learning"), footing, rules)
names = ask(most_at_stake, rules) if known else ()

if known is None or not names:
    title(t("page.contingency"), t("contingency.question"))
    empty(t("contingency.needed"))
    st.stop()

heading = st.container()
fields = [name for name in ATTRIBUTES if known.items[name].notna().any()]
scenario = choose_scenario(known, names, fields, t)
found = ask_patiently(t("contingency.working"), contingency, rules, scenario)
assert found
with heading:
    title(t("page.contingency"), finding(found, t))
    if undated := undated_words(found, t):
        st.info(undated)
if len(found.impact.items):
    show_impact(found, ask(coverage)["currency"] or "", t)
    show_list(found, t)
    if found.impact.hands_over:
        show_besides(found, t)
        show_backups(found, t)
    show_saving(found, t)
show_plans(rules, t)
show_concentration(rules, t)
show_key_accounts(rules, t)
