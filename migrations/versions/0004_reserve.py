"""Orders, what the bank has brought, redemptions, and what a phone pays with.

Revision ID: 0004
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add to the schema `admin`; what stands there stays as it is."""
    run_script("0004_reserve.sql")
