"""What was agreed: the finding, the list, and the card of the chosen one."""

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.aftermath import Outcome
from analytics.following import people_to_act, say_of, unit_flow
from analytics.followups import ACTIVITY_DAYS, ENDS, RATE_DAYS, FollowUp, Measure, Word
from analytics.spans import FLOWS, course
from pages._ui import session
from pages._ui.blocks import choice, drawer, picture, tiles
from pages._ui.charts import BLUE, GREY, looked, round_ticks
from pages._ui.followwords import (
    about_words,
    amount,
    measure_words,
    message,
    outcome_words,
    short_outcome,
    unit_words,
)
from pages._ui.session import ask
from pages._ui.text import Text, plain

WEEKS = 52
"""Weeks in the picture of a number."""


def finding(
    found: Sequence[FollowUp],
    after: Mapping[str, Outcome],
    late: pd.DataFrame,
    meetings: pd.DataFrame,
    t: Text,
) -> str:
    """What is late, what waits, and what came of what was closed (markdown)."""
    ours = late[late["source"] == "follow_up"]
    tasks = len(late) - len(ours)
    due = int((meetings["due_on"] <= session.scope().as_of).sum())
    parts = []
    if not found:
        parts.append(t("follow.finding_none"))
    else:
        waits = sum(one.waits for one in found)
        still = sum(one.is_open for one in found)
        parts.append(t("follow.finding_open", count=still, late=len(ours), waits=waits))
        closed = [after[one.id] for one in found if not one.is_open]
        if closed:
            moved = sum(each.as_agreed is True for each in closed)
            clear = sum(each.as_agreed is True and each.verdict == "beyond" for each in closed)
            parts.append(t("follow.finding_closed", count=len(closed), moved=moved, clear=clear))
    if tasks:
        parts.append(t("follow.finding_tasks", count=tasks))
    if due:
        parts.append(t("follow.finding_checkins", count=due))
    return plain(t("list.space").join(parts))


def show_list(found: Sequence[FollowUp], after: Mapping[str, Outcome], t: Text) -> None:
    """The list, and the card of the one that is chosen in it."""
    if not found:
        st.caption(t("follow.none_yet"))
        return
    as_of = session.scope().as_of
    rows = pd.DataFrame(
        {
            "due": [one.due_on.isoformat() for one in found],
            "about": [about_words(one.about, t) for one in found],
            "since": [short_outcome(one, after[one.id], t) for one in found],
            "state": [state_words(one, one.days_over(as_of), t) for one in found],
            "owner": [one.owner for one in found],
            "agreed": [one.action or one.note for one in found],
        }
    )
    names = {name: t(f"followcolumn.{name}") for name in rows}
    [row] = choice(rows, names, "follow-list", "single-row-required", first=[0]) or [0]
    show_card(found[row], after[found[row].id], t)


def state_words(one: FollowUp, days: int, t: Text) -> str:
    """How it stands, and how late it is."""
    said = t(f"followstate.{one.state}")
    return t("follow.late", state=said, days=days) if days else said


def show_card(one: FollowUp, found: Outcome, t: Text) -> None:
    """One follow-up: what was said, the number then and now, and what to do about it."""
    with st.container(border=True, key="follow-card"):
        st.markdown(f"##### {plain(about_words(one.about, t))}")
        kind, day = t(f"followkind.{one.kind}"), one.as_of_then.isoformat()
        st.caption(t.md("follow.written_by", kind=kind, by=one.by, day=day))
        if one.note:
            st.markdown(plain(one.note))
        if one.action:
            st.markdown(
                t.md("follow.agreed", action=one.action, owner=one.owner, due=f"{one.due_on}")
            )
        end = one.about.number if one.about.number in ENDS else ""
        tiles(
            [
                {
                    "label": t("follow.then", day=one.as_of_then.isoformat()),
                    "value": _headline(one, found.then, t),
                    "definition": t(f"followmeaning.{one.about.number}"),
                },
                {
                    "label": t("follow.now", day=session.scope().as_of.isoformat()),
                    "value": _headline(one, found.now, t),
                    "definition": t(f"followmeaning.{one.about.number}"),
                },
                {
                    "label": t(f"follow.the_{end}") if end else t("follow.toward"),
                    "value": t(f"followtoward.{end or one.toward}"),
                    "definition": t("follow.toward_help"),
                    "compared": short_outcome(one, found, t),
                },
            ]
        )
        for sentence in outcome_words(one, found, t):
            st.markdown(plain(sentence))
        if one.about.number in FLOWS or one.about.number == "win_rate":
            _show_course(one, t)
        for word, by, at, note in one.words:
            key = "noted" if note else "said"
            facts = {"word": t(f"followword.{word}"), "by": by, "at": f"{at:%Y-%m-%d %H:%M}"}
            st.caption(t.md(f"follow.{key}", note=note, **facts))
        _actions(one, t)
        if box := drawer(t("follow.text"), f"follow-text-{one.id}"):
            with box:
                st.caption(t("follow.text_help"))
                st.code(message(one, found, t), language=None, wrap_lines=True)


