"""The questions of the app: asked once, each about its own scope."""

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from analytics.abilities import evidence, rates
from analytics.aiming import attainment
from analytics.desk import Answers, Desk
from analytics.plans import recommendation
from analytics.rules import RuleSet
from analytics.scope import Period, Scope
from analytics.settings import SETTINGS
from analytics.workflow import (
    coverage,
    monthly_flow,
    open_items,
    people,
    teams,
    totals,
)
from data.warehouse import Warehouse
from tests.conftest import AS_OF, drawn
from tests.files import load
from tests.test_study import SPECIALISTS

QUICK = replace(SETTINGS, bootstrap=199, draws=200)
Q1 = Scope(AS_OF, Period.containing(AS_OF))

REPS = """name,team,active
Ann,north,yes
Bob,north,yes
Cid,south,yes
Dee,south,yes
Eve,south,no
"""

OPEN = """open-1,Ann,valves,new,Mine 1,Proposal,1000,2026-01-15,
open-2,Bob,pumps,new,Mine 2,Proposal,2000,2026-01-15,
open-3,Cid,valves,new,Mine 3,Proposal,4000,2026-02-15,
open-4,Dee,valves,new,Mine 3,Proposal,4000,2026-02-15,
left,Eve,pumps,new,Mine 5,Proposal,8000,2026-02-15,
nobody,,pumps,new,Mine 6,Proposal,9000,2026-02-15,
"""

TARGETS = """unit_kind,unit,period,period_start,kpi,amount
rep,Ann,quarter,2026-01-01,revenue,160000
rep,Cid,quarter,2026-01-01,revenue,80000
"""


def closed_deals(table: str = SPECIALISTS) -> str:
    """Rows of a file: as many opportunities of 1,000 as a drawn table counts."""
    lines = []
    for rep, _, product, wins, trials in drawn(table).itertuples(index=False):
        for number in range(int(trials)):
            stage = "Won" if number < int(wins) else "Lost"
            kind = "new" if number % 2 else "existing"
            name = f"{rep} {product} {number}"
            lines.append(f"{name},{rep},{product},{kind},Old,{stage},1000,2026-01-05,2026-02-10\n")
    return "".join(lines)


DEALS = "opportunity_id,owner,product,kind,account,stage,amount,created_on,closed_on\n" + (
    closed_deals() + OPEN
)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    """Four specialists, one who left, and a few open opportunities."""
    store = Warehouse()
    load(store, REPS, file="reps.csv")
    load(store, TARGETS, file="targets.csv")
    load(store, DEALS, file="opportunities.csv")
    yield store
    store.close()


@pytest.fixture(scope="module")
def desk(warehouse: Warehouse) -> Desk:
    return Desk(warehouse, Q1, QUICK)


@pytest.fixture
def bare() -> Iterator[Desk]:
    """A desk in an empty workspace."""
    store = Warehouse()
    yield Desk(store, Q1)
    store.close()


class Asked:
    """A question that knows how often it was worked out."""

    __name__ = "asked"

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, desk: Desk, *details: object) -> tuple[object, ...]:
        self.times += 1
        return (desk.scope, *details)


# Answers


def test_a_question_is_worked_out_once(bare):
    question = Asked()

    assert bare.ask(question) is bare.ask(question)
    assert question.times == 1


def test_another_scope_or_detail_is_another_question(bare):
    question = Asked()

    answers = [
        bare.ask(question),
        bare.ask(question, "detail"),
        bare.at(team="north").ask(question),
        bare.at(as_of=date(2026, 1, 1)).ask(question),
    ]

    assert question.times == 4
    assert answers[:3] == [(Q1,), (Q1, "detail"), (replace(Q1, team="north"),)]


def test_desks_over_other_answers_know_nothing_of_each_other(bare):
    question = Asked()
    bare.ask(question)

    replace(bare, answers=Answers()).ask(question)

    assert question.times == 2


def test_nothing_is_an_answer_too():
    answers, calls = Answers(), []

    for _ in range(2):
        assert answers.get("key", lambda: calls.append(1)) is None

    assert len(calls) == 1


def test_whoever_asks_meanwhile_waits_for_the_answer():
    answers, calls = Answers(), []
    asking = threading.Barrier(8)
    working, may_finish = threading.Event(), threading.Event()

    def work_out() -> object:
        calls.append(1)
        working.set()
        may_finish.wait(timeout=10)
        return object()

    def ask() -> object:
        asking.wait(timeout=10)
        return answers.get("key", work_out)

    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(ask) for _ in range(8)]
        assert working.wait(timeout=10)
        assert not any(future.done() for future in waiting)
        may_finish.set()
        found = {future.result(timeout=10) for future in waiting}

    assert (len(calls), len(found)) == (1, 1)


def test_another_question_need_not_wait():
    answers = Answers()
    working, may_finish = threading.Event(), threading.Event()

    def slow() -> str:
        working.set()
        return "slow" if may_finish.wait(timeout=10) else "never asked to finish"

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(answers.get, "slow", slow)
        assert working.wait(timeout=10)
        assert answers.get("quick", lambda: "quick") == "quick"
        may_finish.set()
        assert waiting.result(timeout=10) == "slow"


def test_a_question_may_ask_others_and_the_same_in_another_scope():
    answers = Answers()

    assert answers.get("whole", lambda: answers.get("part", lambda: 1) + 1) == 2
    assert answers.get("part", lambda: 0) == 1


