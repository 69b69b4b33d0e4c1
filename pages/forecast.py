"""Forecast: what the period brings, how sure that is, what carries it, and how it did before."""

import pandas as pd
import streamlit as st

from analytics.aiming import attainment, way_of, whole_of
from analytics.outlook import forecast
from analytics.proving import carried_by, fan, rivals
from analytics.workflow import coverage
from pages._ui import foretelling, session
from pages._ui.blocks import drawer, empty, picture, table, tiles, title
from pages._ui.commitments import show_commitments
from pages._ui.session import ask, ask_patiently
from pages._ui.tried import show_tried

NOW, NEXT = "now", "next"

t = session.text()
known = ask(coverage)["opportunities"] and ask_patiently(t("forecast.working"), forecast)
if not known:
    title(t("page.forecast"), t("forecast.question"))
    empty(t("forecast.needed"))
    st.stop()

heading = st.container()
here = session.desk()
names = {NOW: here.scope.period, NEXT: here.scope.period.after()}
chosen = st.segmented_control(
    t("shell.period"),
    list(names),
    default=NOW if known.days else NEXT,
    format_func=lambda name: t.period(names[name]),
    key=f"forecast-period-{here.scope.period.start}-{t.language}",
    required=True,
    label_visibility="collapsed",
)
here = here.at(period=names[chosen])
scope, period = here.scope, t.period(here.scope.period)
found = here.ask(forecast)
assert found
unit = here.ask(whole_of)
whole = found.units[(found.units["unit_kind"] == unit[0]) & (found.units["unit"] == unit[1])]
if whole.empty:
    with heading:
        title(t("page.forecast"), t("forecast.question"))
    st.info(t("forecast.nothing_here"))
    st.stop()
whole = whole.iloc[0]
goals = here.ask(attainment)
target = session.target_of(goals, *unit)
p_hit = found.p_reach(target, *unit) if target else None
currency = ask(coverage)["currency"] or ""

if found.days == 0:
    finding = t.md("forecast.finding_over", period=period, won=t.money(whole["won"]))
elif whole["too_wide"]:
    finding = t.md(
        "forecast.finding_wide",
        period=period,
        range=t.money_range(whole["low90"], whole["high90"]),
    )
elif target and p_hit is not None:
    finding = t.md(
        "forecast.finding",
        period=period,
        median=t.money(whole["median"]),
        range=t.money_range(whole["low90"], whole["high90"]),
        target=t.money(target),
        chance=t.chance(p_hit),
    )
else:
    finding = t.md(
        "forecast.finding_no_target",
        period=period,
        median=t.money(whole["median"]),
        range=t.money_range(whole["low90"], whole["high90"]),
    )
with heading:
    title(t("page.forecast"), finding)
tiles(
    [
        {
            "label": t("forecast.median", currency=currency),
            "value": "–" if whole["too_wide"] else t.money(whole["median"]),
            "compared": t.money_range(whole["low90"], whole["high90"]),
            "definition": t("forecast.median_help"),
        },
        {
            "label": t("forecast.p_hit"),
            "value": "–" if p_hit is None else t.chance(p_hit),
            "compared": t("forecast.of_target", target=t.money(target))
            if target
            else t("overview.without_target"),
            "definition": t("forecast.p_hit_help"),
        },
        {
            "label": t("overview.won", currency=currency),
            "value": t.money(whole["won"]),
            "compared": t("forecast.deals", deals=int(whole["deals"])),
            "definition": t("overview.won_help", period=period),
        },
        {
            "label": t("forecast.open"),
            "value": f"{int(whole['open']):,}",
            "compared": t("forecast.days_left", days=found.days),
            "definition": t("forecast.open_help"),
        },
    ]
)

