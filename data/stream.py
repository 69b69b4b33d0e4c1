"""The typed rows of a large file as one query, which DuckDB runs while it reads.

Everything is text first and reading is strict. The SQL that types cells elsewhere types them
here too, but a cell that a plain cast can read never meets it.
"""

from collections.abc import Collection
from collections.abc import Mapping as Pairs

from data.cells import literal, marked, needed, stand_in, texts, unreadable
from data.clean import TypedRows
from data.contracts import CONTRACTS, SQL_TYPES, Contract, Type
from data.formats import BLANK, formats
from data.large import LargeFile
from data.mapping import Mapping
from data.outcomes import FACTS
from data.readers import SourceTable
from data.values import prepared
from data.ways import currency_in_amount, typing

LONGEST_LINE = 8_000_000
CELL, ITEM = "\x1e", "\x1f"
"""Between column, rule and text of what is refused, and between several of them."""


def streamed(file: LargeFile, table: SourceTable, typed: TypedRows) -> str:
    """The typed rows of a file, and what of them cannot be read, as one streaming query.

    Each layer adds columns to the one before: ``t_`` the text of a cell, ``p_`` its value
    where a plain cast can read it, ``n_`` the text where not, ``o_`` the same as the steps
    expect it, and the bare name what they make of it.
    """
    mapping, ways = typed.mapping, typed.ways
    contract, format_ = CONTRACTS[mapping.entity], formats()[mapping.format]
    cells = {header: f"c{number}" for number, header in enumerate(table.header)}
    kinds = {name: contract.column(name).type for name in (*mapping.columns, *mapping.constants)}
    read = {name: kind for name, kind in kinds.items() if kind != "text"}
    found = {name: cells[header] for name, header in mapping.columns.items()}
    found |= {name: literal(value) for name, value in mapping.constants.items()}
    if mapping.composed:  # the key is made of them
        trimmed = {name: _trimmed(cell, file.blanks) for name, cell in cells.items()}
        found = texts(mapping, contract, format_, trimmed)
    marks = {
        "void": marked(format_.void_if, cells),
        "no_record": marked(format_.left_out.get(contract.name, {}), cells),
    }
    work = typing(contract, mapping, ways)
    layers = [
        {f"t_{name}": text for name, text in found.items()} | marks,
        {f"p_{name}": _plain(name, kind, typed) for name, kind in read.items()},
        {f"n_{name}": f"case when p_{name} is null then t_{name} end" for name in read},
        {f"o_{name}": prepared(f"n_{name}", kind) for name, kind in read.items()},
        {name: f"{'o' if name in read else 't'}_{name}" for name in kinds},
    ]
    query = _read(file, table)
    for layer in layers:
        query = f"select *, {_listed(layer)} from ({query})" if layer else query
    for step in range(3):
        # Only the few odd cells take the way of many steps.
        by = {name: f"case when o_{name} is not null then {work[name][step]} end" for name in read}
        if currency_in_amount(mapping):
            by["currency"] = work["currency"][step]
        query = f"select * replace ({_listed(by)}) from ({query})" if by else query
    values = {name: f"coalesce(p_{name}, {name})" if name in read else name for name in kinds}
    values |= {"void": "void", "refused": _refused(contract, mapping, kinds)}
    query = f"select {_listed(values)} from ({query})"
    rest = {
        column.name: stand_in(column, contract, mapping)
        for column in contract.columns
        if column.name not in kinds and column.name in {*contract.key, *FACTS}
    }
    query = f"select *, {_listed(rest)} from ({query})" if rest else query
    if not contract.has("outcome"):
        return query
    told = [fact for fact in FACTS if fact in kinds] or ["stage"]
    same = " and ".join(f"typed.{fact} is not distinct from meanings.{fact}" for fact in told)
    return (
        f"select typed.*, case when void then 'void' else meanings.outcome end as outcome "
        f"from ({query}) as typed left join meanings on {same}"
    )


def _read(file: LargeFile, table: SourceTable) -> str:
    """Everything explicit: left to itself, DuckDB guesses wrong and does not say so."""
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(table.header)))
    return f"""
        select * from read_csv(
            {literal(str(file.path))}, auto_detect = false, columns = {{{columns}}},
            delim = {literal(table.delimiter)}, quote = '"', escape = '"', header = false,
            skip = {table.header_row}, strict_mode = true, store_rejects = true,
            rejects_limit = 0, max_line_size = {LONGEST_LINE}
        )
    """


def _listed(columns: Pairs[str, str]) -> str:
    return ", ".join(f"{sql} as {name}" for name, sql in columns.items())


def edges(cell: str, blanks: Collection[str]) -> str:
    """SQL: whether there may be blanks around a text; many times faster than trimming it."""
    found = [f"{cell} < '!'", f"ends_with({cell}, ' ')"]
    found += [f"{end}_with({cell}, '{blank}')" for blank in blanks for end in ("starts", "ends")]
    return " or ".join(found)


def _trimmed(cell: str, blanks: Collection[str]) -> str:
    whole = f"nullif(trim({cell}, {literal(BLANK)}), '')"
    return f"case when {edges(cell, blanks)} then {whole} else {cell} end"


def _plain(name: str, kind: Type, typed: TypedRows) -> str:
    """The value of a cell that needs no reading, null where it does."""
    text, way = f"t_{name}", typed.ways.get(name)
    if kind in ("number", "money") and way != "," and name not in typed.mapping.scales:
        return f"try_cast(try_cast({text} as decimal(18, 4)) as {SQL_TYPES[kind]})"
    if kind in ("date", "time"):
        # Longer ones name a time zone, or noon and midnight.
        cast = f"try_cast(case when strlen({text}) <= 19 then {text} end as {SQL_TYPES[kind]})"
        return f"case when {cast} > '1970-01-01' and {cast} < '2100-01-01' then {cast} end"
    return f"null::{SQL_TYPES[kind]}"


def _refused(contract: Contract, mapping: Mapping, kinds: Pairs[str, Type]) -> str:
    """SQL of dates, numbers and flags that cannot be read: column, rule, text; nearly always null.

    So is what is no record of the entity.
    """
    necessary = needed(contract, mapping)
    found = [("no_record", contract.key[0], "not_a_record", "''")]
    signs = ["no_record"]
    for name, kind in kinds.items():
        if kind == "text":
            continue
        unread = f"(o_{name} is not null and {name} is null)"
        signs.append(unread)
        rules = unreadable(f"o_{name}", kind, name in necessary)
        found += [(f"{unread} and {where}", name, rule, f"t_{name}") for where, rule in rules]
        if name in necessary:
            signs.append(f"t_{name} is null")
            found.append((f"t_{name} is null", name, "missing_required", "''"))
    items = ", ".join(
        f"case when {where} then concat_ws('{CELL}', '{name}', '{rule}', {text}) end"
        for where, name, rule, text in found
    )
    return f"case when {' or '.join(signs)} then concat_ws('{ITEM}', {items}) end"
