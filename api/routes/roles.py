"""Who acts for a party: roles offered, confirmed by a second person, listed, taken back."""

from datetime import datetime
from typing import Annotated, Any, Final, Self
from uuid import UUID

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.ext.asyncio import AsyncConnection

from admin.parties import ISSUER
from admin.people import granting, invitations
from admin.people.invitations import Invitation
from admin.refusals import NotAllowed
from admin.roles import STAFF, Act, Grant, Role
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.services import GivenServices
from api.wire.days import Instant
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from merchants import shifts

_PARTY_MAX: Final = 2**53 - 1


class NewInvitation(Shape):
    """A role offered for one's own party, or by the association's technician for another."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "CSH"}]})

    role: Role
    party: Annotated[
        int | None, Field(ge=1, le=_PARTY_MAX, description="null: one's own; else a technician's.")
    ] = None
    since: Annotated[Instant | None, Field(description="null: when it is taken up.")] = None
    until: Annotated[Instant | None, Field(description="null: until somebody ends it.")] = None
    deputy_for: Annotated[
        UUID | None, Field(description="The role of who is stood in for; then `until` is needed.")
    ] = None

    @model_validator(mode="after")
    def _times(self) -> Self:
        given = [at for at in (self.since, self.until) if at is not None]
        if given != sorted(set(given)):
            raise PydanticCustomError("contradiction", "two instants, the later one last")
        return self


class MadeInvitation(Told):
    """An invitation; hand its token over in person."""

    id: UUID
    token: Annotated[str, Field(description="Told once; it works for seven days.")]
    confirmed: Annotated[bool, Field(description="false: a second person confirms it first.")]


class ListedInvitation(Told):
    """An invitation that nobody has taken up yet."""

    id: UUID
    party: int
    role: Role
    confirmed: bool
    expires_at: datetime
    since: datetime | None
    until: datetime | None
    deputy_for: UUID | None


class Invitations(Told):
    """Invitations of one's own party."""

    items: list[ListedInvitation]


class GivenRole(Told):
    """Somebody's role."""

    id: UUID
    role: Role
    name: Annotated[str | None, Field(description="Of who holds it; null: erased.")]
    since: datetime
    until: datetime | None
    deputy_for: UUID | None
    mine: bool


class Roles(Told):
    """Who acts for a party."""

    items: list[GivenRole]


@post(
    "/v1/invitations",
    operation_id="invite",
    tags=["roles"],
    opt=may(
        Act.MANAGE_ROLES,
        problems=(
            "not_allowed",
            "role_misfit",
            "deputy_undated",
            "same_person",
            "unknown_party",
            "list_full",
            "outcome_unknown",
        ),
    ),
)
async def invite(
    data: JSONBody[NewInvitation], services: GivenServices, asker: GivenAsker
) -> Response[MadeInvitation]:
    """Offers a role; a staff role works once a second person has confirmed it."""
    party, number = _party(asker, data.party), new_id()
    async with services.rows() as rows:
        offered = Invitation(
            number,
            party,
            data.role,
            await _acting(rows, asker),
            since=data.since,
            until=data.until,
            deputy_for=data.deputy_for,
        )
        token = await invitations.invite(rows, offered, services.clock.now())
    told = MadeInvitation(id=number, token=token, confirmed=data.role not in STAFF)
    return Response(told, status_code=201, headers={"location": f"/v1/invitations/{number}"})


@get("/v1/invitations", operation_id="listInvitations", tags=["roles"], opt=may(Act.SEE_ROLES))
async def list_invitations(services: GivenServices, asker: GivenAsker) -> Invitations:
    """Lists what persons of one's own party have offered and nobody has taken up, at most 100."""
    async with services.rows() as rows:
        found = await invitations.listed(rows, asker.acting, services.clock.now())
    return Invitations(
        items=[
            ListedInvitation(
                id=one.id,
                party=one.party,
                role=one.role,
                confirmed=one.confirmed,
                expires_at=one.expires_at,
                since=one.since,
                until=one.until,
                deputy_for=one.deputy_for,
            )
            for one in found
        ]
    )


@post(
    "/v1/invitations/{invitation:uuid}/confirmations",
    operation_id="confirmInvitation",
    tags=["roles"],
    opt=may(
        Act.CONFIRM_ROLE,
        problems=("not_found", "not_allowed", "same_person", "outcome_unknown"),
    ),
    status_code=204,
)
async def confirm_invitation(
    invitation: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> None:
    """Confirms another person's invitation to a staff role: the second half of two."""
    async with services.rows() as rows:
        by = await _acting(rows, asker)
        if not await invitations.confirm(rows, invitation, by=by, at=services.clock.now()):
            raise Problem("not_found")


@delete(
    "/v1/invitations/{invitation:uuid}",
    operation_id="withdrawInvitation",
    tags=["roles"],
    opt=may(Act.MANAGE_ROLES, problems=("not_found", "outcome_unknown")),
    status_code=204,
)
async def withdraw_invitation(
    invitation: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> None:
    """Withdraws an invitation of one's own party before anybody takes it up."""
    async with services.rows() as rows:
        by = await _acting(rows, asker)
        if not await invitations.withdraw(rows, invitation, by=by, at=services.clock.now()):
            raise Problem("not_found")


@get(
    "/v1/roles",
    operation_id="listRoles",
    tags=["roles"],
    opt=may(Act.SEE_ROLES, problems=("not_allowed",)),
)
async def list_roles(
    services: GivenServices,
    asker: GivenAsker,
    party: Annotated[
        int | None,
        QueryParameter(
            name="party", ge=1, le=_PARTY_MAX, description="Another's, for the association's staff."
        ),
    ] = None,
) -> Roles:
    """Lists who acts for one's own party, at most 100; holders of accounts are not among them."""
    if party is not None and asker.acting not in {party, ISSUER}:
        raise NotAllowed
    async with services.rows() as rows:
        found = await granting.of_party(rows, party or asker.acting, services.clock.now())
    return Roles(items=[_told(grant, name, asker) for grant, name in found])


@delete(
    "/v1/roles/{role:uuid}",
    operation_id="endRole",
    tags=["roles"],
    opt=may(Act.MANAGE_ROLES, problems=("not_found", "last_owner", "outcome_unknown")),
    status_code=204,
)
async def end_role(role: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> None:
    """Takes a role back: the next request in it is refused."""
    async with services.rows() as rows:
        by = await _acting(rows, asker)
        now = services.clock.now()
        ended = await granting.end_of(rows, role, by=by, at=now)
        if ended is not None:
            await shifts.end_of(rows, [ended.id], now)
    if ended is None:
        raise Problem("not_found")
    services.recognition.heard(f"user {ended.user}")


def _party(asker: Asker, wanted: int | None) -> int:
    if wanted is not None and wanted != asker.acting and asker.role is not Role.TECHNICIAN:
        raise NotAllowed
    return wanted or asker.acting


async def _acting(rows: AsyncConnection, asker: Asker) -> Grant:
    return await granting.grant_of(rows, asker.acting_as)


def _told(grant: Grant, name: str | None, asker: Any) -> GivenRole:
    return GivenRole(
        id=grant.id,
        role=grant.role,
        name=name,
        since=grant.since,
        until=grant.until,
        deputy_for=grant.deputy_for,
        mine=grant.user == asker.user,
    )


ROUTES: Final = (
    invite,
    list_invitations,
    confirm_invitation,
    withdraw_invitation,
    list_roles,
    end_role,
)
