"""SQL that turns text into a number: decimal marks, currency signs, 万 and k.

The decimal mark of a column is decided by a vote of its values, and never cell by cell.
"""

import re
import unicodedata

import duckdb

from data.contracts import SQL_TYPES, Type

TIMES = {
    "百万": 1e6, "千万": 1e7, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8,
    "MN": 1e6, "MM": 1e6, "BN": 1e9, "K": 1e3, "M": 1e6, "B": 1e9,
}  # fmt: skip
"""What may stand behind a number, and what it is then multiplied by."""

CURRENCIES = {
    "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "CNY", "CN¥": "CNY", "元": "CNY",
    "RMB": "CNY", "JP¥": "JPY", "HK$": "HKD", "NT$": "TWD", "S$": "SGD", "A$": "AUD",
    "C$": "CAD", "R$": "BRL", "₩": "KRW", "₹": "INR", "₽": "RUB",
}  # fmt: skip
"""Sign to ISO code. A bare ``$`` or ``¥`` may be another dollar or the yen: its use is told."""

_WORDS = {
    "thousand": 1e3, "thousands": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9,
    "billions": 1e9,
}  # fmt: skip
_MONEY = r"(?:(?:us|hk|nt|cn|jp|[acrs])?[$€£¥₩₹]|(?-i:[A-Z]{3})\b|人民币|美元|欧元|港元|元)?"
_UNIT = re.compile(
    rf"(?:in\b|单位|units?\b)?[\s:]*{_MONEY}\s*'?"
    rf"(?P<times>{'|'.join([*TIMES, *_WORDS])}|)\s*{_MONEY}",
    re.IGNORECASE,
)
_SAYS_NOTHING = re.compile(r"\s*(in|单位|units?)?[\s:]*", re.IGNORECASE)
_BRACKETS = re.compile(r"[(\[（【]([^()\[\]]*)[)\]）】]|单位[:\s]*(\S+)")

_GROUPING = r"[\s\x{a0}\x{2007}\x{2009}\x{202f}''’`]"
_UNGROUPED = r"^[!-&(-_a-~]*$"
_SIGNS = "$€£¥"
_CURRENCY = r"[A-Z]{0,2}\p{Sc}|[A-Z]{3}|元|"
_NUMBER = (
    rf"^(\(?[-+]?)({_CURRENCY})(\(?[-+]?)(\d[\d.,]*|[.,]\d+)({'|'.join(TIMES)})?({_CURRENCY})"
    r"(-?\)?)$"
)
_PARTS = ["open", "before", "sign", "digits", "times", "after", "close"]
_PLAIN = {".": r"^-?\d+(\.\d+)?$", ",": r"^-?\d+$"}
# With a point as decimal mark, what can be read; what proves a mark, and what leaves it open.
_READABLE = r"^(\d+|\d{1,3}(,\d{2,3})*,\d{3})?(\.\d*)?$"
# The same with D and G for decimal and grouping mark.
_PROOF = r"\d+(G\d+)+D\d*|\d+(G\d+){2,}|\d*D(\d{0,2}|\d{4,})|(0|\d{4,})D\d+"
_OPEN = r"[1-9]\d{0,2}D\d{3}"


def prepared_number(text: str, ascii_text: str) -> str:
    """Text without blanks and grouping apostrophes, in capitals."""
    return f"""case
        when regexp_matches({text}, '{_PLAIN["."]}') then {text}
        when regexp_matches({text}, '{_UNGROUPED}') then upper({text})
        else upper(regexp_replace({ascii_text}, '{_GROUPING}', '', 'g'))
    end"""


def parts(column: str, mark: str | None) -> str:
    """The parts of prepared text, as a struct."""
    empty = ", ".join(f"{part}: ''" for part in _PARTS)
    plain, signed = (
        empty.replace("digits: ''", f"digits: {digits}")
        for digits in (column, f"ltrim({column}, '{_SIGNS}')")
    )
    return f"""case
        when regexp_matches({column}, '{_PLAIN[mark or "."]}') then {{{plain}}}
        when regexp_matches({column}, '^[{_SIGNS}]?\\d[\\d.,]*$') then {{{signed}}}
        else regexp_extract({column}, '{_NUMBER}', {_PARTS})
    end"""


