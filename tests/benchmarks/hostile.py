"""Every hostile file through the reader: how long, how much memory, what the answer was.

``python -m tests.benchmarks.hostile``
"""

import resource
import time
from collections import Counter

from data.errors import UserError
from data.readers import SourceTable
from data.sandbox import read_safely
from tests.hostile import CORPUS

LIMIT = 15.0


def main() -> None:
    answers: Counter[str] = Counter()
    late = []
    slowest = 0.0
    for name, make in CORPUS.items():
        content = make()
        start, worked = time.perf_counter(), cpu_of_children()
        found = read_safely(content, name)
        seconds, work = time.perf_counter() - start, cpu_of_children() - worked
        slowest = max(slowest, work)
        late += [name] if seconds > LIMIT else []
        answers.update("problem" if isinstance(one, UserError) else "table" for one in found)
        told = "; ".join(map(summary, found[:3]))
        print(f"{seconds:6.2f} s {work:6.2f} CPU-s {len(content) / 1e6:6.2f} MB  {name:34} {told}")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{len(CORPUS)} files, {dict(answers)}, most {slowest:.1f} CPU-s and {peak:.0f} MB")
    print(f"answered later than {LIMIT:.0f} s: {', '.join(late) or 'none'}")


def summary(found: SourceTable | UserError) -> str:
    if isinstance(found, UserError):
        return f"{type(found).__name__} {found.facts.get('found', '')}"
    return f"table {len(found.rows)} x {len(found.header)}"


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
