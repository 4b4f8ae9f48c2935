"""Streams for tills: the green screen within a moment of the commit, nothing missed on the way."""

from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request, get
from litestar.params import FromPath, HeaderParameter
from litestar.response import Stream

from admin.logins.keys import Scope
from admin.roles import Act
from api.gate.access import may
from api.gate.asker import Asker, Watcher, token_of
from api.gate.given import GivenAsker
from api.paying.requesting import own_request
from api.paying.streaming import request_events, till_events
from api.paying.tills import own_till
from api.services import GivenServices, Services
from api.wire.cursors import CURSOR_CHARACTERS_MAX

_STREAM: Final = "text/event-stream"
LastEvent = Annotated[
    str | None,
    HeaderParameter(
        name="Last-Event-ID",
        max_length=CURSOR_CHARACTERS_MAX,
        description="The id of the last event that was seen; opaque.",
    ),
]


@get(
    "/v1/tills/{till_id:uuid}/events",
    operation_id="followTill",
    tags=["tills"],
    media_type=_STREAM,
    opt=may(Act.REQUEST_PAYMENT, scope=Scope.READ_PAYMENTS, problems=("not_found", "unavailable")),
)
async def till(
    till_id: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, Any],
    last_event: LastEvent = None,
) -> Stream:
    """Follows a till: an event for each payment and refund; comes back with `Last-Event-ID`."""
    place = await own_till(services, asker, till_id)
    watcher = _watcher(services, asker, request)
    return Stream(till_events(services, watcher, place, last_event), media_type=_STREAM)


@get(
    "/v1/payment-requests/{request_id:uuid}/events",
    operation_id="followPaymentRequest",
    tags=["tills"],
    media_type=_STREAM,
    opt=may(Act.REQUEST_PAYMENT, scope=Scope.TAKE_PAYMENTS, problems=("not_found", "unavailable")),
)
async def payment_request(
    request_id: FromPath[UUID],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, Any],
) -> Stream:
    """Follows a payment request until it is paid, cancelled or expired."""
    found, place = await own_request(services, asker, request_id)
    watcher = _watcher(services, asker, request)
    return Stream(request_events(services, watcher, found, place), media_type=_STREAM)


def _watcher(services: Services, asker: Asker, request: Request[Any, Any, Any]) -> Watcher:
    token = token_of("GET", dict(request.scope["headers"]))
    assert token is not None, "somebody was recognised"
    return services.recognition.watch(asker, token)


ROUTES: Final = (till, payment_request)
