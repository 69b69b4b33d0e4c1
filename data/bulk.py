"""Files too large to be looked at whole: one pass of DuckDB's reader, straight into their table.

What the beginning of the file shows decides how all of it is read: delimiter, header, order of
dates, meaning of stages. What a cell rarely needs (trimming, the spelling of ids, an outcome
that the beginning does not show) is done afterwards, to the rows that need it.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import duckdb
import pandas as pd

from data import store
from data.cells import damaged, literal, needed, texts
from data.clean import TypedRows
from data.contracts import CONTRACTS, SQL_TYPES, Contract
from data.formats import BLANK, formats, patterns
from data.ids import may_change
from data.large import LargeFile
from data.outcomes import FACTS, meaning_of
from data.readers import SourceTable
from data.stream import CELL, ITEM, edges, streamed


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
    rows, key = f"rows_{contract.name}", contract.key[0]
    mine = f"upload_id = {upload_id}"
    _mean(db, typed, _facts(typed.frame) if contract.has("outcome") else [])
    source = f"(select null as row_no, * from ({streamed(file, table, typed)}))"
    columns = store.given(contract, typed.mapping)
    landed = store.keep(db, contract, upload_id, source, columns, refused=True)
    refused = f"{mine} and refused is not null"
    db.execute(f"""
        insert into rejections
        select {upload_id}, null, item[1], item[3], item[2], coalesce({key}, '')
        from (
            select {key}, string_split(unnest(string_split(refused, '{ITEM}')), '{CELL}') as item
            from {rows} where {refused}
        )
    """)
    whole = "regexp_matches(refused, '\\x1e(bad|missing|not)_')"
    [[unread]] = db.execute(f"delete from {rows} where {refused} and {whole}").fetchall()
    db.execute(f"update {rows} set refused = null where {refused}")
    unread += _tidy(db, contract, upload_id, typed, file.blanks)
    if contract.has("outcome"):
        _mean_the_rest(db, typed, rows, mine, columns)
    repeats = _drop_repeats(db, contract, upload_id, columns)
    broken = _list_broken(db, upload_id, table)
    return landed - unread - repeats, unread + repeats + broken


def _tidy(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    upload_id: int,
    typed: TypedRows,
    blanks: Collection[str],
) -> int:
    """Trim the few texts that need it, spell ids, and refuse rows without what they need.

    Done to every cell on its way in, it would cost more than reading the file. Returns how
    many rows are refused.
    """
    mapping, format_ = typed.mapping, formats()[typed.mapping.format]
    rows, mine = f"rows_{contract.name}", f"upload_id = {upload_id}"
    names = [name for name in mapping.columns if contract.column(name).type == "text"]
    odd = [edges(name, blanks) for name in names]
    odd += [may_change(name, format_) for name in names if name.endswith("_id")]
    odd += [f"lower({name}) = {literal(word)}" for name in names for word in sorted(format_.blanks)]
    cells = {mapping.columns[name]: f"nullif(trim({name}, {literal(BLANK)}), '')" for name in names}
    own = replace(mapping, columns={name: mapping.columns[name] for name in names}, constants={})
    by = (f"{name} = {text}" for name, text in texts(own, contract, format_, cells).items())
    db.execute(f"update {rows} set {', '.join(by)} where {mine} and ({' or '.join(odd)})")
    wrong = [
        (f"{name} is null", name, "missing_required")
        for name in sorted(needed(contract, mapping) & {*names})
    ]
    wrong += [(damaged(name), name, "damaged_id") for name in names if name.endswith("_id")]
    left_out = " or ".join(where for where, *_ in wrong) or "false"
    for where, name, rule in wrong:
        db.execute(
            f"insert into rejections select {upload_id}, null, '{name}', coalesce({name}, ''), "
            f"'{rule}', coalesce({contract.key[0]}, '') from {rows} where {mine} and {where}"
        )
    [[count]] = db.execute(f"delete from {rows} where {mine} and ({left_out})").fetchall()
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
    db: duckdb.DuckDBPyConnection, typed: TypedRows, rows: str, mine: str, columns: Collection[str]
) -> None:
    """The outcome of what the beginning of the file does not show."""
    said = {fact: f"{rows}.{fact}" for fact in FACTS if fact in columns}
    said.setdefault("stage", said.get("status", "null"))
    unknown = f"{mine} and {rows}.outcome is null"
    listed = ", ".join(said.get(fact, "null") for fact in FACTS)
    found = db.execute(f"select distinct {listed} from {rows} where {unknown}").fetchall()
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


def _drop_repeats(
    db: duckdb.DuckDBPyConnection, contract: Contract, upload_id: int, columns: Collection[str]
) -> int:
    """Of several rows with one key, keep the newest and refuse the rest."""
    rows, key = f"rows_{contract.name}", ", ".join(contract.key)
    newest = "modified_at desc nulls last, " if "modified_at" in columns else ""
    # Hashes first: they are unique for nearly every file, and take a third of the memory.
    db.execute(f"""
        create or replace temp table repeats as
        select rowid as place, {contract.key[0]} as record from {rows}
        where upload_id = {upload_id} and hash({key}) in (
            select hash({key}) from {rows} where upload_id = {upload_id}
            group by 1 having count(*) > 1
        )
        qualify row_number() over (partition by {key} order by {newest} rowid desc) > 1
    """)
    db.execute(
        f"insert into rejections select {upload_id}, null, '{contract.key[0]}', record, "
        "'duplicate_in_file', record from repeats"
    )
    [[count]] = db.execute(
        f"delete from {rows} where rowid in (select place from repeats)"
    ).fetchall()
    db.execute("drop table repeats")
    return count
