"""Does it slow down as it fills: posting and reading at 0.1, 1 and 10 million entries."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from bench import probes
from bench.drive import Run, drive, percentile
from bench.loads import Load
from bench.measured import Measured
from bench.report import machine
from bench.server import OWNER
from bench.world import MERCHANTS, WALLETS, people
from ledger import store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bench.rounds import Plan, Told
    from bench.server import Server

SIZES: Final = (100_000, 1_000_000, 10_000_000)
CHUNK: Final = 64_000
CALLERS: Final = 256
READS: Final = 300
AUDIT_SECONDS: Final = 6.0
WARM_SECONDS: Final = 6.0
"""Posted unmeasured after each checkpoint, which has every page logged anew, as for pgbench."""
_FILL: Final = Path(__file__).with_name("fill.sql")
_TRIGGERS: Final = """
alter table ledger.journal {0} trigger continuity;
alter table ledger.journal {0} trigger one_writer;
alter table ledger.chain_link {0} trigger one_writer;
alter table ledger.account {0} trigger moved_by_transfers;
"""
_INDEXES: Final = """
select indexname, indexdef from pg_indexes
 where schemaname = 'ledger' and tablename = 'journal' and indexname <> 'journal_pkey'
"""
_BYTES: Final = """
select sum(pg_total_relation_size(c.oid))
  from pg_class c join pg_namespace n on n.oid = relnamespace
 where nspname = 'ledger' and relkind = 'r'
