"""The key of a payment that a browser keeps: made with the page, kept with the poster's address.

As long as nobody knows what became of it the page of that poster takes it again, so that a first
try that arrives late and a second one are the same payment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from litestar.datastructures import Cookie

from api.routes.outcomes import OutcomeAsked, outcome
from api.wire.ids import new_id

if TYPE_CHECKING:
    from api.pages.visit import Visit
    from api.routes.outcomes import Outcome

SECONDS: Final = 15 * 60
"""How long a browser keeps a key."""
_PATH: Final = re.compile(r"/p/([0-9A-Z]{8})(?:/([0-9A-Za-z_-]{1,300}))?")
_POSTER: Final = "bousol-cle"
_REQUEST: Final = "bousol-cle-demande"
"""Two names, for the address of a request lies below that of its poster."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is paid: its address on our pages, and what its QR code says.

    Attributes:
        path: /p/… as the browser knows it.
        text: as the interface reads it.
        request: whether a till asked for it.
    """

    path: str
    text: str
    request: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A key a browser brought; `cents` once it was sent and nobody answered in time."""

    key: UUID
    cents: int | None = None


def poster_of(code: str) -> Target:
    """The poster with this code."""
    return Target(f"/p/{code}", code)


def request_of(visit: Visit, code: str, token: str) -> Target:
    """The request of a till."""
    path = f"/p/{code}/{token}"
    return Target(path, f"https://{visit.services.paying.realm.host}{path}", request=True)


def target_of(visit: Visit, path: str) -> Target | None:
    """What an address of ours pays; None for every other address."""
    found = _PATH.fullmatch(path)
    if found is None:
        return None
    code, token = found.groups()
    return poster_of(code) if token is None else request_of(visit, code, token)


def kept(visit: Visit, target: Target) -> Kept | None:
    """The key this browser keeps for a poster or a request, if it does."""
    value = visit.request.cookies.get(_name(target), "")
    key, _, cents = value.partition(".")
    try:
        return Kept(UUID(key), int(cents) if cents else None)
    except ValueError:
        return None


def keep(target: Target, key: UUID, cents: int | None = None) -> Cookie:
    """The cookie that keeps a key; with `cents` it was sent and is being checked."""
    return Cookie(
        key=_name(target), value=f"{key}" if cents is None else f"{key}.{cents}",
        path=target.path, max_age=SECONDS, secure=True, httponly=True, samesite="lax",
    )  # fmt: skip


async def became(visit: Visit, key: UUID, *, close: bool = False) -> Outcome:
    """What became of a key of who looks."""
    told: Outcome = await visit.through(outcome, data=OutcomeAsked(key=key, close=close))
    return told


async def unless_used(visit: Visit, found: Kept | None) -> tuple[UUID, Outcome | None]:
    """The key for the next try, and what became of the one before."""
    if found is None:
        return new_id(), None
    told = await became(visit, found.key)
    return (found.key if told.state == "unknown" else new_id()), told


def _name(target: Target) -> str:
    return _REQUEST if target.request else _POSTER
