"""Passwords: argon2id in a thread, a few at a time, and the same work for a login nobody has.

A hash takes 64 MiB and two cores' 0.2 s, so that what may be hashed at once is bounded, and so is
who waits for it. Source of the rules: OWASP ASVS 5.0, 6.2.
"""

from __future__ import annotations

import asyncio
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # why: it ships no types

from admin import events
from admin.events import Event, Happened
from admin.logins.tokens import new_token
from admin.parties import identifier_of
from admin.refusals import (
    BadCredentials,
    IdentifierTaken,
    PasswordGuessable,
    PasswordLength,
    SignInBusy,
)
from admin.tables import PASSWORD, PERSON, USERS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

_T = TypeVar("_T")
PASSWORD_CHARACTERS_MIN: Final = 12
PASSWORD_CHARACTERS_MAX: Final = 128
GUESSES_MIN: Final = 10**9
"""Below this many, by zxcvbn's estimate, a password falls to whoever has a list."""
_LOOKED_AT_CHARACTERS: Final = 24
"""What is estimated: 64 characters chosen to that end take 2.3 s, 24 take 0.05 s."""
_OWN_WORDS: Final = ("bousol", "bou'sol", "boulogne", "boulonnais", "motdepasse", "monnaie")


def check_password(password: str, own_words: Iterable[str] = ()) -> None:
    """A password has 12 to 128 characters of any sort, and is not among those tried first.

    Args:
        password: exactly as it was typed.
        own_words: the identifier and the name of its owner.

    Raises:
        PasswordLength, PasswordGuessable: choose another.
    """
    if not PASSWORD_CHARACTERS_MIN <= len(password) <= PASSWORD_CHARACTERS_MAX:
        raise PasswordLength(PASSWORD_CHARACTERS_MIN, PASSWORD_CHARACTERS_MAX)
    parts = [part for word in own_words for part in [word, *re.split(r"\W+", word)]]
    known = [*_OWN_WORDS, *(part for part in parts if part)]
    if zxcvbn(password[:_LOOKED_AT_CHARACTERS], known)["guesses"] < GUESSES_MIN:
        raise PasswordGuessable


class Stored(NamedTuple):
    """A login that has a password."""

    user: UUID
    hash: str


class Passwords:
    """Hashes and compares, a few at a time; the rest waits, up to a bound."""

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        parallel_max: int = 2,
        waiting_max: int = 64,
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._turns = asyncio.Semaphore(parallel_max)
        self._places = parallel_max + waiting_max

    @cached_property
    def _nobodys(self) -> str:
        """A hash that no password has, for a login that does not exist."""
        return self._hasher.hash(new_token())

    async def hash(self, password: str) -> str:
        """What is stored of a password.

        Raises:
            SignInBusy: too many wait.
        """
        return await self._in_turn(lambda: self._hasher.hash(_bytes(password)))

    async def match(self, stored: str | None, password: str) -> bool:
        """Whether a password is the stored one; None takes as long and never is.

        Raises:
            SignInBusy: too many wait.
        """
        return await self._in_turn(lambda: self._verify(stored, password))

    def _verify(self, stored: str | None, password: str) -> bool:
        nobodys = self._nobodys  # The first sign-in of a process makes it, whoever it is.
        try:
            return self._hasher.verify(stored or nobodys, _bytes(password)) and stored is not None
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], _T]) -> _T:
        if self._places == 0:
            raise SignInBusy
        self._places -= 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work)
        finally:
            self._places += 1


def _bytes(password: str) -> bytes:
    """A password as it was typed, even with halves of characters that UTF-8 does not know."""
    return password.encode(errors="surrogatepass")


async def set_password(
    connection: AsyncConnection, passwords: Passwords, *, user: UUID, password: str, at: datetime
) -> None:
    """Give a user a password, in place of the one there was.

    It is hashed meanwhile: who serves many at once hashes before, and calls `put`.

    Raises:
        PasswordLength, PasswordGuessable: choose another.
    """
    check_password(password, await own_words(connection, user))
    await put(connection, user=user, stored=await passwords.hash(password), at=at)


async def put(connection: AsyncConnection, *, user: UUID, stored: str, at: datetime) -> None:
    """Give a user the password that was checked and hashed before."""
    values = {"hash": stored, "set_at": at}
    statement = insert(PASSWORD).values(user_id=user, **values)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["user_id"], set_=values)
    )
    await events.write(connection, Event(Happened.PASSWORD_SET, user), at)


async def own_words(connection: AsyncConnection, user: UUID) -> list[str]:
    """What a user's password must not be made of: identifier and name."""
    query = (
        select(USERS.c.identifier, PERSON.c.name)
        .outerjoin(PERSON, PERSON.c.id == USERS.c.person)
        .where(USERS.c.id == user)
    )
    row = (await connection.execute(query)).one_or_none()
    return [word for word in row or () if word]


async def find(connection: AsyncConnection, identifier: str) -> Stored | None:
    """The login of an identifier that has a password and is open."""
    return await _stored(connection, USERS.c.identifier == identifier_of(identifier))


async def of_user(connection: AsyncConnection, user: UUID) -> Stored | None:
    """The same of somebody who is signed in."""
    return await _stored(connection, USERS.c.id == user)


async def _stored(connection: AsyncConnection, which: ColumnElement[bool]) -> Stored | None:
    query = (
        select(USERS.c.id, PASSWORD.c.hash)
        .join(PASSWORD, PASSWORD.c.user_id == USERS.c.id)
        .where(which, USERS.c.closed_at.is_(None))
    )
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Stored(row.id, row.hash)


async def compare(passwords: Passwords, found: Stored | None, password: str) -> UUID:
    """The user whose password this is; one path for every reason it is not.

    Nothing of the database is held meanwhile: whoever waits for a turn keeps nobody else waiting.

    Raises:
        BadCredentials: unknown, closed, without a password, or another password.
        SignInBusy: too many wait.
    """
    if not await passwords.match(found.hash if found else None, password) or found is None:
        raise BadCredentials
    return found.user


async def check_sign_in(
    connection: AsyncConnection, passwords: Passwords, *, identifier: str, password: str
) -> UUID:
    """The user whose identifier and password these are.

    Raises:
        BadCredentials, SignInBusy: as `compare` says.
    """
    return await compare(passwords, await find(connection, identifier), password)


async def name_login(connection: AsyncConnection, *, user: UUID, identifier: str) -> None:
    """Give a login the identifier it has not got yet; one it has stays.

    Raises:
        IdentifierTaken: another login has it.
    """
    nameless = (USERS.c.id == user) & USERS.c.identifier.is_(None)
    named = update(USERS).where(nameless).values(identifier=identifier_of(identifier))
    try:
        await connection.execute(named)
    except IntegrityError:
        raise IdentifierTaken from None
