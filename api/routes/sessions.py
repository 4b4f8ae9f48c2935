"""Signing in and out: sessions begin, are listed and end; a card and its PIN look."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from litestar import Request, Response, delete, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from admin.logins import passkeys, sessions
from admin.logins.throttle import Tried
from admin.losses import looking
from admin.roles import Role
from api.gate.access import everybody, signed_in
from api.gate.addresses import address_of
from api.gate.asker import check_same_site
from api.gate.given import GivenAsker
from api.gate.handing import NewSession, gone_cookie, handed, known_device
from api.gate.signing_in import (
    Arrival,
    begin,
    by_passkey,
    by_password,
    check_code,
    count,
    trying,
)
from api.services import GivenServices
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from api.wire.texts import Identifier, Label, OneTimeCode, PasskeyAnswer, Password, Pin, Secret

_BUSY: Final = ("too_many_tries", "unavailable", "outcome_unknown")
_LABEL: Final = "?"


class SignIn(Shape):
    """Identifier and password, with a code or without; or a passkey's answer."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"identifier": "camille@example.org", "password": "cerf volant sous la digue"}
            ]
        }
    )

    identifier: Identifier | None = None
    password: Password | None = Field(default=None, repr=False)
    code: OneTimeCode | None = Field(default=None, repr=False)
    passkey: PasskeyAnswer | None = Field(default=None, repr=False)
    role: Annotated[UUID | None, Field(description="The role to act in, one of `roles`.")] = None
    device: Annotated[
        Secret | None, Field(repr=False, description="What an earlier sign-in here told.")
    ] = None
    label: Annotated[Label, Field(description="What the list of sessions calls it.")] = _LABEL
    cookie: Annotated[
        bool, Field(description="The token comes in a cookie no script can read.")
    ] = False

    @model_validator(mode="after")
    def _one(self) -> Self:
        both = self.identifier is not None and self.password is not None
        neither = self.identifier is None and self.password is None and self.code is None
        if not (both if self.passkey is None else neither):
            raise PydanticCustomError("one_proof", "exactly one proof")
        return self


