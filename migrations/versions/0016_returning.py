"""A staff login is given back by two persons.

Revision ID: 0016
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Let a recovery wait for its second person."""
    run_script("0016_returning.sql")
