"""Reallocate: what a plan does besides money, what other limits would do; plans that relieve."""

from datetime import datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.rules import Line, RuleSet
from analytics.ruling import save_rules
from pages._ui import session
from pages._ui.text import LANGUAGES, Text
from tests.test_pages import folder, opens, said

__all__ = ["folder", "opens"]

AT = datetime(2026, 8, 14)  # noqa: DTZ001


def opened(app: AppTest, *drawers: str) -> AppTest:
    """The page with these drawers pulled out."""
    for name in drawers:
        app.session_state[name] = True
    app.run()
    assert not app.exception
    assert not app.error
    return app


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_says_what_it_does_to_hours_and_what_other_limits_would_do(opens, language):
    t = Text(language)

    app = opened(opens("reallocate", lang=language), "hours", "frontier", "prices")

    words = said(app)
    assert t("planning.besides") in words
    assert t("prices.help") in words
    tables = {tuple(table.value.columns): table.value for table in app.dataframe}
    points = tables["band", "moves", "money", "hours", "outside", "gap"]
    # Three bands, four budgets; what is in force is among them.
    assert len(points) == 12
    assert points["moves"].iloc[2] == 20
    assert points["band"].iloc[2] == "± 30 %"
    assert {"rep", "of", "up", "down"} in [set(names) for names in tables]


def test_the_card_of_a_person_names_what_is_received_and_given_and_why(opens):
    app = opened(opens("reallocate", lang="en"), "cards")

    [card] = [code.value for code in app.code]
    assert card.startswith("Daniel Wu, as of 2026-08-14")
    assert "You would hand over" in card
    assert "Kevin Zhou is estimated to win" in card
    assert "Hours a week of open work: 19 now" in card
    assert "\\" not in card


def test_without_differences_overload_is_relieved_and_no_gain_is_claimed(opens):
    app = opens("reallocate", lang="en", workspace="sample_even")

    words = said(app)
    assert "**Keep the owners.**" in words
    assert "hours a week off people who have too many" in words
    assert "No gain is claimed" in words
    assert "moves are worth making" not in words
    assert not any("uplift" in tile.label for tile in app.metric)
    moves = next(table.value for table in app.dataframe if "from" in table.value)
    assert "cost" in moves
    assert not {"gain", "chance"} & {*moves.columns}


def test_rules_that_do_not_fit_are_named_where_the_plan_is_shown(opens, folder: Path):
    store = session._warehouse("sample", folder)
    rules = RuleSet(lines=(Line("no_go", rep="Nobody Known", subject="Acme"),))
    save_rules(store, rules, why="a name with a slip", by="ann", at=AT)
    try:
        app = opens("reallocate", lang="en")
    finally:
        save_rules(store, RuleSet(), why="mended", by="ann", at=AT)

    assert ["1 rules contradict" in warning.value for warning in app.warning] == [True]
    assert "moves are worth making" in said(app)
