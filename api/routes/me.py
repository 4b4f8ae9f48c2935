"""Who one is here: the role one acts in, the roles one may choose, and more proof of oneself."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from admin.logins import second_means
from admin.people import granting
from admin.refusals import BadPasskey
from admin.roles import Role
from api.gate.access import signed_in
from api.gate.addresses import address_of
from api.gate.given import GivenAsker
from api.gate.handing import HeldRole, NewSession, held_role, renewed
from api.gate.signing_in import by_passkey, check_code
from api.services import GivenServices
from api.wire.shapes import Shape, Told
from api.wire.texts import OneTimeCode, PasskeyAnswer


class Means(Told):
    """What one has to prove oneself with."""

    password: bool
    passkeys: Annotated[int, Field(ge=0)]
    code: Annotated[bool, Field(description="An authenticator application is set up.")]
    pin: bool
    pin_locked: Annotated[
        bool,
        Field(description="Five tries were wrong: its owner, or a counter, sets another."),
    ]


class Me(Told):
    """Who asks."""

    user: UUID
    session: UUID
    scope: Annotated[str, Field(pattern="^(full|look)$")]
    role: Annotated[Role | None, Field(description="null: none is chosen yet.")]
    grant: Annotated[UUID | None, Field(description="The one of `roles` that is chosen.")]
    party: Annotated[int | None, Field(description="Whose account acts.")]
    factors: Annotated[list[str], Field(description="What was proved in this session.")]
    means: Means
    roles: list[HeldRole]
    asked_at: datetime


class Choice(Shape):
    """The role to act in from now on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"role": "0190b2f0-5a5e-7cc3-98c4-dc0c0c07398f"}]}
    )

    role: Annotated[UUID, Field(description="Of `roles` in `GET /v1/me`.")]


class Factor(Shape):
    """A code, or a passkey's answer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "492039"}]})

    code: OneTimeCode | None = Field(default=None, repr=False)
    passkey: PasskeyAnswer | None = Field(default=None, repr=False)
    role: Annotated[
        UUID | None, Field(description="The role to act in from now on; null: as before.")
    ] = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.code is None) is (self.passkey is None):
            raise PydanticCustomError("one_proof", "exactly one proof")
        return self


@get("/v1/me", operation_id="getMe", tags=["sign-in"], opt=signed_in(look=True))
async def get_me(services: GivenServices, asker: GivenAsker) -> Me:
    """Tells who asks, in which role, and which roles may be chosen."""
    now = services.clock.now()
    async with services.rows() as rows:
        grants = await granting.held(rows, asker.by, now)
        means = await second_means.of(rows, asker.by)
    assert asker.session is not None, "whoever is signed in has a session"
    return Me(
        user=asker.by,
        session=asker.session,
        scope=asker.scope,
        role=asker.role,
        grant=asker.grant,
        party=asker.party,
        factors=sorted(asker.factors),
        means=Means(
            password=means.password,
            passkeys=means.passkeys,
            code=means.totp,
            pin=means.pin,
            pin_locked=means.pin_locked,
        ),
        roles=[held_role(grant) for grant in grants],
        asked_at=now,
    )


@post(
    "/v1/sessions/role",
    operation_id="chooseRole",
    tags=["sign-in"],
    opt=signed_in("second_factor_needed", "outcome_unknown"),
)
async def choose_role(
    data: JSONBody[Choice],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, Any],
) -> Response[NewSession]:
    """Goes on in another role, with a new token: the old one is dead."""
    return await renewed(services, request, asker, grant=data.role)


@post(
    "/v1/sessions/factors",
    operation_id="proveMore",
    tags=["sign-in"],
    opt=signed_in("bad_code", "bad_passkey", "too_many_tries", "outcome_unknown"),
)
async def prove_more(
    data: JSONBody[Factor],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, Any],
) -> Response[NewSession]:
    """Adds a second proof to the session, with a new token: the old one is dead."""
    factor = "passkey"
    if data.code is not None:
        await check_code(services, asker.by, data.code)
        factor = "totp"
    elif await by_passkey(services, data.passkey or "", address_of(request)) != asker.by:
        raise BadPasskey
    return await renewed(services, request, asker, factors=frozenset({factor}), grant=data.role)


ROUTES: Final = (get_me, choose_role, prove_more)
