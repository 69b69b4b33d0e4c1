"""Files too large to be looked at whole: one pass of DuckDB's reader, straight into their table.

What the beginning of the file shows decides how all of it is read: delimiter, header, order of
dates, meaning of stages. Changing rows once they are there costs as much as reading them, so
those that are refused stay, marked, and only an outcome that the beginning does not show is
filled in afterwards.
"""

from collections.abc import Collection, Sequence

import duckdb
import pandas as pd

from data import store
from data.clean import TypedRows
from data.contracts import CONTRACTS, SQL_TYPES, Contract
from data.formats import BLANK, formats, patterns
from data.large import LargeFile
from data.outcomes import FACTS, meaning_of
from data.readers import SourceTable
from data.stream import CELL, ITEM, streamed


def land(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    upload_id: int,
    file: LargeFile,
    table: SourceTable,
    typed: TypedRows,
) -> tuple[int, int]:
    """Keep every row of a file, and list what is refused.

    Parameters
    ----------
    table, typed
        The beginning of the file, as it was read and typed.

    Returns
    -------
    How many rows are kept, and how many are left out.
    """
    columns = store.given(contract, typed.mapping)
    _mean(db, typed, _facts(typed.frame) if contract.has("outcome") else [])
    source = f"({streamed(file, table, typed)})"
    landed = store.keep(db, contract, upload_id, source, columns, large=True)
    refused = _list_refused(db, contract, upload_id)
    if contract.has("outcome"):
        _mean_the_rest(db, typed, upload_id, columns)
    refused += _refuse_repeats(db, contract, upload_id, columns)
    return landed - refused, refused + _list_broken(db, upload_id, table)


def _list_refused(db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int) -> int:
    """List what is refused, cell by cell; returns how many rows are refused whole."""
    rows, key = f"rows_{contract.name}", contract.key[0]
    db.execute(f"""
        insert into rejections
        select {upload_id}, null, item[1], item[3], item[2], coalesce({key}, '')
        from (
            select {key}, string_split(unnest(string_split(refused, '{ITEM}')), '{CELL}') as item
            from {rows} where upload_id = {upload_id} and refused is not null
        )
    """)
    [[count]] = db.execute(
        f"select count(*) from {rows} where upload_id = {upload_id} and row_no = {store.REFUSED}"
    ).fetchall()
    return count


def _mean(db: duckdb.DuckDBPyConnection, typed: TypedRows, facts: Collection[Sequence]) -> None:
    """Table ``meanings``: the outcome of each combination of facts."""
    meaning = meaning_of(typed.mapping, formats()[typed.mapping.format])
    kinds = (f"{name} {SQL_TYPES[CONTRACTS['opportunities'].column(name).type]}" for name in FACTS)
    db.execute(f"create or replace temp table meanings ({', '.join(kinds)}, outcome VARCHAR)")
    for known in facts:
        marks = ", ".join("?" * (len(FACTS) + 1))
        outcome = meaning(*known, False).outcome
        db.execute(f"insert into meanings values ({marks})", [*known, outcome])


def _mean_the_rest(
    db: duckdb.DuckDBPyConnection, typed: TypedRows, upload_id: int, columns: Collection[str]
) -> None:
    """The outcome of what the beginning of the file does not show."""
    rows = "rows_opportunities"
    said = {fact: f"{rows}.{fact}" for fact in FACTS if fact in columns}
    said.setdefault("stage", said.get("status", "null"))
    unknown = f"upload_id = {upload_id} and {rows}.outcome is null and {store.SAID}"
    listed = ", ".join(said.get(fact, "null") for fact in FACTS)
    found = db.execute(f"select distinct {listed} from {rows} where {unknown}").fetchall()
    if not found:
        return
    _mean(db, typed, found)
    same = " and ".join(
        f"{value} is not distinct from meanings.{fact}" for fact, value in said.items()
    )
    db.execute(
        f"update {rows} set outcome = meanings.outcome from meanings where {unknown} and {same}"
    )


def _facts(frame: pd.DataFrame) -> list[tuple]:
    return list(
        frame[list(FACTS)]
        .astype(object)
        .where(frame.notna(), None)
        .drop_duplicates()
        .itertuples(index=False, name=None)
    )


def _list_broken(db: duckdb.DuckDBPyConnection, upload_id: int, table: SourceTable) -> int:
    """Refuse lines that are no rows, but for the notes that stand below a table."""
    last = db.execute("select distinct line, csv_line from reject_errors order by 1 desc limit 20")
    around = BLANK + '"' + table.delimiter
    notes = [n for n, text in last.fetchall() if patterns("footers").match(text.strip(around))]
    [[broken]] = db.execute(
        f"""
        insert into rejections
        select {upload_id}, line, '', rtrim(any_value(csv_line), chr(10) || chr(13)),
            case when bool_or(contains(error_type, 'QUOTE')) then 'stray_quote'
                else 'ragged_row' end, null
        from reject_errors
        where line not in (select unnest($notes::bigint[]))
        group by line
        """,
        {"notes": notes},
    ).fetchall()
    db.execute("delete from reject_errors; delete from reject_scans")
    return broken


def _refuse_repeats(
    db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int, columns: Collection[str]
) -> int:
    """Of several rows with one key, take the newest and refuse the rest; returns how many."""
    rows, key = f"rows_{contract.name}", ", ".join(contract.key)
    mine = f"upload_id = {upload_id} and {store.SAID}"
    newest = "modified_at desc nulls last, " if "modified_at" in columns else ""
    # Hashes first: they are unique for nearly every file, and take a third of the memory.
    db.execute(f"""
        create or replace temp table repeats as
        select rowid as place, {contract.key[0]} as record from {rows}
        where {mine} and hash({key}) in (
            select hash({key}) from {rows} where {mine} group by 1 having count(*) > 1
        )
        qualify row_number() over (partition by {key} order by {newest} rowid desc) > 1
    """)
    [[count]] = db.execute(
        f"insert into rejections select {upload_id}, null, '{contract.key[0]}', record, "
        "'duplicate_in_file', record from repeats"
    ).fetchall()
    if count:
        # Deleted, they would have the whole table written once more.
        db.execute(
            f"update {rows} set row_no = {store.REFUSED}, current = false "
            "where rowid in (select place from repeats)"
        )
    db.execute("drop table repeats")
    return count
