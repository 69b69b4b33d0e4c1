"""Where the goals stand: the finding, a bullet for each unit, the way so far, and the deals."""

from datetime import timedelta

import pandas as pd
import streamlit as st

from analytics.aiming import Way, deals_behind, differences, is_mean, way_of, whole_of
from analytics.attaining import chances, lost_on, missing, open_behind
from analytics.desk import Desk
from analytics.targets import MONEY
from analytics.workflow import coverage
from pages._ui.blocks import choice, picture, table, tiles, title
from pages._ui.goalcharts import bullets, way_through
from pages._ui.goalwords import amount, chance, measure, needed, whose
from pages._ui.text import Text

MOST = 40
"""Deals of a unit that are listed."""

MOST_APART = 4
"""Units named whose target is not what its people have."""

ORDER = {"company": 0, "region": 1, "team": 2, "rep": 3}


def show_course(
    desk: Desk, kpi: str, tier: str, heading: st.delta_generator.DeltaGenerator, t: Text
) -> None:
    """The page for one measure and tier in one period."""
    if desk.knows(chances, kpi, tier):
        rows = desk.ask(chances, kpi, tier)
    else:
        with st.spinner(t("goals.working"), show_time=True):
            rows = desk.ask(chances, kpi, tier)
    kind, name = desk.ask(whole_of)
    of_whole = rows[(rows["unit_kind"] == kind) & (rows["unit"] == name)]
    if of_whole.empty:
        with heading:
            title(t("page.goals"), t.md("goals.finding_nobody", unit=whose(kind, name, t)))
        return
    whole = of_whole.iloc[0]
    way = None if desk.ask(is_mean, kpi) else desk.ask(way_of, kpi)
    with heading:
        title(t("page.goals"), finding(desk, whole, way, kpi, tier, t))
    _tiles(desk, whole, way, kpi, tier, t)
    _bullets(desk, rows, way, kpi, tier, t)
    if way is not None and desk.scope.period.start <= desk.scope.as_of:
        _way(desk, whole, way, kpi, t)
    _table(desk, rows, kpi, tier, t)


def finding(desk: Desk, whole: pd.Series, way: Way | None, kpi: str, tier: str, t: Text) -> str:
    """One sentence or two: on course or not, how likely, what is missing (markdown)."""
    period, as_of = desk.scope.period, desk.scope.as_of
    facts = {
        "unit": whose(whole["unit_kind"], whole["unit"], t),
        "kpi": measure(kpi, t),
        "tier": t(f"tier.{tier}"),
        "period": t.period(period),
        "value": amount(whole["value"], kpi, t),
        "target": amount(whole["target"], kpi, t),
    }
    if not whole["target"] > 0:
        return t.md("goals.finding_none", **facts)
    reached = whole["value"] >= whole["target"]
    if period.end <= as_of + timedelta(days=1) or reached:
        return t.md(f"goals.finding_{'reached' if reached else 'missed'}", **facts)
    if pd.isna(whole["value"]):
        return t.md("goals.finding_unmeasured", **facts)
    if way is None:
        return t.md("goals.finding_rate", **facts)
    gap = missing(whole["gap"], period, as_of)
    assert gap
    rest = t.md(
        "goals.finding_week", gap=amount(whole["gap"], kpi, t), week=needed(gap.a_week, kpi, t),
        weeks=f"{gap.weeks:.1f}",
    )  # fmt: skip
    facts["due"] = amount(way.usual(whole["target"]), kpi, t)
    if pd.isna(whole["p_hit"]):
        ahead = whole["attainment"] >= way.due
        return t.md(f"goals.finding_{'ahead' if ahead else 'behind'}", **facts) + rest
    likely = "likely" if whole["p_hit"] >= 0.5 else "unlikely" if whole["p_hit"] < 0.2 else "open"
    return t.md(f"goals.finding_{likely}", chance=t.chance(whole["p_hit"]), **facts) + rest


