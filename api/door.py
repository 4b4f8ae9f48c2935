"""The door of every route: who asks is recognised and let in before anything of theirs is read."""

from typing import TYPE_CHECKING, Any

from litestar import Request

from api.gate.access import OPT, PAGE, Rule
from api.gate.asker import Asker, token_of
from api.gate.given import ASKER
from api.gate.pacing import PACED
from api.pages.door import enter
from api.wire import replying
from api.wire.problems import Problem
from api.wire.strict import refuse_unknown_parameters

if TYPE_CHECKING:
    from api.services import Services


async def at_the_door(request: Request[Any, Any, Any]) -> None:
    """Recognise who asks, hold them to the route's rule, and refuse unknown parameters.

    Raises:
        Problem: `unauthenticated`, `forbidden`, `cross_site`, `malformed_parameter`.
        SessionEnded, KeyUnusable: the token is nobody's any more.
        TooManyTries: about money, and faster than its pace.
    """
    rule: Rule = request.route_handler.opt[OPT]
    if request.route_handler.opt.get(PAGE):
        await enter(request, rule)
        return
    replying.begin(request.scope["path"], request.scope["query_string"].decode("latin-1"))
    services: Services = request.app.state["services"]
    who: Asker | None = None
    if not rule.public:
        token = token_of(request.method, dict(request.scope["headers"]))
        if token is None:
            raise Problem("unauthenticated")
        who = await services.recognition.of(token)
        rule.check(who)
        request.scope["state"][ASKER] = who
    if request.route_handler.opt.get(PACED):
        services.pacing.request(request, who)
    refuse_unknown_parameters(request)


def check_rules(routes: list[Any]) -> None:
    """Every route says whom it answers."""
    silent = [route.handler_name for route in routes if OPT not in route.opt]
    assert not silent, f"these routes say nothing of who may ask: {silent}"
