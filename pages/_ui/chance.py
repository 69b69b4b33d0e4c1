"""What a plan's money claim is worth: beside it, what the same method finds by chance alone."""

import math

import streamlit as st

from analytics.abilities import evidence
from analytics.allocation import Interval, Move
from analytics.desk import Desk
from analytics.placebo import RUNS, Claim, Placebo
from analytics.plans import own_claim, placebo_claim, plan_placebo
from analytics.reallocation import Recommendation
from analytics.rules import RuleSet
from analytics.selection import Readings, move_tipping_gap
from pages._ui import session
from pages._ui.background import Question, draw_meanwhile
from pages._ui.session import ask
from pages._ui.text import Text

NOTHING_COMPARED = {"too_little_data", "nothing_open"}
"""Reasons to keep the owners that come before anything is claimed."""

LEAST_SHARE = 0.005
"""Below that, a part is called nothing and a rest is called all."""


def known_placebo(rules: RuleSet) -> Placebo | None:
    """The placebo of the plan where every shuffle has been worked out already."""
    desk = session.desk()
    if _known(desk, rules) < RUNS:
        return None
    return plan_placebo(desk, rules, RUNS)


def beside_the_claim(found: Recommendation, rules: RuleSet, t: Text) -> None:
    """What chance alone would have claimed, from the first shuffle on and then with every one.

    Where the owners are kept, also what the method would have claimed without its gates.
    """
    if ask(evidence).model is None or NOTHING_COMPARED.intersection(found.plan.why):
        return
    keeps = found.plan.status != "plan"
    questions: list[Question] = [(placebo_claim, rules, number) for number in range(RUNS)]
    if keeps:
        questions.insert(0, (own_claim, rules))

    def draw() -> None:
        desk = session.desk()
        done = _known(desk, rules)
        if not done:
            st.caption(t("chance.begun"))
            return
        placebo = plan_placebo(desk, rules, done)
        assert placebo
        sentence = (
            kept_words(ask(own_claim, rules), placebo, t) if keeps else plan_words(placebo, t)
        )
        progress = t("chance.progress" if done < RUNS else "chance.done", done=done, runs=RUNS)
        st.markdown(f"{sentence} :gray[{progress}]", help=t("chance.help"))

    draw_meanwhile(draw, questions)


def plan_words(placebo: Placebo, t: Text) -> str:
    """What the method finds where nobody is better than anybody (markdown)."""
    return t.md(
        "chance.plan",
        shown=t.money(placebo.shown.mean),
        shown_range=_range(placebo.shown, t),
        ungated=t.money(placebo.ungated.mean),
        ungated_range=_range(placebo.ungated, t),
    )


def kept_words(own: Claim, placebo: Placebo, t: Text) -> str:
    """What the method would have claimed without its gates, and what by chance (markdown).

    Whether that is more is said after the last shuffle.
    """
    said = t.md(
        "chance.kept",
        own=t.money(own.ungated),
        ungated=t.money(placebo.ungated.mean),
        ungated_range=_range(placebo.ungated, t),
    )
    if placebo.runs < RUNS:
        return said
    key = "like" if own.ungated <= placebo.ungated.high else "above"
    return t("list.space").join((said, t(f"chance.kept_{key}")))


def readings_words(found: Readings, t: Text) -> str:
    """How much of the upper figure hangs on who wins more throughout (markdown)."""
    part, whole = found.specialised, found.full
    share = part.mean / whole.mean if whole.mean > 0 else 0.0
    key = "none" if share < LEAST_SHARE else "all" if share > 1 - LEAST_SHARE else "part"
    return t.md(
        f"readings.{key}",
        share=t.rate(share),
        part=t.money(part.mean),
        range=t.money_range(part.low, part.high),
        whole=t.money(whole.mean),
    )


def easier_than_recorded(move: Move) -> float:
    """By how much of the taker's win rate past leads must have been easier for no gain."""
    rate = move.p_to.mean
    odds = rate / (1 - rate) * math.exp(-move_tipping_gap(move))
    return rate - odds / (1 + odds)


def _known(desk: Desk, rules: RuleSet) -> int:
    """How many shuffles, from the first, have been worked out."""
    return next((n for n in range(RUNS) if not desk.knows(placebo_claim, rules, n)), RUNS)


def _range(found: Interval, t: Text) -> str:
    return t.money_range(found.low, found.high)