"""
METHOD: Final = (
    "Ledgers of 10,000 accounts filled by bench/fill.sql: payments of random wallets to random"
    " merchants, written as sets with continuing versions and balances and links of 128 with their"
    " hashes, by the owner with four triggers off and on again, indexes dropped and made anew; then"
    " vacuum analyze and a checkpoint. Keys are UUIDv7, in order of time. The rates are"
    " measured in turn, each warmed up for 6 s after a checkpoint, 256 callers, uniform, all"
    " protections on, and the medians are compared."
)


def database_of(size: int) -> str:
    """The database with so many entries."""
    return f"growth_{size}"


async def measure(
    server: Server, plan: Plan, told: Told, *, entries_max: int = SIZES[-1]
) -> dict[str, Any]:
    """Fill, post in turn, read, post while an audit runs, audit."""
    sizes = tuple(size for size in SIZES if size <= entries_max)
    measured, minutes = Measured(), await _fill_all(server, sizes, told)
    bytes_each = {str(size): await _bytes_each(server, size) for size in sizes}
    await _rates(server, sizes, plan, measured, told)
    reads = {str(size): await _reads(server, size) for size in sizes}
    await _beside_an_audit(server, sizes[-1], plan, measured, told)
    told("audit of all sizes")
    proven = [await server.is_proven(database_of(size)) for size in sizes]
    rates = {str(size): round(measured[f"{size} rate"]) for size in sizes}
    return {
        "rates": rates,
        "p99_ms": {str(size): round(measured[f"{size} p99_ms"], 2) for size in sizes},
        "loss_last_step": round(1 - measured.ratio(f"{sizes[-1]} rate", f"{sizes[-2]} rate"), 3),
        "reads_ms": reads,
        "loss_during_audit": round(1 - measured.ratio("beside an audit", "alone"), 3),
        "bytes_per_payment": bytes_each,
        "fill_minutes": minutes,
        "audit_ok": all(proven),
        "shared_buffers": await _setting(server, "shared_buffers"),
        "key": "UUIDv7",
        "flush_us": round(measured["flush_us"], 1),
        "cpu_probe_ns": round(measured["cpu_probe_ns"], 2),
        "machine": machine(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "method": METHOD,
        "every_round": {n: [round(v, 2) for v in values] for n, values in measured.values.items()},
    }


async def _rates(
    server: Server, sizes: tuple[int, ...], plan: Plan, measured: Measured, told: Told
) -> None:
    """The sizes in turn, each warmed up after a checkpoint."""
    for _ in range(plan.rounds):
        for size in sizes:
            told(f"{size:,} entries")
            await server.settle()
            measured.add("cpu_probe_ns", await probes.cpu_ns(server))
            measured.add("flush_us", probes.flush_us(server.postgres.home.parent))
            await _post(server, size, WARM_SECONDS)
            measured.add_run(f"{size}", await _post(server, size, plan.seconds))


async def _fill_all(server: Server, sizes: tuple[int, ...], told: Told) -> dict[str, float]:
    """Each ledger is a copy of the smaller one, filled further; minutes of filling, by size."""
    minutes = {}
    before = "growth_base"
    await server.make(before)
    await people(server, before)
    for size in sizes:
        await server.copy(before, before := database_of(size))
        begun = time.monotonic()
        await _fill(server, size, told)
        minutes[str(size)] = round((time.monotonic() - begun) / 60, 2)
    return minutes


async def _fill(server: Server, size: int, told: Told) -> None:
    database = database_of(size)
    connection = await server.connect(database, OWNER)
    await connection.execute(_FILL.read_text(encoding="utf-8"))
    await connection.execute(_TRIGGERS.format("disable"))
    indexes = await connection.fetch(_INDEXES)
    for index in indexes:
        await connection.execute(f"drop index ledger.{index['indexname']}")
    there = (await store.head(connection)).seq
    while there < size:
        chunk = min(CHUNK, size - there)
        await connection.execute("select bench.fill($1)", chunk)
        there += chunk
        told(f"filled {there:,}")
    await connection.execute("set maintenance_work_mem = '512MB'")
    for index in indexes:
        told(f"index {index['indexname']}")
        await connection.execute(index["indexdef"])
    await connection.execute(_TRIGGERS.format("enable") + "drop schema bench cascade")
    await connection.close()
    await server.run(database, "vacuum analyze")
    await server.settle()


async def _post(server: Server, size: int, seconds: float) -> Run:
    return await drive(server, database_of(size), Load("uniform"), callers=CALLERS, seconds=seconds)


async def _bytes_each(server: Server, size: int) -> int:
    connection = await server.connect(database_of(size))
    total = int(await connection.fetchval(_BYTES))
    await connection.close()
    return round(total / size)


async def _setting(server: Server, name: str) -> str:
    connection = await server.connect("postgres", "postgres")
    value = str(await connection.fetchval("select current_setting($1)", name))
    await connection.close()
    return value


async def _reads(server: Server, size: int) -> dict[str, float]:
    """The 50 newest lines of an account before an instant, and its balance then; milliseconds."""
    await server.settle()
    connection = await server.connect(database_of(size))
    draw = random.Random(size)
    head = await store.head(connection)
    oldest = await connection.fetchval("select posted_at from ledger.journal where seq = 20000")
    accounts = [*draw.choices(WALLETS, k=READS // 2), *draw.choices(MERCHANTS, k=READS // 2)]

    async def balance(account: int) -> None:
        instant = oldest + draw.random() * (head.posted_at - oldest)
        await store.balance_as_of(connection, account, await store.seq_at(connection, instant))

    async def newest(account: int) -> None:
        await store.statement_page(connection, account)

    times = {"as_of": await _times(balance, accounts), "page": await _times(newest, accounts)}
    await connection.close()
    return {
        f"{name}_{told}": round(percentile(values, share), 3)
        for name, values in times.items()
        for told, share in (("p50", 0.5), ("p99", 0.99))
    }


async def _times(read: Callable[[int], Awaitable[None]], accounts: list[int]) -> list[float]:
    times = []
    for account in accounts:
        begun = time.perf_counter()
        await read(account)
        times.append(time.perf_counter() - begun)
    return sorted(times)


async def _beside_an_audit(
    server: Server, size: int, plan: Plan, measured: Measured, told: Told
) -> None:
    """Rates alone and while `bousol audit` runs in another process, in turn."""
    for _ in range(plan.rounds):
        told("alone, then beside an audit")
        alone = await _post(server, size, AUDIT_SECONDS)
        auditor = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from api.cli import main; main()", "audit", "--json"),
            *("--url", server.url(database_of(size), OWNER)),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await asyncio.sleep(1)
        run = await _post(server, size, AUDIT_SECONDS)
        if auditor.returncode is None:
            measured.add("alone", alone.rate)
            measured.add("beside an audit", run.rate)
            auditor.kill()
        await auditor.wait()


def tables(result: dict[str, Any]) -> Iterator[Table]:
    """The figures of the sizes."""
    columns = ("payments/s", "p99 ms", "as of p99 ms", "page p99 ms", "bytes each", "fill min")
    table = Table("entries", *columns, title="Growth")
    for size, rate in result["rates"].items():
        reads = result["reads_ms"][size]
        facts_ = (result["p99_ms"][size], reads["as_of_p99"], reads["page_p99"])
        sizes = (result["bytes_per_payment"][size], result["fill_minutes"][size])
        table.add_row(f"{int(size):,}", f"{rate:,}", *map(str, (*facts_, *sizes)))
    yield table


def facts(result: dict[str, Any]) -> Iterator[str]:
    """The figures that are no table."""
    yield f"loss of the last step: {result['loss_last_step']:.1%} (goal 25 %, stretch 15 %)"
    yield f"loss while an audit runs: {result['loss_during_audit']:.1%} (goal 20 %)"
    yield f"shared_buffers {result['shared_buffers']}, keys {result['key']}"
    yield f"flush {result['flush_us']} µs, empty loop {result['cpu_probe_ns']} ns a turn"
    yield f"audit of every size: {'passed' if result['audit_ok'] else 'FAILED'}"
    yield f"{result['machine']}; {result['at']}"
