"""Four pictures of the win rates, each with the rows that it was drawn from."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from analytics.abilities import censored, fates, monthly_rates, ranks, rates, segment_rates
from analytics.comparison import KNOWN_PLACE
from analytics.exports import csv_bytes
from analytics.study import Study
from pages._ui import estimates, session
from pages._ui.blocks import drawer, picture, table
from pages._ui.heatmap import rate_map
from pages._ui.judging import waiting_in_words
from pages._ui.session import ask, ask_patiently
from pages._ui.text import Text


def views(study: Study) -> list[str]:
    """The pictures that the data allows."""
    there = {
        "map": bool(study.by),
        "ranking": True,
        "segments": bool(study.segments),
        "time": bool(study.cells["period"].notna().any()),
        "fates": True,
    }
    return [name for name, is_there in there.items() if is_there]


def show_map(study: Study, shown: str, t: Text) -> pd.DataFrame:
    """Rep x level of an attribute."""

    def arranged() -> pd.DataFrame:
        """Surest first, in the first column and in all others."""
        found = ask(rates, shown)
        order = found[found["level"].isna()].sort_values("low", ascending=False)["rep"]
        return found.set_index("rep").loc[order].reset_index()

    rows = session.keep("map-rows", arranged, shown)
    cells = rows[rows["level"].notna()]
    known = int((cells["clear"] != 0).sum())
    picture(
        lambda: rate_map(rows, session.is_dark(), t),
        t("winrates.map_finding", known=known, cells=len(cells))
        if known
        else t("winrates.map_nothing", cells=len(cells)),
        t(
            "winrates.map_caption",
            attribute=t(f"attribute.{shown}"),
            closed=study.closed,
            as_of=session.scope().as_of,
        ),
        key="map",
        of=shown,
    )
    return rows


def show_ranking(study: Study, shown: str, t: Text) -> pd.DataFrame:
    """Everybody over all, with the place where one is known."""
    found = ask(rates)
    whole = found[found["level"].isna()].merge(ask(ranks), on="rep")
    rows = whole.sort_values("low", ascending=False, ignore_index=True)
    rows["label"], rows["place"] = rows["rep"], [place(row, t) for row in rows.itertuples()]
    picture(
        lambda: estimates.rate_dots(rows, t, beside=list(rows["place"])),
        ranking_finding(rows, study, t),
        t(
            "winrates.rank_caption",
            everybody=len(study.reps),
            closed=study.closed,
            as_of=session.scope().as_of,
        ),
        key="ranking",
    )
    return rows


def place(row, t: Text) -> str:
    """``3 (62 %)`` where the place is likelier than not, else the likely range: ``2–11``."""
    if row.known:
        return t("winrates.place", place=int(row.rank), chance=t.chance(row.p_rank))
    return f"{row.rank_low}–{row.rank_high}"


def ranking_finding(rows: pd.DataFrame, study: Study, t: Text) -> str:
    """Who may be first, and of how many the place is not known (plain text)."""
    best = rows.loc[rows["p_best"].idxmax()]
    unknown = int((~rows["known"]).sum())
    if best["p_best"] >= KNOWN_PLACE:
        key = "first"
    else:
        key = "open" if len(rows) == len(study.reps) else "team"
    return t(
        f"winrates.rank_{key}",
        rep=best["rep"],
        chance=t.chance(best["p_best"]),
        everybody=len(study.reps),
        rest=t("winrates.rank_unknown", unknown=unknown, reps=len(rows))
        if unknown
        else t("winrates.rank_known"),
    )


def show_segments(study: Study, shown: str, t: Text) -> pd.DataFrame:
    """The average rep in each level of an attribute."""
    found = ask(segment_rates, shown)
    # Size bands keep their order, everything else is put in one.
    ordered = found["level"].str.match(r"\d").all()
    rows = found if ordered else found.sort_values("low", ascending=False, ignore_index=True)
    rows = rows.assign(label=rows["level"])
    best, worst = rows.loc[rows["mean"].idxmax()], rows.loc[rows["mean"].idxmin()]
    attribute = t(f"attribute.{shown}")
    picture(
        lambda: estimates.rate_dots(rows, t, beside=[f"{count:,.0f}" for count in rows["trials"]]),
        t(
            "winrates.segments_finding",
            best=best["level"],
            high=t.rate(best["mean"]),
            worst=worst["level"],
            low=t.rate(worst["mean"]),
        )
        if best["low"] > worst["high"]
        else t("winrates.segments_alike", attribute=attribute),
        t("winrates.segments_caption", reps=len(study.reps), as_of=session.scope().as_of),
        key="segments",
        of=shown,
    )
    return rows


def show_course(study: Study, shown: str, t: Text) -> pd.DataFrame:
    """The average rep by month in which opportunities began, pale where many are open."""
    found = ask_patiently(t("winrates.counting"), monthly_rates)
    waiting = ask(censored)
    cohorts = waiting.cohorts.assign(level=waiting.cohorts["engaged_month"].map("{:%Y-%m}".format))
    rows = found.merge(cohorts[["level", "open", "warned"]], on="level", how="left")
    rows = rows.fillna({"open": 0}).assign(warned=rows["warned"].eq(True))
    done = rows if rows["warned"].all() else rows[~rows["warned"]]
    picture(
        lambda: estimates.rate_course(rows, t),
        t(
            "winrates.time_finding",
            low=t.rate(done["mean"].min()),
            high=t.rate(done["mean"].max()),
            raw_low=t.rate(done["raw"].min()),
            raw_high=t.rate(done["raw"].max()),
        ),
        t("winrates.time_caption", reps=len(study.reps), as_of=session.scope().as_of),
        key="time",
    )
    if waiting.warned:
        st.caption(waiting_in_words(waiting, t, "pale"))
    return rows


def show_fates(study: Study, shown: str, t: Text) -> pd.DataFrame:
    """What becomes within a year of all that begins, beside the rate over closed ones alone."""
    found = ask_patiently(t("winrates.fates_working"), fates, shown)
    rows = found.sort_values("low", ascending=False, ignore_index=True)
    rows = rows.assign(label=rows["level"])
    if rows.empty:
        st.info(t("winrates.fates_none"))
        return rows
    waiting = ask(censored).cohorts["open"].sum()
    picture(
        lambda: estimates.rate_dots(rows, t, beside=[t.share(share) for share in rows["still"]]),
        t(
            "winrates.fates_finding",
            low=t.rate(rows["mean"].min()),
            high=t.rate(rows["mean"].max()),
            raw_low=t.rate(rows["raw"].min()),
            raw_high=t.rate(rows["raw"].max()),
        ),
        t(
            "winrates.fates_caption",
            closed=study.closed,
            open=int(waiting),
            as_of=session.scope().as_of,
        ),
        key="fates",
        of=shown,
    )
    return rows


VIEWS: dict[str, Callable[[Study, str, Text], pd.DataFrame]] = {
    "map": show_map,
    "ranking": show_ranking,
    "segments": show_segments,
    "time": show_course,
    "fates": show_fates,
}

COLUMNS = {
    "map": ("rep", "level", "estimate", "difference", "chance", "wins", "trials", "raw"),
    "ranking": ("rep", "place", "estimate", "difference", "chance", "wins", "trials", "raw"),
    "segments": ("level", "estimate", "wins", "trials", "raw"),
    "time": ("level", "estimate", "wins", "trials", "raw", "open"),
    "fates": ("level", "estimate", "lost", "still", "raw", "wins", "trials"),
}
EXPORTED = (
    *("rep", "team", "level", "wins", "trials", "open", "raw", "mean", "low", "high"),
    *("lost", "still", "extrapolated"),
    *("above", "above_low", "above_high", "p_above", "rank_low", "rank_high", "p_best"),
)
"""Columns of the file, as far as the rows have them; rates lie between 0 and 1."""


def show_table(rows: pd.DataFrame, view: str, shown: str, t: Text) -> None:
    """The rows behind a picture, as people read them, and as a file."""
    box = drawer(t("winrates.table", count=len(rows)), "estimates")
    if not box:
        return
    headings = {name: t(f"column.{name}") for name in COLUMNS[view] if name != "level"}
    if "level" in COLUMNS[view]:
        level = t("column.month") if view == "time" else t(f"attribute.{shown}")
        headings = {name: headings.get(name, level) for name in COLUMNS[view]}
    with box:
        table(
            session.keep("rates-table", partial(worded, rows, t), view, shown),
            headings,
            key=f"rates-table-{view}",
            right=("estimate", "difference", "chance", "raw", "place", "lost", "still"),
        )
        st.download_button(
            t("winrates.download"),
            data=partial(as_csv, rows),
            file_name=f"win_rates_{view}_{session.scope().as_of}.csv",
            mime="text/csv",
            on_click="ignore",
            key="download-rates",
        )


def worded(rows: pd.DataFrame, t: Text) -> pd.DataFrame:
    """The rows of any of the pictures in words."""
    said = rows.assign(
        estimate=[t.estimate(row.mean, row.low, row.high) for row in rows.itertuples()],
        raw=rows["raw"].map(t.rate),
        wins=rows["wins"].astype(int),
        trials=rows["trials"].astype(int),
    )
    if "level" in rows:
        said["level"] = rows["level"].fillna(t("winrates.overall"))
    if "above" in rows:
        said["difference"] = rows["above"].map(t.points)
        said["chance"] = rows["p_above"].map(t.chance)
    if "still" in rows:
        said["lost"], said["still"] = rows["lost"].map(t.share), rows["still"].map(t.share)
    if "open" in rows:
        said["open"] = rows["open"].astype(int)
    return said


def as_csv(rows: pd.DataFrame) -> bytes:
    """The rows as a file for a spreadsheet."""
    columns = [name for name in EXPORTED if name in rows]
    return csv_bytes(columns, rows[columns].round(4).itertuples(index=False, name=None))
