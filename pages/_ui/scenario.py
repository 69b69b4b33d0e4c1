"""What may happen, chosen on the page: what is at stake, who takes what, who could stand in."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd
import streamlit as st

from analytics.allocation import Reason
from analytics.contingency import HANDING_OVER, SCENARIO_KINDS, Scenario
from analytics.continuity import Contingency, Footing
from pages._ui import session
from pages._ui.bars import amount_bars
from pages._ui.blocks import drawer, picture, table, tiles
from pages._ui.controls import select
from pages._ui.text import Text

LISTED = ("name", "account", "due_on", "age", "value", "expected", "to", "why")
BACKUPS = ("rep", "alike", "may", "takes", "hours", "rate")
AWAY_DAYS = 14
DROP = 20
MOST_BARS = 15


def choose_scenario(
    found: Footing, names: Sequence[str], fields: Sequence[str], t: Text
) -> Scenario:
    """The controls of a scenario; what was chosen before stays chosen.

    ``names`` are the people who may leave, those with most at stake first; ``fields`` the
    attributes that the data has.
    """
    state = st.session_state
    kinds = [
        kind
        for kind in SCENARIO_KINDS
        if kind in HANDING_OVER or (fields if kind == "segment_drop" else "product" in fields)
    ]
    kind = state.get("scenario-kind")
    kind = kind if kind in kinds else kinds[0]
    kind_key = f"scenario-kind-{t.language}"
    state[kind_key] = kind
    st.segmented_control(
        t("scenario.kind"),
        kinds,
        format_func=lambda name: t(f"scenario.{name}"),
        required=True,
        label_visibility="collapsed",
        key=kind_key,
        on_change=lambda: state.update({"scenario-kind": state[kind_key]}),
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if kind == "leaves":
            return Scenario("leaves", rep=_one("rep", names, t))
        if kind == "away":
            rep = _one("rep", names, t)
            starts, ends = _days(t)
            return Scenario("away", rep=rep, starts_on=starts, ends_on=ends)
        if kind == "product_stops":
            level = _one("product", _levels(found, "product"), t)
            return Scenario("product_stops", field="product", level=level)
        field = _one("field", fields, t, words=lambda name: t(f"attribute.{name}"))
        level = _one(field, _levels(found, field), t)
        drop = st.slider(
            t("scenario.drop"),
            5,
            100,
            DROP,
            5,
            format="%d %%",
            key="scenario-drop",
            persist_state="session",
            width=220,
        )
        return Scenario("segment_drop", field=field, level=level, drop=drop / 100)


def _one(name: str, options: Sequence[str], t: Text, words: Callable[[str], str] = str) -> str:
    """A box to choose one of these in; the first until somebody has chosen."""
    state, kept = st.session_state, f"scenario-{name}"
    value: str = state[kept] if state.get(kept) in options else options[0]
    label = t(f"scenario.choose_{name}") if name in ("rep", "field") else t(f"attribute.{name}")
    select(
        label,
        options,
        value,
        lambda chosen: state.update({kept: chosen}),
        kept,
        format_func=words,
        width=220,
    )
    return value


def _levels(found: Footing, field: str) -> list[str]:
    """The values of an attribute, the one with most open opportunities first."""
    return found.items[field].value_counts().index.tolist()


def _days(t: Text) -> tuple[date, date]:
    as_of = session.scope().as_of
    chosen = st.date_input(
        t("scenario.days"),
        value=(as_of + timedelta(days=1), as_of + timedelta(days=AWAY_DAYS)),
        format="YYYY-MM-DD",
        key=f"scenario-days-{as_of}",
        persist_state="session",
        width=260,
    )
    # Between the two clicks there is only a first day, and after clearing none.
    return (chosen[0], chosen[-1]) if chosen else (as_of, as_of)


def words_for(scenario: Scenario, t: Text) -> str:
    """A scenario in a few words (plain text)."""
    return t(
        f"scenario.in_words_{scenario.kind}",
        rep=scenario.rep,
        starts=scenario.starts_on or "",
        ends=scenario.ends_on or "",
        level=scenario.level,
        drop=t.rate(scenario.drop),
    )


def finding(found: Contingency, t: Text) -> str:
    """The page in one sentence (markdown)."""
    impact = found.impact
    what = words_for(impact.scenario, t)
    if impact.items.empty:
        return t.md("contingency.untouched", what=what)
    side = "risk" if impact.at_risk.high > 0 and impact.at_risk.mean > 0 else "even"
    said = t.md(
        f"contingency.{side}",
        what=what,
        risk=t.money(impact.at_risk.mean),
        range=t.money_range(impact.at_risk.low, impact.at_risk.high),
        book=t.money(impact.book.mean),
    )
    if not impact.hands_over:
        return said
    key = "all_covered" if impact.uncovered.empty else "covered"
    cover = t.md(f"contingency.{key}", covered=impact.covered, items=len(impact.items))
    return t("list.space").join((said, cover))


def show_impact(found: Contingency, currency: str, t: Text) -> None:
    """What is at stake in figures, and whom it concerns as a picture."""
    impact = found.impact
    tiles(
        [
            {
                "label": t(f"contingency.{name}", currency=currency),
                "value": t.money(of.mean),
                "compared": t.money_range(of.low, of.high),
                "definition": t(f"contingency.{name}_help"),
            }
            for name, of in (
                ("book", impact.book),
                ("kept", impact.kept),
                ("at_risk", impact.at_risk),
            )
        ]
    )
    if not found.differ:
        st.caption(t("contingency.alike"))
    people = found.people.head(MOST_BARS)
    key = "takers" if impact.hands_over else "exposed"
    picture(
        lambda: amount_bars(
            [row.rep or t("contingency.nobody") for row in people.itertuples()],
            list(people["expected"]),
            [
                t("contingency.bar", items=int(row.items), value=t.money(row.value))
                for row in people.itertuples()
            ],
            t,
            marked={row for row, rep in enumerate(people["rep"]) if not rep},
        ),
        t(f"contingency.{key}", people=int((found.people["rep"] != "").sum())),
        t(f"contingency.{key}_caption", as_of=session.scope().as_of),
        key="scenario-people",
        of=(impact.scenario, session.rules()),
    )


def undated_words(found: Contingency, t: Text) -> str:
    """Of an absence: how many opportunities have no day to compare with it; empty where few."""
    items = found.impact.items
    undated = int(items["due_on"].isna().sum())
    if found.impact.scenario.kind != "away" or 2 * undated <= len(items):
        return ""
    return t("scenario.undated", undated=undated, items=len(items))


def show_list(found: Contingency, t: Text) -> None:
    """The opportunities concerned, the most urgent first."""
    impact = found.impact
    rows = impact.items
    st.subheader(t("contingency.list"), anchor=False)
    st.caption(t("contingency.list_help"))
    shown = [name for name in LISTED if impact.hands_over or name not in ("to", "why")]
    table(
        pd.DataFrame(
            {
                "name": rows["name"],
                "account": rows["account"].fillna("–"),
                "due_on": pd.to_datetime(rows["due_on"]).dt.strftime("%Y-%m-%d").fillna("–"),
                "age": rows["age_days"].astype("Int64").astype("string").fillna("–"),
                "value": rows["value"].map(t.money),
                "expected": rows["expected"].map(t.money),
                "to": rows["to_rep"].replace("", "–"),
                "why": [reason_words(reason, t) for reason in rows["reason"]],
            }
        ),
        {name: t(f"contingency.column_{name}") for name in shown},
        key="scenario-items",
        right=("age", "value", "expected"),
    )


def show_besides(found: Contingency, t: Text) -> None:
    """What else there is to hand over: leads, tasks and accounts."""
    rows = found.besides
    if rows.empty:
        return
    counts = rows["kind"].value_counts()
    parts = [t(f"contingency.count_{kind}", count=int(counts[kind])) for kind in counts.index]
    kinds = t("list.comma").join(parts)
    if box := drawer(t("contingency.besides", kinds=kinds), "scenario-besides"):
        with box:
            st.caption(t("contingency.besides_help"))
            table(
                pd.DataFrame(
                    {
                        "kind": [t(f"audit.kind_{kind}") for kind in rows["kind"]],
                        "name": rows["name"],
                        "account": rows["account"].fillna("–"),
                        "due_on": pd.to_datetime(rows["due_on"])
                        .dt.strftime("%Y-%m-%d")
                        .fillna("–"),
                        "to": rows["to_rep"].replace("", "–"),
                    }
                ),
                {
                    "kind": t("audit.item_kind"),
                    "name": t("audit.item_name"),
                    "account": t("audit.item_account"),
                    "due_on": t("contingency.due"),
                    "to": t("contingency.column_to"),
                },
                key="scenario-besides-table",
            )


def reason_words(reason: Reason | None, t: Text) -> str:
    """Why somebody takes an item, or nobody does (plain text)."""
    if reason is None:
        return ""
    facts: dict[str, Any] = dict(reason.facts)
    if "alike" in facts:
        facts["alike"] = t.rate(facts["alike"])
    return t(f"cover.{reason.code}", **facts)


def show_backups(found: Contingency, t: Text) -> None:
    """Who could stand in, the most alike first."""
    rows = found.backups
    st.subheader(t("backup.title"), anchor=False)
    st.caption(t("backup.help"))
    if rows.empty:
        st.info(t("backup.none"))
        return
    table(
        pd.DataFrame(
            {
                "rep": rows["rep"],
                "alike": rows["alike"].map(t.rate),
                "may": rows["may"],
                "takes": rows["takes"],
                "hours": [f"{hours:.0f}" if hours < 1e6 else "–" for hours in rows["hours"]],
                "rate": [t.estimate(row.mean, row.low, row.high) for row in rows.itertuples()],
            }
        ),
        {name: t(f"backup.{name}") for name in BACKUPS},
        key="scenario-backups",
        right=("alike", "hours", "rate"),
    )
