"""What makes the pages an application: the service worker, and the page without network."""

import json
from typing import Final

from litestar import Response, get
from markupsafe import Markup

from api.gate.access import everybody, page
from api.pages import assets
from api.pages.rendering import render
from api.pages.visit import GivenVisit, headers
from api.wire.catalogue import LANGUAGES

OFFLINE: Final = "/hors-ligne"
_WORDS: Final = "pay/offline_words.html"
_WORKER: Final = "js/pay-worker.js"
_FIRST: Final = ("css/tokens.css", "css/base.css", "css/pay.css", "js/app.js", "js/offline.js",
          "pictures/mark.svg")  # fmt: skip
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
    """Says what to do without network, in the reader's language and in the others.

    A browser keeps it from the day on which it first came here, whatever is spoken later.
    """
    symbol = visit.services.settings.currency_symbol
    spoken = sorted(LANGUAGES, key=lambda language: language != visit.language)
    said = [
        Markup(render(_WORDS, language, symbol, level=level).decode())  # noqa: S704  why: a template of ours, escaped
        for level, language in enumerate(spoken, start=1)
    ]
    return visit.show("pay/offline.html", said=said)


ROUTES: Final = (worker, offline)
