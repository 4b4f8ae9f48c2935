"""`bousol serve`: one process that answers HTTP until it is told to stop, and then finishes.

uvicorn on uvloop and httptools. A stop closes the door first, answers what is inside, then lets
the poster commit what it accepted. More processes on one machine go behind a proxy that balances.
"""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Final

import click
import uvicorn
import uvloop

from api.app import create_app
from api.failures import Failure
from api.process.logs import configure
from api.process.metering import Meter
from api.process.protocol import BoundedProtocol
from api.services import running
from api.sweeping import sweeping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from litestar import Litestar

    from api.settings import Settings

KEEP_ALIVE_SECONDS: Final = 75
"""Longer than a proxy keeps an idle connection, so that it is the proxy who ends it."""
STOP_SECONDS: Final = 30
"""How long a stop waits for what is being answered."""
BACKLOG: Final = 1_024
DOORS: Final = 16
"""How often the loop listens on a socket. It takes one connection a turn from each: with a single
one, the last of 256 who come at once waited for hundreds of answers to the first."""


class Server(uvicorn.Server):
    """A server whose signals only ask it to stop; the process then ends by itself."""

    interrupted = False
    _doors: tuple[socket.socket, ...] = ()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the door, and say where it is.

        What is in memory by now stays for good: the garbage collector need not look at it again,
        which made everybody wait a tenth of a second about once a second.
        """
        self._doors = tuple(door.dup() for door in sockets or () for _ in range(1, DOORS))
        await super().startup([*(sockets or ()), *self._doors])
        gc.collect()
        gc.freeze()
        for door in sockets or ():
            host, port = door.getsockname()[:2]
            click.echo(f"http://{f'[{host}]' if ':' in host else host}:{port}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, which would answer for ever, then wait for the others."""
        services = getattr(self.config.app, "state", {}).get("services")
        if services is not None:
            services.paying.following.stop()
        await super().shutdown([*(sockets or ()), *self._doors])

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop politely at SIGINT or SIGTERM."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, self._interrupt)
        loop.add_signal_handler(signal.SIGTERM, self._stop)
        try:
            yield
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            loop.remove_signal_handler(signal.SIGTERM)

    def _interrupt(self) -> None:
        self.interrupted = True
        self._stop()

    def _stop(self) -> None:
        self.should_exit = True


def serve(settings: Settings, *, host: str, port: int) -> None:
    """Answer until SIGTERM or SIGINT, and finish what was accepted.

    Raises:
        Failure: the address cannot be had, or the database cannot.
        KeyboardInterrupt: it was SIGINT.
    """
    configure()
    with listening(host, port) as door, asyncio.Runner(loop_factory=uvloop.new_event_loop) as run:
        if run.run(_served(settings, door)):
            raise KeyboardInterrupt


async def _served(settings: Settings, door: socket.socket) -> bool:
    """Serve on a socket; True when it was interrupted. The poster stops after the last answer."""
    meter = Meter()
    async with running(settings, meter=meter, sweeping=sweeping) as services:
        app = create_app(settings, meter=meter, services=lambda: nullcontext(services))
        server = Server(config(app, settings))
        await server.serve([door])
    return server.interrupted


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to an address.

    Raises:
        Failure: it cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With its protocol named the loop sends small answers at once; without, 40 ms late.
    door = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        raise Failure(f"{host}:{port} cannot be listened on: {error.strerror}.") from error
    return door


def config(app: Litestar, settings: Settings) -> uvicorn.Config:
    """How uvicorn serves an application of ours."""
    proxies = settings.trusted_proxies
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=BoundedProtocol,
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=proxies is not None,
        forwarded_allow_ips=proxies or "",
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
