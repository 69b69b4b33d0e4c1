"""Follow-ups as the journal tells them."""

import math
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from analytics.followups import (
    About,
    FollowUp,
    Measure,
    identity,
    record,
    recorded,
    wanted,
)

DAY = date(2026, 6, 1)
AT = datetime(2026, 6, 1, 9)  # noqa: DTZ001
ABOUT = About("win_rate", "rep", "Ann")


def written(name: str = "one", as_of: date = DAY, **changes: Any) -> dict[str, Any]:
    """An entry of the journal about a new follow-up."""
    known: dict[str, Any] = {
        "id": name, "about": ABOUT, "kind": "problem", "note": "few calls", "action": "call",
        "owner": "Ann", "rep": "Ann", "due_on": DAY + timedelta(days=7), "toward": "up",
        "then": Measure(0.25, 20), "as_of_then": as_of, "by": "Bo", "at": AT,
    }  # fmt: skip
    content = record(FollowUp(**(known | changes)))
    return {"at": pd.Timestamp(AT), "by": "Bo", "subject": name, "content": content}


def said(word: str, day: int = 1, by: str = "Ann", note: str = "", name: str = "one"):
    """An entry about what somebody said of it, so many days later."""
    as_of = DAY + timedelta(days=day)
    return {
        "at": pd.Timestamp(AT) + pd.Timedelta(days=day), "by": by, "subject": name,
        "content": {"word": word, "note": note, "as_of": as_of.isoformat()},
    }  # fmt: skip


def told(*words: dict[str, Any], as_of: date = date(2026, 12, 31), **changes: Any):
    entries = pd.DataFrame([written(**changes)])
    columns = ["at", "by", "subject", "content"]
    return recorded(entries, pd.DataFrame(list(words), columns=columns), as_of)


def test_what_was_written_is_read_back():
    [one] = told()

    assert (one.about, one.then, one.due_on) == (ABOUT, Measure(0.25, 20), date(2026, 6, 8))
    assert (one.note, one.action, one.owner) == ("few calls", "call", "Ann")
    assert (one.by, one.at) == ("Bo", AT)
    assert (one.state, one.waits, one.is_open) == ("open", True, True)


def test_a_number_that_nobody_knew_is_unknown_afterwards_too():
    [one] = told(then=Measure())

    assert math.isnan(one.then.value)


@pytest.mark.parametrize(
    ("words", "state", "waits"),
    [
        (["acknowledge"], "acknowledged", False),
        (["comment"], "open", True),
        (["done"], "done", False),
        (["drop"], "dropped", False),
        (["done", "reopen"], "open", True),
        (["acknowledge", "done", "reopen"], "acknowledged", False),
        (["done", "acknowledge"], "done", False),
    ],
)
def test_the_words_said_of_it_make_its_state(words, state, waits):
    [one] = told(*(said(word, day) for day, word in enumerate(words, 1)))

    assert (one.state, one.waits) == (state, waits)
    assert [word for word, *_ in one.words] == words


def test_who_acknowledged_and_when_is_known():
    [one] = told(said("acknowledge", 2, by="Ann", note="will do"))

    assert (one.acknowledged_by, one.acknowledged_at) == ("Ann", AT + timedelta(days=2))
    assert one.words == (("acknowledge", "Ann", AT + timedelta(days=2), "will do"),)


def test_looking_back_nothing_is_known_that_was_said_later():
    closing = said("done", 10)

    assert told(closing, as_of=DAY - timedelta(days=1)) == ()
    [before] = told(closing, as_of=DAY + timedelta(days=9))
    [after] = told(closing, as_of=DAY + timedelta(days=10))
    assert (before.state, after.state) == ("open", "done")
    assert after.closed_on == DAY + timedelta(days=10)


def test_open_ones_come_by_due_day_and_closed_ones_after_them_the_newest_first():
    entries = pd.DataFrame(
        [
            written("late", due_on=date(2026, 6, 3)),
            written("first closed"),
            written("last closed"),
            written("soon", due_on=date(2026, 6, 2)),
        ]
    )
    closing = [said("done", 1, name="first closed"), said("drop", 2, name="last closed")]
    words = pd.DataFrame(closing)

    found = recorded(entries, words, date(2026, 12, 31))

    assert [one.id for one in found] == ["soon", "late", "last closed", "first closed"]


def test_days_over_are_counted_from_the_day_after_and_end_with_closing():
    [one] = told()
    [done] = told(said("done"))

    assert [one.days_over(date(2026, 6, day)) for day in (7, 8, 9, 15)] == [0, 0, 1, 7]
    assert done.days_over(date(2026, 6, 15)) == 0


def test_the_id_says_what_it_is_about_where_the_data_looks_for_it():
    name = identity(About("deal", "opportunity", "O 1|x"), AT)

    assert (name[16:28], name[28:]) == ("opportunity ", "O 1|x")


@pytest.mark.parametrize(("number", "toward"), [("win_rate", "up"), ("overdue", "down")])
def test_where_nobody_says_a_number_goes_the_usual_way(number, toward):
    assert wanted(number) == toward
