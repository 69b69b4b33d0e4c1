"""What is said of each CRM names only what there is."""

import pytest

from data.contracts import CONTRACTS, OUTCOMES
from data.formats import formats, normalise


def test_formats_name_only_columns_and_outcomes_that_there_are():
    for format_ in formats().values():
        for entity, columns in format_.entities.items():
            mapped = {column.name for column in CONTRACTS[entity].mapped}
            assert set(columns) <= mapped, (format_.name, entity)
            assert set(format_.constants.get(entity, {})) <= mapped
        assert {*format_.stages.values(), *format_.statuses.values()} <= set(OUTCOMES)
        assert set(format_.evidence.values()) <= {"verified", "docs", "unverified"}
        if format_.owner_change:
            assert {"opportunity_id", "owner"} <= set(format_.owner_change.columns.values())


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


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("客户名称_唯一性ID（必填）", "客户名称 唯一性id"),
        ("\ufeff“Deal  Owner”*", "deal owner"),
        ("Close\nDate (required)", "close date"),
        ("ＩＤ", "id"),
    ],
)
def test_headers_are_compared_without_what_exports_vary(raw, normal):
    assert normalise(raw) == normal


def test_the_default_order_of_a_format_is_one_that_there_is():
    assert {format_.date_order for format_ in formats().values()} <= {"%m/%d/%Y", "%d/%m/%Y"}
