"""Rules that hold, their versions, and the question of what contradicts them."""

from datetime import date, datetime

import pytest

from analytics.desk import Desk
from analytics.rules import Change, Line, RuleSet
from analytics.ruling import current_rules, rule_versions, save_rules
from analytics.scope import Period, Scope
from data.errors import SettingError

DAY = date(2026, 3, 31)
AT = datetime(2026, 4, 1, 9)  # noqa: DTZ001
LOCK = Line("lock", subject="1")


@pytest.fixture
def desk(stored) -> Desk:
    return Desk(stored(), Scope(DAY, Period.containing(DAY)))


def test_where_nobody_has_saved_any_the_defaults_hold(desk):
    assert current_rules(desk) == RuleSet()
    assert rule_versions(desk).empty


def test_the_newest_version_holds_and_each_says_what_it_changed(desk):
    first, second = RuleSet(max_moves=5), RuleSet(max_moves=5, lines=(LOCK,))

    assert save_rules(desk.warehouse, first, "  fewer at once ", "Li", AT) == 1
    assert save_rules(desk.warehouse, second, "promised to Acme", "Wu", AT) == 2

    versions = rule_versions(desk)
    assert current_rules(desk) == second
    assert versions["version"].tolist() == [1, 2]
    assert versions["by"].tolist() == ["Li", "Wu"]
    assert versions["why"].tolist() == ["fewer at once", "promised to Acme"]
    assert versions["rules"].tolist() == [first, second]
    assert versions["changes"].tolist() == [
        (Change("max_moves", 20, 5),),
        (Change("line", None, LOCK),),
    ]


def test_without_a_reason_nothing_is_saved(desk):
    with pytest.raises(SettingError):
        save_rules(desk.warehouse, RuleSet(max_moves=5), "  ", "Li", AT)

    assert rule_versions(desk).empty
