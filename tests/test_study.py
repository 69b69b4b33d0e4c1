"""What the closed opportunities say: attributes chosen, halves dealt, rates compared."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.settings import SETTINGS
from analytics.study import (
    ATTRIBUTES,
    MIX,
    NOTHING_CLOSED,
    Study,
    aggregate,
    halves,
    study,
    typical_mix,
    usable_attributes,
    win_rates,
)
from analytics.winrate.signal import Verdict
from tests.conftest import drawn
from tests.worlds import world

QUICK = replace(SETTINGS, bootstrap=199, draws=400)

SPECIALISTS = """
    rep | team  | product | wins | trials
    Ann | north | pumps   | 60   | 80
    Ann | north | valves  | 20   | 80
    Bob | north | pumps   | 20   | 80
    Bob | north | valves  | 60   | 80
    Cid | south | pumps   | 60   | 80
    Cid | south | valves  | 20   | 80
    Dee | south | pumps   | 20   | 80
    Dee | south | valves  | 60   | 80
"""

ALIKE = """
    rep | team  | product | wins | trials
    Ann | north | pumps   | 30   | 60
    Ann | north | valves  | 30   | 60
    Bob | north | pumps   | 30   | 60
    Bob | north | valves  | 30   | 60
    Cid | south | pumps   | 30   | 60
