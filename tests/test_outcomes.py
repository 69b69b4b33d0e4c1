"""Won, lost, open or void."""

import pytest

from tests.files import BASE, typed


@pytest.mark.parametrize(
    ("extra", "value", "outcome"),
    [
        ("status", "lost", "lost"),
        ("status", "赢单", "won"),
        ("status", "invalid?", "won"),
        ("is_won,is_closed", "false,true", "lost"),
        ("is_won,is_closed", "false,false", "open"),
        ("is_won,is_closed", "1,1", "won"),
        ("is_closed", "no", "open"),
        ("is_closed", "yes", "won"),
        ("is_won", "false", "won"),
        ("status,is_won", "lost,true", "lost"),
    ],
)
def test_status_goes_before_flags_and_flags_before_the_stage(extra, value, outcome):
    rows = typed(f"{BASE},{extra}\n1,Ann,Closed Won,{value}\n")

    assert rows.frame["outcome"][0] == outcome


def test_a_stage_nobody_knows_is_open_and_listed_and_never_guessed_at():
    rows = typed(f"{BASE}\n1,Ann,Closed Won\n2,Ann,Follow On Call\n3,Ann,closed  won\n4,Ann,无效\n")

    assert list(rows.frame["outcome"]) == ["won", "open", "won", "void"]
    assert [(use.stage, use.count, use.outcome, use.known) for use in rows.stages] == [
        ("Closed Won", 1, "won", True),
        ("Follow On Call", 1, "open", False),
        ("closed  won", 1, "won", True),
        ("无效", 1, "void", True),
    ]


def test_what_a_person_says_of_a_stage_goes_before_the_format():
    rows = typed(f"{BASE}\n1,Ann,Won\n2,Ann,Ghosted\n", stages={"ghosted": "lost", "Won": "open"})

    assert list(rows.frame["outcome"]) == ["open", "lost"]
    assert all(use.by_stage for use in rows.stages)


def test_a_stage_beside_a_status_says_that_the_status_decided():
    [use] = typed(f"{BASE},status\n1,Ann,Proposal,Lost\n").stages

    assert (use.stage, use.status, use.outcome, use.by_stage) == ("Proposal", "Lost", "lost", False)


def test_a_record_that_the_crm_has_taken_out_is_void():
    rows = typed(
        "唯一性ID（必填）,负责人（必填）,商机阶段（必填）,阶段状态,生命状态\n"
        "a,张伟,谈判审核,赢单,作废\nb,李娜,谈判审核,赢单,正常\n"
    )

    assert list(rows.frame["outcome"]) == ["void", "won"]
