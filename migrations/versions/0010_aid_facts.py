"""What a sponsor was told of spending stands, and who was sent a card is known.

Revision ID: 0010
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables of published figures and of letters."""
    run_script("0010_aid_facts.sql")
