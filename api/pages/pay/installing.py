"""What makes the pages an application: the service worker, and the page without network."""

import json
from typing import Final

from litestar import Response, get

from api.access import everybody, page
from api.pages import assets
from api.pages.visit import GivenVisit, headers

OFFLINE: Final = "/hors-ligne"
_WORKER: Final = "js/pay-worker.js"
_FIRST: Final = ("css/tokens.css", "css/base.css", "css/pay.css", "js/app.js", "pictures/mark.svg")
"""What the page without network is made of."""


@get("/sw.js", opt=everybody(), include_in_schema=False)
async def worker() -> Response[bytes]:
    """Gives the service worker: it knows the digest of our files, so that new ones replace it."""
    told = {
        "tree": f"/assets/{assets.digest()}/",
        "offline": OFFLINE,
        "first": [assets.address(path) for path in _FIRST],
    }
    body = f"const KNOWN = {json.dumps(told)};\n".encode() + assets.assets()[_WORKER].plain
    sent = headers() | {"cache-control": "no-cache"}
    return Response(body, media_type="text/javascript; charset=utf-8", headers=sent)


@get(OFFLINE, opt=page(everybody()), include_in_schema=False)
async def offline(visit: GivenVisit) -> Response[bytes]:
    """Says what to do without network; a browser keeps it."""
    return visit.show("pay/offline.html")


ROUTES: Final = (worker, offline)
