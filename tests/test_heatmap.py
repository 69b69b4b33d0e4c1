"""The map of win rates: what is coloured is what is known, and text of the CRM stays text."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages._ui.charts import BLUE, INK, ORANGE, PAPER
from pages._ui.heatmap import ink, mixed, rate_map
from pages._ui.text import Text

EN = Text("en")


def cell(rep: str, level: str | None, mean: float, above: float = 0.0, clear: int = 0) -> dict:
    """A row of ``study.win_rates`` with an interval of ten points to both sides."""
    return {
        "rep": rep, "level": level, "mean": mean, "low": mean - 0.1, "high": mean + 0.1,
        "wins": 30.0, "trials": 60.0, "above": above, "p_above": 0.5 + above, "clear": clear,
    }  # fmt: skip


RATES = pd.DataFrame(
    [
        cell("Bob", None, 0.5),
        cell("Bob", "pumps", 0.7, 0.2, 1),
        cell("Bob", "valves", 0.3, -0.1, -1),
        cell("Ann", None, 0.52),
        cell("Ann", "pumps", 0.55, 0.05),
        cell("Ann", "valves", 0.4, 0.0),
    ]
)


def texts(table: str, tag: str) -> list[str]:
    """What stands in the cells of a kind, without markup."""
    cells = re.findall(rf"<{tag}\b[^>]*>(.*?)</{tag}>", table)
    return [re.sub("<[^>]+>", "", inside) for inside in cells]


def test_a_cell_that_is_known_has_its_rate_and_every_cell_its_interval():
    table = rate_map(RATES, dark=False, t=EN)

    assert texts(table, "th") == ["", "all", "pumps", "valves", "Bob", "Ann"]
    assert texts(table, "td") == ["40–60", "70 60–80", "30 20–40", "42–62", "45–65", "30–50"]


def test_only_what_is_known_is_coloured_and_the_more_the_larger_it_is():
    looks = re.findall(
        r"<td title=\"[^\"]*\"(?: style=\"background:(#\w+))?", rate_map(RATES, False, EN)
    )

    assert looks == ["", mixed(1.0, False), mixed(-0.75, False), "", "", ""]
    assert (mixed(0, True), mixed(1, True), mixed(-1, False)) == (PAPER[True], BLUE, ORANGE)


def test_the_whole_estimate_is_told_on_hover():
    assert (
        'title="Bob, pumps\nwin rate 70 % 60–80 %\nwon 30 of 60 closed\n'
        '+20 points against the average, above it with 70 % probability"'
    ) in rate_map(RATES, dark=False, t=EN)


def test_names_are_escaped_in_cells_and_on_hover():
    hostile = '"><img src=x onerror=alert(1)>'
    table = rate_map(
        RATES.replace({"rep": {"Ann": hostile}, "level": {"pumps": hostile}}), False, EN
    )

    assert "<img" not in table
    assert "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;" in texts(table, "th")
    assert len(re.findall('<td title="[^"<>]+"[ >]', table)) == len(RATES)


# Colours


def luminance(colour: np.ndarray) -> float:
    """Relative luminance of Web Content Accessibility Guidelines 2.2."""
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def rgb(code: str) -> np.ndarray:
    return np.array(list(bytes.fromhex(code[1:]))) / 255


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_is_that_of_the_guidelines():
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == pytest.approx(21)
    assert contrast(rgb("#777777"), rgb("#FFFFFF")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("dark", [False, True])
@given(shade=st.floats(-1, 1))
def test_a_number_is_read_on_its_cell_wherever_either_ink_is(dark, shade):
    assert contrast(rgb(ink(shade, dark)), rgb(mixed(shade, dark))) >= 4.45


@pytest.mark.parametrize("dark", [False, True])
def test_an_interval_is_read_on_a_blank_cell(dark):
    assert contrast(rgb(INK[dark]), rgb(PAPER[dark])) >= 4.5
