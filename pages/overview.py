"""Overview: are we on course, what can be said about the team, what to do first."""

import pandas as pd
import streamlit as st

from analytics.abilities import drifting, evidence
from analytics.aiming import attainment, whole_of
from analytics.attaining import chances
from analytics.auditing import left_alone, ownership
from analytics.deciding import kept_back
from analytics.flags import by_subject
from analytics.following import follow_ups
from analytics.lateness import overdue
from analytics.outlook import forecast
from analytics.plans import recommendation
from analytics.rules import RuleSet
from analytics.watching import NO_TASKS, flags, newest_word
from analytics.workflow import coverage, monthly_flow, totals
from data.log import standing_decisions
from pages._ui import charts, session
from pages._ui.blocks import drawer, empty, picture, table, tiles, title
from pages._ui.chance import known_placebo
from pages._ui.goalcharts import bullets
from pages._ui.session import ask, ask_patiently
from pages._ui.verdict import verdict_sentence

MONTHS = 24
"""Months in the picture of the flow."""

t = session.text()
scope = session.scope()
holds = ask(coverage)

if not holds["opportunities"]:
    title(t("page.overview"), t("overview.question"))
    empty(t("overview.needed"))
    st.stop()

goals = ask(attainment)
elapsed = scope.period.elapsed(scope.as_of)
whole = goals[goals["unit_kind"] == ("team" if scope.team else "company")].iloc[0]
units = goals[goals["unit_kind"] == ("rep" if scope.team else "team")]
on_course = int((units["attainment"] >= elapsed).sum())
outlook = ask_patiently(t("forecast.working"), forecast)
unit = whole_of(session.desk())
ahead = None
if outlook is not None and unit in outlook.members:
    rows = outlook.units
    ahead = rows[(rows["unit_kind"] == unit[0]) & (rows["unit"] == unit[1])].iloc[0]

if pd.isna(whole["attainment"]):
    finding = t.md("overview.finding_no_target", period=t.period(scope.period))
else:
    finding = t.md(
        "overview.finding",
        period=t.period(scope.period),
        share=t.rate(whole["attainment"]),
        elapsed=t.rate(elapsed),
        on_course=on_course,
        units=t(f"unit.{'reps' if scope.team else 'teams'}", count=len(units)),
    )
if ahead is not None and outlook and outlook.days and not ahead["too_wide"]:
    range_ = t.money_range(ahead["low90"], ahead["high90"])
    finding += t("list.space") + t.md(
        "overview.ahead", median=t.money(ahead["median"]), range=range_
    )
    if whole["target"] > 0:
        chance = outlook.p_reach(float(whole["target"]), *unit)
        finding += t("list.space") + t.md("overview.chance", chance=t.chance(chance))
title(t("page.overview"), finding)
# Filled last, as are the actions: the model takes longer than everything else on the page.
verdict = st.empty()

sums = ask(totals)
currency = holds["currency"] or ""
tiles(
    [
        {
            "label": t("overview.won", currency=currency),
            "value": t.money(whole["won"]),
            "compared": t("overview.of_target", target=t.money(whole["target"]))
            if pd.notna(whole["target"])
            else t("overview.without_target"),
            "definition": t("overview.won_help", period=t.period(scope.period)),
        },
        {
            "label": t("overview.attainment"),
            "value": t.rate(whole["attainment"]),
            "compared": t("overview.of_time", elapsed=t.rate(elapsed)),
            "definition": t("overview.attainment_help"),
        },
        {
            "label": t("forecast.median", currency=currency),
            "value": "–" if ahead is None or ahead["too_wide"] else t.money(ahead["median"]),
            "compared": t("forecast.unknown")
            if ahead is None
            else t.money_range(ahead["low90"], ahead["high90"]),
            "definition": t("forecast.median_help"),
        },
        {
            "label": t("overview.win_rate"),
            "value": t.rate(sums["win_rate"]),
            "compared": t("overview.closed", closed=sums["trials"]),
            "definition": t("overview.win_rate_help", wins=sums["wins"], trials=sums["trials"]),
        },
        {
            "label": t("overview.open", currency=currency),
            "value": t.money(sums["open_value"]),
            "compared": t("overview.open_count", count=sums["open_count"]),
            "definition": t("overview.open_help"),
        },
    ]
)

first = st.container()

