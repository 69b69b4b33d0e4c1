"""Which CRM wrote a table, and which header is which column."""

import pytest

from data.errors import SettingError
from data.mapping import Mapping
from data.readers import SourceTable, read_table
from data.recognise import KNOWN, SURE, Recognition, recognise
from data.wiring import propose


def table(header: str, rows: int = 3) -> SourceTable:
    """A table under a header; every cell of it could be an id, a date or a name."""
    lines = [",".join(f"2024-01-{row + 1:02d}" for _ in header.split(",")) for row in range(rows)]
    return read_table("\n".join([header, *lines]).encode(), "upload.csv")


def found(header: str) -> Recognition:
    return recognise(table(header))


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
        "Year,Jan,Feb,Mar",
        "id,name",
    ],
)
def test_what_nothing_fits_is_generic_with_little_confidence(header):
    recognition = found(header)

    assert recognition.format == "generic"
    assert recognition.confidence < KNOWN


def test_the_language_of_the_header_changes_nothing():
    english = found("Record Id,Deal Owner,Amount,Deal Name,Closing Date,Account Name,Stage").mapping
    chinese = found("记录 ID,商机所有者,金额,商机名称,预计成交日期,客户名称,阶段").mapping

    assert (english.format, english.entity) == (chinese.format, chinese.entity)
    assert english.columns.keys() == chinese.columns.keys()


def test_a_report_without_ids_is_known_by_name_account_and_owner_and_says_so():
    recognition = found("Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date")

    assert (recognition.format, recognition.entity) == ("salesforce", "opportunities")
    assert not recognition.mapping.missing
    assert recognition.mapping.composed == ("name", "account", "owner")
    assert ("no_id", "name, account, owner") in {(c.code, c.value) for c in recognition.cautions}
    assert recognition.confidence < SURE


def test_the_day_of_creation_helps_to_tell_records_without_ids_apart():
    mapping = found("Opportunity Name,Account Name,Opportunity Owner,Stage,Created Date").mapping

    assert mapping.composed == ("name", "account", "owner", "created_on")


@pytest.mark.parametrize(
    "header", ["Account Name,Opportunity Owner,Stage,Amount", "Opportunity Name,Stage,Amount"]
)
def test_without_ids_and_without_what_stands_in_for_them_a_report_lacks_its_ids(header):
    assert "opportunity_id" in found(header).mapping.missing


def test_a_status_alone_serves_as_stage():
    mapping = found("Deal ID,Deal,Rep,Status,Value,Created").mapping

    assert not mapping.missing
    assert mapping.columns["status"] == "Status"


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


def test_the_header_passed_over_is_named():
    recognition = found("Record ID,Deal owner,Deal Stage,Deal Amount,Amount,Is Closed Won")

    assert [(c.code, c.column, c.value) for c in recognition.cautions] == [
        ("second_header", "amount", "Deal Amount")
    ]
    assert "Deal Amount" in recognition.unmapped
    assert recognition.confidence >= SURE


def test_a_technical_column_beside_the_one_people_see_is_no_question():
    recognition = found(
        "(Do Not Modify) Opportunity,(Do Not Modify) Modified On,Topic,Status,Owner,Modified On"
    )

    assert recognition.mapping.columns["modified_at"] == "Modified On"
    assert not recognition.cautions


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (
            "Opportunity ID,Opportunity Owner,Stage,Amount Currency,Amount,"
            "Amount (converted) Currency,Amount (converted)",
            "converted_offered",
        ),
        ("id,user_name,status_type,status_label,value,value_period,lead_id", "maybe_cents"),
        ("External ID,Salesperson,Stage,Active,Expected Revenue", "archived_is_lost"),
    ],
)
def test_what_a_column_leaves_open_is_asked(header, code):
    recognition = found(header)

    assert code in {caution.code for caution in recognition.cautions}
    assert recognition.confidence < SURE


def test_the_currency_before_an_amount_is_its_currency_and_the_converted_one_is_not_taken():
    columns = found(
        "Opportunity ID,Opportunity Owner,Stage,Amount Currency,Amount,"
        "Amount (converted) Currency,Amount (converted)"
    ).mapping.columns

    assert (columns["amount"], columns["currency"]) == ("Amount", "Amount Currency")


@pytest.mark.parametrize(
    ("header", "scale"),
    [("金额（万元）", 1e4), ("预计金额(元)", None), ("Amount (k€)", 1e3), ("Amount", None)],
)
def test_a_unit_in_a_header_hides_no_column_and_says_what_to_multiply_by(header, scale):
    mapping = found(f"编号,商机名称,负责人,阶段,客户,{header}").mapping

    assert mapping.columns["amount"] == header
    assert mapping.scales.get("amount") == scale


