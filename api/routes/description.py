"""The description of this interface, served as it is frozen in docs/reference/openapi.json."""

from functools import cache
from typing import Any, Final

from litestar import Litestar, Request, Response, get
from litestar.datastructures import State

from api.gate.access import everybody
from api.openapi import document, printed


@get("/v1/openapi.json", operation_id="getOpenAPI", tags=["public"], opt=everybody())
async def openapi(request: Request[Any, Any, State]) -> Response[dict[str, Any]]:
    """Describes this interface in OpenAPI 3.1."""
    content: Any = _text(request.app)
    return Response(content, media_type="application/json")


@cache
def _text(app: Litestar) -> bytes:
    """A megabyte that anybody may ask for: it is written once."""
    return printed(document(app)).encode()


ROUTES: Final = (openapi,)
