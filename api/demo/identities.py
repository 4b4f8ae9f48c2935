"""Who may come into a demo: people with passwords, codes, PINs and cards, in one private file.

Secrets are random; only who they are for comes of the story. Everything is made anew at each start,
and the file is for its owner's eyes only.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import pyotp
from sqlalchemy import delete, insert, select

from admin import parties
from admin.logins import credentials, keys, pins, sessions, totp
from admin.logins.keys import Scope
from admin.logins.sessions import SignedIn
from admin.parties import ISSUER, Person
from admin.roles import STAFF, Role
from admin.tables import ROLE_GRANT, TOTP, USERS
from api.demo.cast import names
from api.wire.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.logins.credentials import Passwords
    from admin.pepper import Pepper

PIN: Final = "4711"
PASSWORD_WORDS: Final = 4


class Place(NamedTuple):
    """Somebody of the association: the login, the role, the name."""

    who: str
    role: Role
    name: str


PLACES: Final = (
    Place("comptoir", Role.COMPTOIR, "Brigitte Caloin"),
    Place("tresoriere", Role.TREASURER, "Odile Verlingue"),
    Place("tresorier", Role.TREASURER, "Marc Haffreingue"),
    Place("gestion", Role.MANAGER, "Solène Fourcroy"),
    Place("comite", Role.MANAGER, "Didier Coppin"),
    Place("coffre", Role.VAULT, "Yvette Lobez"),
    Place("audit", Role.AUDITOR, "Paul Tétart"),
    Place("technique", Role.TECHNICIAN, "Karim Devin"),
)
"""The association's people."""
CCAS_PLACES: Final = (
    Place("ccas", Role.CASEWORKER, "Maryse Delattre"),
    Place("ccas-valide", Role.CCAS_VALIDATOR, "Antoine Fiolet"),
    Place("ccas-second", Role.CCAS_VALIDATOR, "Nadia Wacheux"),
)
"""A CCAS's: who enters, who approves, and who does so, too, where a third person must."""
COUNCIL_PLACES: Final = (
    Place("cse", Role.WORKS_COUNCIL, "Fabrice Mahieux"),
    Place("cse-second", Role.WORKS_COUNCIL, "Corinne Vidor"),
)
"""A works council's: one enters, the other approves."""
FUND_PLACES: Final = (
    Place("fonds", Role.SPONSOR, "Lucie Hamain"),
    Place("fonds-second", Role.SPONSOR, "Bernard Quandalle"),
)
"""A food fund's: one shares the month out, the other approves."""
OFFICE_PLACES: Final = (
    Place("regie", Role.CASH_OFFICER, "Gérard Ducloy"),
    Place("regie-caisse", Role.CASHIER, "Inès Pochet"),
)
"""A public body's: its cash officer, and who stands at its till."""


