"""Who signed: key pairs that come and go, the set everybody may verify with, and receipts.

Keys are Ed25519. The private half is stored sealed with AES-GCM under a key of 32 bytes that no
backup of the database holds; the public half is published for ever, so that a receipt of years ago
still verifies. A payment request verifies only while its key signs and a short while after.
"""

from __future__ import annotations

import base64
import re
import secrets
import struct
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from merchants.codes import VALIDITY_MAX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

KEY_IDS: Final = range(256)
TOLERANCE: Final = timedelta(minutes=1)
"""How far the clocks of two processes may be apart."""
_NONCE_BYTES: Final = 12
_SEAL_TAG: Final = b"bousol signing key 1"
_RECEIPT_TAG: Final = b"bousol receipt 1\0"
_RECEIPT: Final = struct.Struct(">16sqqq")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SIGNATURE: Final = re.compile(r"(?P<id>0|[1-9][0-9]{0,2})\.(?P<signature>[A-Za-z0-9_-]{86})")


@dataclass(frozen=True, slots=True)
class Key:
    """A key pair as it is stored.

    Attributes:
        id: 0 to 255, never given twice.
        public: 32 bytes.
        sealed: the private half, which only the sealing key opens.
        retired_at: from then on it signs nothing more.
    """

    id: int
    public: bytes
    sealed: bytes = field(repr=False)
    made_at: datetime
    retired_at: datetime | None = None

    def retired_by(self, at: datetime) -> bool:
        """Whether it signs nothing more."""
        return self.retired_at is not None and self.retired_at <= at


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An opened key, which signs; it stays in memory."""

    id: int
    private: Ed25519PrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says, all of it signed.

    Attributes:
        entry: the journal entry's id.
        amount_minor: minor units of `currency`.
        payee_party: number of the party paid; `payee_name` is the name it had then.
        posted_at: when the entry was posted, to the microsecond.
        short_code: of the entry (`short_code.short_code`).
    """

    entry: UUID
    amount_minor: int
    currency: str
    payee_name: str
    payee_party: int
    posted_at: datetime
    short_code: str


def new_key(seal: bytes, *, key_id: int, at: datetime) -> Key:
    """A new pair under an id nobody had; it signs from now on, in the place of the one before.

    Args:
        seal: the 32 bytes that the private half is sealed under.
        key_id: 0 to 255.
        at: now.
    """
    assert key_id in KEY_IDS, key_id
    private = Ed25519PrivateKey.generate()
    public, nonce = private.public_key().public_bytes_raw(), secrets.token_bytes(_NONCE_BYTES)
    box = AESGCM(seal).encrypt(nonce, private.private_bytes_raw(), _bound(key_id, public))
    return Key(key_id, public, nonce + box, at)


def open_key(key: Key, seal: bytes) -> SigningKey:
    """The private half; a box of another id, another public half or another seal does not open."""
    nonce, box = key.sealed[:_NONCE_BYTES], key.sealed[_NONCE_BYTES:]
    raw = AESGCM(seal).decrypt(nonce, box, _bound(key.id, key.public))
    return SigningKey(key.id, Ed25519PrivateKey.from_private_bytes(raw))


def current(keys: Iterable[Key], *, at: datetime) -> Key | None:
    """The key that signs: the newest that is not retired; None when there is none."""
    alive = [key for key in keys if key.made_at <= at and not key.retired_by(at)]
    return max(alive, key=lambda key: (key.made_at, key.id), default=None)


def verifying(keys: Iterable[Key], *, at: datetime) -> Mapping[int, Ed25519PublicKey]:
    """The keys that payment requests verify with, by id.

    A retired key verifies for as long as what it last signed may run: 15 minutes and a tolerance.
    """
    return {
        key.id: Ed25519PublicKey.from_public_bytes(key.public)
        for key in keys
        if key.retired_at is None or at < key.retired_at + VALIDITY_MAX + TOLERANCE
    }


def public_set(keys: Iterable[Key]) -> dict[str, list[dict[str, str]]]:
    """The JSON Web Key Set to publish (RFC 8037), retired keys too, for old receipts."""
    return {
        "keys": [
            {
                "kty": "OKP",
                "crv": "Ed25519",
                "use": "sig",
                "alg": "EdDSA",
                "kid": str(key.id),
                "x": _text(key.public),
            }
            for key in sorted(keys, key=lambda key: key.id)
        ]
    }


def keys_of(published: Mapping[str, Any]) -> Mapping[int, Ed25519PublicKey]:
    """The keys of a published set by id, as whoever verifies offline reads it."""
    return {
        int(key["kid"]): Ed25519PublicKey.from_public_bytes(_bytes(key["x"]))
        for key in published["keys"]
    }


def receipt_bytes(receipt: Receipt) -> bytes:
    """The bytes that are signed: fixed in docs/reference/codes.md."""
    microseconds = (receipt.posted_at - _EPOCH) // timedelta(microseconds=1)
    numbers = _RECEIPT.pack(
        receipt.entry.bytes, receipt.amount_minor, receipt.payee_party, microseconds
    )
    words = (receipt.currency, receipt.short_code, receipt.payee_name)
    return _RECEIPT_TAG + numbers + b"".join(_counted(word) for word in words)


def sign_receipt(receipt: Receipt, key: SigningKey) -> str:
    """A detached signature: the key's id, a full stop, 86 characters of base64url."""
    return signed(receipt_bytes(receipt), key)


def verify_receipt(receipt: Receipt, signature: str, keys: Mapping[int, Ed25519PublicKey]) -> bool:
    """Whether these facts are those one of these keys signed; any text may be asked about."""
    return verified(receipt_bytes(receipt), signature, keys)


def signed(content: bytes, key: SigningKey) -> str:
    """A detached signature of bytes that begin with a tag of what they are."""
    return f"{key.id}.{_text(key.private.sign(content))}"


def verified(content: bytes, signature: str, keys: Mapping[int, Ed25519PublicKey]) -> bool:
    """Whether one of these keys signed these bytes; any text may be asked about."""
    match = _SIGNATURE.fullmatch(signature)
    key = keys.get(int(match["id"])) if match else None
    if match is None or key is None:
        return False
    raw = _bytes(match["signature"])
    if _text(raw) != match["signature"]:
        return False
    try:
        key.verify(raw, content)
    except InvalidSignature:
        return False
    return True


def _bound(key_id: int, public: bytes) -> bytes:
    return _SEAL_TAG + bytes([key_id]) + public


def _counted(word: str) -> bytes:
    raw = word.encode()
    return len(raw).to_bytes(2) + raw


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