def test_the_oldest_answer_makes_room():
    answers, calls = Answers(limit=2), []

    def ask(key: str) -> None:
        answers.get(key, lambda: calls.append(key))

    for key in ("first", "second", "third", "third", "second", "first"):
        ask(key)

    assert calls == ["first", "second", "third", "first"]


def test_a_failure_is_no_answer():
    answers = Answers()

    with pytest.raises(ZeroDivisionError):
        answers.get("key", lambda: 1 // 0)

    assert answers.get("key", lambda: 1) == 1


# Questions


def test_evidence_depends_on_neither_team_nor_period(desk):
    found = desk.ask(evidence)

    assert found.signal.verdict_segments == "evidence"
    assert desk.at(team="north").ask(evidence) is found
    assert desk.at(period=Period.containing(AS_OF, "year")).ask(evidence) is found


def test_evidence_depends_on_the_day_and_on_the_attribute_asked_for(desk):
    earlier = desk.at(as_of=date(2026, 2, 9)).ask(evidence)

    assert earlier.closed == 0  # all closed on the day after
    assert desk.ask(evidence).by == "product"
    assert desk.at(attributes=("kind",)).ask(evidence).attributes == ("kind",)


def test_rates_are_those_of_the_team_from_a_model_of_everybody(desk):
    everybody, north = desk.ask(rates), desk.at(team="north").ask(rates)

    assert set(everybody["rep"]) == {"Ann", "Bob", "Cid", "Dee"}
    assert set(north["rep"]) == {"Ann", "Bob"}
    ours = everybody[everybody["team"] == "north"]
    assert north["mean"].tolist() == ours["mean"].tolist()


def test_teams_are_those_with_people_in_order(desk, bare):
    assert desk.ask(teams) == ("north", "south")
    assert bare.ask(teams) == ()


def test_people_and_open_work_are_those_of_the_team(desk):
    south = desk.at(team="south")

    assert len(desk.ask(people)) == 5
    assert list(south.ask(people)["rep"]) == ["Cid", "Dee", "Eve"]
    assert len(desk.ask(open_items)) == 6
    # What nobody owns belongs to every team.
    assert set(south.ask(open_items)["opportunity_id"]) == {"open-3", "open-4", "left", "nobody"}


def test_what_the_data_holds_is_counted_over_all_teams(desk):
    held = desk.at(team="north").ask(coverage)

    assert {name: held[name] for name in ("opportunities", "won", "lost", "open")} == {
        "opportunities": 646,
        "won": 320,
        "lost": 320,
        "open": 6,
    }
    assert held["without_owner"] == 1


def test_months_are_added_up_over_teams(desk):
    def won(desk: Desk) -> dict[str, float]:
        flow = desk.ask(monthly_flow)
        return {f"{row.month:%Y-%m}": row.won for row in flow.itertuples()}

    assert won(desk) == {"2026-01": 0, "2026-02": 320}
    assert won(desk.at(team="north")) == {"2026-01": 0, "2026-02": 160}


def test_attainment_is_of_the_period_and_the_team(desk):
    rows = desk.ask(attainment).set_index(["unit_kind", "unit"])

    assert rows.loc[("rep", "Ann"), "attainment"] == pytest.approx(80 / 160)
    assert rows.loc[("rep", "Cid"), "attainment"] == pytest.approx(1)
    assert rows.loc[("rep", "Ann"), "pace"] == pytest.approx(0.5)  # the quarter is over
    assert set(desk.at(team="north").ask(attainment)["team"]) == {"north"}
    later = desk.at(as_of=date(2026, 4, 1), period=Period.containing(date(2026, 4, 1)))
    assert later.ask(attainment)["won"].sum() == 0


def test_a_recommendation_moves_the_work_of_the_team_only(desk):
    rules = RuleSet()

    everybody = desk.ask(recommendation, rules).plan
    north = desk.at(team="north").ask(recommendation, rules).plan

    assert {move.item for move in everybody.moves} == {"open-1", "open-2", "open-3"}
    assert {move.item for move in north.moves} == {"open-1", "open-2"}
    assert desk.ask(recommendation, replace(rules, max_moves=1)).plan.moves != everybody.moves


def test_an_empty_workspace_answers_every_question(bare):
    assert bare.ask(evidence).closed == 0
    assert bare.ask(rates).empty
    assert bare.ask(coverage)["opportunities"] == 0
    assert bare.ask(recommendation, RuleSet()).plan.why == ("too_little_data",)
    for question in (people, open_items, monthly_flow):
        assert len(bare.ask(question)) == 0
    assert set(bare.ask(attainment)["unit_kind"]) == {"company"}


def test_the_totals_are_those_of_the_team_and_of_nobody_in_an_empty_workspace(desk, bare):
    whole, north = desk.ask(totals), desk.at(team="north").ask(totals)
    of_north = desk.ask(people).query("team == 'north'")

    assert (north["wins"], north["trials"]) == (of_north["wins"].sum(), of_north["trials"].sum())
    assert north["trials"] < whole["trials"]
    assert north["win_rate"] == north["wins"] / north["trials"]
    assert whole["open_count"] == len(desk.ask(open_items))
    assert math.isnan(bare.ask(totals)["win_rate"])
