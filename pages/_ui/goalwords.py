"""Amounts and names of measures in the reader's words."""

import math

import pandas as pd
import streamlit as st

from analytics.targets import FLOWS, MONEY, RATES, SHARES
from pages._ui.text import Text


def amount(value: float | None, kpi: str, t: Text, *, signed: bool = False) -> str:
    """A figure of a measure: money, a count, a rate, or what a file has."""
    if value is None or pd.isna(value):
        return "–"
    if kpi in MONEY:
        return t.money(value, signed=signed)
    if kpi in SHARES:
        return t.rate(value)
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    if kpi in FLOWS or float(value).is_integer():
        return f"{sign}{abs(value):,.0f}"
    return f"{sign}{abs(value):,.2f}"


def needed(value: float, kpi: str, t: Text) -> str:
    """What is missing a week: of what is counted, half a deal is shown as one half."""
    if kpi in MONEY or value >= 10:
        return amount(value, kpi, t)
    return f"{value:.1f}"


def measure(kpi: str, t: Text) -> str:
    """The name of a measure: ours, or as the file has it."""
    return t(f"kpi.{kpi}") if kpi in (*FLOWS, *RATES) else kpi


def whose(unit_kind: str, unit: str, t: Text) -> str:
    return unit or t(f"goals.unit_{unit_kind}")


def chance(value: float, t: Text) -> str:
    return "–" if math.isnan(value) else t.chance(value)


def kept(name: str, value: str) -> None:
    """Remember a choice of this page beyond the page."""
    st.session_state[name] = value
