"""Won, lost, open or void."""

import pytest

from data.outcomes import doubts_of
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


PIPELINES = (
    f"{BASE},pipeline\n1,Ann,Won,New business\n2,Ann,Won,Onboarding\n3,Ann,Lost,Onboarding\n"
)


def test_a_stage_of_several_pipelines_is_listed_for_each():
    uses = typed(PIPELINES).stages

    assert [(use.key, use.outcome, use.count) for use in uses] == [
        ("Lost", "lost", 1),
        ("New business › Won", "won", 1),
        ("Onboarding › Won", "won", 1),
    ]


def test_what_is_said_of_a_stage_in_its_pipeline_goes_before_what_is_said_everywhere():
    rows = typed(PIPELINES, stages={"onboarding › won": "open", "Won": "void"})

    assert list(rows.frame["outcome"]) == ["void", "open", "lost"]


def test_stages_nobody_knows_and_losses_that_are_not_there_are_told():
    won = "".join(f"{n},Ann,Won\n" for n in range(5))

    def told(more: str) -> list[tuple[str, str]]:
        return [(c.code, c.value) for c in doubts_of(typed(f"{BASE}\n{won}{more}").stages)]

    assert told("") == [("no_lost", "5")]
    assert told("8,Ann,Lost\n") == []
    assert told("8,Ann,Lost\n9,Ann,zz_Qualified\n") == [("unknown_stages", "1")]


def test_a_few_won_and_none_lost_are_nothing_odd():
    assert doubts_of(typed(f"{BASE}\n1,Ann,Won\n").stages) == ()
