"""What the questions of a manager's week cost on a million opportunities:
``python -m tests.benchmarks.questions``.

Each is asked cold, of a fresh desk, three times, and the quickest counts. Beside it the time of the
marts' own SQL within it, so that the ratio says what is added to that.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from analytics import aiming, following, meeting, outlook, proving, watching
from analytics.desk import Desk
from analytics.rules import RuleSet
from analytics.scope import Period, Scope
from data.ingest import commit
from data.review import look
from data.warehouse import Warehouse

AS_OF = date(2026, 8, 14)
SECONDS, RATIO = 1.0, 2.0
ROUNDS = 3

PEOPLE, TEAMS, ACCOUNTS, PRODUCTS = 100, 10, 20_000, 8

DEALS = f"""
    select 'O' || i as opportunity_id, 'Deal ' || i as name, 'A' || account as account_id,
        'Account ' || account as account, 'Rep ' || rep as owner, 'Product ' || product as product,
        case when ended > date '{AS_OF}' then ['Need', 'Offer', 'Talks'][1 + stage]
            when luck < 0.4 then 'Won' else 'Lost' end as stage,
        round(amount, 2) as amount, 'CNY' as currency, created as created_on,
        case when ended > date '{AS_OF}' then created + 90 else ended end as close_date,
        least(ended, date '{AS_OF}') + time '10:00:00' as modified_at,
        case when luck < 0.5 then 'call' end as next_step
    from (
        select i, created, rep, product, account, stage, luck, amount,
            created + 1 + (-40 * ln(slow) - 35 * ln(late))::int as ended
        from (
            select i, date '2023-08-14' + (random() * 1095)::int as created,
                floor(random() * {PEOPLE})::int as rep,
                floor(random() * {PRODUCTS})::int as product,
                floor(random() * {ACCOUNTS})::int as account, floor(random() * 3)::int as stage,
                random() as luck, exp(10 + random() * 2) as amount,
                1 - random() as slow, 1 - random() as late
            from range({{rows}}) as drawn(i)
        )
    )
"""
FILES = {
    "opportunities": DEALS,
    "reps": f"""
        select 'U' || i as rep_id, 'Rep ' || i as name, 'Team ' || i % {TEAMS} as team,
            'Region ' || i % 3 as region, true as active, 40 as weekly_hours
        from range({PEOPLE}) as drawn(i)
    """,
    "accounts": f"""
        select 'A' || i as account_id, 'Account ' || i as account, 'Sector ' || i % 6 as sector,
            'Region ' || i % 3 as region, 1 + i % 2000 as employees, 'Rep ' || i % {PEOPLE} as owner
        from range({ACCOUNTS}) as drawn(i)
    """,
    "targets": f"""
        select 'rep' as unit_kind, 'Rep ' || rep as unit, 'month' as period,
            date '2026-01-01' + to_months(month::int) as period_start, 'revenue' as kpi,
            'base' as tier, 1000000 as amount
        from range({PEOPLE}) as people(rep), range(12) as months(month)
    """,
}


def fill(warehouse: Warehouse, folder: Path, rows: int) -> None:
    """A company of that many opportunities, and a later export of a tenth of them."""
    with duckdb.connect(config={"threads": 1}) as db:
        db.execute("select setseed(0.3)").fetchall()
        for name, query in FILES.items():
            path = folder / f"{name}.csv"
            db.execute(f"copy ({query.format(rows=rows)}) to '{path}' (header)")
            _take(warehouse, path)
        again = FILES["opportunities"].format(rows=rows)
        db.execute(
            f"copy (select * replace (amount * 1.1 as amount, close_date + 40 as close_date) "
            f"from ({again}) where close_date > date '{AS_OF}' limit {rows // 10}) "
            f"to '{folder}/newest.csv' (header)"
        )


def _take(warehouse: Warehouse, path: Path) -> None:
    reviews = list(look(path, path.name, warehouse))
    at = datetime(2026, 8, 14, 12)  # noqa: DTZ001
    commit(warehouse, reviews, by="bench", at=at, as_of=AS_OF)  # type: ignore[arg-type]


def questions() -> dict[str, Callable[[Desk], Any]]:
    """What the pages ask, by name."""
    rules = RuleSet()
    return {
        "attainment": lambda desk: desk.ask(aiming.attainment),
        "prospects": lambda desk: desk.ask(outlook.prospects),
        "forecast, 10,000 paths": lambda desk: desk.ask(outlook.forecast),
        "backtest": lambda desk: desk.ask(proving.backtested),
        "flags": lambda desk: desk.ask(watching.flags, rules, watching.newest_word(desk)),
        "changes since the period began": lambda desk: desk.ask(
            watching.changes_since, desk.ask(watching.usual_since)
        ),
        "due days": lambda desk: desk.ask(meeting.due_days, following.newest_word(desk)),
    }


class Stopwatch(Warehouse):
    """A warehouse that knows how long its marts took."""

    took = 0.0

    def marts(self, *names: Any, **scope: Any) -> Any:
        begin = time.perf_counter()
        try:
            return super().marts(*names, **scope)
        finally:
            self.took += time.perf_counter() - begin


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    asked = parser.parse_args()
    late = False
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Stopwatch(Path(folder) / "large.duckdb")) as warehouse,
    ):
        fill(warehouse, Path(folder), asked.rows)
        print(f"{asked.rows:,} opportunities")
        print(f"{'question':32}{'cold s':>8}{'marts s':>9}{'x':>6}")
        for name, ask in questions().items():
            runs = []
            for _ in range(ROUNDS):
                warehouse.took = 0.0
                desk = Desk(warehouse, Scope(AS_OF, Period.containing(AS_OF)))
                begin = time.perf_counter()
                ask(desk)
                runs.append((time.perf_counter() - begin, warehouse.took))
            whole, marts = min(runs)
            missed = whole > SECONDS or whole > RATIO * marts
            late |= missed
            print(
                f"{name:32}{whole:8.2f}{marts:9.2f}{whole / marts:6.1f}"
                f"{'  missed' if missed else ''}",
                flush=True,
            )
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
