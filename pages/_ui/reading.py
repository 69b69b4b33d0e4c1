"""How a file is read: encoding, delimiter, header row, sheet; its first rows as they come out."""

from functools import partial

import pandas as pd
import streamlit as st

from pages._ui.controls import select, several
from pages._ui.pending import Pending
from pages._ui.text import Text

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "big5", "cp1252", "shift_jis", "euc_kr")
DELIMITERS = (",", ";", "\t", "|")
ROWS_SHOWN = 8
LINES_SHOWN = 200


def reading(name: str, each: Pending, t: Text) -> None:
    """What was found out about the reading of a file, changeable, with what comes of it."""
    assert each.review
    table, said = each.review.table, each.reading
    with st.grid(columns="auto", min_column_width=200, gap="small"):
        if table.container in ("csv", "html"):
            encoding = said.get("encoding") or table.encoding
            select(
                t("reading.encoding"),
                list(dict.fromkeys((*ENCODINGS, encoding))),
                encoding,
                partial(each.read_as, "encoding"),
                f"encoding-{name}",
                format_func=str.upper,
            )
        if table.container == "csv":
            delimiter = said.get("delimiter") or table.delimiter
            select(
                t("reading.delimiter"),
                list(dict.fromkeys((*DELIMITERS, delimiter))),
                delimiter,
                partial(each.read_as, "delimiter"),
                f"delimiter-{name}",
                format_func=lambda sign: delimiter_name(sign, t),
            )
        elif table.other_sheets:
            select(
                t("reading.sheet"),
                sorted((table.sheet, *table.other_sheets)),
                table.sheet,
                partial(each.read_as, "sheet"),
                f"sheet-{name}",
            )
        _header_row(name, each, t)
        if table.grouped or said.get("fill_down"):
            several(
                t("reading.fill_down"),
                table.header,
                list(said.get("fill_down", ())),
                partial(each.read_as, "fill_down"),
                f"fill-{name}",
                help=t("reading.fill_down_help"),
                placeholder=t("data.none_chosen"),
            )
    st.caption(t("reading.preview", count=len(table.rows)))
    rows = pd.DataFrame(table.rows[:ROWS_SHOWN], columns=list(table.header), dtype=object)
    rows.index = pd.Index(table.row_numbers[:ROWS_SHOWN], name=t("upload.row_no"))
    st.dataframe(rows, key=f"rows-{name}")
    if table.furniture:
        st.caption(t("reading.furniture", count=len(table.furniture)))
        lines = pd.DataFrame(
            {
                t("upload.row_no"): [line.row_no for line in table.furniture],
                t("reading.kind"): [t(f"furniture.{line.kind}") for line in table.furniture],
                t("reading.text"): [line.text for line in table.furniture],
            }
        )
        st.dataframe(lines.head(LINES_SHOWN), hide_index=True, key=f"furniture-{name}")


def _header_row(name: str, each: Pending, t: Text) -> None:
    assert each.review
    key = f"header-{name}"
    row = each.reading.get("header_row")
    st.session_state[key] = each.review.table.header_row if row is None else row
    st.number_input(
        t("reading.header_row"),
        min_value=0,
        step=1,
        key=key,
        help=t("reading.header_row_help"),
        on_change=lambda: each.read_as("header_row", st.session_state[key]),
    )


def delimiter_name(sign: str, t: Text) -> str:
    """A delimiter that can be seen."""
    return t("reading.tab") if sign == "\t" else sign
