import re
from datetime import date

import numpy as np
import pandas as pd
import pytest

from data.contracts import CONTRACTS
from data.synthetic import Company, sample_company, true_win, write

MAY_BE_BLANK = {("opportunities", "owner"): 6, ("leads", "owner"): 5}
"""Required columns that a CRM leaves blank all the same, and how often here."""


@pytest.fixture(scope="module")
def company() -> Company:
    return sample_company(seed=7)


@pytest.fixture(scope="module")
def twin() -> Company:
    return sample_company(seed=7, effects=False)


@pytest.fixture(
    scope="module",
    params=[
        pytest.param({"seed": 7}, id="seed 7"),
        pytest.param({"seed": 7, "effects": False}, id="without effects"),
        pytest.param({"seed": 1, "end": date(2024, 2, 29)}, id="leap day"),
        pytest.param({"seed": 2, "end": date(2026, 1, 3)}, id="first days of a year"),
    ],
)
def each(request: pytest.FixtureRequest) -> Company:
    return sample_company(**request.param)


def closed_deals(company: Company) -> pd.DataFrame:
    """Closed opportunities with their sector, whether they were won, and P(win) of their owner."""
    accounts = company.tables["accounts"].set_index("account_id")
    deals = company.tables["opportunities"]
    deals = deals[deals["closed_on"].notna()]
    deals = deals.assign(
        sector=deals["account_id"].map(accounts["sector"]), won=deals["stage"] == "Won"
    )
    chance = company.truth.win_probability(
        deals["owner"],
        deals["product"],
        deals["sector"],
        deals["source"],
        deals["kind"],
        deals["created_on"].dt.month,
    )
    return deals.assign(chance=chance)


def standard_errors_off(deals: pd.DataFrame, by: np.ndarray | pd.Series) -> pd.Series:
    """How far wins are from the truth in each tenth of the deals ordered ``by`` (binomial z)."""
    tenth = pd.qcut(by, 10, labels=False)
    chance = deals["chance"]
    wins_off = (deals["won"] - chance).groupby(tenth).sum()
    return wins_off / np.sqrt((chance * (1 - chance)).groupby(tenth).sum())


# The truth


def test_the_logit_is_the_sum_of_the_planted_parts(company: Company) -> None:
    truth = company.truth
    rep = company.tables["reps"]["name"][3]

    p = truth.win_probability(rep, "Nimbus QC", "Energy", "Referral", "New", np.array(11))

    parts = (
        truth.base
        + truth.product["Nimbus QC"]
        + truth.sector["Energy"]
        + truth.source["Referral"]
        + truth.kind["New"]
        + truth.month[11]
        + truth.rep[rep]
        + truth.rep_product.loc[rep, "Nimbus QC"]
        + truth.rep_sector.loc[rep, "Energy"]
    )
    assert np.log(p / (1 - p)) == pytest.approx(parts)


def test_reps_broadcast_against_opportunities(company: Company) -> None:
    reps = company.tables["reps"]["name"].to_numpy()
    products, sectors = np.array([["Atlas Flow"], ["Helix Care"]]), np.array([["Energy"]])

    p = company.truth.win_probability(reps, products, sectors)

    assert p.shape == (2, 26)
    assert p[1, 5] == company.truth.win_probability(reps[5], "Helix Care", "Energy")


@pytest.mark.parametrize("part", ["source", "kind", "product", "sector"])
def test_a_part_left_out_is_the_average_of_the_opportunities(company: Company, part: str) -> None:
    accounts = company.tables["accounts"].set_index("account_id")
    deals = company.tables["opportunities"]
    deals = deals.assign(sector=deals["account_id"].map(accounts["sector"]))

    assert getattr(company.truth, part)[deals[part]].mean() == pytest.approx(0, abs=1e-12)


def test_the_months_of_a_year_cancel(company: Company) -> None:
    assert company.truth.month.sum() == pytest.approx(0, abs=1e-12)


def test_an_unknown_name_is_an_error(company: Company) -> None:
    with pytest.raises(KeyError, match="Nobody"):
        company.truth.win_probability("Nobody", "Atlas Flow", "Energy")


