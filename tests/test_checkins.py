"""When a check-in is due."""

from datetime import date, datetime

import pandas as pd
import pytest

from analytics.checkins import CheckIn, Rhythm, content, due, next_due, of_content, since_when

AS_OF = date(2026, 8, 12)  # a Wednesday
AT = datetime(2026, 8, 12, 9)  # noqa: DTZ001

REPS = pd.DataFrame({"rep": ["Ann", "Bo", "Cid"], "team": ["north", "north", "south"]})


BEGAN: dict[tuple[str, str], date] = {("company", ""): date(2026, 7, 22)}  # a Wednesday too


def held(rep: str, day: date) -> CheckIn:
    return CheckIn(rep, date(2026, 7, 1), day, ("pace",), "went well", "Dee", AT)


@pytest.mark.parametrize(
    ("last", "rhythm", "expected"),
    [
        (None, "weekly", date(2026, 8, 14)),
        (None, "fortnightly", date(2026, 8, 14)),
        (None, "monthly", date(2026, 8, 31)),
        (date(2026, 8, 3), "weekly", date(2026, 8, 10)),
        (date(2026, 8, 3), "fortnightly", date(2026, 8, 17)),
        (date(2026, 8, 3), "monthly", date(2026, 9, 3)),
        (date(2026, 1, 31), "monthly", date(2026, 2, 28)),
        (date(2025, 12, 15), "monthly", date(2026, 1, 15)),
        (None, "none", None),
        (date(2026, 8, 3), "none", None),
    ],
)
def test_the_next_one_is_a_rhythm_after_the_last(last, rhythm, expected):
    assert next_due(last, rhythm, AS_OF) == expected


def test_at_the_weekend_the_first_one_is_due_the_same_day():
    assert next_due(None, "weekly", date(2026, 8, 15)) == date(2026, 8, 15)


def test_it_looks_back_to_the_last_one_or_one_rhythm():
    assert since_when(date(2026, 8, 3), "weekly", AS_OF) == date(2026, 8, 3)
    assert since_when(None, "weekly", AS_OF) == date(2026, 8, 5)


def test_who_is_due_first_comes_first_and_who_has_no_rhythm_is_left_out():
    rhythms: dict[tuple[str, str], Rhythm] = {
        ("company", ""): "monthly",
        ("team", "north"): "weekly",
        ("rep", "Bo"): "none",
    }

    found = due(REPS, [held("Ann", date(2026, 8, 3))], rhythms, AS_OF, {("company", ""): AS_OF})

    assert found[["rep", "rhythm", "due_on", "days"]].to_numpy().tolist() == [
        ["Ann", "weekly", date(2026, 8, 10), 2],
        ["Cid", "monthly", date(2026, 8, 31), 0],
    ]


def test_the_newest_of_several_counts():
    meetings = [held("Ann", date(2026, 8, 10)), held("Ann", date(2026, 8, 3))]

    for order in (meetings, meetings[::-1]):
        found = due(REPS[:1], order, {}, AS_OF, BEGAN)
        assert found["due_on"].tolist() == [date(2026, 8, 17)]


def test_who_was_never_met_grows_later_day_by_day():
    days = [date(2026, 7, 24), date(2026, 7, 25), AS_OF]

    found = [due(REPS[:1], [], {}, day, BEGAN).iloc[0] for day in days]

    assert [one["due_on"] for one in found] == [date(2026, 7, 24)] * 3
    assert [one["days"] for one in found] == [0, 1, 19]


def test_the_first_one_is_due_from_the_day_its_own_rhythm_was_set():
    rhythms: dict[tuple[str, str], Rhythm] = {
        ("rep", "Ann"): "monthly",
        ("team", "north"): "weekly",
    }
    began = BEGAN | {("rep", "Ann"): date(2026, 6, 3), ("team", "north"): date(2026, 8, 5)}

    found = due(REPS, [], rhythms, AS_OF, began).set_index("rep")["due_on"]

    assert found.to_dict() == {
        "Ann": date(2026, 6, 30),
        "Bo": date(2026, 8, 7),
        "Cid": date(2026, 7, 24),
    }


@pytest.mark.parametrize("began", [{}, {("company", ""): date(2026, 9, 9)}])
def test_looking_back_before_it_began_the_first_one_is_due_that_week(began):
    assert due(REPS[:1], [], {}, AS_OF, began)["due_on"].tolist() == [date(2026, 8, 14)]


def test_what_was_written_is_read_back():
    one = held("Ann", AS_OF)

    assert of_content(content(one), "Dee", pd.Timestamp(AT)) == one
