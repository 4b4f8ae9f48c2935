"""Aid: programmes, batches and awards; and the room of sponsors, which their role alone sees.

Revision ID: 0006
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the schema `ccas` and the tables of programmes; bank credits learn whose they are."""
    run_script("0006_aid.sql")
