"""What units have reached, and how that stands against targets and time."""

import pandas as pd
import pytest

from analytics import goals
from analytics.scope import Period
from tests.conftest import AS_OF, drawn

Q1 = Period.containing(AS_OF)


def spells(table: str) -> pd.DataFrame:
    """Rows of the mart ``team_spells``; without days from ever to ever."""
    rows = drawn(table)
    for name, default in (("starts_on", "1900-01-01"), ("ends_on", "9999-12-31")):
        days = rows[name] if name in rows else pd.Series(None, index=rows.index, dtype=object)
        rows[name] = days.fillna(default).astype("datetime64[us]")
    for name in ("team", "region"):
        rows[name] = rows[name].fillna("") if name in rows else ""
    started = rows["started_on"] if "started_on" in rows else pd.Series(None, rows.index, object)
    rows["started_on"] = started.astype("datetime64[us]")
    rows["active"] = rows["active"].fillna("yes") == "yes" if "active" in rows else True
    return rows


PEOPLE = spells("""
    rep | team  | region | starts_on  | ends_on    | active
    Ann | North | East   |            | 2026-02-01 | yes
    Ann | South | East   | 2026-02-01 |            | yes
    Bo  | South | West   |            |            | yes
    Cy  | South |        |            |            | no
""")


def daily(*rows: tuple) -> pd.DataFrame:
    """Rows of ``daily_results``: rep, team, day, won, amount, lost."""
    found = pd.DataFrame(rows, columns=["rep", "team", "day", "won", "won_amount", "lost"])
    rest = dict.fromkeys(("created", "pipeline", "new_accounts", "activities"), 0)
    return found.assign(day=pd.to_datetime(found["day"]), **rest)


def aims(*rows: tuple) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["unit_kind", "unit", "target"])
    return found.assign(source="file", version=0, how="own")


def test_a_team_has_what_its_people_won_on_the_days_they_were_in_it():
    rows = daily(
        ("Ann", "North", "2026-01-10", 1, 100.0, 0),
        ("Ann", "South", "2026-02-10", 1, 40.0, 1),
        ("Bo", "South", "2026-03-10", 2, 7.0, 1),
        ("Bo", "South", "2025-12-31", 1, 999.0, 1),
        ("", "", "2026-03-31", 1, 3.0, 0),
    )

    won = goals.values(goals.results(rows, PEOPLE, Q1), "revenue")["value"]

    assert won["team"].to_dict() == {"North": 100.0, "South": 40.0 + 7.0}
    assert won["region"].to_dict() == {"East": 140.0, "West": 7.0}
    assert won["rep"].to_dict() == {"Ann": 140.0, "Bo": 7.0}
    assert won["company", ""] == 150.0


def test_a_rate_is_over_all_of_a_unit_and_missing_over_nothing():
    rows = daily(
        ("Ann", "North", "2026-01-10", 1, 0.0, 0),
        ("Bo", "South", "2026-01-10", 1, 0.0, 3),
        ("Cy", "South", "2026-01-10", 0, 0.0, 0),
    )

    found = goals.values(goals.results(rows, PEOPLE, Q1), "conversion")

    assert found.loc[("company", "")].tolist() == [2 / 5, 5]
    assert pd.isna(found.loc[("rep", "Cy"), "value"])


def test_attainment_gap_and_pace_by_hand():
    people = goals.units(PEOPLE)
    reached = pd.DataFrame(
        {"value": [50.0], "n": [1]},
        index=pd.MultiIndex.from_tuples([("rep", "Ann")], names=["unit_kind", "unit"]),
    )

    rows = goals.attainment(people, reached, aims(("rep", "Ann", 200.0)), elapsed=0.5)

    row = rows.set_index(["unit_kind", "unit"]).loc[("rep", "Ann")]
    assert (row["attainment"], row["gap"], row["pace"]) == (0.25, 150.0, 0.5)
    assert row["team"] == "South"  # where she is today


@pytest.mark.parametrize("target", [None, 0.0])
def test_without_a_target_there_is_no_attainment(target):
    people = goals.units(PEOPLE)
    nothing = goals.values(goals.results(daily(), PEOPLE, Q1), "revenue")

    rows = goals.attainment(people, nothing, aims(("rep", "Ann", target)), elapsed=0.5)

    assert rows["attainment"].isna().all()


def test_who_left_is_listed_only_with_a_target():
    people = goals.units(PEOPLE)
    nothing = goals.values(goals.results(daily(), PEOPLE, Q1), "revenue")

    def names(*targets: tuple) -> set[str]:
        rows = goals.attainment(people, nothing, aims(*targets), elapsed=0.5)
        return set(rows.loc[rows["unit_kind"] == "rep", "unit"])

    assert names() == {"Ann", "Bo"}
    assert names(("rep", "Cy", 5.0)) == {"Ann", "Bo", "Cy"}


def test_whoever_has_no_rows_of_a_sum_has_nothing_of_it_unless_nobody_has_any():
    people, aim = goals.units(PEOPLE), aims(("rep", "Bo", 5.0))
    index = pd.MultiIndex.from_tuples([("rep", "Ann")], names=["unit_kind", "unit"])
    reached = pd.DataFrame({"value": [7.0], "n": [1]}, index=index)

    def of_bo(rows: pd.DataFrame, *, mean: bool) -> pd.Series:
        found = goals.attainment(people, rows, aim, 0.5, "demos", mean=mean)
        return found.set_index("unit").loc["Bo"]

    assert of_bo(reached, mean=False)[["value", "gap"]].tolist() == [0.0, 5.0]
    assert pd.isna(of_bo(reached, mean=True)["value"])
    assert pd.isna(of_bo(reached.head(0), mean=False)["value"])


def test_a_rate_is_not_held_against_the_time():
    people = goals.units(PEOPLE)
    reached = pd.DataFrame(
        {"value": [0.2], "n": [10]},
        index=pd.MultiIndex.from_tuples([("company", "")], names=["unit_kind", "unit"]),
    )

    rows = goals.attainment(
        people, reached, aims(("company", "", 0.4)), 0.1, "conversion", mean=True
    )

    assert rows.loc[rows["unit_kind"] == "company", "pace"].tolist() == [0.5]
    assert rows.loc[rows["unit_kind"] == "rep", "value"].isna().all()
