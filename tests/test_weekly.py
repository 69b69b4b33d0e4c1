"""The command line about a manager's week: goals, forecast, flags, changes."""

from contextlib import closing
from pathlib import Path

import pytest

from data.warehouse import Warehouse
from tests.files import load
from tests.test_main import Terminal
from tests.test_outlook import AS_OF, REPS, sold
from tests.test_page_forecast import TARGETS

DAY = AS_OF.isoformat()


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("company") / "company.duckdb"
    with closing(Warehouse(path)) as store:
        load(store, REPS, file="reps.csv")
        load(store, TARGETS, file="targets.csv")
        load(store, sold(), as_of=AS_OF, file="opportunities.csv")
    return path


def test_goals_have_attainment_chance_and_what_is_wrong(terminal, db):
    said = terminal.report("goals", "--db", db, "--as-of", DAY)
    units = {(row["unit_kind"], row["unit"]): row for row in said["units"]}
    company = units["company", ""]

    assert said["period"] == {"kind": "quarter", "start": "2026-07-01", "end": "2026-10-01"}
    assert company["target"] == 150_000
    assert company["attainment"] == pytest.approx(company["value"] / 150_000)
    assert company["low90"] < company["median"] < company["high90"]
    assert 0 <= company["p_hit"] <= 1
    assert {row["code"] for row in said["problems"]} == {"people_differ"}


def test_a_measure_that_nobody_knows_is_named(terminal, db):
    complaint = terminal.complaint("goals", "--db", db, "--as-of", DAY, "--kpi", "smiles")

    assert "smiles" in complaint
    assert "retention" in complaint


def test_a_forecast_has_units_chances_carriers_and_its_test(terminal, db):
    said = terminal.report("forecast", "--db", db, "--as-of", DAY)
    company = next(row for row in said["units"] if row["unit_kind"] == "company")

    assert said["status"] == "forecast"
    assert said["days_to_go"] == 46
    assert company["target"] == 150_000
    assert company["won"] <= company["low90"] <= company["median"] <= company["high90"]
    assert 0 <= company["p_target"] <= 1
    assert said["carried_by"][0]["if_won"] >= said["carried_by"][0]["if_not"]
    assert {row["way"] for row in said["scores"]} >= {"ours", "stage_weighted"}
    assert len(said["backtest"]) > 6
    assert said["seasons_known"]


def test_the_next_period_is_forecast_when_asked(terminal, db):
    said = terminal.report("forecast", "--db", db, "--as-of", DAY, "--next", "--team", "North")

    assert said["period"]["start"] == "2026-10-01"
    assert all(row["won"] == 0 for row in said["units"])


def test_too_little_to_forecast_is_said(terminal, db):
    said = terminal.report("forecast", "--db", db, "--as-of", "2024-07-01")

    assert said["status"] == "too_little_data"
    assert not said["seasons_known"]


def test_flags_say_how_many_are_severe_and_what_cannot_be_told(terminal, db):
    said = terminal.report("flags", "--db", db, "--as-of", DAY)

    assert said["severe_share"] == said["severe_opportunities"] / said["open"] <= 0.1
    assert "slipped" in said["not_told"]
    assert {flag["severity"] for flag in said["flags"]} <= {"severe", "watch", "note"}


def test_changes_add_up(terminal, db):
    said = terminal.report("changes", "--db", db, "--as-of", DAY, "--since", "2026-07-01")
    moved = sum(bar["amount"] for bar in said["bars"])

    assert said["opening"] + moved == pytest.approx(said["closing"])
    assert {bar["effect"] for bar in said["bars"]} == {"new", "won", "lost"}
    assert len(said["steps"]) == sum(bar["deals"] for bar in said["bars"])
    assert not said["told_by_an_export"]


def test_changes_since_a_later_day_are_refused(terminal, db):
    complaint = terminal.complaint("changes", "--db", db, "--as-of", DAY, "--since", "2026-09-01")

    assert "2026-09-01" in complaint
