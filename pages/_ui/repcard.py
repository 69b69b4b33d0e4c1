"""What a plan means for one person, in plain text that can be sent: received, given away, why."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.allocation import Move, Plan
from pages._ui import session
from pages._ui.blocks import drawer
from pages._ui.movecard import reason_words, title_of
from pages._ui.text import Text


def show_cards(moves: Sequence[Move], plan: Plan, items: pd.DataFrame, by: str, t: Text) -> None:
    """A card for each person whom the moves concern, to be copied into a chat or a mail.

    ``items`` are the open opportunities by their id; ``by`` is the attribute that win rates were
    estimated by.
    """
    people = sorted({name for move in moves for name in (move.from_rep, move.to_rep)})
    if not people or not (box := drawer(t("card.title"), "cards")):
        return
    with box:
        rep = st.selectbox(t("card.of"), people, key=f"card-of-{t.language}", width=260)
        st.caption(t("card.help"))
        st.code(card(rep, moves, plan, items, by, t), language=None, wrap_lines=True)


def card(rep: str, moves: Sequence[Move], plan: Plan, items: pd.DataFrame, by: str, t: Text) -> str:
    """The card of one person (plain text)."""
    lines = [t("card.head", rep=rep, as_of=f"{session.scope().as_of}")]
    for way, of in (("receives", "to_rep"), ("gives", "from_rep")):
        mine = [move for move in moves if getattr(move, of) == rep]
        if mine:
            lines += ["", t(f"card.{way}", count=len(mine))]
        for move in mine:
            item = items.loc[move.item]
            other = move.from_rep if way == "receives" else move.to_rep
            lines.append(t(f"card.{way}_one", name=title_of(item), other=other, due=_due(item, t)))
            lines += [
                f"   {reason_words(reason.code, reason.facts, move, item, by, t, t)}"
                for reason in move.reasons
            ]
    if hours := _hours(rep, plan, t):
        lines += ["", hours]
    return "\n".join([*lines, "", t("card.foot")])


def _due(item: pd.Series, t: Text) -> str:
    day = item["expected_on"]
    return t("card.no_day") if pd.isna(day) else f"{day:%Y-%m-%d}"


def _hours(rep: str, plan: Plan, t: Text) -> str:
    """The person's hours a week after the plan; empty where nobody knows them."""
    if plan.loads is None or not plan.loads["hours_before"].any():
        return ""
    [own] = plan.loads[plan.loads["rep"] == rep].itertuples()
    hours = (own.hours_before, own.hours_after, own.hours_limit)
    before, after, limit = (f"{each:.0f}" for each in hours)
    return t("card.hours", before=before, after=after, limit=limit)
