"""Questions about risks and changes on files as a CRM writes them, and what people say of risks."""

from collections.abc import Iterator
from datetime import date, datetime

import pandas as pd
import pytest

from analytics.desk import Desk
from analytics.flags import THRESHOLDS, by_subject
from analytics.following import write_follow_up
from analytics.followups import About
from analytics.outlook import prospects
from analytics.rules import RuleSet
from analytics.scope import Period, Scope
from analytics.watching import (
    SNOOZE,
    changes_since,
    exports,
    flags,
    hand_over,
    handed_over,
    newest_word,
    put_aside,
    snooze,
    untold,
    usual_since,
    wake,
)
from analytics.workflow import open_items
from data import journal
from data.ingest import commit
from data.review import review
from data.warehouse import Warehouse
from tests.files import AT, SAMPLES, load

THEN, NOW = date(2026, 3, 2), date(2026, 3, 31)

REPS = "name,team,active\nAnn,north,yes\nBob,south,yes\n"
HEADER = "opportunity_id,name,owner,stage,amount,created_on,expected_on,closed_on"


def past() -> str:
    """Closed opportunities enough to know how long they take: up to 90 days, half of them won."""
    rows = []
    for number in range(100):
        stage = "Won" if number % 2 else "Lost"
        age = number % 90 + 1
        created = date.fromordinal(date(2026, 2, 20).toordinal() - age)
        rows.append(f"p{number},Past,Ann,{stage},1000,{created},,2026-02-20")
    return "\n".join(rows)


OPEN = """big,Mill,Ann,Talks,900000,2025-09-01,2026-01-31,
soon,Dam,Ann,Talks,2000,2026-03-01,2026-06-30,
hers,Pit,Bob,Talks,3000,2026-03-01,2026-06-30,
late,Well,Bob,Talks,100,2026-03-01,2026-03-20,
"""
LATER = OPEN.replace("2000", "2500").replace("hers,Pit,Bob", "hers,Pit,Ann")


def at(desk: Desk, as_of: date = NOW, team: str = "") -> Desk:
    return Desk(desk.warehouse, Scope(as_of, Period.containing(as_of), team))


@pytest.fixture
def desk() -> Iterator[Desk]:
    warehouse = Warehouse()
    load(warehouse, REPS, file="reps.csv")
    load(warehouse, f"{HEADER}\n{past()}\n{OPEN}", as_of=THEN)
    yield Desk(warehouse, Scope(NOW, Period.containing(NOW)))
    warehouse.close()


@pytest.fixture
def twice(desk: Desk) -> Desk:
    """Another export, with an opportunity grown and one given to somebody else."""
    load(desk.warehouse, f"{HEADER}\n{LATER}", as_of=NOW, file="later.csv")
    return desk


def risks(desk: Desk):
    return desk.ask(flags, RuleSet(), newest_word(desk))


def states(desk: Desk) -> dict[tuple[str, str], str]:
    rows = risks(desk)
    return {(row.kind, row.subject): row.state for row in rows.itertuples()}


def test_the_old_overdue_opportunity_with_all_the_money_is_severe(desk):
    [first, *_] = by_subject(risks(desk)).to_dict("records")

    assert (first["subject"], first["severity"]) == ("big", "severe")
    assert first["kinds"] == ("stalled", "overdue")
    expected = desk.ask(prospects).set_index("opportunity_id").loc["big", "expected"]
    assert first["stake"] == pytest.approx(expected)


def test_no_kind_and_subject_is_flagged_twice(desk):
    assert not risks(desk).duplicated(["kind", "subject_kind", "subject"]).any()


def test_since_when_does_not_hang_on_the_day_one_looks(desk):
    days = []
    for as_of in (NOW, date(2026, 4, 9)):
        rows = risks(at(desk, as_of))
        rows = rows[rows["subject"] == "big"]
        days.append(dict(zip(rows["kind"], rows["since"], strict=True)))

    assert days[0] == days[1]


