"""A message goes to the address that was known before, when that is what it tells of.

Revision ID: 0013
"""

from __future__ import annotations

from migrations.script import run_script

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """A message has an address of its own, until it has left."""
    run_script("0013_former.sql")
