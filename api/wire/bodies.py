"""A body comes in whole, as plain JSON or a form of ours, small and soon; or the request ends.

It is read before the application sees the request, so that who sends slowly holds nothing but a
socket, and what is cut in the middle is no request at all.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, Final

from api.wire.problems import Problem

if TYPE_CHECKING:
    from litestar.types import HTTPRequestEvent, Receive, Scope

    from api.services import Bounds

LIST_BYTES_MAX: Final = 1_600_000
"""Of a list of awards: 10,000 rows, as base64 in JSON."""
_LISTS: Final = re.compile(
    "/v1/aid/programmes/[0-9a-f-]{36}/(previews|batches)"
    "|/aide/programmes/[0-9a-f-]{36}/import(/lot)?"
)
_PROOFS: Final = frozenset({b"authorization", b"cookie"})
_FORMS: Final = frozenset({b"application/x-www-form-urlencoded", b"multipart/form-data"})
_CLOSE: Final = {"connection": "close"}
"""What was not read of a body must not be taken for the next request."""


class Gone(Exception):
    """Whoever asked went away before the request was whole: nobody is to be answered."""


async def whole(scope: Scope, receive: Receive, bounds: Bounds) -> Receive:
    """A `receive` that gives the body at once.

    Raises:
        Problem: `too_large`, `unsupported_media_type`, `too_slow`.
        Gone: the client left.
    """
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0").strip()
    if length.strip(b"0") == b"" and b"transfer-encoding" not in headers:
        return receive
    most = _most(scope["path"], headers, bounds)
    if int(length) > most:
        raise Problem("too_large", headers=_CLOSE)
    _check_type(headers, forms=not scope["path"].startswith("/v1/"))
    try:
        async with asyncio.timeout(bounds.body_seconds):
            body = await _read(receive, most)
    except TimeoutError:
        raise Problem("too_slow", headers=_CLOSE) from None
    return _Given(body, receive)


def _most(path: str, headers: dict[bytes, bytes], bounds: Bounds) -> int:
    """How many bytes a body may have: a list's many, for whoever brings some proof of who asks."""
    if _LISTS.fullmatch(path) and not _PROOFS.isdisjoint(headers):
        return LIST_BYTES_MAX
    return bounds.body_bytes_max


def _check_type(headers: dict[bytes, bytes], *, forms: bool) -> None:
    """JSON for programs; the forms of our screens besides, as browsers send them."""
    media_type, _, parameters = headers.get(b"content-type", b"").lower().partition(b";")
    coded = headers.get(b"content-encoding", b"identity").strip().lower() != b"identity"
    charset = parameters.replace(b" ", b"").replace(b'"', b"")
    if forms and media_type.strip() in _FORMS and not coded:
        return
    if media_type.strip() != b"application/json" or charset not in {b"", b"charset=utf-8"} or coded:
        accepted = {"accept": "application/json", "accept-encoding": "identity"}
        raise Problem("unsupported_media_type", headers=accepted | _CLOSE)


async def _read(receive: Receive, bytes_max: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        event: Any = await receive()
        if event["type"] == "http.disconnect":
            raise Gone
        parts.append(event["body"])
        size += len(event["body"])
        if size > bytes_max:
            raise Problem("too_large", headers=_CLOSE)
        if not event["more_body"]:
            return b"".join(parts)


class _Given:
    """Gives the body once; then what the client does next."""

    __slots__ = ("_body", "_receive")

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Any:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        event: HTTPRequestEvent = {"type": "http.request", "body": body, "more_body": False}
        return event
