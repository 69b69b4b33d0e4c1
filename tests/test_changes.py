"""The steps from one pipeline to another: which they are, and that they add up."""

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.changes import EFFECTS, ENTERS, LEAVES, SIZES, Changes, changes
from analytics.scope import Period

SINCE, AS_OF = date(2026, 3, 10), date(2026, 3, 31)
QUARTER = Period.containing(AS_OF)

USUAL: dict[str, Any] = {
    "name": "Deal", "account": None, "rep": "Ann", "team": "north",
    "stage": "Talks", "outcome": "open", "value": 100.0, "due": "2026-03-20",
    "known_on": "2026-03-01",
    "begun_before": True, "open_then": True, "rep_then": "Ann", "team_then": "north",
    "stage_then": "Talks", "value_then": 100.0, "due_then": "2026-03-20",
}  # fmt: skip
DAYS = ("due", "due_then", "known_on")


def moves(*rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of the mart, as it usually is but for what is given."""
    full = [USUAL | {"opportunity_id": f"o{number}"} | row for number, row in enumerate(rows)]
    frame = pd.DataFrame(full, columns=["opportunity_id", *USUAL])
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in DAYS})


def found(*rows: dict[str, Any], **of: Any) -> Changes:
    return changes(moves(*rows), SINCE, AS_OF, **of)


def bars(these: Changes) -> dict[str, tuple[float, int]]:
    rows = these.bars.itertuples(index=False)
    return {row.effect: (row.amount, row.deals) for row in rows}


NEW = {"begun_before": False, "open_then": False, "known_on": None}
WON = {"outcome": "won", "due": "2026-03-25"}


def test_what_came_changed_and_went_has_its_own_bar():
    these = found(
        {},
        NEW | {"value": 70.0},
        {"value": 130.0},
        {"value": 90.0},
        WON,
        {"outcome": "lost", "due": "2026-03-26"},
        {"outcome": "void"},
        {"open_then": False, "value": 5.0},
    )

    assert bars(these) == {
        "new": (70, 1),
        "reopened": (5, 1),
        "grown": (30, 1),
        "shrunk": (-10, 1),
        "removed": (-100, 1),
        "lost": (-100, 1),
        "won": (-100, 1),
    }
    assert (these.opening, these.opened, these.closing, these.closed) == (600, 6, 395, 5)
    assert list(these.bars["effect"]) == [name for name in EFFECTS if name in bars(these)]


def test_what_was_won_counts_with_what_it_brought_and_its_growth_before_apart():
    assert bars(found(WON | {"value": 120.0})) == {"grown": (20, 1), "won": (-120, 1)}


def test_what_came_and_was_won_in_between_is_in_both_bars():
    these = found(NEW | WON)

    assert bars(these) == {"new": (100, 1), "won": (-100, 1)}
    assert (these.opening, these.closing) == (0, 0)


def test_a_close_date_that_leaves_or_enters_the_period_is_a_step_only_there():
    later, earlier = {"due": "2026-05-02"}, {"due_then": "2026-05-02"}

    assert bars(found(later, earlier)) == {}
    assert bars(found(later, due=QUARTER)) == {"moved_out": (-100, 1)}
    assert bars(found(earlier, due=QUARTER)) == {"moved_in": (100, 1)}
    assert found(later, earlier).beside["kind"].tolist() == ["slipped", "earlier"]


def test_what_is_due_on_the_last_day_is_of_the_period_and_on_the_next_is_not():
    last, after = {"due_then": "2026-05-01", "due": "2026-03-31"}, {"due": "2026-04-01"}

    assert bars(found(last, after, due=QUARTER)) == {"moved_in": (100, 1), "moved_out": (-100, 1)}


def test_a_win_out_of_a_later_period_was_moved_in():
    these = found(WON | {"due_then": "2026-06-30"}, due=QUARTER)

    assert bars(these) == {"moved_in": (100, 1), "won": (-100, 1)}


def test_what_was_due_and_ended_is_an_end_whenever_that_was():
    these = found({"outcome": "lost", "due": "2026-04-02"}, due=QUARTER)

    assert bars(these) == {"lost": (-100, 1)}


def test_a_team_gains_and_loses_what_changes_hands():
    given_away = {"rep": "Bob", "team": "south"}
    taken = {"rep_then": "Bob", "team_then": "south", "value": 40.0}

    assert bars(found(given_away, taken, team="north")) == {
        "taken_over": (40, 1),
        "handed_over": (-100, 1),
    }
    assert bars(found(given_away, taken | {"value_then": 40.0})) == {}
    assert found(given_away).beside["kind"].tolist() == ["re_owned"]


def test_what_nobody_owns_is_every_teams():
    nobody = {"rep": None, "team": "", "rep_then": None, "team_then": ""}

    assert found(nobody, team="north").closing == 100


def test_what_nobody_owns_and_has_no_stage_has_not_changed():
    nobody = {"rep": None, "rep_then": None, "stage": None, "stage_then": None}
    these = found(nobody, nobody | {"rep": "Ann"}, nobody | {"stage_then": "Talks"})

    assert these.beside["kind"].tolist() == ["re_owned", "stage"]
    assert these.beside["opportunity_id"].tolist() == ["o1", "o2"]


def test_what_another_team_won_after_taking_it_over_was_handed_over():
    assert bars(found(WON | {"rep": "Bob", "team": "south"}, team="north")) == {
        "handed_over": (-100, 1)
    }


def test_only_what_an_export_of_then_tells_of_is_compared():
    these = found({}, {"known_on": None}, {"known_on": "2026-03-11"}, {"known_on": "2026-03-10"})

    assert (these.stayed, these.compared) == (4, 2)


def test_a_hundredth_of_a_cent_is_no_change():
    assert bars(found({"value": 100.0 + 1e-4})) == {}


def test_nothing_at_all_changes_nothing():
    these = found()

    assert (these.opening, these.closing, len(these.bars)) == (0, 0, 0)


DAY = st.one_of(st.none(), st.integers(-60, 60).map(lambda n: f"{AS_OF + timedelta(days=n)}"))
MONEY = st.integers(0, 10**9).map(lambda cents: cents / 100)
OWNERS = st.sampled_from([("Ann", "north"), ("Bob", "south"), (None, "")])


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    begun = draw(st.booleans())
    (rep, team), (rep_then, team_then) = draw(OWNERS), draw(OWNERS)
    return {
        "begun_before": begun, "open_then": begun and draw(st.booleans()),
        "outcome": draw(st.sampled_from(["open", "won", "lost", "void"])),
        "value": draw(MONEY), "value_then": draw(MONEY), "due": draw(DAY), "due_then": draw(DAY),
        "rep": rep, "team": team, "rep_then": rep_then, "team_then": team_then,
    }  # fmt: skip


@pytest.mark.parametrize("team", ["", "north"])
@pytest.mark.parametrize("due", [None, QUARTER])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(histories(), max_size=12))
def test_the_steps_lead_from_the_opening_to_the_closing_value(rows, team, due):
    these = found(*rows, team=team, due=due)
    cents = [round(100 * each) for each in (these.opening, *these.bars["amount"], -these.closing)]

    assert sum(cents) == 0
    assert these.bars["deals"].sum() == len(these.steps)
    by_effect = these.steps.groupby("effect")["amount"].sum()
    for row in these.bars.itertuples():
        assert row.amount == pytest.approx(by_effect[row.effect], abs=0.005)
        assert (row.amount > 0) == (row.effect in (*ENTERS, "grown")) or row.amount == 0


@pytest.mark.parametrize("team", ["", "north"])
@pytest.mark.parametrize("due", [None, QUARTER])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(histories(), max_size=12))
def test_an_opportunity_enters_changes_and_leaves_once_at_most(rows, team, due):
    steps = found(*rows, team=team, due=due).steps

    for kinds in (ENTERS, SIZES, LEAVES):
        assert not steps[steps["effect"].isin(kinds)]["opportunity_id"].duplicated().any()


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(histories(), max_size=12))
def test_what_teams_hand_to_each_other_is_no_change_for_everybody(rows):
    owned = [
        row | {"rep": row["rep"] or "Ann", "rep_then": row["rep_then"] or "Ann"} for row in rows
    ]
    owned = [
        row | {"team": ("north", "south")[row["rep"] == "Bob"],
               "team_then": ("north", "south")[row["rep_then"] == "Bob"]}
        for row in owned
    ]  # fmt: skip
    teams = [found(*owned, team=team) for team in ("north", "south")]
    everybody = found(*owned)

    for side in ("opening", "closing"):
        parts = [getattr(each, side) for each in teams]
        assert sum(parts) == pytest.approx(getattr(everybody, side), abs=0.01)
    handed = [bars(each) for each in teams]
    given_up = sum(each.get("handed_over", (0, 0))[1] for each in handed)
    taken = sum(each.get("taken_over", (0, 0))[1] for each in handed)
    assert given_up == taken
