"""Reallocate: the moves worth making, or why to keep the owners; decide, and take the file."""

import pandas as pd
import streamlit as st

from analytics.allocation import Interval
from analytics.exports import owner_changes
from analytics.reallocation import Terms
from analytics.settings import SETTINGS
from analytics.workflow import (
    coverage,
    evidence,
    handovers,
    open_items,
    recommendation,
    split_accounts,
)
from data.log import standing_decisions
from pages._ui import charts, session
from pages._ui.blocks import empty, picture, table, tiles, title
from pages._ui.decisions import decide, decide_all, move_card
from pages._ui.session import ask
from pages._ui.text import plain
from pages._ui.verdict import verdict_details, verdict_sentence

PER_PAGE = 5
"""Moves shown at once."""

t = session.text()
scope = session.scope()

if not ask(coverage)["open"]:
    title(t("page.reallocate"), t("reallocate.question"))
    empty(t("reallocate.question"), t("reallocate.needed"))
    st.stop()

study = ask(evidence)
items = ask(open_items).set_index("opportunity_id")


def chosen_terms() -> Terms:
    """The limits of the plan as set on this page, or the defaults."""
    known, default = st.session_state, Terms.default(SETTINGS)
    with st.expander(t("terms.title")):
        st.caption(t("terms.help"))
        with st.grid(columns="auto", min_column_width=220, gap="medium"):
            moves = st.number_input(
                t("terms.max_moves"),
                1,
                100,
                known.get("max_moves", default.max_moves),
                key="terms-moves",
                help=t("terms.max_moves_help"),
            )
            capacity = st.number_input(
                t("terms.capacity"),
                0,
                1000,
                known.get("capacity", default.capacity),
                key="terms-capacity",
                help=t("terms.capacity_help", factor=SETTINGS.capacity_factor),
            )
            customer = st.number_input(
                t("terms.customer"),
                0,
                100,
                round(default.hand_over_customer * 100),
                key="terms-customer",
                help=t("terms.customer_help"),
            )
            new = st.number_input(
                t("terms.new"), 0, 100, round(default.hand_over_new * 100),
                key="terms-new", help=t("terms.new_help"),
            )  # fmt: skip
        across = st.toggle(t("terms.across"), key="terms-across", help=t("terms.across_help"))
    return Terms(int(moves), int(capacity), customer / 100, new / 100, across)


heading = st.container()
terms = chosen_terms()
body = st.container()
with body, st.spinner(t("reallocate.solving"), show_time=True):
    found = ask(recommendation, terms)
plan = found.plan

with heading:
    if plan.moves and plan.cross_fitted:
        sentence = t.md(
            "reallocate.finding_plan",
            moves=len(plan.moves),
            gain=t.money(plan.cross_fitted, signed=True),
            share=t.rate(plan.cross_fitted / plan.keep_value),
        )
    else:
        sentence = t.md("reallocate.finding_keep")
    title(t("page.reallocate"), sentence)

decided = standing_decisions(session.warehouse()).set_index("item")


def show_plan(uplift: Interval, cross_fitted: float, items_in_play: int) -> None:
    """The plan in figures, as a picture, and move by move."""
    tiles(
        [
            {
                "label": t("reallocate.headline"),
                "value": t.money(cross_fitted, signed=True),
                "compared": t("reallocate.of_open", keep=t.money(plan.keep_value)),
                "definition": t("reallocate.headline_help"),
            },
            {
                "label": t("reallocate.upper"),
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
                "compared": t("reallocate.bound", bound=t.money(plan.bound)),
                "definition": t("reallocate.gap_help"),
            },
        ]
    )
    moves = pd.DataFrame(
        {
            "item": [move.item for move in plan.moves],
            "from_rep": [move.from_rep for move in plan.moves],
            "to_rep": [move.to_rep for move in plan.moves],
            "value": [move.value for move in plan.moves],
            "gain": [move.gain for move in plan.moves],
        }
    )
    takers = moves["to_rep"].nunique()
    picture(
        charts.flows(moves, t),
        t("reallocate.flow_finding", moves=len(moves), takers=takers),
        t("reallocate.flow_caption", as_of=scope.as_of),
        key="flows",
    )
    one_by_one()


