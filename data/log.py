"""What people decided: written once, never changed, read back as the newest word on each item."""

import json
from collections.abc import Mapping
from datetime import date, datetime

import pandas as pd

from data.warehouse import Warehouse

VERDICTS = ("accept", "decline", "undo")


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
) -> int:
    """Append one decision about one move.

    Parameters
    ----------
    verdict
        One of ``VERDICTS``; ``undo`` takes an earlier accept or decline back.
    at
        UTC.
    facts
        What was claimed when it was decided (gain, interval, probability), so that the claim
        can be checked against what happened.

    Returns
    -------
    The decision's number.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"verdict must be one of {VERDICTS}, got {verdict!r}")
    with warehouse.transaction(changes_data=False) as db:
        number = db.execute("select coalesce(max(decision_id), 0) + 1 from decisions").fetchall()
        decision_id = number[0][0]
        db.execute(
            "insert into decisions values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [decision_id, at, by, verdict, item, from_rep, to_rep, note, as_of]
            + [json.dumps(facts, ensure_ascii=False, sort_keys=True)],
        )
        return decision_id


def decisions(warehouse: Warehouse) -> pd.DataFrame:
    """Every decision ever taken, oldest first."""
    with warehouse.cursor() as db:
        return db.execute("select * from decisions order by decision_id").df()


def standing_decisions(warehouse: Warehouse) -> pd.DataFrame:
    """The newest decision on each item, those that were undone left out.

    Name and account of the opportunity are added for people to read.
    """
    with warehouse.cursor() as db:
        return db.execute(
            """
            with ranked as (
                select *, row_number() over (partition by item order by decision_id desc) as age
                from decisions
            )

            select
                ranked.* exclude (age),
                coalesce(deals.name, ranked.item) as name,
                deals.account
            from ranked
            left join raw_opportunities as deals
                on deals.opportunity_id = ranked.item
            where age = 1
                and verdict <> 'undo'
            order by decision_id
            """
        ).df()
