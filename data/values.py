"""SQL that turns the text of a cell into a date, a number, a yes or no.

What cannot be read becomes null; ``clean`` then says so. ``dates`` and ``amounts`` know how
each is written.

Every function takes and returns SQL text. ``steps`` are applied one after the other, each to
the column that the one before has made, so that no expression is written, or run, twice. What
is already plain (``2026-03-04``, ``1234.5``) takes the shortest way.
"""

from data.amounts import (
    currencies,
    currency_in,
    decimal_mark,
    number,
    parts,
    prepared_number,
    unit_of,
)
from data.contracts import SQL_TYPES, Type
from data.dates import (
    DATE_FORMS,
    DATE_ORDERS,
    date_order,
    has_offsets,
    prepared_date,
    timestamp,
    turned,
)

__all__ = [
    "DATE_FORMS",
    "DATE_ORDERS",
    "NO_VALUE",
    "currencies",
    "currency_in",
    "date_order",
    "decimal_mark",
    "has_offsets",
    "prepared",
    "steps",
    "unit_of",
]

NO_VALUE = (
    "-", "--", "—", "/", "n/a", "#n/a", "na", "nan", "null", "none", "nil", "tbd", "tba", "无",
    "空", "未填", "待定",
)  # fmt: skip
"""What stands for nothing in a column of dates, numbers or flags. Text is kept as it is."""


_WIDE, _NARROW = "０１２３４５６７８９，．－−（）％￥／：＋", "0123456789,.--()%¥/:+"

_YES = ("true", "yes", "y", "t", "1", "1.0", "on", "active", "是", "在职", "启用", "正常")
_NO = ("false", "no", "n", "f", "0", "0.0", "off", "inactive", "否", "离职", "停用", "禁用")


def prepared(text: str, type_: Type) -> str:
    """A trimmed text in the one spelling that ``steps`` expects; null where it says nothing.

    Parameters
    ----------
    text
        A column, or something as cheap: it is written several times.
    """
    if type_ == "text":
        return text
    if type_ == "flag":
        return f"case when lower({text}) not in {NO_VALUE} then lower({text}) end"
    nothing = f"lower({text}) in {(*NO_VALUE, 'false')}"
    narrow = f"translate({text}, '{_WIDE}', '{_NARROW}')"
    if type_ in ("number", "money"):
        return f"case when {nothing} then null else {prepared_number(text, narrow)} end"
    return f"case when {nothing} then null else {prepared_date(text, narrow)} end"


def steps(
    column: str, type_: Type, way: str | None = None, *, factor: float = 1, zone: str = ""
) -> tuple[str, str, str]:
    """What makes the value of a column from its prepared text, in three steps.

    Parameters
    ----------
    way
        For dates a member of ``DATE_FORMS``, or None where they need none; for numbers the
        decimal mark.
    factor
        What numbers are multiplied by that do not say themselves what they are counted in.
    zone
        IANA name of the clock that times with an offset from UTC are moved to; empty where
        every clock stands as it was written.
    """
    if type_ in ("date", "time"):
        in_range = f"case when year({column}) between 1950 and 2099 then {column} end"
        return (
            turned(column, way),
            timestamp(column, way, zone),
            f"({in_range})::{SQL_TYPES[type_]}",
        )
    if type_ in ("number", "money"):
        return parts(column, way), number(column, type_, way, factor), column
    if type_ == "flag":
        flag = f"case when {column} in {_YES} then true when {column} in {_NO} then false end"
        return flag, column, column
    return column, column, column
