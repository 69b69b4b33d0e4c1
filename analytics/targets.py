"""Targets: which are in force, and what they come to for a period.

A frame of targets has the columns ``COLUMNS``. Periods are half-open. ``source`` is ``file``, or
``here`` for those that were set in the app; of one key the newest one set here counts, then that
of the files.
"""

import re
from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd

from analytics.scope import PERIOD_KINDS, Period
from analytics.tiling import own_of_period

FLOWS = ("revenue", "deals", "new_accounts", "pipeline", "activities")
"""Measures that are summed."""

RATES = ("conversion", "retention", "satisfaction")
"""Measures that are averages: a target of theirs is never a sum."""

SHARES = ("conversion", "retention")
"""Rates that are parts of a whole: 0.3 is 30 %."""

MONEY = ("revenue", "pipeline")
TIERS = ("base", "stretch", "challenge")

KEY = ["unit_kind", "unit", "kpi", "tier", "period", "starts_on"]
COLUMNS = (
    *KEY, "ends_on", "amount", "source", "version", "from_on", "file", "row_no",
)  # fmt: skip

TOLERANCE = 0.005
"""Share by which sums of targets may differ: rounded figures on a sheet."""

_MEAN = re.compile(r"\b(rate|ratio|score|satisfaction|nps|csat|average|avg)\b|率|满意度|评分|平均")


def is_rate(kpi: str) -> bool:
    """Whether the name of a measure says that it is an average, and never summed.

    Files may say otherwise of theirs: ``aiming.is_mean`` asks them, too.

    >>> is_rate("conversion"), is_rate("回访满意度"), is_rate("demos")
    (True, True, False)
    """
    return kpi in RATES or bool(_MEAN.search(kpi.casefold().replace("_", " ")))


def in_force(
    files: pd.DataFrame, here: pd.DataFrame, as_of: date, means: Collection[str]
) -> pd.DataFrame:
    """The targets that count on a day, one a key.

    A target set here stands for all days of its period: what files say of shorter ones within it
    is gone for that unit, and where it is the company's, for all teams and regions, because their
    people have parts of it. Of an average only the target of the very same period is gone.

    Parameters
    ----------
    files
        The mart ``goal_targets``; of rows with one key the later one counts.
    here
        Targets approved in the app, of all versions: ``KEY``, ends_on, amount, version, from_on.
    means
        Measures that are averages.

    Returns
    -------
    ``COLUMNS``. Left out: targets of units that nobody knows, in another currency, of no period,
    and those whose day has not come.
    """
    old = usable(files).assign(source="file", version=0, from_on=pd.NaT)
    new = here[pd.to_datetime(here["from_on"]) <= pd.Timestamp(as_of)]
    new = new.assign(source="here", file="", row_no=0)
    days = ["starts_on", "ends_on", "from_on"]
    old, new = (
        rows.assign(**{day: pd.to_datetime(rows[day]) for day in days}) for rows in (old, new)
    )
    found = old
    if len(new):
        gone = _replaced(old, new[~new["kpi"].isin(means)])
        found = pd.concat([old[~old.index.isin(gone)], new], ignore_index=True)
    found = found.sort_values([*KEY, "version", "file", "row_no"], kind="stable")
    found = found.drop_duplicates(KEY, keep="last", ignore_index=True)
    return as_shares(found)[list(COLUMNS)]


def usable(files: pd.DataFrame) -> pd.DataFrame:
    """Rows of the mart ``goal_targets`` that can count."""
    fits = files["known"] & ~files["other_currency"] & files["amount"].notna()
    return files[fits & (files["amount"] >= 0) & files["period"].isin(PERIOD_KINDS)]


def as_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """The same rows, with shares that are kept in per cent, so that no hundredths are lost."""
    points = rows["kpi"].isin(SHARES)
    return rows.assign(amount=rows["amount"].where(~points, rows["amount"] / 100))