class LookIn(Shape):
    """The number and the PIN of a card."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": "4821 0937 5520", "pin": "4711"}]}
    )

    number: Annotated[str, Field(min_length=1, max_length=40)]
    pin: Pin = Field(repr=False)
    cookie: bool = False


class Challenge(Told):
    """What a browser needs to answer with a passkey, once, within five minutes."""

    options: Annotated[
        str, Field(description="JSON text, for `PublicKeyCredential.parse…OptionsFromJSON`.")
    ]


class ListedSession(Told):
    """A session in use."""

    id: UUID
    label: str
    current: Annotated[bool, Field(description="It is the one that asks.")]
    scope: Annotated[str, Field(pattern="^(full|look)$")]
    role: Role | None
    party: int | None
    factors: list[str]
    expires_at: datetime


class Sessions(Told):
    """The sessions of who asks, newest first."""

    items: list[ListedSession]


@post(
    "/v1/sessions",
    operation_id="signIn",
    tags=["sign-in"],
    opt=everybody(
        "bad_credentials",
        "bad_passkey",
        "bad_code",
        "second_factor_needed",
        "session_ended",
        "sign_in_busy",
        "cross_site",
        *_BUSY,
    ),
)
async def sign_in(
    data: JSONBody[SignIn], services: GivenServices, request: Request[Any, Any, Any]
) -> Response[NewSession]:
    """Begins a session; with one role that needs no more proof it is chosen, else choose one."""
    if data.cookie:
        check_same_site(dict(request.scope["headers"]))
    device, address = known_device(request, data.device), address_of(request)
    if data.passkey is not None:
        user, factors = await by_passkey(services, data.passkey, address), {"passkey"}
    else:
        assert data.identifier is not None
        assert data.password is not None
        user = await by_password(
            services,
            identifier=data.identifier,
            password=data.password,
            device=device,
            address=address,
        )
        factors = {"password"}
    if data.code is not None:
        await check_code(services, user, data.code)
        factors.add("totp")
    arrival = Arrival(user, frozenset(factors), data.label, device, data.role)
    token, new_device = await begin(services, arrival)
    return await handed(services, token, in_cookie=data.cookie, device=new_device)


@post(
    "/v1/sessions/passkey-challenges",
    operation_id="challengePasskey",
    tags=["sign-in"],
    opt=everybody(*_BUSY),
)
async def challenge(services: GivenServices, request: Request[Any, Any, Any]) -> Challenge:
    """Begins a sign-in, or one more proof, with a passkey."""
    await count(services, ((Tried.CHALLENGE_FROM_AN_ADDRESS, address_of(request)),))
    async with services.rows() as rows:
        now = services.clock.now()
        return Challenge(options=await passkeys.begin_sign_in(rows, services.site, now))


@post(
    "/v1/look-sessions",
    operation_id="lookIn",
    tags=["sign-in"],
    opt=everybody("bad_credentials", "cross_site", *_BUSY),
)
async def look_in(
    data: JSONBody[LookIn], services: GivenServices, request: Request[Any, Any, Any]
) -> Response[NewSession]:
    """Begins a short session of a card and its PIN, in which nothing is paid."""
    if data.cookie:
        check_same_site(dict(request.scope["headers"]))
    tried = ((Tried.CARD_FROM_AN_ADDRESS, address_of(request)),)
    async with trying(services, tried):
        token = await looking.sign_in(
            services.engine,
            services.pepper,
            number=data.number,
            pin=data.pin,
            at=services.clock.now(),
        )
    return await handed(services, token, in_cookie=data.cookie)


@get("/v1/sessions", operation_id="listSessions", tags=["sign-in"], opt=signed_in())
async def list_sessions(services: GivenServices, asker: GivenAsker) -> Sessions:
    """Lists the sessions of who asks that are in use, at most 100, newest first."""
    async with services.rows() as rows:
        found = await sessions.listed(rows, asker.by, services.clock.now())
    return Sessions(
        items=[
            ListedSession(
                id=one.id,
                label=one.label,
                current=one.id == asker.session,
                scope=one.scope,
                role=one.role,
                party=one.party,
                factors=sorted(one.factors),
                expires_at=one.good_until,
            )
            for one in found
        ]
    )


@delete(
    "/v1/sessions/current",
    operation_id="signOut",
    tags=["sign-in"],
    opt=signed_in(look=True),
    status_code=204,
)
async def sign_out(services: GivenServices, asker: GivenAsker) -> Response[None]:
    """Ends the session that asks, here and in every process, and makes a browser forget it."""
    assert asker.session is not None, "whoever is signed in has a session"
    await _end(services, asker.by, asker.session)
    return Response(None, status_code=204, headers={"set-cookie": gone_cookie()})


@delete(
    "/v1/sessions/{session:uuid}",
    operation_id="endSession",
    tags=["sign-in"],
    opt=signed_in("not_found"),
    status_code=204,
)
async def end_session(session: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> None:
    """Ends one session of who asks."""
    if not await _end(services, asker.by, session):
        raise Problem("not_found")


@delete(
    "/v1/sessions",
    operation_id="endOtherSessions",
    tags=["sign-in"],
    opt=signed_in(),
    status_code=204,
)
async def end_others(services: GivenServices, asker: GivenAsker) -> None:
    """Ends every session of who asks but the one that asks."""
    await end_other_sessions(services, asker.by, asker.session)


async def end_other_sessions(services: Any, user: UUID, keep: UUID | None) -> None:
    """What somebody does who fears that another is signed in as them."""
    async with services.rows() as rows:
        await sessions.revoke_others(rows, user=user, keep=keep, at=services.clock.now())
    services.recognition.heard(f"user {user}")


async def _end(services: Any, user: UUID, session: UUID) -> bool:
    async with services.rows() as rows:
        ended = await sessions.revoke(rows, user=user, session=session, at=services.clock.now())
    services.recognition.heard(f"session {session}")
    return ended


ROUTES: Final = (
    sign_in,
    challenge,
    look_in,
    list_sessions,
    sign_out,
    end_session,
    end_others,
)
