"""The installation's secret outside the database: what PINs and codes are keyed and sealed with.

Each purpose has a key of its own, derived by HKDF-SHA-256, so that none says anything of another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PEPPER_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Pepper:
    """A secret of at least 32 bytes that no backup of the database holds."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        assert len(self.secret) >= PEPPER_BYTES, "a pepper has 32 bytes or more"

    def key(self, purpose: str) -> bytes:
        """The 32 bytes for one purpose, such as "pin"."""
        derived = HKDF(SHA256(), PEPPER_BYTES, salt=None, info=f"bousol {purpose} 1".encode())
        return derived.derive(self.secret)
