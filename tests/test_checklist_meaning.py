"""What the words of an export mean, case by case."""

from collections.abc import Iterator
from datetime import date

import pytest

from data.aliases import AliasProposal, NotAPerson, not_people, proposals
from data.outcomes import doubts_of
from data.warehouse import Warehouse
from tests.files import BASE, load, refused, rows, typed

NOT_YET = "typing does not yet ask the format for rows to leave out and for words of emptiness"
ZOHO = "Record Id,Deal Owner,Stage,Closing Date"
PIPEDRIVE = "Deal - ID,Deal - Title,Deal - Owner,Deal - Stage,Deal - Status"
DYNAMICS = "(Do Not Modify) Opportunity,Topic,Owner,Sales Stage,Status,Status Reason"
ODOO = "External ID,Opportunity,Salesperson,Stage,Active,Lost Reason,Expected Closing"


@pytest.fixture
def warehouse() -> Iterator[Warehouse]:
    opened = Warehouse()
    yield opened
    opened.close()


def outcomes(text: str, **changes) -> list[str]:
    return list(typed(text, **changes).frame["outcome"])


def test_a_stage_renamed_between_exports_is_asked_about_and_the_old_ones_stay(warehouse):
    """Line 42: a stage called otherwise today is unknown until somebody says what it means."""
    load(warehouse, f"{ZOHO}\n1,Ann,Closed Won,2026-01-02\n2,Bob,Closed Won,2026-01-02\n")
    renamed = typed(f"{ZOHO}\n2,Bob,Signed and sealed,2026-01-02\n")

    assert [(use.stage, use.known) for use in renamed.stages] == [("Signed and sealed", False)]
    assert rows(warehouse, "select outcome from raw_opportunities") == [("won",), ("won",)]
    said = {"Signed and sealed": "won"}
    assert outcomes(f"{ZOHO}\n2,Bob,Signed and sealed,2026-01-02\n", stages=said) == ["won"]


def test_retired_and_numbered_stages_are_known_only_when_mapped():
    """Line 42: zz_Won and 1 - Lead Outreach are open and listed; Closed won is Closed Won."""
    text = f"{ZOHO}\n1,A,zz_Won,\n2,A,1 - Lead Outreach,\n3,A, closed  won,\n4,A,CLOSED WON,\n"

    assert outcomes(text) == ["open", "open", "won", "won"]
    assert {use.stage for use in typed(text).stages if not use.known} == {
        "zz_Won",
        "1 - Lead Outreach",
    }
    assert outcomes(text, stages={"1 - lead outreach": "lost"})[1] == "lost"


def test_an_unknown_stage_stays_open_and_is_listed_and_never_guessed():
    """Line 43: Follow On Call holds the letters of won and is not won."""
    found = typed(f"{ZOHO}\n1,Ann,Follow On Call,\n2,Ann,Almost Won,\n3,Ann,未丢单,\n")

    assert list(found.frame["outcome"]) == ["open"] * 3
    assert [(c.code, c.value) for c in doubts_of(found.stages)] == [("unknown_stages", "3")]


def test_a_status_goes_before_the_stage():
    """Line 44: lost in a late stage is lost, and open in a stage called Won is open."""
    assert outcomes(
        f"{PIPEDRIVE}\n1,A,Ann,Negotiation,Lost\n2,B,Ann,Won,open\n3,C,Ann,Lead in,WON\n"
    ) == ["lost", "open", "won"]


@pytest.mark.parametrize(
    "text",
    [
        "唯一性ID,商机名称,负责人,商机阶段,阶段状态,生命状态\n1,A,张伟,谈判审核,无效,正常\n",
        "唯一性ID,商机名称,负责人,商机阶段,阶段状态,生命状态\n1,A,张伟,赢单,赢单,作废\n",
        f"{DYNAMICS}\n1,A,Ann,Close,Lost,Error/duplicate\n",
        "Deal ID,Deal,Owner,Stage,Value\n1,A,Ann,Abandoned,5\n",
        "编号,商机名称,负责人,阶段,金额\n1,A,张伟,作废,5\n",
        f"{PIPEDRIVE}\n1,A,Ann,Won,Deleted\n",
    ],
)
def test_void_records_are_neither_won_nor_lost(text):
    """Line 45: 无效, 作废, Error/duplicate and Abandoned count nowhere."""
    assert outcomes(text) == ["void"]


def test_out_sold_and_canceled_are_losses():
    """Line 45: the customer said no, which is what a loss is."""
    assert outcomes(f"{DYNAMICS}\n1,A,Ann,Close,Lost,Out-Sold\n2,B,Ann,Close,Lost,Canceled\n") == [
        "lost",
        "lost",
    ]


