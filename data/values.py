"""SQL that turns the text of a cell into a date, a number, a yes or no.

A column is read in one way, decided by a vote of its values, and never cell by cell:
``3/4/2026`` beside ``13/4/2026`` is the third of April. What cannot be read becomes null;
``clean`` then says so.

Every function takes and returns SQL text. ``steps`` are applied one after the other, each to
the column that the one before has made, so that no expression is written, or run, twice.
"""

import duckdb

from data.contracts import SQL_TYPES, Type

NO_VALUE = (
    "-", "--", "—", "/", "n/a", "#n/a", "na", "nan", "null", "none", "nil", "tbd", "无", "空",
    "未填", "0000-00-00", "0000-00-00 00:00:00", "9999-12-31",
)  # fmt: skip
"""What stands for nothing in a column of dates, numbers or flags. Text is kept as it is."""

DATE_ORDERS = {"%m/%d/%Y": r"\3-\1-\2\4", "%d/%m/%Y": r"\3-\2-\1\4", "%y-%m-%d": r"\1-\2-\3\4"}
"""Readings of dates in digits that do not begin with a four-digit year."""

_WIDE, _NARROW = "０１２３４５６７８９，．－−（）％￥／：＋", "0123456789,.--()%¥/:+"

_YES = ("true", "yes", "y", "t", "1", "1.0", "on", "active", "是", "在职", "启用", "正常")
_NO = ("false", "no", "n", "f", "0", "0.0", "off", "inactive", "否", "离职", "停用", "禁用")

_SPELLINGS = (
    (r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
    (r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})日?", r"\1-\2-\3"),
    (r"\s*上午\s*(\d[\d:]*)$", r" \1 AM"),
    (r"\s*下午\s*(\d[\d:]*)$", r" \1 PM"),
)
_LONG_YEAR = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(\D.*)?$"
_SHORT_YEAR = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})(\D.*)?$"
_TWELVE_HOURS = ["%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p"]
# A two-digit year before the four-digit one: %Y reads 25 as the year 25.
_NAMED_MONTHS = [
    f"{day}{time}"
    for day in ("%b %d %Y", "%B %d %Y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y")
    for time in ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
]

_GROUPING = r"[\s\x{a0}\x{2007}\x{2009}\x{202f}''’`]"
_TIMES = {
    "百万": 1e6, "千万": 1e7, "千": 1e3, "万": 1e4, "亿": 1e8,
    "MN": 1e6, "MM": 1e6, "BN": 1e9, "K": 1e3, "M": 1e6, "B": 1e9,
}  # fmt: skip
_CURRENCY = r"(?:US\$|HK\$|R\$|[¥$€£₩₹]|[A-Z]{3}|元)?"
_NUMBER = rf"^(\(?-?){_CURRENCY}(-?)(\d[\d.,]*|[.,]\d+)({'|'.join(_TIMES)})?{_CURRENCY}(-?\)?)$"
_PARTS = ["open", "sign", "digits", "times", "close"]
# With a point as decimal mark: what can be read, what proves the mark, what leaves it open.
_READABLE = r"^(\d+|\d{1,3}(,\d{2,3})*,\d{3})?(\.\d*)?$"
_PROOF = r"^\d+(,\d+)+\.\d*$|^\d+(,\d+){2,}$|^\d*\.(\d{0,2}|\d{4,})$|^(0|\d{4,})\.\d+$"
_OPEN = r"^[1-9]\d{0,2}\.\d{3}$"


def prepared(text: str, type_: Type) -> str:
    """A trimmed text in the one spelling that ``steps`` expects; null where it says nothing."""
    if type_ == "text":
        return text
    text = f"case when lower({text}) not in {NO_VALUE} then {text} end"
    if type_ == "flag":
        return f"lower({text})"
    text = f"translate({text}, '{_WIDE}', '{_NARROW}')"
    if type_ in ("number", "money"):
        return f"upper(regexp_replace({text}, '{_GROUPING}', '', 'g'))"
    text = f"replace({text}, ',', '')"
    for pattern, by in _SPELLINGS:
        text = f"regexp_replace({text}, '{pattern}', '{by}')"
    return text


def steps(column: str, type_: Type, way: str | None = None) -> tuple[str, str, str]:
    """What makes the value of a column from its prepared text, in three steps.

    Parameters
    ----------
    way
        For dates a member of ``DATE_ORDERS``, or None where they need none; for numbers the
        decimal mark.
    """
    if type_ in ("date", "time"):
        in_range = f"case when year({column}) between 1950 and 2099 then {column} end"
        return _year_first(column, way), _time(column), f"({in_range})::{SQL_TYPES[type_]}"
    if type_ in ("number", "money"):
        return (
            f"regexp_extract({column}, '{_NUMBER}', {_PARTS})",
            _number(column, type_, way),
            column,
        )
    if type_ == "flag":
        flag = f"case when {column} in {_YES} then true when {column} in {_NO} then false end"
        return flag, column, column
    return column, column, column


