"""What seals a sponsor's files: one key for each person, wrapped by the sponsor's own key.

The sponsor's key stands in a file outside the database and outside its backups. Destroying a
person's key makes what it sealed unreadable in the database and in every later copy of it, and
changes nothing else. A copy from before still has the wrapped key: it is readable to who also has
the sponsor's file, until it is deleted (docs/operating.md bounds its age).
"""

from __future__ import annotations

import hmac
import json
import secrets
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from admin.aid.refusals import SponsorKeyMissing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class SponsorKey:
    """The key of one sponsor, and what is made of it; each purpose has a key of its own."""

    sponsor: int
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        assert len(self.secret) >= KEY_BYTES, "a sponsor's key has 32 bytes or more"

    @property
    def password(self) -> str:
        """What opens this sponsor's rows to the role of the room; its hash is in the database."""
        return self._key("door").hex()

    def mark(self, file: str) -> bytes:
        """What a file's number is found by, and nobody without the key can compute."""
        return hmac.digest(self._key("mark"), file.strip().casefold().encode(), "sha256")

    def seal(self, what: UUID, facts: Mapping[str, Any]) -> bytes:
        """Facts of a batch, sealed by the sponsor's own key."""
        return _sealed(self._key("seal"), facts, what.bytes)

    def unseal(self, what: UUID, sealed: bytes) -> dict[str, Any]:
        """The facts of a batch.

        Raises:
            SponsorKeyMissing: they were sealed by another key.
        """
        return _opened(self._key("seal"), sealed, what.bytes)

    def new_person_key(self, beneficiary: UUID) -> tuple[bytes, bytes]:
        """A key for one person: itself, and wrapped as it is stored."""
        key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(_NONCE_BYTES)
        wrapped = AESGCM(self._key("wrap")).encrypt(nonce, key, beneficiary.bytes)
        return key, nonce + wrapped

    def person_key(self, beneficiary: UUID, wrapped: bytes) -> bytes:
        """The key of one person.

        Raises:
            SponsorKeyMissing: it was wrapped by another key.
        """
        nonce, text = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return AESGCM(self._key("wrap")).decrypt(nonce, text, beneficiary.bytes)
        except InvalidTag:
            raise SponsorKeyMissing from None

    def _key(self, purpose: str) -> bytes:
        return _derived(self.secret, self.sponsor, purpose)


@lru_cache(maxsize=256)
def _derived(secret: bytes, sponsor: int, purpose: str) -> bytes:
    """The key of one purpose; remembered, for a list of 10,000 asks for it as often."""
    info = f"bousol sponsor {sponsor} {purpose} 1".encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(secret)


def seal_person(key: bytes, beneficiary: UUID, facts: Mapping[str, Any]) -> bytes:
    """What is known of a person, sealed by their own key."""
    return _sealed(key, facts, beneficiary.bytes)


def open_person(key: bytes, beneficiary: UUID, sealed: bytes) -> dict[str, Any]:
    """What is known of a person."""
    return _opened(key, sealed, beneficiary.bytes)


def _sealed(key: bytes, facts: Mapping[str, Any], bound_to: bytes) -> bytes:
    """A nonce and the text, padded so that its length says little of what is in it."""
    text = json.dumps(dict(facts), ensure_ascii=False, separators=(",", ":")).encode()
    nonce = secrets.token_bytes(_NONCE_BYTES)
    padded = text.ljust(-(-len(text) // 64) * 64)
    return nonce + AESGCM(key).encrypt(nonce, padded, bound_to)


def _opened(key: bytes, sealed: bytes, bound_to: bytes) -> dict[str, Any]:
    nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        found: dict[str, Any] = json.loads(AESGCM(key).decrypt(nonce, text, bound_to))
    except InvalidTag:
        raise SponsorKeyMissing from None
    return found
