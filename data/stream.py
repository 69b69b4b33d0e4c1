"""The typed rows of a large file as one query, which DuckDB runs while it reads.

Everything is text first and reading is strict. The SQL that types cells elsewhere types them
here too, but a cell that a plain cast can read never meets it.
"""

from collections.abc import Collection
from collections.abc import Mapping as Pairs

from data.cells import damaged, literal, marked, needed, stand_in, text_of, unreadable
from data.clean import TypedRows
from data.contracts import CONTRACTS, SQL_TYPES, Contract, Type
from data.formats import BLANK, formats
from data.large import LargeFile
from data.mapping import Mapping
from data.outcomes import FACTS
from data.readers import SourceTable
from data.store import REFUSED
from data.values import prepared
from data.ways import currency_in_amount, typing

LONGEST_LINE = 8_000_000
CELL, ITEM = "\x1e", "\x1f"
"""Between column, rule and text of what is refused, and between several of them."""

_WHOLE = rf"{CELL}(bad|missing|not|damaged)_"
"""In what is refused where the row is not taken at all."""


def streamed(file: LargeFile, table: SourceTable, typed: TypedRows) -> str:
    """The typed rows of a file, and what of them is refused, as one streaming query.

    Each layer adds columns to the one before: ``c_`` a cell, ``p_`` its value where a plain
    cast can read it, ``t_`` its trimmed text where not, ``n_`` that text as the format means
    it, ``o_`` the same as the steps expect it, and the bare name what they make of it.
    """
    mapping, ways = typed.mapping, typed.ways
    contract, format_ = CONTRACTS[mapping.entity], formats()[mapping.format]
    cells = {header: f"c{number}" for number, header in enumerate(table.header)}
    kinds = {name: contract.column(name).type for name in (*mapping.columns, *mapping.constants)}
    read = {name: kind for name, kind in kinds.items() if kind != "text"}
    found = {name: cells[header] for name, header in mapping.columns.items()}
    found |= {name: literal(value) for name, value in mapping.constants.items()}
    marks = {
        "void": marked(format_.void_if, cells),
        "no_record": marked(format_.left_out.get(contract.name, {}), cells),
    }
    work = typing(contract, mapping, ways)
    layers = [
        {f"c_{name}": cell for name, cell in found.items()} | marks,
        {f"p_{name}": _plain(name, kind, typed) for name, kind in read.items()},
        {f"t_{name}": _trimmed(name, name in read, file.blanks) for name in kinds},
        {f"n_{name}": text_of(contract.column(name), f"t_{name}", format_) for name in kinds},
        {f"o_{name}": prepared(f"n_{name}", kind) for name, kind in read.items()},
        {name: f"{'o' if name in read else 'n'}_{name}" for name in kinds},
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
    rest = {"row_no": f"case when regexp_matches(refused, '{_WHOLE}') then {REFUSED} end"}
    rest |= {
        column.name: stand_in(column, contract, mapping)
        for column in contract.columns
        if column.name not in kinds and column.name in {*contract.key, *FACTS}
    }
    query = f"select *, {_listed(rest)} from ({query})"
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


def _trimmed(name: str, is_read: bool, blanks: Collection[str]) -> str:
    """The trimmed text of a cell; of one that is read, where a plain cast cannot."""
    cell = f"c_{name}"
    # Many times faster than trimming every one.
    signs = [f"{cell} < '!'", f"ends_with({cell}, ' ')"]
    signs += [f"{end}_with({cell}, '{blank}')" for blank in blanks for end in ("starts", "ends")]
    whole = f"nullif(trim({cell}, {literal(BLANK)}), '')"
    plain = f"when p_{name} is not null then null" if is_read else ""
    return f"case {plain} when {' or '.join(signs)} then {whole} else {cell} end"


def _plain(name: str, kind: Type, typed: TypedRows) -> str:
    """The value of a cell that needs no reading, null where it does."""
    cell, way = f"c_{name}", typed.ways.get(name)
    if kind in ("number", "money") and way != "," and name not in typed.mapping.scales:
        # A cast also takes 1e5 and 1_000, which are a damaged number and no number.
        odd = " or ".join(f"contains({cell}, '{mark}')" for mark in "eE_")
        cast = f"try_cast(try_cast({cell} as decimal(18, 4)) as {SQL_TYPES[kind]})"
        return f"case when not ({odd}) then {cast} end"
    if kind in ("date", "time"):
        # Longer ones name a time zone, or noon and midnight.
        cast = f"try_cast(case when strlen({cell}) <= 19 then {cell} end as {SQL_TYPES[kind]})"
        return f"case when {cast} > '1970-01-01' and {cast} < '2100-01-01' then {cast} end"
    return f"null::{SQL_TYPES[kind]}"


def _refused(contract: Contract, mapping: Mapping, kinds: Pairs[str, Type]) -> str:
    """SQL of the cells that cannot be taken: column, rule, text; nearly always null.

    Of what is no record of the entity, that alone.
    """
    necessary, key = needed(contract, mapping), contract.key[0]
    signs, found = [], []
    for name, kind in kinds.items():
        if rules := unreadable(f"o_{name}", kind, name in necessary):
            unread = f"(o_{name} is not null and {name} is null)"
            signs.append(unread)
            found += [(f"{unread} and {where}", name, rule) for where, rule in rules]
        wrong = [(damaged(name), "damaged_id")] if name.endswith("_id") else []
        if name in necessary:
            empty = (
                f"{name} is null" if kind == "text" else f"p_{name} is null and o_{name} is null"
            )
            wrong.append((f"({empty})", "missing_required"))
        signs += [where for where, _ in wrong]
        found += [(where, name, rule) for where, rule in wrong]
    items = ", ".join(
        f"case when {where} then {_item(name, rule, f'c_{name}')} end"
        for where, name, rule in found
    )
    none = _item(key, "not_a_record", f"c_{key}" if key in kinds else "''")
    return (
        f"case when no_record then {none} "
        f"when {' or '.join(signs)} then concat_ws('{ITEM}', {items}) end"
    )


def _item(name: str, rule: str, cell: str) -> str:
    return f"concat_ws('{CELL}', '{name}', '{rule}', coalesce({cell}, ''))"