def test_a_stage_may_mean_another_thing_in_each_pipeline():
    """Line 46: Won of onboarding is open, and Renewed of renewals is won."""
    text = (
        "Record ID,Deal Name,Deal owner,Pipeline,Deal Stage\n1,A,Ann,Sales,Won\n"
        "2,B,Ann,Onboarding,Won\n3,C,Ann,Renewals,Renewed\n4,D,Ann,Sales,Renewed\n"
    )
    said = {"Onboarding › Won": "open", "Renewals › Renewed": "won"}

    assert outcomes(text, stages=said) == ["won", "open", "won", "open"]


def test_an_archived_opportunity_of_odoo_is_lost():
    """Line 47: Active is False where it was lost, whatever stage it stands in."""
    assert outcomes(
        f"{ODOO}\nx.1,A,Ann,Qualified,False,Too dear,2026-01-02\n"
        "x.2,B,Ann,Qualified,True,,2026-01-02\nx.3,C,Ann,Won,True,,2026-01-02\n"
    ) == ["lost", "open", "won"]


def test_a_list_without_any_lost_opportunity_is_told():
    """Line 47: what is archived, or not shown to its reader, is not in an export."""
    won = "".join(f"x.{n},A,Ann,Won,,,2026-01-02\n" for n in range(6))

    [caution] = doubts_of(typed(f"{ODOO}\n{won}").stages)

    assert (caution.code, caution.value) == ("no_lost", "6")


def test_lost_with_nothing_and_open_with_a_blank_keep_their_difference():
    """Line 48: an amount of 0 is 0 and a blank one is unknown."""
    found = typed(
        "opportunity_id,sales_agent,account,deal_stage,engage_date,close_date,close_value\n"
        "1,Ann,A,Lost,2026-01-02,2026-02-02,0\n2,Ann,A,Engaging,2026-01-02,,\n"
    )

    assert list(found.frame["amount"].fillna(-1)) == [0, -1]
    assert list(found.frame["outcome"]) == ["lost", "open"]


PEOPLE = "rep_id,name,email,team\n1,John Smith,js@x.com,East\n2,张三,zhang.san@x.com,East\n"


@pytest.mark.parametrize(
    ("owner", "person"),
    [
        ('"SMITH, John"', "John Smith"),
        ("Dr. John Smith", "John Smith"),
        ("J Smith (js@x.com)", "John Smith"),
        ("San Zhang", "张三"),
    ],
)
def test_one_person_in_two_spellings_is_proposed_and_not_merged(warehouse, owner, person):
    """Line 49: order, title, mail in brackets, pinyin: a person decides."""
    load(warehouse, PEOPLE, file="people.csv")
    load(warehouse, f"{BASE}\n1,{owner},New\n")

    label = owner.strip('"')
    assert proposals(warehouse) == [AliasProposal("owner", label, person, 1)]
    assert rows(warehouse, "select owner from raw_opportunities") == [(label,)]


def test_two_people_of_one_name_stay_two(warehouse):
    """Line 49: an id or a mail address tells them apart, and nothing is proposed."""
    load(warehouse, "rep_id,name,email\n1,Li Na,a@x.com\n2,Li Na,b@x.com\n", file="people.csv")
    load(warehouse, f"{BASE},owner_id,owner_email\n1,LI NA,New,1,a@x.com\n2,LI NA,New,2,b@x.com\n")

    assert proposals(warehouse) == []
    assert rows(warehouse, "select owner_id, owner_email from raw_opportunities") == [
        ("1", "a@x.com"),
        ("2", "b@x.com"),
    ]


def test_owners_who_are_nobody_are_told(warehouse):
    """Line 50: a deleted user, a queue, a team, 公海; a blank owner is a fact of its own."""
    load(warehouse, PEOPLE, file="people.csv")
    load(
        warehouse,
        f"{BASE}\n1,Deactivated User,New\n2,华东公海,New\n3,East,New\n4,,New\n5,王五（离职）,New\n",
    )

    assert set(not_people(warehouse)) == {
        NotAPerson("Deactivated User", "left", 1),
        NotAPerson("华东公海", "pool", 1),
        NotAPerson("East", "team", 1),
        NotAPerson("王五（离职）", "left", 1),
    }
    assert proposals(warehouse) == []
    assert ("4", None) in rows(warehouse, "select opportunity_id, owner from raw_opportunities")


def test_somebody_who_is_inactive_stays_in_the_table_of_people(warehouse):
    """Line 50: 离职 in the people's file is a fact about a person, who did own what he owned."""
    load(warehouse, "rep_id,name,active,left_on\n1,Ann,离职,2026-01-31\n2,Bob,在职,\n")

    assert rows(warehouse, "select name, active from raw_reps") == [("Ann", False), ("Bob", True)]


