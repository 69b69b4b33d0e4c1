"""Files that people read: who decided what, and what a new owner has to know."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

# A cell that a spreadsheet would run: after blanks and invisible characters, one of these.
_FORMULA = re.compile(r"^[\s\ufeff\u200b-\u200f\u2060]*[=+\-@|%＝＋－＠]")
_CONTROL = re.compile(r"^[\t\r\n]")
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")


def safe_cell(value: object) -> str:
    """The text of a cell that no spreadsheet takes for a formula.

    Formula starts get a leading apostrophe, plain numbers stay as they are. Source: OWASP,
    CSV Injection, with full-width signs and leading invisible characters added.
    """
    text = "" if value is None or value is pd.NaT or value != value else str(value)
    if _NUMBER.match(text):
        return text
    if _CONTROL.match(text) or _FORMULA.match(text):
        return "'" + text
    return text


def csv_bytes(
    header: Sequence[str], rows: Iterable[Sequence[object]], ids: Collection[int] = ()
) -> bytes:
    """A CSV as Excel opens it in any language: UTF-8 with BOM, CRLF, every cell quoted.

    ``ids`` are the columns, from 0, whose cells are written as they are: an id that was made safe
    is another id.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows(
        [cell if column in ids else safe_cell(cell) for column, cell in enumerate(row)]
        for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


DECISIONS = (
    *("item", "kind", "name", "account", "from_rep", "to_rep"),
    *("verdict", "decided_by", "decided_at", "note"),
)
"""What there is to know of a decided change of owner: who, when, why, from whom to whom."""


def decision_log(decided: pd.DataFrame, headings: Mapping[str, str]) -> bytes:
    """Decided changes of owners for people: who decided what when, and why.

    Parameters
    ----------
    decided
        One row per change, with the columns ``DECISIONS``.
    headings
        Heading of each of them.
    """
    rows = decided.sort_values("item")[[*DECISIONS]].itertuples(index=False, name=None)
    return csv_bytes([headings[name] for name in DECISIONS], rows, ids=[0])


MOST_ACTIVITIES = 15
"""Activities on the sheet of an item, the newest ones: more is a history, not a hand-over."""

FACTS = ("from_rep", "to_rep", "stage", "value", "due_on", "next_step", "note")
HAPPENED = ("created", "stage", "owner", "amount", "close_date", "activity")


def handover_sheets(
    items: pd.DataFrame, diary: pd.DataFrame, words: Mapping[str, str], language: str
) -> bytes:
    """What each new owner has to read, as pages to print: facts, promises, contacts, history.

    Parameters
    ----------
    items
        One row per item: item, name, account, and the columns ``FACTS`` as people read them.
    diary
        The mart ``item_diary``.
    words
        Labels of the facts, of the events, and of ``title``, ``promises``, ``contacts``,
        ``history``, ``nothing`` and ``activities``.
    language
        Code of the words' language.
    """
    of_item = dict([*diary.groupby("opportunity_id")])
    ordered = items.sort_values(["to_rep", "from_rep", "item"])
    pages = [
        _sheet(row, of_item.get(row["item"], diary.head(0)), words)
        for row in ordered.to_dict("records")
    ]
    title = escape(words["title"])
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"{''.join(pages)}</body></html>"
    ).encode()


_STYLE = """
body { font: 14px/1.5 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; margin: 2em auto;
  max-width: 48em; color: #1f2328; }
section { border-top: 1px solid #d0d7de; padding: 1em 0; break-inside: avoid; }
h2 { font-size: 1.2em; margin: 0; } h3 { font-size: 1em; margin: 1em 0 .3em; }
dl { display: grid; grid-template-columns: 10em 1fr; margin: .6em 0; gap: .2em 1em; }
dt, .id { color: #59636e; } dd { margin: 0; } ul { margin: 0; padding-left: 1.2em; }
"""


def _sheet(item: Mapping, diary: pd.DataFrame, words: Mapping[str, str]) -> str:
    facts = "".join(
        f"<dt>{escape(words[name])}</dt><dd>{_text(item[name])}</dd>"
        for name in FACTS
        if _text(item[name])
    )
    tasks, contacts = (diary[diary["event"] == event] for event in ("task", "contact"))
    promises = [
        f"{_day(row.day)} {_text(row.after)} {_text(row.rep)}" for row in tasks.itertuples()
    ]
    history = diary[diary["event"].isin(HAPPENED)].sort_values("day", ascending=False)
    told = history[history["event"] == "activity"]
    shown = history.drop(told.index[MOST_ACTIVITIES:])
    lines = [_event(row, words) for row in shown.itertuples()]
    if len(told) > MOST_ACTIVITIES:
        lines.append(escape(words["activities"].format(count=len(told))))
    return (
        f"<section><h2>{_text(item['name'])}</h2>"
        f'<div class="id">{_text(item["account"])} {_text(item["item"])}</div><dl>{facts}</dl>'
        + _list(words["promises"], promises, words["nothing"])
        + (
            _list(words["contacts"], [_text(one) for one in contacts["after"]])
            if len(contacts)
            else ""
        )
        + _list(words["history"], lines, words["nothing"])
        + "</section>"
    )


def _event(row: Any, words: Mapping[str, str]) -> str:
    said = f"{_text(row.before)} → {_text(row.after)}" if _text(row.before) else _text(row.after)
    parts = [_day(row.day), escape(words[row.event]), said, _text(row.rep)]
    return " ".join(part for part in parts if part)


def _list(heading: str, lines: Sequence[str], nothing: str = "") -> str:
    """A heading and lines of HTML under it."""
    inside = "".join(f"<li>{line}</li>" for line in lines) or f"<li>{escape(nothing)}</li>"
    return f"<h3>{escape(heading)}</h3><ul>{inside}</ul>"


def _text(value: object) -> str:
    return "" if pd.isna(value) else escape(str(value))


def _day(value: object) -> str:
    return "" if pd.isna(value) else f"{value:%Y-%m-%d}"
