"""A workspace's DuckDB file: uploaded rows are stored, everything else is derived from them.

Each file under ``sql/`` is one SELECT named after the table it makes, in the portable subset
of DuckDB's dialect. ``run``, a table of one row, carries the scope into them.
"""

import hashlib
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache
from pathlib import Path
from uuid import uuid4

import duckdb
import pandas as pd

from data import state, store
from data.contracts import CONTRACTS
from data.errors import SettingError, WorkspaceBusyError

HERE = Path(__file__).parent

# In build order. Adding a table means adding its file and its line here.
STAGING = (
    "stg_currency",
    "stg_products",
    "stg_people",
    "stg_owner_labels",
    "stg_opportunities",
    "stg_reps",
    "stg_spells",
    "stg_versions",
    "stg_changes",
    "stg_quality",
    "stg_open_tasks",
)
MARTS = (
    "win_cells",
    "win_history",
    "won_values",
    "open_items",
    "rep_results",
    "monthly_flow",
    "cohorts",
    "deal_ages",
    "past_stages",
    "coverage",
    "blind_spots",
    "quality",
    "quality_rows",
    "past_owners",
    "open_work",
    "absences",
    "skill_levels",
    "addresses",
    "item_diary",
    "account_history",
    "daily_results",
    "goal_targets",
    "team_spells",
    "kept_accounts",
    "measured",
    "period_deals",
    "deal_days",
    "product_places",
    "stage_stays",
    "followed_deals",
    "pipeline_moves",
    "deal_signals",
    "stage_ages",
    "segment_wins",
)

DEALS = "stg_opportunities"

READERS_OF_A_VIEW = 2
"""Marts up to which opportunities are staged as a view: a table costs three times one reading."""

CHECKED = "coverage"  # Everybody asks for this mart first; the checks run before it.


