"""The waterfall: each step begins where the one before ended."""

import pytest

from pages._ui.text import Text
from pages._ui.waterfall import axis_low, waterfall

EN = Text("en")


def drawn(opening: float, *amounts: float):
    names = [f"step {number}" for number, _ in enumerate(amounts)]
    return waterfall(opening, names, amounts, names, ("then", "now"), EN)


def test_bars_lead_from_one_value_to_the_other():
    bar = drawn(100.0, 50.0, -30.0).data[0]

    assert list(bar.y) == ["then", "step 0", "step 1", "now"]
    assert list(bar.base) == [0, 100, 120, 0]
    assert list(bar.x) == [100, 50, 30, 120]


def test_every_bar_carries_its_amount_with_a_sign():
    words = [note.text for note in drawn(100.0, 50.0, -30.0).layout.annotations]

    assert words == ["100", "+50", "−30", "120"]


def test_small_steps_are_seen_because_the_axis_begins_near_them():
    assert axis_low(1000.0, [-10.0, 5.0]) == pytest.approx(980)
    assert axis_low(100.0, [-50.0]) == 0
    assert axis_low(100.0, []) == 0

    bar = drawn(1000.0, -10.0, 5.0).data[0]
    assert list(bar.base) == pytest.approx([980, 990, 990, 980])
    assert list(bar.x) == pytest.approx([20, 10, 5, 15])


def test_names_from_the_crm_are_no_markup():
    figure = waterfall(1.0, ["<b>"], [1.0], ["<i>"], ("then", "now"), EN)

    assert figure.data[0].y[1] == "&lt;b&gt;"
    assert figure.data[0].hovertext[1] == "&lt;i&gt;"


def test_nothing_open_can_be_drawn():
    assert list(drawn(0.0).data[0].x) == [0, 0]
