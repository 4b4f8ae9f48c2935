"""`bousol bench http`: an authenticated durable payment beside a hello and the same in memory.

Everything in turn on one machine, client and server sharing its cores; each ledger that was written
is proven by the audit.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from bench import anchors
from bench.http_client import call
from bench.http_world import PAYERS, settle
from bench.measured import Measured
from bench.rounds import WARM_SECONDS
from bench.world import people

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from bench.http_world import People
    from bench.rounds import Plan
    from bench.server import Server

    Told = Callable[[str], None]

CONNECTIONS: Final = (1, 16, 64, 256)
BASE: Final = "bench_http_base"
RUN: Final = "bench_http_run"
FASTEST: Final = 12_000
"""Requests a second that are made before the clock starts."""
WARM: Final = 0.5
_HELLO: Final = b"GET / HTTP/1.1\r\nHost: bench\r\n\r\n"


class Requests:
    """Makes requests that pay a cent; no two bear the same key.

    Args:
        people: who pays whom.
    """

    def __init__(self, people: People) -> None:
        self._people = people
        self._made = int.from_bytes(os.urandom(6)) << 40

    def named(self, name: str, count: int) -> Iterator[bytes]:
        """So many of a sort: by session, spread or hot, or by key."""
        if name == "key":
            return self.by_key(count, hot=False)
        return self.by_session(count, hot=name == "session_hot")

    def by_session(self, count: int, *, hot: bool) -> Iterator[bytes]:
        """Residents pay a poster: any of a hundred shops, or one."""
        payers, shops = self._people.payers, self._people.shops
        return iter([
            self._request("/v1/payments", payers[n * 7 % len(payers)].token,
                          f'"code":"{shops[0 if hot else n % len(shops)].poster}"')
            for n in range(count)
        ])  # fmt: skip

    def by_key(self, count: int, *, hot: bool) -> Iterator[bytes]:
        """Tills take cards: each with its own key, or one."""
        payers, shops = self._people.payers, self._people.shops
        made = []
        for n in range(count):
            shop, payer = shops[0 if hot else n % len(shops)], payers[n * 7 % len(payers)]
            path = f"/v1/tills/{shop.till}/card-payments"
            made.append(self._request(path, shop.key, f'"card":"{payer.card}"'))
        return iter(made)

    def _request(self, path: str, token: str, what: str) -> bytes:
        self._made += 1
        body = f'{{{what},"amount":{{"amount":1,"currency":"BSL"}}}}'
        return (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Idempotency-Key: {UUID(int=self._made)}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n{body}"
        ).encode()


async def measure(server: Server, plan: Plan, told: Told) -> tuple[Measured, bool]:
    """All rounds; and whether the audit passed after each."""
    measured, proven = Measured(), True
    await server.make(BASE)
    await people(server, BASE)
    payers = await settle(server, BASE, await _now(server))
    await anchors.make_anchors(server)
    requests = Requests(payers)
    for _ in range(plan.rounds):
        await server.settle()
        told("pgbench warms up")
        await anchors.tpcb(server, WARM_SECONDS)
        told("tpcb")
        measured.add("tpcb", await anchors.tpcb(server, plan.seconds))
        await server.settle()
        await _hello(plan, measured, told)
        await server.copy(BASE, RUN)
        await _pay(server, plan, measured, told, requests, "nodb")
        await _pay(server, plan, measured, told, requests, "payment")
        proven &= await server.is_proven(RUN)
    return measured, proven


async def _now(server: Server) -> Any:
    connection = await server.connect("postgres", "postgres")
    try:
        return await connection.fetchval("select now()")
    finally:
        await connection.close()


async def _hello(plan: Plan, measured: Measured, told: Told) -> None:
    async with _serving("hello") as port:
        for callers in CONNECTIONS:
            told(f"hello, {callers} connections")
            again = iter(lambda: _HELLO, b"")
            await call(port, again, callers=callers, seconds=WARM)
            run = await call(port, again, callers=callers, seconds=plan.seconds)
            measured.add_run(f"hello {callers}", run)


async def _pay(
    server: Server, plan: Plan, measured: Measured, told: Told, requests: Requests, which: str
) -> None:
    """The product at every number of connections: sessions spread and hot, keys spread."""
    async with _serving("nodb" if which == "nodb" else "service", server) as port:
        await call(port, requests.by_session(len(PAYERS), hot=False), callers=8, seconds=60)
        await call(port, requests.by_key(len(PAYERS), hot=False), callers=8, seconds=60)
        for callers in CONNECTIONS:
            for name in ("session", "session_hot", "key"):
                told(f"{which} by {name}, {callers} connections")
                count = int(min(FASTEST, 2_500 * callers) * (plan.seconds + WARM))
                load = requests.named(name, count)
                await call(port, load, callers=callers, seconds=WARM)
                run = await call(port, load, callers=callers, seconds=plan.seconds)
                measured.add_run(f"{which} {name} {callers}", run)


@asynccontextmanager
async def _serving(which: str, server: Server | None = None) -> AsyncIterator[int]:
    """A service as a process of its own; its port."""
    environment = dict(os.environ)
    if server is not None:
        for role, name in (("bousol_app", "DATABASE"), ("bousol_owner", "MIGRATION"),
                           ("bousol_ccas", "CCAS")):  # fmt: skip
            environment[f"BOUSOL_{name}_URL"] = server.url(RUN, role)
        environment["BOUSOL_HOME"] = str(server.postgres.home.parent)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.http_service", which,
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        assert line, f"{which} did not start"
        yield int(line.strip().rsplit(":", 1)[1])
    finally:
        process.terminate()
        await process.wait()
