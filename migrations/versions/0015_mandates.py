"""Awards under a civil mandate are given to whom the mandate of a person is live.

Revision ID: 0015
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add mandates, and what keeps an award without one from being given."""
    run_script("0015_mandates.sql")
