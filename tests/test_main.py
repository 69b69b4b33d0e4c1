"""The command line: what each command prints, and how it fails."""

import gc
import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics import reports, workflow
from analytics.__main__ import main
from analytics.desk import Desk
from analytics.scope import Period, Scope
from data import workspaces
from data.synthetic import Company, sample_company
from data.warehouse import Warehouse
from tests.conftest import AS_OF
from tests.test_workflow import DEALS, REPS

DAY = AS_OF.isoformat()

UNKNOWN = "Nummer,Wer,Wo,Wieviel\nq1,Ann,Gewonnen,100\nq2,Bob,Verloren,200\n"

MAPPING = """
format = "generic"
entity = "opportunities"

[columns]
opportunity_id = "Nummer"
owner = "Wer"
stage = "Wo"
amount = "Wieviel"

[stages]
Gewonnen = "won"
Verloren = "lost"
"""


class Terminal:
    """Runs commands in this process."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys

    def report(self, *arguments: object) -> Any:
        """What a command prints as JSON; every number of it must be one to any reader."""

        def no_number(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        self.capsys.readouterr()
        assert main([*map(str, arguments), "--json"]) == 0
        return json.loads(self.capsys.readouterr().out, parse_constant=no_number)

    def complaint(self, *arguments: object) -> str:
        """The line on stderr of a command that the caller has to mend."""
        self.capsys.readouterr()
        assert main([*map(str, arguments)]) == 2
        said = self.capsys.readouterr()
        assert said.out == ""
        [line] = said.err.splitlines()
        # The error holds on to the open database, which only one process at a time may have.
        gc.collect()
        return line


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal(capsys)


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of four specialists, taken in once."""
    folder = tmp_path_factory.mktemp("company")
    files = [folder / "reps.csv", folder / "opportunities.csv"]
    for file, text in zip(files, (REPS, DEALS), strict=True):
        file.write_text(text, "utf-8")
    path = folder / "company.duckdb"
    assert main(["ingest", *map(str, files), "--db", str(path), "--as-of", DAY]) == 0
    return path


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    path = tmp_path / "opportunities.csv"
    path.write_text(
        "opportunity_id,owner,stage,amount\n1,Ann,Won,100\n2,Ann,,200\n3,Bob,Won,300\n\n",
        "utf-8",
    )
    return path


@pytest.fixture
def unknown(tmp_path: Path) -> Path:
    path = tmp_path / "unknown.csv"
    path.write_text(UNKNOWN, "utf-8")
    return path


# What the commands print


def test_evidence_says_what_was_found_and_what_could_have_been(terminal, db):
    report = terminal.report("evidence", "--db", db, "--as-of", DAY)

    assert (report["as_of"], report["closed"], report["won"], report["reps"]) == (DAY, 640, 320, 4)
    assert (report["attributes"], report["verdict_segments"]) == (["product", "kind"], "evidence")
    assert report["verdict_reps"] == "none"  # everybody won half
    assert report["p_segments"] < 0.01 < report["p_reps"] <= 1
    assert 0 < report["detectable_sd_reps"] < 1
    assert 0 < report["detectable_sd_segments"] < 1


def test_evidence_says_how_far_it_can_be_trusted(terminal, db):
    report = terminal.report("evidence", "--db", db, "--as-of", DAY, "--shuffles", "2")
    without = terminal.report("evidence", "--db", db, "--as-of", DAY, "--shuffles", "0")

    assert set(report["sd"]) >= {"rep", "product", "rep:product"}
    assert report["placebo"]["runs"] == 2
    assert report["placebo"]["shown"]["low"] <= report["placebo"]["shown"]["mean"]
    assert without["placebo"] is None
    assert report["calibration"]["verdict"] == "too_little_data"  # all began in one month


def test_evidence_compares_by_the_attribute_asked_for(terminal, db):
    report = terminal.report("evidence", "--db", db, "--as-of", DAY, "--by", "kind")

    assert report["attributes"] == ["kind"]


