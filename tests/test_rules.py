"""Rule sets: what they hold, how they differ, and how one becomes the other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.rulefile import read_rules, write_rules
from analytics.rules import Change, Line, RuleSet, changed, changes
from data.errors import SettingError

LOCK = Line("lock", subject="1")
ROOM = Line("capacity", rep="Anna", field="hours", number=30)
TIGHT = Line("capacity", rep="Anna", field="hours", number=20)


@pytest.mark.parametrize(
    ("given", "setting", "problem"),
    [
        ({"kind": "wish", "subject": "1"}, "kind", "unknown"),
        ({"kind": "lock"}, "subject", "missing"),
        ({"kind": "no_go", "subject": "Acme"}, "rep", "missing"),
        ({"kind": "capacity", "field": "hours"}, "number", "missing"),
        ({"kind": "capacity", "field": "smell", "number": 1}, "field", "unknown"),
        ({"kind": "hand_over", "subject": "Talks", "number": 15}, "number", "range"),
        (
            {"kind": "requires", "field": "product", "subject": "A", "skill": "B", "number": 0},
            "number",
            "range",
        ),
    ],
)
def test_a_line_that_is_not_whole_names_its_field(given, setting, problem):
    with pytest.raises(SettingError) as caught:
        Line(**given)

    assert caught.value.facts["setting"] == setting
    assert caught.value.facts["problem"] == problem


def test_a_number_outside_its_range_is_refused():
    with pytest.raises(SettingError) as caught:
        RuleSet(hold_out=0.95)

    assert caught.value.facts == {"setting": "hold_out", "value": 0.95}


def test_a_stored_rule_set_comes_back_and_what_it_does_not_know_has_its_default():
    rules = RuleSet(max_moves=7, lines=(LOCK, ROOM))

    assert RuleSet.from_json(rules.to_json()) == rules
    assert RuleSet.of_dict({"max_moves": 7, "long_gone": 1}) == RuleSet(max_moves=7)


def test_changes_name_numbers_then_lines_gone_then_new_ones():
    before = RuleSet(lines=(LOCK, ROOM))
    after = RuleSet(max_moves=5, lines=(LOCK, TIGHT))

    assert changes(before, after) == (
        Change("max_moves", 20, 5),
        Change("line", ROOM, None),
        Change("line", None, TIGHT),
    )


def test_a_line_that_replaces_another_stands_where_it_stood():
    rules = RuleSet(lines=(ROOM, LOCK))

    assert changed(rules, [Change("line", ROOM, TIGHT)]).lines == (TIGHT, LOCK)


def test_relaxing_what_is_gone_already_changes_nothing():
    assert changed(RuleSet(), [Change("line", ROOM, TIGHT)]) == RuleSet()


RULE_SETS = st.builds(
    RuleSet,
    max_moves=st.integers(1, 3),
    across_teams=st.booleans(),
    lines=st.lists(st.sampled_from([LOCK, ROOM, TIGHT]), unique=True).map(tuple),
)


@settings(max_examples=30)
@given(before=RULE_SETS, after=RULE_SETS)
def test_the_changes_between_two_rule_sets_make_one_of_the_other(before, after):
    made = changed(before, changes(before, after))

    assert set(made.lines) == set(after.lines)
    assert (made.max_moves, made.across_teams) == (after.max_moves, after.across_teams)
    assert (changes(before, after) == ()) == (
        set(before.lines) == set(after.lines)
        and (before.max_moves, before.across_teams) == (after.max_moves, after.across_teams)
    )


def test_a_file_of_rules_comes_back_and_may_be_written_by_hand():
    rules = RuleSet(max_moves=7, two_person=True, lines=(LOCK, ROOM))
    by_hand = b'max_moves = 7\nband = 1\n[[lines]]\nkind = "lock"\nsubject = "1"\n'

    assert read_rules(write_rules(rules).encode()) == rules
    assert read_rules(by_hand) == RuleSet(max_moves=7, band=1, lines=(LOCK,))


@pytest.mark.parametrize(
    ("content", "problem", "at", "setting"),
    [
        (b'{\n"max_moves": }', "syntax", 2, ""),
        (b"max_moves = 5\nband = = 1", "syntax", "2", ""),
        (b"\n\xff", "syntax", 2, ""),
        (b"[1]", "syntax", 1, ""),
        (b'{"max_movs": 5}', "setting", 0, "max_movs"),
        (b'{"max_moves": 5.5}', "type", 0, "max_moves"),
        (b'{"two_person": 1}', "type", 0, "two_person"),
        (b'{"max_moves": true}', "type", 0, "max_moves"),
        (b'{"hold_out": 20}', "range", 0, "hold_out"),
        (b'{"lines": 5}', "type", 0, "lines"),
        (b'{"lines": [5]}', "line_unknown", 1, "kind"),
        (b'{"lines": [{"subject": "1"}]}', "line_unknown", 1, "kind"),
        (b'{"lines": [{"kind": "lock", "subject": 1}]}', "line_field", 1, "subject"),
        (b'{"lines": [{"kind": "lock", "smell": "1"}]}', "line_field", 1, "smell"),
        (b'{"lines": [{"kind": "no_go", "subject": "A"}]}', "line_missing", 1, "rep"),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_place(content, problem, at, setting):
    with pytest.raises(SettingError) as caught:
        read_rules(content)

    facts = caught.value.facts
    assert (facts["problem"], facts["at"], facts["setting"]) == (problem, at, setting)
