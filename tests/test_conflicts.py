"""What does not fit in a rule set, and the smallest change that mends it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.conflicts import Company, Conflict, conflicts
from analytics.eligibility import barred
from analytics.relief import smallest, stuck
from analytics.rules import Change, Line, RuleSet, changed
from tests.conftest import drawn

PEOPLE = """
    rep  | team  | active | away
    Anna | North | yes    |
    Ben  | North | yes    |
    Cem  | South | yes    |
    Dina | North |        |
"""
WORK = """
    item | kind        | owner | team  | account_id | account | region | product | stage
    1    | opportunity | Anna  | North | a1         | Acme    | Oslo   | Crane   | Talks
    2    | opportunity | Dina  | North | a2         | Bond    | Oslo   | Drill   | Offer
    3    | lead        |       |       | a3         | Cobalt  | Rome   | Crane   | New
    4    | opportunity | Dina  | North | a1         | Acme    |        |         | Talks
"""


def company(work: str = WORK, people: str = PEOPLE, skills: str = "", **limits: float) -> Company:
    reps = drawn(people)
    reps = reps.assign(active=reps["active"].notna(), away=reps["away"].notna())
    rooms = (
        "hours",
        *(f"limit_{kind}" for kind in ("items", "opportunity", "lead", "task", "account")),
    )
    reps = reps.assign(**{room: limits.get(room, np.inf) for room in rooms})
    rated = [line.split(" | ") for line in skills.splitlines()]
    return Company(
        items=drawn(work).assign(value=100.0, effort=2.0),
        reps=reps,
        skills=pd.DataFrame(rated, columns=["rep", "skill", "level"]).astype({"level": float}),
        past_owners=pd.DataFrame({"item": [], "rep": [], "nth": []}),
    )


def found(*lines: Line, at: Company | None = None, **settings: Any) -> tuple[Conflict, ...]:
    return conflicts(RuleSet(lines=lines, **settings), at or company())


def only(*lines: Line, at: Company | None = None, **settings: Any) -> Conflict:
    [one] = found(*lines, at=at, **settings)
    return one


def drop(line: Line) -> Change:
    return Change("line", line, None)


LOCK = Line("lock", subject="2")
PROTECT = Line("protect", subject="Acme")


def test_without_lines_nothing_contradicts_anything():
    assert found() == ()


def test_a_locked_item_of_who_left_is_named_with_its_lock():
    one = only(LOCK)

    assert (one.kind, one.relax) == ("leaver_locked", (drop(LOCK),))
    assert one.facts == {
        "items": ("2",),
        "count": 1,
        "value": 100.0,
        "owners": ("Dina",),
        "unowned": False,
        "exact": True,
    }


def test_an_item_both_locked_and_protected_needs_both_lines_gone():
    lock = Line("lock", subject="4")

    one = only(lock, PROTECT)

    assert one.kind == "leaver_locked"
    assert one.relax == (drop(PROTECT), drop(lock))


def test_one_wider_territory_frees_work_of_two_regions_only_where_it_has_to():
    """Nobody takes Rome; item 3 is nobody's and must go somewhere."""
    lines = [Line("territory", rep=rep, subject="Oslo") for rep in ("Anna", "Ben", "Cem")]

    kinds = {one.kind: one for one in found(*lines, at=company(WORK.split("    4 ")[0]))}

    assert set(kinds) == {"nobody_may", "region_uncovered"}
    [change] = kinds["nobody_may"].relax
    # Ben and Cem hold nothing; Anna has one item.
    assert change == Change("line", None, Line("territory", rep="Ben", subject="Rome"))


def test_where_only_people_on_leave_may_take_work_time_mends_it():
    away = PEOPLE.replace("yes    |", "yes    | yes")

    kinds = [one.kind for one in found(at=company(people=away))]
    one = found(at=company(people=away))[0]

    assert kinds == ["all_away"]
    assert (one.facts["count"], one.relax) == (3, ())


def test_without_active_people_no_rule_helps():
    gone = PEOPLE.replace("yes", "   ")

    assert only(at=company(people=gone)).kind == "nobody_active"