def test_words_in_brackets_that_are_no_unit_make_another_column():
    columns = found("Deal ID,Deal,Rep,Stage,Amount (old),Value (net)").mapping.columns

    assert "amount" not in columns


def test_ids_that_look_like_those_of_a_crm_are_a_sign_of_it():
    header = "Id,Name,Stage,Opportunity Owner,Custom 1,Custom 2,Custom 3,Custom 4"
    ids = read_table(f"{header}\n006xx000003GYkJAAW,x,New,Ann,a,b,c,d\n".encode(), "a.csv")
    numbers = read_table(f"{header}\n1,x,New,Ann,a,b,c,d\n".encode(), "a.csv")

    assert recognise(ids).confidence > recognise(numbers).confidence


@pytest.mark.parametrize(("cells", "told"), [("1;2", True), ("1", False), ("", False)])
def test_several_ids_in_a_cell_are_told(cells, told):
    header = "Record ID,Deal owner,Deal Stage,Associated Company IDs"
    upload = read_table(f"{header}\n9,Ann,Won,{cells}\n8,Bob,Won,\n".encode(), "upload.csv")

    codes = {(caution.code, caution.column) for caution in recognise(upload).cautions}
    assert (("several_ids", "account_id") in codes) == told


def test_a_required_column_without_a_single_value_is_told():
    upload = read_table(b"opportunity_id,owner,stage,amount\n1,Ann,,5\n2,Bob,,6\n", "upload.csv")

    assert [(c.code, c.column) for c in recognise(upload).cautions] == [("empty_column", "stage")]


OLD = ("Nr", "Verkäufer", "Phase", "Summe", "Firma", "Angelegt")
SAID = Mapping(
    "generic",
    "opportunities",
    dict(
        zip(
            ("opportunity_id", "owner", "stage", "amount", "account", "created_on"),
            OLD,
            strict=True,
        )
    ),
    date_formats={"created_on": "%d/%m/%Y"},
    scales={"amount": 1000.0},
    stages={"Gewonnen": "won"},
)


def test_a_remembered_mapping_is_used_for_all_but_the_header_that_was_renamed():
    recognition = recognise(
        table("Nr,Verkäufer,Phase,Umsatz,FIRMA,Angelegt"), remembered=[(OLD, SAID)]
    )

    assert recognition.mapping.columns == {
        "opportunity_id": "Nr",
        "owner": "Verkäufer",
        "stage": "Phase",
        "account": "FIRMA",
        "created_on": "Angelegt",
    }
    assert recognition.mapping.date_formats == SAID.date_formats
    assert recognition.mapping.stages == SAID.stages
    assert not recognition.mapping.scales
    assert [(c.code, c.column, c.value) for c in recognition.cautions] == [
        ("header_gone", "amount", "Summe")
    ]
    assert KNOWN <= recognition.confidence < SURE
    assert not recognition.saved


def test_a_renamed_header_that_the_format_knows_is_taken_and_asked_about():
    recognition = recognise(
        table("Nr,Verkäufer,Phase,Amount,Firma,Angelegt"), remembered=[(OLD, SAID)]
    )

    assert recognition.mapping.columns["amount"] == "Amount"
    assert [caution.code for caution in recognition.cautions] == ["header_gone"]


def test_a_layout_with_less_than_most_of_its_headers_left_is_forgotten():
    recognition = recognise(
        table("Nr,Verkäufer,Etape,Umsatz,Firma,Angelegt"), remembered=[(OLD, SAID)]
    )

    assert recognition.confidence < KNOWN


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


def test_a_mapping_of_another_file_is_refused():
    saved = Mapping("generic", "opportunities", {"opportunity_id": "Nr"})

    with pytest.raises(SettingError):
        recognise(table("id,name"), saved)


def test_the_unit_of_a_header_is_part_of_what_was_confirmed():
    saved = Mapping("generic", "opportunities", {"amount": "Amount"})

    with pytest.raises(SettingError):
        recognise(table("Amount (k€),id"), saved)


@pytest.mark.parametrize(("said", "scale"), [({}, 1e4), ({"amount": 1.0}, 1.0)])
def test_the_unit_of_a_header_counts_unless_a_person_says_otherwise(said, scale):
    saved = Mapping("generic", "opportunities", {"amount": "金额（万元）"}, scales=said)

    assert recognise(table("金额（万元）,id"), saved).mapping.scales == {"amount": scale}


def test_a_person_may_say_that_a_file_is_something_else():
    upload = table("sales_agent,manager,regional_office")

    assert propose(upload, "maven", "reps").columns["name"] == "sales_agent"
    assert propose(upload, "maven", "leave").format == "generic"
