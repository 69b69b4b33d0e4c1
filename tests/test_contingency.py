"""What is at stake in a scenario, who stands in, and what hangs on few."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import reports
from analytics.allocation import BarReason, Problem
from analytics.books import books, concentration, overlap, single_experts
from analytics.contingency import (
    Scenario,
    assess,
    besides,
    by_person,
    concerned,
    difference,
)
from analytics.continuity import (
    concentrations,
    contingency,
    footing,
    key_accounts,
    likeness,
    most_at_stake,
)
from analytics.cover import SPREAD, UNCOVERED, Suits, backups, cover, in_draws
from analytics.desk import Answers, Desk
from analytics.rules import Line, RuleSet
from analytics.ruling import current_rules
from analytics.scope import Period, Scope
from analytics.settings import SETTINGS
from analytics.standby import (
    name_backups,
    save_plan,
    saved_plans,
    worked_out_again,
)
from data.errors import SettingError
from data.warehouse import Warehouse
from tests.files import load

AS_OF = date(2026, 3, 31)
REPS = ("Ann", "Bo", "Cy")
LEAVES = Scenario("leaves", rep="Ann")


def open_items(*rows: tuple, columns: str = "opportunity_id rep value expected_on") -> pd.DataFrame:
    items = pd.DataFrame(rows, columns=columns.split())
    fixed = {"account_id": "x", "account": "X", "product": "P", "age_days": 10}
    items = items.assign(**{name: of for name, of in fixed.items() if name not in items})
    return items.assign(
        name=items["opportunity_id"], expected_on=pd.to_datetime(items["expected_on"])
    )


THREE = open_items(
    ("o1", "Ann", 100.0, "2026-04-10"),
    ("o2", "Ann", 200.0, "2026-04-10"),
    ("o3", "Ann", 400.0, "2026-05-30"),
    ("o4", "Bo", 50.0, None),
)


def problem(items: pd.DataFrame, rates: tuple = (0.5, 0.5, 0.5), share: float = 0.1) -> Problem:
    """The items as a problem in which each rep wins at one rate in each of four draws."""
    value = items["value"].to_numpy(float)
    return Problem(
        items=pd.DataFrame(
            {
                "item": items["opportunity_id"],
                "owner": items["rep"],
                "segment": 0,
                "value": value,
                "switching": share * value * float(np.mean(rates)),
            }
        ),
        reps=REPS,
        capacity=np.full(3, 10.0),
        draws=np.tile(np.array(rates)[None, :, None], (4, 1, 1)),
        barred=np.zeros((len(items), 3), np.int8),
    )


def suits(n_items: int, alike: tuple = (1.0, 0.5, 0.5), **changes: Any) -> Suits:
    """Room for everything, nobody knows the customers, no standing backup."""
    return replace(
        Suits(
            alike=np.array(alike),
            dealt=np.zeros((n_items, 3), int),
            backup=np.full(n_items, UNCOVERED),
            effort=np.ones(n_items),
            hours=np.full(3, 40.0),
            places=np.full(3, np.inf),
        ),
        **changes,
    )


def takers(impact) -> dict[str, str]:
    return dict(zip(impact.items["item"], impact.items["to_rep"], strict=True))


def test_what_is_at_risk_is_the_book_less_what_those_who_take_over_keep():
    impact = assess(LEAVES, problem(THREE), THREE, suits(3), AS_OF)

    # 700 at one half, a tenth of it lost with people who are half alike.
    assert impact.book.mean == pytest.approx(350)
    assert impact.kept.mean == pytest.approx(315)
    assert impact.at_risk.mean == pytest.approx(35)
    assert impact.uncovered.empty


def test_the_loss_of_a_hand_over_is_less_with_the_alike_and_with_who_knows_the_customer():
    of = problem(THREE)
    alike = assess(LEAVES, of, THREE, suits(3, alike=(1.0, 1.0, 0.0)), AS_OF)
    known = suits(3, alike=(1.0, 0.0, 0.0), dealt=np.array([[0, 0, 1]] * 3))
    knowing = assess(LEAVES, of, THREE, known, AS_OF)

    assert set(takers(alike).values()) == {"Bo"}
    assert set(takers(knowing).values()) == {"Cy"}
    assert alike.at_risk.mean == pytest.approx(35 * (1 - SPREAD))
    assert knowing.at_risk.mean == pytest.approx(35 * (1 - SPREAD))
    assert {of.code for of in knowing.items["reason"]} == {"knows_account"}


def test_nobody_gets_more_than_he_has_room_for_and_the_most_valuable_are_covered():
    room = suits(3, places=np.array([9.0, 1.0, 0.0]))
    impact = assess(LEAVES, problem(THREE), THREE, room, AS_OF)

    assert takers(impact) == {"o1": "", "o2": "", "o3": "Bo"}
    assert [reason.code for reason in impact.uncovered["reason"]] == ["no_room", "no_room"]
    assert impact.kept.mean == pytest.approx(180)
    assert by_person(impact)["rep"].tolist() == ["Bo", ""]


def test_hours_are_room_too():
    room = suits(3, effort=np.array([1.0, 1.0, 5.0]), hours=np.array([9.0, 2.0, 1.0]))
    impact = assess(LEAVES, problem(THREE), THREE, room, AS_OF)

    assert takers(impact)["o3"] == ""
    assert {takers(impact)["o1"], takers(impact)["o2"]} <= {"Bo", "Cy"}


def test_a_standing_backup_comes_before_who_would_win_more():
    backup = suits(3, backup=np.array([1, 1, 1]), places=np.array([9.0, 2.0, 9.0]))
    impact = assess(LEAVES, problem(THREE, (0.5, 0.2, 0.9)), THREE, backup, AS_OF)

    assert sorted(takers(impact).values()) == ["Bo", "Bo", "Cy"]
    codes = dict(
        zip(impact.items["to_rep"], (of.code for of in impact.items["reason"]), strict=True)
    )
    assert codes == {"Bo": "named_backup", "Cy": "similar_book"}


def test_what_nobody_may_take_names_the_bar_of_most():
    of = problem(THREE)
    barred = of.barred.copy()
    barred[:3, 1:] = BarReason.TERRITORY
    impact = assess(LEAVES, replace(of, barred=barred), THREE, suits(3), AS_OF)

    assert {reason.code for reason in impact.uncovered["reason"]} == {"territory"}
    assert impact.at_risk.mean == pytest.approx(impact.book.mean)


def test_what_is_worth_nothing_has_to_go_to_somebody_too():
    items = open_items(("o1", "Ann", 0.0, None))

    assert takers(assess(LEAVES, problem(items), items, suits(1), AS_OF)) != {"o1": ""}


def test_the_hand_over_list_begins_with_much_expected_soon():
    items = open_items(
        ("later", "Ann", 100.0, "2026-05-30"),
        ("overdue", "Ann", 60.0, "2026-01-01"),
        ("soon", "Ann", 100.0, "2026-04-01"),
        ("undated", "Ann", 100.0, None),
    )

    listed = assess(LEAVES, problem(items), items, suits(4), AS_OF).items["item"].tolist()

    assert listed == ["soon", "overdue", "undated", "later"]


def test_of_who_is_away_only_what_cannot_wait_is_handed_over():
    away = Scenario("away", rep="Ann", starts_on=date(2026, 4, 5), ends_on=date(2026, 4, 10))
    items = open_items(
        ("due", "Ann", 1.0, "2026-04-10"),
        ("after", "Ann", 1.0, "2026-04-11"),
        ("undated", "Ann", 1.0, None),
        ("others", "Bo", 1.0, "2026-04-10"),
    )

    assert concerned(away, items).tolist() == [0, 2]


def test_the_other_work_of_who_is_missing_follows_its_opportunity_or_goes_to_the_most_alike():
    items = THREE.assign(account_id=["x", "x", "y", "z"])
    room = suits(3, places=np.array([9.0, 1.0, 9.0]), alike=(1.0, 0.9, 0.5))
    impact = assess(LEAVES, problem(items), items, room, AS_OF)
    rows = [
        ("task", "t1", "Ann", None, "o3", "2026-04-02"),
        ("task", "t2", "Ann", None, None, "2026-06-01"),
        ("task", "t3", "Bo", None, "o4", "2026-04-01"),
        ("account", "x", "Ann", "x", None, None),
        ("lead", "l1", "Ann", None, None, None),
    ]
    work = pd.DataFrame(
        rows, columns=["kind", "item", "rep", "account_id", "opportunity_id", "due_on"]
    ).assign(name="", account="", due_on=lambda of: pd.to_datetime(of["due_on"]))
    away = Scenario("away", rep="Ann", starts_on=date(2026, 4, 1), ends_on=date(2026, 4, 30))

    everything = besides(LEAVES, work, impact.items, "Bo").set_index("item")["to_rep"]
    meanwhile = besides(away, work, impact.items, "Bo")

    assert takers(impact) == {"o1": "Cy", "o2": "Cy", "o3": "Bo"}
    assert everything.to_dict() == {"x": "Cy", "l1": "Bo", "t1": "Bo", "t2": "Bo"}
    assert meanwhile["item"].tolist() == ["t1"]


def test_a_drop_costs_its_share_and_a_stop_everything_and_nobody_has_to_take_over():
    items = THREE.assign(product=["P", "P", "Q", "P"])
    drop = Scenario("segment_drop", field="product", level="P", drop=0.2)
    stop = Scenario("product_stops", field="product", level="P")

    dropped = assess(drop, problem(items), items, suits(3), AS_OF)
    stopped = assess(stop, problem(items), items, suits(3), AS_OF)

    assert dropped.at_risk.mean == pytest.approx(0.2 * 175)
    assert stopped.at_risk.mean == pytest.approx(175)
    assert stopped.kept.mean == 0
    assert dropped.uncovered.empty
    assert by_person(dropped)["rep"].tolist() == ["Ann", "Bo"]


def test_the_range_comes_from_the_uncertainty_of_the_win_rates():
    rng = np.random.default_rng(1)
    of = replace(problem(THREE), draws=rng.uniform(0.2, 0.8, (400, 3, 1)))
    impact = assess(LEAVES, of, THREE, suits(3), AS_OF)

    assert impact.book.low < impact.book.mean < impact.book.high
    assert impact.at_risk.low < impact.at_risk.mean < impact.at_risk.high


def test_backups_are_ranked_by_how_alike_they_sell_not_by_who_wins_most():
    of, rows = problem(THREE, (0.5, 0.2, 0.9)), np.array([0, 1, 2])

    ranked = backups(of, rows, suits(3, alike=(1.0, 0.8, 0.1)), "Ann", {"Cy": 3})

    assert ranked["rep"].tolist() == ["Bo", "Cy"]
    assert ranked["mean"].tolist() == pytest.approx([0.2, 0.9])
    assert ranked["takes"].tolist() == [0, 3]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=6),
    st.integers(0, 3),
    st.integers(0, 3),
    st.integers(0, 2**18 - 1),
)
def test_no_cover_breaks_a_limit_or_a_bar_or_leaves_out_what_fits(values, first, second, bits):
    items = open_items(*((f"o{n}", "Ann", float(value), None) for n, value in enumerate(values)))
    rows = np.arange(len(items))
    of = problem(items)
    closed = np.array([bits >> n & 1 for n in range(len(items) * 3)]).reshape(-1, 3)
    of = replace(of, barred=(closed * BarReason.NO_GO).astype(np.int8))
    places = np.array([9, first, second], float)

    given_to = cover(of, rows, suits(len(items), places=places))

    counts = np.bincount(given_to[given_to >= 0], minlength=3)
    assert counts[0] == 0
    assert (counts <= places).all()
    taken = rows[given_to >= 0]
    assert (of.barred[taken, given_to[taken]] == BarReason.ALLOWED).all()
    for row in rows[given_to < 0]:
        free = np.flatnonzero(of.barred[row, 1:] == BarReason.ALLOWED) + 1
        assert (counts[free] == places[free]).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "away", "rep": "Ann"},
        {"kind": "away", "starts_on": date(2026, 2, 1), "ends_on": date(2026, 1, 1)},
        {"kind": "segment_drop", "field": "product", "level": "P", "drop": 0.0},
        {"kind": "segment_drop", "field": "product", "level": "P", "drop": 1.5},
    ],
)
def test_a_scenario_that_cannot_be_is_refused(wrong):
    with pytest.raises(SettingError):
        Scenario(**wrong)


def test_a_scenario_comes_back_from_what_was_stored():
    away = Scenario("away", rep="Ann", starts_on=date(2026, 4, 5), ends_on=date(2026, 4, 10))

    assert Scenario.of_dict(away.to_dict()) == away
    assert Scenario.of_dict(LEAVES.to_dict()) == LEAVES


def test_the_difference_of_two_plans_names_what_is_new_gone_or_with_somebody_else():
    columns = ["item", "name", "to_rep"]
    before = pd.DataFrame([("a", "A", "Bo"), ("b", "B", "Bo"), ("c", "C", "")], columns=columns)
    now = pd.DataFrame([("b", "B", "Cy"), ("c", "C", ""), ("d", "D", "Bo")], columns=columns)

    assert difference(before, now).to_dict("records") == [
        {"item": "a", "name": "A", "was": "Bo", "to_rep": "", "change": "gone"},
        {"item": "b", "name": "B", "was": "Bo", "to_rep": "Cy", "change": "taker"},
        {"item": "d", "name": "D", "was": "", "to_rep": "Bo", "change": "new"},
    ]


def cells(*rows: tuple) -> pd.DataFrame:
    columns = ["rep", "product", "sector", "region", "wins", "trials"]
    return pd.DataFrame(rows, columns=columns)


NOTHING_OPEN = pd.DataFrame(columns=["rep", "product", "sector", "region", "value"])


def test_two_people_are_alike_by_the_share_of_their_books_that_is_the_same():
    closed = cells(
        ("Ann", "P", "s", None, 1, 3),
        ("Ann", "Q", "s", None, 1, 1),
        ("Bo", "P", "s", None, 9, 20),
        ("Bo", "R", "s", None, 9, 20),
    )
    now = NOTHING_OPEN.reindex([0, 1]).assign(rep=["Cy", "Cy"], product="Q", sector="s")

    alike = overlap(books(closed, now))

    assert alike.loc["Ann", "Bo"] == alike.loc["Bo", "Ann"] == pytest.approx(0.5)
    assert alike.loc["Ann", "Cy"] == pytest.approx(0.25)
    assert np.diag(alike).tolist() == pytest.approx([1, 1, 1])


def test_a_segment_hangs_on_one_person_where_of_those_still_here_nobody_else_has_won():
    closed = cells(
        ("Ann", "P", None, None, 5, 9),
        ("Bo", "P", None, None, 0, 4),
        ("Left", "P", None, None, 5, 9),
        ("Ann", "Q", None, None, 5, 9),
        ("Bo", "Q", None, None, 1, 4),
        ("Bo", "R", None, None, 2, 2),
    )
    now = NOTHING_OPEN.reindex([0]).assign(rep="Bo", product="P", value=7.0)

    [row] = single_experts(closed, now, ["Ann", "Bo"], ["product", "sector"]).to_dict("records")

    assert row == {
        **{"rep": "Ann", "segment": (("product", "P"),), "wins": 5, "tried": 4},
        **{"open": 1, "value": 7.0},
    }


def test_concentration_is_much_from_its_threshold():
    many = pd.Series({f"a{n}": 10.0 for n in range(9)})

    ten = concentration(pd.concat([many, pd.Series({"big": 10.0})]), "account", "won")
    eleven = concentration(pd.concat([many, pd.Series({"big": 10.0, "b": 1.0})]), "account", "won")
    few = concentration(pd.Series({"Ann": 3.0, "Bo": 1.0}), "rep", "open")

    assert ten
    assert eleven
    assert few
    assert (ten.share, ten.much, ten.hhi) == (pytest.approx(0.1), True, pytest.approx(0.1))
    assert eleven.much is False
    assert (few.name, few.share, few.threshold, few.much) == ("Ann", 0.75, 1.0, False)
    assert concentration(pd.Series({"a": 0.0}), "rep", "won") is None


PEOPLE = "name,team,active\nAnn,N,yes\nBo,N,yes\nCy,N,yes\nEve,S,yes\nLeft,N,no\n"
HEADER = "opportunity_id,owner,product,account,stage,amount,created_on,closed_on,expected_on\n"


def deals() -> str:
    """Ann and Cy sell valves, Bo and Eve pumps; two open opportunities of Ann, one of Bo."""
    lines = [
        f"{rep}{n},{rep},{product},{rep} Co,{'Won' if n % 2 else 'Lost'},100,2026-01-05,2026-02-10,"
        for rep, product in (("Ann", "valves"), ("Bo", "pumps"), ("Cy", "valves"), ("Eve", "pumps"))
        for n in range(10)
    ]
    lines += [
        "n1,Ann,valves,Key,Proposal,9000,2026-03-01,,2026-04-10",
        "n2,Ann,valves,Other,Proposal,100,2026-03-01,,2026-06-10",
        "n3,Bo,pumps,Third,Proposal,100,2026-03-01,,2026-06-10",
    ]
    return HEADER + "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def office() -> Iterator[Desk]:
    store = Warehouse()
    load(store, PEOPLE, file="reps.csv")
    load(store, deals(), file="opportunities.csv")
    yield Desk(
        store, Scope(AS_OF, Period.containing(AS_OF)), replace(SETTINGS, bootstrap=99, draws=100)
    )
    store.close()


ROOMY = RuleSet(items=10)


def test_who_sells_the_same_takes_over_and_without_evidence_everybody_wins_alike(office):
    found = office.ask(contingency, ROOMY, LEAVES)

    assert not found.differ
    assert takers(found.impact) == {"n1": "Cy", "n2": "Cy"}
    assert found.backups["rep"].tolist() == ["Cy", "Bo"]
    assert found.impact.at_risk.mean > 0
    assert office.ask(likeness).loc["Ann", "Cy"] == 1


def test_who_stands_in_has_to_be_there_on_the_days_in_question(office):
    leave = "owner,starts_on,ends_on\nCy,2026-04-10,2026-04-30\nBo,2026-03-20,2026-04-02\n"
    load(office.warehouse, leave, file="leave.csv")
    desk = replace(office, answers=Answers())
    later = Scenario("away", rep="Ann", starts_on=date(2026, 4, 13), ends_on=date(2026, 6, 30))

    away = desk.ask(contingency, ROOMY, later)
    leaves = desk.ask(contingency, ROOMY, LEAVES)

    # Cy sells the same and is away then; Bo is away today and back by then.
    assert {*takers(away.impact).values()} == {"Bo"}
    # For who is gone for good, nobody's holiday counts.
    assert takers(leaves.impact) == {"n1": "Cy", "n2": "Cy"}


def test_what_nobody_ever_won_is_certain_to_bring_nothing():
    nothing = np.zeros((4, 3, 1))
    lost = replace(problem(open_items(("n1", "Ann", 9, "2026-04-01"))), draws=nothing)

    assert in_draws(lost, np.array([0])).tolist() == [[1.0], [1.0]]


def test_locks_hold_for_who_is_there_not_for_who_has_left(office):
    locked = RuleSet(items=10, lines=(Line("lock", subject="n1"), Line("protect", subject="Other")))

    assert office.ask(contingency, locked, LEAVES).impact.uncovered.empty


def test_a_team_asks_about_its_own_people(office):
    assert office.ask(most_at_stake, ROOMY) == ("Ann", "Bo")
    assert office.at(team="S").ask(most_at_stake, ROOMY) == ()


def test_the_person_and_the_customer_that_most_hangs_on_are_named(office):
    found = {(one.of, one.by): one for one in office.ask(concentrations, ROOMY)}

    assert found["rep", "open"].name == "Ann"
    assert found["account", "open"].name == "Key"
    assert found["account", "open"].much


def test_key_accounts_get_a_standing_backup_as_a_new_version_of_the_rules(office):
    [first, *_] = office.ask(key_accounts, ROOMY).to_dict("records")
    assert (first["account"], first["owner"], first["backup"], first["proposed"]) == (
        *("Key", "Ann", "", "Cy"),
    )

    at = datetime(2026, 4, 1)  # noqa: DTZ001
    name_backups(office, [(first["account_id"], "Bo")], "agreed", "mia", at)
    name_backups(office, [(first["account_id"], "Cy")], "after all", "mia", at)

    rules = current_rules(office)
    assert rules.of("backup") == (Line("backup", rep="Cy", subject=first["account_id"]),)
    assert office.ask(key_accounts, rules)["backup"].iloc[0] == "Cy"
    named = replace(rules, items=10, lines=(Line("backup", rep="Bo", subject="Key"),))
    assert takers(office.ask(contingency, named, LEAVES).impact)["n1"] == "Bo"


def test_a_plan_is_kept_under_a_name_and_worked_out_again(office):
    found = office.ask(contingency, ROOMY, LEAVES)
    at = datetime(2026, 4, 1)  # noqa: DTZ001
    save_plan(office, " If Ann leaves ", found, "mia", at)
    save_plan(office, "If Ann leaves", found, "leo", at)

    [plan] = saved_plans(office.warehouse)
    assert (plan.name, plan.by, plan.scenario, plan.as_of) == (
        "If Ann leaves",
        "leo",
        LEAVES,
        AS_OF,
    )
    assert plan.data_version == office.warehouse.data_version
    assert plan.at_risk == found.impact.at_risk

    _, same = worked_out_again(office, ROOMY, plan)
    named = replace(ROOMY, lines=(Line("backup", rep="Bo", subject="Key"),))
    _, other = worked_out_again(office, named, plan)
    assert same.empty
    assert other[["item", "was", "to_rep"]].values.tolist() == [["n1", "Cy", "Bo"]]


def test_a_plan_needs_a_name(office):
    with pytest.raises(SettingError):
        save_plan(office, " ", office.ask(contingency, ROOMY, LEAVES), "mia", datetime(2026, 4, 1))  # noqa: DTZ001


def options(**given_options: object):
    nothing = dict.fromkeys(("rep", "away_from", "away_to", "segment", "product"))
    return type("Options", (), nothing | {"drop": 0.3} | given_options)()


def test_the_command_line_gets_the_same_answer(office):
    report = reports.contingency(office, options(rep="Ann"))

    assert {item["item"] for item in report["items"]} == {"n1", "n2"}
    assert report["backups"][0]["rep"] == "Cy"
    assert report["at_risk"]["mean"] > 0


def test_the_command_line_knows_every_scenario():
    days = {"away_from": date(2026, 4, 1), "away_to": date(2026, 4, 2)}

    assert reports.scenario_of(options(rep="Ann")) == LEAVES
    assert reports.scenario_of(options(rep="Ann", **days)).kind == "away"
    assert reports.scenario_of(options(product="P")) == Scenario(
        "product_stops", field="product", level="P"
    )
    assert reports.scenario_of(options(segment="sector=Food")) == Scenario(
        "segment_drop", field="sector", level="Food", drop=0.3
    )
    for wrong in ("Food", "colour=red", "sector=", None):
        with pytest.raises(SettingError):
            reports.scenario_of(options(segment=wrong))


def test_with_nothing_open_there_is_nothing_to_ask():
    store = Warehouse()
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))

    assert desk.ask(footing, ROOMY) is None
    assert desk.ask(contingency, ROOMY, LEAVES) is None
    assert desk.ask(key_accounts, ROOMY).empty
    assert desk.ask(concentrations, ROOMY) == ()
    store.close()
