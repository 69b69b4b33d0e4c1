"""What people reached by day, where they were that day, and which customers came back."""

from datetime import date

from data.warehouse import Warehouse
from tests.files import load, marts

REPS = "rep_id,name,team\nA,Ann,{team}\nB,Bo,South\n"
DEALS = (
    "opportunity_id,owner,account,stage,amount,created_on,closed_on\n"
    "1,Ann,Mine,Won,100,2026-01-02,2026-01-20\n"
    "2,Ann,Mine,Won,50,2026-01-02,2026-02-20\n"
    "3,Bo,Mill,Lost,70,2026-01-02,2026-01-20\n"
    "4,Bo,Mill,Won,30,2025-03-02,2025-11-20\n"
    "5,,Port,Open,9,2026-01-20,\n"
)
ACTIVITIES = (
    "activity_id,owner,kind,happened_on\nx,Ann,call,2026-01-20\ny,Ann,mail,2026-01-20\n"
    "z,Ann,mail,2027-01-20\n"
)


def told(*people: tuple[str, str]) -> Warehouse:
    """A workspace in which Ann's team is as the files of these days say."""
    store = Warehouse()
    for day, team in people:
        text = REPS.format(team=team)
        load(store, text, as_of=date.fromisoformat(day), file=f"reps {day}.csv")
    load(store, DEALS, as_of=date(2026, 3, 1))
    load(store, ACTIVITIES, as_of=date(2026, 3, 1), file="activities.csv")
    return store


def test_a_day_has_what_a_goal_may_count():
    store = told(("2026-01-01", "North"))
    rows = marts(store, "daily_results", as_of=date(2026, 3, 1))["daily_results"]
    found = {(row.rep, f"{row.day:%Y-%m-%d}"): row for row in rows.itertuples()}

    ann = found["Ann", "2026-01-20"]
    assert (ann.team, ann.won, ann.won_amount, ann.new_accounts, ann.activities) == (
        "North", 1, 100, 1, 2,
    )  # fmt: skip
    # The second win of an account is no new one.
    assert found["Ann", "2026-02-20"].new_accounts == 0
    assert found["Bo", "2026-01-20"].lost == 1
    assert (found["Ann", "2026-01-02"].created, found["Ann", "2026-01-02"].pipeline) == (2, 150)
    assert (found["", "2026-01-20"].team, found["", "2026-01-20"].created) == ("", 1)
    assert ("Ann", "2027-01-20") not in found
    store.close()


def test_who_moves_counts_where_they_were_that_day():
    store = told(("2026-01-01", "North"), ("2026-02-01", "South"))
    rows = marts(store, "daily_results", as_of=date(2026, 3, 1))["daily_results"]
    by_team = rows[rows["rep"] == "Ann"].groupby("team")["won_amount"].sum()

    assert by_team.to_dict() == {"North": 100, "South": 50}
    # Before the second file nobody knew of the move.
    early = marts(store, "team_spells", as_of=date(2026, 1, 15))["team_spells"]
    assert early.loc[early["rep"] == "Ann", "team"].tolist() == ["North"]
    store.close()


def test_a_file_that_says_nothing_of_teams_moves_nobody():
    store = told(("2026-01-01", "North"), ("2026-02-01", ""))
    rows = marts(store, "daily_results", as_of=date(2026, 3, 1))["daily_results"]

    assert set(rows.loc[rows["rep"] == "Ann", "team"]) == {"North"}
    store.close()


def test_customers_of_the_year_before_and_those_who_came_back():
    store = told(("2026-01-01", "North"))
    # Of 2026: Mill bought in 2025 and did not come back yet; Mine is new.
    [row] = marts(store, "kept_accounts", as_of=date(2026, 3, 1))["kept_accounts"].itertuples()

    assert (row.rep, row.customers, row.kept) == ("Bo", 1, 0)
    store.close()
