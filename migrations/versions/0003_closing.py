"""What may happen once can be closed, a demo's clock can be moved, merchants pay public bodies.

Revision ID: 0003
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add to the schema `ledger`; no byte of the chain changes."""
    run_script("0003_closing.sql")
