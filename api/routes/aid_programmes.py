"""Programmes of aid: a sponsor makes, changes and prolongs its own; treasurers see their totals."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from admin.aid import programme_rows
from admin.aid.programmes import Formula, Instrument, OnExpiry, Version
from admin.roles import Act, Role
from api.aid import extending, founding
from api.aid.founding import Wish
from api.aid.shapes import ProgrammeTold, Reference, VersionFacts, euro_cents
from api.gate.access import may
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.wire.days import Day, Instant
from api.wire.shapes import Shape, Told
from api.wire.strict import IdempotencyKey
from api.wire.texts import SEEN_SOME

_VERSION: Final[JsonDict] = {
    "opens_on": "2027-01-01",
    "ends_on": "2027-12-31",
    "aid_days": 90,
    "budget_line": "65133",
    "formula": {"first_adult": 15000, "further_adult": 7500, "child": 7500},
    "most": {"amount": 40000, "currency": "EUR"},
    "filieres": ["alimentation"],
    "merchants": [],
}
_EXAMPLE: Final[JsonDict] = {
    "instrument": "subvention",
    "name": "Manger local",
    "convention_reference": "Convention 2027-03 du 12 janvier 2027",
    "version": _VERSION,
}


class NewProgramme(Shape):
    """A programme: by which title the sponsor pays, what founds it, and what holds first."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    instrument: Instrument
    name: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=3, max_length=80, pattern=SEEN_SOME),
    ]
    convention_reference: Annotated[Reference, Field(description="Where the convention is kept.")]
    clause: Annotated[
        Reference | None,
        Field(description="Of the decision: lets aid under a civil mandate lapse."),
    ] = None
    on_expiry: Annotated[OnExpiry | None, Field(description="null: as the instrument says.")] = None
    version: VersionFacts


class NewVersion(VersionFacts):
    """What holds from an instant on."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [_VERSION | {"valid_from": "2099-01-01T00:00:00Z"}]}
    )

    valid_from: Instant
    touches_given: Annotated[
        bool,
        Field(description="Aid that was given may pay in fewer shops: asked by `version_narrows`."),
    ] = False


class Extension(Shape):
    """Until the end of which day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"until": "2027-12-31"}]})

    until: Day


class Extended(Told):
    """How many lots end later now."""

    lots: int


class Programmes(Told):
    """A sponsor's programmes; to a treasurer, all of them."""

    items: list[ProgrammeTold]


_UNFIT: Final = ("programme_misfit", "filiere_excluded", "unknown_filiere", "shop_excluded",
                 "unknown_shop", "wrong_currency", "malformed_amount")  # fmt: skip


@post(
    "/v1/aid/programmes",
    operation_id="createProgramme",
    tags=["aid"],
    opt=may(
        Act.CREATE_PROGRAMME,
        problems=("key_missing", "key_conflict", "clause_missing", *_UNFIT),
    ),
)
async def create(
    data: JSONBody[NewProgramme], key: IdempotencyKey, services: GivenServices, asker: GivenAsker
) -> Response[ProgrammeTold]:
    """Makes a programme; its euros are booked by the association when they arrive."""
    wish = Wish(
        data.instrument,
        data.name,
        data.convention_reference,
        data.clause,
        data.on_expiry,
        _version(services, data.version, services.clock.now()),
        data.model_dump_json(),
    )
    made = await founding.make(services, asker, key, wish)
    told = await founding.told(services, made)
    return Response(told, headers={"Location": f"/v1/aid/programmes/{made.id}"})


@get(
    "/v1/aid/programmes",
    operation_id="listProgrammes",
    tags=["aid"],
    opt=may(Act.SEE_PROGRAMMES),
)
async def list_programmes(services: GivenServices, asker: GivenAsker) -> Programmes:
    """Lists programmes with their euros, oldest first."""
    sponsor = None if asker.role is Role.TREASURER else asker.acting
    async with services.rows() as rows:
        found = await programme_rows.of_sponsor(rows, sponsor, services.clock.now())
    return Programmes(items=[await founding.told(services, one) for one in found])


@get(
    "/v1/aid/programmes/{programme:uuid}",
    operation_id="getProgramme",
    tags=["aid"],
    opt=may(Act.SEE_PROGRAMMES, problems=("not_found",)),
)
async def get_programme(
    programme: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> ProgrammeTold:
    """Shows a programme: its version in force, its euros, and what is missing."""
    return await founding.told(services, await founding.of_asker(services, asker, programme))


@post(
    "/v1/aid/programmes/{programme:uuid}/versions",
    operation_id="versionProgramme",
    tags=["aid"],
    opt=may(
        Act.CREATE_PROGRAMME, problems=("not_found", "version_past", "version_narrows", *_UNFIT)
    ),
)
async def put_version(
    programme: FromPath[UUID],
    data: JSONBody[NewVersion],
    services: GivenServices,
    asker: GivenAsker,
) -> ProgrammeTold:
    """Says what holds of a programme from a later instant on.

    Aid that was given keeps its sum and its end. Where it pays changes with the version that is in
    force, for all of it alike: a version that takes shops away is agreed to by `touches_given`.
    """
    found = await founding.of_asker(services, asker, programme)
    new = _version(services, data, data.valid_from)
    await founding.put_version(services, asker, found, new, agreed=data.touches_given)
    return await founding.told(services, await founding.of_asker(services, asker, programme))


@post(
    "/v1/aid/programmes/{programme:uuid}/extension",
    operation_id="extendProgrammeAid",
    tags=["aid"],
    status_code=200,
    opt=may(Act.EXTEND_AID, problems=("not_found", "not_extended")),
)
async def extend(
    programme: FromPath[UUID],
    data: JSONBody[Extension],
    services: GivenServices,
    asker: GivenAsker,
) -> Extended:
    """Lets every lot of a programme that still lives end later."""
    found = await founding.of_asker(services, asker, programme)
    return Extended(lots=await extending.programme(services, asker, found, data.until))


@post(
    "/v1/aid/awards/{award:uuid}/extension",
    operation_id="extendAward",
    tags=["aid"],
    status_code=200,
    opt=may(Act.EXTEND_AID, problems=("not_found", "not_extended")),
)
async def extend_award(
    award: FromPath[UUID], data: JSONBody[Extension], services: GivenServices, asker: GivenAsker
) -> Extended:
    """Lets one person's lot end later."""
    return Extended(lots=await extending.award(services, asker, award, data.until))


def _version(services: Services, facts: VersionFacts, valid_from: datetime) -> Version:
    formula = facts.formula
    return Version(
        version=1,
        valid_from=valid_from,
        opens_on=facts.opens_on,
        ends_on=facts.ends_on,
        aid_days=facts.aid_days,
        formula=Formula(
            formula.first_adult,
            formula.further_adult,
            formula.child,
            euro_cents(services, facts.most, "/version/most"),
        ),
        filieres=frozenset(facts.filieres),
        merchants=frozenset(facts.merchants),
        budget_line=facts.budget_line,
    )


ROUTES: Final = (create, list_programmes, get_programme, put_version, extend, extend_award)
