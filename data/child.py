"""The process that reads one upload: ``python -I data/child.py ORDER < upload > answer``.

ORDER is JSON: ``file``, ``member``, ``seconds``, ``settings``. The answer is lines of JSON:
for each table its fields, then ``[row_numbers, rows]`` in blocks; for each problem its
``kind``, ``message`` and ``facts``; at last ``"end"``.
"""

import gc
import json
import math
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data.errors import UserError
    from data.readers import SourceTable

MEMORY = 1_900_000_000
ANSWER = 1 << 30
BLOCK = 2000
PR_SET_NO_NEW_PRIVS = 38


def main(order: dict[str, Any]) -> None:
    """Read the upload and answer."""
    limit(order["seconds"])
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from data.errors import UnreadableError
    from data.readers import read_tables

    # It ends soon and makes no cycles; looking for them takes a third of its time.
    gc.disable()
    content = sys.stdin.buffer.read()
    try:
        for found in read_tables(
            content, order["file"], member=order["member"], **order["settings"]
        ):
            tell(found)
    except MemoryError:
        tell(UnreadableError(order["file"], "memory"))
    put("end")
    sys.stdout.flush()
    # Giving a million cells back one by one is time that nobody gets anything for.
    os._exit(0)


def limit(seconds: float) -> None:
    """Take away what reading a file does not need. Windows has no such limits."""
    try:
        import resource
    except ImportError:
        return
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, math.ceil(seconds)),
        (resource.RLIMIT_FSIZE, ANSWER),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):  # a system that has no such limit, or a lower one
            resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def tell(found: "SourceTable | UserError") -> None:
    """A table or a problem, as JSON."""
    if isinstance(found, Exception):
        put({"kind": type(found).__name__, "message": str(found), "facts": found.facts})
        return
    fields = dict(vars(found))
    rows, numbers = fields.pop("rows"), fields.pop("row_numbers")
    put(fields)
    for start in range(0, len(rows), BLOCK):
        put([numbers[start : start + BLOCK], rows[start : start + BLOCK]])


def put(part: object) -> None:
    sys.stdout.buffer.write(json.dumps(part, ensure_ascii=False).encode() + b"\n")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
