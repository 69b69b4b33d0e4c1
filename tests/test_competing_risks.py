"""What becomes of opportunities by age, rep and segment."""

import numpy as np
import pandas as pd
import pytest

from analytics.competing_risks import (
    INCIDENCE,
    OPEN_CHANCES,
    CompetingRisks,
    incidence,
    open_win_chance,
    stage_effects,
)
from analytics.winrate import RepWinRate
from tests.timelines import Timeline, timeline

PLAIN = RepWinRate(segments=(), by=(), team=None, period=None)


@pytest.fixture(scope="module")
def past() -> Timeline:
    """Losses take twice as long as wins."""
    return timeline(np.random.default_rng(3), reps=8, products=3)


@pytest.fixture(scope="module")
def risks(past: Timeline) -> CompetingRisks:
    model = RepWinRate(segments=("product",), by=("product",))
    return CompetingRisks(model).fit(past.marts("deal_ages")["deal_ages"])


def ages(*bands: tuple[int, int, int]) -> pd.DataFrame:
    """The mart for two reps who are alike: at risk, won and lost by band."""
    rows = pd.DataFrame(bands, columns=["at_risk", "won", "lost"]).assign(band=range(len(bands)))
    both = pd.concat([rows.assign(rep="Ann"), rows.assign(rep="Bo")], ignore_index=True)
    return both.assign(engaged_month=pd.Timestamp("2026-01-01"))


def items(**columns: list) -> pd.DataFrame:
    """Open opportunities of one owner and product, unless said otherwise."""
    size = len(next(iter(columns.values())))
    frame = pd.DataFrame({"opportunity_id": [f"o{n}" for n in range(size)]})
    defaults = {"rep": "rep 00", "product": "product 00", "stage": "Talks", "age_days": 30}
    return frame.assign(**defaults | {"created_on": pd.Timestamp("2026-03-01")} | columns)


def test_with_many_opportunities_the_rates_are_those_that_were_counted():
    table = ages((20_000, 4_000, 6_000), (10_000, 1_800, 200), (8_000, 600, 1_800))
    risks = CompetingRisks(PLAIN).fit(table)
    rows = pd.DataFrame({"rep": ["Ann"], "weight": [1.0]})

    [early] = incidence(risks, rows, "rep", within=56).to_dict("records")
    [late] = incidence(risks, rows, "rep").to_dict("records")

    assert risks.horizon_days_ == 84
    assert early["won"] == pytest.approx(0.2 + 0.5 * 0.18, abs=0.005)
    assert early["lost"] == pytest.approx(0.3 + 0.5 * 0.02, abs=0.005)
    assert early["open"] == pytest.approx(0.5 * 0.8, abs=0.005)
    assert early["extrapolated"] == 0
    assert late["won"] == pytest.approx(0.2 + 0.5 * 0.18 + 0.4 * 0.25, abs=0.01)
    assert late["open"] == 0
    assert late["extrapolated"] == pytest.approx(0.4 * 0.7, abs=0.01)


