"""What is said of each CRM names only what there is, and says how well it is known."""

import re

import pytest

from data.contracts import CONTRACTS, OUTCOMES
from data.formats import formats, normalise

HAN = re.compile(r"[\u4e00-\u9fff]")
NOT_KEPT = re.compile(r"phone|mobile|first ?name|last ?name|手机|电话|姓名")


def test_formats_name_only_columns_and_outcomes_that_there_are():
    for format_ in formats().values():
        for entity, columns in format_.entities.items():
            mapped = {column.name for column in CONTRACTS[entity].mapped}
            assert set(columns) <= mapped, (format_.name, entity)
            assert set(format_.constants.get(entity, {})) <= mapped
        assert {*format_.stages.values(), *format_.statuses.values()} <= set(OUTCOMES)
        assert {*format_.left_out, *format_.cautions} <= format_.entities.keys()
        for wanted in format_.owner_change.columns.values():
            assert {"item", "owner"} <= {*wanted.values()} <= {"item", "name", "account", "owner"}


def test_every_format_says_of_every_entity_and_language_how_well_it_is_known():
    for format_ in formats().values():
        known = {entity: _languages(columns) for entity, columns in format_.entities.items()}
        expected = {*known} | {
            f"{entity}_zh" for entity, languages in known.items() if languages == {"zh", "en"}
        }
        missing = expected - format_.evidence.keys()
        chinese_alone = {"fxiaoke", "worktile", "pingcode"}
        if format_.name in chinese_alone:  # an odd technical name makes no second language
            missing = {name for name in missing if not name.endswith("_zh")}
        assert not missing, format_.name
        assert format_.evidence.keys() <= expected | {f"{entity}_zh" for entity in known}
        assert {*format_.evidence.values()} <= {"verified", "docs", "unverified"}


def test_the_language_of_a_header_decides_how_well_a_format_is_known():
    zoho = formats()["zoho"]

    assert zoho.evidence_of("opportunities", ["Deal Name", "Stage"]) == "verified"
    assert zoho.evidence_of("opportunities", ["商机名称", "Stage"]) == "docs"
    assert zoho.evidence_of("pulse", ["Question"]) == ""


def _languages(columns) -> set[str]:
    """Languages in which there are headers for more than an odd column or two."""
    names = [name for headers in columns.values() for name in headers]
    chinese = sum(bool(HAN.search(name)) for name in names)
    counts = {"zh": chinese, "en": len(names) - chinese}
    return {language for language, count in counts.items() if count > 2}


def test_no_format_names_one_header_for_two_columns_but_to_know_people_by_their_id():
    for format_ in formats().values():
        for entity, columns in format_.entities.items():
            names = [
                name
                for column, headers in columns.items()
                for name in headers
                if not (column == "owner" and name in columns.get("owner_id", ()))
            ]
            assert len(names) == len(set(names)), (format_.name, entity)


def test_nothing_of_a_contact_is_kept_but_whose_it_is():
    assert [column.name for column in CONTRACTS["contacts"].columns] == [
        "contact_id",
        "account_id",
        "account",
        "owner",
    ]
    for format_ in formats().values():
        for names in format_.entities.get("contacts", {}).values():
            assert not any(map(NOT_KEPT.search, names)), format_.name


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("客户名称_唯一性ID（必填）", "客户名称唯一性id"),
        ("\ufeff“Deal  Owner”*", "dealowner"),
        ("Close\nDate (required)", "closedate"),
        ("CLOSE_DATE", "closedate"),
        ("ＩＤ", "id"),
    ],
)
def test_headers_are_compared_without_what_exports_vary(raw, normal):
    assert normalise(raw) == normal


def test_the_default_order_of_a_format_is_one_that_there_is():
    assert {format_.date_order for format_ in formats().values()} <= {"%m/%d/%Y", "%d/%m/%Y"}
