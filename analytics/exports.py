"""Files that leave the product: owner changes and their rollback, safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

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


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV as Excel opens it in any language: UTF-8 with BOM, CRLF, every cell quoted."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


OWNER_CHANGES = ("opportunity_id", "name", "account", "old_owner", "new_owner")
AUDIT = ("decided_by", "decided_at", "note")


def owner_changes(accepted: pd.DataFrame, *, rollback: bool = False) -> bytes:
    """The accepted moves as a file of owner changes, or the file that undoes them.

    Parameters
    ----------
    accepted
        One row per accepted move: item, name, account, from_rep, to_rep, decided_by,
        decided_at, note.
    rollback
        Swap old and new owner.
    """
    old, new = ("to_rep", "from_rep") if rollback else ("from_rep", "to_rep")
    columns = ["item", "name", "account", old, new, *AUDIT]
    ordered = accepted.sort_values("item")[columns]
    return csv_bytes([*OWNER_CHANGES, *AUDIT], ordered.itertuples(index=False, name=None))
