"""Data: what is in the workspace and what it lacks; add files, settle names, take uploads back."""

import pandas as pd
import streamlit as st

from analytics.workflow import coverage, history
from data.ingest import undo
from pages._ui import honesty, names, session
from pages._ui.blocks import table, title, uploader_words
from pages._ui.loading import loaded, waiting
from pages._ui.pending import choose, pending
from pages._ui.session import ask
from pages._ui.text import plain

t = session.text()
store = session.warehouse()
holds = ask(coverage)
mine = session.workspace() == "mine"

if holds["opportunities"]:
    sentence = t.md(
        "data.finding",
        opportunities=f"{holds['opportunities']:,.0f}",
        won=f"{holds['won']:,.0f}",
        lost=f"{holds['lost']:,.0f}",
        open=f"{holds['open']:,.0f}",
        owners=f"{holds['owners']:.0f}",
        first=f"{holds['first_created_on']:%Y-%m-%d}"
        if pd.notna(holds["first_created_on"])
        else "–",
        last=f"{holds['last_created_on']:%Y-%m-%d}" if pd.notna(holds["last_created_on"]) else "–",
    )
else:
    sentence = t("data.needed")
title(t("page.imports"), sentence)


def take_back(number: int) -> None:
    undo(store, number, by=session.user(), at=session.now())
    st.toast(t("data.undone"))


def add_files() -> None:
    """Look at each newly chosen file once; what was found stays until loaded or removed."""
    uploader_words(t)
    turn = st.session_state.setdefault("upload-turn", 0)
    chosen = st.file_uploader(t("data.choose"), accept_multiple_files=True, key=f"uploader-{turn}")
    if not chosen:
        return
    with st.status(t("data.looking", count=len(chosen))) as status:
        for number, upload in enumerate(chosen, start=1):
            status.update(
                label=t.md("data.reading", number=number, count=len(chosen), file=upload.name)
            )
            choose(upload.name, upload.getvalue())
    # A fresh uploader: the files now live in the session and survive a change of page.
    st.session_state["upload-turn"] = turn + 1
    st.session_state.pop("receipts", None)
    st.rerun()


st.subheader(t("data.upload"), anchor=False)
if mine:
    add_files()
    loaded(t)
    if pending():
        waiting(t)
else:
    st.markdown(t("data.sample_only"))
    st.button(
        t("shell.start_mine"), type="primary", on_click=session.switch_workspace, args=("mine",),
        key="start-here",
    )  # fmt: skip

names.to_settle(t)

if holds["opportunities"]:
    honesty.panel(t)

st.subheader(t("data.history"), anchor=False)
past = ask(history)
if past.empty:
    st.caption(t("data.history_none"))
else:
    table(
        past.assign(
            format=past["format"].map(lambda name: t(f"format.{name}")),
            entity=past["entity"].map(lambda name: t(f"entity.{name}")),
            uploaded_at=past["uploaded_at"].map(lambda at: f"{at:%Y-%m-%d %H:%M}"),
            as_of=past["as_of"].map(lambda day: f"{day:%Y-%m-%d}"),
            undone=past["undone_at"].map(lambda at: "" if pd.isna(at) else f"{at:%Y-%m-%d %H:%M}"),
        ),
        {
            name: t(f"upload.{name}")
            for name in (
                *("file", "entity", "format", "as_of", "rows_new", "rows_changed"),
                *("rows_same", "rows_rejected", "uploaded_at", "undone"),
            )
        },
        key="history",
    )
    standing = past[past["undone_at"].isna()].set_index("upload_id")
    if mine and len(standing):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            number = st.selectbox(
                t("data.undo_choose"),
                list(standing.index),
                format_func=lambda number: f"{number} · {standing.at[number, 'file']}",
                key="undo-choice",
                width=320,
            )
            st.button(
                t("data.undo"),
                on_click=take_back,
                args=(int(number),),
                key="undo-upload",
            )
st.caption(plain(store.path))