def test_effects_are_as_large_as_planted() -> None:
    truths = [sample_company(seed).truth for seed in range(4)]

    for part in ("rep", "rep_product", "rep_sector"):
        drawn = np.concatenate([getattr(truth, part).to_numpy().ravel() for truth in truths])
        planted = getattr(truths[0], f"{part}_sd")
        assert drawn.std() == pytest.approx(planted, rel=4 / np.sqrt(2 * drawn.size))


def test_outcomes_follow_the_truth(each: Company) -> None:
    deals = closed_deals(each)

    assert standard_errors_off(deals, deals["chance"]).abs().max() < 3.5


def test_outcomes_follow_the_reps_only_where_effects_were_planted(
    company: Company, twin: Company
) -> None:
    def off_without_reps(outcomes: Company) -> pd.Series:
        deals = closed_deals(outcomes)
        by = company.truth.rep_logit(deals["owner"], deals["product"], deals["sector"])
        shared = Company(outcomes.tables, twin.truth, outcomes.as_of)
        return standard_errors_off(closed_deals(shared), by)

    planted = off_without_reps(company)
    assert planted.iloc[0] < -8
    assert planted.iloc[-1] > 8
    assert off_without_reps(twin).abs().max() < 3.5


def test_true_win_values_any_rep_on_any_open_opportunity(company: Company) -> None:
    deals = closed_deals(company).tail(50)
    reps = company.tables["reps"]["name"].tolist()

    p = true_win(company, reps, deals["opportunity_id"].tolist())

    assert p.shape == (50, 26)
    of_owner = p[np.arange(50), [reps.index(owner) for owner in deals["owner"]]]
    np.testing.assert_allclose(of_owner, deals["chance"])


# The twin and the seed


def test_the_same_seed_gives_the_same_company(company: Company) -> None:
    again = sample_company(seed=7)

    for name, table in company.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])
    pd.testing.assert_series_equal(company.truth.rep, again.truth.rep)


def test_another_seed_gives_another_company(company: Company) -> None:
    other = sample_company(seed=8)

    assert not company.truth.rep.equals(other.truth.rep)
    assert not company.tables["accounts"].equals(other.tables["accounts"])


def test_the_twin_has_the_same_shape_and_no_rep_effect(company: Company, twin: Company) -> None:
    assert {k: t.shape for k, t in twin.tables.items()} == {
        k: t.shape for k, t in company.tables.items()
    }
    reps = company.tables["reps"]["name"].to_numpy()
    assert np.ptp(twin.truth.win_probability(reps, "Vega Vision", "Chemicals")) == 0
    assert twin.truth.rep_sd == twin.truth.rep_product_sd == twin.truth.rep_sector_sd == 0


def test_the_twin_differs_in_outcomes_but_not_in_what_came_in_and_who_took_it(
    company: Company, twin: Company
) -> None:
    came_in = ["opportunity_id", "account_id", "product", "source", "kind", "amount", "created_on"]
    left, right = company.tables["opportunities"], twin.tables["opportunities"]
    both_closed = left["closed_on"].notna() & right["closed_on"].notna()

    pd.testing.assert_frame_equal(left[came_in], right[came_in])
    pd.testing.assert_series_equal(left["owner"][both_closed], right["owner"][both_closed])
    assert (left["stage"] != right["stage"])[both_closed].sum() > 500
    pd.testing.assert_series_equal(company.truth.product, twin.truth.product)


# Who works on what


@pytest.mark.parametrize("seed", range(4))
def test_stronger_reps_get_easier_opportunities(seed: int) -> None:
    company = sample_company(seed)
    deals = closed_deals(company)
    ease = company.truth.lead_logit(
        deals["product"], deals["sector"], deals["source"], deals["kind"]
    )
    strength = company.truth.rep[deals["owner"]]

    # 8,500 deals given out by chance have a correlation within 0.04 of zero.
    assert np.corrcoef(ease, strength)[0, 1] > 0.12


def test_accounts_stay_with_their_region_and_mostly_with_one_rep(company: Company) -> None:
    deals = closed_deals(company)
    region = company.tables["accounts"].set_index("account_id")["region"]
    home = company.tables["reps"].set_index("name")["region"]
    favourite = deals.groupby("account_id")["owner"].agg(lambda owners: owners.mode()[0])

    at_home = deals["owner"].map(home) == deals["account_id"].map(region)
    assert 0.95 < at_home.mean() < 1
    assert 0.4 < (deals["owner"] == deals["account_id"].map(favourite)).mean() < 0.75


