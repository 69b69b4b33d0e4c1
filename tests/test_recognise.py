"""Which CRM wrote a table, and which header is which column."""

import pytest

from data.errors import SettingError
from data.mapping import Mapping, fingerprint
from data.readers import SourceTable, read_table
from data.recognise import KNOWN, SURE, Recognition, propose, recognise
from tests.files import SAMPLES


def table(header: str, rows: int = 3) -> SourceTable:
    """A table under a header; every cell of it could be an id, a date or a name."""
    lines = [",".join(f"2024-01-{row + 1:02d}" for _ in header.split(",")) for row in range(rows)]
    return read_table("\n".join([header, *lines]).encode(), "upload.csv")


def found(header: str) -> Recognition:
    return recognise(table(header))


@pytest.mark.parametrize(
    ("header", "format_", "entity"),
    [
        ("opportunity_id,owner,stage,amount,created_on,close_date", "evenhand", "opportunities"),
        ("rep_id,name,email,team,manager", "evenhand", "reps"),
        ("owner,starts_on,ends_on,kind", "evenhand", "leave"),
        ("unit_kind,unit,period,period_start,kpi,tier,amount", "evenhand", "targets"),
        (
            "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,"
            "close_value",
            "maven",
            "opportunities",
        ),
        ("account,sector,year_established,revenue,employees,office_location", "maven", "accounts"),
        ("product,series,sales_price", "maven", "products"),
        ("sales_agent,manager,regional_office", "maven", "reps"),
        (
            "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount Currency,"
            "Amount,Probability (%),Fiscal Period,Age,Close Date,Created Date,Lead Source,Type",
            "salesforce",
            "opportunities",
        ),
        (
            "ID,ISDELETED,ACCOUNTID,NAME,STAGENAME,AMOUNT,CLOSEDATE,ISCLOSED,ISWON,OWNERID,"
            "CREATEDDATE,LASTMODIFIEDDATE",
            "salesforce",
            "opportunities",
        ),
        ("Id,OwnerId,Subject,Status,Priority,ActivityDate,WhatId", "salesforce", "tasks"),
        ("Activity ID,Subject,Assigned,Date,Start,End,Full Comments", "salesforce", "activities"),
        (
            "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Currency,Deal owner,Close Date,"
            "Create Date,Is Closed Won,Is closed lost",
            "hubspot",
            "opportunities",
        ),
        ("Record ID,Company name,Domain,Company owner,Industry", "hubspot", "accounts"),
        ("Record ID,Activity date,Activity assigned to,Note body", "hubspot", "activities"),
        (
            "Record Id,Deal Owner.id,Deal Owner,Amount,Deal Name,Closing Date,Account Name.id,"
            "Account Name,Stage,Probability (%),Created Time,Modified Time",
            "zoho",
            "opportunities",
        ),
        (
            "记录 ID,商机所有者,金额,商机名称,预计成交日期,客户名称,阶段,创建时间",
            "zoho",
            "opportunities",
        ),
        ("Record Id,Subject,Status,Priority,Due Date,Task Owner.id,Task Owner", "zoho", "tasks"),
        (
            "唯一性ID（必填）,商机名称（必填）,客户名称_唯一性ID（必填）,客户名称（必填）,负责人（必填）,"
            "负责人主属部门,商机阶段（必填）,阶段状态,预计成交日期,生命状态,创建时间,最后修改时间",
            "fxiaoke",
            "opportunities",
        ),
        (
            "唯一性ID（必填）,客户名称（必填）,负责人,客户行业（必填）,省,电话,生命状态",
            "fxiaoke",
            "accounts",
        ),
    ],
)
def test_the_header_tells_the_crm_and_the_entity(header, format_, entity):
    recognition = found(header)

    assert (recognition.format, recognition.entity) == (format_, entity)
    assert not recognition.mapping.missing
    assert recognition.confidence >= SURE


@pytest.mark.parametrize(
    ("header", "entity"),
    [
        ("编号,商机名称,负责人,阶段,金额,创建时间,预计成交日期,客户", "opportunities"),
        ("Deal ID,Deal,Rep,Stage,Value,Created,Expected Close", "opportunities"),
        ("姓名,团队,上级,邮箱", "reps"),
    ],
)
def test_a_hand_made_sheet_is_mapped_and_shown_for_confirmation(header, entity):
    recognition = found(header)

    assert (recognition.format, recognition.entity) == ("generic", entity)
    assert not recognition.mapping.missing
    assert KNOWN <= recognition.confidence < SURE


