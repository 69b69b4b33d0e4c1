"""Stages in which older exports showed opportunities that have closed since."""

from datetime import date

from data.warehouse import Warehouse
from tests.files import BASE, load

HEADER = f"{BASE},created_on,closed_on"


def past_stages(warehouse: Warehouse, as_of: date = date(2026, 3, 31)) -> list[tuple]:
    frame = warehouse.marts(
        ["past_stages"],
        as_of=as_of,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 4, 1),
        period_kind="quarter",
    )["past_stages"]
    return list(
        frame[["opportunity_id", "stage", "age_days", "won"]].itertuples(index=False, name=None)
    )


def four_exports() -> Warehouse:
    exports = {
        date(2026, 1, 11): "1,Ann,Talks,2026-01-01,\n2,Bob,Talks,2026-01-01,",
        date(2026, 1, 21): "1,Ann,Talks,2026-01-01,\n2,Bob,Offer,2026-01-01,",
        date(2026, 1, 31): "1,Ann,Closed Won,2026-01-01,2026-01-25\n2,Bob,Talks,2026-01-01,",
        date(2026, 2, 10): "2,Bob,Closed Lost,2026-01-01,2026-02-01\n3,Bob,Offer,2026-01-01,",
    }
    warehouse = Warehouse()
    for day, text in exports.items():
        load(warehouse, f"{HEADER}\n{text}", as_of=day)
    return warehouse


def test_each_stage_of_a_closed_opportunity_is_known_with_its_newest_age():
    assert past_stages(four_exports()) == [
        ("1", "Talks", 20, 1),
        ("2", "Offer", 20, 0),
        ("2", "Talks", 30, 0),
    ]


def test_what_was_not_closed_yet_tells_nothing():
    assert past_stages(four_exports(), as_of=date(2026, 1, 31)) == [("1", "Talks", 20, 1)]


def test_a_stage_that_was_out_of_date_tells_nothing():
    warehouse = Warehouse()
    for day, text in {
        date(2026, 1, 31): "1,Ann,Talks,2026-01-01,",
        date(2026, 2, 10): "1,Ann,Closed Won,2026-01-01,2026-01-31",
    }.items():
        load(warehouse, f"{HEADER}\n{text}", as_of=day)

    assert past_stages(warehouse) == []


def test_one_export_tells_nothing():
    warehouse = Warehouse()
    load(warehouse, f"{HEADER}\n1,Ann,Closed Won,2026-01-01,2026-01-25", as_of=date(2026, 2, 1))

    assert past_stages(warehouse) == []
