"""One round after the other, anchors and loads interleaved, so that drift hits all alike."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Final, NamedTuple

from bench import anchors, orm, probes
from bench.drive import direct, drive
from bench.loads import LOADS, Load
from bench.measured import Measured
from bench.variants import BARE, FULL, VARIANTS, database_of, in_turn, make_variants
from bench.world import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.server import Server

    Told = Callable[[str], None]

CALLERS: Final = (1, 16, 64, 256, 1_000)
BASE: Final = "bench_base"
RUN: Final = "bench_run"
WARM_SECONDS: Final = 6.0
"""pgbench runs so long unmeasured first: its table is written anew after each checkpoint."""
_ANCHORS: Final = {
    "tpcb": anchors.tpcb,
    "naive": anchors.naive_uniform,
    "naive_hot": anchors.naive_hot,
    "asyncpg_naive": orm.asyncpg_naive,
    "orm": orm.orm,
}


class Plan(NamedTuple):
    """How long and how often."""

    seconds: float
    rounds: int
    once: float = 1.0


async def measure(server: Server, plan: Plan, told: Told) -> tuple[Measured, bool]:
    """All rounds; and whether the audit passed after every run of the ledger."""
    measured, proven = Measured(), True
    await server.make(BASE)
    await people(server, BASE)
    await anchors.make_anchors(server)
    await make_variants(server, BASE, tuple(VARIANTS))
    for _ in range(plan.rounds):
        await server.settle()
        await _anchors(server, plan, measured, told)
        await server.settle()
        proven &= await _loads(server, plan, measured, told)
        proven &= await _direct(server, plan, measured, told)
        await _protections(server, plan, measured, told)
    await _each_protection(server, measured, told)
    return measured, proven


async def _probe(server: Server, measured: Measured) -> None:
    measured.add("flush_us", probes.flush_us(server.postgres.home.parent))
    measured.add("cpu_probe_ns", await probes.cpu_ns(server))


async def _anchors(server: Server, plan: Plan, measured: Measured, told: Told) -> None:
    told("pgbench warms up")
    await anchors.tpcb(server, WARM_SECONDS)
    for name, anchor in _ANCHORS.items():
        told(name)
        await _probe(server, measured)
        measured.add(name, await anchor(server, plan.seconds))


async def _loads(server: Server, plan: Plan, measured: Measured, told: Told) -> bool:
    proven = True
    for callers in CALLERS:
        for name in LOADS:
            told(f"{name}, {callers} callers")
            await server.copy(BASE, RUN)
            await _probe(server, measured)
            load = Load(name, once=plan.once)
            run = await drive(server, RUN, load, callers=callers, seconds=plan.seconds)
            measured.add_run(f"{name} {callers}", run)
            proven &= await server.is_proven(RUN)
    return proven


async def _direct(server: Server, plan: Plan, measured: Measured, told: Told) -> bool:
    """ledger.post with one entry: one caller beside the poster in short turns, then 16."""
    told("one caller, poster and direct in turn")
    await server.copy(BASE, RUN)
    load, turns = Load("uniform", once=plan.once), 4
    through, called = [], []
    for _ in range(turns):
        seconds = plan.seconds / turns
        through.append(await drive(server, RUN, load, callers=1, seconds=seconds))
        called.append(await direct(server, RUN, load, callers=1, seconds=seconds))
    for a, b in zip(through, called, strict=True):
        measured.add("single_poster_ms", a.p50_ms)
        measured.add("single_direct_ms", b.p50_ms)
    told("ledger.post one by one on 16 connections")
    run = await direct(server, RUN, load, callers=anchors.CLIENTS, seconds=plan.seconds)
    measured.add_run("direct 16", run)
    return await server.is_proven(RUN)


async def _protections(server: Server, plan: Plan, measured: Measured, told: Told) -> None:
    """Rate with all protections and with none, 256 callers, in short turns."""
    for name in (FULL, BARE, BARE, FULL):
        told(f"protections: {name}")
        load = Load("uniform", once=plan.once)
        run = await drive(server, database_of(name), load, callers=256, seconds=plan.seconds / 2)
        measured.add(f"protections {name}", run.rate)


async def _each_protection(server: Server, measured: Measured, told: Told) -> None:
    """The function alone, batches of 128, each variant in turn: lower quartile, µs a payment."""
    told("each protection alone")
    await make_variants(server, BASE, tuple(VARIANTS))
    await server.settle()
    times = await in_turn(server, tuple(VARIANTS), Load("uniform"), blocks=12)
    for name, values in times.items():
        measured.add(f"function {name}", statistics.quantiles(values)[0])
