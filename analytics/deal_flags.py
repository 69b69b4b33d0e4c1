"""Flags on open opportunities: what their own records say of how they go."""

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.flags import COLUMNS, EVIDENCE, THRESHOLDS, Thresholds, ranked

KNOWN = (
    "opportunity_id", "name", "account", "rep", "team", "stage", "created_on", "expected_on",
    "expected",
)  # fmt: skip


def deal_flags(
    items: pd.DataFrame,
    signals: pd.DataFrame,
    ages: pd.DataFrame,
    as_of: date,
    of: Thresholds = THRESHOLDS,
) -> pd.DataFrame:
    """Every flag on an open opportunity.

    Parameters
    ----------
    items
        Open opportunities with ``expected`` (``outlook.prospects``).
    signals, ages
        The marts ``deal_signals`` and ``stage_ages``.

    Returns
    -------
    ``flags.COLUMNS``, then ``flags.EVIDENCE``.
    """
    rows = items[
        [
            "opportunity_id",
            "name",
            "account",
            "rep",
            "team",
            "stage",
            "created_on",
            "expected_on",
            "expected",
        ]
    ].merge(signals, on="opportunity_id", how="left")
    today = pd.Timestamp(as_of)
    parts = [
        _stalled(rows, ages, today, of),
        _slipped(rows, of),
        _overdue(rows, today, of),
        _silent(rows, today, of),
        _grown(rows, ages, of),
    ]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.reindex(columns=[*COLUMNS, *EVIDENCE])


def limits(ages: pd.DataFrame, stages: pd.Series, of: Thresholds = THRESHOLDS) -> pd.DataFrame:
    """By which age closed opportunities were through a stage.

    Returns
    -------
    By stage: limit (days; missing with fewer than ``least_closed``), n (closed ones behind it).
    Where exports show too few leave the stage, those of all that closed.
    """
    found = {stage: _late(part, of) for stage, part in ages.groupby("stage")}
    every = found.pop("", (np.nan, 0))
    names = stages.fillna("").unique()
    told = [found.get(name, (np.nan, 0)) for name in names]
    told = [one if not np.isnan(one[0]) else every for one in told]
    return pd.DataFrame(told, index=pd.Index(names, dtype=object), columns=["limit", "n"])


def _late(part: pd.DataFrame, of: Thresholds) -> tuple[float, int]:
    part = part.sort_values("age_days")
    n = int(part["deals"].sum())
    return (_at(part, of.late_share) if n >= of.least_closed else np.nan), n


def _at(part: pd.DataFrame, share: float) -> float:
    """The age by which this share had ended; ``part`` is in order of age."""
    sums = part["deals"].to_numpy(float).cumsum()
    return float(part["age_days"].to_numpy(float)[np.searchsorted(sums, share * sums[-1])])


def _stalled(
    rows: pd.DataFrame, ages: pd.DataFrame, today: pd.Timestamp, of: Thresholds
) -> pd.DataFrame:
    stage = rows["stage"].fillna("")
    known = limits(ages, stage, of)
    limit = stage.map(known["limit"]).to_numpy(float)
    age = (today - rows["created_on"]).dt.days.to_numpy(float)
    over = age > limit
    flagged, share = np.zeros(len(rows), bool), np.full(len(rows), np.nan)
    for places in stage.reset_index(drop=True).groupby(stage.to_numpy()).indices.values():
        places = places[~np.isnan(age[places])]
        chosen, usual = ranked(over[places], age[places], of)
        flagged[places] = chosen
        if usual > of.usual_share:
            share[places] = usual
    strong = ~np.isnan(share) | (age > 1.5 * limit)
    return _rows(
        rows, flagged, "stalled",
        since=rows["created_on"] + pd.to_timedelta(limit + 1, unit="D"),
        strong=strong, days=age, limit=limit, n=stage.map(known["n"]).to_numpy(float),
        share=share, of=stage.to_numpy(object),
    )  # fmt: skip


