"""What is past its due day, and who has to know of it."""

import math
from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd

from analytics.followups import FollowUp

ESCALATION = {3: "rep", 5: "manager", 7: "risk"}
"""Calendar days past the due day from which somebody has to know of it.

Only what was agreed here becomes a risk: tasks of the CRM and check-ins end with the manager.
"""

COLUMNS = ("source", "item", "name", "rep", "due_on", "value", "opportunity")


def levels(days: pd.Series, source: pd.Series) -> np.ndarray:
    """Who has to know of what is so many days late: rep, manager, risk; empty for nobody yet.

    ``source``: follow_up, check_in or task.
    """
    names = np.array(["", *ESCALATION.values()])
    reached = names[np.searchsorted(list(ESCALATION), days, side="right")]
    return np.where((reached == "risk") & (source != "follow_up"), "manager", reached)


def overdue(found: Iterable[FollowUp], tasks: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What is past its due day, the longest first.

    Parameters
    ----------
    tasks
        Open tasks of the CRM: item, name, rep, due_on, value.
    as_of
        Days are calendar days, not working days: a customer waits on a Sunday too.

    Returns
    -------
    source (follow_up, task), item, name, rep (who acts), due_on, value (currency; missing where
    none is known), opportunity (the id of that which it is about; empty without one), days, and
    level: the last of ``ESCALATION`` reached, empty below the first.
    """
    ours = pd.DataFrame(
        [
            (
                "follow_up",
                one.id,
                one.action or one.note,
                one.owner,
                pd.Timestamp(one.due_on),
                one.then.value if one.about.number == "deal" else math.nan,
                one.about.unit if one.about.unit_kind == "opportunity" else "",
            )
            for one in found
            if one.days_over(as_of)
        ],
        columns=list(COLUMNS),
    )
    due_on = pd.to_datetime(tasks["due_on"])
    theirs = tasks.assign(source="task", due_on=due_on, opportunity="")[list(COLUMNS)]
    parts = [part for part in (ours, theirs[due_on < pd.Timestamp(as_of)]) if len(part)]
    rows = pd.concat(parts, ignore_index=True) if parts else ours
    days = (pd.Timestamp(as_of) - pd.to_datetime(rows["due_on"])).dt.days.astype(int)
    rows = rows.assign(days=days, level=levels(days, rows["source"]))
    return rows.sort_values(["days", "item"], ascending=[False, True], ignore_index=True)
