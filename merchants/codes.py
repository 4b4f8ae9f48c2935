"""What a scanned text may be: a poster, a payment request or a card of ours, and nothing else.

All three are https links of our host, so that the camera of any phone leads somewhere sensible:

    https://<host>/p/<code>           poster of a till
    https://<host>/p/<code>/<token>   payment request, signed; docs/reference/codes.md has its bytes
    https://<host>/c/<token>          card: 128 random bits, no personal data

A link is read letter by letter, never as a URL: no port, no user, no escape, no upper-case host.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from stdnum.iso7064 import mod_37_36

from merchants.refusals import CodeUnreadable, RequestExpired

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from merchants.signing import SigningKey

ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Thirty signs that no two readers take for one another: no 0 O, 1 I L, U V."""
CODE_LENGTH: Final = 8
POSTER_LINK_MAX: Final = 45
TEXT_MAX: Final = 4_296
"""The most a QR code can hold."""
VALIDITY_MAX: Final = timedelta(minutes=15)
AMOUNT_MAX: Final = 10**12
VERSION: Final = 1

_TAG: Final = b"bousol request 1\0"
_FACTS: Final = struct.Struct(">BB8s16s16s6s5s")
"""Version, key id, binding, request, place, amount, expiry."""
_SIGNATURE_BYTES: Final = 64
_TOKEN_LENGTH: Final = (_FACTS.size + _SIGNATURE_BYTES) * 4 // 3
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS_MAX: Final = int((datetime.max.replace(tzinfo=UTC) - _EPOCH).total_seconds())


@dataclass(frozen=True, slots=True)
class Realm:
    """Whose codes are taken.

    Attributes:
        host: as it stands in links, such as "bousol.example".
        currency: the commodity's code, such as "BSL".
    """

    host: str
    currency: str = "BSL"

    @property
    def binding(self) -> bytes:
        """Eight bytes that no other host or currency shares."""
        return hashlib.sha256(_TAG + f"{self.host}\0{self.currency}".encode()).digest()[:8]


@dataclass(frozen=True, slots=True)
class Poster:
    """A poster's code: the payer types the amount."""

    code: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card's token, as it is hashed and looked up; an identifier, never a permission."""

    token: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a payment request asks for.

    Attributes:
        code: of the merchant's poster, shown in the link.
        request: its id, paid at most once.
        place: the till or the shift that asks.
        amount_minor: from 1 to 10^12 minor units of the realm's currency.
        expires_at: from then on it is refused; a fraction of a second is dropped.
    """

    code: str
    request: UUID
    place: UUID
    amount_minor: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Request:
    """A payment request as it was read: nothing of it counts before `verify_request`."""

    asked: Asked
    key_id: int
    signed: bytes
    signature: bytes


def new_code() -> str:
    """Seven random signs and a check sign of ISO 7064: one wrong sign names no other poster."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH - 1))
    return signs + mod_37_36.calc_check_digit(signs, ALPHABET)


def read_code(text: str) -> str:
    """A poster's code as a person typed it, in either case and with spaces or hyphens.

    Raises:
        CodeUnreadable: no poster can have it.
    """
    signs = text[:TEXT_MAX].upper().translate({ord(" "): None, ord("-"): None})
    if len(signs) != CODE_LENGTH or not mod_37_36.is_valid(signs, ALPHABET):
        raise CodeUnreadable
    return signs


def poster_link(code: str, realm: Realm) -> str:
    """What the QR code of a poster says, at most 45 characters so that it stays coarse."""
    link = f"https://{realm.host}/p/{code}"
    assert len(link) <= POSTER_LINK_MAX, "the host is too long for a poster that reads from afar"
    return link


def card_link(token: str, realm: Realm) -> str:
    """What the QR code of a card says."""
    return f"https://{realm.host}/c/{token}"


