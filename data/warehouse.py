"""A workspace's DuckDB file: uploaded rows are stored, everything else is derived from them.

Each file under ``sql/`` is one SELECT named after the table it makes, in the portable subset
of DuckDB's dialect. ``run``, a table of one row, carries the scope into them.
"""

import hashlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd

from data.contracts import CONTRACTS, SQL_TYPES, Contract
from data.errors import SettingError, WorkspaceBusyError

HERE = Path(__file__).parent

# In build order. Adding a table means adding its file and its line here.
STAGING = (
    "stg_people",
    "stg_owner_labels",
    "stg_opportunities",
    "stg_reps",
)
MARTS = (
    "win_cells",
    "open_items",
    "rep_results",
    "goal_progress",
    "monthly_flow",
    "ownership_facts",
    "coverage",
)


class Warehouse:
    """One workspace, shared by every session of the app; a cursor per use.

    Parameters
    ----------
    path
        The database file; created, with its folder, when absent.

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
        if self.path != ":memory:":
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = duckdb.connect(self.path, config=_CONFIG)
        except duckdb.IOException as error:
            if "lock" in str(error):
                raise WorkspaceBusyError(self.path) from error
            raise SettingError(
                f"{self.path} cannot be opened as a workspace: {error}", value=self.path
            ) from error
        self._migrate()
        # Last: from here on not even a statement of ours reads or writes another file.
        self._connection.execute("set enable_external_access = false")
        self._connection.execute("set lock_configuration = true")

    def close(self) -> None:
        self._connection.close()

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
            Members of ``MARTS``.
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
            for name in STAGING:
                db.execute(f"create temp table {name} as {query('staging', name)}")
            for name in sorted(path.stem for path in (HERE / "sql" / "checks").glob("*.sql")):
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
            for statement in _tables(contract):
                db.execute(statement)


_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    # Files of this version stay readable for the DuckDB before it.
    "storage_compatibility_version": "v1.5.0",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    # A mistyped table must fail, not be looked up among Python's variables.
    "python_enable_replacements": False,
}


def _tables(contract: Contract) -> tuple[str, str]:
    columns = ", ".join(f"{column.name} {SQL_TYPES[column.type]}" for column in contract.columns)
    return (
        f"create table if not exists raw_{contract.name} ({columns}, upload_id BIGINT, as_of DATE)",
        f"create table if not exists snap_{contract.name} "
        f"(upload_id BIGINT, row_no BIGINT, {columns})",
    )


@cache
def query(folder: str, name: str) -> str:
    """The text of one SELECT under ``sql/``."""
    return (HERE / "sql" / folder / f"{name}.sql").read_text("utf-8")
