"""What stands decided, on which plan, what became of it, and the files of each CRM."""

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from analytics.allocation import BarReason, Plan, Reason, Rules, recommend
from analytics.deciding import (
    against_rules,
    alternative,
    carried_out,
    free_again,
    kept_back,
    left_of,
    of_unit,
    overtaken,
    record_plan,
    standing,
    too_many,
)
from analytics.delivering import as_file, crms, new_tasks, outgoing, reading
from analytics.desk import Desk
from analytics.reallocation import Recommendation
from analytics.rules import RuleSet
from analytics.scope import Period, Scope
from data import journal
from data.formats import formats
from data.ingest import commit
from data.log import record_decision
from data.readers import read_table
from data.review import review
from tests.offices import office

DAY = date(2026, 3, 31)
AT = datetime(2026, 3, 31, 9)  # noqa: DTZ001
RULES = RuleSet(hold_out=0.5)
DEALS = "opportunity_id,name,account,owner,stage,next_step\n"
PEOPLE = """rep_id,name,email,active
u1,ann,ann@x.cn,True
u2,ben,ben@x.cn,True
u3,cid,cid@x.cn,True
u4,eve,eve@x.cn,False
"""
ITEMS = """
    item  | owner | value | switching
    large | ben   | 1000  | 50
    small | ben   | 100   | 0
    anns  | ann   | 200   | 0
"""


def load(warehouse, name: str, text: str, at: datetime = AT) -> None:
    commit(
        warehouse, [review(text.encode(), f"{name}.csv", warehouse)], by="ann", at=at,
        as_of=at.date(),
    )  # fmt: skip


def at_desk(warehouse) -> Desk:
    return Desk(warehouse, Scope(DAY, Period.containing(DAY)))


def desk_with_a_plan(warehouse) -> tuple[Desk, Recommendation]:
    """A desk that knows a plan: cid may not take the large one, so ann gets it."""
    desk = at_desk(warehouse)
    barred = [("large", "cid", BarReason.NO_GO)]
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.6], barred)
    plan = recommend(problem, Rules(), np.array([[40], [30], [20]]))
    found = Recommendation(plan, problem)
    desk.answers.get(("recommendation", desk.scope, RULES), lambda: found)
    return desk, found


def accept(warehouse, item: str, to: str, by: str = "ann", owner: str = "ben", **others) -> None:
    record_decision(
        warehouse, verdict="accept", item=item, from_rep=owner, to_rep=to, note="", by=by, at=AT,
        as_of=DAY, facts={}, **others,
    )  # fmt: skip


def test_with_two_persons_an_acceptance_holds_when_another_one_accepts_too(stored):
    warehouse = stored()
    desk, held = at_desk(warehouse), []
    for by in ("ann", "ann", "bob"):
        accept(warehouse, "o1", "cid", by)
        held.append(standing(desk, RuleSet(two_person=True))["holds"].tolist())

    assert held == [[False], [False], [True]]
    assert standing(desk, RuleSet())["holds"].tolist() == [True]
    assert standing(at_desk(stored()), RuleSet()).empty


def test_a_plan_is_written_down_once_with_what_was_withheld_and_how(stored):
    desk, found = desk_with_a_plan(stored())

    first = record_plan(desk, RULES, (), by="ann", at=AT)
    again = record_plan(desk, RULES, (), by="bob", at=AT + timedelta(days=1))

    [entry] = journal.entries(desk.warehouse, "plan").itertuples()
    assert (first, again, entry.subject) == ("P-1", "P-1", "P-1")
    said = entry.content
    assert (said["hold_out"], said["seed"], said["as_of"]) == (
        0.5,
        desk.settings.seed,
        "2026-03-31",
    )
    moves = {move["item"]: move for move in said["moves"]}
    assert moves.keys() == {move.item for move in found.plan.moves}
    assert {item for item in moves if moves[item]["withheld"]} == kept_back(desk, RULES)


def test_another_state_of_the_data_is_another_plan(stored):
    desk, _ = desk_with_a_plan(stored())
    record_plan(desk, RULES, (), by="ann", at=AT)
    load(desk.warehouse, "reps", PEOPLE)

    assert record_plan(desk, RULES, (), by="ann", at=AT) == "P-2"


def test_somebody_else_is_valued_and_told_what_stands_against_him(stored):
    _, found = desk_with_a_plan(stored())

    barred = alternative(found, "large", "cid")
    allowed = alternative(found, "small", "ann")

    assert (barred.may, barred.against.code) == (False, "no_go")
    assert barred.gain.mean == pytest.approx(0.4 * 1000 - 50)
    assert (allowed.may, allowed.against.code) == (True, "smaller_gain")
    assert (allowed.gain.mean, allowed.p_to.n) == (pytest.approx(0.3 * 100), 40)


