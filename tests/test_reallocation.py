"""From open opportunities to a problem, and from there to a plan or to keeping the owners."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.allocation import BarReason, Problem
from analytics.posing import Book, capacities, pose
from analytics.reallocation import Recommendation, objections, reallocation
from analytics.rules import RuleSet
from analytics.settings import SETTINGS
from analytics.study import ATTRIBUTES, NOTHING_CLOSED, Study, study
from analytics.winrate.signal import Verdict
from tests.conftest import drawn
from tests.test_study import ALIKE, SPECIALISTS, win_cells

QUICK = replace(SETTINGS, bootstrap=199, draws=400)
RULES = RuleSet(items=9)

# Ann and Cid win pumps, Bob and Dee valves: most of this is with the wrong person.
ITEMS = """
    opportunity_id | rep | team  | product | value | customer
    1 valves       | Ann | north | valves  | 1000  | no
    2 valves       | Ann | north | valves  | 1000  | yes
    3 pumps        | Bob | north | pumps   | 2000  | no
    4 pumps        | Bob | north | pumps   | 2000  | yes
    5 valves       | Cid | south | valves  | 4000  | no
    6 valves       | Dee | south | valves  | 4000  | no
"""

REPS = """
    rep | team  | active | away | open_count
    Ann | north | yes    | no   | 2
    Bob | north | yes    | no   | 2
    Cid | south | yes    | no   | 1
    Dee | south | yes    | no   | 1
