"""A key that is used for another request: told to the log, with what both requests hash to.

A retry that changed is a fault of a program, or somebody who tries another's keys. The hashes are
keyed (api/acting.py) and cut short: they tell two requests apart and nothing of what they ask for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.logs import log
from ledger import store
from ledger.refusals import KeyConflict

if TYPE_CHECKING:
    from uuid import UUID

    from ledger.store import Connection

TOLD_BYTES: Final = 6


def conflict(key: UUID, *, asked: bytes, kept: bytes) -> KeyConflict:
    """The refusal of a key that was used for another request, once the log has it."""
    log.warning("key_conflict", asked=_short(asked), kept=_short(kept))
    return KeyConflict(key)


async def tell_conflict(connection: Connection, party: int, key: UUID, *, asked: bytes) -> None:
    """The log has what the ledger refused: it knows the request it keeps under this key."""
    kept = await store.request_of(connection, party=party, key=key)
    log.warning("key_conflict", asked=_short(asked), kept=None if kept is None else _short(kept))


def _short(request: bytes) -> str:
    return request[:TOLD_BYTES].hex()
