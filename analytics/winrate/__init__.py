"""Win rates by rep and segment, their uncertainty, and whether reps differ at all."""

from analytics.winrate.model import RepWinRate
from analytics.winrate.signal import SignalTest, Verdict

__all__ = ["RepWinRate", "SignalTest", "Verdict"]
