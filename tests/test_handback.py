"""What a CRM is given back: each in its own form, ids untouched, the rest refused with a reason."""

from datetime import datetime

import pandas as pd
import pytest

from analytics.handback import Form, accounts_along, checked_off, hand_back, way_back
from data.readers import read_table
from data.synthetic.containers import xlsx_bytes
from tests.conftest import drawn

PEOPLE = drawn("""
    rep      | name    | user_id | email      | active | namesakes
    Ann      | Ann     | 005A    | a@x.cn     | yes    | 1
    Bo       | Bo      | 005B    |            | yes    | 1
    Li (005C)| Li      | 005C    | li@x.cn    | yes    | 2
    Li (005D)| Li      | 005D    | li2@x.cn   | yes    | 2
    Gone     | Gone    | 005G    | g@x.cn     |        | 1
    Nameless | Nameless|         |            | yes    | 1
""").assign(active=lambda people: people["active"].notna(), namesakes=[1, 1, 2, 2, 1, 1])
DEALS = {
    "opportunity": {"Id": "item", "OwnerId": "owner"},
    "account": {"Key": "item", "By": "owner"},
}
AT = datetime(2026, 8, 14, 9)  # noqa: DTZ001


def decided(*rows: tuple[str, str, str, str]) -> pd.DataFrame:
    """Item, kind, owner before, owner decided on."""
    frame = pd.DataFrame(rows, columns=["item", "kind", "from_rep", "to_rep"])
    return frame.assign(name="=1+1", account=None, decided_at=AT, as_of=AT.date())


def owned(**owners: str | None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("account" if item[0] == "A" else "opportunity", item, rep)
            for item, rep in owners.items()
        ],
        columns=["kind", "item", "rep"],
    )


def form(owner="id", rows=100, columns=DEALS, **others) -> Form:
    return Form(columns, owner, rows, **others)


@pytest.mark.parametrize(
    ("owner", "written"), [("id", "005A"), ("email", "a@x.cn"), ("name", "Ann")]
)
def test_an_owner_is_called_what_the_crm_wants(owner, written):
    moves = decided(("001", "opportunity", "Bo", "Ann"))

    [sheet] = hand_back(moves, PEOPLE, owned(**{"001": "Bo"}), form(owner)).sheets

    assert (sheet.header, sheet.rows) == (("Id", "OwnerId"), (("001", written),))


@pytest.mark.parametrize(
    ("to", "owner", "reason"),
    [
        ("", "id", "no_owner"),
        ("Eve", "id", "unknown_owner"),
        ("Gone", "id", "inactive_owner"),
        ("Li (005C)", "name", "namesakes"),
        ("Li (005C)", "id", ""),
        ("Nameless", "id", "no_address"),
        ("Bo", "email", "no_address"),
        ("Nameless", "name", ""),
        ("Ann", "id", "already_owned"),
    ],
)
def test_what_the_crm_would_not_take_is_refused_with_the_reason(to, owner, reason):
    work = owned(O1="Ann" if reason == "already_owned" else "Cy")
    done = hand_back(decided(("O1", "opportunity", "Cy", to)), PEOPLE, work, form(owner))

    assert done.refused["reason"].tolist() == [reason] * bool(reason)
    assert done.changes == (not reason)


def test_items_without_id_closed_ones_and_unknown_kinds_are_refused():
    moves = decided(
        ("O1", "opportunity", "Bo", "Ann"),
        ("A1", "account", "Bo", "Ann"),
        ("L1", "lead", "Bo", "Ann"),
    )
    work = pd.concat(
        [owned(A1="Bo"), pd.DataFrame([("lead", "L1", "Bo")], columns=["kind", "item", "rep"])]
    )

    refused = hand_back(moves, PEOPLE, work, form(without_id=["account"])).refused

    assert dict(refused[["item", "reason"]].itertuples(index=False)) == {
        "O1": "closed",
        "A1": "no_id",
        "L1": "no_form",
    }


def test_every_kind_has_files_of_its_own_and_none_has_too_many_rows():
    moves = decided(
        *((f"O{number}", "opportunity", "Bo", "Ann") for number in range(5)),
        ("A1", "account", "Bo", "Ann"),
    )
    work = owned(A1="Bo", **{f"O{number}": "Bo" for number in range(5)})

    done = hand_back(moves, PEOPLE, work, form(rows=2))

    assert [(sheet.kind, len(sheet.rows)) for sheet in done.sheets] == [
        *([("opportunity", 2)] * 2),
        ("opportunity", 1),
        ("account", 1),
    ]
    assert done.changes == 6