def test_win_rates_have_a_row_for_each_rep_over_all_and_by_attribute(terminal, db):
    rows = terminal.report("winrates", "--db", db, "--as-of", DAY)

    assert len(rows) == 4 * 3
    [pumps] = [row for row in rows if (row["rep"], row["product"]) == ("Ann", "pumps")]
    assert (pumps["wins"], pumps["trials"], pumps["raw"]) == (60, 80, 0.75)
    assert 0.5 < pumps["low"] < pumps["mean"] < pumps["high"] < 1
    assert {row["product"] for row in rows} == {None, "pumps", "valves"}


def test_a_team_sees_its_own_people(terminal, db):
    rows = terminal.report("winrates", "--db", db, "--as-of", DAY, "--team", "north")

    assert {row["rep"] for row in rows} == {"Ann", "Bob"}


def test_a_recommendation_names_moves_reasons_and_bounds(terminal, db):
    report = terminal.report("recommend", "--db", db, "--as-of", DAY)

    assert (report["as_of"], report["status"], report["why"]) == (DAY, "plan", [])
    moves = {move["item"]: move for move in report["moves"]}
    assert {item: (move["from"], move["to"]) for item, move in moves.items()} == {
        "open-1": ("Ann", "Bob"),
        "open-2": ("Bob", "Ann"),
        "open-3": ("Cid", "Dee"),
    }
    move = moves["open-1"]
    assert 0 < move["gain_low"] < move["gain"] < move["gain_high"] < 1000
    assert 0.8 <= move["p_gain"] <= 1
    assert (move["n_from"], move["n_to"]) == (80, 80)
    assert move["reasons"][0]["code"] == "wins_more"
    assert move["reasons"][0]["n_to"] == 80
    uplift = report["uplift"]
    assert 0 < uplift["low"] < uplift["posterior"] < uplift["high"]
    assert uplift["cross_fitted"] > 0
    assert uplift["posterior"] == pytest.approx(sum(move["gain"] for move in moves.values()))
    assert report["bound"] > 0
    assert 0 <= report["gap_uplift"] <= 0.01


def test_a_recommendation_keeps_to_its_limits(terminal, db):
    few = terminal.report("recommend", "--db", db, "--as-of", DAY, "--max-moves", 1)
    north = terminal.report("recommend", "--db", db, "--as-of", DAY, "--team", "north")

    assert [move["item"] for move in few["moves"]] == ["open-3"]
    assert {move["item"] for move in north["moves"]} == {"open-1", "open-2"}


@pytest.mark.parametrize(("said", "allowed"), [((), False), (("--across-teams",), True)])
def test_moves_to_other_teams_are_for_the_caller_to_allow(terminal, db, monkeypatch, said, allowed):
    asked = []
    really = reports.plans.reallocation.reallocation

    def spy(book, study, rules, settings):
        asked.append(rules.across_teams)
        return really(book, study, rules, settings)

    monkeypatch.setattr(reports.plans.reallocation, "reallocation", spy)

    terminal.report("recommend", "--db", db, "--as-of", DAY, *said)

    assert asked == [allowed]


def test_what_is_missing_is_null():
    rows = pd.DataFrame({"raw": [0.5, np.nan], "day": [pd.NaT, pd.NaT], "level": ["a", None]})

    assert reports.records(rows) == [
        {"raw": 0.5, "day": None, "level": "a"},
        {"raw": None, "day": None, "level": None},
    ]


def test_before_anything_was_closed_the_owners_are_kept(terminal, db):
    report = terminal.report("recommend", "--db", db, "--as-of", "2026-02-09")

    assert (report["status"], report["why"]) == ("keep_owners", ["too_little_data"])
    assert report["moves"] == []
    assert report["uplift"] == dict.fromkeys(["posterior", "low", "high", "cross_fitted"])
    assert report["bound"] is report["gap_uplift"] is None


def test_old_data_is_looked_at_on_its_newest_day(terminal, db):
    assert terminal.report("evidence", "--db", db)["as_of"] == "2026-02-15"


