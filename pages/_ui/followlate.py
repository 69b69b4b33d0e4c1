"""Everything due by day, and what to tell whom of what is late."""

import pandas as pd
import streamlit as st

from pages._ui import session
from pages._ui.blocks import drawer, table
from pages._ui.text import Text

SHOWN = 200
"""Things due that are listed, the earliest first."""

TOLD = {"manager": ("manager", "risk"), "rep": ("rep", "manager", "risk")}
"""Levels of lateness that a text to the manager, and one to a person, is about."""


def show_due(due: pd.DataFrame, t: Text) -> None:
    """Everything due, who has to know of what is late, and the text to tell them.

    ``due`` are the rows of ``following.due_days``.
    """
    if not (box := drawer(t("follow.by_day"), "follow-due")):
        return
    with box:
        st.caption(t("follow.overdue_help"))
        rows = due.sort_values(["due_on", "source", "item"]).head(SHOWN)
        shown = pd.DataFrame(
            {
                "due": rows["due_on"].dt.strftime("%Y-%m-%d"),
                "source": [t(f"followsource.{source}") for source in rows["source"]],
                "name": rows["name"],
                "rep": rows["rep"].fillna("–"),
                "days": rows["days"],
                "level": [t(f"followlevel.{level or 'none'}") for level in rows["level"]],
            }
        )
        names = {name: t(f"followcolumn.{name}") for name in shown}
        table(shown, names, "follow-due-table", right=["days"])
        if len(due) > SHOWN:
            st.caption(t("follow.more", count=len(due) - SHOWN))
        _reminder(due, t)


def _reminder(due: pd.DataFrame, t: Text) -> None:
    late = due[due["level"] != ""].sort_values("days", ascending=False, kind="stable")
    if late.empty:
        return
    people = sorted(late["rep"].dropna().unique())
    names = {"": t("follow.to_manager")} | {name: name for name in people}
    who = st.selectbox(
        t("follow.remind"), list(names), format_func=names.__getitem__, width=260,
        key=f"follow-remind-{t.language}",
    )  # fmt: skip
    st.code(reminder(late, who or "", t), language=None, wrap_lines=True, height=260)


def reminder(late: pd.DataFrame, who: str, t: Text) -> str:
    """What to tell a person, or the manager (empty), of what is late (plain text)."""
    rows = late[late["level"].isin(TOLD["rep" if who else "manager"])]
    if who:
        rows = rows[rows["rep"] == who]
    as_of = session.scope().as_of.isoformat()
    lines = [t("follow.remind_head", count=len(rows), as_of=as_of)]
    for row in rows.head(SHOWN).itertuples():
        owner = "" if who or pd.isna(row.rep) else f" ({row.rep})"
        source = t(f"followsource.{row.source}")
        lines.append(
            f"- {t('follow.remind_line', source=source, name=row.name, days=row.days)}{owner}"
        )
    return "\n".join(lines)
