"""Sessions: random, server-side, each in one context, dead at once when revoked or its role ends.

The token is the user's; the database has its hash. A session idles out and has an end whatever
happens; a resident's lasts as long as the device stays known, used or not, for a payment above
30.00, or beyond 100.00 in a row, asks for more than the session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, column, delete, insert, select, table, update
from sqlalchemy.dialects.postgresql import insert as upsert

from admin import events
from admin.events import Event, Happened
from admin.logins.tokens import hashed, new_token
from admin.refusals import SecondFactorNeeded, SessionEnded
from admin.roles import STAFF, Role
from admin.tables import DEVICE, PARTY, ROLE_GRANT, SESSION, USERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

KNOWN_DEVICE: Final = timedelta(days=180)
LISTED_MAX: Final = 100
SEEN_EVERY: Final = timedelta(minutes=1)
"""How exactly it is written down when a session was seen: a request a minute pays for it."""


class Terms(NamedTuple):
    """How long a session may idle, and how long it lives at most."""

    idle: timedelta
    life: timedelta


LOOK: Final = Terms(timedelta(minutes=5), timedelta(minutes=15))
"""Card number and PIN on a borrowed browser."""
CHOOSING: Final = Terms(timedelta(minutes=15), timedelta(hours=1))
"""Signed in, no role chosen yet."""
STAFF_TERMS: Final = Terms(timedelta(minutes=30), timedelta(hours=12))
ROLE_TERMS: Final[dict[Role, Terms]] = {
    Role.SOLISTE: Terms(KNOWN_DEVICE, KNOWN_DEVICE),
    Role.MERCHANT: Terms(timedelta(hours=12), timedelta(days=30)),
    Role.CASHIER: Terms(timedelta(hours=4), timedelta(hours=16)),
} | dict.fromkeys(STAFF, STAFF_TERMS)


_LEDGER_CARD: Final = table("card", column("id", BigInteger), schema="ledger")
_CONTEXT: Final = (
    USERS.c.person,
    ROLE_GRANT.c.role,
    ROLE_GRANT.c.party,
    ROLE_GRANT.c.valid_until,
)
"""What is known of a session's user and role."""


class SignedIn(NamedTuple):
    """Who was recognised, by what, and where.

    `factors` are among password, totp, passkey, card, pin; `label` names the device to its owner.
    """

    user: UUID
    factors: frozenset[str]
    label: str
    scope: str = "full"


@dataclass(frozen=True, slots=True)
class Session:
    """A session in use: who, in which role for which party, and how they were recognised."""

    id: UUID
    user: UUID
    person: UUID | None
    grant: UUID | None
    role: Role | None
    party: int | None
    scope: str
    factors: frozenset[str]
    label: str
    expires_at: datetime
    good_until: datetime
    """Until when nothing but a revocation ends it: its own end, or its role's."""
    phone: int | None = None
    """What its party pays with by phone, if the ledger knows it; `touch` alone looks."""


def check_factors(role: Role, factors: frozenset[str]) -> None:
    """Staff is recognised by a passkey, or by a password and a code.

    Raises:
        SecondFactorNeeded: a half is missing.
    """
    if role in STAFF and not ("passkey" in factors or {"password", "totp"} <= factors):
        raise SecondFactorNeeded


def terms_of(role: Role | None, scope: str) -> Terms:
    """How long a session in this context lives."""
    if scope == "look":
        return LOOK
    return CHOOSING if role is None else ROLE_TERMS[role]


async def issue(
    connection: AsyncConnection, who: SignedIn, at: datetime, *, grant: UUID | None = None
) -> str:
    """A new session's token, shown to nobody else; `grant` is the role chosen.

    Raises:
        SecondFactorNeeded: the role asks for more than was proved.
        SessionEnded: the user does not hold this role now.
    """
    role = None if grant is None else await _role(connection, who.user, grant, at)
    if role is not None:
        check_factors(role, who.factors)
    token, terms = new_token(), terms_of(role, who.scope)
    row = {
        "hash": hashed(token),
        "id": uuid4(),
        "user_id": who.user,
        "role_grant": grant,
        "scope": who.scope,
        "factors": sorted(who.factors),
        "label": who.label,
        "created_at": at,
        "seen_at": at,
        "idle_seconds": int(terms.idle.total_seconds()),
        "expires_at": at + terms.life,
    }
    await connection.execute(insert(SESSION).values(**row))
    return token


async def _role(connection: AsyncConnection, user: UUID, grant: UUID, at: datetime) -> Role:
    query = select(ROLE_GRANT.c.role).where(
        ROLE_GRANT.c.id == grant, ROLE_GRANT.c.user_id == user, held(at)
    )
    found = await connection.scalar(query)
    if found is None:
        raise SessionEnded
    return Role(found)


def held(at: datetime) -> ColumnElement[bool]:
    """That a role is held at an instant, for a query."""
    until = ROLE_GRANT.c.valid_until
    return (ROLE_GRANT.c.valid_from <= at) & (until.is_(None) | (until > at))


