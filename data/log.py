"""What people decided about items: the newest word on each counts, every earlier one is kept."""

from collections.abc import Mapping
from datetime import date, datetime

import pandas as pd

from data import journal
from data.warehouse import Warehouse

VERDICTS = ("accept", "decline", "undo")

CONTENT = {
    "verdict": "",
    "from_rep": "",
    "to_rep": "",
    "note": "",
    "as_of": "",
    "facts": None,
    "plan": "",
    "version": None,
}
"""What an entry about a decision holds, and what is read where an early one lacks it."""


def record_decision(
    warehouse: Warehouse,
    *,
    verdict: str,
    item: str,
    from_rep: str,
    to_rep: str,
    note: str,
    by: str,
    at: datetime,
    as_of: date,
    facts: Mapping[str, object],
    plan: str = "",
    version: int | None = None,
) -> int:
    """Write down one decision about one move.

    Parameters
    ----------
    verdict
        One of ``VERDICTS``; ``undo`` takes an earlier accept or decline back.
    at
        UTC.
    facts
        What was claimed when it was decided (gain, interval, probability), so that the claim
        can be checked against what happened.
    plan
        Subject of the plan in the journal that it is about.
    version
        Of the data it was taken on.

    Returns
    -------
    The number of its entry in the journal.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"verdict must be one of {VERDICTS}, got {verdict!r}")
    content = {
        "verdict": verdict,
        "from_rep": from_rep,
        "to_rep": to_rep,
        "note": note,
        "as_of": as_of.isoformat(),
        "facts": dict(facts),
        "plan": plan,
        "version": version,
    }
    return journal.append(warehouse, kind="decision", subject=item, content=content, by=by, at=at)


def decisions(warehouse: Warehouse) -> pd.DataFrame:
    """Every decision ever taken, oldest first.

    Returns
    -------
    decision_id (its entry in the journal), decided_at, decided_by, verdict, item, from_rep,
    to_rep, note, as_of, facts (a dict), plan, version (None where it was not written down).
    """
    found = journal.entries(warehouse, "decision").rename(
        columns={
            "entry": "decision_id",
            "at": "decided_at",
            "by": "decided_by",
            "subject": "item",
        }
    )
    said = found.pop("content")
    for name, default in CONTENT.items():
        found[name] = pd.Series([content.get(name, default) for content in said], dtype=object)
    found["as_of"] = [date.fromisoformat(day) for day in found["as_of"]]
    return found.drop(columns="kind")


def standing_decisions(warehouse: Warehouse) -> pd.DataFrame:
    """The newest decision on each item, those that were undone left out.

    Name and account of the opportunity are added for people to read, and ``backed_by``: who has
    said the same of the item, one after the other, in alphabetical order.
    """
    said = decisions(warehouse)
    # Another word on the item ends a run of the same one.
    word = said["verdict"] + "\n" + said["to_rep"]
    run = word.ne(word.groupby(said["item"]).shift()).groupby(said["item"]).cumsum()
    backed = said.groupby([said["item"], run])["decided_by"].agg(lambda by: tuple(sorted({*by})))
    newest = said.assign(run=run).drop_duplicates("item", keep="last")
    standing = newest[newest["verdict"] != "undo"].join(
        backed.rename("backed_by"), on=["item", "run"]
    )
    with warehouse.cursor() as db:
        deals = db.execute(
            "select opportunity_id as item, name, account from raw_opportunities"
        ).df()
    named = standing.drop(columns="run").merge(deals, on="item", how="left")
    named["name"] = named["name"].fillna(named["item"])
    return named
