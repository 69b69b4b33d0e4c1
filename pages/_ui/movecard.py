"""One move as a card: who gives what to whom, why, why not somebody else, and the decision."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from analytics.allocation import Move, Reason
from analytics.deciding import Alternative, alternative, free_again
from analytics.reallocation import Recommendation
from pages._ui import session
from pages._ui.chance import easier_than_recorded
from pages._ui.text import Text
from pages._ui.verdicts import take_back

MOST_NAMES = 3
"""Names of the moves that one hangs together with; more fill the card."""

MONEY = frozenset({"gain", "holder_gain", "outside", "value", "now"})
SHARES = frozenset({"p_gain", "needed", "gap"})


def move_card(
    move: Move,
    found: Recommendation,
    item: pd.Series,
    together: Sequence[str],
    by: str,
    standing: pd.DataFrame | None,
    *,
    is_withheld: bool,
    decide_move: Callable[[str, Move], None],
    t: Text,
) -> None:
    """The move being read.

    Parameters
    ----------
    together
        Names of the opportunities whose moves hang together with this one.
    by
        The attribute that win rates were estimated by.
    standing
        The row of its decision.
    decide_move
        Writes a decision down and goes on to the next move.
    """
    with st.container(border=True, key="move"):
        title = t.md("move.title", giver=move.from_rep, taker=move.to_rep, name=title_of(item))
        claims = found.plan.status == "plan"
        gain = t.md("move.cost", cost=t.money(move.switching), value=t.money(move.value))
        if claims:
            gain = t.md(
                "move.gain",
                gain=t.money(move.gain, signed=True),
                range=t.money_range(move.gain_low, move.gain_high),
                chance=t.chance(move.p_gain),
                value=t.money(move.value),
            )
        # One piece of text for all: the browser pays for every element at every rerun.
        st.markdown(f"{title}\n\n{gain}")
        reasons = [
            reason_words(reason.code, reason.facts, move, item, by, t, t.md)
            for reason in move.reasons
        ]
        reasons.append(parts_words(move, t))
        if claims and (points := round(100 * easier_than_recorded(move))):
            reasons.append(t.md("move.pointless", taker=move.to_rep, points=points))
        if together:
            reasons.append(t.md("move.together", names=t.names(together, MOST_NAMES)))
        if is_withheld:
            reasons.append(t("move.withheld_why"))
        st.caption("\n\n".join(filter(None, reasons)))
        if standing is not None:
            _standing(standing, move, decide_move, t)
            return
        other = _instead(found, move, t)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text_input(
                t("decided.note"),
                key="note",
                placeholder=t("move.note"),
                label_visibility="collapsed",
                # A rerun of its own would overtake the change of page that left the field.
                on_change="ignore",
            )
            accept = "accept_anyway" if is_withheld else "accept"
            for label, verdict in ((accept, "accept"), ("decline", "decline")):
                first = label == "accept" and other is None
                st.button(
                    t(f"move.{label}"),
                    type="primary" if first else "secondary",
                    on_click=decide_move,
                    args=(verdict, move),
                    key=f"{verdict}-{move.item}",
                )
            if other:
                st.button(
                    t("move.instead_accept", rep=other.rep),
                    type="primary",
                    on_click=decide_move,
                    args=("accept", _given_to(move, other)),
                    disabled=not other.may,
                    key=f"instead-{move.item}",
                )


def _standing(
    standing: pd.DataFrame, move: Move, decide_move: Callable[[str, Move], None], t: Text
) -> None:
    """What is decided, and how it is backed or taken back."""
    [decision] = standing.itertuples()
    waits = decision.verdict == "accept" and not decision.holds
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            t.md(
                f"move.standing_{'waits' if waits else decision.verdict}",
                taker=decision.to_rep,
                by=t("list.comma").join(decision.backed_by),
                note=decision.note or "–",
            )
        )
        if waits and session.user() not in decision.backed_by:
            st.button(
                t("move.second"),
                type="primary",
                on_click=decide_move,
                args=("accept", replace(move, to_rep=decision.to_rep)),
                key=f"accept-{move.item}",
            )
        st.button(t("decided.undo"), on_click=take_back, args=(standing,), key=f"undo-{move.item}")


def _instead(found: Recommendation, move: Move, t: Text) -> Alternative | None:
    """Why the plan does not give the item to somebody else, and what that would gain."""
    assert found.problem
    others = [rep for rep in found.problem.reps if rep not in (move.from_rep, move.to_rep)]
    rep = st.selectbox(
        t("move.instead"),
        others,
        index=None,
        placeholder=t("move.instead_none"),
        key=f"instead-of-{move.item}-{t.language}",
        label_visibility="collapsed",
        width=260,
    )
    if rep is None:
        return None
    other = alternative(found, str(move.item), rep)
    gain = t.md(
        "move.instead_gain",
        rep=rep,
        gain=t.money(other.gain.mean, signed=True),
        range=t.money_range(other.gain.low, other.gain.high),
        chance=t.chance(other.p_gain),
        cost=t.money(other.gain.mean - move.gain, signed=True),
    )
    against = _in_words("whynot", _in_figures_of(other, move), t)
    if until := free_again(session.desk(), session.rules(), other.against, rep):
        against += " " + t.md("move.until", day=f"{until}")
    st.markdown(f"{gain} {against}")
    st.caption(_in_words("turnround", other.change, t))
    return other


def _in_figures_of(other: Alternative, move: Move) -> Reason:
    """Why not, in the figures that the page shows: the plan was chosen on other draws."""
    why = other.against
    if why.code != "smaller_gain" or why.facts["holder"] != move.to_rep:
        return why
    figures = {"gain": other.gain.mean, "holder_gain": move.gain}
    # On the draws that judge, it may look better after all.
    return replace(why, facts={**why.facts, **figures}) if other.gain.mean < move.gain else why


def _in_words(section: str, reason: Reason, t: Text) -> str:
    """A reason why not, or what would turn it round, as a sentence (markdown)."""
    facts: dict[str, Any] = {}
    for name, fact in reason.facts.items():
        if reason.code == "budget_needed" or not isinstance(fact, int | float):
            facts[name] = fact
        elif name in MONEY:
            facts[name] = t.money(fact)
        elif name in SHARES:
            facts[name] = t.share(fact)
        else:
            facts[name] = f"{fact:.0f}"
    if section == "whynot":
        return t.md(f"whynot.{reason.code}", **facts)
    return t.md(f"turnround.{reason.code}", **facts)


def _given_to(move: Move, other: Alternative) -> Move:
    """The move with another taker, and what that claims."""
    return replace(
        move,
        to_rep=other.rep,
        gain=other.gain.mean,
        gain_low=other.gain.low,
        gain_high=other.gain.high,
        p_gain=other.p_gain,
        p_to=other.p_to,
    )


def title_of(item: pd.Series) -> str:
    """What people call an opportunity: its name, and its account unless that is part of it."""
    name, account = item["name"], item["account"]
    return name if pd.isna(account) or account in name else f"{name} · {account}"


def parts_words(move: Move, t: Text) -> str:
    """What the move adds to the plan, part by part (markdown); the parts sum to the whole."""
    parts = [
        t("move.part", name=t(f"part.{name}"), amount=t.money(amount, signed=True))
        for name, amount in move.parts.items()
        if round(amount)
    ]
    total = t.money(move.total, signed=True)
    return t.md("move.parts", parts=" ".join(parts), total=total) if parts else ""


def reason_words(
    code: str,
    facts: Mapping[str, Any],
    move: Move,
    item: pd.Series,
    by: str,
    t: Text,
    say: Callable[..., str],
) -> str:
    """A reason as a sentence; ``say`` is ``t.md`` for markdown, ``t`` for plain text."""
    if code == "wins_more":
        segment = item[by] if by and pd.notna(item[by]) else t("move.such")
        return say(
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
        return say(f"reason.hand_over_{kind}", cost=t.money(facts["cost"]))
    if "worth" in facts:
        return say(f"reason.{code}", taker=move.to_rep, worth=t.money(facts["worth"]))
    return say(
        f"reason.{code}",
        taker=move.to_rep,
        load=facts["load"],
        capacity=f"{facts['capacity']:.0f}",
    )
