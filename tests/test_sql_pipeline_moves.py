"""What was open on the eve of a period, and what has become of it, as the exports tell it."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from data.warehouse import Warehouse
from tests.files import BASE, load

HEADER = f"{BASE},amount,created_on,expected_on,closed_on"
PEOPLE = "name,team\nAnn,north\nBob,south\n"
THEN, NOW = date(2026, 3, 10), date(2026, 3, 31)
START = date(2026, 3, 15)

BEFORE = f"""{HEADER}
grown,Ann,Talks,100,2026-01-01,2026-03-20,
moved,Ann,Talks,200,2026-01-01,2026-03-20,
given,Ann,Talks,300,2026-01-01,2026-03-20,
won,Ann,Talks,400,2026-01-01,2026-03-20,
void,Ann,Talks,500,2026-01-01,2026-03-20,
back,Ann,Lost,600,2026-01-01,,2026-03-01
past,Ann,Lost,700,2026-01-01,,2026-03-01
"""
AFTER = f"""{HEADER}
grown,Ann,Talks,150,2026-01-01,2026-03-20,
moved,Ann,Talks,200,2026-01-01,2026-05-20,
given,Bob,Talks,300,2026-01-01,2026-03-20,
won,Ann,Won,450,2026-01-01,,2026-03-25
void,Ann,Duplicate,500,2026-01-01,2026-03-20,
back,Ann,Talks,600,2026-01-01,2026-06-20,
past,Ann,Lost,700,2026-01-01,,2026-03-01
new,Ann,Talks,800,2026-03-18,2026-06-20,
short,Ann,Lost,900,2026-03-18,,2026-03-28
"""


def moves(
    warehouse: Warehouse, start: date = START, as_of: date = NOW
) -> dict[str, dict[str, Any]]:
    frame = warehouse.marts(
        ["pipeline_moves"], as_of=as_of, period_start=start, period_end=date(2026, 4, 1),
        period_kind="week",
    )["pipeline_moves"]  # fmt: skip
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    return {row["opportunity_id"]: row for row in rows}


@pytest.fixture
def told() -> dict[str, dict[str, Any]]:
    warehouse = Warehouse()
    load(warehouse, PEOPLE, file="reps.csv")
    load(warehouse, BEFORE, as_of=THEN)
    load(warehouse, AFTER, as_of=NOW)
    return moves(warehouse)


def test_what_had_ended_before_is_left_out(told):
    assert set(told) == {"grown", "moved", "given", "won", "void", "back", "new", "short"}


def test_value_owner_team_and_day_are_those_of_either_export(told):
    assert (told["grown"]["value_then"], told["grown"]["value"]) == (100, 150)
    assert (told["given"]["rep_then"], told["given"]["team_then"]) == ("Ann", "north")
    assert (told["given"]["rep"], told["given"]["team"]) == ("Bob", "south")
    assert f"{told['moved']['due_then']:%m-%d} {told['moved']['due']:%m-%d}" == "03-20 05-20"
    assert (told["won"]["value_then"], told["won"]["value"]) == (400, 450)
    assert {row["known_on"] for row in told.values() if row["open_then"]} == {pd.Timestamp(THEN)}


def test_what_was_closed_then_and_is_open_again_was_not_open_then(told):
    assert (told["back"]["begun_before"], told["back"]["open_then"]) == (True, False)
    assert (told["new"]["begun_before"], told["new"]["open_then"]) == (False, False)


def test_what_turned_out_to_be_void_was_open_then(told):
    assert (told["void"]["outcome"], told["void"]["open_then"]) == ("void", True)
    assert told["void"]["value"] == told["void"]["value_then"] == 500


def test_one_export_tells_dates_and_nothing_else():
    warehouse = Warehouse()
    load(warehouse, AFTER, as_of=NOW)
    rows = moves(warehouse)

    assert rows["won"]["open_then"]
    assert not rows["short"]["open_then"]
    assert rows["grown"]["known_on"] is None
    assert rows["grown"]["value_then"] == rows["grown"]["value"] == 150
    assert "void" not in rows


def test_before_the_first_export_the_oldest_tells_of_then():
    warehouse = Warehouse()
    load(warehouse, BEFORE, as_of=THEN)
    load(warehouse, AFTER, as_of=NOW)
    rows = moves(warehouse, date(2026, 2, 1))

    assert rows["grown"]["value_then"] == 100
    assert rows["past"]["open_then"]


def test_without_an_amount_an_opportunity_is_worth_the_average_of_its_product():
    warehouse = Warehouse()
    header = f"{BASE},product,amount,created_on,closed_on"
    text = "w,Ann,Won,Pump,300,2026-01-01,2026-02-01\no,Ann,Talks,Pump,,2026-01-01,\n"
    load(warehouse, f"{header}\n{text}", as_of=NOW)
    [row] = moves(warehouse).values()

    assert (row["opportunity_id"], row["value"], row["value_then"]) == ("o", 300, 300)


def test_amounts_of_another_currency_are_compared_in_the_main_one():
    warehouse = Warehouse()
    header = f"{BASE},amount,currency,created_on"
    rates = "currency,per,rate,valid_from\nUSD,EUR,0.5,\n"
    load(warehouse, rates, file="rates.csv")
    filler = "".join(f"e{n},Ann,Talks,10,EUR,2026-01-01\n" for n in range(3))
    load(warehouse, f"{header}\n{filler}u,Ann,Talks,100,USD,2026-01-01\n", as_of=THEN)
    load(warehouse, f"{header}\n{filler}u,Ann,Talks,160,USD,2026-01-01\n", as_of=NOW)
    row = moves(warehouse)["u"]

    assert (row["value_then"], row["value"]) == (50, 80)


THRICE = {
    date(2026, 1, 1): "a,Ann,Talks,100,2025-12-01,2026-05-01,\nv,Ann,Talks,70,2025-12-01,,",
    date(2026, 2, 1): "a,Ann,Offer,100,2025-12-01,2026-05-01,\nv,Ann,Talks,70,2025-12-01,,",
    date(2026, 3, 1): "a,Bob,Close,300,2025-12-01,2026-09-01,\nv,Ann,Duplicate,70,2025-12-01,,",
}


def seen_on(as_of: date, start: date) -> dict[str, dict[str, Any]]:
    warehouse = Warehouse()
    load(warehouse, PEOPLE, file="reps.csv")
    for number, (day, text) in enumerate(THRICE.items()):
        load(warehouse, f"{HEADER}\n{text}\n", as_of=day, file=f"deals{number}.csv")
    return moves(warehouse, start, as_of)


def test_on_a_past_day_a_later_export_says_nothing():
    row = seen_on(date(2026, 2, 10), date(2026, 1, 16))["a"]

    assert (row["value_then"], row["value"], row["rep_then"], row["rep"]) == (
        100, 100, "Ann", "Ann",
    )  # fmt: skip
    assert (row["stage_then"], row["stage"]) == ("Talks", "Offer")
    assert (row["outcome"], row["team"]) == ("open", "north")
    assert row["due"] == row["due_then"] == pd.Timestamp("2026-05-01")


def test_what_turned_out_to_be_void_later_is_open_on_a_past_day():
    row = seen_on(date(2026, 2, 10), date(2026, 1, 16))["v"]

    assert (row["outcome"], row["open_then"], row["value"]) == ("open", True, 70)
    assert seen_on(date(2026, 3, 10), date(2026, 2, 15))["v"]["outcome"] == "void"


def test_once_the_later_export_is_there_it_tells():
    row = seen_on(date(2026, 3, 10), date(2026, 2, 15))["a"]

    assert (row["value_then"], row["value"], row["rep_then"], row["rep"]) == (
        100, 300, "Ann", "Bob",
    )  # fmt: skip
    assert f"{row['due']:%m-%d}" == "09-01"


def test_without_days_of_creation_the_first_export_that_has_one_tells_when_it_came():
    warehouse = Warehouse()
    header = f"{BASE},amount"
    load(warehouse, f"{header}\na,Ann,Talks,100\n", as_of=THEN)
    load(warehouse, f"{header}\na,Ann,Talks,100\nb,Ann,Talks,900\n", as_of=NOW, file="b.csv")
    rows = moves(warehouse)

    assert (rows["a"]["open_then"], rows["a"]["begun_before"]) == (True, True)
    assert (rows["b"]["open_then"], rows["b"]["begun_before"]) == (False, False)
    # Nobody knows how long before the first export what it has had begun.
    assert moves(warehouse, date(2026, 3, 1))["a"]["begun_before"]
    assert set(moves(warehouse, date(2026, 3, 12), date(2026, 3, 20))) == {"a"}


def test_who_is_known_by_an_id_is_called_by_the_name_of_the_table_of_people():
    warehouse = Warehouse()
    load(warehouse, "name,team,rep_id\nAnn,north,7\n", file="reps.csv")
    header = f"{BASE},amount,created_on,owner_id"
    for day, amount in ((THEN, 100), (NOW, 150)):
        text = f"{header}\na,A. Lee,Talks,{amount},2026-01-01,7\n"
        load(warehouse, text, as_of=day, file=f"{day}.csv")
    row = moves(warehouse)["a"]

    assert (row["rep"], row["team"], row["rep_then"]) == ("Ann", "north", "Ann")
