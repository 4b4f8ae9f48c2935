"""Papers as answers: made in a thread, never kept by a browser, named after what they are."""

import asyncio
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from litestar import Response

from api.settings import Settings

PDF: Final = "application/pdf"


def host_of(settings: Settings) -> str:
    """The service's host, as it stands in links and on paper."""
    return urlsplit(settings.public_url).netloc


async def printed(name: str, make: Callable[..., bytes], *facts: Any) -> Response[bytes]:
    """A PDF, made without keeping anybody waiting."""
    pages = await asyncio.to_thread(make, *facts)
    headers = {
        "content-disposition": f'inline; filename="{name}.pdf"',
        "cache-control": "no-store",
    }
    return Response(pages, media_type=PDF, headers=headers)