def test_who_would_hold_too_many_if_only_some_moves_were_made_is_named():
    problem = office(ITEMS, {"ann": 2, "ben": 2, "cid": 3}, [0.5, 0.2, 0.6])
    found = Recommendation(Plan("keep_owners", (), Rules(), 0.0), problem)
    both = pd.DataFrame({"item": ["large", "small", "gone"], "to_rep": ["ann", "ann", "ann"]})

    [full] = too_many(found, both).to_dict("records")

    assert (full["rep"], full["items"], full["limit"]) == ("ann", 3, 2)
    assert too_many(found, both.head(1)).empty
    assert too_many(Recommendation(found.plan, None), both).empty


def test_an_accepted_move_that_the_rules_of_today_forbid_is_named():
    barred = [("large", "ann", BarReason.LOCKED), ("anns", "ben", BarReason.NO_GO)]
    problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.6], barred)
    found = Recommendation(Plan("keep_owners", (), Rules(), 0.0), problem)
    said = pd.DataFrame(
        [("large", "ben", "ann"), ("small", "ben", "ann"), ("anns", "ben", "ann")],
        columns=["item", "from_rep", "to_rep"],
    )

    # The third is no longer with who had it then: that is told elsewhere.
    assert against_rules(found, said).to_dict("records") == [
        {"item": "large", "to_rep": "ann", "reason": "locked"}
    ]


def test_what_has_to_stay_together_goes_to_the_same_person():
    desk_problem = office(ITEMS, {"ann": 3, "ben": 2, "cid": 3}, [0.5, 0.2, 0.6])
    together = replace(desk_problem, items=desk_problem.items.assign(unit=["a", "a", "b"]))
    plan = recommend(together, Rules(), np.array([[40], [30], [20]]))
    found = Recommendation(plan, together)
    first, second = (move for move in plan.moves if move.item in ("large", "small"))

    [other] = of_unit(found, replace(first, to_rep="ann"), plan.moves)

    assert (other.item, other.to_rep) == (second.item, "ann")
    assert of_unit(Recommendation(plan, None), first, plan.moves) == []


def test_what_passes_with_time_says_from_when(stored):
    warehouse = stored()
    load(warehouse, "reps", PEOPLE)
    load(warehouse, "leave", "owner,starts_on,ends_on\nben,2026-03-30,2026-04-10\n")
    closes = ("2026-05-01", "2026-06-01", "2026-03-01")
    rows = [f"b{n},B{n},x,ben,Need,open,{day}" for n, day in enumerate(closes)]
    head = "opportunity_id,name,account,owner,stage,outcome,expected_on"
    load(warehouse, "opportunities", "\n".join([head, *rows]))
    desk = at_desk(warehouse)

    def after(code: str, **facts: int) -> date | None:
        return free_again(desk, RULES, Reason(code, facts), "ben")

    assert after("away") == date(2026, 4, 11)
    assert after("at_capacity", load=2, capacity=2) == date(2026, 5, 1)
    assert after("at_capacity", load=3, capacity=2) == date(2026, 6, 1)
    assert after("at_capacity", load=9, capacity=2) is None
    assert after("no_go") is None


def test_what_is_declined_leaves_the_rest_of_the_plan(stored):
    desk, _ = desk_with_a_plan(stored())

    left = left_of(desk, RULES, ("large",))

    assert {move.item for move in left_of(desk, RULES, ()).moves} == {"large", "small", "anns"}
    assert {move.item for move in left.moves} == {"small", "anns"}
    assert left_of(desk, RULES, ("large", "large")).moves == left.moves


def test_an_acceptance_on_older_data_is_overtaken_where_the_plan_no_longer_has_it(stored):
    warehouse = stored()
    load(warehouse, "reps", PEOPLE)
    known = {"version": warehouse.data_version, "plan": "P-1"}
    accept(warehouse, "o1", "cid", **known)
    accept(warehouse, "o2", "cid", **known)
    accept(warehouse, "from no plan", "cid", version=warehouse.data_version)
    accept(warehouse, "of an earlier version of the app", "cid")
    desk = at_desk(warehouse)
    before = overtaken(desk, standing(desk, RULES), set())
    items = ("o1", "o2", "from no plan", "of an earlier version of the app")
    load(warehouse, "deals", DEALS + "".join(f"{item},One,Acme,ben,Talks,\n" for item in items))

    later = at_desk(warehouse)
    after = overtaken(later, standing(later, RULES), {"o2"})

    assert (before, after) == (frozenset(), {"o1"})