def test_nobody_takes_an_opportunity_before_the_first_or_after_the_last_day(each: Company) -> None:
    deals = closed_deals(each)
    reps = each.tables["reps"].set_index("name")
    left = deals["owner"].map(reps["left_on"])

    assert (deals["created_on"] >= deals["owner"].map(reps["started_on"])).all()
    assert not (deals["created_on"] > left).any()
    assert not (deals["closed_on"] > left).any()


def test_there_is_ownership_to_mend(each: Company) -> None:
    deals, reps = each.tables["opportunities"], each.tables["reps"].set_index("name")
    book = deals[deals["closed_on"].isna()]
    owners = book.groupby("account_id")["owner"].nunique()

    assert book["owner"].isna().sum() == 6
    assert (owners == 2).sum() == 8
    assert owners.max() == 2
    of_leavers = book["owner"].map(reps["active"]).eq(False)
    assert book["owner"][of_leavers].value_counts().between(1, 4).all()
    assert of_leavers.sum() >= 4


# The tables


def test_the_company_is_of_the_stated_size(each: Company) -> None:
    tables = each.tables
    deals, reps = tables["opportunities"], tables["reps"]

    sizes = {name: len(table) for name, table in tables.items()}
    assert {name: sizes[name] for name in sizes.keys() - {"targets", "pulse", "measures"}} == {
        "opportunities": 9_000,
        "leads": 400,
        "accounts": 400,
        "contacts": 600,
        "products": 6,
        "reps": 26,
        "tasks": 1_500,
        "activities": 12_000,
        "leave": 50,
        "skills": 26 * (6 + 2),
        "rates": 3 * 4,
    }
    assert 600 < sizes["pulse"] < 24 * 12 * 3
    assert 24 * 10 < sizes["measures"] <= 24 * 12
    assert reps["active"].sum() == 24
    assert reps["team"].nunique() == reps["manager"].nunique() == 4
    assert tables["accounts"]["sector"].nunique() == 8
    assert 350 <= deals["closed_on"].isna().sum() <= 600
    assert 0.36 < closed_deals(each)["won"].mean() < 0.47


@pytest.mark.parametrize("entity", CONTRACTS)
def test_a_table_fits_its_contract(each: Company, entity: str) -> None:
    table, contract = each.tables[entity], CONTRACTS[entity]

    assert list(table) == [c.name for c in contract.mapped if c.name in table]
    if not contract.has("nth"):  # which numbers the answers that are alike
        assert not table.duplicated(list(contract.key)).any()
    for name in contract.required:
        assert table[name].isna().sum() == MAY_BE_BLANK.get((entity, name), 0), name
    for column in contract.mapped:
        if column.name in table and column.type in ("date", "time"):
            assert table[column.name].dtype.kind == "M", column.name


def test_what_a_table_refers_to_exists(each: Company) -> None:
    tables = each.tables
    people = set(tables["reps"]["name"])
    for entity, table in tables.items():
        assert set(table.get("owner", pd.Series(dtype=object)).dropna()) <= people, entity
    for entity in ("tasks", "activities"):
        known = tables["opportunities"]["opportunity_id"]
        assert tables[entity]["opportunity_id"].isin(known).all()
    assert tables["opportunities"]["account_id"].isin(tables["accounts"]["account_id"]).all()
    assert tables["opportunities"]["product"].isin(tables["products"]["product"]).all()
    assert set(tables["skills"]["skill"]) <= {
        *tables["products"]["product"],
        *tables["accounts"]["sector"],
    }
    assert tables["accounts"]["account"].is_unique
    assert tables["contacts"]["account_id"].isin(tables["accounts"]["account_id"]).all()
    assert set(tables["pulse"]["team"]) <= set(tables["reps"]["team"])


def test_leads_become_opportunities_of_their_owner_and_account(each: Company) -> None:
    leads, deals = each.tables["leads"], each.tables["opportunities"]
    became = leads.merge(deals, left_on="converted_opportunity_id", right_on="opportunity_id")

    assert len(became) == leads["converted"].sum() >= 50
    assert (leads["converted"] == (leads["status"] == "Converted")).all()
    assert became["opportunity_id"].is_unique
    assert (became["account_x"] == became["account_y"]).all()
    assert (became["created_on_x"] <= became["created_on_y"]).all()
    assert (leads["created_on"] <= leads["modified_at"]).all()
    assert leads["status"][leads["owner"].isna()].eq("New").all()


