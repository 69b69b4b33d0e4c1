"""Reallocate: the moves worth making, or why to keep the owners; decide, and take the file."""

import pandas as pd
import streamlit as st

from analytics.abilities import evidence
from analytics.deciding import standing
from analytics.plans import plan_readings, recommendation
from analytics.ruling import rule_conflicts
from analytics.workflow import coverage, open_items
from pages._ui import charts, session
from pages._ui.blocks import empty, picture, tiles, title
from pages._ui.chance import beside_the_claim, readings_words
from pages._ui.decided import show_decided
from pages._ui.decisions import decide_moves
from pages._ui.facts import point_to_ownership
from pages._ui.planning import hours_tile, relief_words, show_hours
from pages._ui.session import ask, ask_patiently
from pages._ui.tradeoffs import show_frontier, show_prices
from pages._ui.verdict import verdict_details, verdict_sentence

t = session.text()
scope = session.scope()

if not ask(coverage)["open"]:
    title(t("page.reallocate"), t("reallocate.question"))
    empty(t("reallocate.needed"))
    st.stop()

study = ask(evidence)
currency = ask(coverage)["currency"] or ""

rules = session.rules()
heading = st.container()
body = st.container()
with body:
    found = ask_patiently(t("reallocate.solving"), recommendation, rules)
plan = found.plan


def finding() -> str:
    """The page in one sentence (markdown)."""
    if plan.status == "plan":
        return t.md(
            "reallocate.finding_plan",
            moves=len(plan.moves),
            gain=t.money(plan.cross_fitted, signed=True),
            share=t.share(plan.lift),
        )
    keep = {"too_little_data": "wait", "no_evidence": "keep"}.get(plan.why[0], "hold")
    said = t(f"reallocate.finding_{keep}")
    if plan.status == "relief" and plan.relief:
        hours = f"{plan.relief.hours_before - plan.relief.hours_after:.0f}"
        relief = t.md("reallocate.finding_relief", moves=len(plan.moves), hours=hours)
        said = t("list.space").join((said, relief))
    return said


with heading:
    sentence = finding()
    if study.by:
        crossed = " × ".join(t(f"attribute.{name}") for name in study.attributes)
        sentence += " " + t.md("reallocate.by", attribute=crossed)
    title(t("page.reallocate"), sentence)
    beside_the_claim(found, rules, t)
    if contradictions := ask(rule_conflicts, rules):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(t("reallocate.conflicts", count=len(contradictions)))
            st.page_link(session.page("rules"), label=t("reallocate.to_rules"))


def show_figures(items_in_play: int) -> None:
    """The plan in figures: money, what else it does, and how near it is to the best."""
    claimed = []
    if plan.uplift and plan.cross_fitted and plan.cross_range and plan.status == "plan":
        claimed = [
            {
                "label": t("reallocate.headline", currency=currency),
                "value": t.money(plan.cross_fitted, signed=True),
                "compared": t.money_range(plan.cross_range.low, plan.cross_range.high),
                "definition": t("reallocate.headline_help"),
            },
            {
                "label": t("reallocate.upper", currency=currency),
                "value": t.money(plan.uplift.mean, signed=True),
                "compared": t.money_range(plan.uplift.low, plan.uplift.high),
                "definition": t("reallocate.upper_help"),
            },
        ]
    tiles(
        [
            *claimed,
            {
                "label": t("reallocate.moves"),
                "value": f"{len(plan.moves)}",
                "compared": t("reallocate.of_items", items=items_in_play),
                "definition": t("reallocate.moves_help", moves=rules.max_moves),
            },
            *hours_tile(plan, t),
            {
                "label": t("reallocate.gap"),
                "value": t.rate(plan.gap_uplift),
                "compared": t("reallocate.of_best"),
                "definition": t("reallocate.gap_help"),
            },
        ]
    )


def show_moves() -> None:
    """Who gives what to whom, what that does besides money, and what other limits would do."""
    if readings := ask(plan_readings, rules):
        st.markdown(readings_words(readings, t))
    if besides := relief_words(plan, t):
        st.markdown(besides)
    moves = pd.DataFrame(
        {
            "item": [move.item for move in plan.moves],
            "from_rep": [move.from_rep for move in plan.moves],
            "to_rep": [move.to_rep for move in plan.moves],
            "value": [move.value for move in plan.moves],
        }
    )
    takers = moves["to_rep"].nunique()
    picture(
        lambda: charts.flows(moves, session.is_dark(), t),
        t("reallocate.flow_finding", moves=len(moves), takers=takers),
        t("reallocate.flow_caption", as_of=scope.as_of),
        key="flows",
        of=rules,
    )
    show_hours(plan, rules, t)
    if plan.status == "plan":
        show_frontier(rules, t)
    show_prices(rules, t)


def show_keep() -> None:
    """Why nothing is claimed to be gained, and what would change that."""
    with st.container(border=True):
        st.markdown(f"##### {t('keep.title')}")
        for code in plan.why:
            st.markdown(t(f"keep.{code}"))
        st.markdown(verdict_sentence(study, t))
        st.caption(t(f"change.{plan.why[0]}"))
    verdict_details(study, t)


@st.fragment
def decide() -> None:
    """What is to be decided and what has been; a choice or a decision runs only this again."""
    items = session.keep("items", lambda: ask(open_items).set_index("opportunity_id"))
    decided = standing(session.desk(), rules).set_index("item")
    if plan.moves:
        decide_moves(found, rules, items, decided, study.by, t)
    point_to_ownership(t)
    show_decided(decided, found, t)


with body:
    if plan.status != "plan":
        show_keep()
    if plan.moves and found.problem:
        show_figures(len(found.problem.items))
        show_moves()
decide()
