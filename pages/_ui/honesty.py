"""What the data cannot tell: each doubt with its count, what it bends, and its rows."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.exports import csv_bytes
from analytics.workflow import coverage, doubted_rows, honesty
from pages._ui import session
from pages._ui.session import ask
from pages._ui.text import Text, plain

RATES = ("currency", "per", "rate", "valid_from")


def panel(t: Text) -> None:
    """Every fact about the data that bends a figure or switches a page off."""
    facts = ask(honesty)
    st.subheader(t("honesty.title"), anchor=False)
    if facts.empty:
        st.markdown(t("honesty.nothing"))
        return
    st.caption(t("honesty.help"))
    for fact, count, pages in facts.itertuples(index=False):
        rows = ask(doubted_rows, fact)
        _fact(fact, count, pages, rows, t)
        if fact == "other_currency":
            _rates(rows, t)


def _fact(fact: str, count: int, pages: Sequence[str], rows: pd.DataFrame, t: Text) -> None:
    names = t("list.comma").join(t(f"page.{page}") for page in pages)
    hedged = f" :gray[{plain(t('honesty.pages', pages=names))}]" if names else ""
    with st.container(key=f"fact-{fact}"):
        told, download = st.columns([6, 1], vertical_alignment="center")
        told.markdown(t.md(f"honesty.{fact}", count=count) + hedged)
        if len(rows):
            download.download_button(
                t("honesty.rows", count=len(rows)),
                data=lambda: csv_bytes(
                    [_heading(column, t) for column in rows],
                    rows.itertuples(index=False, name=None),
                ),
                file_name=f"{fact}.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"rows-{fact}",
            )


def _heading(column: str, t: Text) -> str:
    return t(f"upload.{column}" if column in ("file", "row_no", "record") else f"field.{column}")


def _rates(rows: pd.DataFrame, t: Text) -> None:
    """How amounts in another currency can be summed after all."""
    base = ask(coverage)["currency"]
    others = sorted(set(rows["currency"].dropna()) - {base})
    start = session.today().replace(month=1, day=1)
    with st.container(key="rates-hint"):
        told, download = st.columns([6, 1], vertical_alignment="center")
        told.caption(t.md("honesty.rates", currency=base))
        download.download_button(
            t("honesty.rates_example"),
            data=lambda: csv_bytes(RATES, [(code, base, "", start) for code in others]),
            file_name="rates.csv",
            mime="text/csv",
            on_click="ignore",
            key="rates-example",
        )
