"""Reallocate: the moves worth making, or why to keep the owners; decide, and take the file."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.abilities import evidence
from analytics.allocation import Interval, Move
from analytics.plans import plan_readings, recommendation
from analytics.reallocation import Terms
from analytics.settings import SETTINGS
from analytics.workflow import coverage, open_items
from data.log import standing_decisions
from pages._ui import charts, session
from pages._ui.blocks import drawer, empty, picture, tiles, title
from pages._ui.chance import beside_the_claim, readings_words
from pages._ui.decisions import decide_moves, show_decided
from pages._ui.facts import show_facts
from pages._ui.session import ask, ask_patiently
from pages._ui.verdict import verdict_details, verdict_sentence

t = session.text()
scope = session.scope()

if not ask(coverage)["open"]:
    title(t("page.reallocate"), t("reallocate.question"))
    empty(t("reallocate.needed"))
    st.stop()

study = ask(evidence)
currency = ask(coverage)["currency"] or ""


def choose_terms() -> Terms:
    """The limits of the plan; the controls are there while their drawer is open."""
    now = session.terms()
    if not (box := drawer(t("terms.title"), "limits")):
        return now
    numbers = {
        "max_moves": (1, 100, now.max_moves),
        "capacity": (0, 1000, now.capacity),
        "customer": (0, 100, round(now.hand_over_customer * 100)),
        "new": (0, 100, round(now.hand_over_new * 100)),
    }
    with box:
        st.caption(t("terms.help"))
        with st.grid(columns="auto", min_column_width=220, gap="medium"):
            moves, capacity, customer, new = (
                st.number_input(
                    t(f"terms.{name}"),
                    least,
                    most,
                    value,
                    key=f"terms-{name}",
                    persist_state="session",
                    help=t(f"terms.{name}_help", factor=SETTINGS.capacity_factor),
                )
                for name, (least, most, value) in numbers.items()
            )
        across = st.toggle(
            t("terms.across"),
            now.across_teams,
            key="terms-across",
            persist_state="session",
            help=t("terms.across_help"),
        )
    return Terms(moves, capacity, customer / 100, new / 100, across)


heading = st.container()
terms = choose_terms()
session.set_terms(terms)
body = st.container()
with body:
    found = ask_patiently(t("reallocate.solving"), recommendation, terms)
plan = found.plan

with heading:
    if plan.moves and plan.cross_fitted:
        sentence = t.md(
            "reallocate.finding_plan",
            moves=len(plan.moves),
            gain=t.money(plan.cross_fitted, signed=True),
            share=t.share(plan.lift),
        )
    elif plan.why[0] == "too_little_data":
        sentence = t("reallocate.finding_wait")
    elif plan.why[0] == "no_evidence":
        sentence = t("reallocate.finding_keep")
    else:
        sentence = t("reallocate.finding_hold")
    if study.by:
        crossed = " × ".join(t(f"attribute.{name}") for name in study.attributes)
        sentence += " " + t.md("reallocate.by", attribute=crossed)
    title(t("page.reallocate"), sentence)
    beside_the_claim(found, terms, t)


def show_plan(uplift: Interval, cross_fitted: float, items_in_play: int) -> None:
    """The plan in figures and as a picture."""
    tiles(
        [
            {
                "label": t("reallocate.headline", currency=currency),
                "value": t.money(cross_fitted, signed=True),
                "compared": t("reallocate.of_open", keep=t.money(plan.keep_value)),
                "definition": t("reallocate.headline_help"),
            },
            {
                "label": t("reallocate.upper", currency=currency),
                "value": t.money(uplift.mean, signed=True),
                "compared": t.money_range(uplift.low, uplift.high),
                "definition": t("reallocate.upper_help"),
            },
            {
                "label": t("reallocate.moves"),
                "value": f"{len(plan.moves)}",
                "compared": t("reallocate.of_items", items=items_in_play),
                "definition": t("reallocate.moves_help", moves=terms.max_moves),
            },
            {
                "label": t("reallocate.gap"),
                "value": t.rate(plan.gap_uplift),
                "compared": t("reallocate.of_best"),
                "definition": t("reallocate.gap_help"),
            },
        ]
    )
    if readings := ask(plan_readings, terms):
        st.markdown(readings_words(readings, t))
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
        of=terms,
    )


def show_keep() -> None:
    """Why the owners are kept, and what would change that."""
    with st.container(border=True):
        st.markdown(f"##### {t('keep.title')}")
        for code in plan.why:
            st.markdown(t(f"keep.{code}"))
        st.markdown(verdict_sentence(study, t))
        st.caption(t(f"change.{plan.why[0]}"))
    verdict_details(study, t)


@st.fragment
def decide(moves: Sequence[Move]) -> None:
    """What is to be decided and what has been; a choice or a decision runs only this again."""
    items = session.keep("items", lambda: ask(open_items).set_index("opportunity_id"))
    decided = standing_decisions(session.warehouse()).set_index("item")
    if moves:
        decide_moves(moves, items, decided, study.by, t)
    show_facts(items, decided, t)
    show_decided(decided, t)


moves: Sequence[Move] = ()
with body:
    if plan.uplift and plan.cross_fitted and found.problem and plan.moves:
        moves = plan.moves
        show_plan(plan.uplift, plan.cross_fitted, len(found.problem.items))
    else:
        show_keep()
decide(moves)
