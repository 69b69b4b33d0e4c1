"""What each unit has reached in a period, and how that stands against its target and the time."""

import numpy as np
import pandas as pd

from analytics.scope import Period
from analytics.targets import FLOWS

UNITS = ("rep", "team", "region", "company")
SUMS = {
    "revenue": "won_amount",
    "deals": "won",
    "new_accounts": "new_accounts",
    "pipeline": "pipeline",
    "activities": "activities",
}
"""Measures that are sums, to the column of the mart ``daily_results`` that they sum."""


def units(spells: pd.DataFrame) -> pd.DataFrame:
    """Everybody that may have a target: unit_kind, unit, team (today's), active.

    ``spells`` is the mart ``team_spells``: of a person the last one counts.
    """
    now = spells.drop_duplicates("rep", keep="last")
    reps = now.assign(unit_kind="rep", unit=now["rep"])[["unit_kind", "unit", "team", "active"]]
    teams = sorted(set(now["team"]) - {""})
    regions = sorted(set(now["region"]) - {""})
    bigger = [
        *(("team", team, team, True) for team in teams),
        *(("region", region, "", True) for region in regions),
        ("company", "", "", True),
    ]
    return pd.concat(
        [pd.DataFrame(bigger, columns=reps.columns), reps], ignore_index=True
    ).sort_values(["unit_kind", "unit"], ignore_index=True)


def by_unit(rows: pd.DataFrame, spells: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Sums of rows of people, by unit: unit_kind and unit as index, and ``columns``.

    ``rows`` has rep, ``columns``, and team where it is known which they were in; else that of
    today counts. A region is that of today.
    """
    now = spells.drop_duplicates("rep", keep="last").set_index("rep")
    known = rows.assign(region=rows["rep"].map(now["region"]).fillna(""), company="")
    if "team" not in known:
        known["team"] = known["rep"].map(now["team"]).fillna("")
    found = []
    for kind in UNITS:
        sums = known.groupby(kind)[columns].sum()
        sums = sums if kind == "company" else sums[sums.index != ""]
        found.append(pd.concat({kind: sums}, names=["unit_kind", "unit"]))
    return pd.concat(found)


def results(daily: pd.DataFrame, spells: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Sums of a period so far, by unit; the columns of ``daily_results`` but rep, team and day.

    A team has what its people reached on the days on which they were in it.
    """
    inside = daily["day"].between(str(period.start), str(period.end), inclusive="left")
    columns = [name for name in daily.columns if name not in ("rep", "team", "day")]
    return by_unit(daily[inside], spells, columns)


def values(sums: pd.DataFrame, kpi: str) -> pd.DataFrame:
    """A measure of each row of ``results``: value, and n, what it is counted over.

    Parameters
    ----------
    kpi
        One of ``FLOWS``, or ``conversion`` (won of all closed).
    """
    if kpi == "conversion":
        closed = sums["won"] + sums["lost"]
        return pd.DataFrame({"value": sums["won"] / closed.where(closed > 0), "n": closed})
    count = {"revenue": "won", "pipeline": "created"}.get(kpi, SUMS.get(kpi, ""))
    return pd.DataFrame({"value": sums[SUMS[kpi]], "n": sums[count]})


def means(sums: pd.DataFrame) -> pd.DataFrame:
    """An average of each row: value is ``total`` over ``weight``, and n how many it is over."""
    weight = sums["weight"].astype(float)
    return pd.DataFrame({"value": sums["total"] / weight.where(weight > 0), "n": weight})


def attainment(
    people: pd.DataFrame,
    reached: pd.DataFrame,
    targets: pd.DataFrame,
    elapsed: float,
    kpi: str = "revenue",
    *,
    mean: bool = False,
) -> pd.DataFrame:
    """How far each unit is, against its target and against the time that is over.

    Parameters
    ----------
    people
        ``units``. People who left are listed where they have a target.
    reached
        value and n by unit_kind and unit.
    targets
        ``targets.of_period``.
    elapsed
        Share of the period that is over, 0 to 1.
    mean
        The measure is an average.

    Returns
    -------
    unit_kind, unit, team, target, value, n, how, source, attainment (value / target), gap (target
    - value) and pace (attainment / elapsed: 1 is on course if it came evenly; of an average, just
    its attainment); missing without a target.
    """
    keys = ["unit_kind", "unit"]
    rows = people.merge(targets.drop(columns="version"), on=keys, how="left")
    rows = rows[rows["active"].astype(bool) | rows["target"].notna()].drop(columns="active")
    rows = rows.join(reached[["value", "n"]], on=keys).reset_index(drop=True)
    # Whoever has sold nothing has sold 0; of an average over nothing there is none, nor of what
    # nobody has measured yet.
    if kpi in FLOWS or (not mean and len(reached)):
        rows["value"] = rows["value"].astype(float).fillna(0.0)
    rows["n"] = rows["n"].astype(float).fillna(0.0).astype(int)
    rows["target"] = rows["target"].astype(float)
    rows["attainment"] = (rows["value"] / rows["target"]).where(rows["target"] > 0)
    rows["gap"] = rows["target"] - rows["value"]
    time = 1.0 if mean else elapsed if elapsed > 0 else np.nan
    rows["pace"] = rows["attainment"] / time
    return rows
