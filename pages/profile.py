"""Rep profile: what one person wins, against the average and a colleague, and for how much."""

import pandas as pd
import streamlit as st

from analytics.abilities import compared, evidence, open_chances, ranks, rates, revenue_gaps
from analytics.workflow import coverage, open_items, people
from pages._ui import address, estimates, explaining, session
from pages._ui.blocks import drawer, empty, picture, table, tiles, title
from pages._ui.controls import select
from pages._ui.session import ask, ask_patiently
from pages._ui.text import plain
from pages._ui.verdict import verdict_sentence

t = session.text()
state = st.session_state
as_of = session.scope().as_of

if not ask(coverage)["opportunities"] or ask(people).empty:
    title(t("page.profile"), t("profile.question"))
    empty(t("winrates.needed"))
    st.stop()

study = ask_patiently(t("overview.learning"), evidence)
found = ask(rates)
overall = found[found["level"].isna()].sort_values("low", ascending=False)
everybody = ask(people).set_index("rep")
# Whoever has nothing closed comes last.
names = list(dict.fromkeys([*overall["rep"], *sorted(everybody.index)]))
rep = state["rep"] if state["rep"] in names else names[0]
person = everybody.loc[rep]
rated = overall[overall["rep"] == rep]


def finding() -> str:
    """What can be said of the person in one sentence (markdown)."""
    if study.model is None:
        return verdict_sentence(study, t)
    if rated.empty:
        return t.md("profile.unseen", rep=rep)
    side = {1: "above", -1: "below", 0: "unclear"}[int(rated["clear"].iloc[0])]
    return t.md(f"profile.{side}", rep=rep)


def estimated() -> list[dict[str, str]]:
    """Tiles of the model, for whoever has closed anything: win rate and place."""
    if rated.empty:
        return []
    of, placed = rated.iloc[0], ask(ranks).set_index("rep").loc[rep]
    if placed["known"]:
        place = f"{int(placed['rank'])}"
        likely = t("profile.place_known", chance=t.chance(placed["p_rank"]))
    else:
        place = f"{int(placed['rank_low'])}–{int(placed['rank_high'])}"
        likely = t("profile.place_likely")
    within = t("profile.range", low=t.rate(of["low"]), high=t.rate(of["high"]))
    return [
        tile("rate", t.rate(of["mean"]), within),
        tile("place", place, likely, everybody=len(study.reps)),
    ]


def counted() -> list[dict[str, str]]:
    """Tiles of plain counts: revenue per win, open work, wins."""
    currency = ask(coverage)["currency"] or ""
    items = ask(open_items)
    value = t.money(float(items.loc[items["rep"] == rep, "value"].sum()))
    wins, trials = int(person["wins"]), int(person["trials"])
    share = t("profile.counted", rate=t.rate(wins / trials)) if trials else t("profile.none_closed")
    found = [
        tile(
            "open",
            f"{int(person['open_count'])}",
            t("profile.worth", value=value, currency=currency),
        ),
        tile("wins", f"{wins} / {trials}", share),
    ]
    if gap.empty:
        return found
    of = gap.iloc[0]
    against = t("profile.against", gap=t.points(of["gap"]))
    facts = {"currency": currency, "deals": int(of["deals"])}
    return [tile("revenue", t.money(of["value"]), against, **facts), *found]


def tile(name: str, value: str, compared: str, **facts: object) -> dict[str, str]:
    return {
        "label": t(f"profile.{name}", **facts),
        "value": value,
        "compared": compared,
        "definition": t(f"profile.{name}_help", **facts),
    }


