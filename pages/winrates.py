"""Win rates: who wins what, how sure that is, and one rep's profile."""

import pandas as pd
import streamlit as st

from analytics.abilities import evidence, rates
from analytics.workflow import coverage
from pages._ui import charts, session
from pages._ui.blocks import drawer, empty, picture, table, title
from pages._ui.session import ask
from pages._ui.verdict import verdict_details, verdict_sentence

t = session.text()
scope = session.scope()
study = ask(evidence) if ask(coverage)["opportunities"] else None

if study is None:
    title(t("page.winrates"), t("winrates.question"))
    empty(t("winrates.needed"))
    st.stop()

found = ask(rates)
title(t("page.winrates"), verdict_sentence(study, t))

if study.choices:
    key = f"by-choice-{t.language}"
    st.session_state[key] = list(study.attributes)
    st.pills(
        t("winrates.by"),
        study.choices,
        selection_mode="multi",
        format_func=lambda name: t(f"attribute.{name}"),
        key=key,
        on_change=lambda: st.session_state.update(by=",".join(st.session_state[key])),
    )
verdict_details(study, t)

if study.model is None or found.empty:
    st.info(t("winrates.too_little"))
    st.stop()


def arranged() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rates over all, surest first, and those by level in the same order of reps."""
    whole = found[found["level"].isna()].sort_values("low", ascending=False)
    parts = found[found["level"].notna()]
    return whole, parts.set_index("rep").loc[whole["rep"]].reset_index() if len(parts) else parts


overall, by_level = session.keep("rates", arranged)
known = int((by_level["clear"] != 0).sum())
attribute = t(f"attribute.{study.by}") if study.by else ""

if study.by:
    picture(
        lambda: charts.rate_map(by_level, session.is_dark(), t),
        t("winrates.map_finding", known=known, cells=len(by_level))
        if known
        else t("winrates.map_nothing", cells=len(by_level)),
        t("winrates.map_caption", closed=study.closed, as_of=scope.as_of),
        key="map",
    )


@st.fragment
def profile() -> None:
    """One rep against the mean rep, with what was seen beside what is estimated."""
    rep = st.selectbox(t("winrates.choose_rep"), list(overall["rep"]), key="rep")
    of_rep = found[found["rep"] == rep]
    labels = of_rep["level"].where(of_rep["level"].notna(), t("winrates.overall"))
    average = of_rep["mean"] - of_rep["above"]
    strong = of_rep[of_rep["level"].notna() & (of_rep["clear"] > 0)]
    whole = of_rep[of_rep["level"].isna()].iloc[0]
    if len(strong):
        finding = t(
            "winrates.profile_strong", rep=rep, levels=t("list.comma").join(strong["level"])
        )
    else:
        side = {1: "above", -1: "below", 0: "unclear"}[int(whole["clear"])]
        finding = t(f"winrates.profile_{side}", rep=rep)
    picture(
        lambda: charts.rate_dots(of_rep.assign(label=labels), average, t),
        finding,
        t(
            "winrates.profile_caption",
            rate=t.estimate(whole["mean"], whole["low"], whole["high"]),
            wins=int(whole["wins"]),
            trials=int(whole["trials"]),
            as_of=scope.as_of,
        ),
        key="profile",
        of=rep,
    )


st.subheader(t("winrates.profile"), anchor=False)
profile()


def worded() -> pd.DataFrame:
    """The rates over all and by level, as people read them."""
    listed = pd.concat([overall, by_level]) if attribute else overall
    return listed.assign(
        level=listed["level"].where(listed["level"].notna(), t("winrates.overall")),
        estimate=[t.estimate(row.mean, row.low, row.high) for row in listed.itertuples()],
        difference=[t.points(points) for points in listed["above"]],
        chance=listed["p_above"].map(t.chance),
        raw=listed["raw"].map(t.rate),
        wins=listed["wins"].astype(int),
        trials=listed["trials"].astype(int),
    )


if box := drawer(t("winrates.table", count=len(found)), "estimates"):
    columns = {
        "rep": t("column.rep"),
        "level": attribute or t("winrates.overall"),
        "estimate": t("column.rate"),
        "difference": t("column.above"),
        "chance": t("column.p_above"),
        "wins": t("column.wins"),
        "trials": t("column.trials"),
        "raw": t("column.raw"),
    }
    if not study.by:
        del columns["level"]
    with box:
        table(
            session.keep("rates-table", worded),
            columns,
            key="rates-table",
            right=("estimate", "difference", "chance", "raw"),
        )
st.caption(t("winrates.definition"))
