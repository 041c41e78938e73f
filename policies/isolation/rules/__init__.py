"""The rules, one a file named by its id."""

from __future__ import annotations

from ..findings import Rule
from .shared_database import RULE as SHARED_DATABASE

RULES: tuple[Rule, ...] = (SHARED_DATABASE,)
"""Every rule of the pack."""
