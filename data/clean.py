"""Text of an upload to typed rows of a contract; what cannot be taken is listed, not dropped.

A row is left out whole where its key or a required value cannot be read, and where a date is
written in another order than the rest of its column: nobody knows which day is meant, and
a date that was guessed shows nowhere. Any other cell that cannot be read is left blank. Both
are listed.
"""

from collections.abc import Mapping as Pairs
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import pandas as pd

from data.cells import LEFT_BLANK, damaged, marked, needed, stand_in, texts, unreadable
from data.contracts import CONTRACTS, Contract
from data.errors import MissingColumnsError
from data.formats import BLANK, Format, formats
from data.mapping import Caution, Mapping
from data.outcomes import StageUse, doubts_of, fill_outcomes
from data.readers import SourceTable
from data.targets import HEADER, long_form
from data.values import prepared
from data.ways import currency_in_amount, decided, typing


@dataclass(frozen=True)
class Rejection:
    """A cell, or a whole line where ``column`` is empty, that was not taken.

    ``rule`` is one of: missing_required, damaged_id, bad_date, bad_number, bad_flag,
    negative_target, not_a_record, duplicate_in_file, ragged_row, stray_quote (the row is left
    out), or unreadable_left_blank (the row is taken without the cell). ``record`` is the id of
    the record, as the file has it, or the header that a target stands under.
    """

    row_no: int
    column: str
    value: str
    rule: str
    record: str = ""


@dataclass(frozen=True)
class TypedRows:
    """What an upload holds of one entity.

    Attributes
    ----------
    frame
        One row a record: every column of the contract, and ``row_no``, its line in the file.
    mapping
        The mapping, with what the values proved about dates and decimal marks added.
    rows_read
        Rows of the file, taken or not.
    ways
        How each column of dates or numbers was read, proved or not.
    """

    frame: pd.DataFrame
    rejections: tuple[Rejection, ...]
    stages: tuple[StageUse, ...]
    cautions: tuple[Caution, ...]
    mapping: Mapping
    rows_read: int
    ways: Pairs[str, str | None]

    @property
    def rows_rejected(self) -> int:
        return self.rows_read - len(self.frame)


def type_rows(table: SourceTable, mapping: Mapping) -> TypedRows:
    """Type every row of a table by its mapping.

    Raises
    ------
    MissingColumnsError
        A required column has no header.
    """
    if mapping.missing:
        raise MissingColumnsError(
            table.file, mapping.entity, list(mapping.missing), list(table.header)
        )
    confirmed = mapping
    if mapping.entity == "targets":
        table, mapping = long_form(table, mapping)
    contract = CONTRACTS[mapping.entity]
    format_ = formats()[mapping.format]
    with duckdb.connect() as db:
        _load(db, table, mapping, format_)
        mapping, ways, cautions = decided(db, table, mapping, format_)
        _type(db, contract, mapping, ways)
        _refuse(db, contract, mapping)
        stages = fill_outcomes(db, mapping, format_) if contract.has("outcome") else ()
        refused = db.execute("select i, name, rule from refused order by i, name").fetchall()
        frame = db.execute(
            f"select {', '.join(column.name for column in contract.columns)}, i as row_no "
            "from typed where i not in (select i from left_out) order by i"
        ).df()
    taken = frame["row_no"].to_numpy()
    frame["row_no"] = np.array(table.row_numbers, dtype="int64")[taken]
    rejections = [_rejection(table, mapping, i, name, rule) for i, name, rule in refused]
    rejections += [Rejection(line.row_no, "", line.text, line.rule) for line in table.broken]
    return TypedRows(
        frame=frame,
        rejections=tuple(sorted(rejections, key=lambda rejection: rejection.row_no)),
        stages=stages,
        cautions=(*cautions, *doubts_of(stages)),
        mapping=_proved(confirmed, mapping),
        rows_read=len(table.rows) + len(table.broken),
        ways=ways,
    )


def _proved(confirmed: Mapping, mapping: Mapping) -> Mapping:
    """A mapping as it speaks of the file, with what the values proved."""
    columns = dict(confirmed.columns)
    if currency_in_amount(mapping) and "amount" in columns:
        columns["currency"] = columns["amount"]
    return replace(
        confirmed,
        columns=columns,
        date_formats=mapping.date_formats,
        decimals=mapping.decimals,
    )


