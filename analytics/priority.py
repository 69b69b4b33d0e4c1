"""Urgency times importance: what to do first, with few enough marked urgent to mean something."""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Quadrant = Literal["now", "plan", "quick", "later"]
QUADRANTS: tuple[Quadrant, ...] = ("now", "plan", "quick", "later")

DUE_HALF = 14.0
"""Days: what is due so many days later is half as urgent. An assumption, two weeks being the
rhythm of most reviews."""

UNDATED = 60.0
"""Days to due of work without a due day."""

OVERDUE_HALF = 90.0
"""Days overdue after which an opportunity is worth half of what it was. An assumption: deals that
outlast their expected close win less, by how much differs from company to company."""

LEAD_HALF = 14.0
"""Days after which a lead that waits is worth half. An assumption on the careful side: leads
called within the hour were qualified seven times as often as those an hour later (Oldroyd,
McElheran and Elkington, Harvard Business Review, March 2011)."""

TASK_SHARE = {"high": 1.0, "normal": 0.5, "low": 0.25}
"""Part of its opportunity's expected value that hangs on a task. An assumption."""

MOST_SHARE, MOST_EACH = 0.15, 3
"""The most that may be called urgent: of all the work, and with one person."""


def priorities(work: pd.DataFrame, chance: NDArray[np.float64], as_of: date) -> pd.DataFrame:
    """What is worth doing first among open opportunities, leads and tasks.

    Expected value is value x reach x P(win) x decay: half for each ``OVERDUE_HALF`` days that an
    opportunity is overdue, or each ``LEAD_HALF`` days that a lead has waited. A task has the part
    ``TASK_SHARE`` of that of its opportunity; without one, of that of the median opportunity.
    The score is that times an urgency which halves with every ``DUE_HALF`` days to the due day.

    Parameters
    ----------
    work
        Rows of the mart ``open_work``; accounts are left out.
    chance
        P(win) of whoever has each row, shape (len(work),).

    Returns
    -------
    The rows of ``work``, highest score first, with chance, days (to due; negative when overdue;
    for a lead, minus the days it has waited; missing without a date), expected (money), urgency
    (0 to 1), score (money), important (expected is in the upper half), urgent and quadrant.
    ``urgent`` is due within ``DUE_HALF`` days, and by score among the first ``MOST_EACH`` of its
    owner and the first ``MOST_SHARE`` of all: when everything is urgent, nothing is.
    """
    rows = work.assign(chance=chance)
    rows = rows[rows["kind"] != "account"].reset_index(drop=True)
    kind = rows["kind"].to_numpy(object)
    begun = rows["due_on"].where(kind != "lead", rows["created_on"])
    days = (pd.to_datetime(begun) - pd.Timestamp(as_of)).dt.days.to_numpy(float)
    late = np.nan_to_num(np.maximum(-days, 0.0))
    decay = np.select(
        [kind == "opportunity", kind == "lead"],
        [0.5 ** (late / OVERDUE_HALF), 0.5 ** (late / LEAD_HALF)],
        1.0,
    )
    expected = rows["value"].to_numpy(float) * rows["reach"] * rows["chance"] * decay
    expected = _of_tasks(rows, expected.to_numpy(float))
    urgency = 0.5 ** (np.maximum(np.nan_to_num(days, nan=UNDATED), 0.0) / DUE_HALF)
    rows = rows.assign(days=days, expected=expected, urgency=urgency, score=expected * urgency)
    rows = rows.sort_values(["score", "kind", "item"], ascending=[False, True, True])
    rows["important"] = rows["expected"] >= rows["expected"].median()
    rows["urgent"] = _urgent(rows)
    rows["quadrant"] = np.select(
        [rows["urgent"] & rows["important"], rows["important"], rows["urgent"]],
        QUADRANTS[:3],
        QUADRANTS[3],
    )
    return rows.reset_index(drop=True)


def _of_tasks(rows: pd.DataFrame, expected: NDArray[np.float64]) -> NDArray[np.float64]:
    """The expected values, where those of tasks come from their opportunities."""
    deals = (rows["kind"] == "opportunity").to_numpy()
    of_deal = pd.Series(expected[deals], index=rows.loc[deals, "item"])
    typical = float(of_deal.median()) if len(of_deal) else 0.0
    share = rows["importance"].map(TASK_SHARE).astype(float).fillna(TASK_SHARE["normal"])
    of_task = share * rows["opportunity_id"].map(of_deal).astype(float).fillna(typical)
    return np.where(rows["kind"] == "task", of_task, expected)


def _urgent(rows: pd.DataFrame) -> pd.Series:
    """Which of the rows, the highest score first, are urgent."""
    due = rows["days"] <= DUE_HALF
    most = int(np.ceil(MOST_SHARE * len(rows)))
    each = due.groupby(rows["rep"], dropna=False).cumsum()
    allowed = due & (rows["rep"].isna() | (each <= MOST_EACH))
    return allowed & (allowed.cumsum() <= most)
