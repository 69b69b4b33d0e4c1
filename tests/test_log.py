"""The decision log: append-only, the newest word counts."""

from datetime import date, datetime

import pytest

from data.log import decisions, record_decision, standing_decisions


def decide(warehouse, verdict: str, item: str = "o1", to: str = "Bo", by: str = "manager") -> int:
    return record_decision(
        warehouse,
        verdict=verdict,
        item=item,
        from_rep="Ann",
        to_rep=to,
        note="",
        by=by,
        at=datetime(2026, 8, 14, 9, 0),  # noqa: DTZ001
        as_of=date(2026, 8, 14),
        facts={"gain": 12.5},
    )


def test_the_newest_decision_on_an_item_stands(stored):
    warehouse = stored()
    for verdict, item in [("accept", "o1"), ("decline", "o2"), ("decline", "o1"), ("undo", "o2")]:
        decide(warehouse, verdict, item)

    standing = standing_decisions(warehouse)

    assert standing[["item", "verdict"]].to_numpy().tolist() == [["o1", "decline"]]
    assert len(decisions(warehouse)) == 4


def test_what_was_claimed_is_kept_with_the_decision(stored):
    warehouse = stored()
    decide(warehouse, "accept")

    assert decisions(warehouse)["facts"].tolist() == [{"gain": 12.5}]


def test_an_unknown_verdict_is_refused(stored):
    with pytest.raises(ValueError, match="maybe"):
        decide(stored(), "maybe")


def test_everybody_who_says_the_same_in_a_row_backs_a_decision(stored):
    warehouse = stored()
    said = [("ann", "accept", "Bo"), ("cid", "decline", "Bo"), ("bob", "accept", "Bo")]
    said += [("ann", "accept", "Bo"), ("bob", "accept", "Bo"), ("eve", "accept", "Li")]
    backers = []
    for by, verdict, to in said:
        decide(warehouse, verdict, to=to, by=by)
        backers.append(standing_decisions(warehouse)["backed_by"].iloc[0])

    assert backers == [("ann",), ("cid",), ("bob",), ("ann", "bob"), ("ann", "bob"), ("eve",)]