def test_the_way_back_undoes_what_the_files_do():
    moves = decided(("O1", "opportunity", "Bo", "Ann"), ("O2", "opportunity", "Gone", "Ann"))

    back = way_back(moves, PEOPLE, owned(O1="Ann", O2="Ann"), form())

    assert back.sheets[0].rows == (("O1", "005B"),)
    assert back.refused["reason"].tolist() == ["inactive_owner"]


def test_ids_and_names_by_which_a_crm_finds_a_deal_are_as_they_came():
    columns = {"opportunity": {"Deal name": "name", "Account name": "account", "Owner": "owner"}}
    moves = decided(("-1", "opportunity", "Bo", "Ann"))

    [sheet] = hand_back(moves, PEOPLE, owned(**{"-1": "Bo"}), form(columns=columns)).sheets
    [prefixed] = hand_back(moves, PEOPLE, owned(**{"-1": "Bo"}), form(id_prefix="zcrm_")).sheets

    assert sheet.rows == (("=1+1", "", "005A"),)
    assert prefixed.rows == (("zcrm_-1", "005A"),)


CHANGES = pd.DataFrame(
    [
        ("back", "Ann", "Bo", pd.Timestamp(2026, 8, 20)),
        ("before", "Ann", "Bo", pd.Timestamp(2026, 8, 1)),
    ],
    columns=["opportunity_id", "before", "after", "changed_by"],
)


@pytest.mark.parametrize(
    ("item", "owner", "uploaded", "state"),
    [
        ("O1", "Ann", 0, "done"),
        ("O1", "Bo", 0, "waiting"),
        ("O1", "Bo", 1, "ignored"),
        ("back", "Bo", 1, "reverted"),
        ("before", "Bo", 1, "ignored"),
        ("back", "Ann", 1, "done"),
        ("O1", "Li", 1, "differs"),
        ("O1", None, 1, "differs"),
        ("O1", "", 1, "closed"),
    ],
)
def test_what_became_of_a_decision_is_read_from_the_next_export(item, owner, uploaded, state):
    moves = decided((item, "opportunity", "Bo", "Ann"))
    work = owned(**({} if owner == "" else {item: owner}))
    newer = pd.Series({"opportunity": pd.Timestamp(AT) + pd.Timedelta(days=uploaded)})

    found = checked_off(moves, work, CHANGES, newer)

    assert found[["item", "decided", "state"]].to_numpy().tolist() == [[item, "Ann", state]]


def test_unowned_work_that_was_given_out_waits_until_somebody_has_it():
    moves = decided(("O1", "opportunity", "", "Ann"))
    newer = pd.Series({"opportunity": pd.NaT})

    states = [
        checked_off(moves, owned(O1=owner), CHANGES, newer)["state"].iloc[0]
        for owner in (None, "Ann", "Bo")
    ]

    assert states == ["waiting", "done", "differs"]


def test_an_account_goes_along_where_nothing_of_it_is_left_behind():
    work = drawn("""
        kind        | item | rep | account_id
        opportunity | a1   | Ann | a
        opportunity | a2   | Bo  | a
        opportunity | b1   | Ann | b
        opportunity | b2   | Ann | b
        opportunity | c1   | Ann | c
        account     | a    | Ann | a
        account     | b    | Ann | b
        account     | c    | Bo  | c
    """)
    moves = drawn("""
        kind        | item | name | account | from_rep | to_rep
        opportunity | a1   | A1   | Acme    | Ann      | Bo
        opportunity | b1   | B1   | Bolt    | Ann      | Bo
        opportunity | c1   | C1   | Core    | Ann      | Bo
    """)

    # Of Bolt one opportunity stays with Ann; Core is Bo's already.
    assert accounts_along(moves, work).to_dict("records") == [
        {
            "kind": "account",
            "item": "a",
            "name": "Acme",
            "account": "Acme",
            "from_rep": "Ann",
            "to_rep": "Bo",
        }
    ]


def test_what_somebody_else_has_meanwhile_is_taken_from_nobody():
    moves = decided(("O1", "opportunity", "Bo", "Ann"), ("O2", "opportunity", "Bo", "Ann"))
    work = owned(O1="Cy", O2="Bo")

    there, back = hand_back(moves, PEOPLE, work, form()), way_back(moves, PEOPLE, work, form())

    for done, owner in ((there, "005A"), (back, "005B")):
        assert done.sheets[0].rows == (("O2", owner),)
        assert done.refused[["item", "reason"]].values.tolist() == [["O1", "owner_changed"]]


def test_a_workbook_with_signs_that_xml_cannot_hold_is_readable():
    content = xlsx_bytes([("Id", "Name"), ("O1", "deal\x0bbad & <b>\x1f")], "opportunities")

    table = read_table(content, "owners.xlsx")

    assert [*map(tuple, table.rows)] == [("O1", "dealbad & <b>")]
