"""Former owners of open opportunities, as several exports of them tell."""

from datetime import date

from data.warehouse import Warehouse
from tests.files import BASE, load

DAYS = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30))


def past_owners(*owners: str, stage: str = "Talks", as_of: date = DAYS[3]) -> list[tuple]:
    """Former owners of an opportunity whose exports name these owners, one a month."""
    warehouse = Warehouse()
    for number, (day, owner) in enumerate(zip(DAYS, owners, strict=False)):
        load(warehouse, f"{BASE},amount\n1,{owner},{stage},{number}", as_of=day)
    frame = warehouse.marts(
        ["past_owners"],
        as_of=as_of,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 4, 1),
        period_kind="quarter",
    )["past_owners"]
    warehouse.close()
    return list(frame.itertuples(index=False, name=None))


def test_the_last_owner_before_the_present_one_comes_first():
    assert past_owners("Anna", "Ben", "Cem") == [("1", "Ben", 1), ("1", "Anna", 2)]


def test_who_owns_it_again_is_no_former_owner():
    assert past_owners("Anna", "Ben", "Anna") == [("1", "Ben", 1)]


def test_who_owned_it_twice_counts_once_by_the_later_time():
    assert past_owners("Anna", "Ben", "Anna", "Cem") == [("1", "Anna", 1), ("1", "Ben", 2)]


def test_one_export_and_closed_opportunities_tell_nothing():
    assert past_owners("Anna") == []
    assert past_owners("Anna", "Ben", stage="Closed Won") == []


def test_later_exports_are_not_known_yet():
    assert past_owners("Anna", "Ben", "Cem", as_of=DAYS[0]) == []
