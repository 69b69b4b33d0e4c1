"""What files are said to be and to lack, in the reader's words: problems, cautions, places."""

from collections.abc import Sequence
from dataclasses import replace

from data.errors import UserError
from data.formats import formats
from data.mapping import Caution
from data.review import Review
from pages._ui.text import Text, plain

PRESENT_SHOWN = 200
"""Characters of the list of headers that a message repeats."""

ROOM = 30
"""Characters of a column's values that are shown beside it."""


def problem(error: UserError, t: Text) -> str:
    """Why a file cannot be taken, with our codes in the reader's words (markdown)."""
    facts = dict(error.facts)
    if "found" in facts:
        facts["found"] = t(f"found.{facts['found']}")
    if "missing" in facts:
        facts["missing"] = fields(str(facts["missing"]), t)
        facts["entity"] = t(f"entity.{facts['entity']}")
    if len(present := str(facts.get("present", ""))) > PRESENT_SHOWN:
        facts["present"] = present[:PRESENT_SHOWN] + "…"
    return t.md(error.code, **facts)


def fields(columns: str, t: Text) -> str:
    """Columns of a contract, one comma apart, as the reader calls them."""
    return t("list.comma").join(t(f"field.{name}") for name in columns.split(", "))


def cautions(found: Review, t: Text) -> list[str]:
    """Everything a person should know of a file before trusting it (markdown)."""
    table = found.table
    of_reading = {"grouped_rows": table.grouped, "other_sheets": table.other_sheets}
    told = [
        replace(each, value=t("list.comma").join(of_reading[each.code]))
        if each.code in of_reading
        else each
        for each in found.cautions
    ]
    return [caution(each, t) for each in told]


def caution(each: Caution, t: Text) -> str:
    """One caution (markdown)."""
    value = each.value
    if each.code == "no_id":
        value = fields(value, t)
    elif each.code == "date_order_ambiguous":
        value = date_form(value, t)
    elif each.code == "fiscal_year_guessed":
        value = fiscal_start(int(value), t)
    column = t(f"field.{each.column}") if each.column else ""
    return t.md(f"caution.{each.code}", column=column, value=value)


def date_form(form: str, t: Text) -> str:
    """``%m/%d/%Y`` in words, with an example."""
    return t(f"dates.{''.join(sign for sign in form.lower() if sign.isalnum())}")


def fiscal_start(month: int, t: Text) -> str:
    """The month in which a year begins, where one below 1 is of the year before."""
    if month < 1:
        return t("data.fiscal_before", month=month + 12)
    return t("data.fiscal_same", month=month)


def evidence(found: Review, t: Text) -> str:
    """How well the layout that a file was taken for is known."""
    known = found.recognition
    said = formats()[known.format].evidence_of(known.entity, found.table.header)
    return t(f"evidence.{said}") if said and known.format != "generic" else ""


def bullets(sentences: Sequence[str]) -> str:
    """Sentences below each other (markdown)."""
    return "\n".join(f"- {sentence}" for sentence in sentences)


def samples(rows: Sequence[Sequence[str]], index: int, most: int = 3) -> str:
    """The first different values of a column, as far as there is room (markdown)."""
    values = (row[index].strip() for row in rows[:200])
    found = list(dict.fromkeys(value for value in values if value))[:most]
    while len(found) > 1 and sum(map(len, found)) > ROOM:
        found.pop()
    return " · ".join(plain(value if len(value) <= ROOM else f"{value[:ROOM]}…") for value in found)
