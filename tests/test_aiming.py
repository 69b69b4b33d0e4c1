"""The questions about goals: set, divided, changed, approved, and counted."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from analytics.aiming import (
    attained,
    attainment,
    differences,
    is_mean,
    measures_known,
    target_problems,
    way_of,
)
from analytics.attaining import chance_of, chances, lost_on, missing, proposal_of, target_ratchet
from analytics.cascading import (
    answer_change,
    approve,
    ask_change,
    changes_asked,
    draft,
    propose,
    settle,
    standing,
    versions_of,
    withdraw,
)
from analytics.desk import Desk
from analytics.scope import Period, Scope
from data.errors import SettingError
from data.warehouse import Warehouse
from tests.files import load, marts

AS_OF = date(2026, 2, 14)
AT = datetime(2026, 2, 14)  # noqa: DTZ001
SCOPE = Scope(AS_OF, Period.containing(AS_OF))

PEOPLE = (
    "name,team,region,active\nAnn,north,E,yes\nBob,north,E,yes\nCid,south,W,yes\nEve,south,W,no\n"
)
TARGETS = """unit_kind,unit,period,period_start,kpi,tier,amount
rep,Ann,quarter,2026-01-01,revenue,base,1000
rep,Bob,quarter,2026-01-01,revenue,base,1000
company,company,quarter,2026-01-01,revenue,base,4000
rep,Nobody,quarter,2026-01-01,revenue,base,5
company,company,quarter,2026-01-01,满意度,base,4.5
company,company,quarter,2026-01-01,转化率,base,60
company,company,quarter,2026-01-01,Demos,base,100
company,company,quarter,2026-01-01,new_accounts,base,30
"""
MEASURES = """Owner,Measure,Measured On,Value,N
Ann,客户满意度,2026-01-10,5,10
Bob,客户满意度,2026-01-11,4,30
Ann,Demos,2026-01-12,7,
Bob,Demos,2026-02-12,8,
Bob,Demos,2026-03-12,99,
"""


def deals() -> str:
    """Two years: 100 won every second day by turns; a loss for every second win."""
    rows = ["opportunity_id,owner,account,stage,amount,created_on,closed_on"]
    days = pd.date_range("2024-01-01", AS_OF, freq="2D")
    for number, day in enumerate(days):
        owner = ("Ann", "Bob", "Cid")[number % 3]
        begun = f"{day - pd.Timedelta('20D'):%Y-%m-%d}"
        rows.append(f"w{number},{owner},A{number},Won,100,{begun},{day:%Y-%m-%d}")
        if number % 2:
            rows.append(f"l{number},{owner},A{number},Lost,100,{begun},{day:%Y-%m-%d}")
        else:
            rows.append(f"o{number},{owner},A{number},Proposal,100,{begun},")
    return "\n".join(rows) + "\n"


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A fresh workspace: what is said in it changes it."""
    store = Warehouse()
    for text, file in ((PEOPLE, "reps"), (TARGETS, "targets"), (MEASURES, "measures")):
        load(store, text, file=f"{file}.csv")
    load(store, deals(), file="opportunities.csv")
    yield Desk(store, SCOPE)
    store.close()


def fresh(desk: Desk) -> Desk:
    """The same workspace, seen by a session that starts now."""
    return Desk(desk.warehouse, desk.scope)


def targets_of(desk: Desk, question=attainment, *details) -> dict[str, float]:
    rows = fresh(desk).ask(question, *details)
    return {row.unit or row.unit_kind: row.target for row in rows.itertuples()}


def won_since_new_year() -> int:
    return sum(
        day >= pd.Timestamp("2026-01-01") for day in pd.date_range("2024-01-01", AS_OF, freq="2D")
    )


def test_attainment_of_the_files_targets(desk):
    rows = desk.ask(attainment).set_index(["unit_kind", "unit"])

    assert rows.loc[("company", ""), "won"] == 100 * won_since_new_year()
    assert rows.loc[("company", ""), "attainment"] == pytest.approx(won_since_new_year() / 40)
    assert rows.loc[("rep", "Ann"), "target"] == 1000
    assert rows.loc[("team", "north"), ["target", "how"]].tolist() == [2000, "people"]
    assert set(rows.index.get_level_values(0)) == {"rep", "team", "company"}
    assert set(desk.at(team="north").ask(attainment)["team"]) == {"north"}