def test_people_with_targets_and_no_opportunities_are_kept_and_the_reverse(warehouse):
    """Line 51: neither file decides who is in the other."""
    load(
        warehouse,
        "unit_kind,unit,period,period_start,kpi,tier,amount\nrep,Ann,month,2026-01-01,revenue,base,5\n",
    )
    load(warehouse, f"{BASE}\n1,Bob,New\n")

    assert rows(warehouse, "select unit from raw_targets") == [("Ann",)]
    assert rows(warehouse, "select owner from raw_opportunities") == [("Bob",)]


def test_the_team_somebody_had_before_is_not_overwritten(warehouse):
    """Line 52: every dated file of people is kept, so a change of team has its day."""
    head = "rep_id,name,team,manager"
    load(warehouse, f"{head}\n1,Ann,East,Eva\n", as_of=date(2026, 1, 31))
    load(warehouse, f"{head}\n1,Ann,West,Wim\n", as_of=date(2026, 3, 31))

    assert rows(warehouse, "select team from raw_reps") == [("West",)]
    assert rows(
        warehouse,
        "select as_of, team from said_reps",
    ) == [(date(2026, 1, 31), "East"), (date(2026, 3, 31), "West")]


@pytest.mark.parametrize(
    "cell", ["Gold;Silver", "Gold|Silver", "金、银", "Gold, Silver", "Nuts; bolts"]
)
def test_several_options_in_a_cell_stay_as_they_were_written(warehouse, cell):
    """Line 53: an option may hold the separator itself, so a cell of text is never split."""
    load(warehouse, f'{BASE},product\n1,Ann,New,"{cell}"\n')

    assert rows(warehouse, "select product from raw_opportunities") == [(cell,)]


ACTIVITIES = "(Do Not Modify) Activity,Subject,Activity Type,Owner,Actual End"


def test_what_a_system_writes_of_itself_is_no_touch():
    """Line 54: Opportunity Close and Case Resolution are listed and not counted."""
    found = typed(
        f"{ACTIVITIES}\n1,Hello,Phone Call,Ann,2026-01-02\n2,Won,Opportunity Close,Ann,2026-01-02\n"
        "3,Done,case resolution,Ann,2026-01-02\n"
    )

    assert list(found.frame["activity_id"]) == ["1"]
    assert [(row_no, rule) for row_no, _, _, rule in refused(found)] == [
        (3, "not_a_record"),
        (4, "not_a_record"),
    ]


def test_a_lead_in_the_table_of_opportunities_is_no_opportunity():
    """Line 54: Odoo keeps both in one table; the type says which is which."""
    found = typed(f"{ODOO},Type\nx.1,A,Ann,New,True,,,Lead\nx.2,B,Ann,New,True,,,Opportunity\n")

    assert list(found.frame["opportunity_id"]) == ["x.2"]


def test_words_for_nothing_are_nothing_only_where_no_text_is_meant():
    """Line 55: somebody may be called NA or 无; no date and no amount is."""
    found = typed(
        f"{BASE},product,amount,close_date,is_won\n1,NA,New,None,-,null,NA\n2,无,New,无,无,无,无\n"
    )

    assert list(found.frame["owner"]) == ["NA", "无"]
    assert list(found.frame["product"]) == ["None", "无"]
    assert found.frame[["amount", "close_date", "is_won"]].isna().all(axis=None)
    assert not found.rejections


def test_false_is_nothing_in_an_export_of_odoo():
    """Line 55: False fills every empty field there, and is a word in a status alone."""
    [row] = typed(
        f"{ODOO},Source\nx.1,False,Ann,Qualified,False,False,False,False\n"
    ).frame.to_dict("records")

    assert row["outcome"] == "lost"
    assert (row["name"], row["loss_reason"], row["source"]) == (None, None, None)
    assert str(row["expected_on"]) == "NaT"


@pytest.mark.parametrize(
    "cell",
    [
        "<b>call</b> &amp; mail",
        '=HYPERLINK("http://x.example","y")',
        "+1 again",
        "🤝 deal",
        "שלום עולם",
        "ＡＢＣ　有限公司",
    ],
)
def test_markup_formulas_and_any_script_are_text(warehouse, cell):
    """Line 56: what a cell holds is kept as it is; nothing is run and nothing rewritten."""
    quoted = cell.replace('"', '""')
    load(warehouse, f'{BASE},next_step\n1,Ann,New,"{quoted}"\n')

    assert rows(warehouse, "select next_step from raw_opportunities") == [(cell,)]
