"""The description of this interface, served as it is frozen in docs/reference/openapi.json."""

from typing import Any, Final

from litestar import Request, Response, get
from litestar.datastructures import State

from api.access import everybody
from api.openapi import document, printed


@get("/v1/openapi.json", operation_id="getOpenAPI", tags=["public"], opt=everybody())
async def openapi(request: Request[Any, Any, State]) -> Response[dict[str, Any]]:
    """Describes this interface in OpenAPI 3.1."""
    content: Any = printed(document(request.app)).encode()
    return Response(content, media_type="application/json")


ROUTES: Final = (openapi,)
