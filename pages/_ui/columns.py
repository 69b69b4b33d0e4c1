"""What a file is about, and which of its columns is which of ours."""

from dataclasses import replace

import streamlit as st

from data.contracts import CONTRACTS, Column
from data.formats import formats
from data.mapping import ACROSS, Mapping
from data.review import Review
from data.targets import proposal
from data.wiring import propose
from pages._ui.controls import select
from pages._ui.meanings import SAID
from pages._ui.notes import samples
from pages._ui.pending import Pending
from pages._ui.text import Text, plain

UNMAPPED_SHOWN = 40


def columns(name: str, each: Pending, t: Text) -> None:
    """Entity, format and a header for each column of the contract, required ones first."""
    assert each.review
    found = each.review
    mapping = found.recognition.mapping
    with st.grid(columns="auto", min_column_width=230, gap="small"):
        select(
            t("data.as_entity"),
            list(CONTRACTS),
            mapping.entity,
            lambda entity: each.map_as(_proposed(found, mapping.format, entity)),
            f"entity-{name}",
            format_func=lambda entity: t(f"entity.{entity}"),
        )
        select(
            t("data.as_format"),
            [one.name for one in formats().values() if mapping.entity in one.entities],
            mapping.format,
            lambda chosen: each.map_as(_proposed(found, chosen, mapping.entity)),
            f"format-{name}",
            format_func=lambda chosen: t(f"format.{chosen}"),
        )
    st.caption(t("data.columns_help"))
    if mapping.across:
        periods = t("list.comma").join(mapping.across)
        st.markdown(t.md("data.across", count=len(mapping.across), periods=periods))
    fields = [
        column
        for column in CONTRACTS[mapping.entity].mapped
        if not (mapping.across and column.name in ACROSS)
    ]
    with st.grid(columns="auto", min_column_width=230, gap="small"):
        for column in sorted(fields, key=lambda column: not column.required):
            with st.container(gap="xxsmall"):
                _field(name, each, column, t)
    if found.recognition.unmapped:
        _unmapped(found, t)


def _field(name: str, each: Pending, column: Column, t: Text) -> None:
    """The header that fills a column, with what stands in it, or a similar one."""
    assert each.review
    found = each.review
    mapping = found.recognition.mapping
    table, header = found.table, mapping.columns.get(column.name, "")
    select(
        t(f"field.{column.name}") + (" *" if column.required else ""),
        ["", *table.header],
        header,
        lambda chosen: each.map_as(with_header(found, column.name, chosen)),
        f"column-{name}-{mapping.entity}-{column.name}",
        format_func=lambda chosen: chosen or t("data.none"),
    )
    if header:
        st.caption(samples(table.rows, table.header.index(header)))
    elif similar := found.recognition.suggestions.get(column.name):
        st.button(
            t.md("data.similar", header=similar),
            type="tertiary",
            on_click=lambda: each.map_as(with_header(found, column.name, similar)),
            key=f"similar-{name}-{mapping.entity}-{column.name}",
        )
    elif column.name in mapping.constants:
        said = mapping.constants[column.name]
        known = said in SAID.get(column.name, ())
        st.caption(t.md("data.always", value=t(f"choice.{said}") if known else said))


def with_header(found: Review, column: str, header: str) -> Mapping:
    """The mapping with another header for a column, or none where ``header`` is empty."""
    mapping = found.recognition.mapping
    wired = {**mapping.columns, column: header}
    if not header:
        del wired[column]
    constants = {name: value for name, value in mapping.constants.items() if name != column}
    return replace(mapping.rewired(wired), constants=constants)


def _proposed(found: Review, format_name: str, entity: str) -> Mapping:
    wide = proposal(found.table) if entity == "targets" else None
    return wide.mapping if wide else propose(found.table, format_name, entity)


def _unmapped(found: Review, t: Text) -> None:
    """The headers that nothing is read from."""
    header = found.table.header
    names = [
        f"**{plain(name)}** {samples(found.table.rows, header.index(name), most=1)}"
        for name in found.recognition.unmapped
    ]
    more = len(names) - UNMAPPED_SHOWN
    shown = " · ".join(names[:UNMAPPED_SHOWN]) + (f" +{more}" if more > 0 else "")
    st.caption(f"{t('data.unmapped', count=len(names))} {shown}")