def date_order(
    db: duckdb.DuckDBPyConnection, table: str, column: str, default: str
) -> tuple[str | None, bool]:
    """The order in which a column of prepared text writes its dates, by vote of its values.

    Of readings that fit equally many values, the one with fewer years is likelier (days
    misread as years spread over thirty of them), then the default.

    Returns
    -------
    A member of ``DATE_ORDERS``, None where every date begins with its year or names its
    month; and whether no other order fits as many values.
    """
    votes = {order: (*_fit(db, table, column, order), order == default) for order in DATE_ORDERS}
    best = max(votes, key=votes.__getitem__)
    most = votes[best][0]
    if not most:
        return None, True
    return best, sum(fits == most for fits, *_ in votes.values()) == 1


def _fit(db: duckdb.DuckDBPyConnection, table: str, column: str, order: str) -> tuple[int, int]:
    """How many values an order can read, and minus the number of years it sees in them."""
    [fit] = db.execute(f"""
        select coalesce(sum(uses), 0)::bigint, -count(distinct year(value))
        from (select uses, {_time("turned")} as value from (
            select {_year_first(column, order)} as turned, count(*) as uses
            from {table}
            where regexp_matches({column}, '{_LONG_YEAR}|{_SHORT_YEAR}')
            group by turned
        ))
        where value is not null
    """).fetchall()
    return fit


def decimal_mark(
    db: duckdb.DuckDBPyConnection, table: str, column: str, default: str
) -> tuple[str, bool, bool]:
    """The decimal mark of a column of prepared text, by vote of its values.

    Returns
    -------
    ``.`` or ``,``; whether the values prove it; and whether they leave open what is meant, as
    ``1.234`` alone does.
    """
    [[points, commas, open_]] = db.execute(f"""
        select
            count(*) filter (regexp_matches(digits, '{_PROOF}')),
            count(*) filter (regexp_matches(translate(digits, '.,', ',.'), '{_PROOF}')),
            count(*) filter (regexp_matches({_pointed("digits", default)}, '{_OPEN}'))
        from (select {_digits(column)} as digits from {table})
    """).fetchall()
    if points == commas:
        return default, False, bool(open_ or points)
    return ("." if points > commas else ","), True, False


def _year_first(column: str, order: str | None) -> str:
    if order is None:
        return column
    by = DATE_ORDERS[order]
    short = rf"regexp_replace({column}, '{_SHORT_YEAR}', '20{by}')"
    if order == "%y-%m-%d":
        return short
    return f"regexp_replace({short}, '{_LONG_YEAR}', '{by}')"


def _time(column: str) -> str:
    """A timestamp, an Excel serial, or milliseconds since 1970.

    A time zone is dropped: the wall clock stands as the CRM wrote it.
    """
    # A cast takes 1:05 PM for 1:05, so it must not see twelve hours.
    return rf"""case
        when regexp_matches({column}, '^\d{{5}}(\.\d+)?$')
            then timestamp '1899-12-30' + to_microseconds(({column}::double * 86400e6)::bigint)
        when regexp_matches({column}, '^\d{{13}}$') then epoch_ms({column}::bigint)
        when regexp_matches({column}, '^\d{{4}}-') and not regexp_matches({column}, '(?i)[ap]m$')
            then try_cast({column} as timestamp)
        when regexp_matches({column}, '[A-Za-z]')
            then try_strptime({column}, {_TWELVE_HOURS + _NAMED_MONTHS})
    end"""


def _number(column: str, type_: Type, mark: str | None) -> str:
    digits = _pointed(f"{column}.digits", mark)
    factors = " ".join(f"when '{suffix}' then {factor:.0f}" for suffix, factor in _TIMES.items())
    signs = f"{column}.open || {column}.sign || {column}.close"
    sign = f"case when regexp_matches({signs}, '[-(]') then '-' else '' end"
    plain = f"{sign} || replace({digits}, ',', '')"
    sql_type = SQL_TYPES[type_]
    return f"""case
        when not regexp_matches({digits}, '{_READABLE}') then null
        when {column}.times = '' then try_cast({plain} as {sql_type})
        else try_cast(try_cast({plain} as double) * case {column}.times {factors} end as {sql_type})
    end"""


def _digits(column: str) -> str:
    return f"regexp_extract({column}, '{_NUMBER}', {_PARTS.index('digits') + 1})"


def _pointed(digits: str, mark: str | None) -> str:
    """Digits as if a point were the decimal mark."""
    return f"translate({digits}, '.,', ',.')" if mark == "," else digits