def test_a_team_sees_its_own(desk):
    assert {row[1] for row in states(at(desk, team="south"))}.isdisjoint({"big"})


def test_what_is_put_aside_comes_back_on_its_day_or_when_taken_up_again(desk):
    rows = risks(desk)
    rows = rows[(rows["subject"] == "big") & (rows["kind"] == "overdue")]
    snooze(desk, rows, date(2026, 4, 9), "the fair is in May", "mia", AT)

    assert states(desk)["overdue", "big"] == "snoozed"
    assert states(desk)["stalled", "big"] == "open"
    assert states(at(desk, date(2026, 4, 8)))["overdue", "big"] == "snoozed"
    assert states(at(desk, date(2026, 4, 9)))["overdue", "big"] == "open"
    [row] = risks(desk).query("state == 'snoozed'").to_dict("records")
    assert (row["why"], row["by"]) == ("the fair is in May", "mia")

    wake(desk, rows, "mia", AT)
    assert states(desk)["overdue", "big"] == "open"


def test_what_was_put_aside_looking_at_a_later_day_is_not_put_aside_before(desk):
    later = at(desk, date(2026, 4, 9))
    rows = risks(later)
    rows = rows[(rows["subject"] == "big") & (rows["kind"] == "overdue")]
    snooze(desk, rows, date(2026, 5, 1), "one", "mia", AT)
    snooze(later, rows, date(2026, 5, 9), "two", "mia", AT)

    key = ("overdue", "opportunity", "big")
    assert put_aside(at(desk, date(2026, 3, 30))) == {}
    assert put_aside(desk)[key]["why"] == "one"
    assert put_aside(later)[key]["why"] == "two"
    wake(later, rows, "mia", AT)
    assert key in put_aside(desk)
    assert key not in put_aside(later)


def test_an_old_entry_without_a_day_counts(desk):
    content = {"kind": "overdue", "subject_kind": "opportunity", "subject": "big",
               "until": "2026-05-01", "why": "one"}  # fmt: skip
    journal.append(desk.warehouse, kind=SNOOZE, subject="x", content=content, by="mia", at=AT)

    assert len(put_aside(at(desk, date(2026, 1, 1)))) == 1


def test_a_risk_weighs_the_same_whichever_team_looks(desk):
    # The largest of its team, not of the company, and long overdue.
    own = "quay,Quay,Bob,Talks,4000,2026-03-01,2026-01-31,"
    load(desk.warehouse, f"{HEADER}\n{OPEN}{own}\n", as_of=NOW, file="quay.csv")
    for team in ("south", ""):
        rows = risks(at(desk, team=team))
        assert rows.loc[rows["subject"] == "quay", "severity"].tolist() == ["watch"]


def test_win_rates_that_fell_are_told_once_somebody_looked(desk, monkeypatch):
    fell = pd.DataFrame(
        {"kind": ["rep"], "level": ["Ann"], "early": [0.5], "late": [0.2], "deals": [90],
         "flagged": [True]}
    )  # fmt: skip
    monkeypatch.setattr("analytics.watching.drifting", lambda desk: fell)
    before = desk.ask(flags, RuleSet(), newest_word(desk))
    after = desk.ask(flags, RuleSet(), newest_word(desk), True)

    assert "drift" not in before["kind"].tolist()
    assert after.loc[after["kind"] == "drift", "subject"].tolist() == ["Ann"]


def test_whoever_looked_for_another_owner_is_remembered(desk):
    rows = risks(desk)
    hand_over(desk, rows[rows["subject"] == "big"].head(1), "mia", AT)

    found = handed_over(desk, [("opportunity", "big"), ("opportunity", "soon")])
    assert {key: one["by"] for key, one in found.items()} == {("opportunity", "big"): "mia"}


def test_an_agreement_a_week_late_is_a_risk(desk):
    write_follow_up(
        desk, About("deal", "opportunity", "soon", "Dam"), kind="problem", note="call",
        action="call them", owner="Ann", rep="Ann", due_on=date(2026, 3, 24), toward="hold",
        by="mia", at=datetime(2026, 3, 2),  # noqa: DTZ001
    )  # fmt: skip

    [row] = risks(desk).query("kind == 'follow_up_overdue'").to_dict("records")
    assert (row["name"], row["days"]) == ("call them", 7)


