"""Who should take this: one piece of work, or a lead typed in, and how everybody compares."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.abilities import evidence
from analytics.assigning import Given, by_hand
from analytics.rules import RuleSet
from analytics.settings import SETTINGS
from analytics.work import NewLead, candidates, held_work, priorities, unowned
from pages._ui.assigning import give, named, why
from pages._ui.blocks import picture, table
from pages._ui.board import MOST_PEOPLE, worth_dots
from pages._ui.session import ask
from pages._ui.text import Text

OFFERED = 300
"""Pieces of work in the box of choices; a search finds the others."""


def show_one(rules: RuleSet, said: int, t: Text) -> None:
    """Who should take one piece of work, and how everybody compares for it."""
    what = _chosen(said, t)
    if what is None:
        st.caption(t("one.choose"))
        return
    waiting = ask(unowned, said)
    given, rows = ask(candidates, rules, said, what)
    able = rows[rows["why_not"].isin(("", "owed_less", "less_likely"))]
    owner = _owner(said, what)
    if given.rep:
        key, names = ("one.finding_owned", {"owner": owner}) if owner else ("one.finding", {})
        st.markdown(t.md(key, rep=given.rep, why=why(given, t), **names))
        if what in set(zip(waiting["kind"], waiting["item"], strict=True)):
            _give_to(given, able, t)
    else:
        st.markdown(t.md("one.nobody", why=why(given, t)))
    if len(able):
        picture(
            lambda: worth_dots(able, t),
            t("one.picture"),
            t("one.caption", sure=t.rate(SETTINGS.p_gain_min), most=MOST_PEOPLE),
            key="worth",
            of=(rules, said, what),
        )
    table(
        pd.DataFrame(
            {
                "rep": rows["rep"],
                "why": [reason(row, t) for row in rows.itertuples()],
                "worth": [
                    f"{t.money(row.worth)} · {t.money_range(row.low, row.high)}"
                    for row in rows.itertuples()
                ],
                "chance": [f"{t.rate(row.chance)} ({row.trials})" for row in rows.itertuples()],
                "load": [f"{row.hours:.1f} / {row.capacity:.1f}" for row in rows.itertuples()],
                "owed": [t.money(row.owed, signed=True) for row in rows.itertuples()],
            }
        ),
        {name: t(f"one.{name}") for name in ("rep", "why", "worth", "chance", "load", "owed")},
        key="candidates",
        right=("worth", "chance", "load", "owed"),
    )
    st.caption(t("one.help"))


def _owner(said: int, what: tuple[str, str] | NewLead) -> str:
    """Who has a piece of open work; empty where nobody does."""
    if isinstance(what, NewLead):
        return ""
    work = ask(held_work, said)
    [owner] = work.loc[(work["kind"] == what[0]) & (work["item"] == what[1]), "rep"]
    return "" if pd.isna(owner) else str(owner)


def _give_to(given: Given, able: pd.DataFrame, t: Text) -> None:
    """Give it to the proposed person, or to another who could take it."""
    worth = dict(zip(able["rep"], able["worth"], strict=True))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rep = st.selectbox(t("one.to"), list(worth), key=f"to-{given.item}", width=260)
        st.button(
            t("one.give"),
            type="primary",
            on_click=give,
            args=([by_hand(given, rep, worth[rep])],),
            key="give-one",
        )


def reason(row: Any, t: Text) -> str:
    """Why this person or why not, with the day on which an absence ends (plain text)."""
    code = t(f"bar.{row.why_not}" if row.why_not else "bar.proposed")
    passes = row.why_not in ("away", "leave_soon") and pd.notna(row.until)
    return t("bar.until", why=code, day=f"{row.until:%Y-%m-%d}") if passes else code


def _chosen(said: int, t: Text) -> tuple[str, str] | NewLead | None:
    """A piece of open work, or a lead typed in; None before anything is chosen."""
    ways = {"open": t("one.open"), "new": t("one.new")}
    way = st.segmented_control(
        t("one.way"),
        list(ways),
        format_func=ways.__getitem__,
        default="open",
        required=True,
        label_visibility="collapsed",
        key=f"one-way-{t.language}",
    )
    return _typed(t) if way == "new" else _found(said, t)


def _found(said: int, t: Text) -> tuple[str, str] | None:
    """A piece of open work: what nobody has first, then by priority."""
    work = ask(priorities, said)
    with st.container(horizontal=True):
        if sought := st.text_input(t("one.search"), key="one-search"):
            parts = (work[name].fillna("").astype(str) for name in ("name", "account", "rep"))
            texts = pd.Series([" ".join(each) for each in zip(*parts, strict=True)], work.index)
            found = texts.str.contains(sought, case=False, regex=False)
            work = work[found | (work["item"] == sought)]
        first = pd.concat([work[work["rep"].isna()], work[work["rep"].notna()]]).head(OFFERED)
        names = {
            (row.kind, row.item): f"{t(f'work.{row.kind}')} · {named(row)} · {row.item}"
            for row in first.itertuples()
        }
        return st.selectbox(
            t("one.item"), list(names), format_func=names.__getitem__, key=f"one-item-{t.language}"
        )


def _typed(t: Text) -> NewLead | None:
    work, cells = ask(held_work, 0), ask(evidence).cells
    products = sorted(cells["product"].dropna().unique()) if "product" in cells else []
    regions = sorted(work["region"].dropna().unique())
    with st.form(f"new-lead-{t.language}", border=True):
        with st.grid(columns="auto", min_column_width=200, gap="medium"):
            account = st.text_input(t("one.account"), key="lead-account")
            product, region = (
                st.selectbox(
                    t(f"one.{name}"),
                    ["", *known],
                    format_func=lambda level: level or "–",
                    key=f"lead-{name}",
                )
                for name, known in (("product", products), ("region", regions))
            )
            value = st.number_input(t("one.value"), 0, 10**12, 0, step=1000, key="lead-value")
        st.form_submit_button(t("one.ask"), type="primary", key="lead-ask")
    if not value:
        return None
    return NewLead(account or t("one.new"), account, product, region, float(value))
