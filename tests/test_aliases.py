"""Labels that may mean one: proposed, decided by a person, never merged silently."""

from datetime import datetime

import pytest

from data.aliases import AliasProposal, NotAPerson, decide, not_people, proposals

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


@pytest.mark.parametrize(
    "found",
    [
        "SMITH, John",
        "john smith",
        "John  Smith",
        "ＪＯＨＮ Smith",
        "Dr. John Smith",
        "Smith, Mr John",
        "John Smith (john@x.com)",
        "John Smith <john@x.com>",
    ],
)
def test_a_person_written_otherwise_is_proposed(stored, found):
    warehouse = stored(reps="rep_id | name\n7 | John Smith", opportunities=owners(found, "7"))

    assert proposals(warehouse) == [AliasProposal("owner", found, "John Smith", 1)]


@pytest.mark.parametrize("found", ["Rob Lee", "Bob", "Bob Lee Jr", "bob@x.org", "b1", "Bob Lee"])
def test_another_person_and_one_known_already_are_not_proposed(stored, found):
    warehouse = stored(
        reps="rep_id | name | email\nb1 | Bob Lee | bob@x.org", opportunities=owners(found)
    )

    assert proposals(warehouse) == []


@pytest.mark.parametrize("found", ["<JS@x.com>", "J. S. (js@x.com)", "Bob Lee [js@x.com]"])
def test_a_mail_address_goes_before_the_name_beside_it(stored, found):
    warehouse = stored(
        reps="rep_id | name | email\n1 | John Smith | js@x.com\n2 | Bob Lee |",
        opportunities=owners(found),
    )

    assert proposals(warehouse) == [AliasProposal("owner", found, "John Smith", 1)]


@pytest.mark.parametrize("found", ["John Smith (j2@y.com)", "SMITH, John <j2@y.com>"])
def test_another_mail_address_under_the_same_name_is_another_person(stored, found):
    warehouse = stored(
        reps="rep_id | name | email\n1 | John Smith | js@x.com", opportunities=owners(found)
    )

    assert proposals(warehouse) == []


def test_the_mail_address_of_the_owner_in_a_column_of_its_own_counts_too(stored):
    warehouse = stored(
        reps="rep_id | name | email\n1 | 张三 | zs@x.com",
        opportunities="opportunity_id | owner | owner_email\n1 | San | ZS@x.com",
    )

    assert proposals(warehouse) == [AliasProposal("owner", "San", "张三", 1)]


@pytest.mark.parametrize("mail", ["zhang.san@x.com", "zhangsan2@x.com", "san-zhang@x.com"])
@pytest.mark.parametrize("found", ["Zhang San", "San Zhang", "ZHANGSAN"])
def test_pinyin_leads_to_a_chinese_name_where_the_mail_address_spells_it(stored, mail, found):
    warehouse = stored(
        reps=f"rep_id | name | email\n1 | 张三 | {mail}", opportunities=owners(found)
    )

    assert proposals(warehouse) == [AliasProposal("owner", found, "张三", 1)]


@pytest.mark.parametrize("found", ["Zhang Si", "Li San", "张四"])
def test_another_name_in_pinyin_is_another_person(stored, found):
    warehouse = stored(
        reps="rep_id | name | email\n1 | 张三 | zhang.san@x.com", opportunities=owners(found)
    )

    assert proposals(warehouse) == []


def test_a_mail_address_spells_nobody_who_has_a_latin_name(stored):
    warehouse = stored(
        reps="rep_id | name | email\n1 | Jane Doe | key.accounts@x.com",
        opportunities=owners("Key Accounts"),
    )

    assert proposals(warehouse) == []


@pytest.mark.parametrize("found", ["张三先生", "张三 经理"])
def test_a_chinese_title_is_no_part_of_a_name(stored, found):
    warehouse = stored(reps="rep_id | name\n1 | 张三", opportunities=owners(found))

    assert proposals(warehouse) == [AliasProposal("owner", found, "张三", 1)]


def test_two_people_with_one_name_stay_two(stored):
    warehouse = stored(
        reps="rep_id | name | email\n1 | Li Na | ln1@x.com\n2 | Li Na | ln2@x.com",
        opportunities="""
            opportunity_id | owner           | owner_id
            1              | LI NA           | 1
            2              | LI NA           | 2
            3              | li na           | li na
            4              | Na (ln2@x.com)  | Na (ln2@x.com)
        """,
    )

    assert proposals(warehouse) == [AliasProposal("owner", "Na (ln2@x.com)", "Li Na (2)", 1)]


def test_owners_that_are_no_people_are_told_and_never_merged(stored):
    warehouse = stored(
        reps="""
            rep_id | name             | team
            1      | Deactivated Usor | 华东
            2      | East Queue       | 华东
        """,
        opportunities=owners(
            "Deactivated User", "East Queue", "华东公海", "华东", "EMEA Team", "EMEA Team", "王离",
            "李明（离职）", "EAST QUEUE", "销售一部", "Teamann, Tom", "Quentin Pool-Smith",
        ),
    )  # fmt: skip

    found = {(each.found, each.kind, each.rows) for each in not_people(warehouse)}
    assert found == {
        ("Deactivated User", "left", 1),
        ("华东公海", "pool", 1),
        ("华东", "team", 1),
        ("EMEA Team", "team", 2),
        ("李明（离职）", "left", 1),
        ("EAST QUEUE", "pool", 1),
        ("销售一部", "team", 1),
    }
    assert NotAPerson("EMEA Team", "team", 2) == not_people(warehouse)[0]
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
