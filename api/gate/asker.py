"""Who asks: a user in a role, a card and PIN on a borrowed browser, or a till's key.

Recognised once and remembered for a minute, so that a payment needs no question to the database;
whoever ends a session, a role or a key tells every process (NOTIFY people), and a process that
cannot hear remembers nobody. Whoever follows a stream was recognised when it began: a notice about
them has them recognised again before they are told anything more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakSet

from admin.logins import keys, sessions
from admin.logins.keys import PREFIX
from admin.logins.tokens import hashed
from admin.refusals import KeyUnusable, SessionEnded
from api.wire.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.logins.keys import Scope
    from admin.roles import Role
    from api.process.clock import Clock

REMEMBERED_SECONDS: Final = 60.0
REMEMBERED_MAX: Final = 50_000
TOKEN_CHARACTERS_MAX: Final = 128


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks.

    Attributes:
        party: whose account acts; None before a role is chosen.
        user: who is signed in; None behind a till's key.
        person: the human being behind the login.
        grant: the role's grant.
        role: in which quality.
        session: what lists and revocations name it by.
        factors: what was proved: password, totp, passkey, card, pin.
        scope: full, look (card and PIN), or key.
        key: the till's key.
        scopes: what the key may do.
        phone: the ledger's card the party pays with by phone; None when it is to be looked up.
        until: when the session or its role runs out; None for a key.
    """

    party: int | None
    user: UUID | None = None
    person: UUID | None = None
    grant: UUID | None = None
    role: Role | None = None
    session: UUID | None = None
    factors: frozenset[str] = frozenset()
    scope: str = "full"
    key: UUID | None = None
    scopes: frozenset[Scope] = frozenset()
    phone: int | None = None
    until: datetime | None = None

    @property
    def acting(self) -> int:
        """The party whose account acts; asked for only where the route's rule named a role."""
        assert self.party is not None, "a role is chosen"
        return self.party

    @property
    def acting_as(self) -> UUID:
        """The role's grant; asked for only where the route's rule named a role, and no key may."""
        assert self.grant is not None, "a role is chosen"
        return self.grant

    @property
    def by(self) -> UUID:
        """The user who acts; asked for only where no key may."""
        assert self.user is not None, "a user is signed in"
        return self.user


@dataclass(eq=False, slots=True, weakref_slot=True)
class Watcher:
    """Whoever follows a stream; `doubted` once a notice names them, and before the first event.

    No notice is sent when their session or role runs out: `asker.until`.
    """

    asker: Asker
    token: str = field(repr=False)
    doubted: bool = True


class _Remembered(NamedTuple):
    asker: Asker
    until: float