@pytest.mark.parametrize(
    "header",
    [
        "Nome,Qualificação,Etapa,Valor,Responsável,Empresa",
        "Record ID,First Name,Last Name,Email,Phone Number,Lifecycle Stage",
        "Year,Jan,Feb,Mar",
        "id,name",
    ],
)
def test_what_nothing_fits_is_generic_with_little_confidence(header):
    recognition = found(header)

    assert recognition.format == "generic"
    assert recognition.confidence < KNOWN


def test_a_report_without_ids_says_which_column_is_missing():
    recognition = found("Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date")

    assert (recognition.format, recognition.entity) == ("salesforce", "opportunities")
    assert recognition.mapping.missing == ("opportunity_id",)


def test_a_layout_that_lacks_a_required_column_is_less_certain():
    whole = found("opportunity_id,owner,stage,created_on")
    lacking = found("opportunity_id,owner,amount,created_on")

    assert KNOWN < lacking.confidence < SURE <= whole.confidence


def test_a_person_known_only_by_id_serves_as_name_too():
    columns = found("Id,Name,StageName,OwnerId,IsWon,IsClosed").mapping.columns

    assert columns["owner_id"] == columns["owner"] == "OwnerId"


def test_the_better_of_two_headers_for_a_column_wins():
    columns = found("Record ID,Deal owner,Deal Stage,Deal Amount,Amount,Is Closed Won").mapping

    assert columns.columns["amount"] == "Amount"


def test_a_similar_header_is_proposed_and_never_taken():
    recognition = found("opportunity_id,owner,stage,amount,Closed Date,created_onn")

    assert "created_on" not in recognition.mapping.columns
    assert recognition.suggestions["created_on"] == "created_onn"
    assert "created_onn" in recognition.unmapped


def test_values_cast_doubt_on_a_header():
    rows = "".join(f"1,Rep {n},Won,soon,plenty\n" for n in range(60))
    upload = read_table(
        f"opportunity_id,owner,stage,close_date,amount\n{rows}".encode(), "upload.csv"
    )

    recognition = recognise(upload)

    assert {(caution.code, caution.column) for caution in recognition.cautions} == {
        ("ids_repeat", "opportunity_id"),
        ("owners_never_repeat", "owner"),
        ("no_dates", "close_date"),
        ("no_numbers", "amount"),
    }
    assert recognition.confidence == KNOWN


def test_a_saved_mapping_is_used_however_the_header_is_spelled_and_ordered():
    saved = Mapping("generic", "opportunities", {"opportunity_id": "Nr", "stage": "Etapa"})

    recognition = recognise(table("ETAPA,Valor,nr"), saved)

    assert recognition.saved
    assert recognition.confidence == 1
    assert recognition.mapping.columns == {"opportunity_id": "nr", "stage": "ETAPA"}
    assert fingerprint(["Nr", "Etapa"]) == fingerprint(["ETAPA", " nr "])
    assert fingerprint(["Nr", "Etapa"]) != fingerprint(["Nr", "Etapa", "Valor"])


def test_a_mapping_of_another_file_is_refused():
    saved = Mapping("generic", "opportunities", {"opportunity_id": "Nr"})

    with pytest.raises(SettingError):
        recognise(table("id,name"), saved)


def test_a_person_may_say_that_a_file_is_something_else():
    upload = table("sales_agent,manager,regional_office")

    assert propose(upload, "maven", "reps").columns["name"] == "sales_agent"
    assert propose(upload, "maven", "leave").format == "generic"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples")
@pytest.mark.parametrize(
    ("file", "format_", "entity"),
    [
        ("maven/sales_pipeline.csv", "maven", "opportunities"),
        ("maven/accounts.csv", "maven", "accounts"),
        ("maven/products.csv", "maven", "products"),
        ("maven/sales_teams.csv", "maven", "reps"),
    ],
)
def test_the_maven_files_are_recognised(file, format_, entity):
    recognition = recognise(read_table((SAMPLES / file).read_bytes(), file))

    assert (recognition.format, recognition.entity) == (format_, entity)
    assert recognition.confidence >= SURE


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="no samples")
def test_opportunities_without_ids_or_dates_are_not_taken_for_something_known():
    path = SAMPLES / "bohanec" / "Salvirt_B2B_ML_dataset.csv"

    assert recognise(read_table(path.read_bytes(), path.name)).confidence < KNOWN