def levels() -> None:
    """The person by level of an attribute beside the average rep."""
    shown = state["shown"] if state["shown"] in study.attributes else study.by
    if len(study.attributes) > 1:
        select(
            t("winrates.shown"),
            study.attributes,
            shown,
            lambda name: state.update(shown=name),
            "shown",
            format_func=lambda name: t(f"attribute.{name}"),
            width=220,
        )
    rows = ask(rates, shown)
    rows = rows[rows["rep"] == rep]
    rows = rows.assign(label=rows["level"].fillna(t("winrates.overall")))
    comma = t("list.comma")
    above, below = (
        comma.join(rows.loc[(rows["clear"] == sign) & rows["level"].notna(), "level"])
        for sign in (1, -1)
    )
    key = {(1, 1): "both", (1, 0): "more", (0, 1): "less", (0, 0): "none"}[bool(above), bool(below)]
    picture(
        lambda: estimates.rate_dots(rows, t, list(rows["mean"] - rows["above"])),
        t(
            f"profile.levels_{key}",
            rep=rep,
            above=above,
            below=below,
            attribute=t(f"attribute.{shown}") if shown else "",
        ),
        t(
            "profile.levels_caption",
            wins=int(person["wins"]),
            trials=int(person["trials"]),
            as_of=as_of,
        ),
        key="profile",
        of=(rep, shown),
    )


@st.fragment
def comparison() -> None:
    """The person against a colleague: who wins more, and what that may come from."""
    others = [name for name in overall["rep"] if name != rep]
    against = state["against"] if state["against"] in others else None
    st.subheader(t("compare.title"), anchor=False)
    select(
        t("compare.choose", rep=rep),
        others,
        against,
        lambda name: state.update(against=name or ""),
        "against",
        index=None,
        placeholder=t("compare.nobody"),
        width=320,
    )
    address.publish()
    if against is None:
        st.caption(t("compare.help"))
        return
    of = ask(compared, rep, against)
    both = overall[overall["rep"].isin([rep, against])]
    picture(
        lambda: estimates.rate_dots(both.assign(label=both["rep"]), t),
        explaining.who_wins_more(of, t),
        t("compare.caption", closed=int(both["trials"].sum()), as_of=as_of),
        key="compare",
        of=(rep, against),
    )
    st.markdown(explaining.where_it_comes_from(of, t))
    if of.told and (box := drawer(t("compare.strength"), "strength")):
        better, _ = explaining.better_and_worse(of)
        box.markdown(t.md("compare.e_value", better=better, value=f"{of.e_value:.1f}"))


def revenue() -> None:
    """Why the person's revenue per win differs from the average."""
    of = gap.iloc[0].to_dict()
    st.subheader(t("gap.title"), anchor=False)
    team = session.scope().team or t("shell.all_teams")
    picture(
        lambda: estimates.gap_bars(explaining.revenue_parts(of, t), t),
        explaining.revenue_finding(of, t),
        t(
            "gap.caption",
            team=team,
            average=t.money(of["team_value"]),
            deals=of["deals"],
            as_of=as_of,
        ),
        key="gap",
        of=rep,
    )
    st.markdown(explaining.revenue_rest(of, t))


def open_ones() -> None:
    """The chance of each of the person's open opportunities, given its age."""
    if not (box := drawer(t("profile.chances", count=int(person["open_count"])), "chances")):
        return
    with box:
        rows = ask_patiently(t("profile.chances_working"), open_chances)
        rows = rows[rows["rep"] == rep].sort_values("value", ascending=False)
        table(
            pd.DataFrame(
                {
                    "name": rows["name"],
                    "stage": rows["stage"],
                    "age": rows["age_days"].astype(int),
                    "value": rows["value"].map(t.money),
                    "chance": [t.estimate(row.won, row.low, row.high) for row in rows.itertuples()],
                }
            ),
            {
                name: t(f"profile.open_{name}")
                for name in ("name", "stage", "age", "value", "chance")
            },
            key="chances-table",
            right=("value", "chance"),
        )
        st.caption(t("profile.chances_help"))


gaps = ask(revenue_gaps)
gap = gaps[gaps["rep"] == rep]

title(t("page.profile"), finding())
select(t("profile.rep"), names, rep, lambda name: state.update(rep=name), "rep", width=320)
tiles([*estimated(), *counted()])
if len(rated):
    levels()
if len(rated) and len(overall) > 1:
    comparison()
if len(gap) and len(gaps) > 1:
    revenue()
elif gap.empty:
    st.caption(plain(t("gap.no_wins", rep=rep)))
if person["open_count"] and study.model:
    open_ones()
