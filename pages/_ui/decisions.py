"""Deciding on moves: the table of them, what the lot withheld, and the one being read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from analytics.allocation import Move, Plan
from analytics.auditing import decided_fixes
from analytics.deciding import kept_back, left_of, of_unit, quarter, record_plan
from analytics.reallocation import Recommendation
from analytics.rules import RuleSet
from pages._ui import session
from pages._ui.blocks import choice
from pages._ui.movecard import move_card, title_of
from pages._ui.repcard import show_cards
from pages._ui.session import ask
from pages._ui.text import Text
from pages._ui.verdicts import decide_all, verdicts


def decide_moves(
    found: Recommendation,
    rules: RuleSet,
    items: pd.DataFrame,
    decided: pd.DataFrame,
    by: str,
    t: Text,
) -> None:
    """Every move in a table, and the one chosen there with its reasons and its decision.

    ``items`` and ``decided`` are the open opportunities and what ``deciding.standing`` says of
    them, by their id; ``by`` is the attribute that win rates were estimated by.
    """
    gone = _declined(found, decided)
    left, aside = ask(left_of, rules, gone), ask(kept_back, rules, gone)
    moves = _moves(found, left, decided)
    elsewhere = _fixed()
    yours = [
        move
        for move in moves
        if move.item not in {*aside, *elsewhere} and _waits_for(move, decided)
    ]
    st.subheader(t("reallocate.decide"), anchor=False)
    single = "single" if found.plan.status == "plan" else "single_relief"
    st.caption(
        f"{t('reallocate.undecided', open=len(yours), moves=len(moves))}\n\n"
        f"{t(f'reallocate.{single}')}\n\n{_lots(aside, moves, rules, t)}"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for verdict in ("accept", "decline"):
            if yours:
                st.button(
                    t(f"decision.{verdict}_rest", count=len(yours)),
                    on_click=_decide_on_plan,
                    args=(verdict, yours, decided, rules, gone),
                    key=f"{verdict}-all",
                )
        st.text_input(
            t("decision.as"),
            key="deciding-as",
            placeholder="manager",
            help=t("decision.as_help"),
            persist_state="session",
            width=220,
        )
    words = {item: t("move.by_ownership", rep=rep) for item, rep in elsewhere.items()}
    words |= verdicts(decided, t)
    row = _table(moves, items, words, aside, yours, found.plan.status == "plan", t)
    move = moves[row]
    standing = decided.loc[[move.item]] if move.item in decided.index else None
    then = next((other for other in [*moves[row + 1 :], *moves[:row]] if other in yours), move)

    def decide_move(verdict: str, move: Move) -> None:
        unit = [move, *of_unit(found, move, moves)]
        _decide_on_plan(verdict, unit, decided, rules, gone)
        st.session_state["next-move"] = then.item

    move_card(
        move,
        replace(found, plan=left),
        items.loc[move.item],
        [title_of(items.loc[item]) for item in _together(move, left, found.plan)],
        by,
        standing,
        is_withheld=move.item in aside,
        decide_move=decide_move,
        t=t,
    )
    no = {*decided.index[decided["verdict"] == "decline"]}
    show_cards([one for one in moves if one.item not in aside | no], left, items, by, t)


def _decide_on_plan(
    verdict: str,
    moves: Sequence[Move],
    decided: pd.DataFrame,
    rules: RuleSet,
    gone: tuple[str, ...],
) -> None:
    """Decide on moves of the plan, which is written down with the first of them."""
    plan = record_plan(session.desk(), rules, gone, by=session.user(), at=session.now())
    decide_all(verdict, moves, plan, decided)


def _declined(found: Recommendation, decided: pd.DataFrame) -> tuple[str, ...]:
    """The items of the plan whose moves were declined."""
    no = decided.loc[decided["verdict"] == "decline", "to_rep"]
    return tuple(
        str(move.item) for move in found.plan.moves if no.get(str(move.item)) == move.to_rep
    )


def _moves(found: Recommendation, left: Plan, decided: pd.DataFrame) -> list[Move]:
    """The moves to show: as recommended, and where some were declined, what that leaves.

    What is decided stays in its place; what else hung on a declined move changes or goes.
    """
    after = {move.item: move for move in left.moves}
    kept = [
        move if move.item in decided.index else after.get(move.item) for move in found.plan.moves
    ]
    known = {move.item for move in found.plan.moves}
    return [move for move in kept if move] + [move for move in left.moves if move.item not in known]


def _fixed() -> dict[str, str]:
    """Opportunities that the page Ownership has given to somebody, and to whom."""
    fixed = decided_fixes(session.warehouse())
    fixed = fixed[(fixed["verdict"] == "accept") & (fixed["kind"] == "opportunity")]
    return dict(zip(fixed["item"], fixed["to_rep"], strict=True))


def _waits_for(move: Move, decided: pd.DataFrame) -> bool:
    """Whether it is for the present user to say something about a move."""
    if move.item not in decided.index:
        return True
    said = decided.loc[move.item]
    waits = said["verdict"] == "accept" and not said["holds"]
    return bool(waits and session.user() not in said["backed_by"])


def _together(move: Move, *plans: Plan) -> list[str]:
    """The other items of the bundle, in the first plan that has the move."""
    of = next((plan for plan in plans if move in plan.moves), None)
    others = of.moves if of else ()
    return [str(one.item) for one in others if one.bundle == move.bundle and one != move]


def _lots(aside: frozenset[str], moves: Sequence[Move], rules: RuleSet, t: Text) -> str:
    """What the lot did, with its probability and its seed."""
    if not rules.hold_out:
        return t("holdout.off")
    withheld = sum(move.item in aside for move in moves)
    return t(
        "holdout.some" if withheld else "holdout.none",
        withheld=withheld,
        moves=len(moves),
        share=t.rate(rules.hold_out),
        seed=f"{session.desk().settings.seed}",
        quarter=f"{quarter(session.desk())}",
    )


def _table(
    moves: Sequence[Move],
    items: pd.DataFrame,
    words: Mapping[str, str],
    aside: frozenset[str],
    yours: Sequence[Move],
    claims: bool,
    t: Text,
) -> int:
    """All moves in a table; the row of the one that is chosen there.

    Where no gain is claimed, what each hand-over costs stands in the place of what it gains.
    """
    figures = ("gain", "chance") if claims else ("cost",)
    rows = {move.item: row for row, move in enumerate(moves)}
    if (then := st.session_state.pop("next-move", None)) in rows:
        st.session_state["moves"] = {"selection": {"rows": [rows[then]]}}
    chosen = choice(
        pd.DataFrame(
            {
                "from": [move.from_rep for move in moves],
                "to": [move.to_rep for move in moves],
                "opportunity": [title_of(items.loc[move.item]) for move in moves],
                "close": [
                    "–" if pd.isna(day) else f"{day:%Y-%m-%d}"
                    for day in (items.at[move.item, "expected_on"] for move in moves)
                ],
                "gain": [
                    f"{t.money(move.gain, signed=True)} · "
                    f"{t.money_range(move.gain_low, move.gain_high)}"
                    for move in moves
                ],
                "chance": [t.chance(move.p_gain) for move in moves],
                "cost": [t.money(move.switching) for move in moves],
                "decision": [
                    words.get(
                        str(move.item),
                        t("move.withheld" if move.item in aside else "move.undecided"),
                    )
                    for move in moves
                ],
            }
        ),
        {
            "from": t("facts.from"),
            "to": t("facts.to"),
            "opportunity": t("facts.opportunity"),
            "close": t("move.close_column"),
            **{name: t(f"move.{name}_column") for name in figures},
            "decision": t("facts.decision"),
        },
        key="moves",
        mode="single-row-required",
        first=[rows[move.item] for move in yours[:1]],
        right=figures,
    )
    return chosen[0] if chosen else 0
