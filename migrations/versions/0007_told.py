"""A message may go to a person who has no party.

Revision ID: 0007
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Let a message name a person instead of a party."""
    run_script("0007_told.sql")
