"""Ownership that needs no model to be questioned, and its remedy."""

import pandas as pd
import streamlit as st

from analytics.ownership import Handover
from analytics.plans import handovers, split_accounts
from pages._ui.blocks import choice, drawer, table
from pages._ui.decisions import decide_all, verdicts
from pages._ui.session import ask
from pages._ui.text import Text


def show_facts(items: pd.DataFrame, decided: pd.DataFrame, t: Text) -> None:
    """Opportunities of leavers and of nobody, accounts with several owners.

    ``items`` and ``decided`` are the open opportunities and standing decisions by their id.
    """
    given, split = ask(handovers), ask(split_accounts)
    st.subheader(t("facts.title"), anchor=False)
    if not given and split.empty:
        st.caption(t("facts.none"))
        return
    st.caption(t("facts.help"))
    if given and (box := drawer(t("facts.handovers", count=len(given)), "leavers")):
        with box:
            _handovers(given, items, decided, t)
    if len(split) and (box := drawer(t("facts.split", count=len(split)), "split")):
        with box:
            _split(split, t)


def _split(split: pd.DataFrame, t: Text) -> None:
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


def _handovers(
    given: tuple[Handover, ...], items: pd.DataFrame, decided: pd.DataFrame, t: Text
) -> None:
    """Proposed hand-overs; the chosen rows, or all undecided ones, can be decided at once."""
    words = verdicts(decided, t)
    rows = pd.DataFrame(
        {
            "opportunity": [items.at[one.item, "name"] for one in given],
            "account": [items.at[one.item, "account"] for one in given],
            "value": [t.money(items.at[one.item, "value"]) for one in given],
            "fact": [t(f"fact.{one.fact}") for one in given],
            "from": [one.from_rep or "–" for one in given],
            "to": [one.to_rep for one in given],
            "load": [one.load for one in given],
            "decision": [words.get(one.item, "") for one in given],
        }
    )
    picked = choice(
        rows,
        {name: t(f"facts.{name}") for name in rows},
        key="handovers",
        mode="multi-row",
        right=("value",),
    )
    undecided = [one for one in given if one.item not in decided.index]
    chosen = [given[row] for row in picked] or undecided
    with st.container(horizontal=True):
        for verdict in ("accept", "decline"):
            st.button(
                t(f"facts.{verdict}", count=len(chosen)),
                on_click=decide_all,
                args=(verdict, chosen),
                disabled=not chosen,
                key=f"{verdict}-handovers",
            )