class Recognition:
    """Recognises tokens, and remembers whom for a while.

    Args:
        rows: a transaction for rows that do not post.
        clock: the service's.
    """

    def __init__(
        self, rows: Callable[[], AbstractAsyncContextManager[AsyncConnection]], clock: Clock
    ) -> None:
        self._rows = rows
        self._clock = clock
        self._known: dict[bytes, _Remembered] = {}
        self._watchers: WeakSet[Watcher] = WeakSet()
        self._changes = 0
        self.listening = False
        """Whether this process hears what others change; until it does it remembers nobody."""

    @property
    def remembered(self) -> int:
        """How many tokens are remembered."""
        return len(self._known)

    async def of(self, token: str) -> Asker:
        """Who has this token.

        Raises:
            SessionEnded, KeyUnusable: nobody, or nobody any more.
        """
        is_key = token.startswith(PREFIX)
        if len(token) > TOKEN_CHARACTERS_MAX or not token.isascii():
            raise KeyUnusable if is_key else SessionEnded
        digest = hashed(token)
        known = self._known.get(digest)
        if known is not None and time.monotonic() < known.until:
            return known.asker
        changes = self._changes
        asker, seconds = await (self._key(token) if is_key else self._session(token))
        if self.listening and changes == self._changes:
            if len(self._known) >= REMEMBERED_MAX:
                self._known.clear()
            self._known[digest] = _Remembered(asker, time.monotonic() + seconds)
        return asker

    def watch(self, asker: Asker, token: str) -> Watcher:
        """Somebody begins to follow a stream."""
        watcher = Watcher(asker, token)
        self._watchers.add(watcher)
        return watcher

    async def watches(self, watcher: Watcher) -> bool:
        """Whether somebody may still be told what they follow."""
        until = watcher.asker.until
        if until is not None and until <= self._clock.now():
            return False
        if not watcher.doubted:
            return True
        watcher.doubted = False
        try:
            found = await self.of(watcher.token)
        except (SessionEnded, KeyUnusable):
            return False
        return (found.grant, found.key) == (watcher.asker.grant, watcher.asker.key)

    def forget(self, what: str = "") -> None:
        """Forget whom a notice names ("session …", "user …", "key …"), or everybody."""
        self._changes += 1
        kind, _, which = what.partition(" ")
        everybody = kind not in {"session", "user", "key"}

        def is_named(asker: Asker) -> bool:
            return everybody or str(getattr(asker, kind)) == which

        for digest in [d for d, r in self._known.items() if is_named(r.asker)]:
            del self._known[digest]
        for watcher in self._watchers:
            watcher.doubted = watcher.doubted or is_named(watcher.asker)

    def heard(self, payload: str) -> None:
        """Somebody changed a session, a user or a key."""
        self.forget(payload)

    def found(self) -> None:
        """From now on every change is heard: it may be remembered who asks."""
        self.forget()
        self.listening = True

    def lost(self) -> None:
        """Nothing is heard any more: whatever is remembered may be out of date."""
        self.listening = False
        self.forget()

    async def _session(self, token: str) -> tuple[Asker, float]:
        now = self._clock.now()
        async with self._rows() as connection:
            found = await sessions.touch(connection, token, now)
        asker = Asker(
            party=found.party,
            user=found.user,
            person=found.person,
            grant=found.grant,
            role=found.role,
            session=found.id,
            factors=found.factors,
            scope=found.scope,
            phone=found.phone,
            until=found.good_until,
        )
        left = (found.good_until - now).total_seconds()
        return asker, min(REMEMBERED_SECONDS, left)

    async def _key(self, token: str) -> tuple[Asker, float]:
        async with self._rows() as connection:
            found = await keys.find(connection, token, self._clock.now())
        asker = Asker(party=found.party, key=found.id, scopes=found.scopes, scope="key")
        return asker, REMEMBERED_SECONDS


COOKIE: Final = "__Host-bousol"
_UNSAFE: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def token_of(method: str, headers: dict[bytes, bytes]) -> str | None:
    """The token a request brings, as a bearer or in our cookie; None when it brings neither.

    Raises:
        Problem: `cross_site`, another site made the browser send our cookie.
    """
    scheme, _, bearer = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        return bearer.strip()
    cookies = headers.get(b"cookie", b"").decode("latin-1")
    if COOKIE not in cookies:
        return None
    pairs = (part.strip().partition("=") for part in cookies.split(";"))
    token = next((value for name, _, value in pairs if name == COOKIE), None)
    if token and method in _UNSAFE:
        check_same_site(headers)
    return token or None


def check_same_site(headers: dict[bytes, bytes]) -> None:
    """A request that changes something by cookie comes from a page of ours.

    Raises:
        Problem: `cross_site`.
    """
    site = headers.get(b"sec-fetch-site")
    origin = headers.get(b"origin", b"").partition(b"://")[2]
    ours = origin == headers.get(b"host", b"") if origin else site == b"same-origin"
    if not ours or site not in {None, b"same-origin"}:
        raise Problem("cross_site")


def cookie(token: str, *, seconds: int) -> str:
    """The Set-Cookie of a session: our host's alone, out of reach of scripts and other sites."""
    return f"{COOKIE}={token}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"
