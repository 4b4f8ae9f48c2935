"""Logins with secrets, cards in hands, and what a browser or a program sends from where."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pyotp

from admin.logins import credentials, passkeys, totp
from admin.means import cards
from admin.parties import ISSUER
from admin.tables import USERS
from api.gate.asker import COOKIE
from tests.api.town import Who
from tests.database.people.authenticator import Authenticator

PHRASE = "cerf volant sous la digue"
OTHER_PHRASE = "la digue au cerf volant bleu"


@dataclass
class Login:
    """Somebody with an identifier and a password, and what they do from one address."""

    who: Who
    identifier: str
    password: str = PHRASE
    secret: str = ""

    @property
    def given(self) -> dict[str, Any]:
        return {"identifier": self.identifier, "password": self.password}

    async def sign_in(self, address: str | None = None, **more: Any):
        return await ask(self.who.house, "/v1/sessions", self.given | more, address=address)

    async def signed_in(self, **more: Any) -> Who:
        """The same person with a token from a sign-in."""
        answer = await self.sign_in(**more)
        assert answer.status_code == 201, answer.text
        return with_token(self.who, answer.json()["token"])


def with_token(who: Who, token: str) -> Who:
    return Who(**(vars(who) | {"token": token}))


def random_address() -> str:
    return ".".join(["10", *(str(secrets.randbelow(254) + 1) for _ in range(3))])


async def ask(house, path, body, *, address=None, method="POST", **headers):
    """What somebody without a session asks, from an address of their own unless one is given."""
    sent = {"X-Forwarded-For": address or random_address()} | headers
    return await house.client.request(method, path, json=body, headers=sent)


async def login_of(town, who: Who, *, code: bool = False) -> Login:
    """Gives somebody an identifier and a password, and an authenticator application."""
    name, services = f"{uuid4().hex}@example.org", town.services
    made = Login(who, name)
    stored = await services.passwords.hash(PHRASE)
    async with services.rows() as rows:
        naming = USERS.update().where(USERS.c.id == who.user).values(identifier=name)
        await rows.execute(naming)
        await credentials.put(rows, user=who.user, stored=stored, at=town.now)
        if code:
            made.secret = await totp.begin(rows, services.pepper, who.user)
            first = pyotp.TOTP(made.secret).at(town.now)
            await totp.confirm(rows, services.pepper, user=who.user, code=first, at=town.now)
            # The code of this half-minute may be given again: the tests do not wait.
            await rows.exec_driver_sql(
                f"update admin.totp set last_step = 0 where user_id = '{who.user}'"
            )
    return made


def code_of(town, login: Login) -> str:
    return pyotp.TOTP(login.secret).at(town.now)


async def card_of(town, who: Who) -> str:
    """Hands a card to somebody; its number."""
    async with town.services.rows() as rows:
        (printed,) = await cards.print_batch(
            rows, place=ISSUER, count=1, actor=who.user, at=town.now
        )
        await cards.hand_out(
            rows,
            number=printed.number,
            place=ISSUER,
            party=who.party,
            user=who.user,
            actor=who.user,
            at=town.now,
        )
    return printed.number


async def authenticator_of(town, who: Who) -> Authenticator:
    """A passkey that is registered for somebody."""
    site = town.services.site
    made = Authenticator(site.host, site.origin)
    async with town.services.rows() as rows:
        begun = await passkeys.begin_registration(rows, site, user=who.user, at=town.now)
        await passkeys.finish_registration(
            rows, site, user=who.user, answer=made.register(begun), label="key", at=town.now
        )
    return made


async def passkey_answer(house, authenticator: Authenticator) -> str:
    """The answer of a passkey to a challenge asked for now."""
    challenge = await ask(house, "/v1/sessions/passkey-challenges", None)
    return authenticator.sign_in(challenge.json()["options"])


def cookie(token: str, **headers: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={token}", **headers}


def code(answer) -> tuple[int, str | None]:
    return answer.status_code, (json.loads(answer.content) if answer.content else {}).get("code")
