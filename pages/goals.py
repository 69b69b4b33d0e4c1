"""Goals: are we on course, how likely are the targets, and setting new ones."""

from datetime import date

import streamlit as st

from analytics.aiming import measures_known, period_choices
from analytics.scope import Period
from analytics.targets import TIERS
from analytics.workflow import coverage
from pages._ui import session
from pages._ui.blocks import empty, title
from pages._ui.controls import select
from pages._ui.goalagree import show_agreed
from pages._ui.goalcheck import show_checks
from pages._ui.goalcourse import show_course
from pages._ui.goalset import show_setting
from pages._ui.goalwords import kept, measure
from pages._ui.session import ask

VIEWS = ("course", "set", "check")

t = session.text()
state = st.session_state

if not ask(coverage)["opportunities"]:
    title(t("page.goals"), t("goals.question"))
    empty(t("goals.needed"))
    st.stop()


def named(period: Period) -> str:
    return f"{period.kind}|{period.start}"


def chosen_period() -> Period:
    """The period that was chosen on this page, as long as the scope's has not changed."""
    scope = session.scope()
    at = state.get("goal_period", "")
    if not at or state.get("goal_period_of") != named(scope.period):
        return scope.period
    kind, start = at.split("|")
    return Period.containing(date.fromisoformat(start), kind, scope.period.first_month)


def keep_period(value: str) -> None:
    state["goal_period"], state["goal_period_of"] = value, named(session.scope().period)


kpis = ask(measures_known)
kpi = state.get("goal_kpi", "revenue")
kpi = kpi if kpi in kpis else "revenue"
tier = state.get("goal_tier", "base")
period = chosen_period()
choices = {named(one): one for one in (*ask(period_choices), session.scope().period, period)}
desk = session.desk().at(period=period)

heading = st.container()
with st.container(horizontal=True, key="goal-choice"):
    select(
        t("goals.kpi"), kpis, kpi, lambda value: kept("goal_kpi", value), "goal-kpi",
        format_func=lambda one: measure(one, t),
    )  # fmt: skip
    select(
        t("goals.tier"), TIERS, tier, lambda value: kept("goal_tier", value), "goal-tier",
        format_func=lambda one: t(f"tier.{one}"),
    )  # fmt: skip
    select(
        t("shell.period"), list(choices), named(period), keep_period, "goal-period",
        format_func=lambda one: t.period(choices[one]),
    )  # fmt: skip

view = state.get("goal_view", "course")
key = f"goal-view-{t.language}"
state[key] = view
st.segmented_control(
    t("goals.view"),
    VIEWS,
    format_func=lambda one: t(f"goals.view_{one}"),
    required=True,
    label_visibility="collapsed",
    key=key,
    on_change=lambda: kept("goal_view", state[key]),
)

if view == "course":
    show_course(desk, kpi, tier, heading, t)
elif view == "set":
    show_setting(desk, kpi, tier, heading, t)
    show_agreed(desk, kpi, tier, t)
else:
    show_checks(desk, heading, t)
