"""What won deals are worth, by rep and segment, and how much of a lead is mix."""

from analytics.value.gaps import value_gaps
from analytics.value.model import ValueModel

__all__ = ["ValueModel", "value_gaps"]