if found.days and not whole["too_wide"]:
    path = here.ask(fan)
    picture(
        lambda: foretelling.way_ahead(here.ask(way_of, "revenue").days, path, target, t),
        t("forecast.way_finding", period=period, end=f"{scope.period.end:%Y-%m-%d}"),
        t("forecast.way_caption", n=int(whole["open"]), as_of=scope.as_of),
        key="way-ahead",
        of=(target, chosen),
    )

kind = "rep" if scope.team else "team"
units = found.units[found.units["unit_kind"] == kind]
units = units[units["team"] == scope.team] if scope.team else units
shown = units[~units["too_wide"]].sort_values("low90", ascending=False)
hidden = units[units["too_wide"]]
if len(shown):
    targets = [session.target_of(goals, kind, name) for name in shown["unit"]]
    picture(
        lambda: foretelling.unit_ranges(shown.assign(label=shown["unit"]), targets, t),
        t("forecast.units_finding", count=len(shown), units=t(f"forecast.units_{kind}")),
        t("forecast.units_caption", as_of=scope.as_of),
        key="unit-ranges",
        of=(tuple(targets), chosen),
    )
if len(hidden):
    st.caption(t.md("forecast.hidden", names=t.names(sorted(hidden["unit"]), 6), count=len(hidden)))
with st.container(key="forecast-table"):
    chances = [
        found.p_reach(amount, kind, name)
        if (amount := session.target_of(goals, kind, name))
        else None
        for name in units["unit"]
    ]
    if box := drawer(t("forecast.table", count=len(units)), "forecast-units"):
        with box:
            table(
                units.assign(
                    won=units["won"].map(t.money),
                    median=units["median"].where(~units["too_wide"]).map(t.money),
                    range=[t.money_range(row.low90, row.high90) for row in units.itertuples()],
                    chance=["–" if one is None else t.chance(one) for one in chances],
                ),
                {
                    "unit": t(f"column.{kind}"),
                    "won": t("column.won"),
                    "median": t("forecast.column_median"),
                    "range": t("forecast.column_range"),
                    "chance": t("forecast.p_hit"),
                    "open": t("column.open"),
                },
                key="forecast-units-table",
                right=("won", "median", "range", "chance"),
            )

aim = target or float(whole["median"])
if found.days and not whole["too_wide"] and (box := drawer(t("forecast.carried"), "carried")):
    with box:
        st.caption(
            t("forecast.carried_help" if target else "forecast.carried_median", aim=t.money(aim))
        )
        deals = here.ask(carried_by, aim)
        table(
            deals.assign(
                value=deals["value"].map(t.money),
                p_period=deals["p_period"].map(t.chance),
                rep=deals["rep"].fillna("–"),
                expected_on=deals["expected_on"].map(
                    lambda day: "–" if pd.isna(day) else f"{day:%Y-%m-%d}"
                ),
                if_won=deals["if_won"].map(t.chance),
                if_not=deals["if_not"].map(t.chance),
            ),
            {
                "name": t("facts.opportunity"),
                "rep": t("column.rep"),
                "stage": t("forecast.column_stage"),
                "value": t("forecast.column_value"),
                "p_period": t("forecast.column_chance"),
                "if_won": t("forecast.column_if_won"),
                "if_not": t("forecast.column_if_not"),
                "expected_on": t("forecast.column_due"),
            },
            key="carried-table",
            right=("value", "p_period", "if_won", "if_not"),
        )
if found.days and (box := drawer(t("forecast.others"), "rivals")):
    with box:
        said = here.ask(rivals)
        rows = pd.DataFrame({"way": list(said), "amount": list(said.values())})
        table(
            rows.assign(
                way=[t(f"forecast.way_{way}") for way in rows["way"]],
                amount=rows["amount"].map(t.money),
            ),
            {"way": t("forecast.column_way"), "amount": t("forecast.column_amount")},
            key="rivals-table",
            right=("amount",),
        )
        st.caption(t("forecast.others_help"))
show_tried(t)
show_commitments(here, float(whole["median"]), t)
