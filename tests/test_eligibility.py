"""Who may take which work: each rule alone, and which reason is named first."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.allocation import BarReason
from analytics.eligibility import ORDER, all_reasons, barred
from analytics.rules import Line, RuleSet
from tests.conftest import drawn

REPS = drawn(
    """
    rep  | team
    Anna | North
    Ben  | North
    Cem  | South
    """
).assign(active=True, away=False)
ITEMS = drawn(
    """
    item | kind        | owner | team  | account_id | account | region | product | stage
    1    | opportunity | Anna  | North | a1         | Acme    | Oslo   | Crane   | Talks
    2    | opportunity | Ben   | North | a2         | Bond    | Rome   | Drill   | Offer
    3    | lead        |       |       | a3         | Cobalt  |        |         |
    """
)


def reasons(rules: RuleSet, items: pd.DataFrame = ITEMS, **more) -> list[str]:
    """The reason of each rep for each item, a row a text: ``"- other_team"``."""
    found = barred(items, more.pop("reps", REPS), rules, **more)
    names = {BarReason.ALLOWED: "-"}
    return [" ".join(names.get(code, BarReason(code).code) for code in row) for row in found]


def test_without_rules_work_stays_in_the_team_and_unowned_work_may_go_anywhere():
    assert reasons(RuleSet()) == ["- - other_team", "- - other_team", "- - -"]
    assert reasons(RuleSet(across_teams=True)) == ["- - -"] * 3


def rule_set(*lines: Line, **settings: Any) -> RuleSet:
    return RuleSet(lines=lines, **{"across_teams": True, **settings})


def test_a_locked_item_stays_with_its_owner_and_without_one_is_not_locked():
    assert reasons(rule_set(Line("lock", subject="1"), Line("lock", subject="3"))) == [
        "- locked locked",
        "- - -",
        "- - -",
    ]


@pytest.mark.parametrize("account", ["a2", "Bond"])
def test_a_protected_account_is_named_by_its_id_or_its_name(account):
    found = reasons(rule_set(Line("protect", subject=account)))

    assert found == ["- - -", "protected - protected", "- - -"]


@pytest.mark.parametrize("account", ["a1", "Acme"])
def test_a_no_go_bars_one_person_from_one_account(account):
    found = reasons(rule_set(Line("no_go", rep="Cem", subject=account)))

    assert found == ["- - no_go", "- - -", "- - -"]


def test_an_owner_keeps_what_he_may_not_take():
    rules = rule_set(Line("no_go", rep="Anna", subject="Acme"), not_back=5)

    assert reasons(rules, reps=REPS.assign(active=False, away=True))[0].startswith("-")


def test_who_has_a_territory_takes_only_its_regions_and_nothing_of_unknown_region():
    rules = rule_set(
        Line("territory", rep="Cem", subject="Oslo"), Line("territory", rep="Cem", subject="Bern")
    )

    assert reasons(rules) == ["- - -", "- - territory", "- - territory"]


def test_a_skill_is_needed_at_its_level_for_the_work_that_needs_it():
    rules = rule_set(Line("requires", field="product", subject="Crane", skill="Steel", number=3))
    skills = pd.DataFrame({"rep": ["Ben", "Cem"], "skill": "Steel", "level": [3, 2]})

    assert reasons(rules, skills=skills) == ["- - skill", "- - -", "- - -"]
    assert reasons(rules) == ["- skill skill", "- - -", "- - -"]


def test_a_line_about_an_attribute_that_is_not_there_bars_nobody():
    rules = rule_set(
        Line("requires", field="planet", subject="Mars", skill="Steel", number=3),
        Line("no_go", rep="Nobody", subject="Acme"),
        Line("territory", rep="Nobody", subject="Oslo"),
    )

    assert reasons(rules) == ["- - -"] * 3


def test_work_does_not_go_back_to_the_last_owners():
    past = pd.DataFrame({"item": ["1", "1"], "rep": ["Ben", "Cem"], "nth": [1, 2]})

    assert reasons(rule_set(), past_owners=past)[0] == "- recent_owner -"
    assert reasons(rule_set(not_back=2), past_owners=past)[0] == "- recent_owner recent_owner"
    assert reasons(rule_set(not_back=0), past_owners=past)[0] == "- - -"


def test_what_was_declined_who_is_away_and_who_left_is_barred():
    reps = REPS.assign(away=[False, True, False], active=[True, True, False])

    assert reasons(rule_set(), declined=[("1", "Ben"), ("9", "Ben")], reps=reps) == [
        "- declined inactive",
        "- - inactive",
        "- away inactive",
    ]


def test_where_several_reasons_hold_the_first_of_the_order_is_named_and_all_are_known():
    rules = RuleSet(
        lines=(
            Line("lock", subject="1"),
            Line("protect", subject="Acme"),
            Line("no_go", rep="Cem", subject="Acme"),
            Line("territory", rep="Cem", subject="Bern"),
            Line("requires", field="product", subject="Crane", skill="Steel", number=3),
        )
    )
    past = pd.DataFrame({"item": ["1"], "rep": ["Cem"], "nth": [1]})
    reps = REPS.assign(active=[True, True, False], away=True)
    items = ITEMS[:1]

    every = all_reasons(items, reps, rules, past_owners=past)[0, 2]

    assert reasons(rules, items, reps=reps, past_owners=past) == ["- locked locked"]
    assert {r for r in BarReason if every >> r & 1} == set(ORDER) - {BarReason.DECLINED}


def test_nothing_open_and_nobody_there_are_no_trouble():
    assert barred(ITEMS[:0], REPS, RuleSet()).shape == (0, 3)
    assert barred(ITEMS, REPS[:0], RuleSet()).shape == (3, 0)


LINES = st.lists(
    st.one_of(
        st.builds(lambda s: Line("lock", subject=s), st.sampled_from("123")),
        st.builds(lambda s: Line("protect", subject=s), st.sampled_from(["a1", "Bond"])),
        st.builds(
            lambda r, s: Line("no_go", rep=r, subject=s),
            st.sampled_from(["Anna", "Cem"]),
            st.sampled_from(["Acme", "a3"]),
        ),
        st.builds(
            lambda r, s: Line("territory", rep=r, subject=s),
            st.sampled_from(["Anna", "Cem"]),
            st.sampled_from(["Oslo", "Rome"]),
        ),
    ),
    max_size=5,
)


@settings(max_examples=25)
@given(lines=LINES, across=st.booleans(), order=st.permutations(range(3)))
def test_first_reason_and_all_reasons_agree_and_follow_the_rows(lines, across, order):
    rules = RuleSet(lines=tuple(lines), across_teams=across)

    first, every = barred(ITEMS, REPS, rules), all_reasons(ITEMS, REPS, rules)

    for code, bits in zip(first.ravel(), every.ravel(), strict=True):
        held = [reason for reason in ORDER if bits >> reason & 1]
        assert (held[0] if held else BarReason.ALLOWED) == code
    turned = barred(ITEMS.iloc[order], REPS.iloc[order], rules)
    assert np.array_equal(turned, first[np.ix_(order, order)])
