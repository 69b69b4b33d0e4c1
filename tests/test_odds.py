"""P(win) of each person on each piece of work, told apart only where there is evidence."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics import posing
from analytics.odds import odds, owners_chance
from analytics.settings import ATTRIBUTES, SETTINGS
from analytics.study import Study, study

QUICK = replace(SETTINGS, bootstrap=199, draws=200)
REPS = pd.DataFrame({"rep": ["Ann", "Bo", "new"], "team": "north"})
ITEMS = pd.DataFrame(
    {
        "rep": ["Ann", "Bo", None],
        "team": ["north", "north", None],
        "product": ["pump", "valve", None],
    }
).reindex(columns=["rep", "team", *ATTRIBUTES])


def closed(wins: dict[tuple[str, str], int], trials: int = 150) -> Study:
    """What is known after so many won of each person and product."""
    rows = [(rep, "north", product, won, trials) for (rep, product), won in wins.items()]
    cells = pd.DataFrame(rows, columns=["rep", "team", "product", "wins", "trials"])
    cells = cells.reindex(columns=[*cells.columns, *(n for n in ATTRIBUTES if n != "product")])
    return study(cells.assign(engaged_month=pd.Timestamp("2026-01-01")), (), QUICK)


@pytest.fixture(scope="module")
def specialists() -> Study:
    return closed({("Ann", "pump"): 120, ("Ann", "valve"): 30,
                   ("Bo", "pump"): 30, ("Bo", "valve"): 120})  # fmt: skip


def test_everybody_is_best_at_what_was_won_before(specialists):
    found = odds(ITEMS, REPS, specialists, QUICK)

    mean = found.draws.mean(axis=0)[:, found.segment]
    assert found.told
    assert mean[0, 0] > 0.7 > mean[2, 0] > 0.3 > mean[1, 0]
    assert mean[1, 1] > 0.7
    assert found.trials[:, found.segment].tolist() == [[150, 150, 300], [150, 150, 300], [0, 0, 0]]


def test_without_evidence_everybody_has_the_same_odds():
    even = closed({(rep, product): 75 for rep in ("Ann", "Bo") for product in ("pump", "valve")})

    found = odds(ITEMS, REPS, even, QUICK)

    assert not found.told
    assert (found.draws == found.draws[:, :1]).all()


def test_without_a_model_it_is_the_rate_of_all():
    few = closed({("Ann", "pump"): 3, ("Bo", "valve"): 1}, trials=8)

    found = odds(ITEMS, REPS, few, QUICK)

    assert few.model is None
    assert set(np.unique(found.draws)) == {4 / 16}
    assert owners_chance(ITEMS, few).tolist() == [4 / 16] * 3


def test_whoever_has_an_item_decides_its_chance_and_nobody_is_average(specialists):
    chance = owners_chance(ITEMS, specialists)

    assert chance[0] > 0.7
    assert chance[1] > 0.7
    assert 0.4 < chance[2] < 0.6


def test_many_people_and_segments_have_fewer_draws(specialists, monkeypatch):
    monkeypatch.setattr(posing, "MOST_NUMBERS", 1)

    assert len(odds(ITEMS, REPS, specialists, QUICK).draws) == posing.FEWEST_DRAWS


def test_no_items_have_no_odds(specialists):
    assert odds(ITEMS.head(0), REPS, specialists, QUICK).segment.tolist() == []
