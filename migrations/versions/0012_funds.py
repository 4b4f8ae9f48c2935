"""Members of a food fund, a council's ceilings as two treasurers say, euros that are a programme's.

Revision ID: 0012
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make the tables of members and ceilings; suspense may be matched to a programme."""
    run_script("0012_funds.sql")
