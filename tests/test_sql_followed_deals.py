"""Opportunities that follow-ups are about, whatever became of them."""

from datetime import date, datetime

import pytest

from analytics.followups import About, identity
from data import journal
from data.warehouse import Warehouse
from tests.files import load

AT = datetime(2026, 3, 2, 9)  # noqa: DTZ001

DEALS = """opportunity_id,owner,stage,amount,created_on,expected_on,closed_on
won,Ann,Won,100,2026-01-02,,2026-03-20
odd one,Ann,Proposal,200,2026-01-02,2026-05-01,
other,Ann,Proposal,300,2026-01-02,2026-05-01,
"""


def followed(as_of: date, *abouts: About) -> list[tuple]:
    warehouse = Warehouse()
    load(warehouse, DEALS)
    for about in abouts:
        subject = identity(about, AT)
        journal.append(warehouse, kind="follow_up", subject=subject, content={}, by="Bo", at=AT)
    frame = warehouse.marts(
        ["followed_deals"], as_of=as_of, period_start=date(2026, 1, 1),
        period_end=date(2026, 4, 1), period_kind="quarter",
    )["followed_deals"]  # fmt: skip
    warehouse.close()
    columns = ["opportunity_id", "outcome", "amount"]
    return list(frame[columns].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("as_of", "outcome"), [(date(2026, 3, 19), "open"), (date(2026, 3, 20), "won")]
)
def test_an_opportunity_counts_as_closed_from_its_day_on(as_of, outcome):
    assert followed(as_of, About("deal", "opportunity", "won")) == [("won", outcome, 100.0)]


def test_one_that_two_are_about_is_one_whatever_signs_its_id_has():
    one = About("deal", "opportunity", "odd one")
    risk = About("flag", "opportunity", "odd one", flag="stalled")

    assert followed(date(2026, 4, 1), one, risk) == [("odd one", "open", 200.0)]


def test_what_is_about_people_names_no_opportunity():
    assert followed(date(2026, 4, 1), About("revenue", "rep", "other")) == []
