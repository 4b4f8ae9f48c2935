"""Ids made here: UUIDv7 (RFC 9562, 5.7), so that what is made later sorts later in an index."""

from __future__ import annotations

import secrets
import time
from typing import Final
from uuid import UUID

_VERSION: Final = 7 << 76
_VARIANT: Final = 2 << 62
_RANDOM_A: Final = (1 << 12) - 1
_RANDOM_B: Final = (1 << 62) - 1


def new_id() -> UUID:
    """A new id: 48 bits of milliseconds since 1970, then 74 random bits."""
    random = secrets.randbits(74)
    high = (time.time_ns() // 1_000_000 & (1 << 48) - 1) << 80
    low = (random >> 62 & _RANDOM_A) << 64 | random & _RANDOM_B
    return UUID(int=high | _VERSION | _VARIANT | low)
