"""What taking files in costs: ``python -m tests.benchmarks.ingest [--rows 10000000]``.

Every figure is a ratio of CPU seconds inside one run, each measured in a process of its own,
so it holds on a busy machine. The yardstick is DuckDB's own typed load of a clean twin of the
file, which loses what is not clean.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

ROOT = Path(__file__).parents[2]

GOALS = {
    "clean, type and land / typed load": 1.4,
    "re-export of a tenth / typed load": 0.20,
    "unchanged file / typed load": 0.05,
    "GB18030 / UTF-8": 1.35,
    "XLSX / openpyxl read-only": 0.10,
}
MEGABYTES = 700

AMOUNT = "printf('%.2f', amount)"
CREATED = "strftime(created, '%Y-%m-%d')"
DIRTY_AMOUNT = f"""case when i % 100 = 7 then '¥' || format('{{:,.2f}}', amount)
    when i % 500 = 11 then 'n.v.' else {AMOUNT} end"""
DIRTY_CREATED = f"""case when i % 200 = 3 then strftime(created, '%Y/%-m/%-d')
    when i % 500 = 13 then 'unknown' else {CREATED} end"""
TYPES = {
    "amount": "DECIMAL(18, 2)",
    "created_on": "DATE",
    "close_date": "DATE",
    "modified_at": "TIMESTAMP",
}
COLUMNS = (
    "opportunity_id", "name", "account", "owner", "product", "stage", "amount", "currency",
    "created_on", "close_date", "modified_at", "source",
)  # fmt: skip


def drawn(rows: str, amount: str, created: str, *, account: str = "Account ", turn: int = 0) -> str:
    """SQL of an export of 12 columns; ``turn`` makes another state of the same records."""
    return f"""
        select printf('OPP-%010d', i) as opportunity_id,
            'Renewal ' || (i % 9973) || ' phase ' || (i % 7) as name,
            '{account}' || (hash(i) % 50000) as account, 'Rep ' || (hash(i * 3) % 400) as owner,
            'Product ' || (hash(i * 5) % 40) as product,
            ['Prospecting', 'Negotiation', 'Closed Won', 'Closed Lost']
                [(1 + hash(i * 7 + {turn}) % 4)::int] as stage,
            {amount} as amount, 'CNY' as currency, {created} as created_on,
            strftime(created + (hash(i * 17) % 200)::int, '%Y-%m-%d') as close_date,
            strftime(timestamp '2024-01-01' + to_seconds((hash(i * 19) % 50000000)::int)
                + interval '{turn} days', '%Y-%m-%d %H:%M:%S') as modified_at,
            ['Web', 'Partner', 'Referral', 'Event'][(1 + hash(i * 23) % 4)::int] as source
        from (
            select i, (hash(i * 11) % 10000000) / 100.0 as amount,
                date '2020-01-01' + (hash(i * 13) % 2000)::int as created
            from range({rows}) as drawn(i)
        )
    """


def write(folder: Path, rows: int) -> None:
    with duckdb.connect() as db:
        for name, of, amount, created, turn in (
            ("clean", f"{rows}", AMOUNT, CREATED, 0),
            ("dirty", f"{rows}", DIRTY_AMOUNT, DIRTY_CREATED, 0),
            ("again", f"{rows - rows * 9 // 100}, {rows + rows // 100}", DIRTY_AMOUNT, CREATED, 1),
        ):
            sql = drawn(of, amount, created, turn=turn)
            db.execute(f"copy ({sql}) to '{folder / name}.csv' (header)")
        chinese = drawn(f"{min(rows, 1_000_000)}", AMOUNT, CREATED, account="上海精密仪器有限公司")
        db.execute(f"copy ({chinese}) to '{folder}/utf8.csv' (header)")
    with (
        (folder / "utf8.csv").open(encoding="utf-8", newline="") as old,
        (folder / "gb18030.csv").open("w", encoding="gb18030", newline="") as new,
    ):
        while block := old.read(1 << 20):
            new.write(block)


LOAD_TYPED = """
import sys, duckdb
source, target, columns = sys.argv[1:]
db = duckdb.connect(target, config={"storage_compatibility_version": "v1.5.0"})
db.execute("set preserve_insertion_order = false; set memory_limit = '450MB'")
db.execute(f"create table deals as select * from read_csv('{source}', auto_detect = false, "
    f"header = true, delim = ',', quote = '\\"', escape = '\\"', columns = {columns})")
