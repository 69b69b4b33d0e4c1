"""What the sample company writes as a CRM would is read back as what it was."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics import __main__ as command_line
from data import workspaces
from data.contracts import CONTRACTS
from data.formats import formats
from data.ingest import commit
from data.readers import SourceTable, read_table
from data.recognise import KNOWN, SURE
from data.review import Review, review
from data.synthetic import Company, sample_company, write
from data.synthetic.dialects import Dialect, Language, dialect
from data.warehouse import Warehouse
from tests.files import rows

AT = datetime(2026, 8, 15)  # noqa: DTZ001

FACTS = {"name", "account_id", "account", "owner", "product", "amount", "created_on", "source"}
"""What most CRMs hold of an opportunity, beside how and when it ended or will."""

CANNOT_HOLD = {
    "close": {"name", "product", "source"},
    "dynamics365": {"account_id", "product"},
    "freshsales": {"account_id"},
    "fxiaoke": {"product"},
    "generic": {"account_id"},
    "hubspot": {"product"},
    "maven": {"name", "account_id", "source"},
    "monday": {"account_id", "product", "source"},
    "odoo": {"product"},
    "salesforce": {"product"},
    "zoho": {"product"},
}
"""Facts that have no column in the files of a CRM: there is nothing to read back."""

ALL = {"opportunities", "leads", "accounts", "contacts", "products", "reps", "tasks", "activities"}
HAVE_NOT = {
    "close": {"accounts", "products", "reps"},
    "maven": {"leads", "contacts", "tasks", "activities"},
    "monday": {"products", "reps", "activities"},
    "pingcode": ALL - {"tasks"},
    "worktile": ALL - {"tasks"},
}
"""Entities of which a CRM has no files."""

ASK_FIRST = {
    ("odoo", "opportunities"): "archived_is_lost",
    ("close", "opportunities"): "maybe_cents",
}
"""Files that somebody has to look at whatever is in them, and why."""

IN_A_SECOND_LANGUAGE = ("opportunities", "leads", "accounts", "tasks")
"""Entities that are written in every language of a format; the others in its first alone."""

SAID_OTHERWISE = {"stage", "status", "is_won", "is_closed", "close_date", "closed_on"}
"""Columns of an opportunity that each CRM fills in words or ways of its own: what they say
together is compared instead."""

HAN = re.compile(r"[\u4e00-\u9fff]")


def languages(name: str) -> list[Language]:
    """The languages in which a CRM has headers for more than an odd column or two."""

    def spoken(language: Language) -> int:
        found = [dialect(name, language).headers(entity).values() for entity in CONTRACTS]
        return sum(bool(HAN.search(each)) == (language == "zh") for row in found for each in row)

    both: tuple[Language, ...] = ("en", "zh")
    return [language for language in both if spoken(language) > 2]


EACH = [(name, language) for name in formats() for language in languages(name)]


@pytest.fixture(scope="module")
def company() -> Company:
    """The newest three hundred opportunities of the sample, and what belongs to them."""
    whole = sample_company()
    tables = dict(whole.tables)
    deals = tables["opportunities"].tail(300)
    for name, link in (
        ("accounts", "account_id"),
        ("contacts", "account_id"),
        ("tasks", "opportunity_id"),
        ("activities", "opportunity_id"),
    ):
        tables[name] = tables[name][tables[name][link].isin(deals[link])].head(100)
    became = tables["leads"]["converted_opportunity_id"]
    tables["leads"] = tables["leads"][became.isna() | became.isin(deals["opportunity_id"])]
    return replace(whole, tables=tables | {"opportunities": deals})


def only(company: Company, *entities: str) -> Company:
    return replace(company, tables={name: company.tables[name] for name in entities})


def reviewed(paths: list[Path], warehouse: Warehouse) -> list[Review]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda path: review(path, path.name, warehouse), paths))


def plain(value: Any, kind: str) -> object:
    """A value as it can be compared, whatever it was kept as."""
    if pd.isna(value):
        return None
    if kind in ("number", "money"):
        return float(value)
    if kind == "flag":
        return bool(value)
    return str(value)[:10] if kind == "date" else str(value)


def compared(entity: str, table: pd.DataFrame, spoken: Dialect) -> list[str]:
    """The columns of a table that the files of a CRM have, and in which both sides are alike."""
    names = [name for name in spoken.headers(entity) if name in table]
    return [name for name in names if entity != "opportunities" or name not in SAID_OTHERWISE]


def in_the_company(entity: str, table: pd.DataFrame, spoken: Dialect) -> Iterator[str]:
    """Each row, as far as the CRM has columns for it."""
    columns = compared(entity, table, spoken)
    for column, value in spoken.constants(entity).items():
        table = table[table[column] == value]
    for row in table.to_dict("records"):
        facts = {each: plain(row[each], CONTRACTS[entity].column(each).type) for each in columns}
        ids = {each: spoken.style.spelled(row[each]) for each in columns if _is_id(each, row)}
        for each, id_ in ids.items():
            facts[each] = id_.removeprefix("zcrm_").lower()
        if entity == "opportunities":
            ended = plain(row["closed_on"], "date")
            facts["outcome"] = row["stage"].lower() if ended else "open"
            facts["day"] = ended or plain(row["expected_on"], "date")
        yield str(facts)


def in_the_warehouse(
    warehouse: Warehouse, entity: str, table: pd.DataFrame, spoken: Dialect, name: str
) -> Iterator[str]:
    """The same of each row that was taken in."""
    columns = compared(entity, table, spoken)
    with warehouse.cursor() as db:
        stored = db.execute(f"select * from raw_{entity}").df()
    for row in stored.to_dict("records"):
        facts = {each: plain(row[each], CONTRACTS[entity].column(each).type) for each in columns}
        for each in columns:
            if _is_id(each, row):
                # Salesforce's 15 characters have become 18.
                facts[each] = str(row[each])[: 15 if name == "salesforce" else None].lower()
        if entity == "opportunities":
            day = "closed_on" if row["outcome"] in ("won", "lost") else "expected_on"
            facts["outcome"] = row["outcome"]
            facts["day"] = plain(row[day], "date") or plain(row["close_date"], "date")
        yield str(facts)


def _is_id(column: str, row: dict[str, Any]) -> bool:
    return column.endswith("_id") and not pd.isna(row[column])


@pytest.mark.parametrize(("name", "language"), EACH)
def test_the_files_of_a_crm_are_known_and_read_back_to_the_same_facts(
    company, tmp_path, name, language
):
    spoken, warehouse = dialect(name, language), Warehouse()
    if language != languages(name)[0]:
        company = only(company, *IN_A_SECOND_LANGUAGE)

    reviews = reviewed(write(company, tmp_path, name, language), warehouse)

    for each in reviews:
        entity = Path(each.table.file).stem
        assert (each.recognition.format, each.recognition.entity) == (name, entity)
        if reason := ASK_FIRST.get((name, entity)):
            assert reason in {caution.code for caution in each.cautions}
            assert each.recognition.confidence >= KNOWN
        elif name == "generic":  # synonyms are no evidence of a CRM
            assert KNOWN <= each.recognition.confidence < SURE
        else:
            assert each.recognition.confidence >= SURE, entity
        assert each.typed is not None
        assert not each.typed.rejections
    commit(warehouse, reviews, by="ann", at=AT, as_of=company.as_of)
    for each in reviews:
        entity = each.recognition.entity
        table = company.tables[entity]
        assert sorted(in_the_warehouse(warehouse, entity, table, spoken, name)) == sorted(
            in_the_company(entity, table, spoken)
        ), entity


@pytest.mark.parametrize("name", formats())
def test_what_a_crm_cannot_hold_is_known(company, name):
    for language in languages(name):
        spoken = dialect(name, language)
        missing = {entity for entity in ALL if not spoken.headers(entity)}
        assert missing == HAVE_NOT.get(name, set())
        if "opportunities" not in missing:
            assert FACTS - spoken.headers("opportunities").keys() == CANNOT_HOLD.get(name, set())


def test_ids_stay_as_different_as_they_are_and_look_like_those_of_the_crm(company):
    ids = [
        id_
        for table in company.tables.values()
        for id_ in table.iloc[:, 0]
        if re.fullmatch(r"[A-Z]\d+", str(id_))
    ]
    for name, format_ in formats().items():
        spelled = {dialect(name, "en").style.spelled(id_) for id_ in ids}
        assert len(spelled) == len({*ids})
        if format_.id_pattern:
            assert all(map(format_.id_pattern.fullmatch, spelled)), name


# How the files look


def deals_of(company: Company, folder: Path, name: str, language: Language = "en") -> SourceTable:
    [path] = write(only(company, "opportunities"), folder, name, language)
    return read_table(path.read_bytes(), path.name)


@pytest.mark.parametrize(
    ("name", "language", "container", "encoding"),
    [
        ("evenhand", "en", "csv", "utf-8"),
        ("zoho", "zh", "csv", "utf-8"),
        ("generic", "en", "csv", "utf-8-sig"),
        ("generic", "zh", "csv", "gb18030"),
        ("fxiaoke", "zh", "xlsx", ""),
        ("dynamics365", "en", "xlsx", ""),
        ("monday", "en", "xlsx", ""),
    ],
)
def test_a_file_is_in_the_container_and_encoding_of_its_crm(
    company, tmp_path, name, language, container, encoding
):
    table = deals_of(company, tmp_path, name, language)

    assert (table.container, table.encoding) == (container, encoding)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("salesforce", ["footer"] * 4),
        ("fxiaoke", ["hint"]),
        ("monday", ["title"] * 2),
        ("zoho", []),
    ],
)
def test_there_are_lines_around_the_table_where_the_crm_writes_them(company, tmp_path, name, kinds):
    table = deals_of(company, tmp_path, name)

    assert [line.kind for line in table.furniture] == kinds
    assert len(table.rows) == 300


@pytest.mark.parametrize(
    ("name", "language", "header", "stages"),
    [
        ("pipedrive", "en", "Deal - Status", {"Open", "Won", "Lost"}),
        ("odoo", "en", "Active", {"True", "False"}),
        ("odoo", "zh", "阶段", {"新建", "验证", "建议", "赢得"}),
        ("fxiaoke", "zh", "阶段状态", {"进行中", "赢单", "输单"}),
        (
            "zoho",
            "zh",
            "阶段",
            {"资格审查", "需求分析", "方案/报价", "谈判/审查", "已赢得", "已丢失"},
        ),
        ("salesforce", "en", "Won", {"0", "1"}),
        ("close", "en", "status_type", {"active", "won", "lost"}),
    ],
)
def test_stages_are_in_the_words_of_the_crm(company, tmp_path, name, language, header, stages):
    table = deals_of(company, tmp_path, name, language)
    column = table.header.index(header)

    assert {row[column] for row in table.rows} == stages


def test_dates_are_in_the_notation_of_the_crm(company, tmp_path):
    def first(name: str, language: Language, header: str) -> str:
        table = deals_of(company, tmp_path / name / language, name, language)
        return table.rows[0][table.header.index(header)]

    day = company.tables["opportunities"]["created_on"].iloc[0]

    assert first("salesforce", "en", "Created Date") == f"{day.month}/{day.day}/{day.year}"
    assert first("zoho", "en", "Created Time") == f"{day:%Y-%m-%d} 00:00:00"
    assert first("monday", "en", "Created at") == f"{day:%b} {day.day}, {day.year} 12:00 AM"
    assert first("generic", "zh", "创建日期") == f"{day.year}年{day.month}月{day.day}日"
    assert first("dynamics365", "en", "Created On") == f"{day:%Y-%m-%d}"  # a cell with a date


def test_a_language_that_a_crm_does_not_speak_gives_way(company, tmp_path):
    assert deals_of(company, tmp_path, "pipedrive", "zh").header[0] == "Deal - ID"
    assert deals_of(company, tmp_path, "fxiaoke", "en").header[0] == "唯一性ID（必填）"


# The command


def test_the_sample_is_loaded_through_the_files_of_a_crm_which_may_be_kept(
    company, tmp_path, monkeypatch, capsys
):
    deals = only(company, "opportunities")
    monkeypatch.setattr(workspaces, "sample_company", lambda **_: deals)
    db, folder = tmp_path / "zoho.duckdb", tmp_path / "export"
    said = ["sample", "--db", str(db), "--format", "zoho", "--language", "zh"]

    assert command_line.main([*said, "--files", str(folder)]) == 0

    assert str(folder / "opportunities.csv") in capsys.readouterr().out
    assert "商机所有者" in (folder / "opportunities.csv").read_text("utf-8")
    warehouse = Warehouse(db)
    assert rows(warehouse, "select format, entity, rows_new, as_of from uploads") == [
        ("zoho", "opportunities", 300, company.as_of)
    ]
    warehouse.close()


def test_files_that_are_not_to_be_kept_are_gone(company, tmp_path, monkeypatch, capsys):
    deals = only(company, "opportunities")
    monkeypatch.setattr(workspaces, "sample_company", lambda **_: deals)

    assert (
        command_line.main(["sample", "--db", str(tmp_path / "a.duckdb"), "--format", "odoo"]) == 0
    )

    assert "files:" not in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["a.duckdb"]
