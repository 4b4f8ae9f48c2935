"""The asker, as a handler gets it by name: who was let in at the door."""

from typing import Any, Final

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import SkipValidation

from api.gate.asker import Asker

ASKER: Final = "asker"


def asker(request: Request[Any, Any, Any]) -> Asker:
    """Who was let in."""
    found: Asker = request.scope["state"][ASKER]
    return found


GivenAsker = NamedDependency[SkipValidation[Asker]]
"""The type of a handler's parameter `asker`."""
