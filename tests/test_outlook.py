"""Questions about what is to come, on a company of two teams whose truth is known."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import numpy as np
import pytest

from analytics.aiming import attainment, way_of
from analytics.committing import commit_record, commit_to, commits, haircuts
from analytics.desk import Desk
from analytics.outlook import forecast, ground, prospects, stage_odds
from analytics.proving import (
    backtest_scores,
    backtested,
    carried_by,
    fan,
    past_seasons,
    rivals,
)
from analytics.scope import Period, Scope
from data.errors import SettingError
from data.warehouse import Warehouse
from tests.files import load

AS_OF = date(2026, 8, 15)
NOW = datetime(2026, 8, 15, 12)  # noqa: DTZ001
FIRST = date(2024, 6, 1)

REPS = """name,team,region,active
Ann,North,East,yes
Bob,North,East,yes
Cid,South,West,yes
Dee,South,West,no
"""


def sold(seed: int = 1, until: date = AS_OF) -> str:
    """Opportunities of three people: Ann wins most of hers, Cid's are worth ten times as much."""
    rng = np.random.default_rng(seed)
    rows = ["opportunity_id,owner,product,stage,amount,created_on,closed_on,modified_at"]
    for number in range(900):
        owner = ("Ann", "Bob", "Cid")[number % 3]
        created = FIRST + timedelta(days=int(rng.integers(0, (AS_OF - FIRST).days)))
        closed = created + timedelta(days=int(rng.geometric(0.03)))
        won = rng.random() < (0.7 if owner == "Ann" else 0.35)
        amount = int(rng.integers(900, 1_100)) * (10 if owner == "Cid" else 1)
        product = "Pump" if rng.random() < 0.5 else "Valve"
        if created > until:
            continue
        ended = closed <= until
        stage = ("Won" if won else "Lost") if ended else "Proposal"
        rows.append(
            f"d{number},{owner},{product},{stage},{amount},{created},{closed if ended else ''},"
            f"{min(closed, until)}T10:00:00"
        )
    return "\n".join(rows)


@pytest.fixture(scope="module")
def warehouse() -> Iterator[Warehouse]:
    store = Warehouse()
    load(store, REPS, file="reps.csv")
    load(store, sold(), file="opportunities.csv")
    yield store
    store.close()


@pytest.fixture(scope="module")
def desk(warehouse: Warehouse) -> Desk:
    return Desk(warehouse, Scope(AS_OF, Period.containing(AS_OF)))


def test_parts_add_up_and_teams_are_their_people(desk):
    found = desk.ask(forecast)
    assert found
    whole = found.samples("company")

    assert whole == pytest.approx(found.samples("team", "North") + found.samples("team", "South"))
    people = found.samples("rep", "Ann") + found.samples("rep", "Bob")
    assert found.samples("region", "East") == pytest.approx(people)
    units = found.units.set_index(["unit_kind", "unit"])
    assert units.at[("company", ""), "won"] == pytest.approx(
        units.loc["rep", "won"].sum(), rel=1e-9
    )
    assert "Dee" not in units.loc["rep"].index
    assert (units["low90"] <= units["low50"]).all()
    assert (units["low50"] <= units["median"]).all()
    assert (units["high50"] <= units["high90"]).all()
    assert (units["low90"] >= units["won"]).all()


def test_the_chance_of_a_target_falls_with_it(desk):
    found = desk.ask(forecast)
    assert found
    median = found.units.loc[found.units["unit_kind"] == "company", "median"].iloc[0]

    assert found.p_reach(median) == pytest.approx(0.5, abs=0.02)
    assert found.p_reach(0.0) == 1.0
    assert found.p_reach(0.9 * median) > found.p_reach(1.1 * median)
    assert 0 < found.p_reach(20, "rep", "Ann", "deals") < 1


def test_the_next_period_has_nothing_won_yet(desk):
    later = desk.at(period=desk.scope.period.after())
    found, now = later.ask(forecast), desk.ask(forecast)
    assert found
    assert now

    assert found.so_far["company", ""] == (0.0, 0)
    assert found.days == now.days + 92
    # A whole quarter of the same company.
    past = desk.ask(backtested)["won"]
    assert past.min() * 0.7 < np.median(found.samples("company")) < past.max() * 1.3