def test_some_answer_without_their_name_and_nobody_before_the_first_day(each: Company) -> None:
    pulse, reps = each.tables["pulse"], each.tables["reps"].set_index("name")
    named = pulse[pulse["owner"].notna()]

    assert 0.05 < pulse["owner"].isna().mean() < 0.7
    assert pulse["answer"].between(1, 5).all()
    assert (named["asked_on"] > named["owner"].map(reps["started_on"])).all()
    assert not named.duplicated(["owner", "question", "asked_on"]).any()


def test_dates_are_in_order_and_nothing_is_known_before_it_happened(each: Company) -> None:
    end = pd.Timestamp(each.as_of)
    deals, tasks = each.tables["opportunities"], each.tables["tasks"]
    activities, reps = each.tables["activities"], each.tables["reps"]
    happened = [
        deals["created_on"],
        deals["closed_on"],
        deals["modified_at"].dt.floor("D"),
        tasks["created_on"],
        tasks["done_on"],
        activities["happened_on"],
        reps["started_on"],
        reps["left_on"],
        each.tables["skills"]["rated_on"],
        each.tables["leads"]["created_on"],
        each.tables["leads"]["modified_at"].dt.floor("D"),
        each.tables["pulse"]["asked_on"],
        each.tables["rates"]["valid_from"],
        each.tables["measures"]["measured_on"],
    ]

    assert max(days.max() for days in happened) <= end
    assert (end - deals["created_on"].min()).days <= 3 * 365 + 1
    assert not (deals["closed_on"] < deals["created_on"]).any()
    assert not (deals["modified_at"] < deals["created_on"]).any()
    assert not (deals["expected_on"] < deals["created_on"]).any()
    assert not (tasks["done_on"] < tasks["created_on"]).any()
    assert not (tasks["due_on"] < tasks["created_on"]).any()


def test_work_is_done_by_people_while_they_are_here(each: Company) -> None:
    reps = each.tables["reps"].set_index("name")
    for entity, day in (("activities", "happened_on"), ("tasks", "created_on")):
        table = each.tables[entity]
        assert (table[day] >= table["owner"].map(reps["started_on"])).all(), entity
        assert not (table[day] > table["owner"].map(reps["left_on"])).any(), entity


def test_closed_and_open_opportunities_are_told_apart_by_their_stage(each: Company) -> None:
    deals = each.tables["opportunities"]
    is_open = deals["closed_on"].isna()

    assert set(deals["stage"][~is_open]) == {"Won", "Lost"}
    assert set(deals["stage"][is_open]) == {"Qualify", "Needs", "Proposal", "Negotiation"}
    assert (deals["loss_reason"].notna() == (deals["stage"] == "Lost")).all()
    assert deals["next_step"][~is_open].isna().all()


def test_winning_takes_a_little_longer_than_losing(company: Company) -> None:
    deals = closed_deals(company)
    days = (deals["closed_on"] - deals["created_on"]).dt.days.groupby(deals["won"]).mean()

    assert 1.05 < days[True] / days[False] < 1.35


def test_few_opportunities_are_still_open_but_the_newest(company: Company) -> None:
    deals = company.tables["opportunities"]
    age = (pd.Timestamp(company.as_of) - deals["created_on"]).dt.days
    is_open = deals["closed_on"].isna()

    assert is_open[age <= 365].mean() < 0.17
    assert is_open[age > 120].mean() < 0.02
    assert (age[is_open] > 120).sum() > 20


def test_targets_add_up_from_reps_to_teams_to_the_company(each: Company) -> None:
    targets = each.tables["targets"]
    team = each.tables["reps"].set_index("name")["team"]
    year = targets["period_start"].dt.year
    of_reps = targets[targets["unit_kind"] == "rep"]
    of_teams = targets[targets["unit_kind"] == "team"].set_index(["unit", "period_start"])
    of_company = targets[targets["unit_kind"] == "company"].set_index("period_start")

    quarter = of_reps["period_start"].dt.to_period("Q").dt.start_time
    summed = of_reps["amount"].groupby([of_reps["unit"].map(team), quarter]).sum()
    assert summed.to_dict() == of_teams["amount"].to_dict()
    starts = of_teams.index.get_level_values("period_start").to_series()
    summed = of_teams["amount"].groupby(starts.dt.year.to_numpy()).sum()
    assert summed.tolist() == of_company["amount"].tolist()
    assert set(year) == {each.as_of.year - 1, each.as_of.year}
    assert len(of_teams) == 4 * 4 * 2
    assert (targets["amount"] > 0).all()


