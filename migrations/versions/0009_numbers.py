"""Every merchant has a small running number, from which its signs of the day are drawn.

Revision ID: 0009
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Number the merchants there are, and those to come."""
    run_script("0009_numbers.sql")