db.execute("checkpoint")
"""

INGEST = """
import sys
from datetime import datetime
from pathlib import Path
from data.ingest import commit
from data.review import look
from data.warehouse import Warehouse
warehouse = Warehouse(sys.argv[2])
[receipt] = commit(
    warehouse, look(Path(sys.argv[1]), "deals.csv", warehouse), by="bench", at=datetime(2026, 11, 1)
)
print(receipt.rows_read, receipt.rows_new, receipt.rows_changed, receipt.rows_rejected)
warehouse.close()
"""

OPENPYXL = """
import sys, openpyxl
for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True):
    pass
"""

READ = """
import sys
from pathlib import Path
from data.sandbox import read_safely
[table] = read_safely(Path(sys.argv[1]), "deals.xlsx")
print(len(table.rows))
"""

MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run([sys.executable, "-c", *sys.argv[1:]], capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
seconds = used.ru_utime + used.ru_stime
print(json.dumps([done.stdout or done.stderr, seconds, used.ru_maxrss / 1024]))
"""


def run(script: str, *arguments: object) -> tuple[str, float, float]:
    """What a script says, its CPU seconds with those of its children, and its peak megabytes."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MEASURE, script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    said, seconds, megabytes = json.loads(done.stdout)
    return said.strip(), seconds, megabytes


def workbook(path: Path, rows: int) -> None:
    """An XLSX of the same columns, with numbers and dates as such."""
    from openpyxl import Workbook  # type: ignore[import-untyped]

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Deals")
    sheet.append(COLUMNS)
    with duckdb.connect() as db:
        for row in db.execute(drawn(f"{rows}", "amount", "created")).fetchall():
            sheet.append(row)
    book.save(path)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--xlsx-rows", type=int, default=200_000)
    options = parser.parse_args(arguments)
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, options.rows)
        typed = {name: TYPES.get(name, "VARCHAR") for name in COLUMNS}
        base = min(
            run(LOAD_TYPED, folder / "clean.csv", folder / f"typed{n}.duckdb", typed)[1]
            for n in range(2)
        )
        said, seconds, peak = run(INGEST, folder / "dirty.csv", folder / "ours.duckdb")
        print(f"typed load {base:.1f} CPU-s; ours {seconds:.1f} CPU-s, {peak:.0f} MB; {said}")
        ratios["clean, type and land / typed load"] = seconds / base
        said, seconds, _ = run(INGEST, folder / "again.csv", folder / "ours.duckdb")
        print(f"re-export {seconds:.1f} CPU-s; {said}")
        ratios["re-export of a tenth / typed load"] = seconds / base
        said, seconds, _ = run(INGEST, folder / "again.csv", folder / "ours.duckdb")
        print(f"unchanged {seconds:.1f} CPU-s; {said}")
        ratios["unchanged file / typed load"] = seconds / base
        _, utf8, _ = run(INGEST, folder / "utf8.csv", folder / "utf8.duckdb")
        _, gb18030, _ = run(INGEST, folder / "gb18030.csv", folder / "gb18030.duckdb")
        ratios["GB18030 / UTF-8"] = gb18030 / utf8
        try:
            workbook(folder / "deals.xlsx", options.xlsx_rows)
        except ImportError:
            print("openpyxl is not installed: the workbook is not measured")
        else:
            _, slow, _ = run(OPENPYXL, folder / "deals.xlsx")
            said, fast, _ = run(READ, folder / "deals.xlsx")
            print(f"openpyxl {slow:.1f} CPU-s; ours {fast:.1f} CPU-s; {said} rows")
            ratios["XLSX / openpyxl read-only"] = fast / slow
    for what, ratio in ratios.items():
        verdict = "ok" if ratio <= GOALS[what] else "MISSED"
        print(f"{what:40} {ratio:6.3f}  goal {GOALS[what]:.2f}  {verdict}")
    verdict = "ok" if peak <= MEGABYTES else "MISSED"
    print(f"{'peak memory, MB':40} {peak:6.0f}  goal {MEGABYTES}  {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
