"""One upload's snapshot into the current state of its entity.

The same function loads an upload and, after an undo, replays those that remain: an undo is
exact because there is nothing else that could differ.
"""

from datetime import date
from typing import NamedTuple

import duckdb

from data.contracts import CONTRACTS, Contract
from data.mapping import Mapping


class Effect(NamedTuple):
    """What an upload does to the current state, in rows.

    ``older`` of the ``same`` rows differ from what is stored, and are older than it.
    """

    new: int
    changed: int
    same: int
    older: int


def store_snapshot(
    db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int, frame: object
) -> None:
    """Keep every accepted row of an upload, as the file had it."""
    columns = ", ".join(column.name for column in contract.columns)
    db.register("incoming", frame)
    db.execute(
        f"insert into snap_{contract.name} (upload_id, row_no, {columns}) "
        f"select $upload_id, row_no, {columns} from incoming",
        {"upload_id": upload_id},
    )
    db.unregister("incoming")


def merge(db: duckdb.DuckDBPyConnection, upload_id: int, as_of: date, mapping: Mapping) -> Effect:
    """Bring the current state of an entity to what a stored upload says.

    Only columns that the file has are written: one that it lacks blanks nothing. A row older
    than the stored one, by the time of its last change or else by the date of the export,
    changes nothing. A row that the file lacks stays.
    """
    contract = CONTRACTS[mapping.entity]
    given = [*mapping.columns, *mapping.constants]
    given += [column.name for column in contract.columns if column.derived]
    update = {name: f"said.{name}" for name in given if name not in contract.key}
    differs = [f"known.{name} is distinct from said.{name}" for name in update] or ["false"]
    for column in contract.columns:
        source = column.falls_back
        if source in given and column.name not in given and column.name not in contract.key:
            # A name stands in for an id only where the file shows that the id is out of date.
            update[column.name] = (
                f"case when known.{source} is distinct from said.{source} "
                f"then said.{column.name} else known.{column.name} end"
            )
    newer = "$as_of >= known.as_of"
    if "modified_at" in given:
        newer = (
            "case when said.modified_at <> known.modified_at "
            f"then said.modified_at > known.modified_at else {newer} end"
        )
    facts = {"upload_id": upload_id, "as_of": as_of}
    said = f"(select * from snap_{contract.name} where upload_id = $upload_id) as said"
    same_key = " and ".join(f"known.{k} is not distinct from said.{k}" for k in contract.key)
    different = f"({' or '.join(differs)})"
    [[new, changed, older, total]] = db.execute(
        f"""
        select
            count(*) filter (known.upload_id is null),
            count(*) filter ({different} and {newer}),
            count(*) filter ({different} and not {newer}),
            count(*)
        from {said}
        left join raw_{contract.name} as known on {same_key}
        """,
        facts,
    ).fetchall()
    columns = [column.name for column in contract.columns]
    db.execute(
        f"""
        merge into raw_{contract.name} as known using {said} on {same_key}
        when matched and {newer} and {different} then update set
            {", ".join(f"{name} = {value}" for name, value in update.items())},
            upload_id = $upload_id, as_of = greatest(known.as_of, $as_of)
        when matched and {newer} and known.as_of < $as_of then update set as_of = $as_of
        when not matched then insert ({", ".join(columns)}, upload_id, as_of)
            values ({", ".join(f"said.{name}" for name in columns)}, $upload_id, $as_of)
        """,
        facts,
    )
    return Effect(new, changed, total - new - changed, older)
