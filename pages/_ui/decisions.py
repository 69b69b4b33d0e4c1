"""Deciding: the moves and the one being read, what its buttons write down, what stands."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from analytics.allocation import Move
from analytics.exports import owner_changes
from analytics.ownership import Handover
from analytics.plans import carried_out
from data.log import record_decision
from pages._ui import session
from pages._ui.blocks import choice, drawer
from pages._ui.chance import easier_than_recorded
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


def decide_all(verdict: str, proposals: Iterable[Move | Handover]) -> None:
    """Decide on all of these, and clear the note for the next decision."""
    for one in proposals:
        facts = claim(one) if isinstance(one, Move) else {"fact": one.fact}
        decide(verdict, str(one.item), one.from_rep, one.to_rep, facts)
    st.session_state["note"] = ""


def decide_move(verdict: str, move: Move, then: int) -> None:
    """Decide on the move being read, and go on to the one in row ``then``."""
    decide_all(verdict, [move])
    st.session_state["moves"] = {"selection": {"rows": [then]}}


def take_back(decided: pd.DataFrame) -> None:
    """Undo these standing decisions."""
    for row in decided.itertuples():
        decide("undo", row.Index, row.from_rep, row.to_rep)
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


def verdicts(decided: pd.DataFrame, t: Text) -> dict[str, str]:
    """What stands decided, in words, by the id of the opportunity."""
    return {
        row.Index: f"{t(f'decision.{row.verdict}')} → {row.to_rep}" for row in decided.itertuples()
    }


def decide_moves(
    moves: Sequence[Move], items: pd.DataFrame, decided: pd.DataFrame, by: str, t: Text
) -> None:
    """Every move in a table, and the one chosen there with its reasons and its decision.

    ``items`` and ``decided`` are the open opportunities and standing decisions by their id;
    ``by`` is the attribute that win rates were estimated by.
    """
    undecided = [row for row, move in enumerate(moves) if move.item not in decided.index]
    st.subheader(t("reallocate.decide"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        counted = t("reallocate.undecided", open=len(undecided), moves=len(moves))
        st.caption(f"{counted}\n\n{t('reallocate.single')}", width="stretch")
        if undecided:
            st.button(
                t("reallocate.accept_all", count=len(undecided)),
                on_click=decide_all,
                args=("accept", [moves[row] for row in undecided]),
                key="accept-all",
            )
    words = verdicts(decided, t)
    names = [_name(items.loc[move.item]) for move in moves]
    chosen = choice(
        pd.DataFrame(
            {
                "from": [move.from_rep for move in moves],
                "to": [move.to_rep for move in moves],
                "opportunity": names,
                "gain": [
                    f"{t.money(move.gain, signed=True)} · {_range(move, t)}" for move in moves
                ],
                "chance": [t.chance(move.p_gain) for move in moves],
                "decision": [words.get(str(move.item), t("move.undecided")) for move in moves],
            }
        ),
        {
            "from": t("facts.from"),
            "to": t("facts.to"),
            "opportunity": t("facts.opportunity"),
            "gain": t("move.gain_range"),
            "chance": t("move.chance"),
            "decision": t("facts.decision"),
        },
        key="moves",
        mode="single-row-required",
        first=undecided[:1],
        right=("gain", "chance"),
    )
    row = chosen[0] if chosen else 0
    others = [other for other in undecided if other != row]
    then = next((other for other in others if other > row), others[0] if others else row)
    move = moves[row]
    standing = decided.loc[[move.item]] if move.item in decided.index else None
    move_card(move, items.loc[move.item], by, standing, then, t)


def move_card(
    move: Move, item: pd.Series, by: str, standing: pd.DataFrame | None, then: int, t: Text
) -> None:
    """One move: who gives what to whom, what it gains, why, and the decision.

    ``standing`` is the row of its decision; ``then`` the row of the move to decide on next.
    """
    with st.container(border=True, key="move"):
        title = t.md("move.title", giver=move.from_rep, taker=move.to_rep, name=_name(item))
        gain = t.md(
            "move.gain",
            gain=t.money(move.gain, signed=True),
            range=_range(move, t),
            chance=t.chance(move.p_gain),
            value=t.money(move.value),
        )
        # One piece of text for all: the browser pays for every element at every rerun.
        st.markdown(f"{title}\n\n{gain}")
        reasons = [
            reason_words(reason.code, reason.facts, move, item, by, t) for reason in move.reasons
        ]
        if points := round(100 * easier_than_recorded(move)):
            reasons.append(t.md("move.pointless", taker=move.to_rep, points=points))
        st.caption("\n\n".join(reasons))
        with st.container(horizontal=True, vertical_alignment="center"):
            if standing is not None:
                [decision] = standing.itertuples()
                st.markdown(
                    t.md(
                        f"move.standing_{decision.verdict}",
                        taker=decision.to_rep,
                        note=decision.note or "–",
                    )
                )
                st.button(
                    t("decided.undo"),
                    on_click=take_back,
                    args=(standing,),
                    key=f"undo-{move.item}",
                )
                return
            st.text_input(
                t("decided.note"),
                key="note",
                placeholder=t("move.note"),
                label_visibility="collapsed",
                # A rerun of its own would overtake the change of page that left the field.
                on_change="ignore",
            )
            for verdict in ("accept", "decline"):
                st.button(
                    t(f"move.{verdict}"),
                    type="primary" if verdict == "accept" else "secondary",
                    on_click=decide_move,
                    args=(verdict, move, then),
                    key=f"{verdict}-{move.item}",
                )


def _name(item: pd.Series) -> str:
    """What people call an opportunity: its name, and its account unless that is part of it."""
    name, account = item["name"], item["account"]
    return name if pd.isna(account) or account in name else f"{name} · {account}"


def _range(move: Move, t: Text) -> str:
    return t.money_range(move.gain_low, move.gain_high)


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
    """The files to take to the CRM, what stands decided, and the way to take it back."""
    if decided.empty:
        st.caption(t("decided.none"))
        return
    st.subheader(t("decided.title"), anchor=False)
    accepted = decided[decided["verdict"] == "accept"].reset_index()
    with st.container(horizontal=True):
        for name, rollback in (("changes", False), ("rollback", True)):
            st.download_button(
                t(f"decided.{name}", count=len(accepted)),
                data=partial(owner_changes, accepted, rollback=rollback),
                file_name=f"owner_{name}_{session.scope().as_of}.csv",
                mime="text/csv",
                disabled=accepted.empty,
                on_click="ignore",
                key=f"download-{name}",
            )
    st.caption(t("decided.help"))
    if box := drawer(t("decided.all", count=len(decided)), "decided"):
        with box:
            _decided_table(decided, t)


def _decided_table(decided: pd.DataFrame, t: Text) -> None:
    # Not asked through the desk: an answer kept there would be older than the last click.
    said = {
        row.item: t(f"decided.crm_{row.state}", owner="–" if pd.isna(row.owner) else row.owner)
        for row in carried_out(session.desk()).itertuples()
    }
    rows = choice(
        decided.assign(
            crm=[said.get(item, "") for item in decided.index],
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
            "crm": t("decided.crm"),
            "note": t("decided.note"),
            "decided_at": t("decided.at"),
        },
        key="decided-table",
        mode="multi-row",
    )
    st.button(
        t("decided.undo_chosen", count=len(rows)),
        on_click=take_back,
        args=(decided.iloc[rows],),
        disabled=not rows,
        key="undo-decisions",
    )
