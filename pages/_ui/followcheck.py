"""Check-ins: who is due, what there is to talk about, and closing the meeting."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics.checkins import RHYTHMS, CheckIn, Rhythm
from analytics.checkpoints import Point
from analytics.following import write_follow_up
from analytics.followups import NUMBERS, wanted
from analytics.meeting import check_ins, check_list, close_check_in, set_rhythm
from analytics.watching import newest_word as newest_risk
from analytics.workflow import people, teams
from pages._ui import session
from pages._ui.blocks import choice, drawer, table
from pages._ui.followform import DUE_IN
from pages._ui.follownew import about_of, number_names
from pages._ui.session import ask, ask_patiently
from pages._ui.text import Text, plain


def show_check_ins(due: pd.DataFrame, said: int, t: Text) -> None:
    """Who is due, and the check-in of the chosen person."""
    as_of = session.scope().as_of
    if due.empty:
        st.caption(t("checkin.nobody"))
    else:
        now = int((due["due_on"] <= as_of).sum())
        st.markdown(f"##### {t('checkin.finding', count=now, people=len(due))}")
        rows = pd.DataFrame(
            {
                "rep": due["rep"],
                "team": due["team"],
                "rhythm": [t(f"rhythm.{one}") for one in due["rhythm"]],
                "last": [f"{day}" if isinstance(day, date) else "–" for day in due["last_on"]],
                "due": [f"{day}" for day in due["due_on"]],
                "days": due["days"],
            }
        )
        names = {name: t(f"followcolumn.{name}") for name in rows}
        [row] = choice(rows, names, "checkin-list", "single-row-required", [0], ["days"]) or [0]
        st.caption(t("checkin.caption", as_of=as_of.isoformat()))
        _meeting(due["rep"].iloc[row], due["since"].iloc[row], said, t)
    _show_rhythms(t)
    _show_held(t)


def _meeting(rep: str, since: date, said: int, t: Text) -> None:
    as_of = session.scope().as_of
    found = ask_patiently(
        t("checkin.working"), check_list, rep, since, said, session.rules(),
        newest_risk(session.desk()),
    )  # fmt: skip
    with st.container(border=True, key="checkin-card"):
        st.markdown(f"##### {t.md('checkin.head', rep=rep, since=f'{since}', as_of=f'{as_of}')}")
        ticked = []
        st.caption(t("follow.mark"))
        for point in found:
            words = plain(point_words(point, t))
            label = f"**{words}**" if point.asks else words
            if st.checkbox(label, key=f"tick-{rep}-{since}-{point.key}-{t.language}"):
                ticked.append(point.key)
            if point.names:
                st.caption(plain(t("list.comma").join(point.names)))
        st.text_area(t("checkin.note"), key=f"checkin-note-{rep}", max_chars=2000)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input(t("checkin.action"), key=f"checkin-action-{rep}", max_chars=300)
            number = st.selectbox(
                t("follow.number"), NUMBERS, key=f"checkin-number-{rep}-{t.language}", width=260,
                format_func=number_names("rep", rep, t).__getitem__,
            )  # fmt: skip
            due_on = st.date_input(
                t("follow.due"), as_of + timedelta(days=DUE_IN), format="YYYY-MM-DD",
                key=f"checkin-due-{rep}", width=160,
            )  # fmt: skip
        st.button(
            t("checkin.close"), type="primary", key=f"checkin-close-{rep}",
            on_click=_close, args=(rep, since, tuple(ticked), number, due_on),
        )  # fmt: skip
        if box := drawer(t("follow.text"), f"checkin-text-{rep}"):
            with box:
                st.caption(t("follow.text_help"))
                st.code(message(rep, since, found, t), language=None, wrap_lines=True)


def point_words(point: Point, t: Text) -> str:
    """One line of the list."""
    facts: dict[str, Any] = dict(point.facts)
    for name in ("won_amount", "pipeline", "value", "target"):
        if name in facts:
            facts[name] = t.money(facts[name])
    if point.key == "pace":
        facts |= {"won": t.money(facts["won"])}
        facts |= {name: t.rate(facts[name]) for name in ("share", "elapsed")}
    return t(f"checkpoint.{point.key}", **facts)


def message(rep: str, since: date, found: tuple[Point, ...], t: Text) -> str:
    """The list as plain text, for a chat or a mail."""
    as_of = session.scope().as_of
    lines = [t("checkin.head", rep=rep, since=f"{since}", as_of=f"{as_of}")]
    for point in found:
        lines.append(f"- {point_words(point, t)}")
        if point.names:
            lines.append(f"  {t('list.comma').join(point.names)}")
    return "\n".join(lines)


def _close(rep: str, since: date, ticked: tuple[str, ...], number: str, due_on: date) -> None:
    state, desk = st.session_state, session.desk()
    by, at = session.user(), session.now()
    note = state.get(f"checkin-note-{rep}", "").strip()
    close_check_in(desk, CheckIn(rep, since, desk.scope.as_of, ticked, note, by, at))
    if action := state.get(f"checkin-action-{rep}", "").strip():
        write_follow_up(
            desk, about_of(number, "rep", rep), kind="suggestion", note=note, action=action,
            owner=rep, rep=rep, due_on=due_on, toward=wanted(number), by=by, at=at,
        )  # fmt: skip
    state[f"checkin-note-{rep}"] = state[f"checkin-action-{rep}"] = ""


def _show_rhythms(t: Text) -> None:
    """How often whom: everybody, a team, or one person."""
    if not (box := drawer(t("checkin.rhythms"), "checkin-rhythms")):
        return
    with box:
        st.caption(t("checkin.rhythms_help"))
        reps = ask(people)
        names = {("company", ""): t("checkin.everybody")}
        names |= {("team", name): name for name in ask(teams)}
        names |= {("rep", name): name for name in sorted(reps.loc[reps["active"], "rep"])}
        with st.container(horizontal=True, vertical_alignment="bottom"):
            who = st.selectbox(
                t("checkin.who"), list(names), format_func=names.__getitem__, width=260,
                key=f"rhythm-of-{t.language}",
            )  # fmt: skip
            rhythm: Rhythm = st.selectbox(
                t("checkin.rhythm"), RHYTHMS, format_func=lambda one: t(f"rhythm.{one}"),
                key=f"rhythm-{t.language}", width=180,
            )  # fmt: skip
            st.button(t("checkin.set"), key="rhythm-set", on_click=_set, args=(*who, rhythm))


def _set(unit_kind: str, unit: str, rhythm: Rhythm) -> None:
    set_rhythm(session.desk(), unit_kind, unit, rhythm, session.user(), session.now())


def _show_held(t: Text) -> None:
    """The check-ins that were held, the newest first."""
    held = check_ins(session.desk())
    if not held or not (box := drawer(t("checkin.held", count=len(held)), "checkin-held")):
        return
    with box:
        rows = pd.DataFrame(
            {
                "rep": [one.rep for one in held],
                "due": [f"{one.as_of}" for one in held],
                "points": [
                    t("list.comma").join(t(f"checkpointname.{key}") for key in one.ticked)
                    for one in held
                ],
                "note": [one.note for one in held],
                "by": [one.by for one in held],
            }
        )
        names = {name: t(f"followcolumn.{name}") for name in rows} | {"due": t("checkin.day")}
        table(rows, names, "checkin-held-table")
