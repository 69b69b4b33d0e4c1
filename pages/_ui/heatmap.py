"""Who wins what as a table of coloured cells, which scrolls inside itself on a small screen."""

import html

import numpy as np
import pandas as pd

from pages._ui.charts import BLUE, INK, ORANGE, PAPER
from pages._ui.text import Text

STYLE = """
<style>
.rates {{ overflow: auto; max-height: 1200px; }}
.rates table {{ border-collapse: separate; border-spacing: 2px; width: 100%; line-height: 1.25;
  font-variant-numeric: tabular-nums; }}
.rates th {{ font-weight: 400; font-size: 0.85rem; color: {ink}; padding: 2px 6px;
  background: {page}; }}
.rates thead th {{ position: sticky; top: 0; vertical-align: bottom; z-index: 1; }}
.rates tbody th {{ position: sticky; left: 0; text-align: left; white-space: nowrap; }}
.rates td {{ background: {paper}; padding: 3px 6px; min-width: 76px; white-space: nowrap;
  text-align: center; }}
.rates td b {{ font-weight: 600; font-size: 0.95rem; }}
.rates td small {{ font-size: 0.75rem; }}
.rates td:not([style]) small {{ color: {ink}; }}
.rates td:nth-child(2) {{ border-right: 6px solid {page}; }}
</style>
"""

PAGE = {False: "#FFFFFF", True: "#12181F"}
"""Background of the page, in the light and in the dark theme."""


def rate_map(rates: pd.DataFrame, dark: bool, t: Text) -> str:
    """HTML of a heat map rep x level, coloured by how far a win rate is from the average rep's.

    A cell that is known to differ shows its rate and the interval; any other the interval alone.
    ``rates`` are rows of ``study.win_rates``, in the order of their reps; those over all make the
    first column. Names from the CRM are escaped.
    """
    levels = list(dict.fromkeys(rates["level"].fillna("")))
    cells = {(row.rep, row.level if pd.notna(row.level) else ""): row for row in rates.itertuples()}
    head = "".join(
        f'<th scope="col">{html.escape(level or t("winrates.overall"))}</th>' for level in levels
    )
    body = "".join(
        f'<tr><th scope="row">{html.escape(rep)}</th>'
        + "".join(_cell(cells[rep, level], dark, t) for level in levels)
        + "</tr>"
        for rep in dict.fromkeys(rates["rep"])
    )
    style = STYLE.format(ink=INK[dark], paper=PAPER[dark], page=PAGE[dark])
    table = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'{style}<div class="rates" tabindex="0">{table}</div>'


def _cell(row, dark: bool, t: Text) -> str:
    hover = t(
        "chart.rate_hover",
        rep=row.rep,
        level=row.level if pd.notna(row.level) else t("winrates.overall"),
        rate=t.estimate(row.mean, row.low, row.high),
        wins=int(row.wins),
        trials=int(row.trials),
        points=t.points(row.above),
        chance=t.chance(row.p_above),
    )
    shown = f"<small>{row.low * 100:.0f}–{row.high * 100:.0f}</small>"
    if not row.clear:
        return f'<td title="{html.escape(hover)}">{shown}</td>'
    # Half of the colour says that a difference is known at all, the other half how large it is.
    shade = row.clear * (0.5 + 0.5 * min(abs(row.above) / 0.2, 1.0))
    look = f"background:{mixed(shade, dark)};color:{ink(shade, dark)}"
    rate = f"<b>{row.mean * 100:.0f}</b>"
    return f'<td title="{html.escape(hover)}" style="{look}">{rate} {shown}</td>'


def mixed(shade: float, dark: bool) -> str:
    """The colour of a cell: the theme's paper at 0, orange at -1, blue at 1."""
    return "#" + "".join(f"{round(part * 255):02X}" for part in _mix(shade, dark))


def ink(shade: float, dark: bool) -> str:
    """Black or white, whichever is read better on a cell of this shade.

    Contrast by relative luminance, Web Content Accessibility Guidelines 2.2.
    """
    part = _mix(shade, dark)
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return "#000000" if linear @ [0.2126, 0.7152, 0.0722] > 0.179 else "#FFFFFF"


def _mix(shade: float, dark: bool) -> np.ndarray:
    paper, colour = (
        np.array([int(code[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        for code in (PAPER[dark], BLUE if shade > 0 else ORANGE)
    )
    return paper + abs(shade) * (colour - paper)