def test_what_the_people_lack_of_the_companys_target_is_named(desk):
    rows = desk.ask(differences, "revenue", "base")

    assert rows[["unit_kind", "target", "people", "difference"]].values.tolist() == [
        ["company", 4000, 2000, -2000]
    ]


def test_an_unknown_unit_is_listed_with_its_line_and_the_rest_is_used(desk):
    found = desk.ask(target_problems).set_index("code")

    assert found.loc["unknown_unit", ["unit", "row_no", "file"]].tolist() == [
        "Nobody",
        5,
        "targets.csv",
    ]
    assert found.loc["people_differ", ["amount", "other"]].tolist() == [4000, 2000]


@pytest.mark.parametrize(
    ("kpi", "value", "target", "n"),
    [
        ("satisfaction", (5 * 10 + 4 * 30) / 40, 4.5, 40),
        ("demos", 7 + 8, 100, 2),
        ("new_accounts", won_since_new_year(), 30, won_since_new_year()),
    ],
)
def test_other_measures_have_their_own_sums_and_means(desk, kpi, value, target, n):
    rows = desk.ask(attained, kpi, "base")
    row = rows[rows["unit_kind"] == "company"].iloc[0]

    assert kpi in desk.ask(measures_known)
    assert (row["value"], row["target"], row["n"]) == (value, target, n)


def test_a_rate_in_per_cent_is_a_share(desk):
    rows = desk.ask(attained, "conversion", "base")
    row = rows[rows["unit_kind"] == "company"].iloc[0]

    assert row["target"] == 0.6
    assert row["value"] == pytest.approx(2 / 3, abs=0.02)


def test_retention_is_of_those_who_bought_in_the_year_before(desk):
    rows = desk.ask(attained, "retention", "base").set_index(["unit_kind", "unit"])

    # Every account buys once.
    assert rows.loc[("company", ""), "value"] == 0
    assert 180 <= rows.loc[("company", ""), "n"] <= 184


def test_a_goal_is_divided_proposed_changed_approved_and_counts(desk):
    goal = draft(desk, "revenue", "base", 6000, "equal", seasonal=True, effective_on=AS_OF)
    propose(desk, goal, "boss", AT)

    assert [part.value for part in goal.parts] == [2000, 2000, 2000]
    assert targets_of(desk)["company"] == 4000  # a proposal does not count

    [waiting] = standing(desk)
    ask_change(desk, waiting, "Ann", 2500, "a new region", "ann", AT)
    [wish] = changes_asked(desk, waiting).to_dict("records")
    assert (wish["rep"], wish["before"], wish["after"], wish["verdict"]) == (
        "Ann", 2000, 2500, "proposed",
    )  # fmt: skip
    answer_change(desk, wish["entry"], "approved", "boss", AT)
    [changed] = standing(desk)
    assert (changed.state, changed.excess) == ("proposed", 500)
    approve(desk, changed, "boss", AT)

    assert targets_of(desk) == {
        "company": 6000, "Ann": 2500, "Bob": 2000, "Cid": 2000, "north": 4500, "south": 2000,
    }  # fmt: skip
    rows = fresh(desk).at(period=Period.containing(AS_OF, "month")).ask(attainment)
    february = rows[rows["unit"] == "Ann"].iloc[0]
    assert (february["how"], february["source"]) == ("own", "here")
    assert 0 < february["target"] < 2500