def test_a_period_that_is_over_is_what_was_won(desk):
    over = desk.at(period=desk.scope.period.before())
    found = over.ask(forecast)
    assert found

    assert found.days == 0
    assert np.ptp(found.samples("company")) == 0
    assert over.ask(fan).empty


def test_chances_of_open_ones_know_owner_age_and_time_left(desk):
    rows = desk.ask(prospects)

    assert rows["p_win"].between(0, 1).all()
    assert (rows["p_period"] <= rows["p_win"]).all()
    by_rep = rows.groupby("rep")["p_win"].mean()
    assert by_rep["Ann"] > 1.2 * by_rep["Bob"]
    assert rows["expected"].to_numpy() == pytest.approx((rows["value"] * rows["p_win"]).to_numpy())
    assert set(desk.at(team="South").ask(prospects)["rep"]) == {"Cid"}
    # One export tells nothing of stages.
    assert desk.ask(stage_odds).empty


def test_the_way_ahead_starts_at_what_is_won_and_ends_at_the_forecast(desk):
    way, found, won = desk.ask(fan), desk.ask(forecast), desk.ask(way_of, "revenue").days
    assert found

    assert way["median"].iloc[0] == pytest.approx(won["amount"].iloc[-1])
    assert way["median"].iloc[-1] == pytest.approx(np.median(found.samples("company")))
    assert way["median"].is_monotonic_increasing
    assert str(way["day"].iloc[-1])[:10] == "2026-09-30"


def test_what_carries_a_target_is_large_and_near(desk):
    found = desk.ask(forecast)
    assert found
    target = float(np.median(found.samples("company")))
    rows = desk.ask(carried_by, target)

    assert (rows["if_won"] >= rows["if_not"]).all()
    assert set(rows["rep"].head(3)) == {"Cid"}
    swing = rows["if_won"] - rows["if_not"]
    assert swing.is_monotonic_decreasing


def test_the_past_is_forecast_for_the_team_looked_at(desk):
    whole, south = desk.ask(backtested), desk.at(team="South").ask(backtested)

    assert len(whole) == len(south) > 6
    assert (south["won"] < whole["won"]).all()
    assert set(desk.ask(backtest_scores)["way"]) > {"ours", "run_rate"}
    assert desk.ask(past_seasons) == pytest.approx(2.2, abs=0.1)


def test_a_chance_of_the_next_period_leaves_this_one_out(desk):
    now = desk.ask(prospects).set_index("opportunity_id")["p_period"]
    later = desk.at(period=desk.scope.period.after()).ask(prospects)
    then = later.set_index("opportunity_id")["p_period"]
    both = desk.at(period=Period.containing(AS_OF, "year")).ask(prospects)

    assert (then < 0.6 * now).mean() > 0.9
    assert both.set_index("opportunity_id")["p_period"].to_numpy() == pytest.approx(
        (now + then).to_numpy(), abs=0.08
    )


def test_the_run_rate_of_the_next_period_has_only_its_own_days(desk):
    over = desk.at(period=Period("quarter", date(2026, 5, 16), AS_OF + timedelta(days=1)))
    rate = over.ask(rivals)["run_rate"] / 91
    said = desk.at(period=desk.scope.period.after()).ask(rivals)["run_rate"]

    assert said == pytest.approx(92 * rate, rel=0.02)


def test_the_hurry_of_fiscal_quarters_is_learnt_from_them(warehouse):
    fiscal = Scope(AS_OF, Period.containing(AS_OF, "quarter", 2))
    assert Desk(warehouse, fiscal).ask(ground).past.first_month == 2


def test_what_was_entered_after_its_end_counts_as_won():
    store = Warehouse()
    load(store, REPS, file="reps.csv")
    late = "\nlate,Ann,Pump,Won,5000,2026-08-10,2026-08-03,2026-08-10T10:00:00"
    unknown = "\nunknown,Ann,Pump,Won,700,,2026-08-03,2026-08-10T10:00:00"
    odd = "\nodd,Ann,Zebra,Proposal,700,,,2026-08-10T10:00:00"
    load(store, sold() + late + unknown + odd, file="opportunities.csv")
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))
    found, reached = desk.ask(forecast), desk.ask(attainment)
    assert found

    units = reached.set_index(["unit_kind", "unit"])["won"]
    assert found.so_far["company", ""][0] == pytest.approx(units["company", ""])
    assert found.so_far["rep", "Ann"][0] == pytest.approx(units["rep", "Ann"])
    # Of a product that nothing is learnt from, and of no age, nothing is said.
    assert desk.ask(prospects).set_index("opportunity_id").loc["odd", ["p_win"]].isna().all()
    store.close()


