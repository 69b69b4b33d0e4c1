"""SQL that turns text into a day or a time.

A column is read in one form, decided by a vote of its values, and never cell by cell:
``3/4/2026`` beside ``13/4/2026`` is the third of April, and ``4/13/2026`` beside more of those is
no date at all. Only what has one reading (``2026-03-04``, ``Mar 4, 2026``) is read beside it.
"""

import duckdb

DATE_ORDERS = {"%m/%d/%Y": r"\3-\1-\2\4", "%d/%m/%Y": r"\3-\2-\1\4", "%y-%m-%d": r"\1-\2-\3\4"}
"""Readings of dates in digits that do not begin with a four-digit year."""

DATE_NUMBERS = ("excel_serial", "excel_serial_1904", "unix_ms")
"""Readings of dates that are a number: days since 1899-12-30 or, in workbooks that a Mac began,
since 1904-01-01 (never guessed, always said), and milliseconds since 1970."""

DATE_FORMS = (*DATE_ORDERS, *DATE_NUMBERS)

_DAY_ONE = {"excel_serial": "1899-12-30", "excel_serial_1904": "1904-01-01"}
_SERIALS = (18_264, 73_050)  # 1950 to 2099
_MILLISECONDS = (1e11, 5e12)  # 1973 to 2128

# Nothing is to be done about these; most values of most files are of the first kind.
_YEAR_FIRST = r"^(19[5-9]\d|20\d\d)-\d\d-\d\d([T ][\d:.]+)?(Z|[+-]\d\d:?\d\d)?$"
_YEAR_LAST = r"^\d\d?[-/.]\d\d?[-/.]\d\d(\d\d)?( [\d:]+)?$"
_ASCII = r"^[ -~]*$"
# What databases and spreadsheets put where there is no date, in any order of its parts.
_NO_DATE = (
    r"^(0|0+[-/.]0+[-/.]0+|1970[-/.年]0?1[-/.月]0?1|0?1[-/.]0?1[-/.]1970|9999[-/.年]12[-/.月]31"
    r"|(12[-/.]31|31[-/.]12)[-/.]9999|1899-12-3[01]|1900-01-00|(0001|1753|1900)-01-01)(\D|$)"
)
_SPELLINGS = (
    (r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3"),
    (r"^(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})日?", r"\1-\2-\3"),
)
_HALVES_OF_THE_DAY = (
    (r"\s*(?:上午|凌晨|早上)\s*(\d[\d:]*)$", r" \1 AM"),
    (r"\s*(?:下午|晚上|中午)\s*(\d[\d:]*)$", r" \1 PM"),
)
_LONG_YEAR = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(\D.*)?$"
_SHORT_YEAR = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2})(\D.*)?$"
OTHER_ORDER = r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
"""A date in digits that does not begin with its year: which part is which has to be known."""

_OFFSET = r"\s?(?:[zZ]|UTC|GMT|[+-]\d\d(?::?\d\d)?)$"
_TWELVE_HOURS = ["%Y-%m-%d %I:%M %p", "%Y-%m-%d %I:%M:%S %p"]
# A two-digit year before the four-digit one: %Y reads 25 as the year 25.
_DAYS_BY_NAME = {
    "month": ("%b %d %Y", "%B %d %Y"),
    "day": ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y"),
}
_NAMED_MONTHS = {
    first: [
        f"{day}{time}"
        for time in ("", " %I:%M %p", " %H:%M", " %H:%M:%S", " %I:%M:%S %p")
        for day in days
    ]
    for first, days in _DAYS_BY_NAME.items()
}


def prepared_date(text: str, ascii_text: str) -> str:
    """Text with the year first, if it is first, and without what stands for no date.

    Parameters
    ----------
    ascii_text
        The same in half-width letters and signs.
    """
    plain, other = f"replace({text}, ',', '')", f"replace({ascii_text}, ',', '')"
    for pattern, by in _SPELLINGS:
        plain = f"regexp_replace({plain}, '{pattern}', '{by}')"
    for pattern, by in (*_SPELLINGS, *_HALVES_OF_THE_DAY):
        other = f"regexp_replace({other}, '{pattern}', '{by}')"
    return f"""case
        when starts_with({text}, '1970-01-01') then null
        when regexp_matches({text}, '{_YEAR_FIRST}') then {text}
        when regexp_matches({text}, '{_NO_DATE}') then null
        when regexp_matches({text}, '{_YEAR_LAST}') then {text}
        when regexp_matches({text}, '{_ASCII}') then {plain}
        else {other}
    end"""