reach = ask(chances, "revenue", "base")
targeted = reach[(reach["unit_kind"] == ("rep" if scope.team else "team"))]
targeted = targeted[targeted["attainment"].notna()].assign(
    label=lambda rows: rows["unit"].where(rows["unit"] != "", t("shell.no_team"))
)
flow = ask(monthly_flow).tail(MONTHS)
left_side, right_side = st.columns(2, gap="large")
with left_side:
    if len(targeted):
        picture(
            lambda: bullets(targeted.sort_values("attainment"), elapsed, "revenue", t),
            t(
                "overview.units_finding",
                on_course=on_course,
                units=t(f"unit.{'reps' if scope.team else 'teams'}", count=len(units)),
            ),
            t("overview.units_caption", elapsed=t.rate(elapsed), as_of=scope.as_of),
            key="attainment",
        )
    else:
        st.info(t("overview.no_targets"))
with right_side:
    if flow["won_amount"].sum() > 0:
        best = flow.loc[flow["won_amount"].idxmax()]
        picture(
            lambda: charts.month_bars(flow, scope.as_of, t),
            t(
                "overview.flow_finding",
                month=f"{best['month']:%Y-%m}",
                amount=t.money(best["won_amount"]),
            ),
            t(
                "overview.flow_caption",
                months=len(flow),
                deals=int(flow["won"].sum()),
                as_of=scope.as_of,
            ),
            key="flow",
        )
    else:
        st.info(t("overview.no_flow"))

rows = goals[goals["unit_kind"] == "rep"].sort_values("attainment", na_position="last")
if rows["target"].notna().any() and (box := drawer(t("overview.table", count=len(rows)), "goals")):
    with box:
        table(
            rows.assign(
                won=rows["won"].map(t.money),
                target=rows["target"].map(t.money),
                attainment=rows["attainment"].map(t.rate),
                gap=rows["gap"].map(t.money),
            ),
            {
                "unit": t("column.rep"),
                "team": t("column.team"),
                "target": t("column.target"),
                "won": t("column.won"),
                "attainment": t("column.attainment"),
                "gap": t("column.gap"),
                "deals": t("column.deals"),
            },
            key="goals-table",
            right=("target", "won", "attainment", "gap"),
        )


def risks(rules: RuleSet) -> list[tuple[str, str]]:
    """Grave risks, and what was agreed and is late, as links."""
    said, found = newest_word(session.desk()), []
    pending = ask(flags, rules, said, session.desk().knows(drifting))
    grave = by_subject(pending[pending["state"] != "snoozed"])
    grave = grave[grave["severity"] == "severe"]
    if len(grave):
        deals = grave[grave["subject_kind"] == "opportunity"]
        stake = t.money(float(deals["stake"].sum()))
        words = t("overview.do_risks", count=len(grave), deals=len(deals), stake=stake)
        found.append(("risks", words))
    agreed = follow_ups(session.desk())
    late = overdue(agreed, NO_TASKS, scope.as_of)
    waiting = sum(one.state == "open" for one in agreed)
    if len(late) or waiting:
        words = t("overview.do_follow", late=len(late), waiting=waiting)
        found.append(("followup", words))
    return found


def actions() -> list[tuple[str, str]]:
    """What waits for a decision, most valuable first: the page for it, and the words."""
    rules = session.rules()
    plan = ask_patiently(t("reallocate.solving"), recommendation, rules).plan
    decided = set(standing_decisions(session.warehouse())["item"])
    done = decided | ask(kept_back, rules)
    moves = [move for move in plan.moves if move.item not in done]
    if moves and plan.status == "relief":
        words = t("overview.do_relief", moves=len(moves))
    elif moves and plan.cross_fitted:
        # A claim is not made without what chance alone would have claimed.
        if placebo := known_placebo(rules):
            words = t(
                "overview.do_moves_gain",
                moves=len(moves),
                gain=t.money(plan.cross_fitted, signed=True),
                chance=t.money(placebo.shown.mean),
            )
        else:
            words = t("overview.do_moves", moves=len(moves))
    elif plan.moves:
        words = t("overview.do_download")
    elif plan.why[0] == "too_little_data":
        words = t("overview.do_wait")
    else:
        words = t("overview.do_none")
    found = [*risks(rules), ("reallocate", words)]
    if left := left_alone(session.desk()):
        found.append(("ownership", t("overview.do_left", count=left)))
    split = ask(ownership).of("account_owners")
    if split and not split.is_usual:
        found.append(("ownership", t("overview.do_split", count=split.groups)))
    return found


verdict.markdown(verdict_sentence(ask_patiently(t("overview.learning"), evidence), t))
with first:
    # On a phone Streamlit cuts long links off.
    st.html('<style>[data-testid="stPageLink"] p { white-space: normal; }</style>')
    st.subheader(t("overview.actions"), anchor=False)
    for page, words in actions():
        st.page_link(session.page(page), label=words, icon=":material/arrow_forward:")
