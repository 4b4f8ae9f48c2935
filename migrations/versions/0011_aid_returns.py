"""Returns that are withdrawn make room for the next, and a refused batch says why.

Revision ID: 0011
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the columns of withdrawals and the table of reasons."""
    run_script("0011_aid_returns.sql")
