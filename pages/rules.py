"""Rules: what every recommendation has to respect, what in it does not fit, and who changed it."""

import streamlit as st

from analytics.conflicts import Conflict
from analytics.rules import RuleSet
from analytics.ruling import (
    current_rules,
    item_names,
    known_names,
    missing_now,
    rule_conflicts,
    rule_versions,
)
from pages._ui import session
from pages._ui.blocks import title
from pages._ui.draft import Draft, draft
from pages._ui.rulewords import changes_words, conflict_words, fault_words
from pages._ui.ruling import (
    show_file,
    show_lines,
    show_missing,
    show_numbers,
    show_saving,
    show_versions,
)
from pages._ui.session import ask

MOST_CONFLICTS = 12
"""Contradictions shown at once; the rest follow when these are mended."""

t = session.text()
desk = session.desk()
versions, saved = rule_versions(desk), current_rules(desk)
known, items = ask(known_names), ask(item_names)
drafted: Draft = draft((session.workspace(), len(versions)), saved)


def finding(rules: RuleSet, contradictions: int) -> str:
    """Which version holds, what it says in short, and how much of it does not fit (markdown)."""
    locks = len(rules.of("lock")) + len(rules.of("protect"))
    facts = {"moves": rules.max_moves, "locks": locks, "lines": len(rules.lines) - locks}
    holds = t("rules.finding_default", **facts)
    if len(versions):
        newest = versions.iloc[-1]
        at = newest["at"].strftime("%Y-%m-%d")
        facts |= {"version": int(newest["version"]), "by": newest["by"], "at": at}
        holds = t.md("rules.finding", **facts)
    key = "rules.contradictions" if contradictions else "rules.no_contradictions"
    return t("list.space").join((holds, t(key, count=contradictions)))


def show_conflict(number: int, conflict: Conflict) -> None:
    """One contradiction, and the button that prepares what would mend it."""
    with st.container(border=True):
        st.markdown(conflict_words(conflict, items, t))
        if not conflict.relax:
            return
        st.caption(t.md("rules.mends", change=changes_words(conflict.relax, items, t)))
        if conflict.facts.get("exact") is False:
            st.caption(t("rules.not_exact"))
        st.button(
            t("rules.relax"),
            key=f"rules-relax-{number}",
            on_click=drafted.relax,
            args=(conflict.relax,),
        )


heading = st.container()
above = st.container()
show_numbers(drafted, t)
show_missing(ask(missing_now, saved), t)
show_lines(drafted, known, items, t)
faults = drafted.lines()[1]
for fault in faults:
    st.warning(fault_words(fault, t), icon=":material/edit:")
show_saving(drafted, items, not faults, t)
show_versions(versions, items, t)
st.subheader(t("rules.file"), anchor=False)
show_file(drafted, t)

found = ask(rule_conflicts, drafted.rules())
with heading:
    title(t("page.rules"), finding(saved, len(ask(rule_conflicts, saved))))
with above:
    if found:
        st.subheader(t("rules.conflicts", count=len(found)), anchor=False)
    for number, conflict in enumerate(found[:MOST_CONFLICTS]):
        show_conflict(number, conflict)
    if len(found) > MOST_CONFLICTS:
        st.caption(t("rules.more_conflicts", count=len(found) - MOST_CONFLICTS))
