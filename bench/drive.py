"""Callers who each wait for their own answer: what they got a second, and how long they waited."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, NamedTuple

from ledger.batch import POST, arguments
from ledger.poster import CAP, Poster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asyncpg import Record
    from asyncpg.prepared_stmt import PreparedStatement

    from bench.loads import Load
    from bench.server import Server
    from ledger.journal import JournalEntry

FASTEST = 50_000
"""Entries a second that are made before the clock starts; a run that used them all ends there."""


class Run(NamedTuple):
    """What one run of one load gave; milliseconds."""

    rate: float
    p50_ms: float
    p99_ms: float
    batch: float


def percentile(times: list[float], share: float) -> float:
    """The value below which so large a share of sorted seconds lies, in milliseconds."""
    return times[min(int(len(times) * share), len(times) - 1)] * 1e3


async def drive(  # noqa: PLR0913  why: the axes of the benchmark
    server: Server,
    database: str,
    load: Load,
    *,
    callers: int,
    seconds: float,
    lanes: int = 2,
    cap: int = CAP,
) -> Run:
    """Callers through a poster, as in the service."""
    fastest = FASTEST if callers >= cap else min(FASTEST, 2_000 * callers)
    entries = iter(load.entries(int(fastest * seconds)))
    poster = Poster(lambda: server.connect(database), lanes=lanes, cap=cap)
    times: list[float] = []
    async with poster:
        start = time.perf_counter()
        stop = start + seconds
        await asyncio.gather(*(_caller(poster, entries, stop, times) for _ in range(callers)))
        wall = time.perf_counter() - start

    times.sort()
    return Run(
        len(times) / wall,
        percentile(times, 0.5),
        percentile(times, 0.99),
        len(times) / poster.batches,
    )


async def _caller(
    poster: Poster, entries: Iterator[JournalEntry], stop: float, times: list[float]
) -> None:
    for entry in entries:
        begun = time.perf_counter()
        if begun > stop:
            return
        await poster.post(entry)
        times.append(time.perf_counter() - begun)


async def direct(server: Server, database: str, load: Load, *, callers: int, seconds: float) -> Run:
    """The posting function called with one entry, each caller on a connection of its own."""
    entries = iter(load.entries(int(1_000 * callers * seconds)))
    connections = [await server.connect(database) for _ in range(callers)]
    statements = [await connection.prepare(POST) for connection in connections]
    times: list[float] = []
    start = time.perf_counter()
    stop = start + seconds

    async def caller(statement: PreparedStatement[Record]) -> None:
        for entry in entries:
            begun = time.perf_counter()
            if begun > stop:
                return
            row = await statement.fetchrow(*arguments([entry]))
            assert row is not None
            assert row["refused"] == [None], row
            times.append(time.perf_counter() - begun)

    await asyncio.gather(*(caller(statement) for statement in statements))
    wall = time.perf_counter() - start
    for connection in connections:
        await connection.close()
    times.sort()
    return Run(len(times) / wall, percentile(times, 0.5), percentile(times, 0.99), 1.0)
