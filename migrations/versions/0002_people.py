"""Who is who: parties, persons, users, cards, memberships, events, messages.

Revision ID: 0002
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the schema `admin`; the ledger's tables stay as they are."""
    run_script("0002_people.sql")