def sign_request(asked: Asked, key: SigningKey, realm: Realm) -> str:
    """The link of a payment request, 163 characters and the host; it is public, not secret."""
    assert 0 < asked.amount_minor <= AMOUNT_MAX, asked.amount_minor
    assert mod_37_36.is_valid(asked.code, ALPHABET), asked.code
    seconds = int(asked.expires_at.timestamp())
    facts = _FACTS.pack(
        VERSION,
        key.id,
        realm.binding,
        asked.request.bytes,
        asked.place.bytes,
        asked.amount_minor.to_bytes(6),
        seconds.to_bytes(5),
    )
    signature = key.private.sign(_signed(realm, asked.code, facts))
    token = base64.urlsafe_b64encode(facts + signature).decode()
    return f"https://{realm.host}/p/{asked.code}/{token}"


def parse(text: str | bytes, realm: Realm) -> Poster | Request | Card:
    """What a scanned text is, whoever wrote it: total, and under a millisecond.

    Raises:
        CodeUnreadable: it is not one of ours: another host or currency, a version of the future,
            cut short, or with something behind it.
    """
    link = _plain(text)
    match = _pattern(realm.host).fullmatch(link)
    if match is None:
        raise CodeUnreadable
    if match["card"]:
        return _card(match["card"])
    if not mod_37_36.is_valid(match["code"], ALPHABET):
        raise CodeUnreadable
    return (
        _request(match["code"], match["token"], realm) if match["token"] else Poster(match["code"])
    )


def verify_request(
    request: Request, keys: Mapping[int, Ed25519PublicKey], *, at: datetime
) -> Asked:
    """What is asked for, now that its signature is known to be ours and its time to run.

    Args:
        request: as `parse` read it.
        keys: those that verify at this instant (`signing.verifying`), by id.
        at: now.

    Raises:
        CodeUnreadable: altered, signed by nobody we know, or valid for longer than we ever sign.
        RequestExpired: its time has passed.
    """
    key = keys.get(request.key_id)
    if key is None:
        raise CodeUnreadable
    try:
        key.verify(request.signature, request.signed)
    except InvalidSignature:
        raise CodeUnreadable from None
    if request.asked.expires_at <= at:
        raise RequestExpired(request.asked.expires_at)
    if request.asked.expires_at > at + 2 * VALIDITY_MAX:
        raise CodeUnreadable
    return request.asked


def _plain(text: str | bytes) -> str:
    if len(text) > TEXT_MAX or not text.isascii():
        raise CodeUnreadable
    return text.decode("ascii") if isinstance(text, bytes) else text


@lru_cache(maxsize=16)
def _pattern(host: str) -> re.Pattern[str]:
    code, sign = f"(?P<code>[{ALPHABET}]{{{CODE_LENGTH}}})", "[A-Za-z0-9_-]"
    poster = f"p/{code}(?:/(?P<token>{sign}{{{_TOKEN_LENGTH}}}))?"
    return re.compile(f"https://{re.escape(host)}/(?:{poster}|c/(?P<card>{sign}{{22}}))")


def _card(token: str) -> Card:
    """A card whose 128 bits are written in the one way we write them."""
    bits = base64.urlsafe_b64decode(token + "==")
    if base64.urlsafe_b64encode(bits).decode().rstrip("=") != token:
        raise CodeUnreadable
    return Card(token)


def _request(code: str, token: str, realm: Realm) -> Request:
    raw = base64.urlsafe_b64decode(token)
    facts, signature = raw[: _FACTS.size], raw[_FACTS.size :]
    version, key_id, binding, request, place, amount, expiry = _FACTS.unpack(facts)
    minor, seconds = int.from_bytes(amount), int.from_bytes(expiry)
    if version != VERSION or binding != realm.binding:
        raise CodeUnreadable
    if not 0 < minor <= AMOUNT_MAX or seconds > _SECONDS_MAX:
        raise CodeUnreadable
    expires_at = _EPOCH + timedelta(seconds=seconds)
    asked = Asked(code, UUID(bytes=request), UUID(bytes=place), minor, expires_at)
    return Request(asked, key_id, _signed(realm, code, facts), signature)


def _signed(realm: Realm, code: str, facts: bytes) -> bytes:
    """What is signed: the tag, the host, the code of the link, then the token up to there."""
    return _TAG + f"{realm.host}\0{code}\0".encode() + facts