def test_win_rates_with_what_is_still_open(terminal, db):
    rows = terminal.report("winrates", "--db", db, "--as-of", DAY, "--with-open")

    assert {row["rep"] for row in rows} == {"Ann", "Bob", "Cid", "Dee"}
    for row in rows:
        assert row["mean"] + row["lost"] + row["still"] == pytest.approx(1)
        assert row["low"] < row["mean"] < row["high"]


def test_each_open_opportunity_has_a_chance(terminal, db):
    rows = terminal.report("winrates", "--db", db, "--as-of", DAY, "--open")

    assert {"open-1", "open-2", "open-3"} <= {row["opportunity_id"] for row in rows}
    assert all(0 < row["low"] < row["won"] < row["high"] < 1 for row in rows)


def test_who_should_take_what_nobody_has(terminal, db):
    report = terminal.report("assign", "--db", db, "--as-of", DAY)
    by_turns = terminal.report("assign", "--db", db, "--as-of", DAY, "--policy", "round_robin")

    [given] = report["assignments"]
    assert (given["item"], report["waiting"]) == ("nobody", 1)
    assert given["to"] in ("Ann", "Bob", "Cid", "Dee")
    assert 0 < given["propensity"] <= 1
    assert [row["policy"] for row in report["policies"]][:2] == ["evenhand", "round_robin"]
    assert by_turns["policy"] == "round_robin"
    assert "guess" in terminal.complaint("assign", "--db", db, "--policy", "guess")


def test_the_audit_names_what_is_wrong_and_who_should_have_it(terminal, db):
    report = terminal.report("audit", "--db", db, "--as-of", DAY)

    found = {finding["kind"]: finding for finding in report["findings"]}
    assert {"no_owner", "owner_left", "account_owners"} <= found.keys()
    assert {fix["item"] for fix in report["fixes"]} >= {"left", "nobody"}
    assert "Nowhere" in terminal.complaint(
        "audit", "--db", db, "--as-of", DAY, "--stage", "Nowhere"
    )


def test_what_is_at_stake_if_somebody_leaves(terminal, db):
    report = terminal.report("contingency", "--db", db, "--as-of", DAY, "--rep", "Ann")

    assert report["scenario"]["kind"] == "leaves"
    assert {item["from_rep"] for item in report["items"]} == {"Ann"}
    assert report["book"]["mean"] == pytest.approx(
        report["kept"]["mean"] + report["at_risk"]["mean"]
    )
    for wrong in (["--rep", "Zoe"], ["--segment", "product=Nothing"], []):
        complaint = terminal.complaint("contingency", "--db", db, "--as-of", DAY, *wrong)
        assert (wrong[1].rpartition("=")[2] if wrong else "--segment") in complaint


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("evidence", "closed: 640"),
        ("winrates", "Ann"),
        ("recommend", "status: plan"),
        ("assign", "waiting: 1"),
        ("audit", "owner_left"),
        ("contingency", "at_risk"),
    ],
)
def test_without_json_a_person_can_read_it(capsys, db, command, words):
    more = ["--rep", "Ann"] if command == "contingency" else []
    assert main([command, "--db", str(db), "--as-of", DAY, *more]) == 0

    printed = capsys.readouterr().out
    assert not printed.startswith(("{", "["))
    assert words in printed


# Taking files in


def test_ingest_says_what_became_of_each_file(terminal, tmp_path, deals):
    arguments = ("ingest", deals, "--db", tmp_path / "new.duckdb", "--as-of", DAY)

    [row] = terminal.report(*arguments)

    assert row["status"] == "loaded"
    assert (row["file"], row["entity"]) == ("opportunities.csv", "opportunities")
    assert row["format"]
    assert 0 < row["confidence"] <= 1
    assert row["encoding"].lower().replace("-", "") in ("utf8", "ascii")
    assert (row["as_of"], row["rows_read"], row["rows_new"]) == (DAY, 3, 2)
    assert (row["rows_changed"], row["rows_same"], row["rows_rejected"]) == (0, 0, 1)
    assert isinstance(row["furniture"], int)
    assert isinstance(row["warnings"], list)
    assert "cautions" not in row

    [again] = terminal.report(*arguments)
    assert (again["status"], again["rows_new"], again["rows_same"]) == ("already_loaded", 0, 2)


