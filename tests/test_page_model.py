"""How good is this model, and what a plan's claim is worth: the pages that say so."""

import time
from collections.abc import Callable

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.recency import HalfLife
from pages._ui.text import LANGUAGES, Text
from tests.test_pages import TEN_DEALS, folder, loads, office, opens, said

__all__ = ["folder", "loads", "opens"]

PATIENCE = 60
"""Seconds within which an answer beside the page has to come."""


def until(app: AppTest, there: Callable[[AppTest], bool]) -> AppTest:
    """The page, looked at again and again as a browser does."""
    deadline = time.monotonic() + PATIENCE
    while not there(app):
        assert time.monotonic() < deadline, said(app)
        time.sleep(0.2)
        app.run()
        assert not app.exception
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_is_usable_and_people_add_to_it(opens, language):
    app = opens("model", lang=language)
    t = Text(language)

    assert t("trust.reps_add") in said(app)
    assert t("method.without_reps") in app.dataframe[0].value["method"].tolist()
    assert t("against.better") == app.dataframe[0].value["verdict"][0]
    assert "2024-10" in said(app)


def test_without_differences_people_add_nothing_and_nothing_has_changed(opens):
    app = opens("model", lang="en", workspace="sample_even")

    assert "nothing that can be told from chance" in said(app)
    assert "No win rate has changed over time" in said(app)


def test_what_is_still_open_is_said_with_its_direction(opens):
    assert "Of 716 opportunities created in the 3 orange months 383 are still open" in said(
        opens("model", lang="en")
    )


@pytest.mark.parametrize("table", [TEN_DEALS, office({"Anna": 80, "Ben": 30})])
def test_too_little_to_judge_is_said_and_nothing_is_drawn(opens, loads, table):
    loads(table)

    app = opens("model", lang="en", workspace="mine")

    assert "Too little data to judge." in said(app)
    assert not app.dataframe
    assert "ask-weighting" not in [button.key for button in app.button]


def test_the_half_life_is_tried_when_asked_and_kept(opens, monkeypatch):
    tried = pd.DataFrame(
        {
            "half_life": pd.array([None, 24], dtype="Int64"),
            "above": [0.0, 0.01],
            "error": [0.0, 0.001],
        }
    )

    def weighting(desk: object) -> HalfLife:
        time.sleep(0.5)
        return HalfLife(None, tried)

    monkeypatch.setattr("analytics.abilities.weighting", weighting)
    app = opens("model", lang="en")
    assert "count in full" not in said(app)

    app.button(key="ask-weighting").click().run()

    assert "Trying four half-lives" in said(app)
    until(app, lambda app: "should count in full" in said(app))
    assert "24 months" in app.dataframe[1].value["half_life"].tolist()
    again = opens("model", lang="en")
    assert "should count in full" in said(again)


def test_a_plan_stands_beside_what_chance_finds_one_shuffle_at_a_time(opens):
    app = opens("reallocate", lang="en")

    until(app, lambda app: "Over 2 shuffles." in said(app))

    assert "the same method finds **0** (0 to 0)" in said(app)
    # Whoever comes back finds the answers.
    assert "Over 2 shuffles." in said(opens("reallocate", lang="en"))
    links = [element.proto.label for element in opens("overview", lang="en").get("page_link")]
    assert any("of the whole plan; by chance alone: 0" in label for label in links)


def test_the_money_of_a_plan_is_not_said_before_chance_has_been_asked(opens):
    links = [
        element.proto.label
        for element in opens("overview", lang="en", as_of="2026-06-30").get("page_link")
    ]

    assert not any("of the whole plan" in label for label in links)


def test_owners_that_are_kept_stand_beside_what_the_gates_kept_back(opens):
    app = opens("reallocate", lang="en", workspace="sample_even")

    until(app, lambda app: "Over 2 shuffles." in said(app))

    assert "Without its gates the method would have claimed" in said(app)


def test_where_nothing_is_claimed_nothing_is_shuffled(opens, loads):
    loads(TEN_DEALS)

    app = opens("reallocate", lang="en", workspace="mine")

    assert "shuffle" not in said(app)


def test_the_plan_is_read_in_two_ways_and_each_move_says_what_would_undo_it(opens):
    app = opens("reallocate", lang="en")

    assert "Of the upper figure 50 % remains" in said(app)
    assert "It would gain nothing if the past opportunities of" in said(app)
