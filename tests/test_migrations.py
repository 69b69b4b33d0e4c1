"""Workspaces of the first version, opened by this one."""

import hashlib
from pathlib import Path

import duckdb

from data import warehouse as module
from data.ingest import undo
from data.warehouse import Warehouse
from tests.files import AT, rows

FIRST = Path(module.__file__).parent / "migrations" / "0001_base.sql"
COLUMNS = "opportunity_id VARCHAR, owner VARCHAR, stage VARCHAR, outcome VARCHAR, amount DECIMAL"
MAPPING = '{"format": "evenhand", "entity": "opportunities", "columns": {%s}, "constants": {}}'
NAMES = ("opportunity_id", "owner", "stage")


def first_version(path: Path) -> None:
    """A file as the first version left it: a state, snapshots beside it, one upload undone."""
    text = FIRST.read_text("utf-8")
    base = MAPPING % ", ".join(f'"{name}": "{name}"' for name in NAMES)
    full = MAPPING % ", ".join(f'"{name}": "{name}"' for name in (*NAMES, "amount"))
    with duckdb.connect(str(path)) as db:
        db.execute("create table migrations (number INTEGER, sha256 VARCHAR, name VARCHAR)")
        db.execute(text)
        digest = hashlib.sha256(text.encode()).hexdigest()
        db.execute("insert into migrations values (1, ?, ?)", [digest, FIRST.stem])
        db.execute(f"create table raw_opportunities ({COLUMNS}, upload_id BIGINT, as_of DATE)")
        db.execute(f"create table snap_opportunities (upload_id BIGINT, row_no BIGINT, {COLUMNS})")
        for number, day, mapping, undone in (
            (1, "2026-01-01", full, None),
            (2, "2026-02-01", base, None),
            (3, "2026-03-01", base, AT),
        ):
            db.execute(
                "insert into uploads (upload_id, entity, as_of, mapping, undone_at) "
                "values (?, 'opportunities', ?, ?, ?)",
                [number, day, mapping, undone],
            )
        db.execute("""
            insert into snap_opportunities values
                (1, 2, 'a', 'Ann', 'Talks', 'open', 5), (1, 3, 'b', 'Bob', 'Talks', 'open', 6),
                (2, 2, 'a', 'Ann', 'Won', 'won', null), (3, 2, 'a', 'Cid', 'Lost', 'lost', null)
        """)


def test_the_state_is_worked_out_again_without_what_was_undone(tmp_path):
    first_version(tmp_path / "mine.duckdb")

    opened = Warehouse(tmp_path / "mine.duckdb")

    state = "select opportunity_id, owner, outcome, amount::int from raw_opportunities"
    assert rows(opened, state) == [("a", "Ann", "won", 5), ("b", "Bob", "open", 6)]
    undo(opened, 2, by="ann", at=AT)
    assert rows(opened, state) == [("a", "Ann", "open", 5), ("b", "Bob", "open", 6)]
    opened.close()


def test_a_file_that_was_brought_up_to_date_is_opened_as_it_is(tmp_path):
    first_version(tmp_path / "mine.duckdb")
    Warehouse(tmp_path / "mine.duckdb").close()

    again = Warehouse(tmp_path / "mine.duckdb")

    assert rows(again, "select count(*) from raw_opportunities") == [(2,)]
    assert rows(again, "select count(*) from raw_pulse") == [(0,)]
    again.close()