def test_a_warning_names_its_column(terminal, tmp_path):
    path = tmp_path / "deals.csv"
    path.write_text(
        "opportunity_id,owner,stage,close_date\n1,Ann,Won,03/04/2026\n2,Ann,Won,05/06/2026\n"
    )

    [row] = terminal.report("ingest", path, "--db", tmp_path / "new.duckdb")

    assert "close_date" in [warning["column"] for warning in row["warnings"]]


def test_all_files_are_taken_in_or_none(terminal, tmp_path, deals, unknown):
    db = tmp_path / "new.duckdb"

    terminal.complaint("ingest", deals, unknown, "--db", db)

    assert terminal.report("evidence", "--db", db)["closed"] == 0


def test_a_mapping_makes_an_unknown_layout_known(terminal, tmp_path, unknown):
    db, mapping = tmp_path / "new.duckdb", tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, "utf-8")
    assert "unknown.csv" in terminal.complaint("ingest", unknown, "--db", db)

    [row] = terminal.report("ingest", unknown, "--db", db, "--mapping", mapping)

    assert (row["entity"], row["rows_new"], row["rows_rejected"]) == ("opportunities", 2, 0)
    evidence = terminal.report("evidence", "--db", db)
    assert (evidence["closed"], evidence["won"]) == (2, 1)


def test_a_dry_run_says_what_would_be_done_and_does_nothing(terminal, tmp_path, deals):
    db, refused = tmp_path / "new.duckdb", tmp_path / "refused.csv"

    [row] = terminal.report("ingest", deals, "--db", db, "--dry-run", "--rejections", refused)

    assert (row["status"], row["rows_new"], row["rows_rejected"]) == ("checked", 2, 1)
    assert terminal.report("evidence", "--db", db)["closed"] == 0
    assert refused.read_text("utf-8-sig").splitlines() == [
        '"file","row_no","column","value","rule","record"',
        '"opportunities.csv","3","stage","","missing_required","2"',
    ]


def test_files_that_can_be_taken_are_taken_by_choice(capsys, tmp_path, deals, unknown):
    db = tmp_path / "new.duckdb"

    code = main(["ingest", str(deals), str(unknown), "--db", str(db), "--keep-going", "--json"])

    said = capsys.readouterr()
    taken, left = json.loads(said.out)
    assert code == 2
    assert (taken["status"], taken["rows_new"]) == ("loaded", 2)
    assert (left["file"], left["status"]) == ("unknown.csv", "refused")
    assert left["problem"] in said.err


def test_a_mapping_is_for_the_files_that_have_its_headers(terminal, tmp_path, deals, unknown):
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING, "utf-8")

    rows = terminal.report(
        "ingest", deals, unknown, "--db", tmp_path / "new.duckdb", "--mapping", mapping
    )

    assert [row["rows_new"] for row in rows] == [2, 2]


def test_what_was_refused_is_written_with_its_place(terminal, tmp_path, deals):
    refused = tmp_path / "refused.csv"

    terminal.report("ingest", deals, "--db", tmp_path / "new.duckdb", "--rejections", refused)

    assert '"3","stage","","missing_required","2"' in refused.read_text("utf-8-sig")


