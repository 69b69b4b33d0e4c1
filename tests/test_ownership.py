"""Hand-overs and split accounts that need no model."""

import pandas as pd

from analytics.ownership import handovers, split_accounts

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


def items(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["opportunity_id", "rep", "team", "account_id", "account", "value"]
    )


def facts(**of: str) -> pd.DataFrame:
    return pd.DataFrame(
        [(fact, item) for item, fact in of.items()], columns=["fact", "opportunity_id"]
    )


def test_a_leavers_work_goes_to_whoever_has_most_room_in_the_team_largest_first():
    given = handovers(
        facts(a="owner_left", b="owner_left", c="owner_left"),
        items(
            ("a", "Cy", "N", "x", "X", 10.0),
            ("b", "Cy", "N", "y", "Y", 30.0),
            ("c", "Cy", "N", "z", "Z", 20.0),
        ),
        REPS,
    )

    assert [(one.item, one.to_rep, one.load) for one in given] == [
        ("b", "Bo", 2),
        ("c", "Bo", 3),
        ("a", "Ann", 4),
    ]


def test_nobodys_work_goes_to_whoever_has_most_room_anywhere():
    [given] = handovers(facts(a="no_owner"), items(("a", None, None, "x", "X", 1.0)), REPS)

    assert (given.from_rep, given.to_rep) == ("", "Ed")


def test_with_nobody_left_nothing_is_proposed():
    gone = REPS.assign(active=False)

    assert handovers(facts(a="no_owner"), items(("a", None, None, "x", "X", 1.0)), gone) == ()


def test_a_split_account_names_everybody_and_sums_its_value():
    table = split_accounts(
        facts(a="split_account", b="split_account"),
        items(("a", "Ann", "N", "x", "X", 1.0), ("b", "Bo", "N", "x", "X", 2.0)),
    )

    assert table.to_dict("records") == [
        {"account": "X", "reps": ["Ann", "Bo"], "opportunities": 2, "value": 3.0}
    ]