def test_the_next_export_checks_decisions_off(stored):
    warehouse = stored()
    load(warehouse, "reps", PEOPLE)
    owners = ["done", "ignored", "reverted", "differs", "closed"]
    rows = "".join(f"{name},{name},Acme,ben,Talks,\n" for name in owners)
    load(warehouse, "deals", DEALS + rows, AT - timedelta(days=1))
    for item in owners:
        accept(warehouse, item, "ann")
    desk = at_desk(warehouse)
    assert {*carried_out(desk, standing(desk, RULES))["state"]} == {"waiting"}

    between = "done,d,Acme,ann,Talks,\nreverted,r,Acme,ann,Talks,\n"
    load(warehouse, "deals", DEALS + between, AT + timedelta(days=1))
    after = (
        "ignored,i,Acme,ben,Talks,\nreverted,r,Acme,ben,Talks,\n"
        "differs,x,Acme,cid,Talks,\nclosed,c,Acme,ben,Won,\n"
    )
    load(warehouse, "deals", DEALS + after, AT + timedelta(days=2))
    later = DAY + timedelta(days=5)
    desk = Desk(warehouse, Scope(later, Period.containing(later)))

    found = carried_out(desk, standing(desk, RULES)).set_index("item")

    assert found["state"].to_dict() == {name: name for name in owners}
    assert found.at["differs", "owner"] == "cid"


def test_an_older_export_that_is_loaded_later_says_nothing_of_a_decision(stored):
    warehouse = stored()
    load(warehouse, "deals", f"{DEALS}o1,One,Acme,ben,Talks,\n")
    accept(warehouse, "o1", "ann")
    late = f"{DEALS}o2,Two,Acme,ben,Talks,\n"
    commit(
        warehouse, [review(late.encode(), "old.csv", warehouse)], by="ann",
        at=AT + timedelta(days=1), as_of=DAY - timedelta(days=30),
    )  # fmt: skip
    desk = at_desk(warehouse)

    assert carried_out(desk, standing(desk, RULES))["state"].tolist() == ["waiting"]


@pytest.fixture
def office_with_deals(stored):
    """Two open deals of ben, his people, an open task, activities and a contact."""
    warehouse = stored()
    load(warehouse, "reps", PEOPLE)
    load(warehouse, "deals", f"{DEALS}007,=1+1,Acme,ben,Talks,call\n008,Two,Acme,ben,Talks,\n")
    load(
        warehouse,
        "tasks",
        "task_id,subject,owner,opportunity_id,due_on\nt1,offer,ben,007,2026-04-02\n",
    )
    return at_desk(warehouse)


def decided(*items: str, to: str = "ann") -> pd.DataFrame:
    return pd.DataFrame(
        [(item, "opportunity", "=1+1", "Acme", "ben", to, "eve", AT, "ok") for item in items],
        columns=["item", "kind", "name", "account", "from_rep", "to_rep", "decided_by"]
        + ["decided_at", "note"],
    )


CALLED = {"id": "u1", "email": "ann@x.cn", "name": "ann"}


@pytest.mark.parametrize(
    "crm", [name for name in formats() if name not in ("worktile", "pingcode")]
)
def test_every_crm_gets_its_own_form(office_with_deals, crm):
    wants = formats()[crm].owner_change

    name, content = as_file(outgoing(office_with_deals, decided("007"), crm), "owners")

    table = read_table(content, name)
    columns = wants.columns["opportunity"]
    [row] = table.rows
    cells = dict(zip(columns.values(), row, strict=True))
    assert list(table.header) == list(columns)
    assert name == f"owners_1_opportunities.{wants.container}"
    assert cells["item"] == f"{formats()[crm].id_prefix}007"
    assert cells["owner"] == CALLED[wants.owner]
    if wants.container == "csv":
        assert content.startswith(b"\xef\xbb\xbf") == (wants.encoding == "utf-8-sig")


def test_several_files_come_in_one_zip_and_refused_rows_are_told(office_with_deals):
    rows = pd.concat([decided("007"), decided("t1").assign(kind="task"), decided("008", to="eve")])

    found = outgoing(office_with_deals, rows, "salesforce")

    name, content = as_file(found, "owners")
    assert name == "owners.zip"
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert names == ["owners_1_opportunities.csv", "owners_2_tasks.csv"]
    assert found.changes == 2
    assert found.refused[["item", "reason"]].to_numpy().tolist() == [["008", "inactive_owner"]]


