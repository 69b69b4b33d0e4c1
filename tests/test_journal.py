"""The journal: nothing is replaced, and a change of what was written shows."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from data import journal
from data import warehouse as module
from data.log import standing_decisions
from data.warehouse import Warehouse

AT = datetime(2026, 8, 14, 9, 0)  # noqa: DTZ001
MIGRATIONS = Path(module.__file__).parent / "migrations"


def say(warehouse, subject: str, number: int, kind: str = "decision") -> int:
    return journal.append(
        warehouse,
        kind=kind,
        subject=subject,
        content={"number": number, "note": "先等一等 '\"\\"},
        by="王芳",
        at=AT + timedelta(microseconds=number),
    )


@pytest.fixture
def told(stored):
    """Five entries of two kinds about three subjects."""
    warehouse = stored()
    subjects = ["a", "b", "rules", "a", "b"]
    for number, subject in enumerate(subjects):
        say(warehouse, subject, number, "rules" if subject == "rules" else "decision")
    return warehouse


def test_what_was_said_is_read_back_as_it_was_said(told):
    last = journal.entries(told, "decision", "a").iloc[-1]

    assert last["content"] == {"number": 3, "note": "先等一等 '\"\\"}
    assert (last["entry"], last["by"], last["at"]) == (4, "王芳", AT + timedelta(microseconds=3))


def test_the_newest_word_on_each_subject_is_found_and_the_earlier_ones_kept(told):
    newest = journal.newest(told, "decision")

    assert newest[["subject", "entry"]].to_numpy().tolist() == [["a", 4], ["b", 5]]
    assert journal.entries(told, "decision")["entry"].tolist() == [1, 2, 4, 5]
    assert journal.entries(told, "plan").empty


def test_a_journal_that_nobody_touched_is_whole(told, stored):
    assert journal.verify(told) is None
    assert journal.verify(stored()) is None


@pytest.mark.parametrize(
    ("forgery", "found"),
    [
        ("update journal set content = '{}' where entry = 2", 2),
        ("update journal set said_by = 'eve' where entry = 4", 4),
        ("update journal set said_at = said_at + interval 1 second where entry = 1", 1),
        ("update journal set subject = 'b' where entry = 1", 1),
        ("update journal set kind = 'rules' where entry = 1", 1),
        ("update journal set kind = null where entry = 3", 3),
        ("update journal set hash = 'x' where entry = 3", 3),
        ("delete from journal where entry = 3", 4),
        ("update journal set entry = 9 where entry = 5", 9),
    ],
)
def test_a_change_of_what_was_written_shows(told, forgery, found):
    with told.transaction() as db:
        db.execute(forgery)

    assert journal.verify(told) == found


def test_an_entry_sealed_anew_still_betrays_itself_by_the_next(told):
    with told.transaction() as db:
        db.execute("update journal set content = '{}' where entry = 2")
        db.execute(f"update journal set hash = {journal._SEAL} where entry = 2")

    assert journal.verify(told) == 3


def test_deciding_leaves_the_data_version_alone(told):
    before = told.data_version
    say(told, "a", 9)

    assert told.data_version == before


def test_decisions_of_an_earlier_version_are_carried_over_in_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "HERE", tmp_path / "old")
    shutil.copytree(MIGRATIONS.parent / "sql", tmp_path / "old" / "sql")
    (tmp_path / "old" / "migrations").mkdir()
    for path in MIGRATIONS.glob("000[12]*.sql"):
        shutil.copy(path, tmp_path / "old" / "migrations")
    Warehouse(tmp_path / "mine.duckdb").close()
    with duckdb.connect(str(tmp_path / "mine.duckdb")) as db:
        db.execute("""
            insert into decisions values
                (2, '2026-01-02 10:00:00', 'ann', 'decline', 'o2', 'A', 'B', null,
                 '2026-01-01', '{}'),
                (1, '2026-01-01 10:00:00', 'ann', 'accept', 'o1', 'A', '李薇', '好',
                 '2026-01-01', '{"gain": 12.5}')
        """)
    monkeypatch.undo()

    opened = Warehouse(tmp_path / "mine.duckdb")

    standing = standing_decisions(opened)
    assert standing["item"].tolist() == ["o1", "o2"]
    assert standing.iloc[0][["to_rep", "note", "decided_by"]].tolist() == ["李薇", "好", "ann"]
    assert standing["facts"].tolist() == [{"gain": 12.5}, {}]
    assert say(opened, "o1", 3) == 3
    assert journal.verify(opened) is None
    opened.close()
