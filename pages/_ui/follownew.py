"""A new follow-up about a number of one's choice."""

import streamlit as st

from analytics.followups import NUMBERS, OF_PERIOD, About, UnitKind
from analytics.workflow import marts, open_items, people, teams
from pages._ui import session
from pages._ui.followform import fields
from pages._ui.followwords import number_words
from pages._ui.session import ask
from pages._ui.text import Text

UNIT_KINDS: tuple[UnitKind, ...] = ("rep", "team", "company", "opportunity")

LISTED = 2000
"""Opportunities that can be chosen from, the most valuable first."""


def about_of(number: str, kind: UnitKind, unit: str, name: str = "") -> About:
    """A number of a unit, of the scope's period where it belongs to one."""
    if number not in OF_PERIOD:
        return About(number, kind, unit, name)
    period = session.scope().period
    return About(number, kind, unit, name, period.kind, period.start.isoformat())


def number_names(kind: UnitKind, unit: str, t: Text) -> dict[str, str]:
    """The numbers of a unit in words."""
    return {number: number_words(about_of(number, kind, unit), t) for number in NUMBERS}


def new_follow_up(t: Text) -> None:
    """Choose whose number and which, and write down what was agreed."""
    language = t.language
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            t("follow.unit_kind"), UNIT_KINDS, key=f"follow-kind-{language}", width=180,
            format_func=lambda one: t(f"followunit.{one}"),
        )  # fmt: skip
        if kind == "opportunity":
            found = _opportunity(t)
        else:
            unit = ""
            if kind != "company":
                reps = ask(people)
                units = sorted(reps.loc[reps["active"], "rep"]) if kind == "rep" else ask(teams)
                unit = st.selectbox(t("follow.unit"), units, key=f"follow-{kind}", width=240) or ""
                if not unit:
                    return
            names = number_names(kind, unit, t)
            number = st.selectbox(
                t("follow.number"), NUMBERS, key=f"follow-number-{language}", width=280,
                format_func=names.__getitem__,
            )  # fmt: skip
            found = about_of(number, kind, unit)
    if found is None:
        st.caption(t("follow.no_open"))
        return
    fields(found, t, "follow-new-one", rep=found.unit if kind == "rep" else _owner(found))


def _opportunity(t: Text) -> About | None:
    items = ask(open_items).nlargest(LISTED, "value")
    if items.empty:
        return None
    names = dict(zip(items["opportunity_id"], items["name"], strict=True))
    chosen = st.selectbox(
        t("follow.opportunity"), list(names), key="follow-deal", width=360,
        format_func=lambda one: f"{names[one]} ({one})" if names[one] != one else one,
    )  # fmt: skip
    return About("deal", "opportunity", chosen, names[chosen])


def _owner(found: About) -> str:
    if found.unit_kind != "opportunity":
        return ""
    items = ask(marts)["open_items"]
    owner = items.loc[items["opportunity_id"] == found.unit, "rep"].dropna()
    return owner.iloc[0] if len(owner) else ""