def _load(
    db: duckdb.DuckDBPyConnection, table: SourceTable, mapping: Mapping, format_: Format
) -> None:
    """Table ``cells``: the prepared text of every filled column, and what a row is marked as."""
    contract = CONTRACTS[mapping.entity]
    columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.header)
    source = pd.DataFrame({"i": np.arange(len(table.rows))})
    stripped = {
        f"c{number}": pd.Series([cell.strip(BLANK) or None for cell in values], dtype=object)
        for number, values in enumerate(columns)
    }
    source = pd.concat([source, pd.DataFrame(stripped)], axis=1)
    # A column without a single value has no type of its own.
    cells = {name: f"(c{number}::varchar)" for number, name in enumerate(table.header)}
    found = texts(mapping, contract, format_, cells)
    left_out = format_.left_out.get(contract.name, {})
    kinds = {name: contract.column(name).type for name in found}
    db.register("source", source)
    db.execute(f"""
        create table cells as
        select i, void, no_record,
            {", ".join(f"{prepared(name, kind)} as {name}" for name, kind in kinds.items())}
        from (
            select i, {marked(format_.void_if, cells)} as void,
                {marked(left_out, cells)} as no_record,
                {", ".join(f"{text} as {name}" for name, text in found.items())}
            from source
        )
    """)


def _type(
    db: duckdb.DuckDBPyConnection,
    contract: Contract,
    mapping: Mapping,
    ways: Pairs[str, str | None],
) -> None:
    """Table ``typed``: a value, or null, for every column of the contract."""
    work = typing(contract, mapping, ways)
    first, second, third = (
        ", ".join(f"{step[n]} as {name}" for name, step in work.items()) for n in range(3)
    )
    rest = [
        f"{stand_in(column, contract, mapping)} as {column.name}"
        for column in contract.columns
        if column.name not in work and column.name != "nth"
    ]
    if contract.has("nth"):
        alike = ", ".join(name for name in contract.key if name != "nth")
        rest.append(f"row_number() over (partition by {alike} order by i)::double as nth")
    marks = "i, void, no_record"
    db.execute(f"""
        create table typed as
        select {", ".join(["*", *rest])} from (
            select {marks}, {third} from (
                select {marks}, {second} from (select {marks}, {first} from cells)
            )
        )
    """)


def _refuse(db: duckdb.DuckDBPyConnection, contract: Contract, mapping: Mapping) -> None:
    """Table ``refused``: what is not taken; view ``left_out``: rows that are not taken at all."""
    necessary = needed(contract, mapping)
    found = [("no_record", contract.key[0], "not_a_record")]
    for name in (*mapping.columns, *mapping.constants):
        if name == "currency" and currency_in_amount(mapping):
            continue
        unread = f"cells.{name} is not null and typed.{name} is null"
        for where, rule in unreadable(
            f"cells.{name}", contract.column(name).type, name in necessary
        ):
            found.append((f"{unread} and {where}", name, rule))
        if name in necessary:
            found.append((f"cells.{name} is null", name, "missing_required"))
        if name.endswith("_id"):
            found.append((damaged(f"typed.{name}"), name, "damaged_id"))
    if contract.name == "targets":
        found.append(("typed.amount < 0", "amount", "negative_target"))
    selects = [
        f"select i, '{name}' as name, '{rule}' as rule "
        f"from typed join cells using (i, void, no_record) where {where}"
        for where, name, rule in found
    ]
    db.execute(
        f"create table refused as select * from ({' union all '.join(selects)}) "
        "where rule = 'not_a_record' or i not in (select i from cells where no_record)"
    )
    db.execute(f"create view left_out as select i from refused where rule <> '{LEFT_BLANK}'")
    newest = "modified_at desc nulls last, " if contract.has("modified_at") else ""
    db.execute(f"""
        insert into refused
        select i, '{contract.key[0]}', 'duplicate_in_file'
        from (
            select i, row_number() over (
                partition by {", ".join(contract.key)} order by {newest} i desc
            ) as nth_of_key
            from typed
            where i not in (select i from left_out)
        )
        where nth_of_key > 1
    """)


def _rejection(table: SourceTable, mapping: Mapping, i: int, name: str, rule: str) -> Rejection:
    """A refusal in the words of the file."""
    row = dict(zip(table.header, table.rows[i], strict=True))
    key = CONTRACTS[mapping.entity].key[0]
    record = row.get(HEADER) or row.get(mapping.columns.get(key, ""), "")
    return Rejection(
        table.row_numbers[i], name, row.get(mapping.columns.get(name, ""), ""), rule, record
    )