def test_the_last_word_of_a_period_is_not_the_one_that_is_judged():
    store = Warehouse()
    load(store, REPS, file="reps.csv")
    load(store, sold(), file="opportunities.csv")
    for day, amount in ((date(2026, 4, 20), 300_000.0), (date(2026, 6, 29), 99_000.0)):
        commit_to(Desk(store, Scope(day, Period.containing(day))), amount, "", "Bo", NOW)
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))

    assert commit_record(desk)["amount"].tolist() == [300_000.0]
    assert commits(desk)["amount"].tolist() == [99_000.0]
    store.close()


def test_rivals_start_from_what_is_won(desk):
    said, won = desk.ask(rivals), desk.ask(way_of, "revenue").days["amount"].iloc[-1]

    assert min(said["stage_weighted"], said["run_rate"]) > won
    assert said["last_year"] > 0


def test_too_little_is_no_forecast():
    store = Warehouse()
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))
    assert desk.ask(forecast) is None
    assert desk.ask(backtested).empty
    load(store, "\n".join(sold().splitlines()[:20]), file="opportunities.csv")
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))
    assert desk.ask(forecast) is None
    assert desk.ask(prospects)["p_win"].isna().all()
    assert desk.ask(carried_by, 1.0).empty
    store.close()


def test_several_exports_teach_what_a_stage_says():
    store = Warehouse()
    load(store, REPS, file="reps.csv")
    rng = np.random.default_rng(3)
    stage = {number: "Hot" if rng.random() < 0.5 else "Cold" for number in range(900)}

    def export(day: date) -> str:
        # Hot ones are all won in the end, cold ones lost.
        lines = sold(until=day).splitlines()
        cells = [line.split(",") for line in lines[1:]]
        for row in cells:
            hot = stage[int(row[0][1:])]
            row[3] = {"Proposal": hot}.get(row[3], "Won" if hot == "Hot" else "Lost")
        return "\n".join([lines[0], *(",".join(row) for row in cells)])

    for day in (date(2026, 2, 1), date(2026, 4, 1), date(2026, 6, 1), AS_OF):
        load(store, export(day), file=f"deals {day}.csv", as_of=day)
    desk = Desk(store, Scope(AS_OF, Period.containing(AS_OF)))
    odds = desk.ask(stage_odds)

    assert odds["Hot"] > 1.4 > 0.6 > odds["Cold"]
    chances = desk.ask(prospects).groupby("stage")["p_win"].mean()
    assert chances["Hot"] > 1.5 * chances["Cold"]
    store.close()


def test_commitments_are_held_against_what_came(warehouse):
    desk = Desk(warehouse, Scope(AS_OF, Period.containing(AS_OF)))
    before = Desk(warehouse, Scope(date(2026, 5, 1), Period.containing(date(2026, 5, 1))))
    commit_to(before, 1.0, "", "Ann", NOW)
    won = desk.at(period=desk.scope.period.before()).ask(forecast)
    assert won
    commit_to(before, 2 * won.so_far["company", ""][0], "all of it", "Ann", NOW)
    commit_to(desk, 5_000.0, "", "Ann", NOW)

    [row] = commit_record(desk).to_dict("records")
    assert row["ratio"] == pytest.approx(0.5)
    assert row["note"] == "all of it"
    assert haircuts(desk)["Ann"].median < 1
    assert len(commits(desk)) == 2
    assert commits(desk)["model"].notna().all()


@pytest.mark.parametrize(
    ("amount", "period"),
    [(0.0, Period.containing(AS_OF)), (5.0, Period.containing(AS_OF).before())],
)
def test_nobody_commits_to_nothing_or_to_the_past(warehouse, amount, period):
    with pytest.raises(SettingError):
        commit_to(Desk(warehouse, Scope(AS_OF, period)), amount, "", "Ann", NOW)
