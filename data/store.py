"""Every row that an upload said: one table an entity, and views of what counts and what was said.

Table ``rows_<entity>`` holds the rows of all uploads; ``current`` marks, for each key, the one
that counts (``data.state``).
"""

from collections.abc import Collection
from contextlib import suppress

import duckdb

from data.contracts import SQL_TYPES, Column, Contract
from data.mapping import Mapping

COMPOSED = 0
"""``row_no`` of a row that no file has: the newest values of files with different columns."""

REFUSED = -1
"""``row_no`` of a row that was refused only after it had been stored (``data.bulk``)."""

SAID = "coalesce(row_no, 1) > 0"
"""SQL: whether a row is one that a file has and that was taken."""


def make_room(db: duckdb.DuckDBPyConnection, contract: Contract) -> None:
    """The table of an entity, and its views, where they are not there or not of this version.

    A table begins with the columns that every upload has; ``add_columns`` adds the others when
    a file gives them, since a column of nothing costs nearly as much as one of values.
    """
    first = [
        column for column in contract.columns if column.required or column.name in contract.key
    ]
    typed = "".join(f", {column.name} {SQL_TYPES[column.type]}" for column in first)
    db.execute(
        f"create table if not exists rows_{contract.name} "
        f"(upload_id BIGINT, row_no BIGINT, current BOOLEAN, refused VARCHAR{typed})"
    )
    viewed: set[str] = set()
    with suppress(duckdb.CatalogException):  # no views yet
        viewed = _columns_of(db, f"raw_{contract.name}")
    if not viewed.issuperset(["row_no", *(column.name for column in contract.columns)]):
        add_columns(db, contract, [column.name for column in first])


def add_columns(
    db: duckdb.DuckDBPyConnection, contract: Contract, names: Collection[str] = ()
) -> None:
    """Make room for columns, and views that have every column of the contract.

    ``raw_<entity>`` is the current state, ``said_<entity>`` every row as its upload had it.
    Where an id is not known, they have the name that stands in for it.
    """
    table = f"rows_{contract.name}"
    columns_held = held(db, contract)
    for name in sorted({*names} - columns_held):
        db.execute(f"alter table {table} add column {name} {SQL_TYPES[contract.column(name).type]}")
    columns_held |= {*names}
    columns = ", ".join(
        f"{_value(column, contract, columns_held)} as {column.name}" for column in contract.columns
    )
    db.execute(
        f"create or replace view raw_{contract.name} as "
        f"select {columns}, upload_id, row_no from {table} where current"
    )
    db.execute(
        f"create or replace view said_{contract.name} as "
        f"select upload_id, as_of, row_no, {columns} from {table} join uploads "
        f"using (upload_id) where {SAID}"
    )


def keep(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    upload_id: int,
    source: str,
    columns: Collection[str],
    *,
    large: bool = False,
) -> int:
    """Store the rows of an upload; ``update_state`` has to follow.

    Parameters
    ----------
    source
        A table or query with ``row_no`` and ``columns``, one row a key.
    large
        It also has rows that are refused, and a column ``refused`` that says of what.

    Returns
    -------
    How many rows.
    """
    if not held(db, contract).issuperset(columns):
        add_columns(db, contract, columns)
    listed = ", ".join(["row_no", *sorted(columns), *(["refused"] * large)])
    # Alone, they are the state.
    first = not db.execute(f"select 1 from rows_{contract.name} limit 1").fetchall()
    [[count]] = db.execute(
        f"insert into rows_{contract.name} (upload_id, current, {listed}) "
        f"select {int(upload_id)}, {first} and {SAID}, {listed} from {source}"
    ).fetchall()
    return count


def given(contract: Contract, mapping: Mapping) -> frozenset[str]:
    """The columns that a file has: its key, what its mapping fills, and what follows from that."""
    derived = (column.name for column in contract.columns if column.derived)
    return mapping.filled | {*contract.key, *derived}


def held(db: duckdb.DuckDBPyConnection, contract: Contract) -> set[str]:
    """The columns of the contract for which there is room."""
    return {name for name in _columns_of(db, f"rows_{contract.name}") if contract.has(name)}


def _columns_of(db: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    return {name for name, *_ in db.execute(f"select * from {table} limit 0").description or ()}


def _value(column: Column, contract: Contract, columns: Collection[str]) -> str:
    """SQL of a column in the views: its own value, else what stands in for it, else nothing."""
    found = [column.name] if column.name in columns else []
    while column.falls_back:
        column = contract.column(column.falls_back)
        found += [column.name] if column.name in columns else []
    nothing = f"null::{SQL_TYPES[column.type]}"
    return f"coalesce({', '.join(found)})" if len(found) > 1 else (found or [nothing])[0]
