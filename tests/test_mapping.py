"""A mapping survives being stored, and can be written by hand."""

import pytest

from data.errors import SettingError
from data.mapping import Mapping


def test_a_mapping_survives_its_json():
    mapping = Mapping(
        "generic",
        "opportunities",
        {"owner": "负责人"},
        constants={"currency": "CNY"},
        date_formats={"close_date": "%d/%m/%Y"},
        decimals={"amount": ","},
        stages={"谈判": "open"},
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
        'entity = "contacts"\n[columns]\nname = "Nome"\n',
        'entity = "reps"\n[columns]\nsalary = "Pay"\n',
        'entity = "reps"\nformat = "sap"\n[columns]\nname = "Nome"\n',
        'entity = "reps"\ncolumns = "name"\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[date_formats]\nleft_on = "%d-%m-%Y"\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[decimals]\nweekly_hours = ";"\n',
        'entity = "reps"\n[columns]\nname = "Nome"\n[stages]\nWon = "gewonnen"\n',
    ],
)
def test_a_mapping_that_names_what_there_is_not_is_refused(text):
    with pytest.raises(SettingError):
        Mapping.from_toml(text.encode())