def _tiles(desk: Desk, whole: pd.Series, way: Way | None, kpi: str, tier: str, t: Text) -> None:
    lost, by = desk.ask(lost_on, kpi, tier)
    currency = (desk.ask(coverage)["currency"] or "") if kpi in MONEY else ""
    entries = [
        {
            "label": f"{measure(kpi, t)} {currency}".strip(),
            "value": amount(whole["value"], kpi, t),
            "compared": t("goals.of_target", target=amount(whole["target"], kpi, t))
            if whole["target"] > 0
            else t("goals.no_target"),
            "definition": t("goals.reached_help", n=int(whole["n"])),
        },
        {
            "label": t("goals.attainment"),
            "value": t.rate(whole["attainment"]),
            "compared": t("goals.usual_by_now", due=t.rate(way.due)) if way else t("goals.of_rate"),
            "definition": t("goals.usual_help", periods=way.course.periods if way else 0),
        },
        {
            "label": t("goals.p_hit"),
            "value": chance(whole["p_hit"], t),
            "compared": t(
                "unit.range",
                low=amount(whole["low90"], kpi, t),
                high=amount(whole["high90"], kpi, t),
            )
            if pd.notna(whole["low90"])
            else t("goals.not_enough"),
            "definition": t("goals.p_hit_stretches", n=int(whole["stretches"]))
            if whole["stretches"]
            else t("goals.p_hit_help"),
        },
    ]
    if by:
        entries.append(
            {
                "label": t("goals.lost_on"),
                "value": f"{lost:%m-%d}" if lost else "–",
                "compared": t(f"goals.lost_{'by' if lost else 'never'}"),
                "definition": t(f"goals.lost_{by}"),
            }
        )
    tiles(entries)


def _bullets(desk: Desk, rows: pd.DataFrame, way: Way | None, kpi: str, tier: str, t: Text) -> None:
    scope = desk.scope
    aimed = rows[rows["target"] > 0]
    kinds = ("rep",) if scope.team else ("team", "region", "rep")
    kind = next((one for one in kinds if (aimed["unit_kind"] == one).any()), "company")
    shown = aimed[aimed["unit_kind"] == kind]
    shown = shown[shown["attainment"].notna()]
    if shown.empty:
        st.info(t("goals.no_units", tier=t(f"tier.{tier}"), kpi=measure(kpi, t)))
        return
    shown = shown.sort_values(["p_hit", "attainment"], na_position="first")
    labels = [whose(row.unit_kind, row.unit, t) for row in shown.itertuples()]
    due = way.due if way else None
    line = 1.0 if due is None else due
    picture(
        lambda: bullets(shown.assign(label=labels), due, kpi, t),
        t(
            "goals.bullets_finding",
            ahead=int((shown["attainment"] >= line).sum()),
            units=t(f"goals.count_{shown['unit_kind'].iloc[0]}", count=len(shown)),
        ),
        t(
            f"goals.bullets_{'caption' if way else 'rate'}",
            as_of=scope.as_of,
            n=int(shown["n"].sum()),
        ),
        key="goal-bullets",
        of=(kpi, tier, scope.period, scope.team),
    )


def _way(desk: Desk, whole: pd.Series, way: Way, kpi: str, t: Text) -> None:
    target = float(whole["target"]) if whole["target"] > 0 else None
    end = None
    if pd.notna(whole["low90"]) and desk.scope.period.end > desk.scope.as_of:
        end = (whole["low90"], whole["median"], whole["high90"])
    picture(
        lambda: way_through(way, desk.scope.period, target, end, kpi, t),
        t("goals.way_finding", kpi=measure(kpi, t), period=t.period(desk.scope.period)),
        t("goals.way_caption", periods=way.course.periods, as_of=desk.scope.as_of),
        key="goal-way",
        of=(kpi, target, desk.scope.period, desk.scope.team),
    )


