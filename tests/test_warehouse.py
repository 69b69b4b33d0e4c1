"""Transactions, versions, and the lock on the file."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from data.errors import WorkspaceBusyError
from data.warehouse import Warehouse


def test_a_failed_transaction_stores_nothing_and_keeps_the_version(stored):
    warehouse = stored()
    before = warehouse.data_version

    with pytest.raises(ZeroDivisionError), warehouse.transaction() as db:
        db.execute(
            "insert into rows_reps by name select 'r1' as rep_id, 'Ann' as name, true as current"
        )
        1 / 0  # noqa: B018

    with warehouse.cursor() as db:
        assert db.execute("select count(*) from raw_reps").fetchall() == [(0,)]
    assert warehouse.data_version == before


def test_what_was_stored_is_there_after_a_restart(tmp_path):
    path = tmp_path / "deep" / "mine.duckdb"
    warehouse = Warehouse(path)
    with warehouse.transaction() as db:
        db.execute(
            "insert into rows_reps by name select 'r1' as rep_id, 'Ann' as name, true as current"
        )
    warehouse.close()

    reopened = Warehouse(path)

    with reopened.cursor() as db:
        assert db.execute("select name from raw_reps").fetchall() == [("Ann",)]
    assert reopened.data_version == 1
    reopened.close()


def test_a_note_about_the_data_does_not_change_its_version(stored):
    warehouse = stored()
    before = warehouse.data_version

    with warehouse.transaction(changes_data=False) as db:
        db.execute("insert into aliases (kind, alias) values ('owner', 'Ann')")

    assert warehouse.data_version == before


def test_a_second_process_is_told_that_the_workspace_is_busy(tmp_path):
    path = tmp_path / "mine.duckdb"
    holder = Warehouse(path)
    script = (
        "import sys; from data.warehouse import Warehouse; from data.errors import UserError\n"
        "try: Warehouse(sys.argv[1])\n"
        "except UserError as error: print(error.code)"
    )

    told = subprocess.run(
        [sys.executable, "-c", script, str(path)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        check=False,
    )

    assert told.stdout.strip() == WorkspaceBusyError.code
    holder.close()


@pytest.mark.parametrize(
    "statement",
    [
        "copy (select 1) to 'out.csv'",
        "select * from read_csv('/etc/passwd')",
        "attach 'other.duckdb'",
        "set enable_external_access = true",
        "install httpfs",
    ],
)
def test_an_open_workspace_reaches_no_other_file(stored, statement):
    with stored().cursor() as db, pytest.raises(duckdb.Error):
        db.execute(statement)
