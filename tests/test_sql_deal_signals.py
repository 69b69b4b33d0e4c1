"""What records say of open opportunities, how old closed ones became, and who wins where."""

from datetime import date
from typing import Any

from data.warehouse import Warehouse
from tests.files import BASE, load

HEADER = f"{BASE},amount,created_on,expected_on,closed_on,next_step"
NOW = date(2026, 3, 31)
EXPORTS = {
    date(2026, 2, 1): "a,Ann,Talks,100,2026-01-01,2026-02-10,,\nb,Ann,Talks,100,2026-01-01,,,call",
    date(2026, 2, 20): "a,Ann,Talks,80,2026-01-01,2026-03-01,,\nb,Ann,Offer,100,2026-01-01,,,call",
    date(2026, 3, 5): "a,Al,Talks,120,2026-01-01,2026-04-01,,\nb,Ann,Won,9,2026-01-01,,2026-03-01,",
    date(2026, 3, 20): "a,Ann,Talks,90,2026-01-01,2026-03-25,, \nc,Ann,Talks,,2026-03-01,,,mail",
}  # fmt: skip


def filled() -> Warehouse:
    warehouse = Warehouse()
    for day, text in EXPORTS.items():
        load(warehouse, f"{HEADER}\n{text}\n", as_of=day)
    return warehouse


def mart(warehouse: Warehouse, name: str, as_of: date = NOW) -> list[dict[str, Any]]:
    frame = warehouse.marts(
        [name], as_of=as_of, period_start=date(2026, 1, 1), period_end=date(2026, 4, 1),
        period_kind="quarter",
    )[name]  # fmt: skip
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


def test_slips_are_counted_with_the_day_of_the_second():
    first, other = mart(filled(), "deal_signals")

    assert (first["opportunity_id"], first["slips"], first["slipped_days"]) == ("a", 2, 50)
    assert f"{first['second_slip_on']:%Y-%m-%d}" == "2026-03-05"
    assert (other["slips"], other["second_slip_on"]) == (0, None)


def test_the_newest_growth_is_told_with_what_a_later_cut_left_of_it():
    first, other = mart(filled(), "deal_signals")

    assert (first["grown_from"], first["grown_to"], first["grown_now"]) == (80, 120, 90)
    assert other["grown_now"] is None
    assert f"{first['grown_on']:%Y-%m-%d}" == "2026-03-05"


def test_a_blank_next_step_is_none():
    assert [row["next_step"] for row in mart(filled(), "deal_signals")] == [False, True]


def test_open_tasks_and_activities_up_to_the_day_count():
    warehouse = filled()
    tasks = "task_id,subject,owner,opportunity_id,due_on,done_on\n"
    tasks += "t1,x,Ann,a,2026-05-01,\nt2,x,Ann,a,2026-04-20,\nt3,x,Ann,c,2026-03-01,2026-03-02\n"
    load(warehouse, tasks, file="tasks.csv")
    activities = "activity_id,owner,opportunity_id,kind,happened_on\n"
    activities += "1,Ann,a,call,2026-03-01\n2,Ann,a,call,2026-03-09\n3,Ann,a,call,2026-04-09\n"
    load(warehouse, activities, file="activities.csv")
    first, other = mart(warehouse, "deal_signals")

    assert (first["tasks"], f"{first['next_task_on']:%m-%d}") == (2, "04-20")
    assert f"{first['last_activity']:%m-%d}" == "03-09"
    assert (other["tasks"], other["last_activity"]) == (0, None)


def test_tasks_that_are_done_or_begin_later_are_no_tasks_and_overdue_ones_no_plan():
    warehouse = filled()
    tasks = "task_id,subject,owner,opportunity_id,created_on,due_on,status\n"
    tasks += "t1,x,Ann,a,2026-04-02,2026-05-01,\nt2,x,Ann,a,,2026-05-01,Completed\n"
    tasks += "t3,x,Ann,c,,2026-03-30,Open\nt4,x,Ann,c,,2026-03-31,\nt5,x,Ann,c,,,Open\n"
    load(warehouse, tasks, file="tasks.csv")
    first, other = mart(warehouse, "deal_signals")

    assert (first["tasks"], first["planned"], first["next_task_on"]) == (0, 0, None)
    assert (other["tasks"], other["planned"], f"{other['next_task_on']:%m-%d}") == (3, 2, "03-31")


def test_closed_ones_tell_how_old_they_became_and_when_they_left_a_stage():
    rows = [(row["stage"], row["age_days"], row["deals"]) for row in mart(filled(), "stage_ages")]

    assert rows == [("", 59, 1), ("Offer", 59, 1), ("Talks", 50, 1)]


def test_wins_are_counted_by_person_and_segment():
    warehouse = Warehouse()
    header = f"{BASE},product,closed_on"
    text = "1,Ann,Won,Pump,2026-03-01\n2,Ann,Lost,Pump,2026-03-01\n3,Bo,Won,Tap,2026-03-02\n"
    load(warehouse, f"{header}\n{text}4,Bo,Talks,Tap,\n5,,Won,Tap,2026-03-01\n", as_of=NOW)
    rows = mart(warehouse, "segment_wins")

    assert [(row["rep"], row["product"], row["trials"], row["wins"]) for row in rows] == [
        ("Ann", "Pump", 2, 1),
        ("Bo", "Tap", 1, 1),
    ]