def number(column: str, type_: Type, mark: str | None, factor: float = 1) -> str:
    """The value of ``parts``.

    Parameters
    ----------
    factor
        What the column's header says its numbers are counted in. A cell that says so itself,
        as ``12万`` does, is not multiplied again.
    """
    sql_type = SQL_TYPES[type_]
    digits = _pointed(f"{column}.digits", mark)
    factors = " ".join(f"when '{suffix}' then {times:.0f}" for suffix, times in TIMES.items())
    signs = f"{column}.open || {column}.sign || {column}.close"
    sign = f"case when regexp_matches({signs}, '[-(]') then '-' else '' end"
    plain = f"{sign} || replace({digits}, ',', '')"
    own = f"try_cast(try_cast({plain} as double) * case {column}.times {factors} end as {sql_type})"
    said = f"try_cast(try_cast({{}} as double) * {factor!r} as {sql_type})"
    if factor == 1:
        said = f"try_cast({{}} as {sql_type})"
    return f"""case
        when regexp_matches({column}.digits, '{_PLAIN[mark or "."]}') and {column}.times = ''
            and strlen({signs}) = 0 then {said.format(f"{column}.digits")}
        when not regexp_matches({digits}, '{_READABLE}') then null
        when {column}.times = '' then {said.format(plain)}
        else {own}
    end"""


def decimal_mark(
    db: duckdb.DuckDBPyConnection, table: str, column: str, default: str
) -> tuple[str, bool, bool]:
    """The decimal mark of a column of prepared text, by vote of its values.

    Returns
    -------
    ``.`` or ``,``; whether the values prove it; and whether they leave open what is meant, as
    ``1.234`` alone does.
    """
    points, commas, open_ = (
        f"^[^\\d.,]*({_marked(pattern, mark)})[^\\d.,]*$"
        for pattern, mark in ((_PROOF, "."), (_PROOF, ","), (_OPEN, default))
    )
    [[points, commas, left_open]] = db.execute(f"""
        select
            count(*) filter (regexp_matches({column}, '{points}')),
            count(*) filter (regexp_matches({column}, '{commas}')),
            count(*) filter (regexp_matches({column}, '{open_}'))
        from {table}
        where contains({column}, '.') or contains({column}, ',')
    """).fetchall()
    if points == commas:
        return default, False, bool(left_open or points)
    return ("." if points > commas else ","), True, False


def currency_in(column: str) -> str:
    """The ISO code of the currency that stands in a prepared amount, else null."""
    codes = " ".join(f"when '{sign}' then '{code}'" for sign, code in CURRENCIES.items())
    before, after = _PARTS.index("before") + 1, _PARTS.index("after") + 1
    sign = rf"regexp_replace({column}, '{_NUMBER}', '\{before}\{after}')"
    return f"""case when {_may_name_a_currency(column)} then
        case {sign} {codes} else nullif(regexp_extract({sign}, '^[A-Z]{{3}}$'), '') end
    end"""


def currencies(db: duckdb.DuckDBPyConnection, table: str, column: str) -> tuple[str, ...]:
    """The currencies that stand in a column of prepared amounts."""
    found = db.execute(f"""
        select distinct {currency_in(column)} as code
        from {table} where {_may_name_a_currency(column)} order by code
    """).fetchall()
    return tuple(code for (code,) in found if code)


def unit_of(text: str) -> float | None:
    """What a header or title says that numbers are counted in, None where it says nothing.

    >>> unit_of("金额（万元）"), unit_of("Quota (k€)"), unit_of("单位：亿元"), unit_of("金额（元）")
    (10000.0, 1000.0, 100000000.0, 1.0)
    """
    text = unicodedata.normalize("NFKC", text)
    for found in _BRACKETS.finditer(text):
        said = (found[1] or found[2] or "").strip()
        if not _SAYS_NOTHING.fullmatch(said) and (unit := _UNIT.fullmatch(said)):
            times = unit["times"]
            return _WORDS.get(times.lower()) or TIMES.get(times.upper()) or 1.0
    return None


def _may_name_a_currency(column: str) -> str:
    return f"not (left({column}, 1) between '0' and '9' and right({column}, 1) between '0' and '9')"


def _pointed(digits: str, mark: str | None) -> str:
    """Digits as if a point were the decimal mark."""
    return f"translate({digits}, '.,', ',.')" if mark == "," else digits


def _marked(pattern: str, mark: str) -> str:
    decimal, grouping = (r"\.", ",") if mark == "." else (",", r"\.")
    return pattern.replace("D", decimal).replace("G", grouping)
