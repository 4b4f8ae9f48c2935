"""Who asks, as far as an answer needs it: the ids of the request and the reader's language."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from api.wire.catalogue import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.wire.figures import Language

STATE: Final = "asking"
"""Under this name the ASGI scope's state carries the `Asking` of a request."""
_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_LANGUAGE: Final = re.compile(r"([a-z]{1,8}|\*)(?:-[a-z0-9-]+)?(?:\s*;\s*q=([01](?:\.\d{1,3})?))?")
_RANGES_MAX: Final = 20


class Asking(NamedTuple):
    """What a request is known by: its own id, the trace it belongs to, the reader's language."""

    request_id: str
    trace_id: str
    language: Language


def asking(headers: Iterable[tuple[bytes, bytes]]) -> Asking:
    """Read X-Request-Id, traceparent and Accept-Language; what is unusable is made anew."""
    named = {name: value.decode("latin-1") for name, value in headers if name in _WANTED}
    parent = _TRACEPARENT.fullmatch(named.get(b"traceparent", ""))
    trace_id = parent.group(1) if parent and parent.group(1).strip("0") else secrets.token_hex(16)
    given = named.get(b"x-request-id", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else trace_id
    return Asking(request_id, trace_id, language(named.get(b"accept-language", "")))


def language(accepted: str) -> Language:
    """The best of our languages for an Accept-Language header; French when it names none."""
    weights: dict[str, float] = {}
    for wanted in accepted.lower().split(",")[:_RANGES_MAX]:
        found = _LANGUAGE.fullmatch(wanted.strip())
        if found:
            name, weight = found.groups()
            weights[name] = max(weights.get(name, 0.0), float(weight or 1))
    rest = weights.get("*", 0.0)
    best = max(LANGUAGES, key=lambda name: weights.get(name, rest))
    return best if weights.get(best, rest) else LANGUAGES[0]


def asked(scope: Any) -> Asking:
    """The `Asking` of a request; made now when none was."""
    state = scope.setdefault("state", {})
    found = state.get(STATE)
    if found is None:
        found = state[STATE] = asking(scope["headers"])
    return found if isinstance(found, Asking) else Asking(*found)


_WANTED: Final = {b"traceparent", b"x-request-id", b"accept-language"}
