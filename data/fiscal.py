"""The month in which the fiscal year begins: what somebody chose last."""

from datetime import datetime

from data import journal
from data.errors import SettingError
from data.warehouse import Warehouse

KIND = "fiscal_year"


def first_month(warehouse: Warehouse) -> int:
    """The month in which years begin, 1 (January) where nobody has chosen one."""
    said = journal.newest(warehouse, KIND)
    return int(said["content"].iloc[-1]["first_month"]) if len(said) else 1


def choose_first_month(warehouse: Warehouse, month: int, by: str, at: datetime) -> None:
    """Let years and quarters begin with another month.

    Raises
    ------
    SettingError
        There is no such month.
    """
    if month not in range(1, 13):
        raise SettingError(
            f"A year begins in a month from 1 to 12, not {month}.",
            setting="first_month",
            value=month,
        )
    journal.append(warehouse, kind=KIND, subject=KIND, content={"first_month": month}, by=by, at=at)