"""


def items(table: str = ITEMS) -> pd.DataFrame:
    """Rows of the mart ``open_items``; attributes that are not drawn are unknown."""
    frame = drawn(table).astype({"value": float})
    unknown = dict.fromkeys(set(ATTRIBUTES) - set(frame))
    return frame.assign(customer=frame["customer"] == "yes", **unknown)


def reps(table: str = REPS) -> pd.DataFrame:
    """The mart ``rep_results``."""
    frame = drawn(table).astype({"open_count": int})
    return frame.assign(active=frame["active"] == "yes", away=frame["away"] == "yes")


def held(**counts: int) -> pd.DataFrame:
    """As many opportunities of each rep."""
    return pd.DataFrame({"rep": [rep for rep, count in counts.items() for _ in range(count)]})


def room_of(people: pd.DataFrame, owned: pd.DataFrame, items: int) -> np.ndarray:
    book = Book(owned, people)
    return capacities(people, owned, book, replace(RULES, items=items), SETTINGS)


def with_line(table: str, *lines: str) -> str:
    return "\n".join([table.rstrip(), *lines])


def compared(found: Recommendation) -> Problem:
    """The problem behind a recommendation that compared something."""
    assert found.problem is not None
    return found.problem


def moves(found: Recommendation) -> dict[object, tuple[str, str]]:
    return {move.item: (move.from_rep, move.to_rep) for move in found.plan.moves}


def with_p(study: Study, p_reps: float | None, p_segments: float | None) -> Study:
    """The same study, had the test come out like this."""
    verdict: Verdict = "none" if p_reps is not None else "too_little_data"
    return replace(
        study,
        signal=replace(study.signal, verdict_reps=verdict, p_reps=p_reps, p_segments=p_segments),
    )


@pytest.fixture(scope="module")
def specialists() -> Study:
    return study(win_cells(SPECIALISTS), "", QUICK)


@pytest.fixture(scope="module")
def found(specialists: Study) -> Recommendation:
    return reallocation(Book(items(), reps()), specialists, RULES, QUICK)


# The plan


def test_work_goes_to_the_specialist_of_the_own_team(found):
    assert found.plan.status == "plan"
    assert moves(found) == {
        "1 valves": ("Ann", "Bob"),
        "2 valves": ("Ann", "Bob"),
        "3 pumps": ("Bob", "Ann"),
        "4 pumps": ("Bob", "Ann"),
        "5 valves": ("Cid", "Dee"),
    }


def test_a_move_gains_the_difference_in_win_rates_less_the_hand_over(found):
    [move] = [move for move in found.plan.moves if move.item == "1 valves"]

    # Valves: Bob won 60 of 80, Ann 20 of 80; the mean rep wins half of them.
    assert (move.p_from.n, move.p_to.n) == (80, 80)
    assert move.p_to.mean == pytest.approx(0.75, abs=0.06)
    assert move.p_from.mean == pytest.approx(0.25, abs=0.06)
    assert move.switching == pytest.approx(0.05 * 1000 * 0.5, rel=0.03)
    assert move.gain == pytest.approx(1000 * (move.p_to.mean - move.p_from.mean) - move.switching)


def test_a_customer_costs_his_own_share_and_a_new_account_its_own(specialists):
    rules = replace(RULES, hand_over_customer=0.3, hand_over_new=0.1)

    problem = compared(reallocation(Book(items(), reps()), specialists, rules, QUICK))

    cost = dict(zip(problem.items["item"], problem.switching, strict=True))
    assert cost["2 valves"] == pytest.approx(3 * cost["1 valves"])
    assert cost["5 valves"] == pytest.approx(4 * cost["1 valves"])  # four times the value
    assert cost["1 valves"] == pytest.approx(0.1 * 1000 * 0.5, rel=0.03)


def test_at_most_as_many_moves_as_asked_for_and_the_best_ones(specialists):
    few = reallocation(Book(items(), reps()), specialists, replace(RULES, max_moves=1), QUICK)

    assert moves(few) == {"5 valves": ("Cid", "Dee")}


def test_a_plan_moves_nothing_to_another_team_unless_that_is_allowed(specialists):
    # South alone has somebody for valves.
    north = reps(REPS.replace("Bob | north | yes", "Bob | north | no "))
    some = items(ITEMS).query("rep == 'Ann'")

    within = reallocation(Book(some, north), specialists, RULES, QUICK)
    across = reallocation(Book(some, north), specialists, replace(RULES, across_teams=True), QUICK)

    assert (within.plan.status, within.plan.why) == ("keep_owners", ("no_candidate",))
    assert moves(across) == {"1 valves": ("Ann", "Dee"), "2 valves": ("Ann", "Dee")}


def test_the_same_seed_gives_the_same_plan_whatever_the_order_of_the_rows(specialists, found):
    again = reallocation(Book(items(), reps()), specialists, RULES, QUICK)
    shuffled = reallocation(Book(items()[::-1], reps()[::-1]), specialists, RULES, QUICK)

    assert again.plan == found.plan
    assert moves(shuffled) == moves(found)
    assert shuffled.plan.keep_value == pytest.approx(found.plan.keep_value)


def test_without_attributes_work_goes_to_who_wins_more():
    alone = study(win_cells("rep | team | wins | trials\nAnn|n|20|80\nBob|n|60|80"), "", QUICK)
    table = """
        opportunity_id | rep | team | value | customer
        1              | Ann | n    | 1000  | no
    """
    people = "rep|team|active|away|open_count\nAnn|n|yes|no|1\nBob|n|yes|no|0"

    plan = reallocation(Book(items(table), reps(people)), alone, RULES, QUICK).plan

    [move] = plan.moves
    assert (move.to_rep, move.p_from.n, move.p_to.n) == ("Bob", 80, 80)


def test_an_opportunity_of_unknown_attributes_counts_as_none_of_the_known(specialists):
    table = ITEMS.replace("1 valves       | Ann | north | valves ", "1 | Ann | north |        ")

    problem = compared(reallocation(Book(items(table), reps()), specialists, RULES, QUICK))

    assert problem.draws.shape == (QUICK.draws, 4, 3)
    [unknown] = problem.segment[problem.items["item"] == "1"]
    spread = np.ptp(problem.draws[:, :, unknown].mean(axis=0))
    assert spread < 0.1  # nobody is a specialist of it


# Who may hold what


def test_people_who_are_away_or_left_or_nobody(specialists):
    table = with_line(
        ITEMS,
        "7 of a leaver | Eve | north | valves | 9000 | no",
        "8 of nobody   |     |       | valves | 9000 | no",
    )
    people = with_line(
        REPS.replace("Bob | north | yes    | no ", "Bob | north | yes    | yes"),
        "Eve | north | no | no | 1",
    )

    found = reallocation(Book(items(table), reps(people)), specialists, RULES, QUICK)

    assert compared(found).reps == ("Ann", "Bob", "Cid", "Dee")
    assert list(compared(found).items["item"]) == list(items()["opportunity_id"])
    # Bob is away: he hands over and takes nothing.
    assert moves(found) == {
        "3 pumps": ("Bob", "Ann"),
        "4 pumps": ("Bob", "Ann"),
        "5 valves": ("Cid", "Dee"),
    }


def test_another_team_and_absence_are_told_apart(specialists):
    people = reps(REPS.replace("Dee | south | yes    | no ", "Dee | south | yes    | yes"))

    def bars(across_teams: bool) -> dict[str, list[BarReason]]:
        rules = replace(RULES, across_teams=across_teams)
        problem = compared(reallocation(Book(items(), people), specialists, rules, QUICK))
        rows = zip(problem.items["item"], problem.barred, strict=True)
        return {item: [BarReason(bar) for bar in row] for item, row in rows}

    free, other, away = BarReason.ALLOWED, BarReason.OTHER_TEAM, BarReason.AWAY
    # Of two reasons the one that does not pass with time.
    assert bars(False)["1 valves"] == [free, free, other, other]
    assert bars(False)["5 valves"] == [other, other, free, away]
    assert bars(True)["1 valves"] == bars(True)["5 valves"] == [free, free, free, away]


def test_a_rep_may_hold_somewhat_more_than_the_mean_of_his_team():
    people = reps("""
        rep | team  | active | away | open_count
        Ann | north | yes    | no   | 3
        Bob | north | yes    | no   | 8
        Cid | south | yes    | no   | 1
        Dee | south | yes    | yes  | 1
    """)

    room = room_of(people, held(Ann=3, Bob=8, Cid=1, Dee=1), items=0)

    # 1.2 x 5.5 = 6.6 and 1.2 x 1 = 1.2, rounded up; Dee is away.
    assert room.tolist() == [7, 7, 2, 0]


def test_a_capacity_that_a_manager_sets_holds_for_everybody_present():
    people = reps(REPS.replace("Ann | north | yes    | no ", "Ann | north | yes    | yes"))

    room = room_of(people, held(Ann=2, Bob=2, Cid=1, Dee=1), items=3)

    assert room.tolist() == [0, 3, 3, 3]


def test_a_line_about_a_person_may_be_wider_than_what_is_usual():
    people = reps()
    owned = held(Ann=2, Bob=2, Cid=1, Dee=1)
    known = pd.DataFrame({"rep": people["rep"], "available": True, "ramp": [1.0, 0.5, 1.0, 1.0]})
    known = known.assign(limit_opportunity=[60.0, np.inf, np.inf, 1.0], limit_items=np.inf)

    room = capacities(people, owned, Book(owned, people, people=known), RuleSet(), SETTINGS)

    # Bob is half a newcomer: 1.2 x 2 x 0.5; Cid has the usual 1.2 x 1, both rounded up.
    assert room.tolist() == [60, 2, 2, 1]


def test_who_is_on_course_with_what_is_open_is_not_behind(specialists):
    people = reps()
    known = pd.DataFrame({"rep": people["rep"], "active": True, "available": True, "ramp": 1.0})
    known = known.assign(hours=9.0, limit_opportunity=np.inf, limit_items=np.inf)
    short = pd.Series({"Ann": 10_000.0, "Bob": 1.0, "Cid": -5.0})
    book = Book(items(), people, people=known, short=short)

    posed = pose(book, specialists, replace(RULES, goal_weight=0.5), QUICK)

    assert posed is not None
    behind = dict(zip(posed.problem.reps, posed.problem.weighed.behind, strict=True))
    # Ann's two open ones bring something, though far from enough.
    assert 9_000 < behind["Ann"] < 10_000
    assert (behind["Bob"], behind["Cid"], behind["Dee"]) == (0, 0, 0)


def test_of_people_of_other_teams_nobody_knows_what_is_fair(specialists):
    north = items().query("team == 'north'")
    people = reps()
    known = pd.DataFrame({"rep": people["rep"], "active": True, "available": True, "ramp": 1.0})
    known = known.assign(hours=9.0, limit_opportunity=np.inf, limit_items=np.inf)
    rules = replace(RULES, across_teams=True)

    posed = pose(Book(north, people, people=known), specialists, rules, QUICK)

    assert posed is not None
    of = posed.problem.weighed
    assert of.most[0] + of.most[1] == pytest.approx(of.opportunity.sum() * (1 + rules.band))
    assert (of.least[2:] == 0).all()
    assert (of.most[2:] == of.opportunity.sum()).all()
    assert (of.within(0.1).most[2:] == of.opportunity.sum()).all()


def test_what_is_not_looked_at_takes_up_room_all_the_same():
    people = reps("""
        rep | team  | active | away | open_count
        Ann | north | yes    | no   | 5
        Bob | north | yes    | no   | 5
        Cid | south | yes    | no   | 12
    """)

    room = room_of(people, held(Ann=5, Bob=3), items=9)

    assert room.tolist() == [9, 7, 0]


def test_who_is_full_with_work_of_his_own_team_takes_nothing_from_another(specialists):
    of_ann = items().query("rep == 'Ann'")
    people = """
        rep | team  | active | away | open_count
        Ann | north | yes    | no   | 2
        Dee | south | yes    | no   | {}
    """
    rules = replace(RULES, items=9, across_teams=True)

    full, nearly = (
        reallocation(Book(of_ann, reps(people.format(count))), specialists, rules, QUICK)
        for count in (9, 8)
    )

    assert full.plan.why == ("no_room",)
    assert moves(nearly) == {"1 valves": ("Ann", "Dee")}  # a new account costs less to hand over


def test_a_full_specialist_takes_only_in_exchange(specialists):
    full = reallocation(Book(items(), reps()), specialists, replace(RULES, items=1), QUICK)

    after = pd.Series(full.plan.assignment(compared(full))).value_counts().sort_index()
    assert after.tolist() == [2, 2, 1, 1]  # as many each as before
    assert "5 valves" not in moves(full)  # Dee has one, and nothing better done by Cid


# Keeping the owners


@pytest.mark.parametrize(
    ("p_reps", "p_segments", "reasons"),
    [
        (None, None, ("too_little_data",)),
        (0.06, 0.06, ("no_evidence",)),
        (0.06, None, ("no_evidence",)),
        (0.05, 0.9, ("weak_evidence",)),
        (0.9, 0.011, ("weak_evidence",)),
        (0.9, 0.01, ()),
        (0.01, None, ()),
    ],
)
def test_moving_work_takes_stronger_evidence_than_mentioning_a_difference(
    specialists, p_reps, p_segments, reasons
):
    settings = replace(SETTINGS, alpha=0.05, alpha_to_act=0.01)

    assert objections(with_p(specialists, p_reps, p_segments), settings) == reasons


def test_nothing_closed_keeps_the_owners():
    nothing = study(win_cells("rep | team | wins | trials"), "", QUICK)
    assert nothing.signal == NOTHING_CLOSED

    found = reallocation(Book(items(), reps()), nothing, RULES, QUICK)

    assert (found.plan.status, found.plan.why) == ("keep_owners", ("too_little_data",))
    assert found.plan.moves == ()
    assert found.problem is None


def test_people_who_do_not_differ_keep_what_they_have():
    found = reallocation(Book(items(), reps()), study(win_cells(ALIKE), "", QUICK), RULES, QUICK)

    assert (found.plan.status, found.plan.why) == ("keep_owners", ("no_evidence",))


@pytest.mark.parametrize("owner", ["", "Eve"])
def test_nothing_open_with_anybody_who_works_here(specialists, owner):
    table = f"""
        opportunity_id | rep     | team  | product | value | customer
        1              | {owner} | north | valves  | 1000  | no
    """

    plan = reallocation(Book(items(table), reps()), specialists, RULES, QUICK).plan

    assert (plan.status, plan.why) == ("keep_owners", ("nothing_open",))


def test_everything_with_the_right_person_is_no_candidate_for_a_move(specialists):
    right = items().query("opportunity_id == '6 valves'")

    plan = reallocation(Book(right, reps()), specialists, RULES, QUICK).plan

    assert (plan.status, plan.why) == ("keep_owners", ("no_candidate",))
