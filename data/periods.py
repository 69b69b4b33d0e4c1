"""What ``Jan-26``, ``FY26 Q1``, ``2026年1月`` or ``全年`` names: a period, and its first day.

A year, a quarter and a month without a year belong to the year that people name: a fiscal one
where it does not begin in January. A month with its year is a month of the calendar.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["month", "quarter", "year", "half", "total"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan 一月", "february feb 二月", "march mar 三月", "april apr 四月",
            "may 五月", "june jun 六月", "july jul 七月", "august aug 八月",
            "september sept sep 九月", "october oct 十月", "november nov 十一月",
            "december dec 十二月",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DIGITS = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}

_TOTAL = re.compile(r"\b(grand |sub)?totals?\b|\bsum\b|\bytd\b|合计|总计|小计|累计|汇总")
_QUARTER = re.compile(
    r"(?<![a-z])q ?([1-4])(?!\d)|(?<!\d)([1-4]) ?q(?![a-z])|\bquarter ([1-4])\b"
    r"|第?([一二三四1-4])季度?"
)
_HALF = re.compile(r"\bh([12])(?!\d)|(?<!\d)([12])h(?![a-z])|([上下])半年")
_NUMBERED = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)[-/.年] ?(?P<month>1[0-2]|0?[1-9])(?!\d)"
        r"(?:月份?|[-/.]0?1(?!\d)(?:[ t]00:00(?::00)?(?:\.0+)?)?)?"
    ),
    re.compile(r"(?<!\d)(?P<month>1[0-2]|0?[1-9])[-/.](?P<year>(?:19|20)\d\d)(?!\d)"),
    re.compile(r"(?<!\d)(?:(?P<short>\d\d)年)?(?P<month>1[0-2]|0?[1-9])月份?"),
)
_NAMED = re.compile(f"({'|'.join(sorted(_MONTHS, key=len, reverse=True))})份?")
_YEAR = re.compile(
    r"(?P<fiscal>\bfy ?)?'?(?<!\d)(?P<year>(?:19|20)\d\d)(?!\d)(?P<named>财年|年度|年)?"
    r"|\bfy ?'?(?P<short>\d\d)(?!\d)"
)
_SHORT_YEAR = re.compile(r"(?<!\d)'?(\d\d)(?!\d)(?:年)?")
_WHOLE_YEAR = re.compile(r"全年度?|年度|\bfull[- ]year\b|\bannual\b|\bfy\b")
_CODE = re.compile(r"(?:(\d{4})(?:-(?=.)|$))?(?:(M?)(\d\d)|Q([1-4])|(Y))?")


@dataclass(frozen=True)
class Period:
    """A period as somebody wrote it.

    Attributes
    ----------
    number
        Of the month, quarter or half; 0 for a year or total.
    year
        None where the text names none.
    fiscal
        The year is a fiscal one, by its own words (``FY26``, ``2026财年``).
    rest
        What else the text says, in lower case; empty for a period and nothing more.
    """

    kind: Kind
    number: int = 0
    year: int | None = None
    fiscal: bool = False
    rest: str = ""

    @property
    def code(self) -> str:
        """The period as a mapping names it, where it can be the period of a target.

        ``2026-01``, ``2026-Q1``, ``2026``; without a year ``M01``, ``Q1``, ``Y``. ``2026-M01``
        is the January of a year that people name 2026, whenever that began.
        """
        year = f"{self.year}-" if self.year else ""
        if self.kind == "month":
            return f"{year}{'' if self.year and not self.fiscal else 'M'}{self.number:02}"
        if self.kind == "quarter":
            return f"{year}Q{self.number}"
        return str(self.year or "Y")


def period_in(text: str) -> Period | None:
    """The period that a header or cell names; None where it names none, or more than one.

    >>> period_in("Jan-26").code, period_in("FY26 Q1").code, period_in("全年").code
    ('2026-01', '2026-Q1', 'Y')
    """
    text = " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())
    if _TOTAL.search(text):
        return Period("total")
    if found := _HALF.search(text):
        return Period("half", _digit(found), *_year(_without(text, found)))
    month = _month(text)
    # The months below a joined "Q1:" are months.
    if found := _QUARTER.search(month[2] if month else text):
        text, quarter = _without(month[2] if month else text, found), _digit(found)
        if not month:
            return Period("quarter", quarter, *_year(text))
        month = (month[0], month[1], text)
    if month:
        number, year, rest = month
        if year:
            return Period("month", number, year, rest=_trimmed(rest))
        return Period("month", number, *_year(rest))
    found = _YEAR.search(text)
    whole = _WHOLE_YEAR.search(text)
    if found and (found["year"] or found["short"]):
        year, fiscal, rest = _year(text, short=False)
        return Period("year", 0, year, fiscal, _trimmed(_WHOLE_YEAR.sub(" ", rest)))
    if whole:
        return Period("year", rest=_trimmed(_without(text, whole)))
    return None


def year_in(text: str) -> int | None:
    """The one year that a title or file name speaks of."""
    text = unicodedata.normalize("NFKC", text).casefold()
    found = _YEAR.finditer(text.replace("_", " "))
    years = {int(one["year"] or f"20{one['short']}") for one in found}
    return years.pop() if len(years) == 1 else None


def first_day(code: str, year: int | None, fiscal_start: int) -> tuple[str, date] | None:
    """Kind and first day of the period that a code names.

    Parameters
    ----------
    year
        The year, as people name it, of a period whose code has none.
    fiscal_start
        Month in which a year begins, counted from the January of the year it is named after: 1
        for a calendar year, 4 for one from April on, -8 where 2026 began in April 2025.

    Returns
    -------
    None where the code cannot be read, or no year is known.

    >>> first_day("Q1", 2026, -8)
    ('quarter', datetime.date(2025, 4, 1))
    """
    found = _CODE.fullmatch(code)
    named = int(found[1]) if found and found[1] else year
    if not found or not code or named is None:
        return None
    _, in_year, month, quarter, _ = found.groups()
    if month and not in_year and found[1]:
        return "month", _month_of(named, int(month))
    if month:
        # The first such month from the beginning of the year on.
        after = (int(month) - fiscal_start) % 12
        return "month", _month_of(named, fiscal_start + after)
    if quarter:
        return "quarter", _month_of(named, fiscal_start + 3 * (int(quarter) - 1))
    return "year", _month_of(named, fiscal_start)


def _month_of(year: int, number: int) -> date:
    """The first of a month counted from a January, before or after it."""
    return date(year + (number - 1) // 12, (number - 1) % 12 + 1, 1)


def _month(text: str) -> tuple[int, int | None, str] | None:
    """Number, year where it is written beside it, and the rest of the text."""
    for pattern in _NUMBERED:
        if found := pattern.search(text):
            parts = found.groupdict()
            short = parts.get("short")
            year = int(parts.get("year") or (f"20{short}" if short else 0))
            return int(found["month"]), year or None, _without(text, found)
    for found in _NAMED.finditer(text):
        around = text[: found.start()][-1:] + text[found.end() :][:1]
        if not re.search("[a-z]", around):
            return _MONTHS[found[1]], None, _without(text, found)
    return None


def _year(text: str, *, short: bool = True) -> tuple[int | None, bool, str]:
    """A year, whether it is a fiscal one, and the rest of the text."""
    if found := _YEAR.search(text):
        year = int(found["year"] or f"20{found['short']}")
        fiscal = bool(found["fiscal"] or found["short"] or found["named"] == "财年")
        return year, fiscal, _trimmed(_without(text, found))
    if short and (found := _SHORT_YEAR.search(text)):
        return 2000 + int(found[1]), False, _trimmed(_without(text, found))
    return None, False, _trimmed(text)


def _digit(found: re.Match[str]) -> int:
    said = next(filter(None, found.groups()))
    return _DIGITS.get(said) or int(said)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _trimmed(text: str) -> str:
    return " ".join(text.split()).strip(" -_/:'.,;|年")
