"""Who should work on which open opportunity: the problem, its solution, and the reasons."""

from analytics.allocation.balance import Balance
from analytics.allocation.decline import decline
from analytics.allocation.explain import what_would_change, why_not
from analytics.allocation.move import Estimate, Interval, Move, Reason
from analytics.allocation.parts import PARTS, Relief
from analytics.allocation.plan import Plan, recommend
from analytics.allocation.prices import LimitPrices, frontier, limit_prices
from analytics.allocation.problem import BarReason, Problem, Rules, plan_value

__all__ = [
    "PARTS",
    "Balance",
    "BarReason",
    "Estimate",
    "Interval",
    "LimitPrices",
    "Move",
    "Plan",
    "Problem",
    "Reason",
    "Relief",
    "Rules",
    "decline",
    "frontier",
    "limit_prices",
    "plan_value",
    "recommend",
    "what_would_change",
    "why_not",
]
