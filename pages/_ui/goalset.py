"""Setting a goal: a total, how it is divided, and how likely everybody's part is."""

import pandas as pd
import streamlit as st

from analytics.attaining import chance_of, proposal_of
from analytics.cascade import METHODS
from analytics.cascading import can_divide, draft, propose, seasons_of
from analytics.desk import Desk
from analytics.feasibility import Proposed, word
from analytics.goalbook import Goal
from analytics.targets import MONEY, SHARES
from data.errors import SettingError
from pages._ui import session
from pages._ui.blocks import table, title
from pages._ui.goalwords import amount, chance, measure, whose
from pages._ui.text import Text


def show_setting(
    desk: Desk, kpi: str, tier: str, heading: st.delta_generator.DeltaGenerator, t: Text
) -> None:
    """The form for a new goal of the scope's team or the company, and what it would mean."""
    unit = _unit(desk)
    with st.spinner(t("goals.working"), show_time=True):
        aim = proposal_of(desk, kpi, tier, *unit)
    facts = {
        "kpi": measure(kpi, t),
        "tier": t(f"tier.{tier}"),
        "period": t.period(desk.scope.period),
        "unit": whose(*unit, t),
    }
    with heading:
        title(t("page.goals"), _suggestion(aim, kpi, facts, t))
    with st.container(border=True, key="goal-form"):
        st.markdown(f"##### {t.md('goalset.title', **facts)}")
        with st.grid(columns="auto", min_column_width=200, gap="small"):
            total = st.number_input(
                t("goalset.total_points" if kpi in SHARES else "goalset.total"),
                min_value=0.0,
                value=None,
                step=1.0,
                key=f"goal-total-{kpi}",
                placeholder=amount(aim.amount, kpi, t) if aim else "",
            )
            method, seasonal = "equal", True
            if can_divide(kpi):
                method = st.selectbox(
                    t("goalset.method"),
                    METHODS,
                    format_func=lambda one: t(f"goalset.method_{one}"),
                    key=f"goal-method-{t.language}",
                )
            effective = st.date_input(
                t("goalset.effective"), desk.scope.as_of, key="goal-effective", format="YYYY-MM-DD",
                help=t("goalset.effective_help"),
            )  # fmt: skip
            note = st.text_input(t("goalset.note"), key="goal-note")
        if can_divide(kpi):
            st.caption(t(f"goalset.help_{method}"))
            if desk.scope.period.kind in ("year", "quarter"):
                known = desk.ask(seasons_of, kpi)
                seasonal = st.toggle(t("goalset.seasonal"), value=known.taught, key="goal-seasonal")
                st.caption(
                    t(f"goalset.seasons_{'known' if known.taught else 'few'}", years=known.years)
                )
        if not total:
            st.caption(t("goalset.nothing_yet"))
            return
        try:
            goal = draft(desk, kpi, tier, total, method, seasonal, effective, note)
        except SettingError as error:
            nobody = error.facts["setting"] == "people"
            st.error(t("goalset.nobody" if nobody else "goalset.too_small"))
            return
        _preview(desk, goal, t)
        st.button(
            t("goalset.propose"), type="primary", key="goal-propose",
            on_click=_propose, args=(desk, goal),
        )  # fmt: skip


def _unit(desk: Desk) -> tuple[str, str]:
    return ("team", desk.scope.team) if desk.scope.team else ("company", "")


def _propose(desk: Desk, goal: Goal) -> None:
    propose(desk, goal, session.user(), session.now())
    st.session_state[f"goal-total-{goal.kpi}"] = None
    st.session_state["goal-note"] = ""


def _suggestion(aim: Proposed | None, kpi: str, facts: dict[str, str], t: Text) -> str:
    if aim is None:
        return t.md("goalset.no_proposal", **facts)
    return t.md(
        "goalset.proposal",
        amount=amount(aim.amount, kpi, t),
        range=t("unit.range", low=amount(aim.low, kpi, t), high=amount(aim.high, kpi, t)),
        aim=t.rate(aim.aim),
        **facts,
    )


def _preview(desk: Desk, goal: Goal, t: Text) -> None:
    kpi, total = goal.kpi, goal.value
    likely = chance_of(desk, kpi, goal.unit_kind, goal.unit, total)
    said = {"total": amount(total, kpi, t), "unit": whose(goal.unit_kind, goal.unit, t)}
    if pd.isna(likely):
        st.markdown(t.md("goalset.unknown", **said))
    else:
        made = t(f"goalword.{word(likely)}")
        st.markdown(t.md("goalset.judged", chance=t.chance(likely), word=made, **said))
    if goal.parts:
        parts_table(desk, goal, t)


def parts_table(desk: Desk, goal: Goal, t: Text) -> None:
    """Everybody's part with its chance, what that makes of it, and what would be proposed."""
    rows = []
    for part in goal.parts:
        likely = chance_of(desk, goal.kpi, "rep", part.rep, part.value)
        aim = proposal_of(desk, goal.kpi, goal.tier, "rep", part.rep)
        rows.append(
            {
                "rep": part.rep,
                "team": part.team or "–",
                "amount": amount(part.value, goal.kpi, t),
                "share": t.rate(goal.share(part)),
                "chance": chance(likely, t),
                "word": "–" if pd.isna(likely) else t(f"goalword.{word(likely)}"),
                "aim": t(
                    "unit.range",
                    low=amount(aim.low, goal.kpi, t),
                    high=amount(aim.high, goal.kpi, t),
                )
                if aim
                else t("goals.not_enough"),
                "touched": t("goalset.touched") if part.touched else "",
            }
        )
    columns = {
        "rep": t("column.rep"),
        "team": t("column.team"),
        "amount": t("goalset.part"),
        "share": t("goalset.share"),
        "chance": t("goals.p_hit"),
        "word": t("goalset.word"),
        "aim": t("goalset.aim"),
    }
    if any(row["touched"] for row in rows):
        columns["touched"] = t("goalset.note")
    table(
        pd.DataFrame(rows),
        columns,
        key=f"goal-parts-{goal.version}",
        right=("amount", "share", "chance", "aim"),
    )
    st.caption(
        t(
            "goalset.parts_caption",
            n=len(rows),
            total=amount(goal.divided, goal.kpi, t),
            money=t("goalset.cents" if goal.kpi in MONEY else "goalset.exact"),
        )
    )
