"""What only a demo has: a clock that can be moved forward, so that expiry can be tried."""

from datetime import datetime, timedelta
from typing import Annotated, Final

from litestar import get, post
from litestar.params import JSONBody
from pydantic import ConfigDict, Field

from api.gate.access import everybody
from api.services import GivenServices, Services
from api.wire.problems import Problem
from api.wire.shapes import Shape, Told

SECONDS_MAX: Final = 366 * 24 * 3600


class Forward(Shape):
    """How far a demo's clock goes forward."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"seconds": 86_400}]})

    seconds: Annotated[int, Field(ge=1, le=SECONDS_MAX, description="At most a year at a time.")]


class DemoTime(Told):
    """What time it is in the demo."""

    now: datetime


@get("/v1/demo/clock", operation_id="getDemoClock", tags=["demo"], opt=everybody("not_found"))
async def tell_time(services: GivenServices) -> DemoTime:
    """Tells what time it is in a demo; elsewhere there is nothing here."""
    _check(services)
    return DemoTime(now=services.clock.now())


@post("/v1/demo/clock", operation_id="moveDemoClock", tags=["demo"], opt=everybody("not_found"))
async def move_clock(data: JSONBody[Forward], services: GivenServices) -> DemoTime:
    """Moves a demo's clock forward, never back; elsewhere there is nothing here."""
    _check(services)
    await services.clock.forward(timedelta(seconds=data.seconds))
    return DemoTime(now=services.clock.now())


def _check(services: Services) -> None:
    if services.clock.owner_url is None:
        raise Problem("not_found")


ROUTES: Final = (tell_time, move_clock)
