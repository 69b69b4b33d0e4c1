"""Which of the rows that were said are the state of the CRM now.

The state follows from the rows alone, never from the order in which files were taken in:
loading an old export after a new one changes nothing, and an undo is exact because the marks
are worked out again from what remains.
"""

from collections.abc import Collection
from collections.abc import Mapping as Pairs
from typing import NamedTuple

import duckdb

from data.contracts import Contract
from data.mapping import Mapping
from data.store import COMPOSED, SAID, given, held


class Effect(NamedTuple):
    """What an upload does to the current state, in rows.

    ``older`` of the ``same`` rows differ from what is stored, and are older than it.
    """

    new: int
    changed: int
    same: int
    older: int


def update_state(db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int) -> Effect:
    """Bring the state up to date with the rows of an upload that is already listed."""
    rows = f"rows_{contract.name}"
    [[count, alone]] = db.execute(
        f"select count(*), coalesce(bool_and(current), true) from {rows} "
        f"where upload_id = ? and {SAID}",
        [upload_id],
    ).fetchall()
    if alone:
        return Effect(count, 0, 0, 0)
    effect = _effect(db, contract, upload_id)
    settle(db, contract, upload_id)
    return effect


def remove(db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int) -> None:
    """Forget the rows of an upload; its keys become what the others say of them."""
    settle(db, contract, upload_id, without=True)


def settle(
    db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int, *, without: bool = False
) -> None:
    """Work out the state of every key that an upload has, from all that was said of it.

    Of the rows of one key the newest counts: by the time of its last change where all of them
    have one, else by the day of the export, then by the order of loading. A column that the
    newest row's file lacks keeps the value of the newest file that has it.

    Parameters
    ----------
    without
        Forget this upload.
    """
    rows, keys = f"rows_{contract.name}", ", ".join(contract.key)
    same_key = _same_key(contract, "held", "touched")
    db.execute(
        f"create or replace temp table touched as "
        f"select distinct {keys} from {rows} where upload_id = ?",
        [upload_id],
    )
    where = "held.upload_id = ?" if without else "false"
    db.execute(
        f"delete from {rows} as held using touched "
        f"where {same_key} and (held.row_no = {COMPOSED} or {where})",
        [upload_id] if without else [],
    )
    moment = "modified_at" if "modified_at" in held(db, contract) else "null::timestamp"
    held_keys = ", ".join(f"held.{key}" for key in contract.key)
    db.execute(f"""
        create or replace temp table versions as
        select *, row_number() over (
            partition by {keys}
            order by case when dated then moment end desc nulls last,
                as_of desc, moment desc nulls last, upload_id desc
        ) as newness
        from (
            select
                held.rowid as place, {held_keys}, held.upload_id, uploads.as_of,
                {moment} as moment,
                bool_and({moment} is not null) over (partition by {held_keys}) as dated
            from {rows} as held
            join touched on {same_key}
            join uploads on uploads.upload_id = held.upload_id
            where {SAID}
        )
    """)
    db.execute(
        f"update {rows} set current = (newness = 1) from versions "
        f"where {rows}.rowid = versions.place and current is distinct from (newness = 1)"
    )
    _compose(db, contract)
    db.execute("drop table touched; drop table versions")


def settle_all(db: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Work out the state of an entity whose rows were stored before there were marks."""
    uploads = "select upload_id from uploads where undone_at is {} null"
    db.execute(f"delete from rows_{contract.name} where upload_id in ({uploads.format('not')})")
    for (upload_id,) in db.execute(uploads.format("")).fetchall():
        settle(db, contract, upload_id)


def _compose(db: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """Where files with different columns speak of one key, a row with the newest of each."""
    layouts = _layouts(db, contract)
    if len(set(layouts.values())) < 2:
        return
    rows = f"rows_{contract.name}"
    kinds = {columns: number for number, columns in enumerate(set(layouts.values()))}
    kind = " ".join(f"when {upload} then {kinds[of]}" for upload, of in layouts.items())
    there = held(db, contract)
    names = [column.name for column in contract.columns if column.name in there]
    values = ", ".join(f"{_newest(contract, name, layouts, there)} as {name}" for name in names)
    db.execute(f"""
        create or replace temp table composed as
        select first(held.upload_id order by newness) as upload_id,
            first(versions.place order by newness) as newest, {values}
        from versions
        join {rows} as held on held.rowid = versions.place
        group by {", ".join(f"versions.{key}" for key in contract.key)}
        having count(distinct case versions.upload_id {kind} end) > 1
    """)
    db.execute(f"update {rows} set current = false from composed where {rows}.rowid = newest")
    db.execute(
        f"insert into {rows} (upload_id, row_no, current, {', '.join(names)}) "
        f"select upload_id, {COMPOSED}, true, {', '.join(names)} from composed"
    )
    db.execute("drop table composed")


def _layouts(db: duckdb.DuckDBPyConnection, contract: Contract) -> dict[int, frozenset[str]]:
    """The columns that each upload among ``versions`` has."""
    listed = db.execute(
        "select upload_id, mapping from uploads where upload_id in (select upload_id from versions)"
    ).fetchall()
    return {upload: given(contract, Mapping.from_json(mapping)) for upload, mapping in listed}


def _newest(
    contract: Contract,
    name: str,
    layouts: Pairs[int, frozenset[str]],
    there: Collection[str],
) -> str:
    """SQL of a column's value: that of the newest file which has the column."""
    having = sorted(upload for upload, columns in layouts.items() if name in columns)
    before = f"held.upload_id not in ({', '.join(map(str, having)) or 'null'}), newness"
    value = f"first(held.{name} order by {before})"
    source = contract.column(name).falls_back
    if name in contract.key or not having or source not in there:
        return value
    # An id holds until a newer file shows another name.
    newest = _newest(contract, source, layouts, there)
    of_it = f"first(held.{source} order by {before})"
    return f"case when {of_it} is not distinct from {newest} then {value} end"


def _effect(db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int) -> Effect:
    """Count what the rows of an upload, not yet settled, will do to the state."""
    [[mapping, as_of]] = db.execute(
        "select mapping, as_of from uploads where upload_id = ?", [upload_id]
    ).fetchall()
    columns = sorted(given(contract, Mapping.from_json(mapping)) - {*contract.key})
    differs = " or ".join(f"known.{name} is distinct from said.{name}" for name in columns)
    newer = "$as_of >= uploads.as_of"
    if "modified_at" in columns:
        newer = (
            "case when said.modified_at <> known.modified_at "
            f"then said.modified_at > known.modified_at else {newer} end"
        )
    rows = f"rows_{contract.name}"
    [[new, changed, older, total]] = db.execute(
        f"""
        select
            count(*) filter (known.upload_id is null),
            count(*) filter (({differs or "false"}) and {newer}),
            count(*) filter (({differs or "false"}) and not {newer}),
            count(*)
        from (
            select * from {rows} where upload_id = $upload_id and not current and {SAID}
        ) as said
        left join (select * from {rows} where current) as known
            on {_same_key(contract, "known", "said")}
        left join uploads on uploads.upload_id = known.upload_id
        """,
        {"upload_id": upload_id, "as_of": as_of},
    ).fetchall()
    return Effect(new, changed, total - new - changed, older)


def _same_key(contract: Contract, one: str, other: str) -> str:
    """SQL: two rows have one key; part of a key may be blank, as a target's tier."""
    return " and ".join(f"{one}.{key} is not distinct from {other}.{key}" for key in contract.key)