def test_the_data_says_what_it_cannot_tell(desk, twice):
    assert untold(at(desk)) == {"silent": 4, "goal_gap": 0}
    alone = untold(Desk(one_export(), desk.scope))
    assert "slipped" in alone
    assert alone["loads"] == 2


def one_export() -> Warehouse:
    warehouse = Warehouse()
    load(warehouse, f"{HEADER}\n{OPEN}", as_of=NOW)
    return warehouse


def test_what_is_compared_with_is_the_export_before_the_newest(twice):
    assert exports(twice) == (THEN, NOW)
    assert usual_since(twice) == THEN
    assert usual_since(at(twice, date(2026, 3, 30))) == date(2025, 12, 31)


def test_changes_lead_to_what_is_open_now(twice):
    found = twice.ask(changes_since, THEN)

    bars = dict(zip(found.bars["effect"], found.bars["amount"], strict=True))
    assert bars == {"grown": 500}
    assert (found.opening, found.closing) == (905_100, 905_600)
    assert found.closing == pytest.approx(twice.ask(open_items)["value"].sum())
    assert found.beside["kind"].tolist() == ["re_owned"]
    assert found.told


def test_a_teams_changes_have_what_it_gave_away(twice):
    found = at(twice, team="south").ask(changes_since, THEN)

    bars = dict(zip(found.bars["effect"], found.bars["amount"], strict=True))
    assert bars == {"handed_over": -3000}
    assert found.closing == 100


def test_before_the_first_export_nothing_but_dates_is_known(twice):
    found = twice.ask(changes_since, date(2026, 2, 28))

    assert not found.told
    assert found.compared == 0
    # Begun on the first of March: new; and grown before anybody could know.
    assert dict(zip(found.bars["effect"], found.bars["deals"], strict=True)) == {"new": 3}


def test_only_due_looks_at_the_period(twice):
    found = twice.ask(changes_since, THEN, True)

    assert (found.opening, found.closing) == (900_100, 900_100)


@pytest.mark.skipif(not (SAMPLES / "maven").exists(), reason="needs the Maven files")
def test_of_mavens_old_pipeline_few_are_severe_and_the_ranking_is_told():
    warehouse = Warehouse()
    files = sorted((SAMPLES / "maven").glob("*.csv"))
    commit(
        warehouse, [review(file.read_bytes(), file.name, warehouse) for file in files],
        by="ann", at=AT,
    )  # fmt: skip
    as_of = date(2017, 12, 31)
    desk = Desk(warehouse, Scope(as_of, Period.containing(as_of)))
    rows = risks(desk)
    deals = rows[rows["subject_kind"] == "opportunity"]
    severe, items = deals[deals["severity"] == "severe"], len(desk.ask(prospects))

    assert 0 < severe["subject"].nunique() < 0.1 * items
    stalled = deals[deals["kind"] == "stalled"]
    # Nearly all are older than nine of ten closed ones were: a tenth of them is flagged.
    assert (stalled["share"] > THRESHOLDS.usual_share).all()
    assert len(stalled) < 0.1 * items
    warehouse.close()


def test_a_late_agreement_on_an_opportunity_puts_its_expected_money_in_question(desk):
    write_follow_up(
        desk, About("deal", "opportunity", "soon", "Dam"), kind="problem", note="call",
        action="call them", owner="Ann", rep="Ann", due_on=date(2026, 3, 17), toward="hold",
        by="mia", at=datetime(2026, 3, 2),  # noqa: DTZ001
    )  # fmt: skip

    [row] = risks(desk).query("kind == 'follow_up_overdue'").to_dict("records")
    expected = desk.ask(prospects).set_index("opportunity_id").loc["soon", "expected"]
    assert (row["stake"], row["strong"]) == (pytest.approx(expected), True)
