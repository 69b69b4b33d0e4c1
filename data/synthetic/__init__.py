"""Seeded, fictional sample companies whose truth is known.

``names`` and ``people`` make the company, ``truth`` the law by which it wins, ``sales`` three
years of opportunities under that law, ``prospects`` and ``work`` the rest of what its CRM would
hold; ``exports`` writes the files of any CRM, as ``dialects`` says.
"""

from data.synthetic.company import Company, sample_company, true_win
from data.synthetic.dialects import Language
from data.synthetic.exports import write
from data.synthetic.truth import Truth

__all__ = ["Company", "Language", "Truth", "sample_company", "true_win", "write"]
