"""Aid: programmes, batches and awards; and the room of sponsors, which their role alone sees.

Revision ID: 0008
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the schema `ccas` and the tables of programmes; bank credits learn whose they are."""
    run_script("0008_aid.sql")
