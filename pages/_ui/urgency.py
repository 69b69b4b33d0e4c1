"""What is urgent, who has room, and how other ways to give out work would do."""

from typing import Any

import pandas as pd
import streamlit as st

from analytics.priority import DUE_HALF, MOST_EACH, MOST_SHARE
from analytics.rules import RuleSet
from analytics.work import policies_compared, priorities, room, unowned, work_norms
from pages._ui import session
from pages._ui.assigning import named
from pages._ui.blocks import picture, table
from pages._ui.board import MOST_PEOPLE, room_bars, urgency_board
from pages._ui.session import ask
from pages._ui.text import Text

DRAWN, LISTED = 500, 200
"""Pieces of work in the picture and in the table, those that come first."""


def show_board(rules: RuleSet, said: int, t: Text) -> None:
    """Urgency against importance, and the list to work through."""
    rows = ask(priorities, said)
    if rows.empty:
        st.info(t("board.nothing"))
        return
    dated = rows[rows["days"].notna()].head(DRAWN)
    urgent = int(rows["urgent"].sum())
    if len(dated):
        picture(
            lambda: urgency_board(dated, t),
            t("board.finding", urgent=urgent, count=len(rows)),
            t("board.caption", drawn=len(dated), days=int(DUE_HALF)),
            key="board",
            of=said,
        )
    else:
        st.info(t("board.undated"))
    first = rows.head(LISTED)
    table(
        pd.DataFrame(
            {
                "work": [named(row) for row in first.itertuples()],
                "kind": [t(f"work.{kind}") for kind in first["kind"]],
                "rep": first["rep"].fillna("–"),
                "expected": first["expected"].map(t.money),
                "due": [_due(row, t) for row in first.itertuples()],
                "quadrant": [t(f"quadrant.{name}") for name in first["quadrant"]],
            }
        ),
        {
            name: t(f"board.{name}")
            for name in ("work", "kind", "rep", "expected", "due", "quadrant")
        },
        key="priorities",
        right=("expected", "due"),
    )
    st.caption(t("board.help", share=t.rate(MOST_SHARE), each=MOST_EACH, days=int(DUE_HALF)))


def _due(row: Any, t: Text) -> str:
    """When something is due, counted in days (plain text)."""
    if pd.isna(row.days):
        return "–"
    if row.kind == "lead":
        return t("board.waits", days=int(-row.days))
    if row.days == 0:
        return t("board.today")
    return t("board.overdue" if row.days < 0 else "board.in", days=int(abs(row.days)))


def show_room(rules: RuleSet, said: int, t: Text) -> None:
    """Who holds how many hours of work, and who can be given more."""
    rows, norms = ask(room, rules, said), ask(work_norms)
    over = int((rows["held"] > rows["hours"]).sum())
    picture(
        lambda: room_bars(rows, session.is_dark(), t),
        t("room.finding", over=over, people=len(rows)),
        t("room.caption" if norms.logged else "room.guessed", most=MOST_PEOPLE),
        key="room",
        of=(rules, said),
    )
    table(
        pd.DataFrame(
            {
                "rep": rows["rep"],
                "team": rows["team"],
                "held": rows["held"].map("{:.1f}".format),
                "hours": rows["hours"].map("{:.1f}".format),
                "opportunity": rows["opportunity"],
                "lead": rows["lead"],
                "task": rows["task"],
                "why": [
                    t("bar.until", why=t(f"bar.{row.why_not}"), day=f"{row.until:%Y-%m-%d}")
                    if row.why_not
                    else t("room.free" if row.free else "bar.no_hours")
                    for row in rows.itertuples()
                ],
            }
        ),
        {
            name: t(f"room.{name}")
            for name in ("rep", "team", "held", "hours", "opportunity", "lead", "task", "why")
        },
        key="room-table",
        right=("held", "hours"),
    )
    st.caption(t("room.help"))


def show_policies(rules: RuleSet, said: int, t: Text) -> None:
    """The work of nobody given out in the ways that are in use, side by side."""
    if ask(unowned, said).empty:
        st.info(t("assign.nothing"))
        return
    rows = ask(policies_compared, rules, said)
    own, turn = (rows.set_index("policy").loc[name] for name in ("evenhand", "round_robin"))
    st.markdown(
        t.md(
            "policies.finding",
            own=t.money(own["worth"]),
            range=t.money_range(own["low"], own["high"]),
            turn=t.money(turn["worth"]),
        )
    )
    table(
        pd.DataFrame(
            {
                "policy": [t(f"policy.{name}") for name in rows["policy"]],
                "worth": [
                    f"{t.money(row.worth)} · {t.money_range(row.low, row.high)}"
                    for row in rows.itertuples()
                ],
                "given": [f"{row.given} / {row.given + row.nobody}" for row in rows.itertuples()],
                "fullest": rows["fullest"].map(t.rate),
                "uneven": rows["uneven"].map(t.rate),
                "behind": rows["behind"].map(t.money),
            }
        ),
        {
            name: t(f"policies.{name}")
            for name in ("policy", "worth", "given", "fullest", "uneven", "behind")
        },
        key="policies",
        right=("worth", "given", "fullest", "uneven", "behind"),
    )
    st.caption(t("policies.help"))