def test_a_change_of_what_counts_already_counts_at_once_and_its_difference_is_settled(desk):
    goal = draft(desk, "revenue", "base", 6000, "equal", seasonal=False, effective_on=AS_OF)
    approve(desk, goal, "boss", AT)
    ask_change(desk, standing(desk)[0], "Cid", 1500, "parental leave", "cid", AT)
    answer_change(desk, int(changes_asked(desk)["entry"].iloc[0]), "approved", "boss", AT)

    assert targets_of(desk)["Cid"] == 1500
    [found] = standing(desk)
    assert (found.excess, found.settled) == (-500, "")

    settle(desk, found, "spread", "boss", AT)
    assert targets_of(desk) == {
        "company": 6000, "Ann": 2250, "Bob": 2250, "Cid": 1500, "north": 4500, "south": 1500,
    }  # fmt: skip
    assert [one.settled for one in versions_of(desk, found)] == ["spread", "", ""]


def test_a_version_counts_from_its_day_on(desk):
    later = date(2026, 3, 1)
    goal = draft(desk, "revenue", "base", 6000, "equal", seasonal=False, effective_on=later)
    approve(desk, goal, "boss", AT)

    assert targets_of(desk)["company"] == 4000
    assert targets_of(desk.at(as_of=later))["company"] == 6000


def test_a_goal_taken_back_gives_way_to_the_file(desk):
    goal = approve(desk, draft(desk, "revenue", "base", 6000, "equal", False, AS_OF), "boss", AT)
    withdraw(desk, goal, "boss", AT)

    assert targets_of(desk)["company"] == 4000
    assert standing(desk) == []


def test_looking_back_a_goal_taken_back_still_counts_before_that_day(desk):
    goal = approve(desk, draft(desk, "revenue", "base", 6000, "equal", False, AS_OF), "boss", AT)
    later = desk.at(as_of=date(2026, 3, 1))
    withdraw(later, goal, "boss", AT)

    assert targets_of(desk)["company"] == 6000
    assert targets_of(later)["company"] == 4000


def test_a_version_taken_back_before_its_day_gives_way_to_the_one_that_runs(desk):
    approve(desk, draft(desk, "revenue", "base", 6000, "equal", False, AS_OF), "boss", AT)
    later = date(2026, 3, 1)
    approve(desk, draft(desk, "revenue", "base", 9000, "equal", False, later), "boss", AT)
    withdraw(desk, standing(desk)[0], "boss", AT)

    assert targets_of(desk.at(as_of=later))["company"] == 6000
    assert standing(desk)[0].value == 6000


def test_a_measure_that_a_file_calls_a_mean_is_one_everywhere(desk):
    said = "Owner,Measure,Measured On,Value,N,How\nAnn,Handling minutes,2026-01-10,3,1,mean\n"
    load(desk.warehouse, said, file="calls.csv")
    months = [f"company,company,month,2026-0{n}-01,Handling minutes,base,4\n" for n in (1, 2, 3)]
    quarter = "team,north,quarter,2026-01-01,Handling minutes,base,5\n"
    head = TARGETS.splitlines()[0] + "\n"
    load(desk.warehouse, head + "".join(months) + quarter, file="call_targets.csv")
    seen = fresh(desk)
    kpi = next(one for one in seen.ask(measures_known) if "handling" in one.casefold())

    rows = seen.ask(attained, kpi, "base").set_index(["unit_kind", "unit"])
    assert seen.ask(is_mean, kpi)
    assert pd.isna(rows.loc[("company", ""), "target"])
    assert rows.loc[("team", "north"), ["target", "value"]].tolist() == [5, 3]
    assert rows.loc[("team", "north"), "pace"] == pytest.approx(3 / 5)
    assert pd.isna(rows.loc[("rep", "Cid"), "value"])
    assert np.isnan(chance_of(seen, kpi, "company", "", 4))
    assert draft(seen, kpi, "base", 4, "equal", False, AS_OF).parts == ()


def test_whoever_has_no_rows_of_a_sum_has_none_of_it(desk):
    rows = desk.ask(attained, "demos", "base").set_index(["unit_kind", "unit"])

    assert rows.loc[("rep", "Cid"), "value"] == 0
    assert rows.loc[("company", ""), "pace"] == pytest.approx(15 / 100 / (45 / 90))


def spells_told_by(*tables: tuple[str, date]) -> list[tuple]:
    with closing(Warehouse()) as store:
        for number, (text, day) in enumerate(tables):
            load(store, text, as_of=day, file=f"people{number}.csv")
        rows = marts(store, "team_spells", as_of=date(2026, 6, 1))["team_spells"]
    return [(row.team, f"{row.starts_on:%Y-%m-%d}") for row in rows.itertuples()]


