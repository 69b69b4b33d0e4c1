"""Reading files that nobody vouches for in a child process, so that none can harm this one.

The child gets the bytes on its standard input and never a path, has little memory, time and
no way to gain rights, and answers in lines of JSON. Whatever becomes of it, the answer here
is a list of tables and ``UserError``s.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Unpack

from data import errors
from data.delimited import Broken
from data.errors import TooLargeError, UnreadableError, UserError
from data.furniture import Furniture
from data.readers import MOST_BYTES, Settings, SourceTable

SECONDS = 6.0
SECONDS_PER_MB = 0.5
SECONDS_PER_PACKED_MB = 3.0
WALL = 3
"""Seconds by the clock for each second of work: the machine has other things to do."""

CHILD = Path(__file__).with_name("child.py")
# Nothing else of the environment is passed on: it may hold secrets.
_NEEDED = ("SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR")
_OUT_OF_TIME = {None, *(-getattr(signal, name, 0) for name in ("SIGXCPU", "SIGKILL"))} - {0}


def read_safely(
    content: bytes | Path,
    file: str,
    *,
    member: str | None = None,
    seconds: float | None = None,
    **settings: Unpack[Settings],
) -> list[SourceTable | UserError]:
    """Each table of an upload, or why it is none, as ``read_tables``.

    Parameters
    ----------
    content
        The bytes, or where they are stored.
    file
        The name a person knows it by, for messages only.
    seconds
        Working time the child may take; by default by the size of the upload.
    """
    size = content.stat().st_size if isinstance(content, Path) else len(content)
    most_bytes = settings.get("max_bytes", MOST_BYTES)
    if size > most_bytes:
        return [TooLargeError(file, size / 1e6, most_bytes / 1e6)]
    with _stored(content) as upload, tempfile.TemporaryFile() as answer:
        per_mb = SECONDS_PER_PACKED_MB if upload.read(2) == b"PK" else SECONDS_PER_MB
        upload.seek(0)
        seconds = seconds or SECONDS + per_mb * size / 1e6
        order = {"file": file, "member": member, "seconds": seconds, "settings": settings}
        code = _run([sys.executable, "-I", str(CHILD), json.dumps(order)], upload, answer, seconds)
        if code in _OUT_OF_TIME:
            return [UnreadableError(file, "time")]
        if code == -signal.SIGABRT:  # what the workbook parser does when memory runs out
            return [UnreadableError(file, "memory")]
        answer.seek(0)
        try:
            return _answer(answer)
        except (ValueError, TypeError, LookupError, AttributeError):
            return [UnreadableError(file, "crash")]


def _stored(content: bytes | Path) -> BinaryIO:
    """The upload as an open file, unbuffered: the child goes on where the file stands."""
    if isinstance(content, Path):
        return content.open("rb", buffering=0)
    upload = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
    left = memoryview(content)
    while left:
        left = left[upload.write(left) :]
    upload.seek(0)
    return upload


def _run(command: list[str], upload: BinaryIO, answer: BinaryIO, seconds: float) -> int | None:
    """The exit code of the child, or -signal; None where it had to be stopped."""
    child = subprocess.Popen(
        command,
        stdin=upload,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=tempfile.gettempdir(),
        env={name: os.environ[name] for name in _NEEDED if name in os.environ},
        start_new_session=True,
    )
    try:
        return child.wait(WALL * seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        if child.returncode is None:
            if hasattr(os, "killpg"):
                os.killpg(child.pid, signal.SIGKILL)
            else:
                child.kill()
            child.wait()


def _answer(lines: Iterable[bytes]) -> list[SourceTable | UserError]:
    """What the child found. ``ValueError`` where its answer is not whole."""
    found: list[SourceTable | UserError] = []
    part: Any = None
    for part in map(json.loads, lines):
        if part == "end":
            return found
        if isinstance(part, list):
            table = found[-1]
            table.row_numbers.extend(part[0])  # type: ignore[union-attr]
            table.rows.extend(part[1])  # type: ignore[union-attr]
        elif "header" in part:
            found.append(_table(part))
        else:
            found.append(_problem(**part))
    raise ValueError("the answer has no end")


def _table(fields: dict[str, Any]) -> SourceTable:
    for name in ("other_sheets", "header", "cautions", "grouped"):
        fields[name] = tuple(fields[name])
    for name, kind in (("furniture", Furniture), ("broken", Broken)):
        fields[name] = tuple(kind(*line) for line in fields[name])
    return SourceTable(**fields, rows=[], row_numbers=[])


def _problem(kind: str, message: str, facts: dict[str, Any]) -> UserError:
    error = getattr(errors, kind)
    problem = error.__new__(error, message)
    UserError.__init__(problem, message, **facts)
    return problem
