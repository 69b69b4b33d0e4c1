"""Files that were chosen and are not loaded yet: what they are read as, and what a person says.

What a person says is written down at once and taken account of when the file is next looked
at, so that the page can say what it is doing meanwhile.
"""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import streamlit as st

from data.errors import SettingError, UserError
from data.mapping import Mapping
from data.review import Review, judge, look
from pages._ui import session


@dataclass
class Pending:
    """One table of a chosen file.

    Attributes
    ----------
    review
        The last that could be made; None where the file was never readable.
    error
        Why the file cannot be read, or not as it was last said; the review then stands.
    mapping, reading
        What a person changed; None and empty where nothing was.
    read
        The part of ``reading`` that the review was made by.
    day
        The day the export shows, where a person said it.
    panel
        The part of the review that is open.
    changed
        What the review does not know yet.
    """

    file: str
    content: bytes
    review: Review | None = None
    error: UserError | None = None
    mapping: Mapping | None = None
    reading: dict[str, Any] = field(default_factory=dict)
    read: dict[str, Any] = field(default_factory=dict)
    day: date | None = None
    is_full: bool = False
    is_wanted: bool = True
    panel: str | None = None
    changed: Literal["", "mapping", "reading"] = ""

    @property
    def is_ready(self) -> bool:
        """Whether it can be loaded as it is, and there is anything to load."""
        typed = self.review.typed if self.review else None
        return typed is not None and len(typed.frame) > 0

    def map_as(self, mapping: Mapping) -> None:
        """Have the columns read this way."""
        self.mapping = mapping
        self.changed = self.changed or "mapping"

    def read_as(self, setting: str, value: object) -> None:
        """Have the file read with another encoding, delimiter, header row, sheet or fill_down."""
        self.reading[setting] = value
        self.changed = "reading"

    def renew(self) -> None:
        """Look again, as a person said; what cannot be done leaves the last review standing."""
        if not (self.changed and self.review):
            return
        changed, self.changed, self.error = self.changed, "", None
        warehouse = session.warehouse()
        found: Review | UserError = self.review
        if changed == "reading":
            # Of a ZIP, the one file; of any other, the only table there is.
            [found] = look(
                self.content, self.file.partition("/")[0], warehouse,
                member=self.file if "/" in self.file else None, **self.reading,
            )  # fmt: skip
        if isinstance(found, UserError):
            self.error, self.reading = found, {**self.read}
            return
        self.review, self.read = found, {**self.reading}
        if self.mapping:
            try:
                self.review = judge(found.table, warehouse, self.mapping, found.large)
            except SettingError:
                # The headers it speaks of are gone: another line or sheet was meant.
                self.mapping = None


def pending() -> dict[str, Pending]:
    """The tables of this session that wait, by a name for each."""
    return st.session_state.setdefault("pending", {})


def choose(file: str, content: bytes) -> None:
    """Look at a chosen file, once; what was found waits until it is loaded or removed."""
    name = hashlib.sha256(file.encode() + content).hexdigest()[:10]
    if any(known.startswith(name) for known in pending()):
        return
    file = file.replace("/", "_")
    for number, found in enumerate(look(content, file, session.warehouse())):
        if isinstance(found, UserError):
            each = Pending(str(found.facts.get("file", file)), b"", error=found)
        else:
            each = Pending(found.table.file, content, found)
            each.panel = _asked(found)
        pending()[f"{name}-{number}"] = each


def _asked(found: Review) -> str | None:
    """The part of the review where something cannot be known without a person."""
    if found.problem:
        return "columns"
    if found.typed and any(use.by_stage and not use.known for use in found.typed.stages):
        return "stages"
    asking = {"year_unknown", "date_order_ambiguous", "decimal_mark_ambiguous"}
    return "values" if asking & {caution.code for caution in found.cautions} else None


def remove(name: str) -> None:
    """Forget a file that waits, and the copy of a large one."""
    each = pending().pop(name)
    alike = [one.review.large for one in pending().values() if one.review]
    if each.review and each.review.large and each.review.large not in alike:
        each.review.large.path.unlink(missing_ok=True)


def discard() -> None:
    for name in [*pending()]:
        remove(name)


def wanted() -> list[tuple[str, Pending]]:
    """The files that can be loaded and are to be."""
    return [(name, each) for name, each in pending().items() if each.is_ready and each.is_wanted]


def as_wanted(each: Pending) -> Review:
    """The review of a file that is ready, with what a person says of the export."""
    assert each.review
    return replace(each.review, is_full=each.is_full)
