"""What may go wrong: how much of it, which comes first, and what was put aside."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from analytics.abilities import drifting
from analytics.company_flags import in_question
from analytics.flags import KINDS, THRESHOLDS, by_subject
from analytics.following import follow_ups
from analytics.followups import FollowUp
from analytics.watching import handed_over, untold, wake
from analytics.workflow import people
from pages._ui import session
from pages._ui.bars import amount_bars
from pages._ui.blocks import choice, drawer, picture
from pages._ui.controls import select
from pages._ui.riskcard import show_card
from pages._ui.riskwords import kinds_words, name_words
from pages._ui.session import ask, ask_patiently
from pages._ui.text import Text

SHOWN = 100
"""Rows of the list; kind and person narrow it down."""

ROOM = 1.45
"""Width of the picture over that of its longest bar."""

COLUMNS = ("severity", "name", "kinds", "rep", "since", "stake", "said")
ABOUT = ("ranked", "overdue", "stalled", "slipped", "silent", "grown", "people", "hanging")


def risk_finding(rows: pd.DataFrame, items: pd.DataFrame, t: Text) -> str:
    """The page in one sentence (markdown); ``rows`` are those of ``flags.by_subject``."""
    if rows.empty:
        return t.md("risks.none", open=len(items), people=len(ask(people)))
    deals = rows[rows["subject_kind"] == "opportunity"]
    severe = deals[deals["severity"] == "severe"]
    beside = int((rows["severity"] == "severe").sum()) - len(severe)
    if severe.empty:
        watch = int((deals["severity"] == "watch").sum())
        said = [t.md("risks.no_severe", watch=watch, open=len(items))]
    else:
        said = [
            t.md(
                "risks.severe",
                count=len(severe),
                open=len(items),
                stake=t.money(severe["stake"].sum()),
                expected=t.money(items["expected"].sum()),
                name=name_words(severe.iloc[0], t),
            )
        ]
    if beside:
        said.append(t.md("risks.severe_beside", count=beside))
    return t("list.space").join(said)


def show_risks(found: pd.DataFrame, items: pd.DataFrame, said: int, t: Text) -> None:
    """The picture, the list, the card of the chosen one, and what was put aside."""
    pending = found[found["state"] != "snoozed"]
    if items["expected"].notna().any():
        _picture(pending, items, said, t)
    elif len(pending):
        st.info(t("risks.no_stake"))
    if len(pending):
        _list(pending, said, t)
    _aside(found[found["state"] == "snoozed"], t)
    _drift(t)
    _about(t)


def _picture(pending: pd.DataFrame, items: pd.DataFrame, said: int, t: Text) -> None:
    """Expected revenue in question by kind."""
    stakes = in_question(pending, items)
    if stakes.empty:
        return
    pending = pending[pending["kind"].isin(stakes.index) & pending["stake"].notna()]
    counts = pending.groupby("kind").size()
    severe = pending[pending["severity"] == "severe"].groupby("kind").size()
    order = stakes.sort_values(ascending=False, kind="stable").index
    facts = [
        {
            "kind": t(f"risk.{kind}"),
            "count": int(counts[kind]),
            "stake": t.money(stakes[kind]),
            "severe": int(severe.get(kind, 0)),
        }
        for kind in order
    ]

    def draw() -> go.Figure:
        figure = amount_bars(
            [t("risks.bar", **each) for each in facts],
            [float(stakes[kind]) for kind in order],
            [t("risks.bar_hover", **each) for each in facts],
            t,
            marked={row for row, each in enumerate(facts) if each["severe"]},
        )
        # On a phone names leave little room, and an amount must not be cut off.
        return figure.update_xaxes(range=[0, ROOM * float(stakes.max())])

    picture(
        draw,
        t("risks.picture", **facts[0]),
        t("risks.caption", count=len(by_subject(pending)), as_of=session.scope().as_of),
        key="risk-kinds",
        of=(session.rules(), said, len(pending)),
    )


def _list(pending: pd.DataFrame, said: int, t: Text) -> None:
    st.subheader(t("risks.list"), anchor=False)
    rows = by_subject(_narrowed(pending, t))
    if rows.empty:
        st.caption(t("risks.nothing_left"))
        return
    shown = rows.head(SHOWN)
    agreed = agreements(shown)
    picked = choice(
        pd.DataFrame(
            {
                "severity": [t(f"riskweight.{one}") for one in shown["severity"]],
                "name": [name_words(row, t) for _, row in shown.iterrows()],
                "kinds": [kinds_words(kinds, t) for kinds in shown["kinds"]],
                "rep": shown["rep"].replace("", "–"),
                "since": shown["since"].dt.strftime("%Y-%m-%d").fillna("–"),
                "stake": shown["stake"].map(t.money),
                "said": [_agreed(row, agreed, t) for _, row in shown.iterrows()],
            }
        ),
        {name: t(f"risks.column_{name}") for name in COLUMNS},
        key="risk-list",
        mode="single-row-required",
        first=[0],
        right=("stake",),
    )
    words = [t("risks.first_rows", shown=SHOWN, count=len(rows))] if len(rows) > SHOWN else []
    part, much = t.rate(THRESHOLDS.severe_share), t.rate(THRESHOLDS.severe_part)
    st.caption(t("list.space").join([t("risks.ranking", part=part, much=much), *words]))
    chosen = shown.iloc[picked[0] if picked else 0]
    of = pending[
        (pending["subject_kind"] == chosen["subject_kind"])
        & (pending["subject"] == chosen["subject"])
    ]
    show_card(chosen, of, agreed.get((chosen["subject_kind"], chosen["subject"])), t)


def _narrowed(pending: pd.DataFrame, t: Text) -> pd.DataFrame:
    """The flags of the kind and the person that were chosen."""
    state, there = st.session_state, pending["kind"].value_counts()
    kinds = ("", *(kind for kind in KINDS if kind in there.index))
    reps = ("", *sorted(set(pending["rep"]) - {""}))
    kind = state.get("risk-kind") if state.get("risk-kind") in kinds else ""
    rep = state.get("risk-rep") if state.get("risk-rep") in reps else ""
    with st.container(horizontal=True):
        select(
            t("risks.filter_kind"), kinds, kind, lambda one: state.update({"risk-kind": one}),
            "risk-kind", width=260,
            format_func=lambda one: t("risks.bar", kind=t(f"risk.{one}"), count=int(there[one]))
            if one else t("risks.all_kinds"),
        )  # fmt: skip
        select(
            t("risks.filter_rep"), reps, rep, lambda one: state.update({"risk-rep": one}),
            "risk-rep", width=260, format_func=lambda one: one or t("risks.all_people"),
        )  # fmt: skip
    if kind:
        # All signals of what has this one: that is what it is weighed by.
        has = pending.loc[pending["kind"] == kind, ["subject_kind", "subject"]]
        pending = pending.merge(has.drop_duplicates(), on=["subject_kind", "subject"])
    return pending[pending["rep"] == rep] if rep else pending


Agreed = dict[str, Any]


def agreements(rows: pd.DataFrame) -> dict[tuple[str, str], Agreed]:
    """What was agreed on these subjects: the open follow-up that is due first, who looked for an
    owner."""
    keys = list(zip(rows["subject_kind"], rows["subject"], strict=True))
    found: dict[tuple[str, str], Agreed] = {}
    open_ones: Sequence[FollowUp] = follow_ups(session.desk())
    for one in open_ones:
        key = (str(one.about.unit_kind), one.about.unit)
        if one.state in ("open", "acknowledged"):
            found.setdefault(key, {}).setdefault("follow_up", one)
    for key, handed in handed_over(session.desk(), keys).items():
        found.setdefault(key, {})["handed"] = handed
    return found


def _agreed(row: pd.Series, agreed: dict[tuple[str, str], Agreed], t: Text) -> str:
    said = agreed.get((row["subject_kind"], row["subject"]), {})
    if "follow_up" in said:
        return t("risks.follow_up_short", due=f"{said['follow_up'].due_on}")
    if "handed" in said:
        return t("risks.handed_short", day=f"{said['handed']['at']:%Y-%m-%d}")
    return ""


def _aside(rows: pd.DataFrame, t: Text) -> None:
    if rows.empty or not (box := drawer(t("risks.aside", count=len(rows)), "risks-aside")):
        return
    with box:
        st.caption(t("risks.aside_help"))
        picked = choice(
            pd.DataFrame(
                {
                    "name": [name_words(row, t) for _, row in rows.iterrows()],
                    "kinds": [t(f"risk.{kind}") for kind in rows["kind"]],
                    "stake": rows["stake"].map(t.money),
                    "until": rows["until"],
                    "why": rows["why"],
                    "by": rows["by"],
                }
            ),
            {
                **{name: t(f"risks.column_{name}") for name in ("name", "kinds", "stake")},
                **{name: t(f"risks.aside_{name}") for name in ("until", "why", "by")},
            },
            key="aside-list",
            mode="multi-row",
            right=("stake",),
        )
        st.button(
            t("risks.wake", count=len(picked)),
            on_click=lambda: wake(
                session.desk(), rows.iloc[picked], session.user(), session.now()
            ),
            disabled=not picked,
            key="wake-risks",
        )  # fmt: skip


def _drift(t: Text) -> None:
    """Whose win rate has fallen is looked for when somebody asks: it takes a model."""
    if not (box := drawer(t("risks.drift"), "risks-drift")):
        return
    with box:
        st.caption(t("risks.drift_help"))
        if not session.desk().knows(drifting):
            if not st.button(t("risks.drift_do"), key="look-for-drift"):
                return
            ask_patiently(t("risks.drift_working"), drifting)
            st.rerun()
        tested = ask(drifting)
        fell = tested[tested["flagged"].astype(bool) & (tested["late"] < tested["early"])]
        if fell.empty:
            st.markdown(t.md("risks.drift_none", tested=len(tested)))
        else:
            st.markdown(t.md("risks.drift_found", count=len(fell)))


def _about(t: Text) -> None:
    if missing := ask(untold):
        st.subheader(t("risks.untold", count=len(missing)), anchor=False)
        words = [t.md(f"riskuntold.{name}", count=count) for name, count in missing.items()]
        st.caption("\n".join(f"- {word}" for word in words))
    if box := drawer(t("risks.about"), "risks-about"):
        with box:
            st.markdown("\n".join(f"- {t.md(f'riskabout.{name}')}" for name in ABOUT))
