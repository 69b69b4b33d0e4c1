"""What people commit to for the period, and what such words have been worth."""

from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.aiming import whole_of
from analytics.committing import commit_record, commit_to, commits, haircuts
from analytics.desk import Desk
from data.errors import UserError
from pages._ui import session
from pages._ui.blocks import drawer, table
from pages._ui.text import Text


def show_commitments(desk: Desk, median: float, t: Text) -> None:
    """Commitments for the period with their haircut, the record behind it, and a new one."""
    said = commits(desk)
    kind, name = desk.ask(whole_of)
    period = desk.scope.period
    now = said[
        (said["unit_kind"] == kind)
        & (said["unit"] == name)
        & (said["kind"] == period.kind)
        & (said["start"] == period.start.isoformat())
    ]
    box = drawer(t("commit.title", count=len(now)), "commitments")
    if not box:
        return
    with box:
        worth = haircuts(desk)
        if now.empty:
            st.caption(t("commit.none"))
        else:
            _table(now, worth, t)
            st.caption(t("commit.help"))
        past = commit_record(desk)
        if len(past):
            st.markdown(t("commit.record", count=len(past)))
            table(
                past.assign(
                    amount=past["amount"].map(t.money),
                    won=past["won"].map(t.money),
                    ratio=past["ratio"].map(t.rate),
                ),
                {
                    "by": t("commit.by"),
                    "start": t("commit.start"),
                    "amount": t("commit.amount"),
                    "won": t("column.won"),
                    "ratio": t("commit.ratio"),
                },
                key="commit-record",
                right=("amount", "won", "ratio"),
            )
        if period.end > desk.scope.as_of + timedelta(days=1):
            _form(desk, median, t)


def _table(now: pd.DataFrame, worth: dict, t: Text) -> None:
    rows = []
    for row in now.itertuples():
        cut = worth.get(row.by)
        rows.append(
            {
                "by": row.by,
                "amount": t.money(row.amount),
                "worth": t("commit.unknown")
                if cut is None
                else t(
                    "commit.worth",
                    median=t.money(cut.median * row.amount),
                    range=t.money_range(cut.low * row.amount, cut.high * row.amount),
                    n=cut.periods,
                ),
                "model": "–" if pd.isna(row.model) else t.money(row.model),
                "at": f"{row.at:%Y-%m-%d}",
                "note": row.note,
            }
        )
    table(
        pd.DataFrame(rows),
        {
            "by": t("commit.by"),
            "amount": t("commit.amount"),
            "worth": t("commit.worth_column"),
            "model": t("commit.model"),
            "at": t("commit.at"),
            "note": t("commit.note"),
        },
        key="commits-table",
        right=("amount", "worth", "model"),
    )


def _form(desk: Desk, median: float, t: Text) -> None:
    with st.form("commit-form", border=True):
        st.markdown(t("commit.new", period=t.period(desk.scope.period)))
        with st.grid(columns="auto", min_column_width=200, gap="small"):
            who = st.text_input(t("commit.by"), key="commit-by")
            amount = st.number_input(
                t("commit.amount"), min_value=0.0, value=None, step=10_000.0, key="commit-amount",
                placeholder=t("commit.median_is", median=t.money(median)),
            )  # fmt: skip
            note = st.text_input(t("commit.note"), key="commit-note")
        if st.form_submit_button(t("commit.save")):
            try:
                by = who.strip() or session.user()
                commit_to(desk, amount or 0.0, note, by, session.now())
            except UserError:
                st.error(t("commit.no_amount"))
            else:
                st.rerun()
