"""What one treasurer decides alone is counted, and a return may wait for a second one.

Revision ID: 0006
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the table of the count, and the column of whoever proposed a return."""
    run_script("0006_alone.sql")
