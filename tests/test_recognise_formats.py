"""The export of every CRM, in every language it has, is known by its header."""

import re
from collections.abc import Iterator

import pytest

from data.contracts import CONTRACTS
from data.formats import Format, formats
from data.readers import read_table
from data.recognise import KNOWN, SURE, Recognition, recognise
from tests.files import SAMPLES


def found(header: str) -> Recognition:
    """What a table under a header is taken for; its cells could be ids, dates or names."""
    lines = [",".join(f"2024-01-0{row}" for _ in header.split(",")) for row in (1, 2, 3)]
    return recognise(read_table("\n".join([header, *lines]).encode(), "upload.csv"))


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
        (
            "Opportunity: Opportunity ID,Opportunity: Opportunity Name,Opportunity: Account Name,"
            "Opportunity: Opportunity Owner,Opportunity: Stage,Opportunity: Amount,"
            "Opportunity: Close Date",
            "salesforce",
            "opportunities",
        ),
        (
            "hs_object_id,dealname,dealstage,pipeline,amount,deal_currency_code,hubspot_owner_id,"
            "closedate,createdate,hs_lastmodifieddate,hs_is_closed,hs_is_closed_won",
            "hubspot",
            "opportunities",
        ),
        (
            "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lifecycle Stage,"
            "Associated Company IDs",
            "hubspot",
            "contacts",
        ),
        (
            "Deal Id,Deal Owner.id,Deal Owner,Deal Name,Company Name.id,Company Name,Amount,Stage,"
            "Sub-Pipeline,Pipeline.id,Closing Date,Created Time",
            "zoho",
            "opportunities",
        ),
        (
            "Record Id,Lead Owner.id,Lead Owner,Is Converted,Company,First Name,Last Name,Email,"
            "Lead Source,Lead Status,Created Time,Modified Time",
            "zoho",
            "leads",
        ),
        (
            "(Do Not Modify) Opportunity,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,"
            "Topic,Account,Contact,Est. close date,Est. revenue,Actual Revenue,Actual Close Date,"
            "Close Probability,Rating,Sales Stage,Status,Status Reason,Owner,Created On",
            "dynamics365",
            "opportunities",
        ),
        (
            "(请勿修改) 商机,(请勿修改) 行校验和,(请勿修改) 修改时间,主题,潜在客户,预计结束日期,"
            "预计收入,状态,状态描述,负责人,创建时间",
            "dynamics365",
            "opportunities",
        ),
        (
            "Deal - ID,Deal - Title,Deal - Owner,Deal - Value,Deal - Currency of value,"
            "Deal - Organization,Deal - Pipeline,Deal - Stage,Deal - Status,Deal - Deal created,"
            "Deal - Won time,Deal - Lost time,Deal - Expected close date",
            "pipedrive",
            "opportunities",
        ),
        (
            "Activity - Subject,Activity - Type,Activity - Assigned to user,Activity - Due date,"
            "Activity - Done,Activity - Creation date,Activity - ID,Deal,Organization",
            "pipedrive",
            "tasks",
        ),
        (
            "External ID,Opportunity,Customer,Salesperson,Sales Team,Stage,Expected Revenue,"
            "Expected Closing,Created on,Lost Reason",
            "odoo",
            "opportunities",
        ),
        (
            "id,name,partner_id,user_id,stage_id,expected_revenue,create_date",
            "odoo",
            "opportunities",
        ),
        (
            "外部 ID,商机,客户,销售员,销售团队,阶段,预期收益,预期结束,创建时间",
            "odoo",
            "opportunities",
        ),
        (
            "Deal ID,Deal name,Deal value,Account name,Sales owner,Deal stage,Deal pipeline,"
            "Expected close date,Closed date,Created at",
            "freshsales",
            "opportunities",
        ),
        (
            "Name,Subitems,Owner,Stage,Deal value,Accounts,Expected close date,"
            "Item ID (auto generated)",
            "monday",
            "opportunities",
        ),
        ("任务编号,任务标题,所属项目,任务类型,负责人,状态,优先级,截止时间", "worktile", "tasks"),
        (
            "工作项编号,工作项标题,工作项类型,状态,负责人,优先级,所属迭代,截止时间",
            "pingcode",
            "tasks",
        ),
    ],
)
def test_the_header_tells_the_crm_and_the_entity(header, format_, entity):
    recognition = found(header)

    assert (recognition.format, recognition.entity) == (format_, entity)
    assert not recognition.mapping.missing
    assert recognition.confidence >= SURE


HAN = re.compile(r"[\u4e00-\u9fff]")


def header_rows() -> Iterator[tuple[str, str, str, str]]:
    """Format, entity, language and a header row, composed of what the format says of them."""
    for format_ in formats().values():
        for entity, columns in format_.entities.items():
            for language in ("en", "zh"):
                names = [_header(format_, headers, language) for headers in columns.values()]
                filled = {column for column, name in zip(columns, names, strict=True) if name}
                if _complete(format_, entity, filled) and len(filled) > 2:
                    beside = [
                        name
                        for name in sorted(format_.ignored.get(entity, ()))
                        if bool(HAN.search(name)) == (language == "zh")
                    ]
                    row = dict.fromkeys(name for name in [*names, *beside] if name)
                    yield format_.name, entity, language, ",".join(row)


def _header(format_: Format, headers: tuple[str, ...], language: str) -> str:
    """The first header of a language; Pipedrive's with its object before it."""
    spoken = [name for name in headers if bool(HAN.search(name)) == (language == "zh")]
    if format_.name == "pipedrive":
        spoken.sort(key=lambda name: "-" not in name)
    return next(iter(spoken), "")


def _complete(format_: Format, entity: str, filled: set[str]) -> bool:
    filled = filled | format_.constants.get(entity, {}).keys()
    return all(
        {column.name, column.falls_back} & filled
        for column in CONTRACTS[entity].columns
        if column.required
    )


@pytest.mark.parametrize(("format_", "entity", "language", "header"), list(header_rows()))
def test_a_header_in_every_language_of_a_format_is_recognised(format_, entity, language, header):
    recognition = found(header)
    evidence = formats()[format_].evidence_of(entity, header.split(","))

    assert recognition.entity == entity
    assert not recognition.mapping.missing
    assert recognition.confidence >= KNOWN or recognition.format == "generic"
    if evidence != "unverified":
        assert recognition.format == format_
    elif recognition.format != format_:  # nothing in it is that CRM's alone
        assert recognition.format in ("generic", "evenhand")


@pytest.mark.parametrize("entity", ["opportunities", "leads", "accounts", "contacts", "tasks"])
def test_the_order_of_columns_and_fields_of_ones_own_change_nothing(entity):
    headers = {
        (format_, entity_): row.split(",")
        for format_, entity_, _, row in header_rows()
        if entity_ == entity and format_ in ("salesforce", "zoho", "hubspot", "dynamics365")
    }
    assert headers
    for (format_, _), names in headers.items():
        own = [f"Custom field {n}" for n in range(len(names) // 2)]

        recognition = found(",".join([*own, *reversed(names)]))

        assert (recognition.format, recognition.entity) == (format_, entity)
        assert recognition.mapping.columns == found(",".join(names)).mapping.columns


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
