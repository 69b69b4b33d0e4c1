"""How flags are weighed, put aside and told together."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.flags import THRESHOLDS, by_subject, none, ranked, rows_of, snoozed, weighed

AS_OF = date(2026, 3, 31)
EXPECTED = pd.Series(np.arange(1.0, 101.0))
"""A hundred open opportunities; 5,050 expected in all, the largest five above 95."""


def flags(*rows: dict[str, Any]) -> pd.DataFrame:
    usual = {
        "kind": "overdue", "subject_kind": "opportunity", "name": "Deal", "rep": "Ann",
        "team": "", "since": pd.Timestamp("2026-03-01"), "stake": 100.0, "strong": True,
    }  # fmt: skip
    full = pd.DataFrame([usual | {"subject": f"o{n}"} | row for n, row in enumerate(rows)])
    grade = full.pop("grade").fillna(0) if "grade" in full else 0
    return rows_of(full, **dict(full.items())).assign(grade=grade)


def severities(*rows: dict[str, Any]) -> dict[str, str]:
    found = weighed(flags(*rows), EXPECTED)
    return dict(zip(found["subject"], found["severity"], strict=True))


def test_severe_takes_much_money_and_strong_evidence():
    assert severities(
        {"stake": 96.0},
        {"stake": 95.0},
        {"stake": 96.0, "strong": False},
        {"stake": 51.0},
        {"stake": 50.0},
        {"stake": 51.0, "strong": False},
        {"stake": np.nan},
    ) == {
        "o0": "severe", "o1": "watch", "o2": "watch", "o3": "watch", "o4": "note", "o5": "note",
        "o6": "note",
    }  # fmt: skip


def test_two_weak_signals_are_as_good_as_a_strong_one():
    weak = {"stake": 99.0, "strong": False, "subject": "a"}

    assert severities(weak, weak | {"kind": "silent"}) == {"a": "severe"}


def test_other_subjects_are_weighed_by_their_part_of_all_expected_money():
    rep = {"subject_kind": "rep", "kind": "starved"}

    assert severities(rep | {"stake": 152.0}, rep | {"stake": 151.0}, rep | {"stake": 50.0}) == {
        "o0": "severe", "o1": "watch", "o2": "note",
    }  # fmt: skip


def test_an_opportunity_and_a_person_of_one_name_are_two():
    found = weighed(
        flags({"subject": "x", "strong": False}, {"subject": "x", "subject_kind": "rep"}), EXPECTED
    )

    assert dict(zip(found["subject_kind"], found["severity"], strict=True)) == {
        "opportunity": "watch", "rep": "watch",
    }  # fmt: skip


def test_the_gravest_comes_first_then_the_most_money():
    found = weighed(flags({"stake": 60.0}, {"stake": 97.0}, {"stake": 70.0}), EXPECTED)

    assert found["subject"].tolist() == ["o1", "o2", "o0"]


def test_without_any_chance_nothing_is_severe():
    found = weighed(flags({"stake": np.nan}, {"stake": np.nan}), pd.Series([np.nan, np.nan]))

    assert found["severity"].tolist() == ["note", "note"]


def test_without_any_chance_neither_is_what_is_no_opportunity():
    rep = {"subject_kind": "rep", "kind": "goal_gap", "stake": 9.0}
    found = weighed(flags(rep, rep | {"stake": 0.0}), pd.Series([np.nan]))

    assert found["severity"].tolist() == ["note", "note"]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_severe_are_never_more_than_their_share_of_the_open_ones(amounts):
    found = weighed(flags(*({"stake": amount} for amount in amounts)), pd.Series(amounts))

    most = np.ceil(THRESHOLDS.severe_share * (len(amounts) - 1))
    assert (found["severity"] == "severe").sum() <= most


def state_of(now: dict[str, Any], **said: Any) -> str:
    before = {"until": "2026-04-10", "severity": "watch", "grade": 2, "stake": 60.0,
              "why": "agreed", "by": "mia"}  # fmt: skip
    rows = weighed(flags({"subject": "a", "stake": 60.0, "grade": 2} | now), EXPECTED)
    key = ("overdue", "opportunity", "a")
    [row] = snoozed(rows, {key: before | said}, AS_OF).to_dict("records")
    assert (row["why"], row["by"]) == ("agreed", "mia")
    return row["state"]


def test_what_was_put_aside_stays_there_until_its_day():
    assert state_of({}) == "snoozed"
    assert state_of({}, until="2026-04-01") == "snoozed"
    assert state_of({}, until="2026-03-31") == "open"


def test_what_was_put_aside_comes_back_when_it_grows_worse():
    assert state_of({"stake": 97.0}) == "back"  # severe now
    assert state_of({"grade": 3}) == "back"
    assert state_of({"stake": 90.1}) == "back"  # more than half as much again
    assert state_of({"stake": 90.0}) == "snoozed"
    assert state_of({"stake": 10.0, "grade": 1}) == "snoozed"


def test_a_flag_of_another_kind_on_the_same_subject_is_open():
    rows = weighed(flags({"subject": "a"}, {"subject": "a", "kind": "silent"}), EXPECTED)
    said = {"until": "2026-04-10", "severity": "severe", "grade": 0, "stake": 100.0,
            "why": "agreed", "by": "mia"}  # fmt: skip
    found = snoozed(rows, {("overdue", "opportunity", "a"): said}, AS_OF)

    assert dict(zip(found["kind"], found["state"], strict=True)) == {
        "overdue": "snoozed", "silent": "open",
    }  # fmt: skip


def test_signals_on_one_subject_are_one_row_with_its_money_counted_once():
    rows = flags(
        {"subject": "a", "kind": "silent", "since": pd.Timestamp("2026-02-01"), "stake": 90.0},
        {"subject": "a", "kind": "stalled", "since": pd.NaT, "stake": 97.0},
        {"subject": "b"},
    )
    found = by_subject(snoozed(weighed(rows, EXPECTED), {}, AS_OF)).set_index("subject")

    assert found.loc["a", "kinds"] == ("stalled", "silent")
    assert found.loc["a", ["stake", "since"]].tolist() == [97.0, pd.Timestamp("2026-02-01")]
    assert found.loc["b", "kinds"] == ("overdue",)


def test_no_flags_are_no_rows():
    assert by_subject(snoozed(weighed(none(), EXPECTED), {}, AS_OF)).empty


def test_fewer_than_ten_are_not_ranked():
    nine, ten = np.ones(9, bool), np.ones(10, bool)
    chosen, share = ranked(nine, np.arange(9.0), THRESHOLDS)

    assert chosen.all()
    assert np.isnan(share)
    assert ranked(ten, np.arange(10.0), THRESHOLDS)[0].sum() == 1


def test_a_signal_of_half_of_them_tells_and_of_more_is_ranked():
    size = np.arange(20.0)
    half, more = size >= 10, size >= 9

    assert ranked(half, size, THRESHOLDS)[0].tolist() == half.tolist()
    chosen, share = ranked(more, size, THRESHOLDS)
    assert (np.flatnonzero(chosen).tolist(), share) == ([18, 19], 0.55)
