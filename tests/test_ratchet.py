"""Targets that ratchet are told from those that do not."""

import numpy as np
import pandas as pd
import pytest

from analytics.ratchet import Ratchet, ratchet


def simulated(up: float, down: float, seed: int, units: int = 40, periods: int = 10) -> Ratchet:
    """Targets raised by ``up`` of each beat and cut by ``down`` of each miss."""
    rng = np.random.default_rng(seed)
    rows = []
    for unit in range(units):
        target = float(rng.uniform(50, 200))
        for period in range(periods):
            missed = float(rng.normal(0, 0.3))
            rows.append((f"u{unit}", period, target, target * max(1 + missed, 0)))
            slope = up if missed > 0 else down
            # What all targets share is growth, and no ratchet.
            change = 0.03 + slope * float(np.clip(missed, -1, 1)) + float(rng.normal(0, 0.05))
            target *= max(1 + change, 0.05)
    return ratchet(pd.DataFrame(rows, columns=["unit", "period", "target", "won"]))


def test_a_planted_ratchet_is_found_with_its_slopes():
    found = simulated(up=0.5, down=0.1, seed=1)

    assert found.verdict == "ratchet"
    assert (found.n, found.units) == (40 * 9, 40)
    assert found.beats + found.misses == found.n
    assert (found.up, found.down) == (pytest.approx(0.5, abs=0.08), pytest.approx(0.1, abs=0.08))
    assert found.low < 0.4 < found.high
    assert found.after_beat == pytest.approx(found.up / 10)
    assert found.after_miss == pytest.approx(-found.down / 10)


def test_targets_that_follow_both_ways_alike_do_not_ratchet():
    assert simulated(up=0.4, down=0.4, seed=2).verdict == "none"


def test_steep_slopes_are_told_apart_as_shallow_ones_are():
    found, alike = simulated(up=0.8, down=0.5, seed=4), simulated(up=0.8, down=0.8, seed=4)

    assert found.verdict == "ratchet"
    assert found.difference == pytest.approx(0.3, abs=0.05)
    assert alike.verdict == "none"
    assert alike.low < 0 < alike.high


@pytest.mark.simulation
def test_an_interval_of_ninety_per_cent_holds_the_truth_about_so_often():
    held = [
        found.low < 0.2 < found.high
        for found in (simulated(up=0.3, down=0.1, seed=seed) for seed in range(100, 250))
    ]

    # 150 trials at 0.9: the count is 135 with a standard deviation of 3.7.
    assert 124 <= sum(held) <= 146


def test_few_changes_say_nothing():
    found = simulated(up=0.5, down=0.1, seed=3, units=4)

    assert found.verdict == "few"
    assert np.isnan(found.difference)


def test_only_periods_that_follow_each_other_are_changes():
    rows = pd.DataFrame(
        {"unit": ["a"] * 3, "period": [0, 1, 3], "target": [1.0, 1.0, 1.0], "won": [2.0, 2.0, 2.0]}
    )

    assert ratchet(rows).n == 1
