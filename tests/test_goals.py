"""Attainment, pace and gap."""

import pandas as pd
import pytest

from analytics.goals import attainment


def progress(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit_kind", "unit", "team", "target", "won", "deals"])


def test_attainment_gap_and_pace_by_hand():
    [row] = attainment(progress(("rep", "Ann", "N", 200.0, 50.0, 1)), elapsed=0.5).to_dict(
        "records"
    )

    assert (row["attainment"], row["gap"], row["pace"]) == (0.25, 150.0, 0.5)


def test_a_team_without_a_target_has_that_of_its_reps():
    rows = attainment(
        progress(
            ("company", "", "", None, 70.0, 2),
            ("rep", "Ann", "N", 100.0, 50.0, 1),
            ("rep", "Bo", "N", 40.0, 20.0, 1),
            ("rep", "Cy", "S", None, 0.0, 0),
            ("team", "N", "N", None, 70.0, 2),
            ("team", "S", "S", None, 0.0, 0),
        ),
        elapsed=1.0,
    ).set_index(["unit_kind", "unit"])

    assert rows.at[("team", "N"), "target"] == 140.0
    assert rows.at[("company", ""), "attainment"] == 0.5
    assert pd.isna(rows.at[("team", "S"), "attainment"])


@pytest.mark.parametrize("target", [None, 0.0])
def test_without_a_target_there_is_no_attainment(target):
    rows = attainment(progress(("rep", "Ann", "N", target, 50.0, 1)), elapsed=0.5)

    assert rows["attainment"].isna().all()
