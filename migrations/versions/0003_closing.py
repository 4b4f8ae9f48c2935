"""Holds the place of what the ledger closes.

Revision ID: 0003
"""

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Change nothing yet."""
