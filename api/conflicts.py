"""A key that is used for another request: told to the log, with what both requests hash to.

A retry that changed is a fault of a program, or somebody who tries another's keys. The hashes are
keyed (api/acting.py) and cut short: they tell two requests apart and nothing of what they ask for.
Whoever knows both says so where the key was found; what nobody has told by then, the doors of the
routes and of the pages tell, so that no conflict leaves in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.acting import request_hash
from api.process.logs import log
from ledger import store
from ledger.refusals import KeyConflict

if TYPE_CHECKING:
    from uuid import UUID

    from admin.pepper import Pepper
    from ledger.journal import JournalEntry
    from ledger.store import Connection

TOLD_BYTES: Final = 6


class ConflictTold(KeyConflict):
    """The refusal of a key that was used for another request, of which the log knows."""


def conflict(key: UUID, *, asked: bytes | None, kept: bytes | None) -> KeyConflict:
    """The refusal of a key that was used for another request, once the log has it."""
    log.warning("key_conflict", asked=_short(asked), kept=_short(kept))
    return ConflictTold(key)


def conflict_of(
    pepper: Pepper, key: UUID, *, asked: tuple[object, ...], kept: tuple[object, ...]
) -> KeyConflict:
    """As `conflict`, of what both requests ask for."""
    return conflict(key, asked=request_hash(pepper, *asked), kept=request_hash(pepper, *kept))


async def conflict_with(connection: Connection, entry: JournalEntry) -> KeyConflict:
    """As `conflict`, of an entry: the ledger knows the request it keeps under its key."""
    kept = await store.request_of(connection, party=entry.party, key=entry.key)
    return conflict(entry.key, asked=entry.request, kept=kept)


def told(error: KeyConflict) -> KeyConflict:
    """The same refusal, once the log has it; who raised it knew no hashes."""
    if isinstance(error, ConflictTold):
        return error
    return conflict(error.key, asked=None, kept=None)


def _short(request: bytes | None) -> str | None:
    return None if request is None else request[:TOLD_BYTES].hex()
