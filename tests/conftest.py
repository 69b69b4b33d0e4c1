"""Fixtures: a warehouse filled from drawn tables, and a fixed scope."""

from collections.abc import Callable, Iterator
from datetime import date

import pandas as pd
import pytest
from hypothesis import settings

from data import store
from data.contracts import CONTRACTS
from data.warehouse import Warehouse

AS_OF = date(2026, 3, 31)
Q1 = (date(2026, 1, 1), date(2026, 4, 1))

# The same examples each time: a run tells of a change, and never of the draw. New ones are looked
# for with `--hypothesis-profile default`.
settings.register_profile("repeated", derandomize=True)
settings.load_profile("repeated")


def drawn(table: str) -> pd.DataFrame:
    """A table drawn with ``|``: header, then rows; a blank cell is missing."""
    lines = [line.split("|") for line in table.strip().splitlines()]
    header, *rows = ([cell.strip() for cell in line] for line in lines)
    return pd.DataFrame([[cell or None for cell in row] for row in rows], columns=header)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, so that no worker is left with one when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("simulation") is None)


@pytest.fixture
def stored() -> Iterator[Callable[..., Warehouse]]:
    """Fills an empty warehouse: ``stored(opportunities="...", reps="...")``.

    Keys and names that a file would fall back on are filled the same way here.
    """
    opened = []

    def fill(**tables: str) -> Warehouse:
        warehouse = Warehouse()
        opened.append(warehouse)
        with warehouse.transaction() as db:
            for name, table in tables.items():
                frame = drawn(table)
                if name in CONTRACTS:
                    for column in CONTRACTS[name].columns:
                        if column.falls_back in frame and column.name not in frame:
                            frame[column.name] = frame[column.falls_back]
                db.register("frame", frame)
                if name in CONTRACTS:
                    store.add_columns(db, CONTRACTS[name], frame.columns)
                    db.execute(
                        f"insert into rows_{name} by name select *, true as current from frame"
                    )
                else:
                    db.execute(f"insert into {name} by name select * from frame")
                db.unregister("frame")
        return warehouse

    yield fill
    for warehouse in opened:
        warehouse.close()


@pytest.fixture
def mart(stored: Callable[..., Warehouse]) -> Callable[..., list[dict]]:
    """Rows of one mart from drawn tables: ``mart("win_cells", opportunities="...")``."""

    def build(name: str, as_of: date = AS_OF, period: str = "quarter", **tables: str) -> list[dict]:
        start, end = Q1
        rows = stored(**tables).marts(
            [name], as_of=as_of, period_start=start, period_end=end, period_kind=period
        )[name]
        return rows.astype(object).where(rows.notna(), None).to_dict("records")

    return build