def test_a_full_export_marks_what_it_lacks(terminal, tmp_path):
    db, old, new = (tmp_path / name for name in ("new.duckdb", "old.csv", "new.csv"))
    old.write_text("opportunity_id,owner,stage\n1,Ann,Talks\n2,Ann,Talks\n")
    new.write_text("opportunity_id,owner,stage\n1,Ann,Won\n")
    terminal.report("ingest", old, "--db", db, "--as-of", "2026-01-31")

    terminal.report("ingest", new, "--db", db, "--as-of", "2026-02-28", "--full")

    with closing(Warehouse(db)) as warehouse:
        day = date(2026, 3, 1)
        desk = Desk(warehouse, Scope(day, Period.containing(day)))
        facts = desk.ask(workflow.honesty).set_index("fact")["count"]
    assert facts["not_in_newest_export"] == 1


# What the caller has to mend


def test_a_file_that_is_not_there(terminal, tmp_path, deals):
    gone, db = tmp_path / "gone.csv", tmp_path / "new.duckdb"

    line = terminal.complaint("ingest", deals, gone, tmp_path, "--db", db)

    assert str(gone) in line
    assert str(tmp_path) in line  # a folder is no file either
    assert str(deals) not in line
    assert not db.exists()


@pytest.mark.parametrize(
    "text", ["format = ", 'stage = "generic"', 'entity = "opportunities"\ncolours = 3'], ids=str
)
def test_a_mapping_that_is_none(terminal, tmp_path, unknown, text):
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(text, "utf-8")

    line = terminal.complaint(
        "ingest", unknown, "--mapping", mapping, "--db", tmp_path / "new.duckdb"
    )

    assert "mapping" in line


def test_a_mapping_that_is_not_there(terminal, tmp_path, unknown):
    mapping = tmp_path / "gone.toml"

    assert "gone.toml" in terminal.complaint(
        "ingest", unknown, "--mapping", mapping, "--db", tmp_path / "new.duckdb"
    )


def test_no_moves_at_all_are_no_limit(terminal, db):
    assert "max_moves" in terminal.complaint(
        "recommend", "--db", db, "--as-of", DAY, "--max-moves", 0
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["evidence", "--as-of", "14.8.2026"], "2026-08-14"),
        (["winrates", "--by", "colour"], "colour"),
        (["guess"], "guess"),
        ([], "COMMAND"),
    ],
)
def test_what_cannot_be_a_command(capsys, arguments, complaint):
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2
    assert complaint in capsys.readouterr().err


def test_a_bug_is_not_taken_for_a_mistake_of_the_caller(monkeypatch, db):
    monkeypatch.setattr(reports.abilities, "evidence", lambda desk: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        main(["evidence", "--db", str(db)])


def test_the_exit_code_reaches_the_shell(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-m", "analytics", "ingest", str(tmp_path / "gone.csv"), "--json"],
        cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "gone.csv" in ran.stderr
    assert "Traceback" not in ran.stderr


# The sample


@pytest.fixture
def small_sample(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the sample company was asked for; it has fifty opportunities and nothing else."""
    company = sample_company()
    small = replace(company, tables={"opportunities": company.tables["opportunities"].head(50)})
    asked: list[dict[str, Any]] = []

    def make(**wishes: Any) -> Company:
        asked.append(wishes)
        return small

    monkeypatch.setattr(workspaces, "sample_company", make)
    return asked


def test_a_sample_company_is_written_into_a_new_file_only(terminal, tmp_path, small_sample):
    db = tmp_path / "new" / "sample.duckdb"

    report = terminal.report("sample", "--db", db, "--seed", 3, "--even")

    assert report == {"db": str(db), "data_version": 1}
    assert small_sample == [{"seed": 3, "effects": False}]
    assert str(db) in terminal.complaint("sample", "--db", db)
    assert len(small_sample) == 1
    assert terminal.report("evidence", "--db", db)["closed"] > 0


def test_without_a_file_the_workspaces_of_the_app_are_meant(
    terminal, tmp_path, deals, small_sample, monkeypatch
):
    monkeypatch.setenv("EVENHAND_DATA", str(tmp_path))

    assert terminal.report("sample")["db"] == str(tmp_path / "sample.duckdb")
    terminal.report("ingest", deals)

    assert terminal.report("evidence")["closed"] == 2
    assert (tmp_path / "mine.duckdb").is_file()