class Actor(NamedTuple):
    """A login and its role's grant."""

    user: UUID
    grant: UUID


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody who may come in: what they sign in with, and a token for programs."""

    who: str
    role: str
    party: int
    name: str
    identifier: str
    password: str
    token: str
    pin: str | None = None
    totp_secret: str | None = None
    card_number: str | None = None
    opposition_number: str | None = None
    card_token: str | None = None


class Guests(NamedTuple):
    """Everybody who may come into a demo, and what hangs and lies at its entrance."""

    people: list[Identity]
    shop: dict[str, Any] | None
    """Whose poster hangs there."""
    desk_cards: list[str]
    """Numbers of new cards, for who gives emergency aid."""
    counter_cards: list[str]
    """The same, for who opens accounts at a counter."""


class Doorkeeper:
    """Gives people of a demo what they come in with.

    Args:
        rows: a transaction for rows.
        pepper: keys PINs and seals codes.
        passwords: hashes.
        at: now, by the demo's clock.
    """

    def __init__(
        self, rows: AsyncConnection, pepper: Pepper, passwords: Passwords, at: datetime
    ) -> None:
        self._rows = rows
        self._pepper = pepper
        self._passwords = passwords
        self._at = at

    async def settle(self, who: str, role: Role, name: str, party: int = ISSUER) -> Actor:
        """Somebody new in a role, or whoever has this login already."""
        known = select(USERS.c.id).where(USERS.c.identifier == who)
        user: UUID | None = await self._rows.scalar(known)
        if user is None:
            person, user = Person(new_id(), name), new_id()
            await parties.add_person(self._rows, person)
            await parties.add_user(
                self._rows, user=user, person=person.id, identifier=who, at=self._at
            )
        return Actor(user, await self._grant(user, role, party))

    async def party_of(self, who: str) -> int | None:
        """The party a login acts for; None where nobody has this login."""
        held = select(ROLE_GRANT.c.party).join(USERS, USERS.c.id == ROLE_GRANT.c.user_id)
        found: int | None = await self._rows.scalar(held.where(USERS.c.identifier == who))
        return found

    async def name_login(self, user: UUID, who: str) -> None:
        """A login that had a card alone gets a name, in place of whoever had it."""
        for change, name in ((USERS.c.identifier == who, None), (USERS.c.id == user, who)):
            await self._rows.execute(USERS.update().where(change).values(identifier=name))

    async def let_in(self, actor: Actor, place: Place, party: int, **more: Any) -> Identity:
        """A password, for staff a code, otherwise a PIN; and a token that is good from now on."""
        password = "-".join(secrets.choice(names()["words"]) for _ in range(PASSWORD_WORDS))
        await credentials.set_password(
            self._rows, self._passwords, user=actor.user, password=password, at=self._at
        )
        secret = await self._code(actor.user) if place.role in STAFF else None
        if secret is None:
            await pins.set_pin(
                self._rows, self._pepper, user=actor.user, pin=PIN, actor=actor.user, at=self._at
            )
        factors = frozenset({"password", "totp"} if secret else {"password"})
        signed = SignedIn(actor.user, factors, "demo")
        token = await sessions.issue(self._rows, signed, self._at, grant=actor.grant)
        return Identity(
            who=place.who,
            role=place.role,
            party=party,
            name=place.name,
            identifier=place.who,
            password=password,
            token=token,
            pin=None if secret else PIN,
            totp_secret=secret,
            **more,
        )

    async def till_key(self, party: int, actor: UUID) -> str:
        """A till's key that takes payments, refunds and reads."""
        return await keys.make(
            self._rows,
            key=new_id(),
            party=party,
            scopes=frozenset(Scope),
            label="caisse de démonstration",
            actor=actor,
            at=self._at,
        )

    async def _grant(self, user: UUID, role: Role, party: int) -> UUID:
        held = select(ROLE_GRANT.c.id).where(
            ROLE_GRANT.c.user_id == user, ROLE_GRANT.c.role == role, ROLE_GRANT.c.party == party
        )
        found: UUID | None = await self._rows.scalar(held)
        if found is None:
            found = new_id()
            row = {"id": found, "user_id": user, "party": party, "role": role}
            since = self._at - timedelta(seconds=1)
            await self._rows.execute(insert(ROLE_GRANT).values(**row, valid_from=since))
        return found

    async def _code(self, user: UUID) -> str:
        await self._rows.execute(delete(TOTP).where(TOTP.c.user_id == user))
        secret = await totp.begin(self._rows, self._pepper, user)
        code = pyotp.TOTP(secret).at(self._at)
        await totp.confirm(self._rows, self._pepper, user=user, code=code, at=self._at)
        return secret


def write(path: Path, facts: dict[str, Any], people: list[Identity]) -> None:
    """Write the file whole, readable by its owner only."""
    unfinished = path.with_suffix(".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        told = facts | {"people": {one.who: asdict(one) for one in people}}
        json.dump(told, file, ensure_ascii=False, indent=1)
        file.write("\n")
    unfinished.replace(path)