"""

LEVEL_OVER_ALL = "over all"


def win_cells(table: str) -> pd.DataFrame:
    """The mart of that name from a drawn table; what is not drawn the CRM does not know."""
    frame = drawn(table)
    unknown = dict.fromkeys(set(ATTRIBUTES) - set(frame))
    frame = frame.assign(**({"engaged_month": "2026-01-01"} | unknown | dict(frame.items())))
    return frame.astype({"wins": int, "trials": int, "engaged_month": "datetime64[us]"})


def by_rep_and_level(rates: pd.DataFrame) -> pd.DataFrame:
    return rates.fillna({"level": LEVEL_OVER_ALL}).set_index(["rep", "level"]).sort_index()


@pytest.fixture(scope="module")
def specialists() -> Study:
    return study(win_cells(SPECIALISTS), (), QUICK)


@pytest.fixture(scope="module")
def specialist_rates(specialists: Study) -> pd.DataFrame:
    return win_rates(specialists, QUICK)


@pytest.fixture(scope="module")
def varied() -> Study:
    """A company of more attribute combinations than a typical mix holds."""
    deals = world(np.random.default_rng(1), reps=6, products=12, sectors=10, teams=2).deals
    cells = deals.assign(
        rep=[f"rep {code}" for code in deals["rep"]],
        engaged_month=pd.Timestamp("2026-01-01"),
        trials=1,
        wins=deals["won"],
        **dict.fromkeys(set(ATTRIBUTES) - {"product", "sector"}),
    )
    return study(cells, (), replace(QUICK, bootstrap=19))


# Attributes


def test_an_attribute_qualifies_when_enough_closed_opportunities_carry_it():
    cells = win_cells("""
        rep | team  | product | sector | wins | trials
        Ann | north | pumps   | mining | 1    | 30
        Ann | north | valves  |        | 1    | 30
        Ann | north |         | food   | 1    | 29
        Ann | north |         |        | 1    | 11
    """)

    segments, choices = usable_attributes(cells, replace(SETTINGS, min_coverage=0.6))

    assert segments == choices == ("product",)  # 60 of 100 carry a product, 59 a sector


@pytest.mark.parametrize(
    ("levels", "segments", "choices"),
    [(1, (), ()), (2, ("source",), ("source",)), (3, ("source",), ()), (4, (), ())],
)
def test_too_few_or_too_many_values_rule_an_attribute_out(levels, segments, choices):
    lines = [f"Ann | north | source {number} | 1 | 2" for number in range(levels)]
    cells = win_cells("\n".join(["rep | team | source | wins | trials", *lines]))

    found = usable_attributes(cells, replace(SETTINGS, max_levels=3, max_by_levels=2))

    assert found == (segments, choices)


def test_attributes_come_in_the_order_of_preference_whatever_that_of_the_columns():
    cells = win_cells("""
        rep | team  | region | kind | product | wins | trials
        Ann | north | east   | new  | pumps   | 1    | 2
        Ann | north | west   | old  | valves  | 1    | 2
    """)

    assert usable_attributes(cells, SETTINGS)[0] == ("product", "kind", "region")


def test_what_is_not_compared_is_added_up_and_what_is_unknown_stays_apart():
    cells = win_cells("""
        rep | team  | product | sector | engaged_month | wins | trials
        Ann | north | pumps   | mining | 2026-01-01    | 1    | 2
        Ann | north | pumps   | food   | 2026-01-01    | 2    | 3
        Ann | north | pumps   | food   | 2026-02-01    | 1    | 1
        Ann | north |         | food   | 2026-01-01    | 0    | 4
    """)

    rows = aggregate(cells, ("product",))

    rows["product"] = rows["product"].fillna("?")
    assert sorted(rows[["period", "product", "wins", "trials"]].itertuples(index=False)) == [
        ("2026-01", "?", 0, 4),
        ("2026-01", "pumps", 3, 5),
        ("2026-02", "pumps", 1, 1),
    ]


# The study


def test_specialists_differ_by_product(specialists):
    assert (specialists.closed, specialists.wins) == (640, 320)
    assert specialists.reps == ("Ann", "Bob", "Cid", "Dee")
    assert specialists.by == "product"
    assert specialists.signal.verdict_segments == "evidence"


def test_reps_with_the_same_results_show_no_evidence_and_still_have_a_model():
    found = study(win_cells(ALIKE), (), QUICK)

    assert found.signal.verdict_reps == found.signal.verdict_segments == "none"
    assert found.model is not None


def test_nothing_closed_is_too_little_to_say_anything():
    found = study(win_cells("rep | team | wins | trials"), ("product",), QUICK)

    assert (found.model, found.signal, found.closed, found.reps) == (None, NOTHING_CLOSED, 0, ())
    assert win_rates(found, QUICK).empty


@pytest.mark.parametrize(("wins", "enough"), [(39, False), (40, True), (60, True), (61, False)])
def test_too_few_wins_or_losses_are_too_little_to_say_anything(wins, enough):
    cells = win_cells(f"""
        rep | team  | wins        | trials
        Ann | north | 20          | 50
        Bob | north | {wins - 20} | 50
    """)

    assert (study(cells, (), QUICK).model is not None) == enough


@pytest.mark.parametrize(
    ("asked", "crossed"),
    [
        ((), ("product", "sector")),
        (("sector",), ("sector",)),
        (("sector", "region", "product"), ("sector", "region", "product")),
        (("kind",), ("product", "sector")),
    ],
)
def test_what_is_asked_for_is_crossed_with_the_reps_and_else_the_first_two(asked, crossed):
    cells = win_cells("""
        rep | team  | product | sector | region | kind | wins | trials
        Ann | north | pumps   | mining | east   | new  | 1    | 2
        Bob | north | valves  | food   | west   | new  | 1    | 2
    """)

    assert study(cells, asked, QUICK).attributes == crossed


def test_attributes_that_would_make_too_many_combinations_are_left_out():
    lines = [f"Ann | n | p{number} | s{number} | r{number % 2} | 1 | 2" for number in range(4)]
    cells = win_cells("\n".join(["rep | team | product | sector | region | wins | trials", *lines]))

    found = study(cells, (), replace(QUICK, crossed=3, max_combinations=8))

    assert found.attributes == ("product", "region")  # 4 x 2; the four sectors would make it 16


def test_without_attributes_reps_are_compared_over_all():
    found = study(win_cells("rep | team | wins | trials\nAnn|n|60|80\nBob|n|20|80"), (), QUICK)

    rates = win_rates(found, QUICK)

    assert (found.segments, found.by) == ((), "")
    assert rates["level"].isna().all()
    assert rates.set_index("rep")["clear"].to_dict() == {"Ann": 1, "Bob": -1}


# Two halves


counts = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=20)


@settings(deadline=None)
@given(counts=counts, seed=st.integers(0, 2**32 - 1))
def test_the_halves_add_up_to_the_whole(counts, seed):
    cells = pd.DataFrame(counts, columns=["wins", "losses"])
    cells["trials"] = cells["wins"] + cells["losses"]
    whole = cells[["wins", "trials"]].astype(float)
    found = Study(whole, (), (), (), model=None, signal=NOTHING_CLOSED)

    first, second = halves(found, np.random.default_rng(seed))

    for half in (first, second):
        assert (half["trials"] > 0).all()
        assert ((half["wins"] >= 0) & (half["wins"] <= half["trials"])).all()
    together = first.add(second, fill_value=0).reindex(whole.index, fill_value=0)
    pd.testing.assert_frame_equal(together, whole, check_dtype=False)


def test_a_half_is_about_half_of_wins_and_of_losses(specialists):
    first, _ = halves(specialists, np.random.default_rng(3))

    # Six standard deviations of Binomial(320, 1/2).
    assert first["wins"].sum() == pytest.approx(160, abs=54)
    assert (first["trials"] - first["wins"]).sum() == pytest.approx(160, abs=54)


# The typical mix


def test_a_typical_mix_stands_for_all_closed_opportunities(varied):
    mix = typical_mix(varied)
    everything = varied.cells.groupby(["product", "sector"], as_index=False)["trials"].sum()

    def mean_rate(rows: pd.DataFrame, weight: pd.Series) -> float:
        predicted = varied.model.predict_proba(rows[["product", "sector"]].assign(rep=None))[:, 1]
        return np.average(predicted, weights=weight)

    assert len(everything) > len(mix) == MIX
    assert mix["weight"].sum() == pytest.approx(varied.closed)
    assert mean_rate(mix, mix["weight"]) == pytest.approx(
        mean_rate(everything, everything["trials"]), abs=0.01
    )


def test_few_combinations_are_all_in_the_mix(specialists):
    mix = typical_mix(specialists)

    assert mix.set_index("product")["weight"].to_dict() == {"pumps": 320, "valves": 320}


# Win rates


def test_every_rep_has_a_row_over_all_and_in_each_level_also_without_deals_in_it():
    without = "\n".join(
        line for line in SPECIALISTS.split("\n") if "Dee | south | pumps" not in line
    )

    rates = by_rep_and_level(win_rates(study(win_cells(without), (), QUICK), QUICK))

    levels = [LEVEL_OVER_ALL, "pumps", "valves"]
    assert list(rates.index) == [
        (rep, level) for rep in ("Ann", "Bob", "Cid", "Dee") for level in levels
    ]
    unseen = rates.loc[("Dee", "pumps")]
    assert (unseen["wins"], unseen["trials"], unseen["team"]) == (0, 0, "south")
    assert np.isnan(unseen["raw"])
    assert 0 < unseen["low"] < unseen["mean"] < unseen["high"] < 1


def test_a_rate_is_shown_with_what_was_seen_and_shrunk_towards_the_others(specialist_rates):
    rates = by_rep_and_level(specialist_rates)

    over_all, pumps = rates.loc[("Ann", LEVEL_OVER_ALL)], rates.loc[("Ann", "pumps")]
    assert (over_all["wins"], over_all["trials"], over_all["raw"]) == (80, 160, 0.5)
    assert (pumps["wins"], pumps["trials"], pumps["raw"]) == (60, 80, 0.75)
    assert 0.65 < pumps["mean"] < 0.75
    # Everybody won half, so the mean rep is at one half in each product.
    assert pumps["above"] == pytest.approx(pumps["mean"] - 0.5, abs=0.01)


def test_differences_to_the_mean_rep_cancel_and_lie_in_their_intervals(specialist_rates):
    above = specialist_rates.groupby("level", dropna=False)["above"].sum()

    assert np.allclose(above, 0)
    for part in ("", "above_"):
        mean = specialist_rates["above" if part else "mean"]
        assert (specialist_rates[f"{part}low"] < mean).all()
        assert (mean < specialist_rates[f"{part}high"]).all()


def test_easy_leads_do_not_make_a_better_rep():
    cells = win_cells("""
        rep | team  | product | wins | trials
        Ann | north | pumps   | 72   | 90
        Ann | north | valves  | 2    | 10
        Bob | north | pumps   | 8    | 10
        Bob | north | valves  | 18   | 90
    """)

    rates = by_rep_and_level(win_rates(study(cells, (), QUICK), QUICK)).xs(LEVEL_OVER_ALL, level=1)

    # Pumps are won at 80 %, valves at 20 %, by both; a typical opportunity is one of each.
    assert rates["raw"].to_dict() == {"Ann": 0.74, "Bob": 0.26}
    assert np.allclose(rates["mean"], 0.5, atol=0.04)
    assert (rates["clear"] == 0).all()


def test_specialists_are_clear_where_they_differ_and_nowhere_else(specialist_rates):
    rates = by_rep_and_level(specialist_rates)

    assert rates.xs("pumps", level=1)["clear"].to_dict() == {
        "Ann": 1,
        "Bob": -1,
        "Cid": 1,
        "Dee": -1,
    }
    assert rates.xs("valves", level=1)["clear"].to_dict() == {
        "Ann": -1,
        "Bob": 1,
        "Cid": -1,
        "Dee": 1,
    }
    assert (rates.xs(LEVEL_OVER_ALL, level=1)["clear"] == 0).all()


def test_without_evidence_nobody_is_clear_however_far_apart(specialists):
    signal = replace(specialists.signal, verdict_reps="none", verdict_segments="none")

    rates = win_rates(replace(specialists, signal=signal), QUICK)

    assert (rates["p_above"] >= QUICK.clear).any()
    assert (rates["clear"] == 0).all()


def test_each_kind_of_evidence_speaks_for_its_own_rows_only():
    better = study(
        win_cells(SPECIALISTS.replace("Ann | north | valves  | 20", "Ann|north|valves|60")),
        (),
        QUICK,
    )

    def clear(verdict_reps: Verdict, verdict_segments: Verdict) -> pd.Series:
        signal = replace(
            better.signal, verdict_reps=verdict_reps, verdict_segments=verdict_segments
        )
        return by_rep_and_level(win_rates(replace(better, signal=signal), QUICK))["clear"]

    only_segments, only_reps = clear("none", "evidence"), clear("evidence", "none")
    assert only_segments.loc[("Ann", LEVEL_OVER_ALL)] == 0
    assert only_segments.loc[("Ann", "pumps")] == 1
    assert only_reps.loc[("Ann", LEVEL_OVER_ALL)] == 1
    assert only_reps.loc[("Ann", "pumps")] == 0


def test_the_same_seed_gives_the_same_rates(specialists, specialist_rates):
    again = win_rates(specialists, QUICK)

    pd.testing.assert_frame_equal(again, specialist_rates)
    other = win_rates(specialists, replace(QUICK, seed=1))
    assert not np.array_equal(other["mean"], specialist_rates["mean"])
