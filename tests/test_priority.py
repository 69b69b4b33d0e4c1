"""Urgency times importance, and how few may be called urgent."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.priority import DUE_HALF, MOST_EACH, MOST_SHARE, UNDATED, priorities
from tests.conftest import drawn

TODAY = date(2026, 3, 31)


def board(table: str, chance: float = 1.0) -> pd.DataFrame:
    """The priorities of drawn work, by item."""
    columns = ["kind", "item", "rep", "value", "reach", "importance", "due_on", "created_on"]
    rows = drawn(table).reindex(columns=[*columns, "opportunity_id"])
    rows = rows.assign(
        value=rows["value"].astype(float),
        reach=rows["reach"].astype(float).fillna(1.0),
        due_on=pd.to_datetime(rows["due_on"]),
        created_on=pd.to_datetime(rows["created_on"]),
    )
    return priorities(rows, np.full(len(rows), chance), TODAY).set_index("item")


def test_urgency_halves_with_every_fortnight_to_the_due_day():
    found = board(
        """
        kind        | item    | value | due_on
        opportunity | now     | 100   | 2026-03-31
        opportunity | two     | 100   | 2026-04-14
        opportunity | four    | 100   | 2026-04-28
        opportunity | undated | 100   |
        """,
        chance=0.5,
    )

    assert found["expected"].tolist() == [50] * 4
    assert found["score"].to_dict() == pytest.approx(
        {"now": 50, "two": 25, "four": 12.5, "undated": 50 * 0.5 ** (UNDATED / DUE_HALF)}
    )


def test_what_is_overdue_and_leads_that_wait_are_worth_less():
    found = board(
        """
        kind        | item    | value | reach | due_on     | created_on
        opportunity | late    | 100   |       | 2025-12-31 |
        lead        | fresh   | 100   | 0.5   |            | 2026-03-31
        lead        | waiting | 100   | 0.5   |            | 2026-03-17
        """
    )

    assert found["expected"].to_dict() == {"late": 50, "fresh": 50, "waiting": 25}
    assert found["days"].to_dict() == {"late": -90, "fresh": 0, "waiting": -14}


def test_a_task_counts_for_a_part_of_its_opportunity():
    found = board(
        """
        kind        | item  | value | importance | opportunity_id | due_on
        opportunity | deal  | 100   |            |                | 2026-03-31
        opportunity | other | 300   |            |                | 2026-03-31
        task        | high  | 0     | high       | deal           | 2026-03-31
        task        | usual | 0     |            | deal           | 2026-03-31
        task        | low   | 0     | low        | deal           | 2026-03-31
        task        | alone | 0     | high       |                | 2026-03-31
        """
    )

    assert found["expected"].drop(["deal", "other"]).to_dict() == {
        "high": 100, "usual": 50, "low": 25, "alone": (100 + 300) / 2,
    }  # fmt: skip


def test_accounts_are_no_work_to_be_done():
    assert board("kind | item | value\naccount | a | 5").empty


def test_when_everything_is_due_only_the_first_of_each_person_are_urgent():
    lines = "\n".join(f"opportunity | {n} | Ann | {1000 - n} | 2026-03-31" for n in range(40))

    found = board(f"kind | item | rep | value | due_on\n{lines}")

    assert found.index[found["urgent"]].tolist() == ["0", "1", "2"]
    assert set(found.loc[found["urgent"], "quadrant"]) == {"now"}


def test_work_of_nobody_is_capped_by_the_share_alone():
    lines = "\n".join(f"opportunity | {n} | | {1000 - n} | 2026-03-31" for n in range(40))

    assert board(f"kind | item | rep | value | due_on\n{lines}")["urgent"].sum() == 40 * MOST_SHARE


def test_small_things_that_are_due_are_done_quickly_and_large_ones_that_are_not_are_planned():
    found = board(
        """
        kind        | item  | rep | value | due_on
        opportunity | big   | Ann | 900   | 2026-07-31
        opportunity | small | Ann | 100   | 2026-04-01
        opportunity | other | Ann | 200   | 2026-07-31
        opportunity | mid   | Ann | 300   | 2026-07-31
        """
    )

    assert found["quadrant"].to_dict() == {
        "big": "plan", "small": "quick", "mid": "plan", "other": "later",
    }  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.floats(0, 1e6), st.integers(-30, 30)),
        min_size=1,
        max_size=30,
    )
)
def test_urgent_is_always_rare_due_and_no_worse_than_what_its_owner_has_besides(rows):
    frame = pd.DataFrame(rows, columns=["rep", "value", "days"])
    work = frame.assign(
        kind="opportunity",
        item=[f"{n:03d}" for n in range(len(rows))],
        reach=1.0,
        importance=None,
        opportunity_id=None,
        due_on=pd.Timestamp(TODAY) + pd.to_timedelta(frame["days"], unit="D"),
        created_on=pd.NaT,
    ).drop(columns="days")

    found = priorities(work, np.ones(len(rows)), TODAY)

    urgent = found[found["urgent"]]
    assert len(urgent) <= int(np.ceil(MOST_SHARE * len(found)))
    assert (urgent.groupby("rep").size() <= MOST_EACH).all()
    assert (urgent["days"] <= DUE_HALF).all()
    assert found["score"].is_monotonic_decreasing
