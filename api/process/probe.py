"""Whether this process can serve.

Asked on a connection of its own, so that a full pool is not mistaken for a database that is away.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, Literal

import asyncpg

from api.installation.migrate import newest_version

if TYPE_CHECKING:
    from api.process.metering import MeteredPoster
    from ledger.lane import Connect

Finding = Literal["ok", "no_answer", "other_version", "stuck"]

ANSWER_SECONDS: Final = 1.0
"""How long the database has for its answer."""
STUCK_SECONDS: Final = 10.0
"""After so long without a batch coming to its end the poster counts as stuck."""
_VERSION: Final = "select version_num from schema_version"


class Probe:
    """Asks the database for its version and looks at the poster; one question at a time."""

    def __init__(self, connect: Connect, poster: MeteredPoster) -> None:
        self._connect = connect
        self._poster = poster
        self._connection: Any = None
        self._turn = asyncio.Lock()
        self._version = newest_version()

    async def findings(self) -> dict[str, Finding]:
        """What was found: all `ok`, or what keeps this process from serving."""
        stuck = self._poster.stuck_seconds > STUCK_SECONDS
        return {"database": await self._database(), "poster": "stuck" if stuck else "ok"}

    async def close(self) -> None:
        """Drop the connection, if there is one."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def _database(self) -> Finding:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._turn:
                return "ok" if await self._asked() == self._version else "other_version"
        except (
            OSError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
            asyncpg.PostgresError,
        ):
            return "no_answer"

    async def _asked(self) -> str:
        try:
            if self._connection is None:
                self._connection = await self._connect()
            return str(await self._connection.fetchval(_VERSION))
        except BaseException:
            await self.close()
            raise
