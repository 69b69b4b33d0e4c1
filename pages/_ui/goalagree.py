"""Agreeing on a goal: changes asked for and answered, the difference named, versions."""

import pandas as pd
import streamlit as st

from analytics.cascading import (
    answer_change,
    approve,
    ask_change,
    changes_asked,
    settle,
    standing,
    versions_of,
    withdraw,
)
from analytics.desk import Desk
from analytics.goalbook import WAYS, Goal, Way
from data.errors import SettingError
from pages._ui import session
from pages._ui.blocks import drawer, table
from pages._ui.goalset import parts_table
from pages._ui.goalwords import amount, measure, whose
from pages._ui.text import Text


def show_agreed(desk: Desk, kpi: str, tier: str, t: Text) -> None:
    """The goal that stands for this measure, tier and period, then all others."""
    goals = standing(desk)
    unit = ("team", desk.scope.team) if desk.scope.team else ("company", "")
    for goal in goals:
        period = desk.scope.period
        same = (goal.period.kind, goal.period.start) == (period.kind, period.start)
        if same and (goal.kpi, goal.tier, goal.unit_kind, goal.unit) == (kpi, tier, *unit):
            _goal(desk, goal, t)
    if goals and (box := drawer(t("agree.all", count=len(goals)), "goals-all")):
        with box:
            _list(goals, t)


def _goal(desk: Desk, goal: Goal, t: Text) -> None:
    asked = changes_asked(desk, goal)
    with st.container(border=True, key="goal-standing"):
        st.markdown(
            t.md(
                f"agree.{goal.state}",
                unit=whose(goal.unit_kind, goal.unit, t),
                kpi=measure(goal.kpi, t),
                tier=t(f"tier.{goal.tier}"),
                period=t.period(goal.period),
                total=amount(goal.value, goal.kpi, t),
                by=goal.by,
                at=f"{goal.at:%Y-%m-%d}",
                day=goal.effective_on,
                note=goal.note or "–",
            )
        )
        _difference(desk, goal, t)
        with st.container(horizontal=True):
            if goal.state == "proposed":
                st.button(
                    t("agree.approve"), type="primary", key="goal-approve",
                    on_click=_approve, args=(desk, goal),
                )  # fmt: skip
            st.button(
                t(f"agree.drop_{goal.state}"), key="goal-withdraw",
                on_click=_withdraw, args=(desk, goal),
            )  # fmt: skip
        waiting = asked[asked["verdict"] == "proposed"]
        for row in waiting.itertuples():
            _wish(desk, goal, row, t)
        if goal.parts:
            parts_table(desk, goal, t)
            _ask(desk, goal, t)
        answered = asked[asked["verdict"] != "proposed"]
        if len(answered) and (box := drawer(t("agree.answered", count=len(answered)), "answered")):
            with box:
                _answered(answered, goal, t)
        if box := drawer(t("agree.versions"), "goal-versions"):
            with box:
                _versions(desk, goal, t)


def _difference(desk: Desk, goal: Goal, t: Text) -> None:
    more = goal.difference
    if not more:
        return
    size = amount(abs(goal.excess), goal.kpi, t)
    sort = "more" if more > 0 else "less"
    facts = {"difference": size, "unit": whose(goal.unit_kind, goal.unit, t)}
    if goal.settled == "reserve":
        st.info(t.md(f"agree.kept_{sort}", **facts))
        return
    st.warning(t.md(f"agree.{sort}", **facts))
    with st.container(horizontal=True):
        for way in WAYS:
            st.button(
                t(f"agree.way_{way}"), key=f"goal-{way}", help=t(f"agree.help_{way}_{sort}"),
                on_click=_settle, args=(desk, goal, way),
            )  # fmt: skip


def _wish(desk: Desk, goal: Goal, row, t: Text) -> None:
    with st.container(border=True):
        st.markdown(
            t.md(
                "agree.wish",
                by=row.by,
                rep=row.rep,
                before=amount(row.before, goal.kpi, t),
                after=amount(row.after, goal.kpi, t),
                comment=row.comment,
            )
        )
        with st.container(horizontal=True):
            for verdict in ("approved", "declined"):
                st.button(
                    t(f"agree.answer_{verdict}"), key=f"wish-{row.entry}-{verdict}",
                    on_click=_answer, args=(desk, row.entry, verdict),
                )  # fmt: skip