def test_targets_are_monthly_for_reps_while_here_quarterly_for_teams_yearly_for_the_company(
    each: Company,
) -> None:
    targets, reps = each.tables["targets"], each.tables["reps"].set_index("name")
    of_reps = targets[targets["unit_kind"] == "rep"]
    started, left = (of_reps["unit"].map(reps[day]) for day in ("started_on", "left_on"))

    assert set(zip(targets["unit_kind"], targets["period"], strict=True)) == {
        ("rep", "month"),
        ("team", "quarter"),
        ("company", "year"),
    }
    assert (of_reps["period_start"] >= started).all()
    assert not (of_reps["period_start"] > left).any()
    assert of_reps["unit"].value_counts().max() == 24


def test_attainment_is_spread_about_the_targets(company: Company) -> None:
    deals, targets = closed_deals(company), company.tables["targets"]
    last_year = company.as_of.year - 1
    won = deals[deals["won"] & (deals["closed_on"].dt.year == last_year)]
    asked = targets[
        (targets["unit_kind"] == "rep") & (targets["period_start"].dt.year == last_year)
    ]
    attained = won.groupby("owner")["amount"].sum() / asked.groupby("unit")["amount"].sum()

    assert 0.55 < attained.quantile(0.1) < 0.85
    assert 1.1 < attained.quantile(0.9) < 1.4


def test_some_tasks_are_overdue(each: Company) -> None:
    tasks = each.tables["tasks"]
    is_open = tasks["status"] == "Open"

    assert (is_open == tasks["done_on"].isna()).all()
    assert 25 < (is_open & (tasks["due_on"] < pd.Timestamp(each.as_of))).sum() < 120


def test_leave_does_not_overlap_and_one_long_leave_lies_ahead(each: Company) -> None:
    leave = each.tables["leave"].sort_values(["owner", "starts_on"])
    end = pd.Timestamp(each.as_of)
    last = leave.groupby("owner")["ends_on"].shift()

    assert (leave["ends_on"] >= leave["starts_on"]).all()
    assert not (leave["starts_on"] <= last).any()
    ahead = leave[leave["starts_on"] > end]
    long = (ahead["ends_on"] - ahead["starts_on"]).dt.days > 60
    assert long.sum() == 1
    assert ((leave["starts_on"] <= end) & (leave["ends_on"] >= end)).sum() == 2


def test_skill_ratings_know_something_of_the_truth(company: Company, twin: Company) -> None:
    def correlation(ratings: pd.DataFrame) -> float:
        ratings = ratings[ratings["skill"].isin(company.tables["products"]["product"])]
        table = ratings.pivot_table(index="owner", columns="skill", values="level")
        effects = company.truth.rep_product.loc[table.index, table.columns]
        return np.corrcoef(table.to_numpy().ravel(), effects.to_numpy().ravel())[0, 1]

    assert 0.5 < correlation(company.tables["skills"]) < 0.9
    assert abs(correlation(twin.tables["skills"])) < 0.3
    assert company.tables["skills"]["level"].between(1, 5).all()


# Files


def test_files_are_utf8_with_contract_headers_and_iso_dates(company: Company, tmp_path) -> None:
    paths = write(company, tmp_path / "export")

    assert [path.name for path in paths] == [f"{entity}.csv" for entity in company.tables]
    for path in paths:
        table, contract = company.tables[path.stem], CONTRACTS[path.stem]
        texts = pd.read_csv(path, dtype=str, encoding="utf-8")
        assert list(texts) == list(table)
        assert len(texts) == len(table)
        for column in contract.mapped:
            pattern = {"date": r"\d{4}-\d\d-\d\d", "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"}
            if column.name in texts and column.type in pattern:
                written = texts[column.name].dropna().unique()
                assert all(re.fullmatch(pattern[column.type], text) for text in written)
    people = pd.read_csv(tmp_path / "export" / "reps.csv", encoding="utf-8")
    assert people["name"].tolist() == company.tables["reps"]["name"].tolist()
