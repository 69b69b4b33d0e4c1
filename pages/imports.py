"""Data: what is in the workspace and what it lacks; add files, settle names, take uploads back."""

import hashlib

import pandas as pd
import streamlit as st

from analytics.workflow import coverage, history, names_alike
from data.aliases import decide
from data.ingest import check, commit, undo
from pages._ui import session
from pages._ui.blocks import table, title
from pages._ui.pending import Pending, pending, ready, show
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


# Streamlit speaks English inside its uploader, whatever the language of the page.
UPLOADER = """
<style>
[data-testid="stFileUploaderDropzoneInstructions"] {{ display: none; }}
[data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"] p {{
    font-size: 0;
}}
[data-testid="stFileUploaderDropzone"] button [data-testid="stMarkdownContainer"] p::after {{
    content: "{choose}"; font-size: 0.95rem;
}}
</style>
"""


def load() -> None:
    """Take in every file that is ready, all of them or none."""
    reviews = [review for _, review in ready()]
    receipts = commit(store, reviews, by=session.user(), at=session.now())
    st.session_state["receipts"] = receipts
    st.session_state["pending"] = {}
    session.forget_scope()


def take_back(number: int) -> None:
    undo(store, number, by=session.user(), at=session.now())
    st.toast(t("data.undone"))


def discard() -> None:
    st.session_state["pending"] = {}


def add_files() -> None:
    """Look at each newly chosen file once; what was found stays until loaded or discarded."""
    st.html(UPLOADER.format(choose=t("data.choose_files")))
    turn = st.session_state.setdefault("upload-turn", 0)
    chosen = st.file_uploader(t("data.choose"), accept_multiple_files=True, key=f"uploader-{turn}")
    for upload in chosen:
        content = upload.getvalue()
        name = hashlib.sha256(upload.name.encode() + content).hexdigest()[:10]
        if name not in pending():
            each = Pending(upload.name, content)
            with st.spinner(t.md("data.seconds", file=upload.name), show_time=True):
                each.look()
            pending()[name] = each
    if chosen:
        # A fresh uploader: the files now live in the session and survive a change of page.
        st.session_state["upload-turn"] = turn + 1
        st.session_state.pop("receipts", None)
        st.rerun()


def waiting() -> None:
    """The files that wait, what loading them will do, and the button that does it."""
    for name, each in list(pending().items()):
        show(name, each, t)
    files = ready()
    with st.container(horizontal=True):
        if files:
            st.button(t("data.load", count=len(files)), type="primary", on_click=load, key="load")
        st.button(t("data.discard"), on_click=discard, key="discard")
    if files:
        st.markdown(f"**{t('data.preview')}**")
        counts = check(store, [review for _, review in files], at=session.now())
        st.dataframe(
            pd.DataFrame(
                {
                    t("upload.file"): [file for file, _ in files],
                    t("upload.rows_new"): [count.new for count in counts],
                    t("upload.rows_changed"): [count.changed for count in counts],
                    t("upload.rows_same"): [count.same for count in counts],
                    t("upload.rows_rejected"): [count.rejected for count in counts],
                }
            ),
            hide_index=True,
            key="preview",
        )


st.subheader(t("data.upload"), anchor=False)
if mine:
    add_files()
    if receipts := st.session_state.get("receipts"):
        st.success(
            t.md(
                "data.loaded",
                new=f"{sum(one.rows_new for one in receipts):,}",
                changed=f"{sum(one.rows_changed for one in receipts):,}",
                same=f"{sum(one.rows_same for one in receipts):,}",
                rejected=f"{sum(one.rows_rejected for one in receipts):,}",
            )
        )
        for one in receipts:
            if one.status == "already_loaded":
                st.caption(t.md("data.already", file=one.file))
    if pending():
        waiting()
else:
    st.markdown(t("data.sample_only"))
    st.button(
        t("shell.start_mine"), type="primary", on_click=session.switch_workspace, args=("mine",),
        key="start-here",
    )  # fmt: skip

if names := ask(names_alike):
    st.subheader(t("data.names"), anchor=False)
    st.caption(t("data.names_help"))
    for number, one in enumerate(names[:10]):
        with st.container(horizontal=True, vertical_alignment="center", key=f"name-{number}"):
            st.markdown(
                t.md(
                    "data.merge_question",
                    kind=t(f"kind.{one.kind}"),
                    found=one.found,
                    suggestion=one.suggestion,
                    rows=one.rows,
                )
            )
            for decision in ("merge", "apart"):
                st.button(
                    t(f"data.{decision}"),
                    on_click=decide,
                    args=(store, one.kind, one.found, one.suggestion, decision),
                    kwargs={"by": session.user(), "at": session.now()},
                    key=f"{decision}-{one.kind}-{one.found}",
                )

if holds["opportunities"]:
    st.subheader(t("data.gaps"), anchor=False)
    gaps = {
        name: int(holds[name])
        for name in (
            *("without_owner", "without_account", "without_created_on"),
            *("open_without_amount", "closed_without_date", "other_currency"),
        )
        if holds[name]
    }
    if gaps:
        st.markdown(
            "\n".join(
                f"- {t(f'gap.{name}', count=n, currency=holds['currency'])}"
                for name, n in gaps.items()
            )
        )
    else:
        st.markdown(t("data.gap_none"))

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