@pytest.mark.parametrize("bare", ["name,weekly_hours\nAnn,38\n", "name,team\nAnn,\n"])
def test_a_people_file_that_says_no_team_moves_nobody(bare):
    first, then, last = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
    north, south = "name,team\nAnn,north\n", "name,team\nAnn,south\n"

    assert spells_told_by((north, first), (bare, then)) == [("north", "1900-01-01")]
    assert spells_told_by((bare, first), (north, then)) == [("north", "1900-01-01")]
    assert spells_told_by((north, first), (bare, then), (south, last)) == [
        ("north", "1900-01-01"),
        ("south", "2026-03-01"),
    ]
    assert spells_told_by((bare, first)) == [("", "1900-01-01")]


def test_only_what_counts_moves_the_version_of_the_data(desk):
    goal = draft(desk, "revenue", "base", 6000, "equal", False, AS_OF)
    before = desk.warehouse.data_version

    propose(desk, goal, "boss", AT)
    ask_change(desk, standing(desk)[0], "Ann", 1, "why not", "ann", AT)
    assert desk.warehouse.data_version == before

    approve(desk, goal, "boss", AT)
    assert desk.warehouse.data_version == before + 1


def test_a_wish_is_answered_once(desk):
    propose(desk, draft(desk, "revenue", "base", 6000, "equal", False, AS_OF), "boss", AT)
    ask_change(desk, standing(desk)[0], "Ann", 1, "why not", "ann", AT)
    entry = int(changes_asked(desk)["entry"].iloc[0])
    answer_change(desk, entry, "declined", "boss", AT)

    assert standing(desk)[0].difference == 0
    with pytest.raises(SettingError):
        answer_change(desk, entry, "approved", "boss", AT)


@pytest.mark.parametrize(
    ("rep", "amount", "comment", "setting"),
    [("Ann", 5, " ", "why"), ("Ann", -1, "x", "total"), ("Zed", 5, "x", "rep")],
)
def test_a_wish_without_sense_is_refused(desk, rep, amount, comment, setting):
    goal = draft(desk, "revenue", "base", 6000, "equal", False, AS_OF)

    with pytest.raises(SettingError) as refusal:
        ask_change(desk, goal, rep, amount, comment, "ann", AT)

    assert refusal.value.facts["setting"] == setting


@pytest.mark.parametrize("total", [0, -5, float("nan"), 0.004])
def test_a_total_that_is_none_is_refused(desk, total):
    with pytest.raises(SettingError):
        draft(desk, "revenue", "base", total, "equal", False, AS_OF)


@pytest.mark.parametrize("method", ["history", "capacity", "potential", "equal"])
@pytest.mark.parametrize("kpi", ["revenue", "deals"])
def test_every_method_divides_all_of_it_among_who_is_there(desk, method, kpi):
    goal = draft(desk, kpi, "stretch", 1001, method, True, AS_OF)

    assert goal.divided == 1001
    assert [part.rep for part in goal.parts] == ["Ann", "Bob", "Cid"]
    whole = 1 if kpi == "deals" else 0.01
    assert all(
        part.value / whole == pytest.approx(round(part.value / whole)) for part in goal.parts
    )


def test_a_teams_goal_is_of_its_people_only(desk):
    goal = draft(desk.at(team="north"), "revenue", "base", 3000, "equal", False, AS_OF)
    approve(desk, goal, "boss", AT)

    found = targets_of(desk)
    assert [part.rep for part in goal.parts] == ["Ann", "Bob"]
    assert (found["north"], found["Ann"], found["company"]) == (3000, 1500, 4000)


def test_a_target_of_a_rate_is_of_the_whole(desk):
    goal = draft(desk, "conversion", "base", 70, "equal", True, AS_OF)
    approve(desk, goal, "boss", AT)

    assert goal.parts == ()
    assert targets_of(desk, attained, "conversion", "base")["company"] == 0.7


