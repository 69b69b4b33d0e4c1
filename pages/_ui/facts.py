"""Ownership that needs no model to be questioned, in a sentence, and the way to its page."""

import streamlit as st

from analytics.auditing import ownership
from pages._ui import session
from pages._ui.auditing import finding_sentence
from pages._ui.session import ask
from pages._ui.text import Text


def point_to_ownership(t: Text) -> None:
    """One sentence on ownership that needs no model to be questioned, and the way to its page."""
    st.subheader(t("facts.title"), anchor=False)
    found = ask(ownership)
    st.markdown(finding_sentence(found, t))
    if found.findings:
        st.caption(t("audit.on_plan"))
        st.page_link(session.page("ownership"), label=t("audit.open_page"))
