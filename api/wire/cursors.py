"""Cursors of lists: where a page ended, signed, so that nobody makes one up or reads on elsewhere.

What a cursor holds is a place in a list, never a right: each page is asked for with the rule of
its route.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar.params import QueryParameter

from api.wire.faults import Fault
from api.wire.problems import Problem

if TYPE_CHECKING:
    from admin.pepper import Pepper

LIMIT_DEFAULT: Final = 50
LIMIT_MAX: Final = 100
CURSOR_CHARACTERS_MAX: Final = 400
_MAC_BYTES: Final = 16

Limit = Annotated[
    int, QueryParameter(name="limit", ge=1, le=LIMIT_MAX, description="How many at most.")
]
"""The type of a handler's parameter `limit`."""
Cursor = Annotated[
    str | None,
    QueryParameter(
        name="cursor",
        max_length=CURSOR_CHARACTERS_MAX,
        description="`next_cursor` of the page before; opaque.",
    ),
]
"""The type of a handler's parameter `cursor`."""


def pack(pepper: Pepper, *values: object) -> str:
    """A cursor of a list's name and a place in it: whole numbers, texts, ids."""
    plain = [value if isinstance(value, int) else str(value) for value in values]
    text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(_mac(pepper, text) + text).rstrip(b"=").decode()


def unpack(pepper: Pepper, text: str, name: str, count: int) -> tuple[Any, ...]:
    """The values of a cursor after its list's name; ids come back as text.

    Raises:
        Problem: `cursor_unusable`, not made here, for another list, or not with `count` values.
    """
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        raise _unusable() from None
    mac, packed = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(pepper, packed)):
        raise _unusable()
    of, *values = json.loads(packed)
    if of != name or len(values) != count:
        raise _unusable()
    return tuple(values)


def place(pepper: Pepper, text: str | None, name: str, first: int) -> int:
    """The number after which a list of this name goes on; `first` for its first page.

    Raises:
        Problem: `cursor_unusable`, not made here, or for another list.
    """
    if text is None:
        return first
    (number,) = unpack(pepper, text, name, 1)
    if not isinstance(number, int):
        raise _unusable()
    return number


def _mac(pepper: Pepper, text: bytes) -> bytes:
    return hmac.digest(pepper.key("cursor"), text, "sha256")[:_MAC_BYTES]


def _unusable() -> Problem:
    return Problem("cursor_unusable", (Fault("cursor", "unfit"),))