def _table(desk: Desk, rows: pd.DataFrame, kpi: str, tier: str, t: Text) -> None:
    st.markdown(f"##### {t('goals.table')}")
    rows = rows.assign(order=rows["unit_kind"].map(ORDER), team=rows["team"].fillna(""))
    rows = rows.sort_values(["order", "team", "unit"], ignore_index=True)
    week = [missing(gap, desk.scope.period, desk.scope.as_of) for gap in rows["gap"]]
    shown = rows.assign(
        label=[whose(row.unit_kind, row.unit, t) for row in rows.itertuples()],
        aim=[
            "–" if pd.isna(row.target) else amount(row.target, kpi, t) for row in rows.itertuples()
        ],
        how=["–" if pd.isna(one) else t(f"goals.how_{one}") for one in rows["how"]],
        value=[amount(one, kpi, t) for one in rows["value"]],
        share=rows["attainment"].map(t.rate),
        chance=[chance(one, t) for one in rows["p_hit"]],
        range=[
            "–"
            if pd.isna(row.low90)
            else t("unit.range", low=amount(row.low90, kpi, t), high=amount(row.high90, kpi, t))
            for row in rows.itertuples()
        ],
        week=["–" if one is None else needed(one.a_week, kpi, t) for one in week],
    )
    columns = {
        "label": t("goals.column_unit"),
        "aim": t("column.target"),
        "value": t("goals.column_value"),
        "share": t("goals.attainment"),
        "chance": t("goals.p_hit"),
        "range": t("goals.column_range"),
        "week": t("goals.column_week"),
        "how": t("goals.column_how"),
    }
    if desk.ask(is_mean, kpi):
        columns = {name: columns[name] for name in ("label", "aim", "value", "share", "how")}
    [place] = choice(
        shown, columns, "goal-units", "single-row-required", [0],
        right=("aim", "value", "share", "chance", "range", "week"),
    ) or [0]  # fmt: skip
    st.caption(t("goals.table_help"))
    apart = desk.ask(differences, kpi, tier).head(MOST_APART)
    for row in apart.itertuples():
        size = amount(abs(row.difference), kpi, t)
        st.caption(
            t.md(
                "goals.differs",
                unit=whose(row.unit_kind, row.unit, t),
                target=amount(row.target, kpi, t),
                people=amount(row.people, kpi, t),
                difference=t("goals.more" if row.difference > 0 else "goals.less", size=size),
            )
        )
    if kpi in ("revenue", "deals", "conversion", "new_accounts"):
        _deals(desk, rows.iloc[place], t)


def _deals(desk: Desk, row: pd.Series, t: Text) -> None:
    kind, name = str(row["unit_kind"]), str(row["unit"])
    won, still = desk.ask(deals_behind, kind, name), desk.ask(open_behind, kind, name)
    label = whose(kind, name, t)
    st.markdown(f"##### {t.md('goals.deals', unit=label, won=len(won), open=len(still))}")
    first, then = won.head(MOST), still.head(MOST)
    listed = pd.concat(
        [
            first.assign(
                state=[t("goals.won_on", day=f"{day:%Y-%m-%d}") for day in first["closed_on"]]
            ),
            then.assign(
                amount=then["value"],
                state=[t("goals.open_with", chance=chance(one, t)) for one in then["p_period"]],
            ),
        ]
    )
    if listed.empty:
        st.caption(t("goals.no_deals"))
        return
    table(
        listed.assign(
            amount=listed["amount"].map(t.money),
            account=listed["account"].fillna("–"),
            rep=listed["rep"].fillna("").replace("", "–"),
        ),
        {
            "name": t("facts.opportunity"),
            "account": t("goals.column_account"),
            "rep": t("column.rep"),
            "amount": t("goals.column_amount"),
            "state": t("goals.column_state"),
        },
        key="goal-deals",
        right=("amount",),
    )
    if len(won) > MOST or len(still) > MOST:
        st.caption(t("goals.most", count=MOST))
