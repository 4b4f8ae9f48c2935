"""The edge of the application: what holds for every request, whatever it asks for.

It stands outside Litestar's router, so that an address that does not exist is counted, bounded
and answered like any other.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final, cast

from litestar.enums import ScopeType

from api.process.logs import log
from api.process.protocol import WHOLE
from api.refusing import leaving
from api.wire.asking import STATE, asking
from api.wire.bodies import Gone, whole
from api.wire.problems import MEDIA_TYPE, Problem, overloaded
from ledger.waiting import end_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

    from api.gate.hot import HotRoutes
    from api.process.metering import Meter
    from api.services import Bounds
    from api.wire.asking import Asking

ALWAYS: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""Answered however many others wait."""
SECURITY: Final = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Sent with every answer that does not bring its own."""
_OVER_TLS: Final = {"strict-transport-security": "max-age=63072000; includeSubDomains"}


class Edge:
    """Ids, bounds, headers, counters and the log line of each request.

    Args:
        app: answers what passes.
        allowed: the methods an address knows.
        bounds: how much at once.
        meter: counts.
        symbol: of the local currency, for amounts in problems.
        hot: the routes that go the short way.
    """

    def __init__(
        self,
        app: ASGIApp,
        allowed: Callable[[str], list[str]],
        *,
        bounds: Bounds,
        meter: Meter,
        symbol: str,
        hot: HotRoutes,
    ) -> None:
        self._app = app
        self._hot = hot
        self._allowed = allowed
        self._bounds = bounds
        self._meter = meter
        self._symbol = symbol
        self._active = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; there are no websockets."""
        if scope["type"] == ScopeType.WEBSOCKET:
            await send({"type": "websocket.close", "code": 1008, "reason": ""})
            return
        asked = asking(scope["headers"])
        scope.setdefault("state", {})[STATE] = asked
        answering = _Answer(send, asked, secure=scope["scheme"] == "https")
        if scope["method"] == "HEAD":  # the server, which has the other scope, drops the body
            scope = cast("HTTPScope", {**scope, "method": "GET"})
        begun = time.perf_counter()
        try:
            await self._answered(scope, receive, answering)
        except Gone:
            answering.status = 499
        except Exception as error:  # noqa: BLE001  why: the last place before the server's own page
            await self._refuse(error, scope, answering)
        self._tell(scope, answering, time.perf_counter() - begun)

    async def _answered(self, scope: Any, receive: Receive, answering: _Answer) -> None:
        if scope["method"] == "OPTIONS":
            return await self._options(scope["path"], answering)
        receive = await whole(scope, receive, self._bounds)
        end_after(self._bounds.answer_seconds, since=scope["state"].get(WHOLE))
        if self._active >= self._bounds.requests_max and scope["path"] not in ALWAYS:
            raise overloaded()
        self._active += 1
        try:
            found = self._hot.find(scope)
            with self._meter.active.track_inprogress():
                if found is None:
                    await self._app(scope, receive, answering)
                else:
                    await self._hot.answer(found, scope, receive, answering)
        finally:
            self._active -= 1
        return None

    async def _options(self, path: str, answering: _Answer) -> None:
        methods = self._allowed(path)
        if not methods:
            raise Problem("not_found")
        await answering.plain(204, {"allow": ", ".join(methods)})

    async def _refuse(self, error: Exception, scope: Any, answering: _Answer) -> None:
        asked, known = answering.asked, self._allowed
        made = leaving(error, scope, asked, symbol=self._symbol, allowed=known)
        if answering.status is None:
            await answering.plain(*made)

    def _tell(self, scope: Any, answering: _Answer, seconds: float) -> None:
        """Count and log; the route is its template, so that no id and no token is written down."""
        route = scope.get("path_template") or "-"
        status = answering.status or 0
        method = scope["method"]
        self._meter.request(route=route, method=method, status=status, seconds=seconds)
        if route not in ALWAYS:
            log.info(
                "request",
                method=method,
                route=route,
                status=status,
                ms=round(seconds * 1_000, 1),
                request_id=answering.asked.request_id,
                trace_id=answering.asked.trace_id,
            )


class _Answer:
    """The sending side of one request: adds the headers every answer has, remembers the status."""

    __slots__ = ("_secure", "_send", "asked", "status")

    def __init__(self, send: Send, asked: Asking, *, secure: bool) -> None:
        self._send = send
        self._secure = secure
        self.asked = asked
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        """Send a message of the application."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._missing(message["headers"])]
        await self._send(message)

    async def plain(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        """Send a whole answer that did not come from the application."""
        kind = {"content-type": MEDIA_TYPE, "content-length": str(len(body))} if body else {}
        sent = [(name.encode(), value.encode()) for name, value in (kind | headers).items()]
        await self({"type": "http.response.start", "status": status, "headers": sent})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    def _missing(self, present: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        given = {name for name, _ in present}
        wanted = SECURITY | (_OVER_TLS if self._secure else {})
        wanted = {"x-request-id": self.asked.request_id} | wanted
        return [(n.encode(), v.encode()) for n, v in wanted.items() if n.encode() not in given]
