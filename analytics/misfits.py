"""What in the targets does not fit, each with the line that it stands on."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from analytics.scope import Period
from analytics.targets import KEY, TOLERANCE, as_shares, usable
from analytics.tiling import RANK, own_of_period

PROBLEMS = (
    "code", "unit_kind", "unit", "kpi", "tier", "period", "starts_on", "file", "row_no",
    "amount", "other", "gaps",
)  # fmt: skip
"""``amount`` and ``other`` are what is there and what its parts sum to, ``gaps`` how many lack."""

CODES = (
    "unknown_unit", "other_currency", "duplicate", "misaligned", "overlap", "missing_parts",
    "parts_differ", "people_differ",
)  # fmt: skip

_SERIES = ["unit_kind", "unit", "kpi", "tier"]


def problems(
    files: pd.DataFrame,
    spells: pd.DataFrame,
    known: pd.DataFrame,
    period: Period,
    means: Collection[str],
) -> pd.DataFrame:
    """What does not fit; nothing is put right by itself.

    ``unknown_unit`` and ``other_currency``: the target is not used. ``duplicate``: rows of files
    with one key, of which the later one counts (``other``). ``misaligned``: it begins on another
    day than periods of its kind do, so it is no period's own. ``overlap``: two of one kind share
    days. ``missing_parts``: periods between the first and the last that have none, or others of
    the period looked at, which has no target for that. ``parts_differ``: shorter ones do not sum
    to the longer one. ``people_differ``: the people's do not sum to their team's or the company's;
    ``gaps`` people have none.

    Parameters
    ----------
    files
        The mart ``goal_targets``.
    spells
        The mart ``team_spells``.
    known
        The targets in force.
    period
        The one that is looked at.
    means
        Measures that are averages.

    Returns
    -------
    ``PROBLEMS``.
    """
    files = as_shares(files)
    sums = known[~known["kpi"].isin(means)]
    found = [
        files[~files["known"]].assign(code="unknown_unit"),
        files[files["known"] & files["other_currency"]].assign(code="other_currency"),
        _given_twice(usable(files)),
        _misaligned(known, period.first_month),
        *_overlaps_and_gaps(known),
        _edges(sums, spells, period),
        _parts_that_differ(sums),
        *_people_that_differ(sums, spells),
    ]
    rows = pd.concat([part.reindex(columns=list(PROBLEMS)) for part in found], ignore_index=True)
    return rows.sort_values(["code", "file", "row_no"], kind="stable", ignore_index=True)


def _given_twice(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows[rows.duplicated(KEY, keep=False)].sort_values(["file", "row_no"], kind="stable")
    return rows.assign(code="duplicate", other=rows.groupby(KEY)["amount"].transform("last"))


def _misaligned(known: pd.DataFrame, first_month: int) -> pd.DataFrame:
    starts = known["starts_on"].dt
    months = known["period"].map({"year": 12, "quarter": 3, "month": 1})
    fits = (starts.day == 1) & ((starts.month - first_month) % months.fillna(1) == 0)
    return known[~fits & (known["period"] != "week")].assign(code="misaligned")


def _overlaps_and_gaps(known: pd.DataFrame) -> list[pd.DataFrame]:
    series = [*_SERIES, "period"]
    rows = known.sort_values([*series, "starts_on"], kind="stable")
    before = rows.groupby(series)["ends_on"].shift()
    apart = (rows["starts_on"] - before).dt.days
    length = (rows["ends_on"] - rows["starts_on"]).dt.days
    # A year between two targets is no forgotten month.
    holes = rows.assign(gaps=(apart / length).round(), before=before, apart=apart)
    holes = holes[(holes["gaps"] > 0) & (apart < 366)].reset_index(names="place")
    within = holes.merge(known[[*_SERIES, "starts_on", "ends_on"]], on=_SERIES,
                         suffixes=("", "_other"))  # fmt: skip
    inside = within["starts_on_other"] >= within["before"]
    inside &= within["ends_on_other"] <= within["starts_on"]
    within = within[inside]
    days = (within["ends_on_other"] - within["starts_on_other"]).dt.days
    filled = days.groupby(within["place"]).sum().reindex(holes["place"], fill_value=0)
    # A quarter between months leaves no hole.
    open_ = filled.to_numpy() < holes["apart"].to_numpy()
    return [rows[apart < 0].assign(code="overlap"), holes[open_].assign(code="missing_parts")]


def _edges(sums: pd.DataFrame, spells: pd.DataFrame, period: Period) -> pd.DataFrame:
    """First parts of the period looked at where days before or after all parts have none."""
    found = [sums.head(0).assign(lacking=0)]
    for kpi, tier in sums[["kpi", "tier"]].drop_duplicates().itertuples(index=False):
        own = own_of_period(sums, spells, period, kpi, tier, mean=False)
        lacks = own[(own["how"] == "incomplete") & (own["lacking"] > 0)]
        found.append(sums.loc[lacks["first"]].assign(lacking=lacks["lacking"].to_numpy()))
    rows = pd.concat(found)
    length = (rows["ends_on"] - rows["starts_on"]).dt.days
    gaps = (rows["lacking"] / length).round().clip(lower=1)
    return rows.assign(code="missing_parts", gaps=gaps)


def _parts_that_differ(sums: pd.DataFrame) -> pd.DataFrame:
    long = sums[sums["period"].isin(["year", "quarter"])].reset_index(names="place")
    pairs = long.merge(sums[[*_SERIES, "period", "starts_on", "ends_on", "amount"]], on=_SERIES,
                       suffixes=("", "_part"))  # fmt: skip
    shorter = pairs["period_part"].map(RANK) < pairs["period"].map(RANK)
    shorter &= pairs["period_part"] != "week"
    shorter &= pairs["starts_on_part"] >= pairs["starts_on"]
    shorter &= pairs["ends_on_part"] <= pairs["ends_on"]
    pairs = pairs[shorter].assign(covered=(pairs["ends_on_part"] - pairs["starts_on_part"]).dt.days)
    parts = pairs.groupby(["place", "period_part"], as_index=False).agg(
        other=("amount_part", "sum"), covered=("covered", "sum")
    )
    parts = parts.merge(long, on="place")
    # Parts that do not cover the whole are missing, not different.
    whole = parts["covered"] == (parts["ends_on"] - parts["starts_on"]).dt.days
    return parts[whole & _differ(parts)].assign(code="parts_differ")


def _differ(rows: pd.DataFrame) -> pd.Series:
    return (rows["other"] - rows["amount"]).abs() > TOLERANCE * rows["amount"]


def _people_that_differ(sums: pd.DataFrame, spells: pd.DataFrame) -> list[pd.DataFrame]:
    """Targets of teams, regions and the company that are not what their people's sum to.

    Whoever moved counts for each team by the days there.
    """
    places = spells.rename(columns={"starts_on": "came_on", "ends_on": "went_on"})
    places = places.assign(company="")
    people = sums[sums["unit_kind"] == "rep"].drop(columns="unit_kind")
    people = people.rename(columns={"unit": "rep"}).merge(places, on="rep")
    people["part"] = people["amount"] * _share_there(people)
    keys = ["kpi", "tier", "period", "starts_on"]
    found = []
    for kind in ("team", "region", "company"):
        bigger = sums[sums["unit_kind"] == kind]
        other = people.groupby([kind, *keys])["part"].sum().rename("other").reset_index()
        both = bigger.merge(other.rename(columns={kind: "unit"}), on=["unit", *keys])
        both = both[_differ(both)].reset_index(drop=True).rename_axis("place").reset_index()
        there = both.merge(places, left_on="unit", right_on=kind)
        began = there["started_on"].isna() | (there["started_on"] < there["ends_on"])
        there = there[(_share_there(there) > 0) & there["active"].astype(bool) & began]
        there = there.merge(people[["rep", *keys]].drop_duplicates().assign(has=True),
                            on=["rep", *keys], how="left")  # fmt: skip
        without = there[there["has"].isna()].groupby("place")["rep"].nunique()
        gaps = both["place"].map(without).fillna(0)
        found.append(both.assign(code="people_differ", gaps=gaps))
    return found


def _share_there(rows: pd.DataFrame) -> pd.Series:
    """Share of the days of each row's period that lie in its spell."""
    starts, ends, came, went = (
        rows[name].to_numpy("datetime64[D]")
        for name in ("starts_on", "ends_on", "came_on", "went_on")
    )
    days = (np.minimum(ends, went) - np.maximum(starts, came)).astype(int).clip(0)
    return pd.Series(days / np.maximum((ends - starts).astype(int), 1), index=rows.index)
