"""Who owns what: everything that is wrong with it, and who should have it instead."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics import reports
from analytics.allocation import BarReason
from analytics.auditing import (
    decide_fixes,
    decided_fixes,
    fixes,
    ownership,
    take_back_fixes,
)
from analytics.desk import Desk
from analytics.fixes import Together, propose, waiting
from analytics.ownership import Audit, Finding, audit
from analytics.rules import Line, RuleSet
from analytics.scope import Period, Scope
from data.ingest import commit
from data.review import review
from data.warehouse import Warehouse
from tests.conftest import drawn
from tests.files import AT, SAMPLES

REPS = pd.DataFrame(
    [
        ("Ann", "N", True, True, False, 3),
        ("Bo", "N", True, True, False, 1),
        ("Di", "N", True, True, True, 0),
        ("Cy", "N", False, True, False, 2),
        ("Ed", "S", True, True, False, 0),
    ],
    columns=["rep", "team", "active", "listed", "away", "open_count"],
)
NOBODY_BEFORE = pd.DataFrame(columns=["item", "rep", "nth"])
ROOM = pd.DataFrame(
    {"hours": np.inf, "places": 10.0}, index=pd.Index(["Ann", "Bo", "Di", "Ed"], name="rep")
)


def work(table: str) -> pd.DataFrame:
    """Open work drawn with its kind, item and whatever else it takes; the rest is missing."""
    rows = drawn(table)
    columns = ["rep", "account_id", "product", "stage", "value", "created_on", "opportunity_id"]
    rows = rows.reindex(columns=dict.fromkeys([*rows.columns, *columns]))
    team = rows["rep"].map(REPS.set_index("rep")["team"])
    return rows.assign(
        team=team.astype(object),
        account=rows["account_id"],
        name=rows.get("name", rows["item"]),
        value=rows["value"].astype(float).fillna(0.0),
        created_on=pd.to_datetime(rows["created_on"]),
        effort=1.0,
    )


def found(table: str, before: pd.DataFrame = NOBODY_BEFORE, **options) -> dict:
    """The findings by their kind: groups, of how many, items, value."""
    result = audit(work(table), REPS, before, **options)
    return {one.kind: (one.groups, one.of, one.items, one.value) for one in result.findings}


def test_work_of_nobody_and_of_leavers_is_found_of_every_kind():
    table = """
        kind        | item | rep | value | opportunity_id
        opportunity | o1   |     | 10    | o1
        opportunity | o2   | Cy  | 20    | o2
        opportunity | o3   | Ann | 40    | o3
        lead        | l1   |     | 5     |
        lead        | l2   | Ann | 5     |
        task        | t1   | Cy  | 20    | o2
    """

    assert found(table) == {"no_owner": (2, 6, 2, 10.0), "owner_left": (2, 6, 2, 20.0)}


def test_a_kind_of_which_the_crm_never_says_who_owns_it_is_not_unowned():
    table = """
        kind        | item | rep | value
        opportunity | o1   | Ann | 10
        account     | a1   |     | 10
    """

    assert found(table) == {}


SHARED = """
    kind        | item | rep | account_id | product | stage | value
    opportunity | o1   | Ann | x          | P       | Early | 1
    opportunity | o2   | Bo  | x          | P       | Late  | 2
    opportunity | o3   | Bo  | x          | Q       | Early | 4
    opportunity | o4   | Bo  | y          | P       | Early | 8
    opportunity | o5   | Cy  | y          | P       | Early | 16
    opportunity | o6   | Ann |            | P       | Early | 32
