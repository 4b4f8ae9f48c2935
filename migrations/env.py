"""Alembic's door to the database: the connection it is given, never one of its own."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=None,
    version_table="schema_version",
    transactional_ddl=True,
)
context.run_migrations()
