"""What was agreed about a number: who does what by when, and what has been said of it since.

A follow-up is tied to the number it was about, as that stood when it was written, so that later
uploads can show what the number did afterwards.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, get_args

import pandas as pd

UnitKind = Literal["company", "team", "rep", "opportunity", "account", "segment"]
Kind = Literal["praise", "problem", "suggestion"]
Toward = Literal["up", "down", "hold"]
State = Literal["open", "acknowledged", "done", "dropped"]
Word = Literal["acknowledge", "done", "drop", "reopen", "comment"]

KINDS: tuple[Kind, ...] = get_args(Kind)
TOWARDS: tuple[Toward, ...] = get_args(Toward)

NUMBERS = (
    "revenue", "attainment", "win_rate", "activities", "open_value", "open_count", "overdue",
)  # fmt: skip
"""Numbers of a person, a team or the company that a follow-up can be about."""

ENDS = ("deal", "flag")
"""What is no number that rises or falls: an opportunity should be won, a risk be gone."""

OF_PERIOD = ("revenue", "attainment")
"""Those that belong to a period of the goals."""

RATE_DAYS, ACTIVITY_DAYS = 90, 28
"""Days up to the as-of date that a win rate and a count of activities look back over."""

WANTED: dict[str, Toward] = {
    "overdue": "down",
    "flag": "down",
    "open_count": "hold",
    "deal": "hold",
}
"""Which way a number should go where nobody says; up for the others."""


@dataclass(frozen=True)
class About:
    """The number that a follow-up is about.

    Attributes
    ----------
    number
        One of ``NUMBERS``; ``deal`` for all that is known of an opportunity; ``flag`` for whether
        a risk flag holds.
    unit_kind, unit
        Whose number it is: a person's name, a team, the id of an opportunity or of whatever a flag
        is about; empty for the company.
    name
        What people call the unit, where that is not ``unit``.
    period_kind, period_start
        The period of the goals for the numbers of ``OF_PERIOD`` (ISO date); else empty.
    flag
        Kind of the risk flag, for ``flag``.
    """

    number: str
    unit_kind: UnitKind
    unit: str
    name: str = ""
    period_kind: str = ""
    period_start: str = ""
    flag: str = ""

    @property
    def label(self) -> str:
        """What people call the unit; empty for the company."""
        return self.name or self.unit


@dataclass(frozen=True)
class Measure:
    """A number as it stood on one day.

    Attributes
    ----------
    value
        Currency, share (0 to 1) or count; of an opportunity what it would bring; of a flag 1 while
        it holds and else 0; not a number where nobody can tell.
    n
        What it is over: closed opportunities of a win rate, wins of a revenue, opportunities of
        what is open.
    outcome, stage, expected_on, closed_on, age_days
        Of an opportunity: open, won or lost; where it stands; days as ISO dates, empty where there
        is none; days since it was created.
    """

    value: float = math.nan
    n: int = 0
    outcome: str = ""
    stage: str = ""
    expected_on: str = ""
    closed_on: str = ""
    age_days: int = 0


@dataclass(frozen=True)
class FollowUp:
    """One thing that was agreed, and how it stands.

    Attributes
    ----------
    owner
        Who acts.
    rep
        Whom it is about; empty where it is about no single person.
    toward
        Which way the number should go.
    then, as_of_then
        The number when it was written, and the last day that it knew of.
    by, at
        Who wrote it and when (UTC).
    closed_on
        Last day that the data knew of when it was closed, whether done or dropped.
    words
        What was said of it since: word, by, at, note; oldest first.
    """

    id: str
    about: About
    kind: Kind
    note: str
    action: str
    owner: str
    rep: str
    due_on: date
    toward: Toward
    then: Measure
    as_of_then: date
    by: str
    at: datetime
    state: State = "open"
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    closed_on: date | None = None
    words: tuple[tuple[Word, str, datetime, str], ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "acknowledged")

    @property
    def waits(self) -> bool:
        """It has not been acknowledged by whom it is about."""
        return self.state == "open"

    @property
    def seen(self) -> bool:
        return self.acknowledged_at is not None

    def days_over(self, as_of: date) -> int:
        """Calendar days past the due day at the end of ``as_of``; 0 while there are none."""
        return max((as_of - self.due_on).days, 0) if self.is_open else 0


def wanted(number: str) -> Toward:
    """Which way a number should go where nobody says."""
    return WANTED.get(number, "up")


def identity(about: About, at: datetime) -> str:
    """The id of a follow-up: of two clicks within a second one counts."""
    return f"{at:%Y%m%dT%H%M%S} {about.unit_kind} {about.unit}"


def record(found: FollowUp) -> dict[str, Any]:
    """What the journal keeps of a new follow-up, but who wrote it and when."""
    return {
        "about": vars(found.about),
        "kind": found.kind,
        "note": found.note,
        "action": found.action,
        "owner": found.owner,
        "rep": found.rep,
        "due_on": found.due_on.isoformat(),
        "toward": found.toward,
        # JSON has no "not a number".
        "then": vars(found.then) | {"value": none_if_unknown(found.then.value)},
        "as_of": found.as_of_then.isoformat(),
    }


def none_if_unknown(value: float) -> float | None:
    return None if math.isnan(value) else value


def recorded(entries: pd.DataFrame, words: pd.DataFrame, as_of: date) -> tuple[FollowUp, ...]:
    """The follow-ups that were known on a day, as they stood then.

    Parameters
    ----------
    entries, words
        Of the journal, oldest first: the follow-ups, and what was said of them (subject: the id;
        content: word, note, as_of); columns at, by, subject, content.
    as_of
        What was said when the data was already newer is left out.

    Returns
    -------
    Open ones by due day, then the closed ones, the newest first.
    """
    found: dict[str, FollowUp] = {}
    for entry in entries.itertuples():
        one = _of_entry(entry)
        if one.as_of_then <= as_of:
            found[one.id] = one
    for word in words.itertuples():
        if word.subject in found and date.fromisoformat(word.content["as_of"]) <= as_of:
            found[word.subject] = _after(found[word.subject], word)
    still = sorted((one for one in found.values() if one.is_open), key=lambda one: one.due_on)
    over = [one for one in found.values() if not one.is_open]
    return (*still, *sorted(over, key=lambda one: (one.closed_on, one.at), reverse=True))


def _of_entry(entry: Any) -> FollowUp:
    said = entry.content
    then = said["then"]
    return FollowUp(
        id=entry.subject,
        about=About(**said["about"]),
        kind=said["kind"],
        note=said["note"],
        action=said["action"],
        owner=said["owner"],
        rep=said["rep"],
        due_on=date.fromisoformat(said["due_on"]),
        toward=said["toward"],
        then=Measure(**then | {"value": math.nan if then["value"] is None else then["value"]}),
        as_of_then=date.fromisoformat(said["as_of"]),
        by=entry.by,
        at=entry.at.to_pydatetime(),
    )


def _after(one: FollowUp, entry: Any) -> FollowUp:
    word, note, at = entry.content["word"], entry.content["note"], entry.at.to_pydatetime()
    one = replace(one, words=(*one.words, (word, entry.by, at, note)))
    if word == "acknowledge":
        state: State = "acknowledged" if one.is_open else one.state
        return replace(one, state=state, acknowledged_by=entry.by, acknowledged_at=at)
    if word in ("done", "drop"):
        day = date.fromisoformat(entry.content["as_of"])
        return replace(one, state="done" if word == "done" else "dropped", closed_on=day)
    if word == "reopen":
        return replace(one, state="acknowledged" if one.seen else "open", closed_on=None)
    return one
