"""Whether the process lives, whether it can serve, and what it has counted."""

import hmac
from typing import Annotated, Final, Literal

from litestar import Response, get
from litestar.params import HeaderParameter
from prometheus_client import CONTENT_TYPE_LATEST

from api.gate.access import everybody
from api.services import GivenServices
from api.wire.faults import Fault
from api.wire.problems import Problem
from api.wire.shapes import Told


class Alive(Told):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Ready(Told):
    """The process can serve: its database answers in this version, and entries move."""

    status: Literal["ready"] = "ready"


@get("/healthz", operation_id="getHealth", tags=["health"], opt=everybody())
async def healthz() -> Alive:
    """Says that the process lives; asks nobody else."""
    return Alive()


@get(
    "/readyz",
    operation_id="getReadiness",
    tags=["health"],
    opt=everybody("unavailable"),
)
async def readyz(services: GivenServices) -> Ready:
    """Says whether the database answers within a second, in this version, and entries move."""
    findings = await services.probe.findings()
    wrong = tuple(Fault(name, found) for name, found in findings.items() if found != "ok")
    if wrong:
        raise Problem("unavailable", wrong)
    return Ready()


@get(
    "/metrics", operation_id="getMetrics", include_in_schema=False, opt=everybody("unauthenticated")
)
async def metrics(
    services: GivenServices,
    authorization: Annotated[str, HeaderParameter(name="Authorization")] = "",
) -> Response[bytes]:
    """Everything counted, for who has the token; without one in the settings there is no page."""
    token = services.settings.metrics_token
    if token is None:
        raise Problem("not_found")
    if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise Problem("unauthenticated", headers={"www-authenticate": 'Bearer realm="metrics"'})
    return Response(services.meter.page(), media_type=CONTENT_TYPE_LATEST)


ROUTES: Final = (healthz, readyz, metrics)
