"""Goal attainment and pace."""

import pandas as pd


def attainment(progress: pd.DataFrame, elapsed: float) -> pd.DataFrame:
    """How far each unit is, against its target and against the time that is over.

    Parameters
    ----------
    progress
        The mart ``goal_progress``: unit_kind, unit, team, target, won, deals.
    elapsed
        Share of the period that is over, 0 to 1.

    Returns
    -------
    The same rows with ``attainment`` (won / target), ``gap`` (target - won, currency) and
    ``pace`` (attainment / elapsed: 1 is on course if sales came evenly); missing without a
    target. A team without a target of its own gets the sum of its reps' targets, and the company
    that of the teams, or of the reps where there are no teams.
    """
    rows = progress.copy()
    of_kind = {kind: rows["unit_kind"] == kind for kind in ("rep", "team", "company")}
    by_team = rows[of_kind["rep"]].groupby("team")["target"].sum(min_count=1)
    rows["target"] = rows["target"].fillna(rows["unit"].map(by_team).where(of_kind["team"]))
    teams = rows.loc[of_kind["team"], "target"]
    below = teams if teams.notna().any() else rows.loc[of_kind["rep"], "target"]
    rows.loc[of_kind["company"] & rows["target"].isna(), "target"] = below.sum(min_count=1)
    rows["attainment"] = (rows["won"] / rows["target"]).where(rows["target"] > 0)
    rows["gap"] = rows["target"] - rows["won"]
    rows["pace"] = rows["attainment"] / elapsed if elapsed > 0 else float("nan")
    return rows
