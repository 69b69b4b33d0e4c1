"""One risk: its evidence, and what can be done about it: hand over, agree, put aside."""

from datetime import timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics.followups import About
from analytics.outlook import prospects
from analytics.watching import hand_over, snooze
from pages._ui import session
from pages._ui.followform import follow_up_form
from pages._ui.riskwords import evidence, name_words
from pages._ui.session import ask
from pages._ui.text import Text, plain

SNOOZE_DAYS = 14
"""Days for which a risk is put aside where nobody says otherwise."""

ELSEWHERE = {
    "goal_gap": "goals",
    "sole_expert": "contingency",
    "concentrated": "contingency",
    "no_backup": "contingency",
    "follow_up_overdue": "followup",
}
"""Pages on which something can be done about what is no opportunity."""


NUMBERS = {"overloaded": "open_count", "starved": "open_value"}
"""The number that a risk of a person is about: what it does afterwards can be seen."""


def show_card(
    chosen: pd.Series, flags: pd.DataFrame, agreed: dict[str, Any] | None, t: Text
) -> None:
    """The risk being read: ``flags`` are the rows of ``watching.flags`` about it."""
    with st.container(border=True, key="risk-card"):
        heading = " · ".join(filter(None, [name_words(chosen, t), str(chosen["rep"])]))
        lines = [
            f"- **{plain(t(f'risk.{kind}'))}** {plain(evidence(row, t))}"
            for kind, row in zip(flags["kind"], flags.to_dict("records"), strict=True)
        ]
        stake = _stake(chosen, t)
        text = [f"**{plain(heading)}**", plain(stake), "\n".join(lines)]
        st.markdown("\n\n".join(filter(None, text)))
        notes = [_back(row, t) for row in flags.to_dict("records") if row["state"] == "back"]
        notes += _agreed(agreed or {}, t)
        for note in dict.fromkeys(notes):
            st.caption(plain(note))
        with st.container(horizontal=True, vertical_alignment="center"):
            _elsewhere(chosen, flags, t)
            follow_up_form(
                _about(chosen, flags), t, f"risk-{chosen['subject_kind']}-{chosen['subject']}",
                note=evidence(flags.to_dict("records")[0], t), rep=str(chosen["rep"]),
            )  # fmt: skip
            _snooze(chosen, flags, t)


def _stake(chosen: pd.Series, t: Text) -> str:
    if chosen["subject_kind"] != "opportunity":
        # What a goal misses stands in its sentence.
        if pd.isna(chosen["stake"]) or "goal_gap" in chosen["kinds"]:
            return ""
        return t("risks.card_stake_alone", stake=t.money(chosen["stake"]))
    items = ask(prospects)
    [deal] = items[items["opportunity_id"] == chosen["subject"]].to_dict("records")
    if pd.isna(deal["expected"]):
        return t("risks.card_value", value=t.money(deal["value"]))
    only_grown = chosen["kinds"] == ("grown",)
    return t(
        "risks.card_stake_grown" if only_grown else "risks.card_stake",
        stake=t.money(chosen["stake"]),
        value=t.money(deal["value"]),
        chance=t.chance(deal["p_win"]),
    )


def _back(flag: dict[str, Any], t: Text) -> str:
    return t("risks.back", until=flag["until"], why=flag["why"])


def _agreed(agreed: dict[str, Any], t: Text) -> list[str]:
    said = []
    if one := agreed.get("follow_up"):
        action = one.action or one.note
        said.append(t("risks.has_follow_up", action=action, owner=one.owner, due=f"{one.due_on}"))
    if handed := agreed.get("handed"):
        said.append(t("risks.handed", day=f"{handed['at']:%Y-%m-%d}", by=handed["by"]))
    return said


def _about(chosen: pd.Series, flags: pd.DataFrame) -> About:
    """What a follow-up of it is tied to: the opportunity, a number, else whether the flag holds."""
    name, unit, kind = str(chosen["name"]), str(chosen["subject"]), str(flags["kind"].iloc[0])
    unit_kind: Any = chosen["subject_kind"]
    if unit_kind == "opportunity":
        return About("deal", "opportunity", unit, name)
    if kind == "goal_gap":
        period = session.scope().period
        return About("attainment", unit_kind, unit, name, period.kind, period.start.isoformat())
    if number := NUMBERS.get(kind):
        return About(number, unit_kind, unit, name)
    return About("flag", unit_kind, unit, name, flag=kind)


def _elsewhere(chosen: pd.Series, flags: pd.DataFrame, t: Text) -> None:
    """The way to the page on which the first of its signals is dealt with."""
    kind, state = str(flags["kind"].iloc[0]), st.session_state
    if chosen["subject_kind"] == "opportunity":

        def look() -> None:
            hand_over(session.desk(), flags.head(1), session.user(), session.now())
            state.update({"assign-view": "one", "one-search": str(chosen["subject"])})

        if st.button(t("risks.owner"), on_click=look, type="primary", key="risk-owner"):
            st.switch_page(session.page("assign"))
        return
    if page := ELSEWHERE.get(kind):
        if page in state["pages"] and st.button(t(f"risks.to_{page}"), key=f"risk-to-{page}"):
            st.switch_page(session.page(page))
    elif st.button(
        t("risks.to_room"), on_click=lambda: state.update({"assign-view": "room"}), key="risk-room"
    ):
        st.switch_page(session.page("assign"))


def _snooze(chosen: pd.Series, flags: pd.DataFrame, t: Text) -> None:
    name = f"snooze-{chosen['subject_kind']}-{chosen['subject']}"
    with (
        st.popover(t("risks.snooze"), icon=":material/snooze:", key=f"{name}-box"),
        st.form(f"{name}-form", border=False),
    ):
        tomorrow = session.scope().as_of + timedelta(days=1)
        until = st.date_input(
            t("risks.snooze_until"), tomorrow + timedelta(days=SNOOZE_DAYS - 1),
            min_value=tomorrow, format="YYYY-MM-DD", key=f"{name}-until",
        )  # fmt: skip
        why = st.text_input(
            t("risks.snooze_why"), placeholder=t("risks.snooze_hint"), key=f"{name}-why"
        )
        st.caption(t("risks.snooze_help"))
        if not st.form_submit_button(t("risks.snooze_do"), key=f"{name}-do"):
            return
        if not why.strip():
            st.warning(t("risks.snooze_needs_why"))
            return
        snooze(session.desk(), flags, until, why, session.user(), session.now())
        st.rerun()
