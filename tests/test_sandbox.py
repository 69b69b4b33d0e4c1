"""Reading in a child process: what comes back, and what becomes of a child that does not."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from data import child, sandbox
from data.errors import (
    EmptyFileError,
    NotATableError,
    SettingError,
    TooLargeError,
    UnreadableError,
    UserError,
)
from data.readers import SourceTable, read_table
from data.sandbox import read_safely
from tests.files import HEADER, zipped

TEXT = (
    "Deals of the north\n\n"
    f'{HEADER}\n1,张伟,"Won,\n“after” all 😀",5\n2,Bob,Lost\n3,Ann,Won,7\nTotal,,,12\n'
)


def test_what_comes_back_is_what_reading_here_would_give(tmp_path: Path):
    stored = tmp_path / "0001"
    stored.write_bytes(TEXT.encode())

    here = read_table(TEXT.encode(), "deals.csv")

    assert here.furniture
    assert here.broken
    assert read_safely(TEXT.encode(), "deals.csv") == [here]
    assert read_safely(stored, "deals.csv") == [here]


def test_a_file_of_many_blocks_comes_back_whole(tmp_path: Path):
    content = "\n".join([HEADER, *(f"{n},Ann,Won,5" for n in range(9_999))]).encode("utf-16")
    stored = tmp_path / "0001"
    stored.write_bytes(content)

    for upload in (content, stored):
        [table] = read_safely(upload, "deals.csv")
        assert isinstance(table, SourceTable)
        assert [row[0] for row in table.rows] == [str(n) for n in range(9_999)]
        assert (table.encoding, table.row_numbers[-1]) == ("utf-16", 10_000)


def test_settings_reach_the_child():
    [table] = read_safely(b"a;b\n1;2\n", "x.csv", delimiter=",", header_row=0, encoding="cp1252")

    assert table == read_table(
        b"a;b\n1;2\n", "x.csv", delimiter=",", header_row=0, encoding="cp1252"
    )


@pytest.mark.parametrize(
    ("content", "settings", "kind", "facts"),
    [
        (b"", {}, EmptyFileError, {"file": "x.csv"}),
        (b"%PDF-1.7", {}, NotATableError, {"file": "x.csv", "found": "pdf"}),
        (b"a,b\n1,2\n", {"encoding": "no such"}, SettingError, {"value": "no such"}),
        (
            b"a" * 99,
            {"max_bytes": 50},
            TooLargeError,
            {"file": "x.csv", "megabytes": 0, "limit": 0},
        ),
    ],
)
def test_a_problem_comes_back_as_the_error_it_was(content, settings, kind, facts):
    [problem] = read_safely(content, "x.csv", **settings)

    assert type(problem) is kind
    assert isinstance(problem, UserError)
    assert problem.facts == facts


def test_the_name_of_a_file_is_never_a_path(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nhunter2\n")

    for name in (str(secret), "secret.csv", "*.csv", "$(id).csv", "--help", "-c"):
        [table] = read_safely(b"a,b\n1,2\n", name)
        assert isinstance(table, SourceTable)
        assert (table.file, table.rows) == (name, [["1", "2"]])


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import time; time.sleep(60)", "time"),
        ("while True: pass", "time"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "time"),
        ("import os; os.abort()", "memory"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crash"),
        ("import sys; sys.exit(1)", "crash"),
        ("print('no json')", "crash"),
        ("print('{}'); print('\"end\"')", "crash"),
        ("print('[[1], [[2]]]'); print('\"end\"')", "crash"),
        ('print(\'{"kind": "Exception", "message": "", "facts": {}}\'); print(\'"end"\')', "crash"),
        ("print('\"end\"' * 0)", "crash"),
    ],
)
def test_whatever_becomes_of_the_child_is_an_error_that_can_be_mended(
    code, why, tmp_path, monkeypatch
):
    child = tmp_path / "child.py"
    child.write_text(code)
    monkeypatch.setattr(sandbox, "CHILD", child)
    start = time.perf_counter()

    [problem] = read_safely(b"a,b\n1,2\n", "x.csv", seconds=0.5)

    assert time.perf_counter() - start < 10
    assert isinstance(problem, UnreadableError)
    assert isinstance(problem, UserError)
    assert problem.facts == {"file": "x.csv", "found": why}


@pytest.mark.skipif(sys.platform == "win32", reason="no process groups")
def test_children_of_the_child_end_with_it(tmp_path, monkeypatch):
    child = tmp_path / "child.py"
    child.write_text(
        "import subprocess, sys, time\n"
        f"p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid))\n"
        "time.sleep(60)\n"
    )
    monkeypatch.setattr(sandbox, "CHILD", child)

    read_safely(b"a,b\n1,2\n", "x.csv", seconds=1)

    pid = int((tmp_path / "pid").read_text())
    for _ in range(50):  # until whoever inherits it has buried it
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.1)
    pytest.fail("the grandchild lives")


@pytest.mark.skipif(sys.platform != "linux", reason="limits are read from /proc")
def test_the_child_has_little_of_everything_and_no_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("EVENHAND_SECRET", "s3cret")
    probe = tmp_path / "child.py"
    probe.write_text(
        "import os, sys\n"
        f"sys.path.insert(0, {str(Path(sandbox.CHILD).parents[1])!r})\n"
        "from data.child import limit\n"
        "limit(7)\n"
        f"open({str(tmp_path / 'told')!r}, 'w').write(repr(dict(os.environ)) "
        "+ open('/proc/self/limits').read() + open('/proc/self/status').read())\n"
    )
    monkeypatch.setattr(sandbox, "CHILD", probe)

    read_safely(b"a,b\n1,2\n", "x.csv")

    told = (tmp_path / "told").read_text()
    assert "s3cret" not in told
    limits = {line[:26].strip(): line[26:46].strip() for line in told.splitlines()}
    assert limits["Max address space"] == str(child.MEMORY)
    assert limits["Max cpu time"] == "7"
    assert limits["Max file size"] == str(1 << 30)
    assert limits["Max core file size"] == "0"
    assert "NoNewPrivs:\t1" in told


def test_the_child_needs_little_to_start():
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import data.child, data.readers; "
        "print([m for m in sys.modules if m.split('.')[0] in "
        "('pandas', 'duckdb', 'numpy', 'sklearn', 'scipy', 'streamlit')])"
    )
    root = str(Path(sandbox.CHILD).parents[1])

    told = subprocess.run(
        [sys.executable, "-I", "-c", code, root], capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"


def test_each_file_of_a_zip_is_a_table_or_a_problem_of_its_own():
    content = zipped({"Deals_001.csv": f"{HEADER}\n1,Ann,Won,5\n", "Notes.csv": "", "a.json": "{}"})

    found = read_safely(content, "backup.zip")

    assert [one.facts["file"] if isinstance(one, UserError) else one.file for one in found] == [
        "backup.zip/Deals_001.csv",
        "backup.zip/Notes.csv",
        "backup.zip/a.json",
    ]
    assert [isinstance(one, UserError) for one in found] == [False, True, True]
    [one] = read_safely(content, "backup.zip", member="backup.zip/Deals_001.csv", header_row=0)
    assert isinstance(one, SourceTable)
    assert one.header_row == 0


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0

    for _ in range(3):
        read_safely(b"a,b\n1,2\n", "x.csv")

    assert not list(tmp_path.iterdir())
    assert not before or len(list(Path("/proc/self/fd").iterdir())) == before
