"""One file that waits: what it was taken for, what loading it would do, and how to mend it."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from analytics.exports import csv_bytes
from data.errors import UnknownLayoutError
from data.ingest import Receipt
from data.recognise import KNOWN, SURE
from data.review import Review
from pages._ui.columns import columns
from pages._ui.controls import panels
from pages._ui.meanings import asked_stages, has_values, stages, values
from pages._ui.notes import bullets, cautions, evidence, problem
from pages._ui.pending import Pending, remove
from pages._ui.reading import reading
from pages._ui.text import Text, plain

REJECTIONS_SHOWN = 50

Panel = Callable[[str, Pending, Text], None]


def card(name: str, each: Pending, receipt: Receipt | None, t: Text) -> None:
    """A file in three lines, and one row of what can be looked at and changed.

    ``receipt`` says what loading it would do, where that was counted.
    """
    with st.container(border=True, key=f"file-{name}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(_taken_for(each, t), width="stretch")
            if each.is_ready:
                _choice(name, each, t)
            st.button(
                t("data.remove"), on_click=remove, args=(name,), type="tertiary",
                key=f"remove-{name}",
            )  # fmt: skip
        found = each.review
        if each.error:
            st.error(problem(each.error, t))
        if not found:
            return
        if found.problem:
            st.warning(problem(found.problem, t))
        elif found.typed and not len(found.typed.frame):
            st.warning(t("data.all_refused"))
        st.caption(_counts(found, receipt, t))
        if told := cautions(found, t):
            st.markdown(bullets(told))
        _panels(name, each, receipt, t)


def _taken_for(each: Pending, t: Text) -> str:
    """What the file is read as, and how sure that is (markdown)."""
    found = each.review
    if not found or isinstance(found.problem, UnknownLayoutError):
        return f"**{plain(each.file)}**"
    known = found.recognition
    facts = {
        "file": each.file,
        "entity": t(f"entity.{known.entity}"),
        "format": t(f"format.{known.format}"),
    }
    if each.mapping:
        return t.md("data.taken_changed", **facts)
    if known.saved:
        return t.md("data.taken_saved", **facts)
    sure = (
        "sure" if known.confidence >= SURE else "likely" if known.confidence > KNOWN else "unsure"
    )
    confidence = t(f"data.{sure}", share=t.rate(known.confidence))
    return t.md("data.taken_for", confidence=confidence, **facts)


def _choice(name: str, each: Pending, t: Text) -> None:
    """Whether the file is among those that are loaded."""
    key = f"wanted-{name}"
    st.session_state[key] = each.is_wanted

    def keep() -> None:
        each.is_wanted = st.session_state[key]

    st.checkbox(t("data.wanted"), key=key, on_change=keep)


def _counts(found: Review, receipt: Receipt | None, t: Text) -> str:
    """What loading the file would do, and how it was read (markdown)."""
    parts = []
    if found.large:
        parts.append(t("data.counted_while_loading", megabytes=found.large.size // 1_000_000))
    elif receipt and receipt.status == "already_loaded":
        parts.append(t("data.already"))
    elif receipt:
        parts.append(
            t(
                "data.counts",
                new=receipt.rows_new,
                changed=receipt.rows_changed,
                same=receipt.rows_same,
                rejected=receipt.rows_rejected,
            )
        )
    else:
        parts.append(t("data.rows", count=len(found.table.rows)))
    if receipt:
        parts.append(t("data.state_of", day=receipt.as_of.isoformat()))
    said = evidence(found, t)
    return " · ".join(plain(part) for part in (*parts, said) if part)


def _panels(name: str, each: Pending, receipt: Receipt | None, t: Text) -> None:
    """One row of what can be changed, the values in its words; one of them open."""
    assert each.review
    found, table = each.review, each.review.table
    shown: dict[str, tuple[str, Panel]] = {}
    how = (table.encoding or table.container).upper()
    shown["reading"] = (t("panel.reading", how=how, row=table.header_row), reading)
    used = len({*found.recognition.mapping.columns.values(), *found.recognition.mapping.across})
    shown["columns"] = (t("panel.columns", used=used, count=len(table.header)), columns)
    if asked := asked_stages(each):
        unknown = sum(not use.known for use in asked)
        label = t("panel.stages_unknown", count=unknown) if unknown else t("panel.stages")
        shown["stages"] = (label, stages)
    if has_values(found):
        shown["values"] = (t("panel.values"), values)
    if each.is_ready:
        shown["export"] = (
            t("panel.export"),
            lambda name, each, t: _export(name, each, receipt, t),
        )
    if found.typed and found.typed.rejections:
        count = len(found.typed.rejections)
        shown["refused"] = (t("panel.refused", count=count), _refused)

    def turn_to(panel: str | None) -> None:
        each.panel = panel

    labels = {panel: label for panel, (label, _) in shown.items()}
    panels(t("data.panels"), labels, each.panel, turn_to, f"panel-{name}")
    if each.panel in shown:
        shown[each.panel][1](name, each, t)


def _export(name: str, each: Pending, receipt: Receipt | None, t: Text) -> None:
    """The day the export shows, and whether it has every record there is."""
    day, full = f"day-{name}", f"full-{name}"
    st.session_state[day] = each.day or (receipt.as_of if receipt else None)
    st.session_state[full] = each.is_full

    def keep() -> None:
        each.day = st.session_state[day]
        each.is_full = st.session_state[full]

    st.date_input(
        t("data.day"), value=None, key=day, on_change=keep, format="YYYY-MM-DD",
        help=t("data.day_help"), width=260,
    )  # fmt: skip
    st.checkbox(t("data.full"), key=full, on_change=keep, help=t("data.full_help"))


def _refused(name: str, each: Pending, t: Text) -> None:
    """What cannot be taken: line, column, value and reason, to look at and to download."""
    assert each.review
    assert each.review.typed
    refused = each.review.typed.rejections
    headings = [t(f"upload.{column}") for column in ("row_no", "record", "column", "value", "rule")]
    rows = [
        (
            one.row_no,
            one.record,
            t(f"field.{one.column}") if one.column else "",
            one.value,
            t(f"rule.{one.rule}"),
        )
        for one in refused
    ]
    st.caption(t("data.refused_help", shown=min(len(rows), REJECTIONS_SHOWN), count=len(rows)))
    st.dataframe(
        pd.DataFrame(rows[:REJECTIONS_SHOWN], columns=headings),
        hide_index=True,
        key=f"refused-{name}",
    )
    st.download_button(
        t("data.rejected_download", count=len(rows)),
        data=lambda: csv_bytes(headings, rows),
        file_name=f"rejected_{each.file.replace('/', '_')}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"refused-file-{name}",
    )
