"""How far the model can be trusted, in a manager's words (markdown unless said otherwise)."""

from typing import Literal

import pandas as pd

from analytics.calibration import SOUND_BIAS, SOUND_SLOPE, Calibration
from analytics.forward import LEAST_JUDGED, STANDARD_ERRORS
from analytics.recency import HalfLife
from analytics.settings import SETTINGS
from analytics.timing import Censoring
from pages._ui.text import Text

REFERENCE = "constant"
"""The method that the others are compared with."""


def trust(found: Calibration, t: Text) -> str:
    """The verdict, and what follows from it."""
    if found.verdict == "too_little_data":
        return t.md(
            "trust.too_little_data",
            wins=SETTINGS.min_wins,
            losses=SETTINGS.min_losses,
            judged=LEAST_JUDGED,
        )
    if found.verdict == "no_better":
        return t.md("trust.no_better", judged=found.judged)
    if found.verdict == "usable":
        said = t.md("trust.usable", judged=found.judged)
    else:
        said = t.md("trust.with_care", judged=found.judged, why=_shortfall(found, t))
    return t("list.space").join((said, what_reps_add(found, t)))


def _shortfall(found: Calibration, t: Text) -> str:
    """Why the numbers are not to be taken as they are (plain text)."""
    assert found.slope is not None
    assert found.bias is not None
    low, high = SOUND_SLOPE
    why = []
    if found.slope <= 0:
        why.append(t("shortfall.reversed"))
    elif found.slope < low:
        why.append(t("shortfall.exaggerated", share=t.rate(found.slope)))
    elif found.slope > high:
        why.append(t("shortfall.understated", share=t.rate(found.slope)))
    if abs(found.bias) > SOUND_BIAS:
        side = "low" if found.bias > 0 else "high"
        why.append(t(f"shortfall.{side}", points=f"{abs(found.bias) * 100:.0f}"))
    return t("shortfall.and").join(why)


def what_reps_add(found: Calibration, t: Text) -> str:
    """Whether knowing who works on an opportunity makes forecasts better."""
    return t("trust.reps_add" if found.reps_help else "trust.reps_nothing")


def came_true(curve: pd.DataFrame, t: Text) -> str:
    """In how many groups about as many were won as foretold (plain text)."""
    inside = (curve["low"] <= curve["predicted"]) & (curve["predicted"] <= curve["high"])
    return t("model.curve_finding", inside=int(inside.sum()), groups=len(curve))


def how_judged(found: Calibration, t: Text) -> str:
    """By what the model was judged, and what was left out (plain text)."""
    key = "settled" if found.settled else "unsettled"
    judged = t(
        "model.judged",
        judged=found.judged,
        cuts=len(found.cuts),
        first=found.cuts[0],
        last=found.cuts[-1],
    )
    left_out = t(f"model.{key}", months=found.months_to_settle)
    return t("list.space").join((judged, left_out))


def methods_in_words(methods: pd.DataFrame, t: Text) -> pd.DataFrame:
    """The rows of ``Calibration.methods``: method, verdict, and both losses with their error."""
    rows = []
    for row in methods.itertuples():
        said = ("–", "–", "–")
        if row.method != REFERENCE:
            said = (
                against(row.log_loss_above, row.log_loss_error, t),
                per_thousand(row.log_loss_above, row.log_loss_error),
                per_thousand(row.brier_above, row.brier_error),
            )
        rows.append((t(f"method.{row.method}"), *said))
    return pd.DataFrame(rows, columns=["method", "verdict", "log_loss", "brier"])


def against(above: float, error: float, t: Text) -> str:
    """What a loss above another's says, with its standard error (plain text)."""
    if above < -STANDARD_ERRORS * error:
        return t("against.better")
    return t("against.worse" if above > STANDARD_ERRORS * error else "against.untold")


def per_thousand(above: float, error: float) -> str:
    """``+40 ± 7``: by how much less is lost in 1,000 opportunities, with two standard errors."""
    gain = -1000 * above
    number = f"{abs(gain):.1f}" if abs(gain) < 9.95 else f"{abs(gain):.0f}"
    sign = "" if not float(number) else "−" if gain < 0 else "+"
    reach = 1000 * STANDARD_ERRORS * error
    return f"{sign}{number} ± {reach:.1f}" if reach < 9.95 else f"{sign}{number} ± {reach:.0f}"


def changes(drift: pd.DataFrame, t: Text) -> str:
    """Of how many people and segments the win rate has changed."""
    if drift.empty:
        return t("drift.untested")
    flagged = int(drift["flagged"].sum())
    people = int((drift["kind"] == "rep").sum())
    key = "some" if flagged else "none"
    return t.md(
        f"drift.{key}",
        flagged=flagged,
        people=people,
        segments=len(drift) - people,
    )


def changes_in_words(drift: pd.DataFrame, t: Text) -> pd.DataFrame:
    """The flagged rows of ``analytics.drift.drift`` as people read them."""
    rows = drift[drift["flagged"]]
    return pd.DataFrame(
        {
            "level": rows["level"],
            "kind": [
                t("column.rep") if kind == "rep" else t(f"attribute.{kind}")
                for kind in rows["kind"]
            ],
            "early": rows["early"].map(t.rate),
            "late": rows["late"].map(t.rate),
            "change": (rows["late"] - rows["early"]).map(t.points),
            "deals": rows["deals"],
        }
    )


def weighting_in_words(found: HalfLife, t: Text) -> str:
    """Whether old opportunities should count less."""
    if found.tried.empty:
        return t("weighting.untested")
    if found.months is None:
        return t("weighting.none")
    return t.md("weighting.some", months=found.months)


def tried_in_words(tried: pd.DataFrame, t: Text) -> pd.DataFrame:
    """The rows of ``HalfLife.tried`` after the first, each against full weight for all."""
    rows = tried.iloc[1:]
    return pd.DataFrame(
        {
            "half_life": [
                t("weighting.months", months=int(months)) for months in rows["half_life"]
            ],
            "verdict": [against(row.above, row.error, t) for row in rows.itertuples()],
            "log_loss": [per_thousand(row.above, row.error) for row in rows.itertuples()],
        }
    )


def waiting_in_words(found: Censoring, t: Text, colour: Literal["orange", "pale"]) -> str:
    """How much is still open, and which way that bends the win rate of what has closed.

    ``colour`` is that of the months in question in the picture beside.
    """
    months = found.cohorts[found.cohorts["warned"]]
    if months.empty:
        return t("waiting.alike" if not found.differ else "waiting.little")
    return t.md(
        "waiting.high" if found.points > 0 else "waiting.low",
        months=len(months),
        colour=t(f"waiting.{colour}"),
        created=int(months["created"].sum()),
        open=int(months["open"].sum()),
        points=f"{abs(found.points):.1f}",
        closed_only=_tenths(found.closed_only),
        all=_tenths(found.competing_risk),
    )


def much_open(cohorts: pd.DataFrame, t: Text) -> str:
    """In how many months much is still open (plain text)."""
    many = int((cohorts["share_open"] > SETTINGS.max_open).sum())
    return t("waiting.finding", many=many, months=len(cohorts))


def _tenths(rate: float) -> str:
    return f"{rate:.1%}".replace("%", "\u00a0%")
