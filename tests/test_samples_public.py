"""Public files that nobody here wrote are recognised, asked about, or refused for a reason."""

import pytest

from data.clean import type_rows
from data.errors import UnknownLayoutError
from data.mapping import Mapping
from data.readers import read_table
from data.recognise import KNOWN, SURE, recognise
from data.review import review
from tests.files import SAMPLES

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples")

# What a file is, and whether it is taken as it is or asked about first.
KNOWN_FILES = {
    "hubspot/company_data.csv": ("hubspot", "accounts", "taken"),
    "hubspot/contact_data.csv": ("hubspot", "contacts", "taken"),
    "hubspot/deal_data.csv": ("hubspot", "opportunities", "asked"),
    "hubspot/engagement_task_data.csv": ("hubspot", "tasks", "taken"),
    "hubspot/owner_data.csv": ("hubspot", "reps", "taken"),
    "hubspot/users_data.csv": ("hubspot", "reps", "taken"),
    "salesforce/sf_account_data.csv": ("salesforce", "accounts", "taken"),
    "salesforce/sf_contact_data.csv": ("salesforce", "contacts", "asked"),
    "salesforce/sf_event_data.csv": ("salesforce", "activities", "asked"),
    "salesforce/sf_lead_data.csv": ("salesforce", "leads", "asked"),
    "salesforce/sf_opportunity_data.csv": ("salesforce", "opportunities", "taken"),
    "salesforce/sf_product_2_data.csv": ("salesforce", "products", "asked"),
    "salesforce/sf_task_data.csv": ("salesforce", "tasks", "asked"),
    "salesforce/sf_user_data.csv": ("salesforce", "reps", "asked"),
}

# Versions and parts of records, and orders: not what they could be taken for without a look.
ASKED_ABOUT = {
    "salesforce/sf_account_history_data.csv",
    "salesforce/sf_contact_history_data.csv",
    "salesforce/sf_opportunity_history_data.csv",
    "salesforce/sf_opportunity_line_item_data.csv",
    "salesforce/sf_order_data.csv",
}

SEEDS = sorted(SAMPLES.glob("crm_api_seeds/*/*.csv"))
REFUSED = [
    *(path for path in SEEDS if "/".join(path.parts[-2:]) not in {*KNOWN_FILES, *ASKED_ABOUT}),
    *SAMPLES.glob("adventureworks/*.csv"),
    *SAMPLES.glob("bohanec/*.csv"),
]


@pytest.mark.parametrize(("file", "taken_for"), KNOWN_FILES.items(), ids=KNOWN_FILES)
def test_tables_of_an_api_are_recognised(file, taken_for):
    path = SAMPLES / "crm_api_seeds" / file

    found = review(path.read_bytes(), path.name)

    format_, entity, how = taken_for
    assert (found.recognition.format, found.recognition.entity) == (format_, entity)
    assert found.problem is None
    assert found.recognition.confidence >= (SURE if how == "taken" else KNOWN)
    assert (found.recognition.confidence < SURE) == (how == "asked")


@pytest.mark.parametrize("file", sorted(ASKED_ABOUT))
def test_versions_and_parts_of_records_are_asked_about(file):
    path = SAMPLES / "crm_api_seeds" / file

    recognition = recognise(read_table(path.read_bytes(), path.name))

    assert KNOWN <= recognition.confidence < SURE
    if "order" not in file:
        assert "not_records" in {caution.code for caution in recognition.cautions}


@pytest.mark.parametrize("path", REFUSED, ids=[path.name for path in REFUSED])
def test_everything_else_is_refused_with_its_columns_named(path):
    found = review(path.read_bytes(), path.name)

    assert isinstance(found.problem, UnknownLayoutError)
    assert found.table.header[0] in str(found.problem)


def test_quotas_without_a_header_are_taken_once_a_person_says_what_is_what():
    path = SAMPLES / "adventureworks" / "SalesPersonQuotaHistory.csv"
    table = read_table(path.read_bytes(), path.name, header_row=0)
    mapping = Mapping(
        "generic",
        "targets",
        {"unit": table.header[1], "period_start": table.header[2], "amount": table.header[3]},
        constants={"unit_kind": "rep", "period": "quarter", "kpi": "revenue", "tier": "base"},
    )

    found = type_rows(table, mapping)

    assert len(found.frame) == found.rows_read == 163
    assert not found.rejections
    assert found.frame["amount"].sum() > 0
