"""Civil mandates of a person: whose euros the association may receive, and who took that back."""

from datetime import date, datetime
from typing import Annotated, Final, Self
from uuid import UUID

from litestar import post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from admin.aid.files import Room
from admin.aid.mandates import Given, Mandate
from admin.aid.programmes import Programme
from admin.aid.refusals import MandateUnfit
from admin.roles import Act
from api.aid import founding, mandating
from api.gate.access import may
from api.gate.asker import Asker
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.days import Day, day_of
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from api.wire.texts import SEEN


class NewMandate(Shape):
    """A mandate that a person signed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "programme": "8b0a6f0e-5b0f-4f6c-9d55-4a5b1f4f7a10",
                    "given_on": "2027-03-09",
                    "ends_on": "2027-12-31",
                    "reference": "Mandat 2027-104",
                }
            ]
        }
    )

    programme: Annotated[UUID, Field(description="Its scope: one by civil mandates.")]
    given_on: Annotated[Day, Field(description="The day it was signed.")]
    ends_on: Annotated[
        Day | None, Field(description="Its last day. null: until it is revoked.")
    ] = None
    reference: Annotated[
        str,
        Field(
            max_length=120,
            pattern=SEEN,
            description="Of the document. Kept sealed, by the person's own key.",
        ),
    ] = ""

    @model_validator(mode="after")
    def _days(self) -> Self:
        if self.ends_on is not None and self.ends_on < self.given_on:
            raise PydanticCustomError("contradiction", "a mandate ends after it was signed")
        return self


class MandateTold(Told):
    """A mandate as it stands."""

    id: UUID
    programme: UUID
    given_on: date
    ends_on: date | None
    reference: str
    live: Annotated[bool, Field(description="Aid may be given under it today.")]
    replaced_at: Annotated[datetime | None, Field(description="By a later one.")]
    revoked_at: datetime | None


def mandate_told(services: Services, one: Mandate) -> MandateTold:
    """A mandate to be told."""
    return MandateTold(
        id=one.id,
        programme=one.programme,
        given_on=one.given_on,
        ends_on=one.ends_on,
        reference=one.reference,
        live=one.live(day_of(services.clock.now())),
        replaced_at=one.replaced_at,
        revoked_at=one.revoked_at,
    )


@post(
    "/v1/aid/beneficiaries/{beneficiary:uuid}/mandates",
    operation_id="recordMandate",
    tags=["aid"],
    status_code=200,
    opt=may(
        Act.KEEP_MANDATES,
        problems=("not_found", "mandate_unfit", "sponsor_key_missing"),
    ),
)
async def record(
    beneficiary: FromPath[UUID],
    data: JSONBody[NewMandate],
    services: GivenServices,
    asker: GivenAsker,
) -> MandateTold:
    """Writes down a mandate, which takes the place of the one before; again is no act."""
    async with services.room(asker.acting) as room:
        if not await room.read([beneficiary]):
            raise Problem("not_found")
    programme = await _scope(services, asker, data.programme)
    given = Given(data.given_on, data.ends_on, data.reference.strip())
    async with services.room(asker.acting) as room:
        await room.mandates.alone()
        standing = await _standing(room, beneficiary, data.programme)
        if standing is None or not _same(standing, given):
            told = {beneficiary: given}
            await mandating.record(services, asker, room, programme, told)
            standing = await _standing(room, beneficiary, data.programme)
        if standing is None or not _same(standing, given):  # a later one stands: say so
            raise MandateUnfit
    return mandate_told(services, standing)


def _same(standing: Mandate, given: Given) -> bool:
    return (standing.given_on, standing.ends_on, standing.reference) == given


async def _scope(services: Services, asker: Asker, number: UUID) -> Programme:
    """A programme of the asker's sponsor.

    Raises:
        MandateUnfit: there is none, or it is another sponsor's.
    """
    try:
        return await founding.of_asker(services, asker, number)
    except Problem:
        raise MandateUnfit from None


async def _standing(room: Room, beneficiary: UUID, programme: UUID) -> Mandate | None:
    """The mandate of a programme that nobody replaced or revoked."""
    over = await room.mandates.of_person(beneficiary)
    return next(
        (x for x in over if x.programme == programme and not (x.replaced_at or x.revoked_at)), None
    )


@post(
    "/v1/aid/beneficiaries/{beneficiary:uuid}/mandates/{mandate:uuid}/revocation",
    operation_id="revokeMandate",
    tags=["aid"],
    status_code=200,
    opt=may(Act.KEEP_MANDATES, problems=("not_found", "sponsor_key_missing")),
)
async def revoke(
    beneficiary: FromPath[UUID],
    mandate: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
) -> MandateTold:
    """Writes down that a person took their mandate back: no batch gives under it from now on."""
    async with services.room(asker.acting) as room:
        found = await _revoked(services, asker, room, beneficiary, mandate)
    return mandate_told(services, found)


async def _revoked(
    services: Services, asker: Asker, room: Room, beneficiary: UUID, mandate: UUID
) -> Mandate:
    now = services.clock.now()
    if await room.mandates.revoke(beneficiary, mandate, asker.by, now):
        await room.changed(asker.by, "revoke", now, [beneficiary])
    for one in await room.mandates.of_person(beneficiary):
        if one.id == mandate:
            return one
    raise Problem("not_found")


ROUTES: Final = (record, revoke)