async def touch(connection: AsyncConnection, token: str, at: datetime) -> Session:
    """The session of a token, seen now.

    Raises:
        SessionEnded: unknown, revoked, idle for too long, over, its user or its role gone.
    """
    context = ROLE_GRANT.c.id == SESSION.c.role_grant
    query = (
        select(SESSION, *_CONTEXT, _LEDGER_CARD.c.id.label("phone"))
        .join(USERS, USERS.c.id == SESSION.c.user_id)
        .outerjoin(ROLE_GRANT, context & held(at))
        .outerjoin(PARTY, PARTY.c.id == ROLE_GRANT.c.party)
        .outerjoin(_LEDGER_CARD, _LEDGER_CARD.c.id == PARTY.c.phone_means)
        .where(SESSION.c.hash == hashed(token), USERS.c.closed_at.is_(None))
    )
    row = (await connection.execute(query)).one_or_none()
    if row is None or not _alive(row, at):
        raise SessionEnded
    if at - row.seen_at >= SEEN_EVERY:
        seen = update(SESSION).where(SESSION.c.hash == row.hash).values(seen_at=at)
        await connection.execute(seen)
    return replace(_session(row), phone=row.phone)


def _alive(row: Any, at: datetime) -> bool:
    return (
        row.revoked_at is None
        and at < row.expires_at
        and at < row.seen_at + timedelta(seconds=row.idle_seconds)
        and (row.role_grant is None or row.role is not None)
    )


def _session(row: Any) -> Session:
    return Session(
        id=row.id,
        user=row.user_id,
        person=row.person,
        grant=row.role_grant,
        role=None if row.role is None else Role(row.role),
        party=row.party,
        scope=row.scope,
        factors=frozenset(row.factors),
        label=row.label,
        expires_at=row.expires_at,
        good_until=min(filter(None, (row.expires_at, row.valid_until))),
    )


async def rotate(
    connection: AsyncConnection,
    token: str,
    at: datetime,
    *,
    grant: UUID | None = None,
    factors: frozenset[str] = frozenset(),
) -> str:
    """A new token for the same user, with more proved or another role; the old one is dead.

    Raises:
        SessionEnded: the old one was dead before, or the role is not the user's.
        SecondFactorNeeded: the role asks for more than was proved.
    """
    old = await touch(connection, token, at)
    await _revoke(connection, SESSION.c.id == old.id, at)
    who = SignedIn(old.user, old.factors | factors, old.label, old.scope)
    return await issue(connection, who, at, grant=grant or old.grant)


async def listed(connection: AsyncConnection, user: UUID, at: datetime) -> Sequence[Session]:
    """The sessions of a user that are in use, at most 100, newest first."""
    context = ROLE_GRANT.c.id == SESSION.c.role_grant
    query = (
        select(SESSION, *_CONTEXT)
        .join(USERS, USERS.c.id == SESSION.c.user_id)
        .outerjoin(ROLE_GRANT, context & held(at))
        .where(SESSION.c.user_id == user, SESSION.c.revoked_at.is_(None), SESSION.c.expires_at > at)
        .order_by(SESSION.c.created_at.desc(), SESSION.c.id)
        .limit(LISTED_MAX)
    )
    return [_session(row) for row in await connection.execute(query) if _alive(row, at)]


async def revoke(connection: AsyncConnection, *, user: UUID, session: UUID, at: datetime) -> bool:
    """End one session of a user; whether there was one."""
    mine = (SESSION.c.user_id == user) & (SESSION.c.id == session)
    return await _revoke(connection, mine, at) > 0


async def revoke_all(
    connection: AsyncConnection, *, user: UUID, at: datetime, actor: UUID | None
) -> int:
    """End every session of a user and forget every device; how many there were."""
    ended = await _revoke(connection, SESSION.c.user_id == user, at)
    await connection.execute(delete(DEVICE).where(DEVICE.c.user_id == user))
    event = Event(Happened.SESSIONS_REVOKED, actor, object=str(user), facts={"ended": ended})
    await events.write(connection, event, at)
    return ended


async def revoke_others(
    connection: AsyncConnection, *, user: UUID, keep: UUID | None, at: datetime
) -> int:
    """End every session of a user but the one in use; how many there were."""
    others = (SESSION.c.user_id == user) & (SESSION.c.id.is_distinct_from(keep))
    ended = await _revoke(connection, others, at)
    event = Event(Happened.SESSIONS_REVOKED, user, object=str(user), facts={"ended": ended})
    await events.write(connection, event, at)
    return ended


async def _revoke(connection: AsyncConnection, which: ColumnElement[bool], at: datetime) -> int:
    ended = update(SESSION).where(which, SESSION.c.revoked_at.is_(None)).values(revoked_at=at)
    ids = (await connection.execute(ended.returning(SESSION.c.id))).scalars().all()
    for session in ids:
        await events.forget(connection, "session", session)
    return len(ids)


async def know_device(connection: AsyncConnection, *, user: UUID, label: str, at: datetime) -> str:
    """Remember the device a user signed in on, for 180 days; the token it keeps."""
    token = new_token()
    row = {"hash": hashed(token), "user_id": user, "label": label}
    await connection.execute(upsert(DEVICE).values(**row, known_until=at + KNOWN_DEVICE))
    return token


async def device_known(
    connection: AsyncConnection, *, user: UUID, token: str, at: datetime
) -> bool:
    """Whether a user has signed in on this device in the last 180 days."""
    mine = (DEVICE.c.hash == hashed(token)) & (DEVICE.c.user_id == user)
    query = select(DEVICE.c.hash).where(mine, DEVICE.c.known_until > at)
    return await connection.scalar(query) is not None