def _replaced(old: pd.DataFrame, new: pd.DataFrame) -> pd.Index:
    """The rows of files that targets set here stand for."""
    old = old.reset_index(names="place")
    below = old[old["unit_kind"].isin(["team", "region"])].drop(columns=["unit_kind", "unit"])
    series, days = ["kpi", "tier"], ["starts_on", "ends_on"]
    whole = new[new["unit_kind"] == "company"]
    pairs = pd.concat(
        [
            old.merge(new[["unit_kind", "unit", *series, *days]],
                      on=["unit_kind", "unit", *series], suffixes=("", "_here")),
            below.merge(whole[[*series, *days]], on=series, suffixes=("", "_here")),
        ]
    )  # fmt: skip
    within = pairs["starts_on"] >= pairs["starts_on_here"]
    within &= pairs["ends_on"] <= pairs["ends_on_here"]
    return pd.Index(pairs.loc[within, "place"])


def of_period(
    targets: pd.DataFrame, spells: pd.DataFrame, period: Period, kpi: str, tier: str, mean: bool
) -> pd.DataFrame:
    """What each unit's target for a period is, and what it stands on.

    A target of exactly that period; else the sum of shorter ones that fill it
    (``tiling.own_of_period``); else, for a team, region or the company, the sum of its people's.
    A person's target counts for a team by the share of the period's days that they are in it. A
    sum of which a part is missing is none. An average has a target of its own, or none.

    Parameters
    ----------
    targets
        Those in force.
    spells
        The mart ``team_spells``.
    mean
        The measure is an average.

    Returns
    -------
    unit_kind, unit, target, how (``own``, ``parts``, ``people`` or ``teams``; ``incomplete``
    without a target), source, version.
    """
    own = own_of_period(targets, spells, period, kpi, tier, mean)
    known = own.drop(columns=["lacking", "first"])
    if mean:
        return known
    people = known[known["unit_kind"] == "rep"]
    shares = people.merge(_days_in(spells, period), left_on="unit", right_on="rep")
    for kind in ("team", "region"):
        summed = _summed(shares.assign(part=shares["target"] * shares["share"]), kind, kind)
        known = _filled(known, summed, "people")
    teams, how = known[known["unit_kind"] == "team"], "people"
    below = people.assign(part=people["target"])
    if (teams["how"] != "people").any():
        how, alone = "teams", shares[shares["team"] == ""]
        alone = alone.assign(part=alone["target"] * alone["share"])
        below = pd.concat([teams.assign(part=teams["target"]), alone])
    whole = _summed(below.assign(company=""), "company", "company")
    return _filled(known, whole, how).reset_index(drop=True)


def _days_in(spells: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Share of the period's days that each person is in each team: rep, team, region, share."""
    # Spells reach from the year 1900 to 9999, which is more than nanoseconds can count.
    starts = _clipped(spells["starts_on"], period)
    days = (_clipped(spells["ends_on"], period) - starts).dt.days
    rows = spells.assign(share=days / (period.end - period.start).days)
    return rows.loc[rows["share"] > 0, ["rep", "team", "region", "share"]]


def _clipped(days: pd.Series, period: Period) -> pd.Series:
    low, high = (pd.Timestamp(day).as_unit("s") for day in (period.start, period.end))
    return days.astype("datetime64[s]").clip(low, high)


def _summed(rows: pd.DataFrame, by: str, kind: str) -> pd.DataFrame:
    rows = rows[rows[by] != ""] if kind != "company" else rows
    sums = rows.assign(lacks=rows["part"].isna()).groupby(by, as_index=False).agg(
        target=("part", "sum"), source=("source", "max"), version=("version", "max"),
        lacks=("lacks", "max"),
    )  # fmt: skip
    sums["target"] = sums["target"].astype(float).mask(sums["lacks"].astype(bool))
    return sums.rename(columns={by: "unit"}).drop(columns="lacks").assign(unit_kind=kind)


def _filled(known: pd.DataFrame, summed: pd.DataFrame, how: str) -> pd.DataFrame:
    """The targets known so far, and sums for those units that have none."""
    summed = summed.assign(how=np.where(summed["target"].isna(), "incomplete", how))
    keys = ["unit_kind", "unit"]
    there = pd.MultiIndex.from_frame(known.loc[known["target"].notna(), keys])
    added = summed[~pd.MultiIndex.from_frame(summed[keys]).isin(there)]
    instead = pd.MultiIndex.from_frame(added[keys])
    return pd.concat([known[~pd.MultiIndex.from_frame(known[keys]).isin(instead)], added])
