"""SQL that turns the text of a cell into an id as every export of its CRM writes it."""

from data.formats import Format

_GUID = r"\{?[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}?"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"

DAMAGED_ID = r"^\d([.,]\d+)?[eE]\+\d+$"
"""``1.23457E+17`` is what a spreadsheet leaves of an id of 18 digits."""


def prepared_id(text: str, format_: Format) -> str:
    """The first id in a trimmed text, in the one spelling of its CRM; everything stays text.

    Of several ids (``1;2``) the first is taken. The prefix of a CRM goes, a GUID loses its
    braces and capitals, and Salesforce's 15 characters, which differ in case alone, gain the
    three that the 18 of its other exports have.
    """
    first = rf"trim(regexp_extract({text}, '^[^;|]*'))"
    if format_.id_prefix:
        first = f"regexp_replace({first}, '^{format_.id_prefix}', '')"
    cases = f"when regexp_full_match({first}, '{_GUID}') then lower(trim({first}, '{{}}'))"
    if format_.case_safe_ids:
        cases += f" when regexp_full_match({first}, '[A-Za-z0-9]{{15}}') then {_checked(first)}"
    spelled = f"case {cases} else nullif({first}, '') end"
    # Most ids are as they should be, and patterns are slow.
    return f"case when {may_change(text, format_)} then {spelled} else {text} end"


def may_change(text: str, format_: Format) -> str:
    """SQL: whether an id may be none yet in the spelling of its CRM."""
    lengths = [36, 38, *([15] if format_.case_safe_ids else [])]
    signs = [f"length({text}) in ({', '.join(map(str, lengths))})"]
    signs += [f"contains({text}, '{sign}')" for sign in ";|"]
    if format_.id_prefix:
        signs.append(f"starts_with({text}, '{format_.id_prefix}')")
    return " or ".join(signs)


def _checked(id_: str) -> str:
    """Fifteen characters and three more, each saying which of five are capitals."""
    # Long, and some five times as fast as regexp_replace or translate.
    letters = (
        " + ".join(
            f"(substr({id_}, {start + place}, 1) between 'A' and 'Z')::int * {1 << place}"
            for place in range(5)
        )
        for start in (1, 6, 11)
    )
    return " || ".join([id_, *(f"substr('{_CHECK}', 1 + {bits}, 1)" for bits in letters)])