def _headline(one: FollowUp, found: Measure, t: Text) -> str:
    if one.about.number == "flag":
        return measure_words(one.about, found, t)
    if one.about.number == "deal":
        if not found.outcome:
            return t("follow.unknown")
        return f"{t(f'followdeal.{found.outcome}')} · {t.money(found.value)}"
    return amount(one.about.number, found.value, t)


def _actions(one: FollowUp, t: Text) -> None:
    """Who speaks, a note, and at most three words to say."""
    names = tuple(dict.fromkeys([one.rep or one.owner, session.user(), *ask(people_to_act)]))
    words: tuple[Word, ...] = ("reopen", "comment")
    if one.is_open:
        words = ("done", "drop", "comment") if one.seen else ("acknowledge", "done", "drop")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.selectbox(t("follow.speaks"), names, key=f"follow-as-{one.id}", width=200,
                     help=t("follow.speaks_help"))  # fmt: skip
        st.text_input(t("follow.word_note"), key=f"follow-note-{one.id}", max_chars=500)
    with st.container(horizontal=True):
        for number, word in enumerate(words):
            st.button(
                t(f"followsay.{word}"),
                key=f"follow-{word}-{one.id}",
                type="secondary" if number else "primary",
                on_click=_say,
                args=(one.id, word),
            )


def _say(name: str, word: Word) -> None:
    state = st.session_state
    note = state.get(f"follow-note-{name}", "")
    say_of(session.desk(), name, word, note, state[f"follow-as-{name}"], session.now())
    state[f"follow-note-{name}"] = ""


def _show_course(one: FollowUp, t: Text) -> None:
    number = one.about.number
    days = RATE_DAYS if number == "win_rate" else ACTIVITY_DAYS
    flow = ask(unit_flow, one.about.unit_kind, one.about.unit)
    rows = course(flow, number, session.scope().as_of, days, WEEKS)
    rows = rows[rows["value"].notna()]
    if len(rows) < 2:
        return
    speed = "revenue" if number == "attainment" else number
    picture(
        lambda: course_line(rows, speed, one, t),
        t(f"follow.course_{speed}", unit=unit_words(one.about, t)),
        t("follow.course_caption", n=int(rows["n"].iloc[-1]), days=days,
          as_of=session.scope().as_of.isoformat()),
        "follow-course",
        one,
    )  # fmt: skip


def course_line(rows: pd.DataFrame, number: str, one: FollowUp, t: Text) -> go.Figure:
    """A number week by week, with the day on which it was talked about."""
    days = [f"{day:%Y-%m-%d}" for day in rows["day"]]
    values = rows["value"].tolist()
    hover = [
        t("follow.course_hover", day=day, value=amount(number, value, t), n=int(n))
        for day, value, n in zip(days, values, rows["n"], strict=True)
    ]
    figure = go.Figure(
        go.Scatter(
            x=days, y=values, mode="lines", line={"color": BLUE, "width": 2},
            hovertext=hover, hoverinfo="text",
        )
    )  # fmt: skip
    figure.add_vline(x=one.as_of_then.isoformat(), line_width=2, line_dash="dot", line_color=GREY)
    figure.add_annotation(
        x=one.as_of_then.isoformat(), y=1, yref="paper", text=t("follow.talked"), showarrow=False,
        xanchor="right", yanchor="top", xshift=-4,
    )  # fmt: skip
    ticks = round_ticks(max(values), min(0.0, *values))
    figure.update_yaxes(tickvals=ticks, ticktext=[amount(number, tick, t) for tick in ticks])
    figure.update_xaxes(type="date", nticks=5, tickformat="%Y-%m", showgrid=False)
    return looked(figure, 220, left=60)
