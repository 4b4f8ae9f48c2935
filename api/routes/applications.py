"""Applications: everybody may apply, the association's managers read and decide."""

from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID, uuid5

from litestar import Request, Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from pydantic import ConfigDict

from admin import parties
from admin.logins import throttle
from admin.logins.throttle import Tried
from admin.parties import Person
from admin.refusals import IdentityIncomplete
from admin.roles import Act
from api.gate.access import everybody, may
from api.gate.addresses import address_of
from api.gate.given import GivenAsker
from api.services import GivenServices, Services
from api.shops.admitting import application_id, apply_for
from api.shops.deciding import propose
from api.shops.shapes import (
    ApplicationForm,
    ApplicationReceived,
    ApplicationState,
    DecisionTold,
    Dossier,
    Reason,
    decision_told,
    dossier,
)
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, unpack
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told
from api.wire.strict import IdempotencyKey
from merchants import admission, decisions, names, register
from merchants.admission import Status, What
from merchants.register import Application

_LIST: Final = "merchant-applications"
_TOLD: Final = frozenset({Status.CANDIDATE, Status.APPROVED, Status.REFUSED})


class CommitteeProposal(Shape):
    """What the committee decided of an application."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"what": "approve", "reason": "PV du 12 janvier, point 3"}]}
    )

    what: Literal["approve", "refuse"]
    reason: Reason


class Dossiers(Told):
    """A page of candidates or merchants."""

    items: list[Dossier]
    next_cursor: str | None


@post(
    "/v1/merchant-applications",
    operation_id="applyAsMerchant",
    tags=["merchants"],
    opt=everybody(
        "key_missing",
        "key_conflict",
        "too_many_tries",
        "name_unusable",
        "name_taken",
        "siret_wrong",
        "siret_taken",
        "iban_wrong",
        "unknown_filiere",
        "charter_outdated",
        "convention_missing",
        "identity_incomplete",
        "unavailable",
        "outcome_unknown",
    ),
)
async def apply(
    request: Request[Any, Any, Any],
    services: GivenServices,
    data: JSONBody[ApplicationForm],
    key: IdempotencyKey,
) -> Response[ApplicationReceived]:
    """Takes an application; the committee decides on it."""
    await throttle.allow(
        services.engine,
        services.pepper,
        Tried.APPLICATION_FROM_AN_ADDRESS,
        address_of(request),
        services.clock.now(),
    )
    found = await apply_for(services, *_read(data, application_id(key)))
    told = ApplicationReceived(
        id=found.id, name=found.name, status=found.standing.status, applied_at=found.applied_at
    )
    return Response(told, headers={"location": f"/v1/merchant-applications/{found.id}/state"})


@get(
    "/v1/merchant-applications/{application:uuid}/state",
    operation_id="getApplicationState",
    tags=["merchants"],
    opt=everybody("not_found", "unavailable"),
)
async def get_state(services: GivenServices, application: FromPath[UUID]) -> ApplicationState:
    """Tells whoever has an application's number whether it waits, was approved or refused."""
    async with services.rows() as rows:
        found = await register.find(rows, application)
    if found is None or found.standing.status not in _TOLD:
        raise Problem("not_found")
    return ApplicationState.model_validate(
        {
            "id": found.id,
            "name": found.name,
            "status": found.standing.status.value,
            "applied_at": found.applied_at,
        }
    )


@get(
    "/v1/merchant-applications",
    operation_id="listApplications",
    tags=["merchants"],
    opt=may(Act.ADMIT_MERCHANT, problems=("unavailable",)),
)
async def list_applications(
    services: GivenServices,
    status: Annotated[Status, QueryParameter(name="status")] = Status.CANDIDATE,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Dossiers:
    """Lists candidates, or merchants of another status, oldest application first."""
    after = None
    if cursor is not None:
        instant, last = unpack(services.pepper, cursor, f"{_LIST} {status}", 2)
        after = (datetime.fromisoformat(instant), UUID(last))
    async with services.rows() as rows:
        found = await register.listed(rows, status, after=after, count=limit + 1)
        items = [await _dossier(rows, one) for one in found[:limit]]
    more = None
    if len(found) > limit:
        last = found[limit - 1]
        place = (f"{_LIST} {status}", last.applied_at.isoformat(), last.id)
        more = pack(services.pepper, *place)
    return Dossiers(items=items, next_cursor=more)


@get(
    "/v1/merchant-applications/{application:uuid}",
    operation_id="getApplication",
    tags=["merchants"],
    opt=may(Act.ADMIT_MERCHANT, problems=("not_found", "unavailable")),
)
async def get_application(services: GivenServices, application: FromPath[UUID]) -> Dossier:
    """Shows everything of a candidate or a merchant, and what was decided."""
    async with services.rows() as rows:
        found = await register.find(rows, application)
        if found is None:
            raise Problem("not_found")
        return await _dossier(rows, found)


@post(
    "/v1/merchant-applications/{application:uuid}/decisions",
    operation_id="proposeOnApplication",
    tags=["merchants"],
    opt=may(
        Act.ADMIT_MERCHANT,
        problems=(
            "not_found",
            "not_allowed",
            "standing_misfit",
            "decision_open",
            "unavailable",
            "outcome_unknown",
        ),
    ),
)
async def propose_on_application(
    services: GivenServices,
    asker: GivenAsker,
    application: FromPath[UUID],
    data: JSONBody[CommitteeProposal],
) -> Response[DecisionTold]:
    """Proposes to approve or to refuse; another person confirms it."""
    return await proposed(services, asker, application, What(data.what), data.reason)


async def proposed(
    services: Services, asker: GivenAsker, merchant: UUID, what: What, reason: str
) -> Response[DecisionTold]:
    """The first half of a decision, and where it is."""
    made = await propose(services, asker, merchant, what, admission.tidied(reason) or "-")
    location = {"location": f"/v1/merchant-decisions/{made.id}"}
    return Response(decision_told(made), headers=location)


def _read(data: ApplicationForm, number: UUID) -> tuple[Application, Person]:
    """An application and its contact, every rule of their words kept."""
    admission.check_papers(data.merchant_class, charter=data.charter, convention=data.convention)
    if data.contact.email is None and data.contact.phone is None:
        raise IdentityIncomplete("contact")
    contact = Person(
        uuid5(number, "contact"),
        names.clean(data.contact.name),
        email=data.contact.email,
        phone=data.contact.phone,
    )
    application = Application(
        id=number,
        merchant_class=data.merchant_class,
        name=names.clean(data.name),
        siret=admission.read_siret(data.siret),
        street=admission.tidied(data.street),
        postal_code=data.postal_code,
        commune=names.clean(data.commune),
        description=admission.tidied(data.description),
        filieres=frozenset(data.filieres),
        contact=contact.id,
        iban=None if data.iban is None else admission.read_iban(data.iban),
        convention=data.convention,
        charter=data.charter,
        commitments=admission.tidied(data.commitments),
    )
    return application, contact


async def _dossier(rows: Any, found: register.Merchant) -> Dossier:
    contact = None if found.contact is None else await parties.person(rows, found.contact)
    return dossier(found, contact, list(await decisions.of_merchant(rows, found.id)))


ROUTES: Final = (apply, get_state, list_applications, get_application, propose_on_application)
