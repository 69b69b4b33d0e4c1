"""A mapping survives being stored, and can be written by hand."""

import json

import pytest

from data.errors import SettingError
from data.mapping import Mapping, nearest


def test_a_mapping_survives_its_json():
    mapping = Mapping(
        "generic",
        "opportunities",
        {"owner": "负责人"},
        constants={"currency": "CNY"},
        date_formats={"close_date": "%d/%m/%Y"},
        decimals={"amount": ","},
        scales={"amount": 10_000.0},
        stages={"谈判": "open", "续约 › 谈判": "won"},
    )

    assert Mapping.from_json(mapping.to_json()) == mapping


def test_a_mapping_can_be_written_by_hand():
    mapping = Mapping.from_toml(b'entity = "reps"\n[columns]\nname = "Nome"\n')

    assert mapping == Mapping("generic", "reps", {"name": "Nome"})


@pytest.mark.parametrize(
    "text",
    [
        "entity = ",
        'entity = "reps"',
        'entity = "contacts"\n[columns]\nphone = "Telefone"\n',
        'entity = "reps"\n[columns]\nsalary = "Pay"\n',
        'entity = "reps"\nformat = "sap"\n[columns]\nname = "Nome"\n',
        'entity = "reps"\ncolumns = "name"\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[date_formats]\nleft_on = "%d-%m-%Y"\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[decimals]\nweekly_hours = ";"\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[stages]\nWon = "gewonnen"\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[scales]\nweekly_hours = 0\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[scales]\nsalary = 2\n',
    ],
)
def test_a_mapping_that_names_what_there_is_not_is_refused(text):
    with pytest.raises(SettingError):
        Mapping.from_toml(text.encode())


def test_a_mapping_stored_before_there_were_scales_can_be_read():
    old = {"format": "generic", "entity": "reps", "columns": {"name": "Nome"}}

    assert Mapping.from_json(json.dumps(old)) == Mapping("generic", "reps", {"name": "Nome"})


NAMES = ("Nr", "Who", "Where", "What", "When")
DEALS = Mapping("generic", "opportunities", {"opportunity_id": "Nr", "owner": "Who"})


def test_the_layout_most_like_a_header_is_the_one_used_again():
    other = Mapping("generic", "opportunities", {"opportunity_id": "Where", "owner": "Who"})
    remembered = [((*NAMES[:4], "Why"), other), (NAMES, DEALS)]

    found = nearest(["NR", "who", "Where", "What", "When", "new"], remembered)

    spelled = {"opportunity_id": "NR", "owner": "who"}
    assert found
    assert found[:2] == (Mapping("generic", "opportunities", spelled), {})


def test_of_layouts_alike_the_newest_is_used():
    newer = Mapping("generic", "opportunities", {"opportunity_id": "Nr", "owner": "Where"})

    assert (nearest(NAMES, [(NAMES, DEALS), (NAMES, newer)]) or ())[:2] == (newer, {})


@pytest.mark.parametrize(
    ("entity", "used"), [("opportunities", True), ("", True), ("leads", False)]
)
def test_a_layout_of_something_else_is_not_used(entity, used):
    assert bool(nearest(NAMES, [(NAMES, DEALS)], entity)) == used


@pytest.mark.parametrize(("there", "used"), [(4, True), (3, False), (0, False)])
def test_a_layout_is_used_again_where_most_of_its_header_is_there(there, used):
    assert bool(nearest(NAMES[:there], [(NAMES, DEALS)])) == used
    assert nearest(NAMES, []) is None


def test_what_was_said_of_the_values_of_a_header_goes_with_it():
    said = Mapping(
        "generic",
        "opportunities",
        {"amount": "Sum (k)", "created_on": "Born"},
        date_formats={"created_on": "%d/%m/%Y"},
        decimals={"amount": ","},
        scales={"amount": 1000.0},
    )

    rewired = said.rewired({"amount": "Total", "created_on": "BORN"})

    assert rewired.columns == {"amount": "Total", "created_on": "BORN"}
    assert (rewired.decimals, rewired.scales) == ({}, {})
    assert rewired.date_formats == said.date_formats
