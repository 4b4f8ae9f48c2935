"""The ledger: chart, accounts, journal, chain.

Revision ID: 0001
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the schema `ledger` with its chart and the issuer's own accounts."""
    run_script("0001_ledger.sql")
