"""What every screen shares: styles, scripts, pictures, the choice of a language, the manifest."""

import json
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.params import FromPath, QueryParameter

from api.gate.access import everybody, page
from api.pages import assets
from api.pages.door import LANGUAGE_COOKIE
from api.pages.visit import GivenVisit
from api.services import GivenServices
from api.wire.catalogue import LANGUAGES
from api.wire.problems import Problem

_YEAR_SECONDS: Final = 365 * 24 * 3600
Back = Annotated[str, QueryParameter(name="suite", max_length=400)]
"""The type of a page's parameter that says where to go on: an address of ours."""


def ours(address: str) -> str:
    """An address of ours to go on to; the home page for any other."""
    parts = urlsplit(address)
    foreign = parts.scheme or parts.netloc or not address.startswith("/") or "\\" in address
    return "/" if foreign or address.startswith("//") else address


@get("/assets/{tree:str}/{path:path}", opt=everybody(), include_in_schema=False)
async def asset(
    tree: FromPath[str], path: FromPath[str], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """Gives a style sheet, a script or a picture; those of another digest are not kept."""
    found = assets.assets().get(str(path).lstrip("/"))
    if found is None:
        raise Problem("not_found")
    kept = assets.FOR_EVER if tree == assets.digest() else "no-cache"
    headers = {"cache-control": kept, "vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(found.packed, media_type=found.media_type, headers=headers)
    return Response(found.plain, media_type=found.media_type, headers=headers)


@get("/langue/{language:str}", opt=page(everybody()), include_in_schema=False)
async def speak(language: FromPath[str], visit: GivenVisit, back: Back = "/") -> Response[bytes]:
    """Keeps the language that somebody chose, and goes back to where they were."""
    if language not in LANGUAGES:
        raise Problem("not_found")
    chosen = Cookie(
        key=LANGUAGE_COOKIE, value=language, max_age=_YEAR_SECONDS, path="/", samesite="lax",
        secure=True, httponly=True,
    )  # fmt: skip
    return visit.go(ours(back), cookies=[chosen])


@get("/manifest.webmanifest", opt=everybody(), include_in_schema=False)
async def manifest(services: GivenServices) -> Response[bytes]:
    """Tells a phone how to keep the application on its home screen."""
    told = {
        "id": "/",
        "name": services.settings.currency_name,
        "short_name": services.settings.currency_name,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f0f4f2",
        "theme_color": "#0b3a4a",
        "lang": "fr",
        "icons": [
            _icon("mark.svg", "any", "image/svg+xml"),
            _icon("icon-192.png", "192x192"),
            _icon("icon-512.png", "512x512"),
            _icon("icon-maskable-512.png", "512x512", purpose="maskable"),
        ],
    }
    return Response(json.dumps(told).encode(), media_type="application/manifest+json")


def _icon(file: str, sizes: str, kind: str = "image/png", **more: str) -> dict[str, str]:
    return {"src": assets.address(f"pictures/{file}"), "sizes": sizes, "type": kind} | more


ROUTES: Final = (asset, speak, manifest)
