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
    target. A team or company without a target of its own gets the sum of its reps' targets.
    """
    rows = progress.copy()
    reps = rows[(rows["unit_kind"] == "rep") & rows["target"].notna()]
    by_team = reps.groupby("team")["target"].sum()
    of_team = rows["unit"].map(by_team).where(rows["unit_kind"] == "team")
    rows["target"] = rows["target"].fillna(of_team)
    if len(reps):
        rows.loc[(rows["unit_kind"] == "company") & rows["target"].isna(), "target"] = by_team.sum()
    rows["attainment"] = (rows["won"] / rows["target"]).where(rows["target"] > 0)
    rows["gap"] = rows["target"] - rows["won"]
    rows["pace"] = rows["attainment"] / elapsed if elapsed > 0 else float("nan")
    return rows
