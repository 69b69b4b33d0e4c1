"""Goals set here: what they stand for, how they change, and what becomes of differences."""

import json
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.goalbook import (
    WAYS,
    Goal,
    Part,
    adjusted,
    counting,
    record,
    recorded,
    settled,
    spoken_of,
    target_rows,
)
from analytics.scope import Period

Q1 = Period.containing(date(2026, 2, 1))
AT = datetime(2026, 1, 5)  # noqa: DTZ001
MONTHS = ((date(2026, 1, 1), 1.0), (date(2026, 2, 1), 1.0), (date(2026, 3, 1), 1.0))


def goal(**changes) -> Goal:
    """100.00 of revenue for the quarter, 50.00 Ann, 30.00 Bo, 20.00 Cy."""
    base = Goal(
        kpi="revenue",
        tier="base",
        period=Q1,
        unit_kind="company",
        unit="",
        total=10_000,
        method="equal",
        parts=(Part("Ann", "N", 5_000), Part("Bo", "N", 3_000), Part("Cy", "S", 2_000)),
        months=MONTHS,
        effective_on=date(2026, 1, 1),
        state="approved",
    )
    return replace(base, **changes)


def amounts(one: Goal) -> list[int]:
    return [part.amount for part in one.parts]


def test_a_goal_comes_back_from_the_journal_as_it_was():
    before = goal(
        note="谢谢", settled="reserve", period=Period.containing(date(2026, 2, 1), "year", 4)
    )

    after = recorded(json.loads(json.dumps(record(before))), 7, "ann", AT)

    assert after == replace(before, version=7, by="ann", at=AT)


def test_a_goal_stands_for_the_whole_the_parts_and_the_parts_by_month():
    rows = target_rows([goal(version=3)]).set_index(["unit", "period", "starts_on"])["amount"]

    assert rows.loc[("", "quarter", Q1.start)] == 100.0
    assert rows.loc[("Ann", "quarter", Q1.start)] == 50.0
    assert [rows.loc[("Ann", "month", day)] for day, _ in MONTHS] == [16.67, 16.67, 16.66]
    assert len(rows) == 1 + 3 + 9


def test_an_adjusted_part_leaves_the_whole_and_makes_a_difference():
    found = adjusted(goal(settled="spread"), "Bo", 4_500)

    assert (found.total, found.difference, found.settled) == (10_000, 1_500, "")
    assert amounts(found) == [5_000, 4_500, 2_000]


def test_a_difference_is_kept_spread_over_the_others_or_added_to_the_whole():
    more = adjusted(goal(), "Bo", 4_500)
    kept, spread, raised = (settled(more, way) for way in WAYS)

    assert (kept.difference, amounts(kept)) == (1_500, amounts(more))
    # 55.00 for Ann and Cy, who had 50 and 20.
    assert (spread.difference, amounts(spread)) == (0, [3_929, 4_500, 1_571])
    assert (raised.total, raised.difference) == (11_500, 0)


@given(
    st.lists(st.integers(0, 10**9), min_size=1, max_size=8),
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 2 * 10**9)), max_size=6),
)
def test_spreading_always_makes_the_parts_add_up(parts, changes):
    total = max(sum(parts), 1)
    one = goal(total=total, parts=tuple(Part(f"r{n}", "", part) for n, part in enumerate(parts)))
    for place, amount in changes:
        one = adjusted(one, f"r{place % len(parts)}", amount)

    found = settled(one, "spread")

    assert found.difference == 0
    assert min(amounts(found)) >= 0


def test_what_counts_is_the_newest_approved_version_whose_day_has_come():
    first = goal(version=1)
    later = goal(version=2, effective_on=date(2026, 3, 1), total=20_000)
    proposal = goal(version=3, state="proposed")

    assert counting([first, later, proposal], date(2026, 2, 28)) == [first]
    assert counting([first, later, proposal], date(2026, 3, 1)) == [later]
    assert counting([first, goal(version=4, state="withdrawn")], date(2026, 3, 1)) == []


@pytest.mark.parametrize(
    ("said", "stands"),
    [
        (["proposed"], 1),
        (["proposed", "declined"], None),
        (["approved", "proposed"], 2),
        (["approved", "proposed", "declined"], 1),
        (["approved", "withdrawn"], None),
        (["proposed", "approved", "approved"], 3),
    ],
)
def test_a_dropped_proposal_leaves_what_was_approved(said, stands):
    entries = [goal(version=n, state=state) for n, state in enumerate(said, 1)]

    assert [one.version for one in spoken_of(entries)] == ([stands] if stands else [])


def test_what_was_taken_back_counted_until_then():
    first = goal(version=1)
    gone = goal(version=2, state="withdrawn", effective_on=date(2026, 3, 1))

    assert counting([first, gone], date(2026, 2, 28)) == [first]
    assert counting([first, gone], date(2026, 3, 1)) == []
    again = goal(version=3, effective_on=date(2026, 3, 10))
    assert counting([first, gone, again], date(2026, 3, 9)) == []
    assert counting([first, gone, again], date(2026, 3, 10)) == [again]


def test_a_version_taken_back_before_its_day_leaves_the_one_that_runs():
    first = goal(version=1)
    later = goal(version=2, effective_on=date(2026, 3, 1), total=20_000)
    gone = goal(version=3, state="withdrawn", effective_on=date(2026, 2, 1))

    assert counting([first, later, gone], date(2026, 3, 15)) == [first]
    assert spoken_of([first, later, gone]) == [first]
    assert counting([later, gone], date(2026, 3, 15)) == []
    once_more = goal(version=4, state="withdrawn", effective_on=date(2026, 2, 1))
    assert spoken_of([first, later, gone, once_more]) == []


def test_a_part_of_nothing_is_no_share():
    nothing = goal(total=0, parts=(Part("Ann", "N", 0),))

    assert nothing.share(nothing.parts[0]) == 0


def test_a_team_has_goals_of_its_own():
    assert goal().subject != goal(unit_kind="team", unit="N").subject
