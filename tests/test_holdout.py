"""The lot that decides which recommended bundles are left where they are."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.holdout import withheld

plans = st.dictionaries(st.text(min_size=1, max_size=4), st.integers(0, 3), max_size=12)


def many(number: int) -> dict[str, int]:
    return {f"O{row}": row for row in range(number)}


def test_about_the_share_is_withheld_and_the_same_ones_each_time():
    drawn = withheld(many(5000), 0.2, seed=1, key="2026Q3")

    assert abs(len(drawn) - 1000) < 4 * math.sqrt(5000 * 0.2 * 0.8)
    assert drawn == withheld(many(5000), 0.2, seed=1, key="2026Q3")


def test_another_seed_or_quarter_draws_anew():
    draws = [withheld(many(200), 0.2, seed, key) for seed, key in [(1, "a"), (2, "a"), (1, "b")]]

    assert len({*draws}) == 3


@settings(max_examples=30, deadline=None)
@given(plans, st.floats(0, 1))
def test_a_bundle_is_withheld_whole_or_not_at_all(bundles, share):
    drawn = withheld(bundles, share, seed=7, key="k")

    for bundle in {*bundles.values()}:
        items = {item for item, of in bundles.items() if of == bundle}
        assert items <= drawn or not items & drawn
    assert drawn == withheld(dict(reversed(bundles.items())), share, seed=7, key="k")


@settings(max_examples=30, deadline=None)
@given(plans, st.data())
def test_declining_others_does_not_draw_again(bundles, data):
    gone = data.draw(st.sampled_from([*{*bundles.values()}, -1]))
    rest = {item: bundle for item, bundle in bundles.items() if bundle != gone}

    assert withheld(rest, 0.5, 7, "k") == withheld(bundles, 0.5, 7, "k") & rest.keys()


def test_without_a_share_nothing_is_withheld_and_with_all_everything():
    assert not withheld(many(50), 0, 1, "k")
    assert withheld(many(50), 1, 1, "k") == many(50).keys()
