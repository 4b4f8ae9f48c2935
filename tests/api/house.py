"""A real server on a loopback port before a real database, and routes that only tests have."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import httpx

from api.app import create_app
from api.serve import Server, config, listening
from api.services import BOUNDS, Bounds
from api.settings import Settings, variable
from ledger import clock
from tests.api.acts import ACTS
from tests.databases import home_of_tests

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Mapping

    from litestar import Litestar

    from tests.databases import Database

TOKEN = "a-token-of-the-tests"
IBAN = "FR1420041010050500013M02606"
_SERVES_ACTS = """
import api.app
from api.serve import serve
from api.settings import load_settings
from tests.api.acts import ACTS

api.app.create_app.__kwdefaults__["routes"] = ACTS
serve(load_settings(), host="127.0.0.1", port=0)
"""
WITH_ACTS = (sys.executable, "-c", _SERVES_ACTS)
"""`bousol serve` with the routes of the tests."""


def settings_of(database: Database, **more: Any) -> Settings:
    urls = {
        "database_url": database.app_url,
        "migration_url": database.owner_url,
        "ccas_url": database.ccas_url,
    }
    home = home_of_tests()
    return Settings(**{**urls, "metrics_token": TOKEN, "home": home, "iban": IBAN, **more})


@dataclass
class House:
    """A running service: its address, and a client that asks in English."""

    app: Litestar
    port: int
    client: httpx.AsyncClient
    server: Server

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def services(self):
        return self.app.state["services"]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    async def pay(self, body: Any, **headers: str) -> httpx.Response:
        wanted = {"Idempotency-Key": str(uuid4()), **headers}
        return await self.client.post("/v1/test/payments", json=body, headers=wanted)

    async def told(self, method: str, path: str, body: Any = None) -> tuple[int, bytes, float]:
        return await told(self.port, method, path, body)

    async def raw(self, data: bytes, *, close: bool = False, seconds: float = 1) -> bytes:
        return await raw(self.port, data, close=close, seconds=seconds)


async def told(port: int, method: str, path: str, body: Any = None) -> tuple[int, bytes, float]:
    """Status, answer and seconds of one request on a connection of its own."""
    text = b"" if body is None else json.dumps(body).encode()
    head = f"{method} {path} HTTP/1.1\r\nHost: h\r\nIdempotency-Key: {uuid4()}\r\n"
    kind = f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    begun = time.monotonic()
    heard = await raw(port, head.encode() + kind.encode() + text, seconds=30)
    return int(heard[9:12]), heard, time.monotonic() - begun


async def raw(port: int, data: bytes, *, close: bool = False, seconds: float = 1) -> bytes:
    """What the server says to these bytes until it closes, or is silent for a moment."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        if close:
            writer.write_eof()
        await writer.drain()
        return await _until_silent(reader, seconds)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def _until_silent(reader: asyncio.StreamReader, seconds: float) -> bytes:
    heard = b""
    try:
        while part := await asyncio.wait_for(reader.read(65_536), seconds):
            heard += part
            if b"\r\n\r\n" in heard:
                head, _, body = heard.partition(b"\r\n\r\n")
                length = [line for line in head.split(b"\r\n") if b"content-length" in line.lower()]
                if length and len(body) >= int(length[0].split(b":")[1]):
                    break
    except (TimeoutError, ConnectionError):
        pass
    return heard


@asynccontextmanager
async def house(
    database: Database, bounds: Bounds = BOUNDS, routes: Any = ACTS, **more: Any
) -> AsyncIterator[House]:
    settings = settings_of(database, **more)
    async with at_home(create_app(settings, bounds=bounds, routes=routes), settings) as made:
        yield made


@asynccontextmanager
async def clocked(database: Database, routes: Any) -> AsyncIterator[House]:
    """A service of which the clock may be moved on."""
    owner = await asyncpg.connect(database.owner_url)
    await clock.mark_demo(owner, timedelta())
    await owner.close()
    async with house(database, routes=routes) as running:
        running.services.clock.owner_url = database.owner_url
        yield running


@asynccontextmanager
async def at_home(
    app: Litestar, settings: Settings, door: socket.socket | None = None
) -> AsyncIterator[House]:
    """An application behind a door of its own, or behind this one."""
    door = door or listening("127.0.0.1", 0)
    port = door.getsockname()[1]
    server = Server(config(app, settings))
    # Without the signal handlers of `bousol serve`: Ctrl-C belongs to whoever runs the tests.
    serving = asyncio.create_task(server._serve([door]))
    while not server.started:
        assert not serving.done(), serving.exception()
        await asyncio.sleep(0.01)
    language = {"Accept-Language": "en"}
    limits = httpx.Limits(max_connections=1_000)
    try:
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", headers=language, timeout=120, limits=limits
        ) as client:
            yield House(app, port, client, server)
    finally:
        server.should_exit = True
        await serving


def unmeasured(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """An environment whose programs coverage leaves alone: they are another's, or read a clock."""
    return {name: said for name, said in environment.items() if name != "COVERAGE_PROCESS_CONFIG"}


@asynccontextmanager
async def served(database, *program, timed=False):
    """`bousol serve`, or a program that serves, as a process of its own: it and its port.

    Who reads a clock says `timed`: coverage, which makes each line slower, is not measured there,
    and the log goes to that of the tests, for a pipe nobody reads is full after 500 lines.
    """
    settings = settings_of(database)
    names = ("database_url", "migration_url", "ccas_url", "metrics_token", "home", "iban")
    environment = os.environ | {variable(name): str(getattr(settings, name)) for name in names}
    if timed:
        environment = unmeasured(environment)
    command = program or (f"{sys.prefix}/bin/bousol", "serve", "--port", "0")
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=None if timed else asyncio.subprocess.PIPE,
    )
    assert process.stdout
    try:
        told = await asyncio.wait_for(process.stdout.readline(), 120)
        if not told:
            raise AssertionError(process.stderr and (await process.stderr.read()).decode())
        yield process, int(told.decode().strip().rsplit(":", 1)[1])
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()
