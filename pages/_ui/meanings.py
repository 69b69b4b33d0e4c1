"""What values mean: stages, the order of dates, decimal marks, currency, units, years."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from zoneinfo import available_timezones

import streamlit as st

from data.contracts import CONTRACTS, OUTCOMES
from data.mapping import Mapping
from data.outcomes import StageUse
from data.review import Review
from data.values import DATE_FORMS
from pages._ui import session
from pages._ui.controls import select
from pages._ui.notes import date_form, fiscal_start
from pages._ui.pending import Pending
from pages._ui.text import Text, plain

STAGES_ASKED = 40
CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD", "TWD", "AUD", "CAD", "CHF", "INR")
SCALES = {
    0.01: "cents", 1.0: "one", 1e3: "thousand", 1e4: "wan", 1e6: "million", 1e8: "yi",
}  # fmt: skip
"""What amounts may be counted in."""

SAID = {
    "unit_kind": ("rep", "team", "region", "company"),
    "kpi": ("revenue", "deals", "new_accounts"),
    "tier": ("base", "stretch", "challenge"),
    "period": ("year", "quarter", "month", "week"),
}
"""Columns whose value may hold for a whole file, and the values there are."""


def asked_stages(each: Pending) -> list[StageUse]:
    """The stages whose meaning a person decides, those nobody knew first, then the frequent."""
    assert each.review
    said = each.mapping.stages if each.mapping else {}
    uses = each.review.typed.stages if each.review.typed else ()
    asked = {use.key: use for use in uses if use.by_stage}
    return sorted(
        asked.values(), key=lambda use: (use.known and use.key not in said, -use.count, use.key)
    )


def stages(name: str, each: Pending, t: Text) -> None:
    """Won, lost, open or none of these, for each stage."""
    assert each.review
    mapping = each.review.recognition.mapping
    asked = asked_stages(each)
    unknown = [use for use in asked if not use.known]

    def mean(meanings: dict[str, str | None]) -> None:
        said = {**mapping.stages, **meanings}
        each.map_as(replace(mapping, stages={key: word for key, word in said.items() if word}))

    def mean_one(key: str, outcome: str | None) -> None:
        mean({key: outcome})

    st.caption(t("data.stages_help"))
    with st.grid(columns="auto", min_column_width=230, gap="small"):
        for use in asked[:STAGES_ASKED]:
            select(
                f"{plain(use.key)} ({use.count:,})",
                list(OUTCOMES),
                use.outcome if use.known else None,
                partial(mean_one, use.key),
                f"stage-{name}-{use.key}",
                format_func=lambda outcome: t(f"outcome.{outcome}"),
                index=None,
                placeholder=t("data.stage_unknown"),
            )
    if len(unknown) > 1:
        st.button(
            t("data.stages_open", count=len(unknown)),
            on_click=mean,
            args=({use.key: "open" for use in unknown},),
            key=f"stages-open-{name}",
        )
    if len(asked) > STAGES_ASKED:
        st.caption(t("data.stages_more", count=len(asked) - STAGES_ASKED))


def values(name: str, each: Pending, t: Text) -> None:
    """What the values of a file leave open, or might: asked only where it matters."""
    assert each.review
    found, mapping = each.review, each.review.recognition.mapping

    def say(column: str, table: str, value: object) -> None:
        said = {**getattr(mapping, table), column: value}
        if value is None:
            del said[column]
        changed: dict[str, Any] = {table: said}
        each.map_as(replace(mapping, **changed))

    with st.grid(columns="auto", min_column_width=230, gap="small"):
        _dates(name, found, say, t)
        _numbers(name, found, say, t)
        _clock(name, found, each, t)
        if mapping.entity == "targets":
            _targets(name, found, each, say, t)


def _dates(name: str, found: Review, say: Callable[..., None], t: Text) -> None:
    """The order of dates that can be read both ways, and what numbers mean that are dates."""
    mapping = found.recognition.mapping
    proved = found.typed.mapping.date_formats if found.typed else {}
    read = {column: form for column, form in proved.items() if "%" not in form}
    read |= _open(found, "date_order_ambiguous") | dict(mapping.date_formats)
    for column, form in read.items():
        select(
            t("values.dates", column=t(f"field.{column}")),
            list(DATE_FORMS),
            form,
            partial(say, column, "date_formats"),
            f"dates-{name}-{column}",
            format_func=lambda form: date_form(form, t),
            help=t("values.dates_help"),
        )


def _numbers(name: str, found: Review, say: Callable[..., None], t: Text) -> None:
    """Decimal marks that are open, what amounts are counted in, and their currency."""
    mapping = found.recognition.mapping
    for column, mark in (_open(found, "decimal_mark_ambiguous") | dict(mapping.decimals)).items():
        select(
            t("values.decimals", column=t(f"field.{column}")),
            [".", ","],
            mark,
            partial(say, column, "decimals"),
            f"decimals-{name}-{column}",
            format_func=lambda mark: "1,234.56" if mark == "." else "1.234,56",
        )
    for money in CONTRACTS[mapping.entity].mapped:
        if money.type == "money" and money.name in mapping.filled:
            scale = mapping.scales.get(money.name)
            select(
                t("values.scale", column=t(f"field.{money.name}")),
                [*(dict.fromkeys(SCALES) | dict.fromkeys([scale] if scale else []))],
                scale,
                partial(say, money.name, "scales"),
                f"scale-{name}-{money.name}",
                format_func=lambda scale: scale_name(scale, t),
                index=None,
                placeholder=t("values.scale_none"),
            )
    if CONTRACTS[mapping.entity].has("currency") and mapping.entity != "rates":
        _currency(name, found, say, t)


def _currency(name: str, found: Review, say: Callable[..., None], t: Text) -> None:
    read = found.typed.mapping.columns if found.typed else found.recognition.mapping.columns
    if "currency" in read:
        return
    said = found.recognition.mapping.constants.get("currency")
    select(
        t("values.currency"),
        [*dict.fromkeys((*CURRENCIES, said or "CNY"))],
        said,
        lambda code: say("currency", "constants", code and code.strip().upper()),
        f"currency-{name}",
        index=None,
        placeholder=t("values.currency_none"),
        accept_new_options=True,
        help=t("values.currency_help"),
    )


def _clock(name: str, found: Review, each: Pending, t: Text) -> None:
    """The clock to which times with an offset are moved."""
    mapping = found.recognition.mapping
    if not (mapping.time_zone or _open(found, "times_with_offset")):
        return
    near = dict.fromkeys(("", st.context.timezone or "UTC", "Asia/Shanghai", "UTC"))
    select(
        t("values.time_zone"),
        list(near | dict.fromkeys((*sorted(available_timezones()), mapping.time_zone))),
        mapping.time_zone,
        lambda zone: each.map_as(replace(mapping, time_zone=zone)),
        f"zone-{name}",
        format_func=lambda zone: zone or t("values.time_zone_none"),
    )


def _targets(name: str, found: Review, each: Pending, say: Callable[..., None], t: Text) -> None:
    """Year, beginning of the year, and what holds for a whole sheet of targets."""
    mapping = found.recognition.mapping
    this = session.today().year
    years = dict.fromkeys(("", *map(str, range(this - 3, this + 3)), mapping.year))
    select(
        t("values.year"),
        list(years | dict.fromkeys(found.recognition.unmapped)),
        mapping.year,
        lambda year: each.map_as(replace(mapping, year=year)),
        f"year-{name}",
        format_func=lambda year: year or t("values.year_none"),
        help=t("values.year_help"),
    )
    select(
        t("values.fiscal"),
        [*range(1, 13), *range(-10, 1)],
        mapping.fiscal_start,
        lambda month: each.map_as(replace(mapping, fiscal_start=month)),
        f"fiscal-{name}",
        format_func=lambda month: fiscal_start(month, t),
    )
    for column, there_are in SAID.items():
        if column in mapping.columns or (mapping.across and column == "period"):
            continue
        select(
            t(f"field.{column}"),
            list(there_are),
            mapping.constants.get(column),
            partial(say, column, "constants"),
            f"said-{name}-{column}",
            format_func=lambda value: t(f"choice.{value}"),
            index=None,
            placeholder=t("data.none_chosen"),
        )


def scale_name(scale: float, t: Text) -> str:
    return t(f"scale.{SCALES[scale]}") if scale in SCALES else f"{scale:,g}"


def _open(found: Review, code: str) -> dict[str, str]:
    """Columns that a caution speaks of, with how they were read."""
    return {each.column: each.value for each in found.cautions if each.code == code}


def has_values(found: Review) -> bool:
    """Whether anything about the values of a file may be asked at all."""
    mapping: Mapping = found.recognition.mapping
    open_ = {"date_order_ambiguous", "decimal_mark_ambiguous", "times_with_offset"}
    money = any(column.type == "money" for column in CONTRACTS[mapping.entity].mapped)
    said = mapping.date_formats or mapping.decimals or mapping.time_zone
    return bool(money or said or open_ & {each.code for each in found.cautions})