def turned(column: str, form: str | None) -> str:
    """Prepared text with the year first, of a column in a member of ``DATE_FORMS``."""
    by = DATE_ORDERS.get(form or "")
    if by is None:
        return column
    short = rf"regexp_replace({column}, '{_SHORT_YEAR}', '20{by}')"
    if form == "%y-%m-%d":
        return short
    return f"regexp_replace({short}, '{_LONG_YEAR}', '{by}')"


def timestamp(column: str, form: str | None, zone: str = "") -> str:
    """A timestamp from ``turned`` text.

    Parameters
    ----------
    zone
        IANA name. A time that says how far it is from UTC is moved to the clock of this zone;
        without it, every clock stands as the CRM wrote it.
    """
    numbers = ""
    if form == "unix_ms":
        utc = f"epoch_ms(try_cast({column} as bigint))"
        local = f"({utc} at time zone 'UTC') at time zone '{zone}'" if zone else utc
        numbers = (
            f"when try_cast({column} as bigint) between {_between(_MILLISECONDS)} then {local}"
        )
    elif form in _DAY_ONE:
        days = f"try_cast({column} as double)"
        numbers = (
            f"when {days} between 0 and {_SERIALS[1]} then timestamp '{_DAY_ONE[form]}' "
            f"+ to_microseconds(({days} * 86400e6)::bigint)"
        )
    moved = zone and (
        rf"when {_has_offset(column)} then try_cast("
        rf"regexp_replace({column}, '\s([+-]\d\d:?\d\d)$', '\1') as timestamptz"
        f") at time zone '{zone}'"
    )
    # A cast takes 1:05 PM for 1:05, so it must not see twelve hours; of an offset it drops all.
    return f"""case
        {numbers} {moved}
        when {_is_year_first(column)} and right({column}, 1) not in ('M', 'm')
            then try_cast({column} as timestamp)
        when {column} > 'A' then try_strptime({column}, {_NAMED_MONTHS["month"]})
        when regexp_matches({column}, '[A-Za-z]')
            then try_strptime({column}, {_TWELVE_HOURS + _NAMED_MONTHS["day"]})
    end"""


def date_order(
    db: duckdb.DuckDBPyConnection, table: str, column: str, default: str
) -> tuple[str | None, bool]:
    """The form in which a column of prepared text writes its dates, by vote of its values.

    Of orders that fit equally many values, the one with fewer years is likelier (days misread
    as years spread over thirty of them), then the default. Numbers are dates only where there
    are more of them than of anything else.

    Returns
    -------
    A member of ``DATE_FORMS``, None where every date begins with its year or names its month;
    and whether no other order fits as many values.
    """
    [[values, others, serials, milliseconds]] = db.execute(f"""
        select count(*), count(*) filter (not year_first),
            count(*) filter (number between {_between(_SERIALS)}),
            count(*) filter (number between {_between(_MILLISECONDS)})
        from (
            select {_is_year_first(column)} as year_first,
                case when not year_first then try_cast({column} as double) end as number
            from {table} where {column} is not null
        )
    """).fetchall()
    if not others:
        return None, True
    if max(serials, milliseconds) * 2 > values:
        return ("excel_serial" if serials > milliseconds else "unix_ms"), True
    votes = {
        order: (fits, -years, order == default)
        for order, fits, years in db.execute(_fits(table, column)).fetchall()
    }
    best = max(votes, key=votes.__getitem__)
    most = votes[best][0]
    if not most:
        return None, True
    return best, sum(fits == most for fits, *_ in votes.values()) == 1


def has_offsets(db: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Whether prepared times say how far they are from UTC: ``Z``, ``+08:00``, milliseconds."""
    found = db.execute(f"""
        select 1 from {table}
        where {_has_offset(column)}
            or (strlen({column}) = 13
                and try_cast({column} as bigint) between {_between(_MILLISECONDS)})
        limit 1
    """).fetchall()
    return bool(found)


def _is_year_first(column: str) -> str:
    return f"(strpos({column}, '-') = 5)"


def _has_offset(column: str) -> str:
    return f"(strlen({column}) > 16 and regexp_matches(right({column}, 6), '{_OFFSET}'))"


def _fits(table: str, column: str) -> str:
    """For each order the values it can read, and the years it sees in them."""
    fits = " union all ".join(
        f"""
        select '{order}', coalesce(sum(uses), 0)::bigint, count(distinct year(value))
        from (select uses, try_cast({turned("day", order)} as date) as value from days)
        where value is not null and year(value) between 1950 and 2099"""
        for order in DATE_ORDERS
    )
    return f"""
        with days as materialized (
            select regexp_extract({column}, '{OTHER_ORDER}') as day, count(*) as uses
            from {table} where not {_is_year_first(column)} group by day
        )
        {fits}"""


def _between(range_: tuple[float, float]) -> str:
    return f"{range_[0]:.0f} and {range_[1]:.0f}"
