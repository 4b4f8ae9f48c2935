"""An act of money as the ledger wants it: whose account acts, with which key, for which request.

The request's hash is made of the facts a person would name (whom, how much, for what), never of
the PIN or the confirmation: a retry with a new proof is the same request.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from api.wire.ids import new_id
from ledger.flows import Act

if TYPE_CHECKING:
    from uuid import UUID

    from admin.pepper import Pepper
    from api.services import Services

HASH_BYTES: Final = 16
"""As much of an HMAC-SHA-256 as the journal keeps of a request."""


def act(services: Services, party: int, key: UUID, *facts: object, **more: Any) -> Act:
    """One person's act, ready for a flow.

    Args:
        services: their pepper keys the hash.
        party: whose account acts; the scope of the key.
        key: the client's idempotency key.
        facts: what is asked for: the name of the operation, then what would make it another act.
        more: fields of `ledger.flows.Act`.
    """
    return Act(new_id(), party, key, request_hash(services.pepper, *facts), **more)


def request_hash(pepper: Pepper, *facts: object) -> bytes:
    """16 bytes that tell requests apart and nothing of what they ask for."""
    parts = [str(fact).encode() for fact in facts]
    text = b"".join(len(part).to_bytes(4) + part for part in parts)
    return hmac.digest(_key(pepper), text, "sha256")[:HASH_BYTES]


@lru_cache(maxsize=8)
def _key(pepper: Pepper) -> bytes:
    return pepper.key("request")
