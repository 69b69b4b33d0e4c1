"""Seeded, fictional sample companies whose truth is known.

``names`` and ``people`` make the company, ``truth`` the law by which it wins, ``sales`` three
years of opportunities under that law, ``work`` the rest of what its CRM would hold.
"""

from data.synthetic.company import Company, sample_company, true_win, write
from data.synthetic.truth import Truth

__all__ = ["Company", "Truth", "sample_company", "true_win", "write"]
