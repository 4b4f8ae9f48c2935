"""Staff who lost what they sign in with get it back: one person sees them, another confirms."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field

from admin.people import granting, returning
from admin.people.returning import Waiting
from admin.roles import Act, Role
from api.accounts.holders import Seen
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices
from api.wire.ids import new_id
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told


class StaffRecoveryOffer(Shape):
    """Whose role the address names was seen."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person_seen": True}]})

    person_seen: Seen


class StaffRecovery(Told):
    """A way back that waits for a second person; hand its token over in person."""

    id: UUID
    token: Annotated[str, Field(description="Told once; it works for a day once confirmed.")]
    link: Annotated[str, Field(description="What a QR code for it holds.")]
    expires_at: Annotated[datetime, Field(description="Until then somebody may confirm it.")]


class ListedStaffRecovery(Told):
    """A login that is being given back; its holder has set no new secret yet."""

    id: UUID
    role: Annotated[UUID, Field(description="The grant it is given back for.")]
    works_as: Role
    party: int
    name: Annotated[str | None, Field(description="Of its holder; null: erased.")]
    confirmed: bool
    yours: Annotated[bool, Field(description="You have seen them: another person confirms.")]
    expires_at: datetime


class StaffRecoveries(Told):
    """Logins that are being given back."""

    items: list[ListedStaffRecovery]


@post(
    "/v1/roles/{role:uuid}/recoveries",
    operation_id="offerStaffRecovery",
    tags=["roles"],
    opt=may(
        Act.GIVE_LOGIN_BACK,
        problems=("not_found", "not_allowed", "same_person", "unavailable", "outcome_unknown"),
    ),
)
async def offer_staff_recovery(
    role: FromPath[UUID],
    data: JSONBody[StaffRecoveryOffer],  # noqa: ARG001  # why: that it is said is what counts
    services: GivenServices,
    asker: GivenAsker,
) -> Response[StaffRecovery]:
    """Ends a staff login's sessions; what it was proved with ends when a second person confirms.

    For who forgot a password or lost a phone, seen by whoever asks. The pair is that of the role:
    the technician, then treasurer or manager; for a technician's own login those two; for a CCAS
    one of it, then another validator of it, or the association where there is none.
    """
    number, now = new_id(), services.clock.now()
    async with services.rows() as rows:
        by = await granting.grant_of(rows, asker.acting_as)
    token = await returning.offer(services.engine, number=number, role=role, by=by, at=now)
    if token is None:
        raise Problem("not_found")
    link = f"{services.settings.public_url}/r#{token}"
    told = StaffRecovery(id=number, token=token, link=link, expires_at=now + returning.WAITS)
    location = {"location": f"/v1/staff-recoveries/{number}"}
    return Response(told, status_code=201, headers=location)


@get(
    "/v1/staff-recoveries",
    operation_id="listStaffRecoveries",
    tags=["roles"],
    opt=may(Act.GIVE_LOGIN_BACK),
)
async def list_staff_recoveries(services: GivenServices, asker: GivenAsker) -> StaffRecoveries:
    """Lists logins being given back to people of one's own party, for the association of all."""
    async with services.rows() as rows:
        found = await returning.listed(rows, asker.acting, services.clock.now())
    return StaffRecoveries(items=[_told(one, asker.acting_as) for one in found])


@post(
    "/v1/staff-recoveries/{recovery:uuid}/confirmations",
    operation_id="confirmStaffRecovery",
    tags=["roles"],
    opt=may(
        Act.CONFIRM_ROLE,
        problems=("not_found", "not_allowed", "same_person", "outcome_unknown"),
    ),
    status_code=204,
)
async def confirm_staff_recovery(
    recovery: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> None:
    """Confirms that somebody gets their login back: the old means end, and the token works."""
    async with services.rows() as rows:
        by = await granting.grant_of(rows, asker.acting_as)
        if not await returning.confirm(rows, recovery, by=by, at=services.clock.now()):
            raise Problem("not_found")


def _told(one: Waiting, mine: UUID) -> ListedStaffRecovery:
    return ListedStaffRecovery(
        id=one.id,
        role=one.grant,
        works_as=one.role,
        party=one.party,
        name=one.name,
        confirmed=one.confirmed,
        yours=one.offered_by == mine,
        expires_at=one.expires_at,
    )


ROUTES: Final = (offer_staff_recovery, list_staff_recoveries, confirm_staff_recovery)