def test_what_a_person_must_keep_is_more_than_he_may_hold():
    lock = Line("lock", subject="1")
    room = Line("capacity", rep="Anna", field="hours", number=1)

    one = only(lock, room, at=company(hours=1.0))

    assert one.kind == "capacity_below_locked"
    assert one.facts == {"rep": "Anna", "field": "hours", "limit": 1.0, "load": 2.0}
    assert one.relax == (
        Change("line", room, Line("capacity", rep="Anna", field="hours", number=2)),
    )


def test_a_capacity_of_everybody_is_widened_for_the_one_who_needs_it():
    one = only(
        Line("protect", subject="a1"),
        Line("capacity", field="opportunity", number=0),
        at=company(WORK.split("    4 ")[0], limit_opportunity=0.0),
    )

    assert one.relax == (
        Change("line", None, Line("capacity", rep="Anna", field="opportunity", number=1)),
    )


STEEL = Line("requires", field="product", subject="Crane", skill="Steel", number=4)


def test_a_skill_that_nobody_has_at_its_level_is_asked_for_at_the_level_there_is():
    kinds = found(STEEL, at=company(skills="Anna | Steel | 3\nDina | Steel | 5"))

    one = kinds[-1]
    assert [other.kind for other in kinds] == ["nobody_may", "skill_nobody_has"]
    assert (one.facts["best"], one.facts["count"]) == (3.0, 2)
    assert one.relax == (
        Change(
            "line",
            STEEL,
            Line("requires", field="product", subject="Crane", skill="Steel", number=3),
        ),
    )


def test_a_skill_that_nobody_has_at_all_is_not_asked_for():
    assert found(STEEL)[-1].relax == (drop(STEEL),)
    assert found(STEEL, at=company(skills="Dina | Steel | 5"))[-1].kind == "skill_nobody_has"


def test_a_skill_that_only_another_team_has_is_named_for_the_team_that_needs_it():
    one = found(STEEL, at=company(skills="Ben | Steel | 2\nCem | Steel | 4"))[0]

    assert one.kind == "skill_not_around"
    assert (one.facts["team"], one.facts["count"], one.facts["best"]) == ("North", 1, 2.0)
    assert found(STEEL, across_teams=True, at=company(skills="Cem | Steel | 4")) == ()


def test_a_region_nobody_covers_is_given_to_who_works_there():
    lines = [Line("territory", rep=rep, subject="Rome") for rep in ("Anna", "Ben")]

    uncovered = [one for one in found(*lines) if one.kind == "region_uncovered"]

    [one] = uncovered
    assert (one.facts["region"], one.facts["team"], one.facts["count"]) == ("Oslo", "North", 2)
    assert one.relax == (Change("line", None, Line("territory", rep="Anna", subject="Oslo")),)


def test_more_former_owners_barred_than_a_team_has_others():
    one = only(not_back=2)

    assert one.kind == "not_back_too_long"
    assert one.facts == {"not_back": 2, "team": "North", "people": 2}
    assert one.relax == (Change("not_back", 2, 1),)


def test_of_two_numbers_for_one_thing_the_earlier_line_goes():
    first = Line("capacity", rep="Anna", field="hours", number=20)
    second = Line("capacity", rep="Anna", field="hours", number=30)

    one = only(first, second)

    assert (one.kind, one.relax) == ("contradictory", (drop(first),))


@pytest.mark.parametrize("account", ["Acme", "a1"])
def test_a_backup_who_gets_no_work_of_the_account_is_no_backup(account):
    backup = Line("backup", rep="Ben", subject="Acme")

    one = only(backup, Line("no_go", rep="Ben", subject=account))

    assert (one.kind, one.relax) == ("backup_no_go", (drop(backup),))


def test_a_backup_who_left_is_named():
    assert only(Line("backup", rep="Dina", subject="Acme")).kind == "backup_left"


@pytest.mark.parametrize(
    ("line", "kind", "near"),
    [
        (Line("no_go", rep="Benn", subject="Acme"), "unknown_rep", "Ben"),
        (Line("no_go", rep="Xaver", subject="Acme"), "unknown_rep", ""),
        (Line("no_go", rep="Ben", subject="acme "), "unknown_name", "Acme"),
        (Line("territory", rep="Ben", subject="Olso"), "unknown_name", "Oslo"),
        (Line("effort", subject="Tlaks", number=1), "unknown_name", "Talks"),
    ],
)
def test_a_mistyped_name_is_put_right_or_its_line_dropped(line, kind, near):
    one = next(one for one in found(line) if one.kind == kind)

    assert one.facts["near"] == near
    [change] = one.relax
    assert change.before == line
    assert (near in (change.after.rep, change.after.subject)) if near else change.after is None


