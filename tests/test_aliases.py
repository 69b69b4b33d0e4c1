"""Labels that may mean one: proposed, decided by a person, never merged silently."""

from datetime import datetime

import pytest

from data.aliases import AliasProposal, decide, proposals

AT = datetime(2026, 4, 1)  # noqa: DTZ001
PRODUCTS = """
    product
    GTX Pro
    GTX Basic
"""


def owners(*names: str) -> str:
    lines = [f"d{n} | {name}" for n, name in enumerate(names)]
    return "\n".join(["opportunity_id | owner", *lines])


def test_a_label_that_differs_in_blanks_case_or_marks_is_proposed_with_its_rows(stored):
    warehouse = stored(
        products=PRODUCTS,
        opportunities="""
            opportunity_id | product
            1              | GTXPro
            2              | GTXPro
            3              | gtx-basic
            4              | GTX Pro
            5              | GTX Plus
        """,
    )

    assert proposals(warehouse) == [
        AliasProposal("product", "GTXPro", "GTX Pro", 2),
        AliasProposal("product", "gtx-basic", "GTX Basic", 1),
    ]


@pytest.mark.parametrize("found", ["SMITH, John", "john smith", "John  Smith", "ＪＯＨＮ Smith"])
def test_a_person_written_otherwise_is_proposed(stored, found):
    warehouse = stored(reps="rep_id | name\n7 | John Smith", opportunities=owners(found, "7"))

    assert proposals(warehouse) == [AliasProposal("owner", found, "John Smith", 1)]


@pytest.mark.parametrize("found", ["Rob Lee", "Bob", "Bob Lee Jr", "bob@x.org", "b1", "Bob Lee"])
def test_another_person_and_one_known_already_are_not_proposed(stored, found):
    warehouse = stored(
        reps="rep_id | name | email\nb1 | Bob Lee | bob@x.org", opportunities=owners(found)
    )

    assert proposals(warehouse) == []


def test_a_label_like_two_known_ones_is_not_proposed(stored):
    warehouse = stored(
        reps="rep_id | name\n1 | Li Na\n2 | Na Li", opportunities=owners("LI NA", "li-na")
    )

    assert proposals(warehouse) == []


def test_nothing_is_proposed_where_nothing_is_known(stored):
    assert proposals(stored(opportunities=owners("Ann", "ann"))) == []


def test_an_account_known_by_name_leads_to_its_id(stored):
    warehouse = stored(
        accounts="account_id | account\n001 | Acme Corp.",
        opportunities="opportunity_id | account\n1 | ACME Corp\n2 | Acme Corp.",
    )

    assert proposals(warehouse) == [
        AliasProposal("account", "ACME Corp", "001", 1),
        AliasProposal("account", "Acme Corp.", "001", 1),
    ]


@pytest.mark.parametrize("decision", ["merge", "apart"])
def test_what_is_decided_is_not_asked_again_and_can_be_decided_anew(stored, decision):
    warehouse = stored(products=PRODUCTS, opportunities="opportunity_id | product\n1 | GTXPro")

    decide(warehouse, "product", "GTXPro", "GTX Pro", decision, by="ann", at=AT)

    assert proposals(warehouse) == []
    decide(warehouse, "product", "GTXPro", "GTX Pro", "merge", by="bob", at=AT)
    with warehouse.cursor() as db:
        assert db.execute("from aliases").fetchall() == [
            ("product", "GTXPro", "GTX Pro", "merge", "bob", AT)
        ]
