"""Running a hand-written SQL script inside a migration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy.util import await_only


def run_script(name: str) -> None:
    """Execute every statement of `migrations/versions/<name>` in the migration's transaction.

    asyncpg's simple query protocol takes a whole script; SQLAlchemy's prepared statements do not.
    """
    script = (Path(__file__).parent / "versions" / name).read_text(encoding="utf-8")
    connection: Any = op.get_bind().connection
    await_only(connection.driver_connection.execute(script))