def _ask(desk: Desk, goal: Goal, t: Text) -> None:
    if not (box := drawer(t("agree.ask"), "goal-ask")):
        return
    with box:
        names = [part.rep for part in goal.parts]
        with st.grid(columns="auto", min_column_width=200, gap="small"):
            rep = st.selectbox(t("column.rep"), names, key="change-rep")
            part = next(part for part in goal.parts if part.rep == rep)
            wanted = st.number_input(
                t("agree.instead", amount=amount(part.value, goal.kpi, t)),
                min_value=0.0, value=part.value, step=1.0, key=f"change-{rep}",
            )  # fmt: skip
            why = st.text_input(t("agree.comment"), key="change-why")
        if st.button(t("agree.send"), key="change-send"):
            try:
                ask_change(desk, goal, rep, wanted, why, session.user(), session.now())
            except SettingError as error:
                st.error(t(f"agree.refused_{error.facts['setting']}"))
            else:
                st.rerun()


def _list(goals: list[Goal], t: Text) -> None:
    rows = [
        {
            "unit": whose(goal.unit_kind, goal.unit, t),
            "kpi": measure(goal.kpi, t),
            "tier": t(f"tier.{goal.tier}"),
            "period": t.period(goal.period),
            "total": amount(goal.value, goal.kpi, t),
            "state": t(f"goalstate.{goal.state}"),
            "day": f"{goal.effective_on}",
            "by": goal.by,
        }
        for goal in goals
    ]
    columns = {
        "unit": t("goals.column_unit"),
        "kpi": t("goals.kpi"),
        "tier": t("goals.tier"),
        "period": t("shell.period"),
        "total": t("column.target"),
        "state": t("agree.state"),
        "day": t("goalset.effective"),
        "by": t("agree.by"),
    }
    table(pd.DataFrame(rows), columns, key="goals-all-table", right=("total",))


def _answered(rows: pd.DataFrame, goal: Goal, t: Text) -> None:
    table(
        rows.assign(
            before=[amount(one, goal.kpi, t) for one in rows["before"]],
            after=[amount(one, goal.kpi, t) for one in rows["after"]],
            verdict=[t(f"goalstate.{one}") for one in rows["verdict"]],
        ),
        {
            "rep": t("column.rep"),
            "before": t("agree.before"),
            "after": t("agree.after"),
            "comment": t("agree.comment"),
            "by": t("agree.by"),
            "verdict": t("agree.state"),
            "answered_by": t("agree.answered_by"),
        },
        key="answered-table",
        right=("before", "after"),
    )


def _versions(desk: Desk, goal: Goal, t: Text) -> None:
    versions = versions_of(desk, goal)
    table(
        pd.DataFrame(
            [
                {
                    "at": f"{one.at:%Y-%m-%d %H:%M}",
                    "by": one.by,
                    "state": t(f"goalstate.{one.state}"),
                    "total": amount(one.value, one.kpi, t),
                    "difference": amount(one.excess, one.kpi, t, signed=True),
                    "settled": t(f"goalstate.{one.settled}") if one.settled else "–",
                    "day": f"{one.effective_on}",
                    "note": one.note,
                }
                for one in versions
            ]
        ),
        {
            "at": t("agree.at"),
            "by": t("agree.by"),
            "state": t("agree.state"),
            "total": t("column.target"),
            "difference": t("agree.difference"),
            "settled": t("agree.settled"),
            "day": t("goalset.effective"),
            "note": t("goalset.note"),
        },
        key="goal-versions-table",
        right=("total", "difference"),
    )


def _approve(desk: Desk, goal: Goal) -> None:
    approve(desk, goal, session.user(), session.now())


def _withdraw(desk: Desk, goal: Goal) -> None:
    withdraw(desk, goal, session.user(), session.now())


def _settle(desk: Desk, goal: Goal, way: Way) -> None:
    settle(desk, goal, way, session.user(), session.now())


def _answer(desk: Desk, entry: int, verdict: str) -> None:
    if verdict == "approved":
        answer_change(desk, entry, "approved", session.user(), session.now())
    else:
        answer_change(desk, entry, "declined", session.user(), session.now())
