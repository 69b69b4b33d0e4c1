"""The address in the browser: what is shown can be linked to, and comes back on reloading."""

from datetime import date

import streamlit as st

from analytics.scope import PERIOD_KINDS
from data.workspaces import WORKSPACES
from pages._ui.text import LANGUAGES

SCOPE = {"workspace": "sample", "period": "quarter", "team": "", "by": ""}
"""What every page looks at, with what goes without saying."""

VIEWS = {
    "winrates": ("view", "shown"),
    "profile": ("rep", "against", "shown"),
    "followup": ("followview",),
    "risks": ("risk_view", "risk_since", "risk_due"),
}
"""What is chosen on single pages; empty until somebody chooses."""


def restore() -> None:
    """Take language, scope and choices from the address when the session knows none yet."""
    state, asked = st.session_state, st.query_params
    if "lang" not in state:
        preferred = asked.get("lang") or (st.context.locale or "en")[:2].lower()
        state["lang"] = preferred if preferred in LANGUAGES else "en"
    if "workspace" not in state:
        wanted = asked.get("workspace", "sample")
        state["workspace"] = wanted if wanted in WORKSPACES else "sample"
    if "period" not in state:
        kind = asked.get("period", "quarter")
        state["period"] = kind if kind in PERIOD_KINDS else "quarter"
    for name in ("team", "by", *(choice for choices in VIEWS.values() for choice in choices)):
        state.setdefault(name, asked.get(name, ""))
    if "chosen_as_of" not in state:
        try:
            state["chosen_as_of"] = date.fromisoformat(asked.get("as_of", ""))
        except ValueError:
            state["chosen_as_of"] = None


def publish() -> None:
    """Keep the address in step with the session."""
    state = st.session_state
    wanted = {"lang": state["lang"]}
    usual = SCOPE | dict.fromkeys(VIEWS.get(state["here"], ()), "")
    wanted |= {name: state[name] for name, default in usual.items() if state[name] != default}
    if state["chosen_as_of"]:
        wanted["as_of"] = state["chosen_as_of"].isoformat()
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
