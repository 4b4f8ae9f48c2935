"""Tokens that were handed over in person: a recovery sets a new password, an invitation a role."""

from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid4

from litestar import Request, Response, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field

from admin import parties
from admin.logins import credentials
from admin.logins.throttle import Tried
from admin.losses import recovery
from admin.parties import Person
from admin.people import invitations
from admin.refusals import IdentifierMissing
from admin.roles import Grant
from api.gate.access import everybody, signed_in
from api.gate.addresses import address_of
from api.gate.given import GivenAsker
from api.gate.handing import HeldRole, held_role
from api.gate.signing_in import Counted, trying
from api.services import GivenServices
from api.wire.shapes import Shape
from api.wire.texts import Identifier, Password, PersonName, Secret

_CHOOSING: Final = ("password_length", "password_guessable", "identifier_taken", "sign_in_busy")
_BUSY: Final = ("too_many_tries", "unavailable", "outcome_unknown")
_OFFER: Final = (
    "invitation_unusable",
    "not_allowed",
    "same_person",
    "role_misfit",
    "deputy_undated",
    "unknown_party",
)
_PHRASE: Final = "cerf volant sous la digue"
_TOKEN: Final = "VBz2mG0d8vYx1qO3uT5wR7sK9pL2nJ4hF6gD8aS0cXk"  # noqa: S105  why: an example


class Recovered(Shape):
    """The token of a recovery, and the password that is wanted."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"token": _TOKEN, "password": _PHRASE}]}
    )

    token: Secret = Field(repr=False)
    password: Password = Field(repr=False)
    identifier: Annotated[
        Identifier | None, Field(description="For a login that has none; one that has keeps it.")
    ] = None


class NewLogin(Shape):
    """The token of an invitation, and who takes it up."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "invitation": _TOKEN,
                    "name": "Camille Delattre",
                    "identifier": "camille@example.org",
                    "password": _PHRASE,
                }
            ]
        }
    )

    invitation: Secret = Field(repr=False)
    name: PersonName
    identifier: Identifier
    password: Password = Field(repr=False)
    language: Literal["fr", "en"] = "fr"


class TakenUp(Shape):
    """The token of an invitation."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"invitation": _TOKEN}]})

    invitation: Secret = Field(repr=False)


@post(
    "/v1/recovered-logins",
    operation_id="recover",
    tags=["sign-in"],
    opt=everybody("recovery_unusable", "identifier_missing", *_CHOOSING, *_BUSY),
    status_code=204,
)
async def recover(
    data: JSONBody[Recovered], services: GivenServices, request: Request[Any, Any, Any]
) -> None:
    """Sets a new password with a recovery that was handed over in person; the token is used up."""
    async with trying(services, _by_address(request)):
        now = services.clock.now()
        async with services.rows() as rows:
            found = await recovery.check(rows, data.token, now)
            words = await credentials.own_words(rows, found.user)
        if found.identifier is None and data.identifier is None:
            raise IdentifierMissing
        credentials.check_password(data.password, [*words, data.identifier or ""])
        stored = await services.passwords.hash(data.password)
        async with services.rows() as rows:
            user = await recovery.redeem(rows, data.token, now)
            await credentials.put(rows, user=user, stored=stored, at=now)
            if data.identifier is not None:
                await credentials.name_login(rows, user=user, identifier=data.identifier)


@post(
    "/v1/logins",
    operation_id="createLogin",
    tags=["sign-in"],
    opt=everybody(*_OFFER, *_CHOOSING, *_BUSY),
)
async def create_login(
    data: JSONBody[NewLogin], services: GivenServices, request: Request[Any, Any, Any]
) -> Response[HeldRole]:
    """Makes a login for somebody who was invited, in the role of the invitation; then sign in."""
    now, user = services.clock.now(), uuid4()
    async with trying(services, _by_address(request)):
        async with services.rows() as rows:
            await invitations.check(rows, data.invitation, now)
        credentials.check_password(data.password, [data.identifier, data.name])
        stored = await services.passwords.hash(data.password)
        person = Person(uuid4(), data.name, language=data.language)
        async with services.rows() as rows:
            await parties.add_person(rows, person)
            await parties.add_user(
                rows, user=user, person=person.id, identifier=data.identifier, at=now
            )
            await credentials.put(rows, user=user, stored=stored, at=now)
            new = await invitations.accept(rows, data.invitation, user=user, grant=uuid4(), at=now)
    return _made(new)


@post(
    "/v1/me/roles",
    operation_id="acceptInvitation",
    tags=["sign-in"],
    opt=signed_in(*_OFFER, "too_many_tries", "outcome_unknown"),
)
async def accept_invitation(
    data: JSONBody[TakenUp],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, Any],
) -> Response[HeldRole]:
    """Takes an invitation up as who is signed in; the role is then one of those to choose."""
    async with trying(services, _by_address(request)), services.rows() as rows:
        new = await _accept(rows, data.invitation, asker.by, services)
    return _made(new)


async def _accept(rows: Any, token: str, user: UUID, services: Any) -> Grant:
    return await invitations.accept(rows, token, user=user, grant=uuid4(), at=services.clock.now())


def _made(new: Grant) -> Response[HeldRole]:
    return Response(held_role(new), status_code=201, headers={"location": "/v1/me"})


def _by_address(request: Request[Any, Any, Any]) -> Counted:
    return ((Tried.TOKEN_FROM_AN_ADDRESS, address_of(request)),)


ROUTES: Final = (recover, create_login, accept_invitation)
