"""Giving out what nobody has: the proposals with their reasons, and what was given so far."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analytics import work
from analytics.assigning import AT_ONCE, Given
from analytics.policies import Policy
from analytics.rules import RuleSet
from analytics.work import assigned, assignments, unowned
from analytics.workflow import workings
from pages._ui import session
from pages._ui.blocks import choice, drawer
from pages._ui.handback import downloads
from pages._ui.session import ask
from pages._ui.text import Text

POLICY: Policy = "evenhand"


def give(given: Sequence[Given]) -> None:
    """Write down who was given what."""
    work.give(session.desk(), given, POLICY, session.user(), session.now())


def take_back(rows: pd.DataFrame) -> None:
    work.take_back(session.desk(), rows, session.user(), session.now())


def show_waiting(rules: RuleSet, said: int, t: Text) -> None:
    """What nobody has, whom it should go to and why; all or some of it is given out."""
    waiting = ask(unowned, said)
    if waiting.empty:
        st.info(t("assign.nothing"))
        st.page_link(session.page("imports"), label=t("assign.bring"))
        return
    given = ask(assignments, rules, said)
    names = {(row.kind, row.item): named(row) for row in waiting.itertuples()}
    can = [one for one in given if one.rep]
    st.markdown(f"##### {t('give.finding', given=len(can), count=len(given))}")
    chosen = choice(
        pd.DataFrame(
            {
                "work": [names[one.kind, one.item] for one in given],
                "kind": [t(f"work.{one.kind}") for one in given],
                "worth": [t.money(one.worth) for one in given],
                "to": [one.rep or "–" for one in given],
                "why": [why(one, t) for one in given],
                "chance": [t.rate(one.propensity) if one.rep else "–" for one in given],
            }
        ),
        {name: t(f"give.{name}") for name in ("work", "to", "why", "worth", "kind", "chance")},
        key="to-give",
        mode="multi-row",
        right=("worth", "chance"),
    )
    some = [given[row] for row in chosen if given[row].rep]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("give.all", count=len(can)),
            type="primary",
            on_click=give,
            args=(can,),
            disabled=not can,
            key="give-all",
        )
        st.button(
            t("give.chosen", count=len(some)),
            on_click=give,
            args=(some,),
            disabled=not some,
            key="give-chosen",
        )
    if len(waiting) > len(given):
        st.caption(t("give.first", count=AT_ONCE, waiting=len(waiting)))
    st.caption(t("give.how", explore=t.rate(rules.explore)))
    st.page_link(session.page("imports"), label=t("assign.bring"))


def why(given: Given, t: Text) -> str:
    """Why this person, or why nobody (plain text)."""
    if not given.rep:
        return t(f"nobody.{given.code}")
    return t(f"why.{given.code}", near=given.near, able=len(given.shares))


def named(row: Any) -> str:
    """What people call a piece of work: its name, and its account unless that is part of it."""
    if pd.isna(row.account) or row.account in row.name:
        return str(row.name)
    return f"{row.name} · {row.account}"


def show_assigned(said: int, t: Text) -> None:
    """What was given out here: the file for the CRM, what it says since, and the way back."""
    given = assigned(session.desk())
    if given.empty:
        st.caption(t("given.none"))
        return
    st.subheader(t("given.title"), anchor=False)
    open_now = workings(session.desk())["open_work"]
    rows = given.merge(open_now, on=["kind", "item"], how="left")
    rows = rows.sort_values("entry", ascending=False, ignore_index=True)
    rows["name"] = rows["name"].fillna(rows["item"])
    decided = rows.drop(columns="at").rename(columns={"by": "decided_by"})
    downloads(decided.assign(decided_at=rows["at"], from_rep="", note=""), "given", t)
    if not (box := drawer(t("given.all", count=len(rows)), "given")):
        return
    with box:
        picked = choice(
            pd.DataFrame(
                {
                    "work": [named(row) for row in rows.itertuples()],
                    "kind": [t(f"work.{kind}") for kind in rows["kind"]],
                    "to": rows["to_rep"],
                    "crm": [_since(row, t) for row in rows.itertuples()],
                    "by": rows["by"],
                    "at": rows["at"].map(lambda at: f"{at:%Y-%m-%d %H:%M}"),
                }
            ),
            {name: t(f"given.{name}") for name in ("work", "kind", "to", "crm", "by", "at")},
            key="given-table",
            mode="multi-row",
        )
        st.button(
            t("given.undo", count=len(picked)),
            on_click=take_back,
            args=(rows.iloc[picked],),
            disabled=not picked,
            key="undo-given",
        )


def _since(row: Any, t: Text) -> str:
    """What the newest export says of a piece of work that was given out."""
    if pd.isna(row.value):
        return t("given.closed")
    if pd.isna(row.rep):
        return t("given.waiting")
    return t("given.done") if row.rep == row.to_rep else t("given.differs", owner=row.rep)
