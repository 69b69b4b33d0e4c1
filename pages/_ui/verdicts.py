"""What the buttons of a decision write down, and what stands decided in words."""

from collections.abc import Iterable, Mapping

import pandas as pd
import streamlit as st

from analytics.allocation import Move
from data.log import record_decision
from pages._ui import session
from pages._ui.text import Text


def decide(
    verdict: str,
    item: str,
    from_rep: str,
    to_rep: str,
    facts: Mapping[str, object] | None = None,
    plan: str = "",
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
        plan=plan,
        version=session.data_version(),
    )


def decide_all(verdict: str, proposals: Iterable[Move], plan: str, decided: pd.DataFrame) -> None:
    """Decide on all of these, and clear the note for the next decision.

    Whoever backs an acceptance in ``decided`` says yes to what was accepted there, which may be
    another person than the plan has.
    """
    for one in proposals:
        to_rep, facts = one.to_rep, claim(one)
        if verdict == "accept" and one.item in decided.index:
            first = decided.loc[one.item]
            if first["verdict"] == "accept" and not first["holds"]:
                to_rep, facts = first["to_rep"], first["facts"]
        decide(verdict, str(one.item), one.from_rep, to_rep, facts, plan)
    st.session_state["note"] = ""


def verdicts(decided: pd.DataFrame, t: Text) -> dict[str, str]:
    """What stands decided, in words, by the id of the opportunity."""
    words = {}
    for row in decided.itertuples():
        waits = row.verdict == "accept" and not row.holds
        words[row.Index] = f"{t(f'decision.{row.verdict}')} → {row.to_rep}" + (
            f" · {t('decision.waits')}" if waits else ""
        )
    return words


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
