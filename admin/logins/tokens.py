"""Secrets that a machine makes: shown once, stored as their SHA-256.

They have at least 128 random bits, so that a plain hash of one cannot be searched.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Final

TOKEN_BYTES: Final = 32
CARD_TOKEN_BYTES: Final = 16
"""128 bits: what fits a small QR code on a card."""


def new_token(size_bytes: int = TOKEN_BYTES) -> str:
    """A random secret as text that fits a link, a cookie or a QR code."""
    return secrets.token_urlsafe(size_bytes)


def hashed(token: str) -> bytes:
    """What is stored of a token, 32 bytes; what cannot be written in UTF-8 is nobody's token."""
    return sha256(token.encode(errors="replace")).digest()
