"""Payment requests of a till: made, shown as a QR code, looked at, cancelled."""

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, JSONBody
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import may
from api.gate.given import GivenAsker
from api.gate.pacing import MONEY
from api.papers.qr import svg
from api.paying import requesting
from api.paying.amounts import bousol_cents
from api.paying.requesting import Standing, own_request
from api.paying.tills import check_open, standing
from api.paying.told import TakenPayment, bousols, taken_of
from api.policies import policy_in_force
from api.services import GivenServices, Services
from api.wire.ids import new_id
from api.wire.shapes import Amount, Shape, Sum, Told
from api.wire.texts import SEEN
from ledger import store
from ledger.policies import check_payment
from merchants import remarks, requests
from merchants.refusals import AlreadyPaid, StandingMisfit
from merchants.requests import MINUTES, MINUTES_MAX, REFERENCE_MAX

_TILL: Final = "0193a3c5-0000-7000-8000-000000000002"
_REQUEST: Final[JsonDict] = {
    "request": "0193a3c5-7c1e-7d4a-9b1f-2f6f0f5f9a11",
    "status": "open",
    "amount": {"amount": 1260, "currency": "BSL"},
    "reference": "Panier 12",
    "till": _TILL,
    "shift": None,
    "made_at": "2027-03-05T10:00:00Z",
    "expires_at": "2027-03-05T10:05:00Z",
    "payment": None,
}
_LINKS: Final[JsonDict] = {
    "link": "https://bousol.example/p/23456789/AQ",
    "qr": "/v1/payment-requests/0193a3c5-7c1e-7d4a-9b1f-2f6f0f5f9a11/qr",
}
_TAKES: Final = Scope.TAKE_PAYMENTS


class NewPaymentRequest(Shape):
    """What a till asks for, once, for some minutes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "till": _TILL,
                    "amount": {"amount": 1260, "currency": "BSL"},
                    "reference": "Panier 12",
                }
            ]
        }
    )

    till: UUID
    shift: Annotated[UUID | None, Field(description="Whose payment it is, if a shift's.")] = None
    amount: Amount
    reference: Annotated[str, Field(max_length=REFERENCE_MAX, pattern=SEEN)] = ""
    minutes: Annotated[int, Field(ge=1, le=MINUTES_MAX)] = MINUTES


class PaymentRequestState(Told):
    """A payment request as its till sees it."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    request: UUID
    status: Literal["open", "paid", "cancelled", "expired"]
    amount: Sum
    reference: str
    till: UUID
    shift: UUID | None
    made_at: datetime
    expires_at: datetime
    payment: Annotated[TakenPayment | None, Field(description="Once it is paid.")]


class SignedPaymentRequest(PaymentRequestState):
    """A payment request with the link that its QR code says."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST | _LINKS]})

    link: str
    qr: Annotated[str, Field(description="Where the QR code is, as SVG.")]


@post(
    "/v1/payment-requests",
    operation_id="createPaymentRequest",
    tags=["tills"],
    opt=may(
        Act.REQUEST_PAYMENT,
        scope=_TAKES,
        problems=(
            "malformed_body", "malformed_amount", "not_found", "place_closed", "standing_misfit",
            "above_maximum",
        ),
    ) | MONEY,
)  # fmt: skip
async def create(
    data: JSONBody[NewPaymentRequest], services: GivenServices, asker: GivenAsker
) -> Response[SignedPaymentRequest]:
    """Makes a request of a till: it is paid at most once, and by nobody after its end."""
    place = await standing(services, asker, data.till, data.shift)
    check_open(place)
    if not place.approved:
        raise StandingMisfit(place.status)
    cents = bousol_cents(data.amount, services.settings)
    check_payment(cents, (await policy_in_force(services)).limits)
    request = requests.new_request(
        new_id(),
        place,
        amount_cents=cents,
        reference=data.reference,
        minutes=data.minutes,
        at=services.clock.now(),
    )
    async with services.rows() as rows:
        await requests.add(rows, request)
    address = f"/v1/payment-requests/{request.id}"
    told = await _told(services, Standing(request, place, "open"))
    signed = SignedPaymentRequest(
        **dict(told),
        link=await requesting.link(services, request, place),
        qr=f"{address}/qr",
    )
    return Response(signed, status_code=201, headers={"location": address})


@get(
    "/v1/payment-requests/{request_id:uuid}",
    operation_id="getPaymentRequest",
    tags=["tills"],
    opt=may(Act.REQUEST_PAYMENT, scope=_TAKES, problems=("not_found", "unavailable")),
)
async def read(
    request_id: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> PaymentRequestState:
    """Tells how a request of the asker's merchant stands."""
    request, place = await own_request(services, asker, request_id)
    return await _told(services, await requesting.stands(services, request, place))


@get(
    "/v1/payment-requests/{request_id:uuid}/qr",
    operation_id="getPaymentRequestQr",
    tags=["tills"],
    media_type="image/svg+xml",
    opt=may(Act.REQUEST_PAYMENT, scope=_TAKES, problems=("not_found",)),
)
async def qr(
    request_id: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> Response[str]:
    """Gives the QR code of a request of the asker's merchant as SVG."""
    request, place = await own_request(services, asker, request_id)
    link = await requesting.link(services, request, place)
    return Response(svg(link, title=f"{place.name}: {link}"), media_type="image/svg+xml")


@post(
    "/v1/payment-requests/{request_id:uuid}/cancellation",
    operation_id="cancelPaymentRequest",
    tags=["tills"],
    status_code=200,
    opt=may(
        Act.REQUEST_PAYMENT,
        scope=_TAKES,
        problems=("not_found", "already_paid", "outcome_unknown", "unavailable"),
    ),
)
async def cancel(
    request_id: FromPath[UUID], services: GivenServices, asker: GivenAsker
) -> PaymentRequestState:
    """Cancels a request: afterwards nobody can pay it; refused when it was paid meanwhile."""
    request, place = await own_request(services, asker, request_id)
    async with services.connection() as connection:
        done = await store.close_once(connection, request.id)
    if done is not None:
        raise AlreadyPaid
    async with services.rows() as rows:
        await requests.mark_cancelled(rows, request.id, services.clock.now())
    return await _told(services, Standing(request, place, "cancelled"))


async def _told(services: Services, standing: Standing) -> PaymentRequestState:
    request, currency = standing.request, services.settings.currency_code
    paid = None
    if standing.entry is not None:
        entry = standing.entry
        async with services.rows() as rows:
            remark = (await remarks.of_entries(rows, [entry.id])).get(entry.id)
        paid = taken_of(entry, standing.place, remark, currency)
    return PaymentRequestState(
        request=request.id,
        status=standing.status,
        amount=bousols(request.amount_cents, currency),
        reference=request.reference,
        till=request.till,
        shift=request.shift,
        made_at=request.made_at,
        expires_at=request.expires_at,
        payment=paid,
    )


ROUTES: Final = (create, read, qr, cancel)