def test_tasks_of_a_tool_of_their_own_go_back_there(stored):
    warehouse = stored()
    load(warehouse, "reps", PEOPLE)
    load(warehouse, "deals", f"{DEALS}007,One,Acme,ben,Talks,\n")
    load(
        warehouse,
        "tasks",
        "任务编号,任务标题,负责人,截止时间,所属项目\nS-1,报价,ben,2026-04-02,销售\n",
    )
    desk = at_desk(warehouse)
    rows = pd.concat([decided("007"), decided("S-1").assign(kind="task")])

    found = outgoing(desk, rows, "salesforce")
    name, content = new_tasks(
        desk, rows.assign(subject="接手", importance="高", note="n"), {}, AT, "tasks"
    )

    assert crms(desk)["task"] == "worktile"
    assert [(crm, sheet.header[0]) for crm, sheet in found.files] == [
        ("salesforce", "Id"),
        ("worktile", "任务编号"),
    ]
    table = read_table(content, name)
    assert list(table.header) == ["任务标题", "负责人", "截止时间", "优先级", "描述"]
    assert list(table.rows[0]) == ["接手", "ann", "2026-04-07", "高", "n"]


def test_without_a_tool_tasks_are_a_list_for_people(office_with_deals):
    rows = decided("007").assign(subject="=1+1", importance="high", note="n")

    name, content = new_tasks(office_with_deals, rows, {"Task": "subject", "By": "due_on"}, AT, "x")

    assert name == "x.csv"
    assert content.decode("utf-8-sig").splitlines()[1] == '"\'=1+1","2026-04-07"'


def test_deals_without_ids_are_in_no_file(stored):
    warehouse = stored()
    load(warehouse, "deals", "name,account,owner,stage\nBig,Acme,ben,Talks\n")
    desk = at_desk(warehouse)
    [item] = warehouse.marts(
        ["open_items"], as_of=DAY, period_start=DAY, period_end=DAY, period_kind="quarter"
    )["open_items"]["opportunity_id"]

    assert outgoing(desk, decided(item), "evenhand").refused["reason"].tolist() == ["no_id"]


def test_a_new_owner_reads_facts_and_promises_of_his_items_alone(office_with_deals):
    facts, diary = reading(office_with_deals, decided("007"))

    assert facts[["stage", "next_step"]].to_numpy().tolist() == [["Talks", "call"]]
    assert diary[["event", "after"]].to_numpy().tolist() == [["task", "offer"]]
    assert diary["opportunity_id"].tolist() == ["007"]


def test_the_diary_of_an_open_opportunity_has_what_happened_and_what_is_promised(mart):
    rows = mart(
        "item_diary",
        opportunities="""
            opportunity_id | owner | stage | outcome | account | created_on
            o1             | ann   | Talks | open    | Acme    | 2026-01-05
            o2             | ann   | Won   | won     | Acme    | 2026-01-05
        """,
        activities="""
            activity_id | owner | opportunity_id | kind | happened_on | hours
            c1          | ann   | o1             | call | 2026-02-01  | 1
            c2          | ann   | o1             | call | 2026-04-01  | 1
            c3          | ann   | o2             | call | 2026-02-01  | 1
        """,
        tasks="""
            task_id | subject | owner | opportunity_id | due_on     | done_on
            t1      | offer   | ben   | o1             | 2026-04-05 |
            t2      | done    | ben   | o1             | 2026-03-05 | 2026-03-04
        """,
        contacts="""
            contact_id | account
            p1         | Acme
        """,
    )

    assert [(row["opportunity_id"], row["event"], row["after"]) for row in rows] == [
        ("o1", "created", None),
        ("o1", "activity", "call"),
        ("o1", "task", "offer"),
        ("o1", "contact", "p1"),
    ]


def test_people_are_known_by_their_list_else_by_what_the_deals_say(mart):
    rows = mart(
        "addresses",
        reps="""
            rep_id | name | email    | active
            u1     | ann  | ann@x.cn | true
            u2     | li   |          | true
            u3     | li   |          | false
        """,
        opportunities="""
            opportunity_id | owner | owner_id | owner_email | stage | outcome
            o1             | ben   | 005B     | ben@x.cn    | Talks | open
            o2             | cid   | cid      |             | Talks | open
        """,
    )

    found = {row["rep"]: (row["user_id"], row["email"], row["namesakes"]) for row in rows}
    assert found == {
        "ann": ("u1", "ann@x.cn", 1),
        "ben": ("005B", "ben@x.cn", 1),
        "cid": (None, None, 1),
        "li (u2)": ("u2", None, 2),
        "li (u3)": ("u3", None, 2),
    }
    assert [row["rep"] for row in rows if not row["active"]] == ["li (u3)"]