def one_by_one() -> None:
    """The moves, a page at a time, each with its reasons and its decision."""
    st.subheader(t("reallocate.decide"), anchor=False)
    open_moves = [move for move in plan.moves if move.item not in decided.index]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            t("reallocate.undecided", open=len(open_moves), moves=len(plan.moves)), width="stretch"
        )
        if open_moves:
            st.button(
                t("reallocate.accept_all", count=len(open_moves)),
                on_click=decide_all,
                args=("accept", open_moves),
                key="accept-all",
            )
    pages = -(-len(plan.moves) // PER_PAGE)
    page = st.pagination(pages, key="moves-page") if pages > 1 else 1
    for move in plan.moves[(page - 1) * PER_PAGE : page * PER_PAGE]:
        standing = decided.loc[move.item].to_dict() if move.item in decided.index else None
        move_card(move, items.loc[move.item], study.by, standing, t)


def show_keep() -> None:
    """Why the owners are kept, and what would change that."""
    with st.container(border=True):
        st.markdown(f"##### {t('keep.title')}")
        for code in plan.why:
            st.markdown(t.md(f"keep.{code}", by=t(f"attribute.{study.by}") if study.by else ""))
        st.markdown(verdict_sentence(study, t))
        st.caption(t(f"change.{plan.why[0]}"))
    verdict_details(study, t)


with body:
    if plan.uplift and plan.cross_fitted and found.problem and plan.moves:
        show_plan(plan.uplift, plan.cross_fitted, len(found.problem.items))
    else:
        show_keep()

given = ask(handovers)
split = ask(split_accounts)
st.subheader(t("facts.title"), anchor=False)
st.caption(t("facts.help"))
if not given and split.empty:
    st.markdown(t("facts.none"))

if given:
    st.markdown(t.md("facts.handovers", count=len(given)))
    rows = pd.DataFrame(
        {
            "opportunity": [items.at[one.item, "name"] for one in given],
            "account": [items.at[one.item, "account"] for one in given],
            "value": [t.money(items.at[one.item, "value"]) for one in given],
            "fact": [t(f"fact.{one.fact}") for one in given],
            "from": [one.from_rep or "–" for one in given],
            "to": [one.to_rep for one in given],
            "load": [one.load for one in given],
            "decision": [
                t(f"decision.{decided.at[one.item, 'verdict']}")
                if one.item in decided.index
                else ""
                for one in given
            ],
        }
    )
    picked = st.dataframe(
        rows.rename(columns={name: t(f"facts.{name}") for name in rows.columns}),
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="handovers",
    )
    chosen = [given[row] for row in picked["selection"]["rows"]] or [
        one for one in given if one.item not in decided.index
    ]
    with st.container(horizontal=True):
        for verdict in ("accept", "decline"):
            st.button(
                t(f"facts.{verdict}", count=len(chosen)),
                on_click=decide_all,
                args=(verdict, chosen),
                disabled=not chosen,
                key=f"{verdict}-handovers",
            )

if len(split):
    st.markdown(t.md("facts.split", count=len(split)))
    table(
        split.assign(
            reps=split["reps"].map(lambda names: t.names(names, 3)),
            people=split["reps"].map(len),
            value=split["value"].map(t.money),
        ),
        {
            "account": t("facts.account"),
            "people": t("facts.people"),
            "reps": t("facts.owners"),
            "opportunities": t("facts.opportunities"),
            "value": t("facts.value"),
        },
        key="split-table",
        right=("value",),
    )

st.subheader(t("decided.title"), anchor=False)
if decided.empty:
    st.caption(t("decided.none"))
else:
    accepted = decided[decided["verdict"] == "accept"].reset_index()
    table(
        decided.assign(
            verdict=decided["verdict"].map(lambda verdict: t(f"decision.{verdict}")),
            decided_at=decided["decided_at"].map(lambda at: f"{at:%Y-%m-%d %H:%M}"),
            from_rep=decided["from_rep"].replace("", "–"),
        ),
        {
            "name": t("facts.opportunity"),
            "account": t("facts.account"),
            "from_rep": t("facts.from"),
            "to_rep": t("facts.to"),
            "verdict": t("facts.decision"),
            "note": t("decided.note"),
            "decided_at": t("decided.at"),
        },
        key="decided-table",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, rollback in (("changes", False), ("rollback", True)):
            st.download_button(
                t(f"decided.{name}", count=len(accepted)),
                data=owner_changes(accepted, rollback=rollback),
                file_name=f"owner_{name}_{scope.as_of}.csv",
                mime="text/csv",
                disabled=accepted.empty,
                on_click="ignore",
                key=f"download-{name}",
            )
        item = st.selectbox(
            t("decided.choose"),
            list(decided.index),
            format_func=lambda item: f"{decided.at[item, 'name']} → {decided.at[item, 'to_rep']}",
            key="undo-item",
            width=320,
        )
        st.button(
            t("decided.undo"),
            on_click=decide,
            args=("undo", item, decided.at[item, "from_rep"], decided.at[item, "to_rep"]),
            key="undo-decision",
        )
    st.caption(plain(t("decided.help")))
