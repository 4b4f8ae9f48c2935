"""What answers in a benchmark over HTTP, as a process of its own: `python -m bench.http_service`.

`service` is the product as `bousol serve` runs it; `nodb` the product whose ledger is in memory:
the same routes, door, shapes and answers, and nothing is written; `hello` is Litestar alone. All
three are served by the same uvicorn on uvloop and httptools.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import uvicorn
import uvloop
from litestar import Litestar, get

from api.app import create_app
from api.process.clock import Clock
from api.process.logs import configure
from api.process.metering import Meter
from api.serve import Server, config, listening
from api.services import running
from api.settings import load_settings
from api.sweeping import sweeping
from ledger.journal import Posted
from ledger.lots import Share
from ledger.store import Purse

if TYPE_CHECKING:
    import socket

    from api.services import Services
    from ledger.journal import JournalEntry

_PLENTY_CENTS: Final = 10**9


@get("/")
async def hello() -> dict[str, str]:
    """Says hello."""
    return {"hello": "world"}


class Memory:
    """A ledger that says yes and keeps nothing."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._seq = 0

    async def post(self, entry: JournalEntry, *, timeout_seconds: float = 0) -> Posted:  # noqa: ARG002  # why: the poster's signature
        """Yes, at once."""
        self._seq += 1
        return Posted(self._seq, self._clock.now(), _PLENTY_CENTS, entry.id)

    async def read(self, *, party: int, acceptor: int, key: Any) -> Purse:  # noqa: ARG002  # why: the purses' signature
        """Everybody has plenty of their own."""
        return Purse(Share(party, _PLENTY_CENTS), (), frozenset(), self._clock.now())


def in_memory(services: Services) -> Services:
    """The services, with the ledger in memory."""
    memory: Any = Memory()
    paying = replace(services.paying, purses=memory)
    return replace(services, poster=memory, paying=paying)


async def product(door: socket.socket, *, memory: bool) -> None:
    """The product behind a door."""
    settings, meter = load_settings(), Meter()
    async with running(settings, meter=meter, sweeping=sweeping) as services:
        given = in_memory(services) if memory else services
        app = create_app(settings, meter=meter, services=lambda: nullcontext(given))
        await Server(config(app, settings)).serve([door])


async def plain(door: socket.socket) -> None:
    """Litestar alone behind a door."""
    app = Litestar([hello], openapi_config=None, logging_config=None)
    settings = uvicorn.Config(
        app, loop="uvloop", http="httptools", ws="none", log_config=None, access_log=False
    )
    await Server(settings).serve([door])


def main(which: str) -> None:
    """Serve until told to stop."""
    configure()
    with listening("127.0.0.1", 0) as door, asyncio.Runner(loop_factory=uvloop.new_event_loop) as r:
        r.run(plain(door) if which == "hello" else product(door, memory=which == "nodb"))


if __name__ == "__main__":
    main(sys.argv[1])
