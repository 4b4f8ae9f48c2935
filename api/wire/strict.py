"""Litestar as strict as the shapes: bodies are validated from their text, nothing is guessed.

Its own way parses JSON first and validates the values, so that a UUID in strict mode would be
refused and 10,000 brackets would be a fault of ours.
"""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Final
from uuid import UUID

from litestar import Request
from litestar.handlers import BaseRouteHandler
from litestar.params import HeaderParameter, QueryParameter
from litestar.plugins.pydantic import PydanticInitPlugin
from pydantic import BaseModel

from api.wire.faults import Fault
from api.wire.problems import Problem
from api.wire.shapes import read_body

KEY_HEADER: Final = "Idempotency-Key"
IdempotencyKey = Annotated[
    UUID,
    HeaderParameter(
        name=KEY_HEADER, description="Made by the caller, the same at every retry of one act."
    ),
]
"""The type of a handler's parameter for the key of an act that moves money."""


class TextRequest(Request[Any, Any, Any]):
    """A request whose JSON is the text as it came; the shape of the handler reads it."""

    async def json(self) -> Any:
        """The body, unread."""
        return await self.body()


class StrictBodies(PydanticInitPlugin):
    """Reads each body with its shape, once, from its text."""

    @classmethod
    def decoders(
        cls,
        validate_strict: bool = False,  # noqa: ARG003  why: Litestar's signature; ours is strict
    ) -> list[tuple[Callable[[Any], bool], Callable[[Any, Any], Any]]]:
        """The one decoder: for pydantic models."""
        return [(_is_model, read_body)]


def _is_model(wanted: Any) -> bool:
    return isinstance(wanted, type) and issubclass(wanted, BaseModel)


def refuse_unknown_parameters(request: Request[Any, Any, Any]) -> None:
    """A parameter that the handler does not know is refused, for it may be a misspelt one.

    Raises:
        Problem: `malformed_parameter`.
    """
    if not request.scope["query_string"]:
        return
    known = _query_parameters(request.route_handler)
    unknown = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if unknown:
        faults = tuple(Fault(name, "unknown_parameter") for name in unknown)
        raise Problem("malformed_parameter", faults)


@cache
def _query_parameters(handler: BaseRouteHandler) -> frozenset[str]:
    """The query parameters of a handler and of what it depends on."""
    signatures = [handler.parsed_fn_signature]
    signatures += [d.parsed_fn_signature for d in handler.resolve_dependencies().values()]
    return frozenset(
        definition.name or name
        for signature in signatures
        for name, parameter in signature.parameters.items()
        if isinstance(definition := parameter.kwarg_definition, QueryParameter)
    )
