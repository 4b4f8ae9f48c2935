"""Merchants, their tills, what is scanned, and the invoices between them.

Revision ID: 0005
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the schema `merchants`; the others stay as they are."""
    run_script("0005_merchants.sql")
