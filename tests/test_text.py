"""Both languages say the same, and numbers read as people write them."""

import re
import string
from datetime import date
from pathlib import Path

import pytest

from analytics.scope import Period
from data import errors
from pages._ui.text import LANGUAGES, Text, catalogue, plain

ROOT = Path(__file__).parents[1]
ZH, EN = Text("zh"), Text("en")


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_blanks(language):
    english, translated = catalogue("en"), catalogue(language)

    assert translated.keys() == english.keys()
    assert {k: blanks(v) for k, v in translated.items()} == {
        k: blanks(v) for k, v in english.items()
    }


def test_chinese_sentences_are_chinese():
    han = re.compile(r"[\u4e00-\u9fff]")
    same = {"list.comma", "list.space", "move.title", "move.part", "data.not_known", "verdict.p"}

    assert not [k for k, v in catalogue("zh").items() if not han.search(v) and k not in same]


def test_every_sentence_is_used_and_every_use_has_a_sentence():
    sources = "\n".join(file.read_text("utf-8") for file in (ROOT / "pages").rglob("*.py"))
    literal = set(re.findall(r"""["']([a-z]+\.[a-z0-9_]+)["']""", sources))
    prefixes = set(re.findall(r"""f["']([a-z]+\.[a-z0-9_]*)\{""", sources))
    codes = {
        error.code
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.UserError)
    }
    known = catalogue("en").keys()
    unused = {
        key
        for key in known - literal - codes
        if not any(key.startswith(prefix) for prefix in prefixes)
    }

    assert codes <= known
    assert not unused


@pytest.mark.parametrize(
    ("amount", "zh", "en"),
    [
        (0, "0", "0"),
        (999.4, "999", "999"),
        (999.6, "1,000", "1.00k"),
        (9_994, "9,994", "9.99k"),
        (9_999.7, "1.00万", "10.0k"),
        (123_456, "12.3万", "123k"),
        (99_999_999, "1.00亿", "100M"),
        (1_234_567_890, "12.3亿", "1.23B"),
        (-45_600, "−4.56万", "−45.6k"),
        (None, "–", "–"),
        (float("nan"), "–", "–"),
    ],
)
def test_amounts_are_read_in_the_readers_units(amount, zh, en):
    assert (ZH.money(amount), EN.money(amount)) == (zh, en)


def test_signs_of_amounts_and_points():
    assert EN.money(1200, signed=True) == "+1.20k"
    assert (EN.points(0.034), EN.points(-0.034), EN.points(-0.001)) == ("+3", "−3", "0")


def test_an_estimate_carries_its_interval_in_the_same_cell():
    assert EN.estimate(0.618, 0.512, 0.706) == "62 % 51–71"


def test_text_of_the_crm_is_not_read_as_markdown():
    hostile = "![x](http://tracker.example/a.png) :red[hi] $x$ <b>"

    escaped = plain(hostile)

    assert not re.search(r"(?<!\\)[!\[\](){}<>$:_*`#|~]", escaped)
    assert escaped.replace("\\", "") == hostile


@pytest.mark.parametrize(
    ("day", "kind", "zh", "en"),
    [
        (date(2026, 8, 14), "year", "2026年", "2026"),
        (date(2026, 8, 14), "quarter", "2026年第3季度", "2026-Q3"),
        (date(2026, 8, 14), "month", "2026年08月", "2026-08"),
        (date(2027, 1, 1), "week", "2026年第53周", "2026-W53"),
    ],
)
def test_a_period_is_named_as_its_reader_names_it(day, kind, zh, en):
    period = Period.containing(day, kind)

    assert (ZH.period(period), EN.period(period)) == (zh, en)