def test_shares_add_up_and_the_interval_holds_the_mean(past, risks):
    table = incidence(risks, past.mix(), "product", within=120)

    assert list(table) == ["product", *INCIDENCE]
    assert table[["won", "lost", "open"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert (table["low"] < table["won"]).all()
    assert (table["won"] < table["high"]).all()


def test_a_rep_nobody_knows_has_the_wider_interval(past, risks):
    mix = past.mix().query("rep == 'rep 00'")
    table = incidence(risks, pd.concat([mix, mix.assign(rep="Zoe")]), "rep").set_index("rep")

    width = table["high"] - table["low"]
    assert width["Zoe"] > width["rep 00"]


def test_closing_and_winning_are_drawn_independently(past, risks):
    closing, winning = risks.by_band(past.mix().head(1), 2000, 0)

    assert abs(np.corrcoef(closing[:, 0, 1], winning[:, 0, 1])[0, 1]) < 0.1


def test_equal_weights_are_the_plain_mean_of_the_rows(past, risks):
    mix = past.mix().query("rep == 'rep 01'").assign(weight=2.0)
    each = incidence(risks, mix, "product")["won"]

    assert incidence(risks, mix, "rep")["won"].item() == pytest.approx(each.mean())


def test_an_open_opportunity_loses_hope_with_age_where_losses_are_slower(risks):
    open_items = items(age_days=[0, 40, 80, 160])
    chances = open_win_chance(risks, open_items)

    assert list(chances) == list(OPEN_CHANCES)
    assert chances["won"].is_monotonic_decreasing
    assert chances["won"].iloc[0] - chances["won"].iloc[-1] > 0.1
    assert chances["extrapolated"].is_monotonic_increasing


def test_a_win_by_a_date_is_less_likely_than_a_win_in_the_end(risks):
    open_items = items(age_days=[5, 50, 100])
    soon = open_win_chance(risks, open_items, within=30)
    later = open_win_chance(risks, open_items, within=90)

    assert (soon["won"] < later["won"]).all()
    assert (later["won"] < open_win_chance(risks, open_items)["won"]).all()


def test_unowned_ones_have_a_chance_and_those_of_unknown_age_have_none(risks):
    open_items = items(
        rep=["rep 00", None, "rep 01"],
        created_on=[pd.Timestamp("2026-03-01"), pd.Timestamp("2026-03-01"), None],
    )

    chances = open_win_chance(risks, open_items)

    assert list(chances["opportunity_id"]) == ["o0", "o1"]
    assert chances["won"].between(0, 1).all()
    assert open_win_chance(risks, open_items.iloc[2:]).empty


def test_many_open_opportunities_are_answered_in_their_order(risks):
    many = items(age_days=[n % 90 for n in range(600)])
    few = many.iloc[[0, 300, 599]]

    all_of_them = open_win_chance(risks, many, size=50).set_index("opportunity_id")["won"]
    alone = open_win_chance(risks, few, size=50).set_index("opportunity_id")["won"]

    assert list(all_of_them[["o0", "o300", "o599"]]) == pytest.approx(list(alone))


def test_an_opportunity_of_any_age_has_a_chance_where_old_bands_hold_few():
    risks = CompetingRisks(PLAIN).fit(ages((400, 50, 50), (300, 50, 50), (20, 0, 1)))

    [young, old] = open_win_chance(risks, items(age_days=[10, 500], rep=["Ann", "Ann"]))["won"]

    assert risks.horizon_days_ == 56
    assert young == pytest.approx(old, abs=0.1)


def stages_seen(won: dict[str, list[int]], age_days: int = 30) -> pd.DataFrame:
    """The mart: outcomes by the stage in which an older export showed the opportunity."""
    rows = [(stage, outcome) for stage, outcomes in won.items() for outcome in outcomes]
    frame = items(stage=[stage for stage, _ in rows]).drop(columns="created_on")
    return frame.assign(
        won=[outcome for _, outcome in rows],
        age_days=age_days,
        engaged_month=pd.Timestamp("2026-01-01"),
    )


def test_a_stage_moves_the_odds_as_far_as_closed_ones_of_that_stage_say(risks):
    seen = stages_seen({"Talks": [0, 0, 0, 1] * 20, "Offer": [1, 1, 1, 0] * 20, "Rare": [1]})
    effects = stage_effects(risks, seen)
    chances = open_win_chance(
        risks, items(stage=["Talks", "Offer", "Rare", "New"], age_days=[30] * 4), stages=effects
    )
    talks, offer, rare, new = chances["won"]

    assert talks < new < offer
    assert talks < rare < offer
    # Odds of 3 against odds of 1/3, shrunken a little.
    assert 2 <= effects["Offer"] - effects["Talks"] <= np.log(9)
    assert (talks + offer) / 2 == pytest.approx(new, abs=0.03)
    assert list(chances["stage_used"]) == [True, True, True, False]


def test_what_age_explains_is_not_put_down_to_the_stage(risks):
    chances = open_win_chance(risks, items(age_days=[1, 160]))["won"]
    young, old = ([1] * round(100 * won) + [0] * round(100 * (1 - won)) for won in chances)
    seen = pd.concat([stages_seen({"Talks": young}, 1), stages_seen({"Offer": old}, 160)])
    seen = seen.assign(opportunity_id=[f"o{n}" for n in range(len(seen))])

    assert chances[0] - chances[1] > 0.15
    assert stage_effects(risks, seen).to_numpy() == pytest.approx(0, abs=0.1)


def test_the_common_stage_moves_less_than_the_uncommon_one(risks):
    effects = stage_effects(risks, stages_seen({"Talks": [0, 0, 0, 1] * 40, "Offer": [1, 1] * 8}))

    assert -0.7 < effects["Talks"] < 0
    assert effects["Offer"] > 1


def test_stages_that_win_alike_move_nothing(risks):
    effects = stage_effects(risks, stages_seen({"Talks": [0, 1] * 40, "Offer": [0, 1] * 40}))

    assert effects.to_numpy() == pytest.approx(0, abs=0.01)


def test_with_few_past_stages_none_is_used(risks):
    effects = stage_effects(risks, stages_seen({"Talks": [0] * 40, "Offer": [1] * 40}))
    chances = open_win_chance(risks, items(age_days=[30]), stages=effects)

    assert effects.empty
    assert not chances["stage_used"].any()
    assert chances.equals(open_win_chance(risks, items(age_days=[30])))


def test_nothing_closed_is_nothing_to_learn_from():
    with pytest.raises(ValueError, match="no closed deals"):
        CompetingRisks(PLAIN).fit(ages((100, 0, 0)))
