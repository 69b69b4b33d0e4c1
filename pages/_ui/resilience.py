"""What hangs on few people or customers, the standing backups, and the plans kept for the day."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from analytics.books import HHI, Concentration
from analytics.continuity import Contingency, concentrations, key_accounts, single_experts
from analytics.rules import RuleSet
from analytics.standby import SavedPlan, name_backups, save_plan, saved_plans, worked_out_again
from pages._ui import session
from pages._ui.blocks import choice, drawer, table
from pages._ui.scenario import words_for
from pages._ui.session import ask
from pages._ui.text import Text


def show_saving(found: Contingency, t: Text) -> None:
    """Keep the scenario, as it is worked out now, under a name."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            t("saved.name"),
            key="plan-name",
            placeholder=words_for(found.impact.scenario, t),
            width=360,
            on_change="ignore",
        )
        st.button(t("saved.save"), on_click=_save, args=(found, t), key="save-plan")


def _save(found: Contingency, t: Text) -> None:
    state = st.session_state
    name = state.get("plan-name") or words_for(found.impact.scenario, t)
    save_plan(session.desk(), name, found, session.user(), session.now())
    state["plan-name"] = ""


def show_plans(rules: RuleSet, t: Text) -> None:
    """The plans kept, and the one chosen worked out again with what is other than it was."""
    plans = saved_plans(session.warehouse())
    st.subheader(t("saved.title"), anchor=False)
    if not plans:
        st.caption(t("saved.none"))
        return
    picked = choice(
        pd.DataFrame(
            {
                "name": [plan.name for plan in plans],
                "what": [words_for(plan.scenario, t) for plan in plans],
                "risk": [t.money(plan.at_risk.mean) for plan in plans],
                "items": [len(plan.cover) for plan in plans],
                "as_of": [f"{plan.as_of}" for plan in plans],
                "by": [f"{plan.by}, {plan.at:%Y-%m-%d %H:%M}" for plan in plans],
            }
        ),
        {name: t(f"saved.{name}") for name in ("name", "what", "risk", "items", "as_of", "by")},
        key="saved-plans",
        mode="single-row-required",
        first=[len(plans) - 1],
        right=("risk",),
    )
    if box := drawer(t("saved.again"), "plan-again"):
        with box:
            _again(plans[picked[0] if picked else -1], rules, t)


def _again(plan: SavedPlan, rules: RuleSet, t: Text) -> None:
    found, other = worked_out_again(session.desk(), rules, plan)
    if found is None:
        st.caption(t("saved.nothing_open"))
        return
    st.markdown(
        t.md(
            "saved.then_and_now",
            name=plan.name,
            then=t.money(plan.at_risk.mean),
            as_of=plan.as_of,
            now=t.money(found.impact.at_risk.mean),
            range=t.money_range(found.impact.at_risk.low, found.impact.at_risk.high),
        )
    )
    if other.empty:
        st.caption(t("saved.same"))
        return
    counts = other["change"].value_counts()
    st.caption(
        t("list.space").join(
            t(f"saved.count_{name}", count=int(counts[name])) for name in counts.index
        )
    )
    table(
        other.assign(
            change=[t(f"saved.{name}") for name in other["change"]],
            was=other["was"].replace("", "–"),
            to_rep=other["to_rep"].replace("", "–"),
        ),
        {
            "name": t("saved.item"),
            "change": t("saved.change"),
            "was": t("saved.was"),
            "to_rep": t("saved.is"),
        },
        key="plan-difference",
    )


def show_concentration(rules: RuleSet, t: Text) -> None:
    """How much hangs on one person, one customer, and people who alone win somewhere."""
    found = ask(concentrations, rules)
    st.subheader(t("concentration.title"), anchor=False)
    st.markdown(_concentrated(found, t))
    table(
        pd.DataFrame(
            {
                "of": [t(f"concentration.{one.of}_{one.by}") for one in found],
                "top": [one.name for one in found],
                "share": [t.share(one.share) for one in found],
                "threshold": [t.rate(one.threshold) for one in found],
                "hhi": [f"{one.hhi:.2f}" for one in found],
                "n": [one.n for one in found],
            }
        ),
        {
            name: t(f"concentration.{name}")
            for name in ("of", "top", "share", "threshold", "hhi", "n")
        },
        key="concentration",
        right=("share", "threshold", "hhi"),
    )
    st.caption(t("concentration.help", hhi=HHI))
    experts = ask(single_experts)
    if experts.empty:
        st.caption(t("expert.none"))
    elif box := drawer(t("expert.title", count=len(experts)), "experts"):
        with box:
            _experts(experts, t)


def _concentrated(found: Sequence[Concentration], t: Text) -> str:
    much = [one for one in found if one.much]
    if not much:
        return t("concentration.little")
    return t("list.space").join(
        t.md(f"concentration.much_{one.of}_{one.by}", name=one.name, share=t.share(one.share))
        for one in much
    )


def _experts(experts: pd.DataFrame, t: Text) -> None:
    st.caption(t("expert.help"))
    table(
        pd.DataFrame(
            {
                "rep": experts["rep"],
                "segment": [" × ".join(level for _, level in of) for of in experts["segment"]],
                "wins": experts["wins"],
                "tried": experts["tried"],
                "open": experts["open"],
                "value": experts["value"].map(t.money),
            }
        ),
        {
            name: t(f"expert.{name}")
            for name in ("rep", "segment", "wins", "tried", "open", "value")
        },
        key="experts-table",
        right=("value",),
    )


def show_key_accounts(rules: RuleSet, t: Text) -> None:
    """The accounts that most hangs on, who stands in for their owner, and who could."""
    rows = ask(key_accounts, rules)
    if rows.empty:
        return
    without = rows[(rows["backup"] == "") & (rows["proposed"] != "")]
    st.subheader(t("standing.title"), anchor=False)
    st.caption(t("standing.help", without=int((rows["backup"] == "").sum()), accounts=len(rows)))
    picked = choice(
        rows.assign(
            value=rows["value"].map(t.money),
            backup=rows["backup"].replace("", t("standing.none")),
            proposed=rows["proposed"].replace("", "–"),
            alike=rows["alike"].map(t.rate),
        ),
        {
            name: t(f"standing.{name}")
            for name in ("account", "value", "owner", "backup", "proposed", "alike")
        },
        key="key-accounts",
        mode="multi-row",
        right=("value", "alike"),
    )
    chosen = rows.iloc[picked].query("proposed != ''") if picked else without
    st.button(
        t("standing.name", count=len(chosen)),
        on_click=_name,
        args=(list(zip(chosen["account_id"], chosen["proposed"], strict=True)), t),
        disabled=chosen.empty,
        key="name-backups",
    )


def _name(chosen: list[tuple[str, str]], t: Text) -> None:
    desk, why = session.desk(), t("standing.why", count=len(chosen))
    name_backups(desk, chosen, why, session.user(), session.now())
