"""Deciding: the card of a move, what its buttons write down, and what stands decided."""

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics.allocation import Move
from analytics.exports import owner_changes
from analytics.ownership import Handover
from data.log import record_decision
from pages._ui import session
from pages._ui.blocks import table
from pages._ui.text import Text


def decide(
    verdict: str,
    item: str,
    from_rep: str,
    to_rep: str,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Write one decision down, with the note that stands on the page."""
    record_decision(
        session.warehouse(),
        verdict=verdict,
        item=item,
        from_rep=from_rep,
        to_rep=to_rep,
        note=st.session_state.get("note", ""),
        by=session.user(),
        at=session.now(),
        as_of=session.scope().as_of,
        facts=facts or {},
    )


def decide_one(*decision: Any) -> None:
    """``decide``, and clear the note for the next one."""
    decide(*decision)
    st.session_state["note"] = ""


def decide_all(verdict: str, proposals: Iterable[Move | Handover]) -> None:
    for one in proposals:
        facts = claim(one) if isinstance(one, Move) else {"fact": one.fact}
        decide(verdict, str(one.item), one.from_rep, one.to_rep, facts)
    st.session_state["note"] = ""


def claim(move: Move) -> dict[str, object]:
    """What the move promised when it was decided, to be checked against what happened."""
    return {
        "gain": move.gain,
        "gain_low": move.gain_low,
        "gain_high": move.gain_high,
        "p_gain": move.p_gain,
        "p_from": move.p_from.mean,
        "p_to": move.p_to.mean,
        "value": move.value,
        "switching": move.switching,
    }


def move_card(
    move: Move, item: pd.Series, by: str, standing: Mapping[str, Any] | None, t: Text
) -> None:
    """One move: who gives what to whom, what it gains, why, and the decision."""
    with st.container(border=True, key=f"move-{move.item}"):
        name, account = item["name"], item["account"]
        known = pd.isna(account) or account in name
        title = t.md(
            "move.title",
            giver=move.from_rep,
            taker=move.to_rep,
            name=name if known else f"{name} · {account}",
        )
        gain = t.md(
            "move.gain",
            gain=t.money(move.gain, signed=True),
            range=t.money_range(move.gain_low, move.gain_high),
            chance=t.chance(move.p_gain),
            value=t.money(move.value),
        )
        # One piece of text for all: the browser pays for every element at every rerun.
        st.markdown(f"{title}\n\n{gain}")
        st.caption(
            "\n\n".join(
                reason_words(reason.code, reason.facts, move, item, by, t)
                for reason in move.reasons
            )
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if standing:
                st.markdown(
                    t.md(
                        f"move.standing_{standing['verdict']}",
                        taker=standing["to_rep"],
                        note=standing["note"] or "–",
                    )
                )
                st.button(
                    t("decided.undo"),
                    on_click=decide_one,
                    args=("undo", move.item, move.from_rep, move.to_rep),
                    key=f"undo-{move.item}",
                )
            else:
                for verdict in ("accept", "decline"):
                    st.button(
                        t(f"move.{verdict}"),
                        type="primary" if verdict == "accept" else "secondary",
                        on_click=decide_one,
                        args=(verdict, move.item, move.from_rep, move.to_rep, claim(move)),
                        key=f"{verdict}-{move.item}",
                    )


def reason_words(
    code: str, facts: Mapping[str, Any], move: Move, item: pd.Series, by: str, t: Text
) -> str:
    """A reason of the plan as a sentence (markdown)."""
    if code == "wins_more":
        segment = item[by] if by and pd.notna(item[by]) else t("move.such")
        return t.md(
            "reason.wins_more",
            taker=move.to_rep,
            giver=move.from_rep,
            segment=segment,
            rate_to=t.estimate(move.p_to.mean, move.p_to.low, move.p_to.high),
            rate_from=t.estimate(move.p_from.mean, move.p_from.low, move.p_from.high),
            n_to=move.p_to.n,
            n_from=move.p_from.n,
        )
    if code == "hand_over_cost":
        kind = "customer" if item["customer"] else "new"
        return t.md(f"reason.hand_over_{kind}", cost=t.money(facts["cost"]))
    return t.md(
        f"reason.{code}",
        taker=move.to_rep,
        load=facts["load"],
        capacity=f"{facts['capacity']:.0f}",
    )


def show_decided(decided: pd.DataFrame, t: Text) -> None:
    """What stands decided, the files to take to the CRM, and the way to take a decision back."""
    st.subheader(t("decided.title"), anchor=False)
    if decided.empty:
        st.caption(t("decided.none"))
        return
    table(
        decided.assign(
            verdict=decided["verdict"].map(lambda verdict: t(f"decision.{verdict}")),
            decided_at=decided["decided_at"].map(lambda at: f"{at:%Y-%m-%d %H:%M}"),
            from_rep=decided["from_rep"].replace("", "–"),
        ),
        {
            "name": t("facts.opportunity"),
            "account": t("facts.account"),
            "from_rep": t("facts.from"),
            "to_rep": t("facts.to"),
            "verdict": t("facts.decision"),
            "note": t("decided.note"),
            "decided_at": t("decided.at"),
        },
        key="decided-table",
    )
    accepted = decided[decided["verdict"] == "accept"].reset_index()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, rollback in (("changes", False), ("rollback", True)):
            st.download_button(
                t(f"decided.{name}", count=len(accepted)),
                data=owner_changes(accepted, rollback=rollback),
                file_name=f"owner_{name}_{session.scope().as_of}.csv",
                mime="text/csv",
                disabled=accepted.empty,
                on_click="ignore",
                key=f"download-{name}",
            )
        item = st.selectbox(
            t("decided.choose"),
            list(decided.index),
            format_func=lambda item: f"{decided.at[item, 'name']} → {decided.at[item, 'to_rep']}",
            key="undo-item",
            width=320,
        )
        st.button(
            t("decided.undo"),
            on_click=decide_one,
            args=("undo", item, decided.at[item, "from_rep"], decided.at[item, "to_rep"]),
            key="undo-decision",
        )
    st.caption(t("decided.help"))
