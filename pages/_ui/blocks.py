"""Pieces every page is built of: the finding, a picture with its caption, tiles, a table."""

import zlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages._ui import charts, session
from pages._ui.text import Text, plain


def title(heading: str, finding: str) -> None:
    """The page's name, and under it the one sentence to take away (markdown)."""
    st.title(heading, anchor=False)
    st.markdown(finding)


def picture(
    draw: Callable[[], go.Figure | str],
    finding: str,
    caption: str,
    key: str,
    of: Hashable = None,
) -> None:
    """A chart, or a page of HTML, under its finding, with what it is over beneath.

    It is drawn once for the scope and ``of``, which names what else it depends on. ``finding``
    and ``caption`` are plain text.
    """

    def drawn() -> go.Figure | str:
        made = draw()
        return made if isinstance(made, str) else finished(made, session.is_dark())

    st.markdown(f"##### {plain(finding)}")
    made = session.keep(key, drawn, of)
    if isinstance(made, str):
        st.html(made)
    else:
        st.plotly_chart(made, theme=None, config=charts.CONFIG, key=key, alt=finding)
    st.caption(plain(caption))


def finished(figure: go.Figure, dark: bool) -> go.Figure:
    """The figure in the theme of the page, such that the browser draws it once.

    Streamlit hands Plotly each figure twice: before the width is known, and after. Plotly draws
    nothing the second time if the data has a revision that stays and no template comes along.
    """
    figure.layout.template = None
    font = {"family": st.get_option("theme.font"), "size": 12, "color": charts.INK[dark]}
    axis = {"gridcolor": charts.FAINT}
    box = {"bgcolor": charts.PAPER[dark], "bordercolor": charts.FAINT, "font": font}
    return figure.update_layout(
        font=font,
        xaxis=axis,
        yaxis=axis,
        hoverlabel=box,
        datarevision=zlib.crc32(figure.to_json().encode()),
    )


def tiles(entries: Sequence[Mapping[str, Any]]) -> None:
    """KPI tiles in one row: label, value, comparison, and the definition on hover."""
    with st.grid(columns=len(entries), min_column_width=160, gap="small"):
        for entry in entries:
            st.metric(
                entry["label"],
                entry["value"],
                delta=entry.get("compared"),
                delta_color="off",
                delta_arrow="off",
                help=entry["definition"],
                border=True,
            )


def table(
    rows: pd.DataFrame, headings: Mapping[str, str], key: str, right: Sequence[str] = ()
) -> None:
    """A table of the columns named in ``headings``, in that order.

    ``right`` names columns of figures written as text, which align like numbers.
    """
    st.dataframe(
        rows[list(headings)], hide_index=True, column_config=_columns(headings, right), key=key
    )


def choice(
    rows: pd.DataFrame,
    headings: Mapping[str, str],
    key: str,
    mode: Literal["single-row-required", "multi-row"],
    first: Sequence[int] = (),
    right: Sequence[str] = (),
) -> list[int]:
    """A ``table`` to choose rows in: the numbers of those chosen, at the start ``first``."""
    state = st.dataframe(
        rows[list(headings)],
        hide_index=True,
        column_config=_columns(headings, right),
        key=key,
        on_select="rerun",
        selection_mode=mode,
        selection_default={"selection": {"rows": list(first)}},
    )
    # A choice outlives the rows it was made in.
    return [row for row in state["selection"]["rows"] if row < len(rows)]


def _columns(headings: Mapping[str, str], right: Sequence[str]) -> dict[str, Any]:
    return {
        name: st.column_config.Column(
            heading, alignment="right" if name in right else None, width=None
        )
        for name, heading in headings.items()
    }


def drawer(label: str, key: str) -> st.delta_generator.DeltaGenerator | None:
    """A closed part of the page whose content is made only while it is open; None when closed."""
    box = st.expander(label, key=key, on_change="rerun")
    return box if box.open else None


def empty(needed: str) -> None:
    """What file the page needs, and the way there."""
    t = session.text()
    with st.container(border=True, key="empty"):
        st.markdown(plain(needed))
        with st.container(horizontal=True):
            if st.button(t("empty.upload"), type="primary", key="go-upload"):
                st.switch_page(session.page("imports"))
            st.button(t("empty.sample"), on_click=session.switch_workspace, args=("sample",))


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
"""Streamlit's own words in an uploader, which no setting translates."""


def uploader_words(t: Text) -> None:
    """Let the uploaders of the page speak the reader's language."""
    st.html(UPLOADER.format(choose=t("data.choose_files")))