def test_chances_come_from_the_forecast_and_fall_with_the_amount(desk):
    unit = ("company", "")
    found = [chance_of(desk, "revenue", *unit, amount) for amount in (100, 4000, 10**6)]
    aim = proposal_of(desk, "revenue", "base", *unit)

    assert aim
    assert found[0] == 1
    assert found[2] == 0
    assert sorted(found, reverse=True) == found
    assert chance_of(desk, "revenue", *unit, aim.amount) == pytest.approx(0.7, abs=0.03)
    rows = desk.ask(chances, "revenue", "base")
    whole = rows[rows["unit_kind"] == "company"].iloc[0]
    assert whole["p_hit"] == found[1]
    assert whole["low90"] < whole["median"] < whole["high90"]


def test_other_measures_have_chances_from_past_stretches(desk):
    rows = desk.ask(chances, "new_accounts", "base")
    whole = rows[rows["unit_kind"] == "company"].iloc[0]

    # 45 days are left, of which the past brought 22 or 23 each: 23 + 22 is above 30.
    assert whole["stretches"] == 17
    assert whole["p_hit"] == pytest.approx(17.5 / 18)
    assert desk.ask(lost_on, "new_accounts", "base") == (None, "best")


def test_a_target_nobody_can_reach_is_out_of_reach_today(desk):
    approve(desk, draft(desk, "revenue", "base", 10**6, "equal", False, AS_OF), "boss", AT)
    approve(desk, draft(desk, "new_accounts", "base", 10**6, "equal", False, AS_OF), "boss", AT)

    assert fresh(desk).ask(lost_on, "revenue", "base") == (AS_OF, "median")
    assert fresh(desk).ask(lost_on, "new_accounts", "base") == (AS_OF, "best")


def test_rates_have_no_chance_and_no_day(desk):
    assert np.isnan(chance_of(desk, "conversion", "company", "", 0.6))
    assert desk.ask(lost_on, "conversion", "base") == (None, "")


def test_the_way_ends_at_what_was_reached(desk):
    way = desk.ask(way_of, "revenue")

    assert way.days["amount"].iloc[-1] == 100 * won_since_new_year()
    assert len(way.days) == 45 + 1
    assert way.due == pytest.approx(45 / 90, abs=0.03)


def test_what_is_missing_a_week_is_the_gap_over_the_weeks_left(desk):
    found = missing(90.0, SCOPE.period, AS_OF)

    assert found
    assert (found.weeks, found.a_week) == (pytest.approx(45 / 7), pytest.approx(14))
    assert missing(-1.0, SCOPE.period, AS_OF) is None
    assert missing(5.0, SCOPE.period, date(2026, 3, 31)) is None


def test_one_period_of_targets_says_nothing_of_a_ratchet(desk):
    assert desk.ask(target_ratchet).verdict == "few"


def test_the_ratchet_is_of_people_and_what_they_won_in_periods_that_are_over(desk):
    quarters = ("2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01")
    lines = [
        f"rep,{rep},quarter,{start},revenue,base,{amount}"
        for rep, amount in (("Ann", 1), ("Bob", 10**6))
        for start in quarters
    ]
    load(desk.warehouse, "\n".join([TARGETS.splitlines()[0], *lines, ""]), file="more.csv")

    found = fresh(desk).ask(target_ratchet)

    # Four quarters that are over are followed by three, and by none of the running one.
    assert (found.n, found.units, found.beats, found.misses) == (6, 2, 3, 3)


def test_an_empty_workspace_answers_every_question():
    bare = Desk(Warehouse(), SCOPE)

    assert bare.ask(attainment)["target"].isna().all()
    assert bare.ask(chances, "revenue", "base")["p_hit"].isna().all()
    assert bare.ask(target_problems).empty
    assert bare.ask(target_ratchet).n == 0
    assert bare.ask(lost_on, "revenue", "base") == (None, "")
    assert bare.ask(differences, "revenue", "base").empty
    with pytest.raises(SettingError):
        draft(bare, "revenue", "base", 5, "equal", True, AS_OF)
    bare.warehouse.close()
