"""The door of every route: who asks is recognised and let in before anything of theirs is read."""

from typing import TYPE_CHECKING, Any, Final

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from api import replying
from api.access import OPT, PAGE, Rule
from api.asker import Asker, token_of
from api.pacing import PACED
from api.pages.door import enter
from api.problems import Problem
from api.strict import refuse_unknown_parameters

if TYPE_CHECKING:
    from api.services import Services

ASKER: Final = "asker"


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


def asker(request: Request[Any, Any, Any]) -> Asker:
    """Who was let in."""
    found: Asker = request.scope["state"][ASKER]
    return found


GivenAsker = NamedDependency[SkipValidation[Asker]]
"""The type of a handler's parameter `asker`."""


def check_rules(routes: list[Any]) -> None:
    """Every route says whom it answers."""
    silent = [route.handler_name for route in routes if OPT not in route.opt]
    assert not silent, f"these routes say nothing of who may ask: {silent}"
