"""Files that were chosen and are not loaded yet: what they were taken for, and how to mend it."""

from collections.abc import Mapping as Pairs
from dataclasses import dataclass, replace

import pandas as pd
import streamlit as st

from analytics.exports import csv_bytes
from data.contracts import CONTRACTS, OUTCOMES
from data.errors import UnknownLayoutError, UserError
from data.ingest import Review, review
from data.mapping import Mapping
from data.recognise import propose
from data.values import DATE_ORDERS
from pages._ui import session
from pages._ui.text import Text

REJECTIONS_SHOWN = 20
STAGES_ASKED = 30


@dataclass
class Pending:
    """A chosen file, with what is known of it or why it cannot be read."""

    file: str
    content: bytes
    review: Review | None = None
    error: UserError | None = None

    def look(self, mapping: Mapping | None = None) -> None:
        """Read the file, by ``mapping`` where a person has decided."""
        try:
            self.review = review(self.content, self.file, session.warehouse(), mapping)
            self.error = None
        except UserError as error:
            self.error = error
            if self.review is None:
                self.content = b""  # never readable: not worth the memory of the session


def pending() -> dict[str, Pending]:
    """The files of this session that wait, by a name for each."""
    return st.session_state.setdefault("pending", {})


def remove(name: str) -> None:
    del pending()[name]


def ready() -> list[tuple[str, Review]]:
    """Name and review of every file that can be loaded as it is."""
    return [
        (each.file, each.review)
        for each in pending().values()
        if each.error is None and each.review is not None and each.review.typed is not None
    ]


def show(name: str, each: Pending, t: Text) -> None:
    """One file: what it was taken for, and everything about it that can be changed."""
    with st.container(border=True, key=f"file-{name}"):
        if each.error:
            st.error(_problem(each.error, t))
        if each.error or each.review is None or each.review.problem:
            st.button(t("data.remove"), on_click=remove, args=(name,), key=f"remove-{name}")
        if each.review is None:
            return
        found = each.review
        st.markdown(_taken_for(each.file, found, t))
        _facts(found, t)
        if found.problem:
            st.warning(_problem(found.problem, t))
        for caution in found.cautions:
            st.caption(
                t.md(f"caution.{caution.code}", column=caution.column, value=caution.value),
            )
        wanted = _mapping(name, found, t)
        if wanted != found.recognition.mapping:
            each.look(wanted)
            st.rerun()
        if found.typed:
            _rejections(name, each.file, found, t)
        if found.table.furniture:
            with st.expander(t("data.furniture")):
                for line in found.table.furniture:
                    st.text(f"{line.row_no}: {line.text}")


def _taken_for(file: str, found: Review, t: Text) -> str:
    """What the file is read as, and how sure that is (markdown)."""
    if isinstance(found.problem, UnknownLayoutError):
        return t.md("data.not_known", file=file)
    return t.md(
        "data.taken_saved" if found.recognition.saved else "data.taken_for",
        file=file,
        entity=t(f"entity.{found.recognition.entity}"),
        format=t(f"format.{found.recognition.format}"),
        confidence=t.rate(found.recognition.confidence),
    )


def _problem(problem: UserError, t: Text) -> str:
    """Why the file cannot be taken, with our codes in the reader's words (markdown)."""
    facts = dict(problem.facts)
    if "found" in facts:
        facts["found"] = t(f"found.{facts['found']}")
    if "missing" in facts:
        names = str(facts["missing"]).split(", ")
        facts["missing"] = t("list.comma").join(t(f"field.{column}") for column in names)
        facts["entity"] = t(f"entity.{facts['entity']}")
    return t.md(problem.code, **facts)


def _facts(found: Review, t: Text) -> None:
    table = found.table
    st.caption(
        t.md(
            "data.facts_text" if table.container == "csv" else "data.facts_book",
            rows=len(table.rows),
            encoding=table.encoding,
            delimiter={"\t": "Tab"}.get(table.delimiter, table.delimiter),
            container=table.container.upper(),
            sheet=table.sheet,
            header_row=table.header_row,
            furniture=len(table.furniture),
        )
    )


