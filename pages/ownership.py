"""Ownership: what nobody, a leaver or several people have, and who should have it."""

import streamlit as st

from analytics.auditing import fixes, ownership, stages
from analytics.fixes import SEVERAL
from analytics.work import newest_word
from analytics.workflow import coverage
from pages._ui import session
from pages._ui.auditing import finding_sentence, show_findings, show_fixes
from pages._ui.blocks import empty, title
from pages._ui.session import ask, ask_patiently

t = session.text()
state = st.session_state

if not ask(coverage)["opportunities"]:
    title(t("page.ownership"), t("audit.question"))
    empty(t("audit.needed"))
    st.stop()

heading = st.container()
known = ask(stages)
chosen = tuple(stage for stage in state.get("audit-stages", ()) if stage in known)
with st.container(horizontal=True, vertical_alignment="bottom"):
    key = f"audit-stages-{t.language}"
    state[key] = list(chosen)
    st.multiselect(
        t("audit.stages"),
        known,
        key=key,
        placeholder=t("audit.all_stages"),
        on_change=lambda: state.update({"audit-stages": tuple(state[key])}),
        width=420,
    )
    together = f"audit-together-{t.language}"
    state[together] = state.get("audit-together", "account")
    st.segmented_control(
        t("audit.together"),
        list(SEVERAL),
        format_func=lambda name: t(f"audit.together_{name}"),
        required=True,
        key=together,
        help=t("audit.together_help"),
        on_change=lambda: state.update({"audit-together": state[together]}),
    )
found, said = ask(ownership, chosen), newest_word(session.desk())
with heading:
    title(t("page.ownership"), finding_sentence(found, t))
if found.findings:
    show_findings(found, chosen, t)
proposed = ask_patiently(t("fix.working"), fixes, session.rules(), state[together], chosen, said)
several = found.of(SEVERAL[state[together]])
if several and several.is_usual:
    st.info(t("audit.usual", groups=several.groups, of=several.of))
    if not st.toggle(t("audit.all_the_same"), key="audit-all-the-same"):
        proposed = tuple(fix for fix in proposed if fix.finding != several.kind)
show_fixes(proposed, t)
