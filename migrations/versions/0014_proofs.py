"""A redemption keeps the bank account it was asked for.

Revision ID: 0014
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add the IBAN to redemptions; those that wait get their merchant's."""
    run_script("0014_proofs.sql")
