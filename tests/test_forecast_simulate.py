"""Simulated ends of a period: their means, their spread, what must not change them."""

import numpy as np
import pytest

from analytics.forecast.backtest import priced
from analytics.forecast.course import chance_within, learn, ways
from analytics.forecast.habits import Habits, Owners, habits
from analytics.forecast.simulate import ALONE, simulate
from tests.deals import drawn, world

DAY = 799


@pytest.fixture(scope="module")
def learnt() -> Habits:
    deals = world(11).known_on(DAY)
    return habits(deals, learn(deals, DAY, 2), DAY, 5)


def open_ones():
    deals = world(11).known_on(DAY)
    return deals.take(deals.is_open)


def rng():
    return np.random.default_rng(7)


def test_what_open_ones_bring_is_their_chance_times_their_amount(learnt):
    deals = open_ones()
    paths = simulate(deals, learnt, DAY, 30, rng=rng())
    still_to_come = simulate(deals.take(np.arange(0)), learnt, DAY, 30, rng=rng())
    mean = (paths.chance * deals.amount * learnt.amounts.ratio[deals.stratum]).sum()

    assert paths.amounts.sum(axis=0).mean() == pytest.approx(
        mean + still_to_come.amounts.sum(axis=0).mean(), rel=0.02
    )
    assert paths.deals.sum(axis=0).mean() == pytest.approx(
        paths.chance.sum() + still_to_come.deals.sum(axis=0).mean(), rel=0.02
    )


def test_one_opportunity_is_won_as_often_as_its_chance_says(learnt):
    one = drawn((DAY - 20, None, False, 500.0))
    paths = simulate(one, learnt, DAY, 30, rng=rng())
    alone = simulate(one.take(np.arange(0)), learnt, DAY, 30, rng=rng())

    way = ways(*learnt.course.hazards)
    [plain] = chance_within(way, one.stratum, DAY - one.created, 30)
    assert paths.chance[0] == pytest.approx(plain, abs=0.05)
    more = paths.deals[0].mean() - alone.deals[0].mean()
    assert more == pytest.approx(paths.chance[0], abs=0.02)


def test_the_many_small_ones_spread_as_if_played_out_one_by_one(learnt, monkeypatch):
    deals = open_ones()
    deals = deals.take(np.resize(np.arange(len(deals)), 6 * ALONE))
    deals.rep[:] = 0
    some = simulate(deals, learnt, DAY, 30, rng=rng())
    monkeypatch.setattr("analytics.forecast.simulate.ALONE", 10**6)
    every = simulate(deals, learnt, DAY, 30, rng=rng())

    for name in ("amounts", "deals"):
        one, other = getattr(some, name)[0], getattr(every, name)[0]
        assert np.quantile(one, [0.05, 0.5, 0.95]) == pytest.approx(
            np.quantile(other, [0.05, 0.5, 0.95]), rel=0.03
        )
    both = np.corrcoef(some.amounts[0], some.deals[0])[0, 1]
    assert both == pytest.approx(np.corrcoef(every.amounts[0], every.deals[0])[0, 1], abs=0.05)


def test_what_arrives_is_what_arrived(learnt):
    arriving = simulate(open_ones().take(np.arange(0)), learnt, DAY, 60, rng=rng())
    deals = world(11, days=4_000)
    later = [
        ((deals.created > cut) & deals.won & (deals.closed <= cut + 60)).sum()
        for cut in range(1_000, 3_800, 60)
    ]

    assert arriving.deals.sum(axis=0).mean() == pytest.approx(np.mean(later), rel=0.15)


def test_nothing_is_won_without_days(learnt):
    paths = simulate(open_ones(), learnt, DAY, 0, rng=rng())

    assert not paths.amounts.any()
    assert not paths.deals.any()


def test_a_later_stretch_is_the_rest_of_the_longer_one(learnt):
    deals = open_ones()
    whole, first = (
        simulate(deals, learnt, DAY, days, rng=rng()).deals.sum(axis=0).mean() for days in (90, 30)
    )
    rest = simulate(deals, learnt, DAY, 90, skipped=30, rng=rng()).deals.sum(axis=0).mean()

    assert rest == pytest.approx(whole - first, rel=0.05)


def test_the_same_seed_gives_the_same_paths_and_money_scales(learnt):
    deals = open_ones()
    one, same = (simulate(deals, learnt, DAY, 30, rng=rng()) for _ in range(2))

    assert (one.amounts == same.amounts).all()
    assert len(one.amounts[0]) == 10_000


def test_a_stage_that_promises_more_brings_more(learnt):
    deals = open_ones()
    plain = simulate(deals, learnt, DAY, 30, rng=rng())
    better = simulate(deals, learnt, DAY, 30, factors=np.full(len(deals), 2.0), rng=rng())

    odds = plain.chance / (1 - plain.chance)
    assert better.chance == pytest.approx(2 * odds / (1 + 2 * odds), rel=0.03)


def test_an_amount_that_is_only_an_average_widens_the_range(learnt):
    deals = open_ones()
    known = simulate(deals, learnt, DAY, 30, rng=rng()).amounts.sum(axis=0)
    wide = simulate(deals, learnt, DAY, 30, spread=np.full(len(deals), 2.0), rng=rng())

    assert wide.amounts.sum(axis=0).std() > 1.2 * known.std()


def test_owners_who_do_not_differ_are_alike_and_others_are_told_apart():
    deals = world(21, a_day=6)
    same = habits(deals, learn(deals, 999, 2), 999, 5).owners.mean[:-1]
    skewed = deals.take(~deals.won | (deals.rep != 0) | (deals.created % 3 == 0))
    found = habits(skewed, learn(skewed, 999, 2), 999, 5).owners.mean

    assert same == pytest.approx(np.ones(4), abs=0.1)
    assert found[0] < 0.75
    assert (found[1:4] > 0.95).all()


def test_owners_are_certain_where_nothing_tells_them_apart():
    nobody = Owners(np.full(3, np.inf), np.full(3, np.inf))

    assert (nobody.draws(4, rng()) == 1).all()
    assert (nobody.mean == 1).all()


def test_who_has_left_gets_nothing_new():
    deals = world(11).known_on(DAY)
    present = np.array([False, True, True, True, True])
    found = habits(deals, learn(deals, DAY, 2), DAY, 5, present=present)

    assert not found.arrivals.daily[0].any()
    everybody = habits(deals, learn(deals, DAY, 2), DAY, 5)
    assert found.arrivals.daily.sum() == pytest.approx(everybody.arrivals.daily.sum())


def test_without_an_amount_the_average_of_wins_is_taken(learnt):
    deals = drawn((DAY - 5, None, False, 0.0), (DAY - 5, None, False, 70.0))

    assert priced(deals, learnt).amount.tolist() == [learnt.amounts.mean[0], 70.0]