def _slipped(rows: pd.DataFrame, of: Thresholds) -> pd.DataFrame:
    times = rows["slips"].fillna(0).to_numpy(float)
    return _rows(
        rows, times >= of.slips, "slipped",
        since=rows["second_slip_on"], strong=times >= of.strong_slips,
        grade=times, days=rows["slipped_days"].to_numpy(float), count=times,
    )  # fmt: skip


def _overdue(rows: pd.DataFrame, today: pd.Timestamp, of: Thresholds) -> pd.DataFrame:
    days = (today - rows["expected_on"]).dt.days.to_numpy(float)
    flagged, share = ranked(days > 0, days, of)
    usual = share > of.usual_share
    return _rows(
        rows, flagged, "overdue",
        since=rows["expected_on"] + pd.Timedelta(days=1),
        strong=(days >= of.overdue_days) | usual, days=days,
        share=np.full(len(rows), share if usual else np.nan),
    )  # fmt: skip


def _silent(rows: pd.DataFrame, today: pd.Timestamp, of: Thresholds) -> pd.DataFrame:
    planned = _true(rows["next_step"]) | (rows["planned"].fillna(0).to_numpy(float) > 0)
    seen = rows["last_activity"].notna().to_numpy()
    if not (planned.any() or seen.any() or (rows["tasks"] > 0).any()):
        # The data has neither plans nor activities: it says nothing of single opportunities.
        return _rows(rows, np.zeros(len(rows), bool), "silent", since=rows["created_on"])
    sign = pd.concat([rows["last_activity"], rows["created_on"]], axis=1).max(axis=1)
    days = (today - sign).dt.days.to_numpy(float)
    flagged, share = ranked(~planned & (days > of.quiet_days), days, of)
    usual = share > of.usual_share
    return _rows(
        rows, flagged, "silent",
        since=sign + pd.Timedelta(days=of.quiet_days + 1),
        strong=(days > 2 * of.quiet_days) & seen, days=days, count=seen.astype(float),
        share=np.full(len(rows), share if usual else np.nan),
    )  # fmt: skip


def _grown(rows: pd.DataFrame, ages: pd.DataFrame, of: Thresholds) -> pd.DataFrame:
    # What was cut back since has grown by no more than it has now.
    before = rows["grown_from"].to_numpy(float)
    after = rows[["grown_to", "grown_now"]].min(axis=1).to_numpy(float)
    growth = np.divide(after, before, out=np.full(len(rows), np.nan), where=before > 0) - 1
    every = ages[ages["stage"] == ""].sort_values("age_days")
    middle = _at(every, 0.5) if every["deals"].sum() >= of.least_closed else np.inf
    age = (rows["grown_on"] - rows["created_on"]).dt.days.to_numpy(float)
    left = (rows["expected_on"] - rows["grown_on"]).dt.days.to_numpy(float)
    late = (age > middle) | (left <= of.near_days)
    part = np.divide(after - before, after, out=np.zeros(len(rows)), where=after > 0)
    return _rows(
        rows, (growth >= of.grown) & late, "grown",
        since=rows["grown_on"], strong=growth >= of.strong_growth,
        stake=rows["expected"].to_numpy(float) * part, days=left, before=before, after=after,
    )  # fmt: skip


def _rows(
    rows: pd.DataFrame, where: NDArray, kind: str, since: pd.Series, **columns: NDArray
) -> pd.DataFrame:
    """The flags of one kind on the rows ``where`` it holds."""
    at = np.flatnonzero(where)
    facts = {"strong": np.zeros(len(rows), bool), "grade": np.zeros(len(rows))} | columns
    facts = {"stake": rows["expected"].to_numpy(float)} | facts
    return pd.DataFrame(
        {
            "kind": kind,
            "subject_kind": "opportunity",
            "subject": rows["opportunity_id"].to_numpy(object)[at],
            "name": rows["name"].to_numpy(object)[at],
            "account": rows["account"].to_numpy(object)[at],
            "rep": rows["rep"].fillna("").to_numpy(object)[at],
            "team": rows["team"].fillna("").to_numpy(object)[at],
            "since": since.to_numpy()[at],
            **{name: values[at] for name, values in facts.items()},
        }
    )


def _true(known: pd.Series) -> NDArray:
    return known.fillna(False).to_numpy(bool)