def _mapping(name: str, found: Review, t: Text) -> Mapping:
    """The mapping as the controls of this file say it."""
    mapping = found.recognition.mapping
    with st.expander(t("data.columns"), expanded=found.problem is not None):
        st.caption(t("data.columns_help"))
        entity = st.selectbox(
            t("data.as_entity"),
            list(CONTRACTS),
            index=list(CONTRACTS).index(mapping.entity),
            format_func=lambda entity: t(f"entity.{entity}"),
            key=f"{t.language}-entity-{name}-{mapping.entity}",
        )
        if entity != mapping.entity:
            return propose(found.table, mapping.format, entity)
        columns = _columns(name, found, mapping, t)
    stages = dict(mapping.stages) | _stages(name, found, t)
    return replace(
        mapping, columns=columns, stages=stages, date_formats=_dates(name, found, mapping, t)
    )


def _columns(name: str, found: Review, mapping: Mapping, t: Text) -> dict[str, str]:
    """Contract column to the header chosen for it, with a value of the column as an example."""
    examples = {"": t("data.none")}
    for index, header in enumerate(found.table.header):
        example = next((row[index] for row in found.table.rows if row[index].strip()), "")
        examples[header] = f"{header} · {example[:24]}" if example else header
    chosen = {}
    with st.grid(columns="auto", min_column_width=230, gap="small"):
        for column in CONTRACTS[mapping.entity].mapped:
            header = st.selectbox(
                t(f"field.{column.name}") + (" *" if column.required else ""),
                list(examples),
                index=list(examples).index(mapping.columns.get(column.name, "")),
                format_func=examples.__getitem__,
                key=f"{t.language}-column-{name}-{mapping.entity}-{column.name}",
            )
            if header:
                chosen[column.name] = header
    return chosen


def _stages(name: str, found: Review, t: Text) -> dict[str, str]:
    """What a person says that stages mean; those nobody knows are asked for first."""
    uses = [use for use in (found.typed.stages if found.typed else ()) if use.by_stage]
    names = {use.stage: use for use in sorted(uses, key=lambda use: (use.known, -use.count))}
    if not names:
        return {}
    unknown = any(not use.known for use in names.values())
    said: dict[str, str] = {}
    with st.expander(t("data.stages"), expanded=unknown):
        st.caption(t("data.stages_help"))
        with st.grid(columns="auto", min_column_width=230, gap="small"):
            for stage, use in list(names.items())[:STAGES_ASKED]:
                outcome = st.selectbox(
                    f"{stage} ({use.count})",
                    OUTCOMES,
                    index=OUTCOMES.index(use.outcome),
                    format_func=lambda outcome: t(f"outcome.{outcome}"),
                    key=f"{t.language}-stage-{name}-{stage}",
                )
                if outcome != use.outcome:
                    said[stage] = outcome
    return said


def _dates(name: str, found: Review, mapping: Mapping, t: Text) -> Pairs[str, str]:
    """The order of dates that can be read both ways, as a person says."""
    orders = dict(mapping.date_formats)
    for caution in found.cautions:
        if caution.code == "date_order_ambiguous":
            order = st.selectbox(
                f"{t('data.dates')}: {t(f'field.{caution.column}')}",
                list(DATE_ORDERS),
                index=list(DATE_ORDERS).index(caution.value),
                format_func=lambda order: t(f"dates.{_order_key(order)}"),
                help=t("data.dates_help"),
                key=f"{t.language}-dates-{name}-{caution.column}",
            )
            if order != caution.value:
                orders[caution.column] = order
    return orders


def _order_key(order: str) -> str:
    return "".join(sign for sign in order.lower() if sign.isalpha())


def _rejections(name: str, file: str, found: Review, t: Text) -> None:
    rejected = found.typed.rejections if found.typed else ()
    if not rejected:
        return
    rows = pd.DataFrame(rejected)
    headings = [t(f"upload.{column}") for column in ("row_no", "column", "value", "rule")]
    worded = rows.assign(
        column=[t(f"field.{column}") if column else "" for column in rows["column"]],
        rule=[t(f"rule.{rule}") for rule in rows["rule"]],
    )
    st.markdown(t("data.rejected", count=len(rows)))
    shown = worded.head(REJECTIONS_SHOWN).set_axis(headings, axis=1)
    st.dataframe(shown, hide_index=True, key=f"rejected-{name}")
    st.download_button(
        t("data.rejected_download", count=len(rows)),
        data=lambda: csv_bytes(headings, worded.itertuples(index=False, name=None)),
        file_name=f"rejected_{file}.csv",
        mime="text/csv",
        on_click="ignore",
        key=f"rejected-file-{name}",
    )
