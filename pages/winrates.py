"""Win rates: who wins what and how sure that is, as a map, a ranking, by segment, over time."""

import streamlit as st

from analytics.abilities import evidence, rates
from analytics.settings import SETTINGS
from analytics.workflow import coverage
from pages._ui import address, session
from pages._ui.blocks import drawer, empty, title
from pages._ui.controls import select
from pages._ui.rates import VIEWS, show_table, views
from pages._ui.session import ask, ask_patiently
from pages._ui.verdict import is_alone, people_finding, verdict_details, verdict_sentence

t = session.text()
state = st.session_state

if not ask(coverage)["opportunities"]:
    title(t("page.winrates"), t("winrates.question"))
    empty(t("winrates.needed"))
    st.stop()

study = ask_patiently(t("overview.learning"), evidence)
title(t("page.winrates"), people_finding(study, ask(rates), t))

if ask(rates).empty:
    if not is_alone(study):
        st.info(t("winrates.too_little"))
    st.stop()

if study.choices:
    key = f"by-choice-{t.language}"
    state[key] = list(study.attributes)
    st.pills(
        t("winrates.by"),
        study.choices,
        selection_mode="multi",
        format_func=lambda name: t(f"attribute.{name}"),
        key=key,
        on_change=lambda: state.update(by=",".join(state[key])),
    )
asked = [name for name in session.scope().attributes if name in study.choices]
if left_out := [name for name in asked if name not in study.attributes]:
    names = t("list.comma").join(t(f"attribute.{name}") for name in left_out)
    st.caption(t("winrates.left_out", names=names, most=SETTINGS.max_combinations))


@st.fragment
def pictures() -> None:
    """One picture at a time, the table it was drawn from, and the way to a single person."""
    offered = views(study)
    view = state["view"] if state["view"] in offered else offered[0]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = f"view-{t.language}"
        state[key] = view
        st.segmented_control(
            t("winrates.view"),
            offered,
            format_func=lambda name: t(f"winrates.view_{name}"),
            required=True,
            label_visibility="collapsed",
            key=key,
            on_change=lambda: state.update(view=state[key]),
        )
        attributes = {
            "map": study.attributes,
            "segments": study.segments,
            "fates": ("rep", *study.segments),
        }.get(view, ())
        shown = state["shown"] if state["shown"] in attributes else (*attributes, "")[0]
        if len(attributes) > 1:
            select(
                t("winrates.shown"),
                attributes,
                shown,
                lambda name: state.update(shown=name),
                "shown",
                format_func=lambda name: t(f"attribute.{name}"),
                width=220,
            )
    rows = VIEWS[view](study, shown, t)
    show_table(rows, view, shown, t)
    people = ask(rates).query("level.isna()").sort_values("low", ascending=False)["rep"]
    if person := st.selectbox(
        t("winrates.open_profile"),
        list(people),
        index=None,
        key=f"person-{t.language}",
        placeholder=t("winrates.choose_rep"),
        width=320,
    ):
        state.update(rep=person)
        st.switch_page(session.page("profile"))
    address.publish()


pictures()
if box := drawer(t("winrates.how_sure"), "verdict"):
    with box:
        st.markdown(verdict_sentence(study, t))
        verdict_details(study, t)
st.caption(t("winrates.definition"))