def test_a_mistyped_skill_is_named_once():
    steal = Line("requires", field="product", subject="Drill", skill="Steal", number=1)
    kinds = [one.kind for one in found(steal, at=company(skills="Anna | Steel | 3"))]

    assert kinds == ["nobody_may", "unknown_name"]


def test_a_customer_without_open_work_is_no_mistake_but_a_lock_of_something_closed_is():
    assert found(Line("protect", subject="Zeppelin")) == ()
    assert only(Line("lock", subject="99")).kind == "lock_not_open"


def test_a_territory_without_any_open_work_is_named_with_whose_it_is():
    moon = Line("territory", rep="Anna", subject="Moon")
    rome = Line("territory", rep="Anna", subject="Rome")

    kinds = {one.kind: one for one in found(moon)}

    assert kinds["territory_empty"].facts == {"rep": "Anna", "regions": ("Moon",)}
    assert kinds["territory_empty"].relax == (Change("line", moon, None),)
    assert "territory_empty" not in {one.kind for one in found(moon, rome)}


def test_a_lock_by_the_name_of_an_item_is_mended_by_its_id():
    here = company()
    items = here.items.assign(name="Deal " + here.items["item"].astype(str), account="Acme")
    named = replace(here, items=items)
    by_name, shown = Line("lock", subject="Deal 1"), Line("lock", subject="Deal 1 · Acme")

    for line in (by_name, shown):
        one = only(line, at=named)
        assert (one.kind, one.facts["items"]) == ("lock_by_name", ("1",))
        assert one.relax == (Change("line", line, Line("lock", subject="1")),)


A, B, C, D = (Change("not_back", 9, number) for number in range(4))


def ways(*given: tuple[Change, ...]) -> tuple[frozenset[Change], ...]:
    return tuple(map(frozenset, given))


def test_the_smallest_set_is_found_where_each_pattern_alone_would_choose_another():
    assert smallest([ways((A,), (B,)), ways((C,), (B,)), ways((A, C), (D,))]) == ({A, C}, True)
    assert smallest([]) == (frozenset(), True)


def test_what_every_way_needs_is_taken_however_much_it_is():
    lines = [drop(Line("lock", subject=str(number))) for number in range(9)]

    assert smallest([ways((line,)) for line in lines]) == (frozenset(lines), True)


def test_beyond_what_can_be_tried_a_small_set_is_not_called_the_smallest():
    pairs = [
        ways((drop(Line("lock", subject=f"{n}a")),), (drop(Line("lock", subject=f"{n}b")),))
        for n in range(6)
    ]

    chosen, exact = smallest(pairs)

    assert (len(chosen), exact) == (6, False)


LINES = st.lists(
    st.sampled_from(
        [
            LOCK,
            PROTECT,
            STEEL,
            Line("lock", subject="4"),
            Line("no_go", rep="Anna", subject="Bond"),
            Line("no_go", rep="Ben", subject="Bond"),
            Line("territory", rep="Anna", subject="Rome"),
            Line("territory", rep="Ben", subject="Rome"),
            Line("territory", rep="Cem", subject="Bern"),
        ]
    ),
    unique=True,
)


@settings(max_examples=30, deadline=None)
@given(lines=LINES, across=st.booleans())
def test_all_that_is_proposed_together_frees_all_stuck_work(lines, across):
    at, rules = company(skills="Anna | Steel | 2"), RuleSet(lines=tuple(lines), across_teams=across)
    more = {"skills": at.skills, "past_owners": at.past_owners}

    proposed = [change for one in stuck(at.items, at.reps, rules, **more) for change in one.relax]
    relaxed = changed(rules, dict.fromkeys(proposed))

    may = barred(at.items, at.reps, relaxed, **more)[:, at.reps["active"]] == 0
    waiting = at.items["owner"].isna() | (at.items["owner"] == "Dina")
    assert may[waiting].any(axis=1).all()
