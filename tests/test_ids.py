"""Ids of any export of a CRM become one and the same."""

import string

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.formats import formats
from data.ids import prepared_id

DB = duckdb.connect()
CHECK = string.ascii_uppercase + "012345"


def spelled(cells: list[str], format_: str) -> list[str | None]:
    query = f"select {prepared_id('cell', formats()[format_])} from (select unnest(?) as cell)"
    return [value for (value,) in DB.execute(query, [cells]).fetchall()]


@pytest.mark.parametrize(
    ("cell", "format_", "id_"),
    [
        ("zcrm_3652397000000649013", "zoho", "3652397000000649013"),
        ("006xx000003GYkJ", "salesforce", "006xx000003GYkJAAW"),
        ("006xx000003GYkJAAW", "salesforce", "006xx000003GYkJAAW"),
        (
            "{F01251E5-96A3-448D-981E-0F99D789110D}",
            "dynamics365",
            "f01251e5-96a3-448d-981e-0f99d789110d",
        ),
        ("F01251E5-96A3-448D-981E-0F99D789110D", "generic", "f01251e5-96a3-448d-981e-0f99d789110d"),
        ("1;2", "hubspot", "1"),
        ("7 | 8", "generic", "7"),
        ("0012", "generic", "0012"),
        ("9007199254740993123", "generic", "9007199254740993123"),
        ("__export__.crm_lead_42_ab12cd34", "odoo", "__export__.crm_lead_42_ab12cd34"),
        ("DEADBEEF", "dynamics365", "DEADBEEF"),
        (";", "hubspot", None),
    ],
)
def test_an_id_has_one_spelling(cell, format_, id_):
    assert spelled([cell], format_) == [id_]


@given(st.lists(st.text(string.ascii_letters + string.digits, min_size=15, max_size=15)))
@settings(max_examples=30, deadline=None)
def test_fifteen_characters_gain_three_that_keep_their_case(ids):
    long = [
        id_
        + "".join(
            CHECK[sum(1 << place for place, letter in enumerate(part) if letter.isupper())]
            for part in (id_[:5], id_[5:10], id_[10:])
        )
        for id_ in ids
    ]

    assert spelled(ids, "salesforce") == long
    assert spelled(long, "salesforce") == long


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


@given(st.lists(CELL, min_size=1))
@settings(max_examples=20, deadline=None)
def test_spelling_an_id_again_changes_nothing(cells):
    for format_ in ("salesforce", "zoho", "dynamics365"):
        once = [id_ for id_ in spelled(cells, format_) if id_ and not id_.startswith("zcrm_")]

        assert spelled(once, format_) == once