"""


def test_accounts_and_their_products_with_several_active_owners_are_counted_of_all_there_are():
    result = found(SHARED)

    assert result["account_owners"] == (1, 2, 3, 7.0)
    assert result["pair_owners"] == (1, 3, 2, 3.0)


def test_the_stages_narrow_what_is_looked_at():
    assert found(SHARED, stages=("Early",))["account_owners"] == (1, 2, 2, 5.0)
    assert "pair_owners" not in found(SHARED, stages=("Late",))


def test_a_team_sees_what_it_has_a_part_in():
    table = """
        kind        | item | rep | account_id | value
        opportunity | o1   | Ann | x          | 1
        opportunity | o2   | Ed  | x          | 2
        opportunity | o3   | Ann | y          | 4
        opportunity | o4   | Bo  | y          | 8
    """

    assert found(table, team="S")["account_owners"] == (1, 1, 2, 3.0)
    assert found(table, team="N")["account_owners"] == (2, 2, 4, 15.0)


def test_one_account_product_and_amount_begun_within_a_month_may_be_one_request_entered_twice():
    table = """
        kind        | item | rep | account_id | product | value | created_on
        opportunity | o1   | Ann | x          | P       | 100   | 2026-01-01
        opportunity | o2   | Ann | x          | P       | 95    | 2026-01-31
        opportunity | o3   | Ann | x          | P       | 95    | 2026-03-31
        opportunity | o4   | Ann | x          | Q       | 100   | 2026-01-01
        opportunity | o5   | Ann | x          | Q       | 300   | 2026-01-02
        opportunity | o6   | Ann | y          | P       | 100   | 2026-01-01
        opportunity | o7   | Ann | y          | P       | 100   |
    """

    assert found(table) == {"duplicates": (1, 5, 2, 195.0)}


def test_an_account_whose_owner_has_none_of_its_open_opportunities_is_out_of_step():
    table = """
        kind        | item | rep | account_id | value
        account     | x    | Ann | x          | 9
        opportunity | o1   | Bo  | x          | 1
        account     | y    | Bo  | y          | 9
        opportunity | o2   | Bo  | y          | 2
        account     | z    | Ann | z          | 0
    """

    assert found(table) == {"account_owner_differs": (1, 2, 2, 1.0)}


def test_a_task_is_left_behind_only_where_the_opportunity_was_handed_over():
    table = """
        kind        | item | rep | opportunity_id | value
        opportunity | o1   | Bo  | o1             | 10
        task        | t1   | Ann | o1             | 10
        task        | t2   | Di  | o1             | 10
        task        | t3   | Bo  | o1             | 10
    """
    before = pd.DataFrame([("o1", "Ann", 1)], columns=["item", "rep", "nth"])

    assert found(table, before) == {"tasks_left": (1, 3, 1, 10.0)}


def proposed(
    table: str,
    history: Sequence[tuple] = (),
    room: pd.DataFrame = ROOM,
    bars: dict | None = None,
    together: Together = "account",
) -> dict:
    """Item to the proposed owner and the code of the reason; bars as (item, rep): reason."""
    rows = work(table)
    result = audit(rows, REPS, NOBODY_BEFORE)
    past = pd.DataFrame(list(history), columns=["account_id", "rep", "won_amount"])
    to_move = waiting(rows, result, together, across_teams=True)
    barred = pd.DataFrame(0, index=to_move["item"], columns=list(room.index))
    for (item, rep), reason in (bars or {}).items():
        barred.loc[item, rep] = reason
    given = propose(to_move, rows, past, room, barred.to_numpy(np.int8))
    return {one.item: (one.to_rep, one.reason.code) for one in given}


def test_an_account_goes_to_who_has_most_open_value_with_it():
    table = """
        kind        | item | rep | account_id | value
        opportunity | o1   | Ann | x          | 5
        opportunity | o2   | Bo  | x          | 3
        opportunity | o3   | Bo  | x          | 3
    """

    assert proposed(table) == {"o1": ("Bo", "most_open")}


def test_specialists_may_share_an_account_but_not_a_product_of_it():
    assert proposed(SHARED, together="product")["o1"] == ("Bo", "most_open")
    assert "o3" not in proposed(SHARED, together="product")


def test_without_room_for_all_of_it_the_next_takes_the_account_and_the_reason_names_the_first():
    table = """
        kind        | item | rep | account_id | value
        opportunity | o1   | Ann | x          | 5
        opportunity | o2   | Bo  | x          | 3
    """
    full = ROOM.assign(places=[0.0, 1.0, 1.0, 1.0])

    assert proposed(table, room=full) == {"o1": ("Bo", "most_open")}
    assert proposed(table, room=ROOM.assign(places=0.0)) == {
        "o1": ("", "no_room"),
        "o2": ("", "no_room"),
    }


def test_a_leavers_work_goes_to_who_won_from_the_account_before_and_its_tasks_follow():
    table = """
        kind        | item | rep | account_id | value | opportunity_id
        opportunity | o1   | Cy  | x          | 5     | o1
        task        | t1   | Cy  | x          | 5     | o1
        account     | x    | Cy  | x          | 5     |
    """

    assert proposed(table, history=[("x", "Bo", 7.0), ("x", "Ann", 3.0)]) == {
        "o1": ("Bo", "most_history"),
        "x": ("Bo", "most_history"),
        "t1": ("Bo", "follows_opportunity"),
    }


def test_what_nobody_knows_goes_where_most_room_is_and_what_was_given_out_counts():
    table = """
        kind        | item | rep | account_id | value
        opportunity | o1   |     |            | 5
        opportunity | o2   |     |            | 4
        opportunity | o3   | Di  | z          | 4
    """
    hours = ROOM.assign(hours=[3.0, 2.5, 0.0, 0.0])

    assert proposed(table, room=hours) == {
        "o1": ("Ann", "most_room"),
        "o2": ("Bo", "most_room"),
    }


def test_an_exclusion_of_the_rules_is_the_reason_why_nobody_takes_it():
    table = """
        kind        | item | rep | account_id | value
        opportunity | o1   |     | x          | 5
        opportunity | o2   | Ann | z          | 5
    """
    bars = {("o1", rep): BarReason.TERRITORY for rep in ROOM.index}

    assert proposed(table, bars=bars) == {"o1": ("", "territory")}


def test_who_is_on_leave_keeps_his_accounts():
    table = """
        kind        | item | rep | account_id | value
        opportunity | o1   | Ann | x          | 5
        opportunity | o2   | Di  | x          | 9
    """
    bars = {("o1", "Di"): BarReason.AWAY, ("o2", "Di"): BarReason.AWAY}

    assert proposed(table, bars=bars) == {"o1": ("Di", "most_open")}


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ann", "Bo", "Cy", "Di", "Ed", None]),
            st.sampled_from(["x", "y", None]),
            st.integers(0, 9),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_nobody_gets_more_than_he_has_room_for_and_leavers_get_nothing(rows):
    table = "kind|item|rep|account_id|value\n" + "\n".join(
        f"opportunity|o{number}|{rep or ''}|{account or ''}|{value}"
        for number, (rep, account, value) in enumerate(rows)
    )
    room = ROOM.assign(places=1.0)

    given_out = proposed(table, room=room)

    before = pd.Series([rep for rep, *_ in rows]).value_counts()
    owners = {f"o{number}": rep for number, (rep, *_) in enumerate(rows)}
    owners |= {item: rep for item, (rep, _) in given_out.items() if rep}
    after = pd.Series(list(owners.values())).value_counts()
    assert not {rep for rep, _ in given_out.values()} & {"Cy"}
    for rep in ROOM.index:
        assert after.get(rep, 0) <= max(before.get(rep, 0) + 1, 1)


@pytest.fixture(scope="module")
def maven():
    if not (SAMPLES / "maven").is_dir():
        pytest.skip("no samples")
    store = Warehouse()
    files = sorted((SAMPLES / "maven").glob("*.csv"))
    reviews = [review(path.read_bytes(), path.name, store) for path in files]
    commit(store, reviews, by="ann", at=AT)
    day = date(2017, 12, 31)
    yield Desk(store, Scope(day, Period.containing(day)))
    store.close()


def groups(result: Audit) -> dict:
    return {one.kind: (one.groups, one.of) for one in result.findings}


def test_maven_has_several_owners_of_most_accounts(maven):
    every = groups(maven.ask(ownership))
    engaging = groups(maven.ask(ownership, ("Engaging",)))

    assert (every["account_owners"], every["pair_owners"]) == ((84, 85), (182, 372))
    assert engaging["pair_owners"] == (137, 314)


def test_mavens_accounts_get_one_owner_a_team_within_room(maven):
    proposals = maven.ask(fixes, RuleSet())

    team = maven.ask(ownership).rows
    assert len(proposals) > 100
    assert {one.finding for one in proposals} == {"account_owners"}
    assert len({one.item for one in proposals}) == len(proposals)
    assert {one.item for one in proposals} <= set(team["item"])


COMPANY = {
    "reps": """
        name | team | active
        Ann  | N    | true
        Bo   | N    | true
        Cy   | N    | false
    """,
    "opportunities": """
        opportunity_id | owner | account_id | account | amount | created_on | stage | outcome
        o1             | Cy    | x          | Acme    | 100    | 2026-01-02 | Need  | open
        o2             | Bo    | x          | Acme    | 50     | 2026-01-03 | Need  | open
        o3             | Ann   | y          | Bolt    | 50     | 2026-01-03 | Need  | open
    """,
    "tasks": """
        task_id | owner | opportunity_id | status
        o2      | Cy    | o2             | Open
    """,
}


@pytest.fixture
def desk(stored) -> Desk:
    day = date(2026, 3, 31)
    return Desk(stored(**COMPANY), Scope(day, Period.containing(day)))


def test_a_lock_does_not_keep_work_with_somebody_who_left(desk):
    rules = RuleSet(items=5, lines=(Line("lock", subject="o1"), Line("protect", subject="x")))

    to = {(one.kind, one.item): one.to_rep for one in desk.ask(fixes, rules)}

    assert to == {("opportunity", "o1"): "Bo", ("task", "o2"): "Bo"}


def test_a_fix_is_decided_kept_apart_from_another_kind_with_its_id_and_taken_back(desk):
    proposals = desk.ask(fixes, RuleSet(items=5))
    decide_fixes(desk, proposals, "accept", "as agreed", "mia", datetime(2026, 4, 1))  # noqa: DTZ001

    standing = decided_fixes(desk.warehouse)
    [task] = standing[standing["kind"] == "task"].to_dict("records")
    assert list(standing["item"]) == ["o1", "o2"]
    assert (task["from_rep"], task["to_rep"], task["note"], task["decided_by"]) == (
        *("Cy", "Bo", "as agreed", "mia"),
    )

    take_back_fixes(desk, standing[standing["kind"] == "task"], "mia", datetime(2026, 4, 2))  # noqa: DTZ001
    assert list(decided_fixes(desk.warehouse)["item"]) == ["o1"]


def test_the_command_line_gets_the_same_answers(desk):
    options = Namespace(together="account", stage=[])

    report = reports.audit(desk, options)

    assert [one["kind"] for one in report["findings"]] == ["owner_left", "tasks_left"]
    assert {one["item"] for one in report["fixes"]} == {"o1", "o2"}


def test_what_most_accounts_are_is_how_the_company_works():
    def finding(groups: int, of: int) -> Finding:
        return Finding("account_owners", "middle", groups, of, items=groups, value=1.0)

    assert finding(84, 85).is_usual
    assert not finding(8, 254).is_usual
    # Of so few nobody can tell.
    assert not finding(1, 1).is_usual
