"""The composition root: settings in, an application out, everything wired once and here.

Services are made when the server starts and are finished when it stops; handlers get them by
name. Whatever goes wrong leaves through one door, as a problem of the catalogue.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from importlib.metadata import version
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Method

from api import openapi
from api.door import at_the_door, check_rules
from api.edge import Edge
from api.gate.given import ASKER, asker
from api.gate.hot import HotRoutes
from api.pages.every import PAGES
from api.pages.visit import visit
from api.process.metering import Meter
from api.refusing import leaving
from api.routes import ROUTES
from api.services import BOUNDS, Bounds, Services, ServicesFactory, running
from api.settings import Settings
from api.sweeping import sweeping
from api.wire import replying
from api.wire.asking import asked
from api.wire.problems import MEDIA_TYPE
from api.wire.spans import made_within
from api.wire.strict import StrictBodies, TextRequest
from ledger.chart import Commodity

_SERVICES: Final = "services"
_METHODS: Final[tuple[Method, ...]] = ("GET", "POST", "PUT", "PATCH", "DELETE")


def create_app(
    settings: Settings,
    *,
    bounds: Bounds = BOUNDS,
    meter: Meter | None = None,
    services: ServicesFactory | None = None,
    routes: Sequence[HTTPRouteHandler] = (*ROUTES, *PAGES),
) -> Litestar:
    """The application of these settings; nothing is connected before its server starts it.

    Args:
        settings: of the installation.
        bounds: how much at once; the defaults are those of a service on two cores.
        meter: counts; its own by default.
        services: what handlers work with; by default made when it starts, finished when it stops.
        routes: what it answers.
    """
    check_rules(list(routes))
    meter = meter or Meter()
    factory = services or _usual(settings, bounds, meter)
    symbol, currencies = settings.currency_symbol, (Commodity.EUR.name, settings.currency_code)
    app = Litestar(
        route_handlers=routes,
        lifespan=[partial(_alive, factory)],
        dependencies={name: Provide(made, sync_to_thread=False) for name, made in _GIVEN.items()},
        exception_handlers=dict.fromkeys((Exception, HTTPException), _door(symbol)),
        before_request=at_the_door,
        after_request=replying.finish,
        request_class=TextRequest,
        request_max_body_size=bounds.body_bytes_max,
        plugins=[StrictBodies(), openapi.TruthfulSchemas(currencies)],
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    openapi.describe(app, version("bousol"))
    inside, known = app.asgi_handler, partial(allowed, app)
    hot = HotRoutes(routes, partial(_services, app.state), inside)
    app.asgi_handler = Edge(inside, known, bounds=bounds, meter=meter, symbol=symbol, hot=hot)
    return app


def _usual(settings: Settings, bounds: Bounds, meter: Meter) -> ServicesFactory:
    return partial(running, settings, bounds=bounds, meter=meter, sweeping=sweeping)


def _services(state: State) -> Services:
    services: Services = state[_SERVICES]
    return services


_GIVEN: Final[dict[str, Callable[..., Any]]] = {
    _SERVICES: _services,
    ASKER: asker,
    "visit": visit,
    "made": made_within,
}
"""What handlers get by name."""


def allowed(app: Litestar, path: str) -> list[str]:
    """The methods an address knows; none where there is nothing."""
    known = [method for method in _METHODS if _finds(app, path, method)]
    if not known:
        return []
    return [*known, *(["HEAD"] if "GET" in known else []), "OPTIONS"]


@asynccontextmanager
async def _alive(factory: ServicesFactory, app: Litestar) -> AsyncIterator[None]:
    """The application between start and stop: its services are there."""
    async with factory() as services:
        app.state[_SERVICES] = services
        yield


def _finds(app: Litestar, path: str, method: Method) -> bool:
    try:
        app.asgi_router.handle_routing(path, method)
    except (NotFoundException, MethodNotAllowedException):
        return False
    return True


def _door(symbol: str) -> Callable[[Request[Any, Any, Any], Exception], Response[bytes]]:
    """How everything that was raised inside leaves."""

    def refused(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        asking, known = asked(request.scope), partial(allowed, request.app)
        made = leaving(error, request.scope, asking, symbol=symbol, allowed=known)
        kind = made.headers.pop("content-type", MEDIA_TYPE)
        return Response(made.body, status_code=made.status, headers=made.headers, media_type=kind)

    return refused
