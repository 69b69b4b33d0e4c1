"""Who should work on which open opportunity: the problem, its solution, and the reasons."""

from analytics.allocation.explain import why_not
from analytics.allocation.move import Estimate, Interval, Move, Reason
from analytics.allocation.plan import Plan, recommend
from analytics.allocation.problem import BarReason, Problem, Rules, plan_value

__all__ = [
    "BarReason",
    "Estimate",
    "Interval",
    "Move",
    "Plan",
    "Problem",
    "Reason",
    "Rules",
    "plan_value",
    "recommend",
    "why_not",
]
