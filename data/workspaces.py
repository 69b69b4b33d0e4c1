"""Where workspaces live: one DuckDB file each, outside the source tree."""

import os
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time
from pathlib import Path

from data.ingest import commit
from data.review import review
from data.synthetic import Language, sample_company, write
from data.warehouse import Warehouse

WORKSPACES = ("sample", "sample_even", "mine")
"""The sample company, its twin whose reps do not differ, and the user's own data."""


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """The folder of the workspaces: ``EVENHAND_DATA``, else the system's place for app data."""
    if chosen := environment.get("EVENHAND_DATA"):
        return Path(chosen).expanduser()
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home()) / "evenhand"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "evenhand"
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "evenhand"


def open_workspace(name: str, folder: Path) -> Warehouse:
    """Open a workspace; a sample is generated when it is opened for the first time.

    Raises
    ------
    WorkspaceBusyError
        Another process has it open.
    """
    if name not in WORKSPACES:
        raise ValueError(f"workspace must be one of {WORKSPACES}, got {name!r}")
    warehouse = Warehouse(folder / f"{name}.duckdb")
    if name != "mine" and warehouse.data_version == 0:
        load_sample(warehouse, effects=name == "sample")
    return warehouse


def load_sample(
    warehouse: Warehouse,
    *,
    seed: int = 7,
    effects: bool = True,
    format_name: str = "evenhand",
    language: Language = "en",
    folder: Path | None = None,
) -> list[Path]:
    """Generate the sample company, write it as the files of a CRM and take those in.

    They are kept where there is a ``folder``; their paths are returned.
    """
    company = sample_company(seed=seed, effects=effects)
    with tempfile.TemporaryDirectory() as passing:
        files = write(company, folder or Path(passing), format_name, language)
        # Most of a review runs inside DuckDB, so files can be read side by side.
        with ThreadPoolExecutor() as pool:
            reviews = list(
                pool.map(lambda path: review(path.read_bytes(), path.name, warehouse), files)
            )
    commit(
        warehouse,
        reviews,
        by="sample",
        at=datetime.combine(company.as_of, time(), UTC).replace(tzinfo=None),
        as_of=company.as_of,
    )
    return files