class Warehouse:
    """One workspace, shared by every session of the app; a cursor per use.

    Parameters
    ----------
    path
        The database file; created, with its folder, when absent.

    Attributes
    ----------
    incoming
        The one folder that statements can read, for large files on their way in.

    Raises
    ------
    WorkspaceBusyError
        Another process has the file open. DuckDB allows one process a file.
    SettingError
        The path is a folder, or a file that is no database.
    """

    def __init__(self, path: Path | str = ":memory:") -> None:
        self.path = str(path)
        self._writer = threading.Lock()
        place = Path(self.path).absolute()
        if self.path == ":memory:":
            place = Path(tempfile.gettempdir()) / f"evenhand-{uuid4().hex}"
        self.incoming = place.with_name(f"{place.name}.incoming")
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(self.path, config=_CONFIG)
        except duckdb.IOException as error:
            if "lock" in str(error):
                raise WorkspaceBusyError(self.path) from error
            raise SettingError(
                f"{self.path} cannot be opened as a workspace: {error}", value=self.path
            ) from error
        self._connection.execute("set enable_progress_bar = false")
        self._migrate()
        # What an earlier process left there was never taken in.
        shutil.rmtree(self.incoming, ignore_errors=True)
        folder = str(self.incoming).replace("'", "''")
        self._connection.execute(f"set allowed_directories = ['{folder}']")
        # Last: from here on not even a statement of ours reads or writes any other file.
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    def close(self) -> None:
        self._connection.close()
        shutil.rmtree(self.incoming, ignore_errors=True)

    @contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for one use: one shared by threads loses rows without an error."""
        with self._connection.cursor() as cursor:
            yield cursor

    @contextmanager
    def transaction(self, *, changes_data: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside one transaction: all of it is stored, or nothing.

        Readers see the state before or after, never between. The data version, which names
        every answer derived from this workspace, moves with the commit; ``changes_data`` is
        false for what no answer is derived from, such as decisions.
        """
        with self._writer, self.cursor() as db:
            db.execute("begin transaction")
            try:
                yield db
                if changes_data:
                    db.execute("update meta set data_version = data_version + 1")
            except BaseException:
                db.execute("rollback")
                raise
            db.execute("commit")
            # Into the file itself, so that a copy of it alone is whole; readers may prevent it.
            with suppress(duckdb.TransactionException):
                db.execute("checkpoint")

    @property
    def data_version(self) -> int:
        with self.cursor() as db:
            return db.execute("select data_version from meta").fetchall()[0][0]

    def newest_event(self, until: date) -> date | None:
        """The newest day on which something happened in the CRM, no later than ``until``."""
        with self.cursor() as db:
            return db.execute(
                """
                select max(day) from (
                    select created_on as day from raw_opportunities
                    union all
                    select coalesce(closed_on, close_date) from raw_opportunities
                    where outcome in ('won', 'lost')
                ) as events
                where day <= $until
                """,
                {"until": until},
            ).fetchall()[0][0]

    def marts(
        self,
        names: Sequence[str],
        *,
        as_of: date,
        period_start: date,
        period_end: date,
        period_kind: str,
    ) -> dict[str, pd.DataFrame]:
        """The named marts, from what was known at the end of ``as_of``.

        The tables are temporary and private to the call, so two managers can ask about two
        dates at once.

        Parameters
        ----------
        names
            Files of ``sql/marts``.
        as_of
            Last day whose events are known.
        period_start, period_end
            Goal period: its first day, and the first day after it.
        period_kind
            ``year``, ``quarter``, ``month`` or ``week``.

        Returns
        -------
        Rows of each mart by its name; columns and units stand at the top of its SQL file.
        """
        with self.cursor() as db:
            db.execute(
                """
                create temp table run as select
                    $as_of::date as as_of,
                    $period_start::date as period_start,
                    $period_end::date as period_end,
                    $period_kind as period_kind
                """,
                {
                    "as_of": as_of,
                    "period_start": period_start,
                    "period_end": period_end,
                    "period_kind": period_kind,
                },
            )
            checks = _checks() if CHECKED in names else ()
            wanted = [query("marts", name) for name in names]
            wanted += [query("checks", name) for name in checks]
            passing = sum(DEALS in text for text in wanted) <= READERS_OF_A_VIEW + len(checks)
            for name in _needed(wanted):
                made = "view" if passing and name == DEALS else "table"
                db.execute(f"create temp {made} {name} as {query('staging', name)}")
            for name in checks:
                offenders = db.execute(query("checks", name)).fetchall()
                if offenders:
                    raise AssertionError(f"{name}: {len(offenders)} rows, first {offenders[0]}")
            return {name: db.execute(query("marts", name)).df() for name in names}

    def _migrate(self) -> None:
        """Bring the file to this version: one transaction a step, each with its checksum."""
        db = self._connection
        db.execute(
            "create table if not exists migrations (number INTEGER, sha256 VARCHAR, name VARCHAR)"
        )
        done = dict(db.execute("select number, sha256 from migrations").fetchall())
        for path in sorted((HERE / "migrations").glob("*.sql")):
            number, text = int(path.stem.split("_")[0]), path.read_text("utf-8")
            checksum = hashlib.sha256(text.encode()).hexdigest()
            if number in done:
                if done[number] != checksum:
                    raise AssertionError(f"{path.name} was changed after it had been applied")
                continue
            db.execute("begin transaction")
            db.execute(text)
            db.execute("insert into migrations values (?, ?, ?)", [number, checksum, path.stem])
            db.execute("commit")
        for contract in CONTRACTS.values():
            store.make_room(db, contract)
            if 1 in done and 2 not in done:
                state.settle_all(db, contract)


_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Files of this version stay readable for the DuckDB before it.
    "storage_compatibility_version": "v1.5.0",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    # A mistyped table must fail, not be looked up among Python's variables.
    "python_enable_replacements": False,
    # Every result says its order; keeping that of the input costs a third of a large load.
    "preserve_insertion_order": False,
    # Larger work goes to disk, so that one upload cannot take the machine.
    "memory_limit": "400MB",
}


@cache
def _checks() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (HERE / "sql" / "checks").glob("*.sql")))


def _needed(texts: Sequence[str]) -> list[str]:
    """The staging tables that queries name, themselves or by one another, in build order."""
    needed: list[str] = []
    for name in reversed(STAGING):
        if any(name in text for text in (*texts, *(query("staging", one) for one in needed))):
            needed.append(name)
    return needed[::-1]


@cache
def query(folder: str, name: str) -> str:
    """The text of one SELECT under ``sql/``."""
    return (HERE / "sql" / folder / f"{name}.sql").read_text("utf-8")
