"""Sentences, numbers and dates in the reader's language."""

import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analytics.scope import Period

LANGUAGES = {"zh": "中文", "en": "English"}

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>$~:])")
_STEPS = {
    "zh": ((1e8, "亿"), (1e4, "万")),
    "en": ((1e9, "B"), (1e6, "M"), (1e3, "k")),
}


@cache
def catalogue(language: str) -> dict[str, str]:
    """Every sentence of a language by its key, such as ``overview.title``."""
    folder = Path(__file__).parent / "locale" / language
    return {
        f"{section}.{name}": sentence
        for path in sorted(folder.glob("*.toml"))
        for section, sentences in tomllib.loads(path.read_text("utf-8")).items()
        for name, sentence in sentences.items()
    }


def plain(value: object) -> str:
    """Text of the CRM that markdown shows as it is: no link, no image, no formatting."""
    return _MARKDOWN.sub(r"\\\1", str(value)).replace("\n", " ")


@dataclass(frozen=True)
class Text:
    """Speaks one language."""

    language: str

    def __call__(self, key: str, **facts: object) -> str:
        """The sentence with its blanks filled, as plain text."""
        counted = {
            name: f"{fact:,}" if isinstance(fact, int) else fact for name, fact in facts.items()
        }
        return catalogue(self.language)[key].format(**counted)

    def md(self, key: str, **facts: object) -> str:
        """The sentence for a place that reads markdown; facts are shown as they are."""
        return self(
            key,
            **{
                name: fact if isinstance(fact, int) else plain(fact) for name, fact in facts.items()
            },
        )

    def money(self, amount: float | None, *, signed: bool = False) -> str:
        """``1.23亿``, ``45.6万``; ``1.2M``, ``45.6k``. Three figures, more are never known."""
        if amount is None or math.isnan(amount):
            return "–"
        sign = "−" if amount < 0 else "+" if signed and amount > 0 else ""
        size = abs(amount)
        for step, suffix in _STEPS[self.language]:
            # 99,999,999 reads 1.00亿: the unit is chosen by what would be printed.
            if float(f"{size:.3g}") >= step:
                return f"{sign}{_three_figures(size / step)}{suffix}"
        return f"{sign}{size:,.0f}"

    def period(self, period: Period) -> str:
        """``2026-Q3``; ``2026年第3季度``."""
        number = f"{period.number}" if period.kind == "quarter" else f"{period.number:02d}"
        return self(f"unit.{period.kind}", year=period.year, number=number)

    def share(self, share: float) -> str:
        """A part of a whole, where "0 %" would say that there is nothing."""
        return "< 1 %" if 0 < share < 0.005 else self.rate(share)

    def rate(self, share: float | None) -> str:
        return "–" if share is None or math.isnan(share) else f"{share:.0%}".replace("%", " %")

    def chance(self, probability: float) -> str:
        """A probability from simulation: never certainty."""
        if 0.005 <= probability < 0.995:
            return self.rate(probability)
        return "> 99 %" if probability > 0.5 else "< 1 %"

    def points(self, difference: float) -> str:
        """A difference of two rates in percentage points, signed."""
        number = f"{abs(difference) * 100:.0f}"
        sign = "" if number == "0" else "−" if difference < 0 else "+"
        return f"{sign}{number}"

    def estimate(self, mean: float, low: float, high: float) -> str:
        """``62 % 51–72``: an estimate with its 90 % interval."""
        return f"{self.rate(mean)} {low * 100:.0f}–{high * 100:.0f}"

    def money_range(self, low: float, high: float) -> str:
        return self("unit.range", low=self.money(low), high=self.money(high))

    def names(self, names: Sequence[str], most: int) -> str:
        """The first names, and how many more there are."""
        shown = self("list.comma").join(names[:most])
        return shown if len(names) <= most else f"{shown} +{len(names) - most}"

    def p_value(self, p: float | None) -> str:
        """``= 0.03``; ``≤ 0.001`` at the resolution of the simulation behind it."""
        if p is None:
            return "–"
        return "≤ 0.001" if p < 0.0015 else f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def _three_figures(number: float) -> str:
    decimals = 2 if number < 9.995 else 1 if number < 99.95 else 0
    return f"{number:.{decimals}f}"
