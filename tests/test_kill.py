"""A process killed in the middle of an upload loses nothing it had acknowledged."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from data.warehouse import Warehouse
from tests.files import rows

ROOT = Path(__file__).parents[1]
TRIALS = int(os.environ.get("EVENHAND_KILLS", "20"))
ROWS = 3_000

UPLOADS = """
import sys
from datetime import datetime
from data.ingest import commit
from data.review import review
from data.warehouse import Warehouse
path, first, rows = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
warehouse = Warehouse(path)
print("open", flush=True)
for number in range(first, first + 1000):
    lines = [f"{n},Ann,Stage {number}" for n in range(rows)]
    text = "\\n".join(["opportunity_id,owner,stage", *lines])
    commit(warehouse, [review(text.encode(), f"{number}.csv", warehouse)], by="x",
        at=datetime(2026, 4, 1))
    print(number, flush=True)
"""


def test_every_acknowledged_upload_is_there_and_none_is_half(tmp_path):
    path, chance, acknowledged = tmp_path / "mine.duckdb", random.Random(1), 0
    for _ in range(TRIALS):
        child = subprocess.Popen(
            [sys.executable, "-c", UPLOADS, str(path), str(acknowledged + 2), str(ROWS)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        assert child.stdout
        assert child.stdout.readline() == "open\n"
        time.sleep(chance.uniform(0.02, 0.5))
        child.send_signal(signal.SIGKILL)
        said = child.communicate()[0].split()
        acknowledged = int(said[-1]) if said else acknowledged
        warehouse = Warehouse(path)
        kept = [int(file[:-4]) for (file,) in rows(warehouse, "select file from uploads")]
        counts = rows(warehouse, "select count(*) from said_opportunities group by upload_id")
        [[state, stages]] = rows(
            warehouse, "select count(*), count(distinct stage) from raw_opportunities"
        ) or [(0, 0)]
        warehouse.close()
        assert not acknowledged or acknowledged in kept
        assert {count for (count,) in counts} <= {ROWS}
        assert (state, stages) in {(0, 0), (ROWS, 1)}
        acknowledged = max([acknowledged, *kept])
