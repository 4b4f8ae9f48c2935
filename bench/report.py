"""What a benchmark says: one object for programs, tables for people."""

from __future__ import annotations

import os
import platform
import statistics
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from bench.loads import LOADS
from bench.rounds import CALLERS
from bench.variants import BARE, FULL, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measured import Measured
    from bench.rounds import Plan

METHOD: Final = Path(__file__).with_name("method.md")


def machine() -> str:
    """Processor, cores and system, without the name of the host."""
    model = ""
    if (info := Path("/proc/cpuinfo")).exists():
        lines = (line.partition(":") for line in info.read_text().splitlines())
        model = next((value.strip() for key, _, value in lines if key.startswith("model name")), "")
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def outcome(m: Measured, plan: Plan, *, proven: bool) -> dict[str, Any]:
    """The published object; ratios and shares are numbers, 0.08 is 8 %."""
    callers = max(CALLERS, key=lambda n: m[f"uniform {n} rate"])
    rates = {load: f"{load} {callers} rate" for load in LOADS}
    alone = statistics.median(m.values["single_poster_ms"])
    return {
        "tpcb_tps": round(m["tpcb"]),
        "naive_tps": round(m["naive"]),
        "naive_hot_tps": round(m["naive_hot"]),
        "orm_tps": round(m["orm"]),
        **{f"{load}_tps": round(m[name]) for load, name in rates.items()},
        "ratio_uniform_tpcb": round(m.ratio(rates["uniform"], "tpcb"), 2),
        "ratio_uniform_naive": round(m.ratio(rates["uniform"], "naive"), 2),
        "ratio_hot_naive": round(m.ratio(rates["hot"], "naive_hot"), 2),
        "ratio_uniform_orm": round(m.ratio(rates["uniform"], "orm"), 1),
        "p99_ms": {str(n): round(m[f"uniform {n} p99_ms"], 2) for n in CALLERS},
        "protections_cost": round(1 - m.ratio(f"protections {FULL}", f"protections {BARE}"), 3),
        "audit_ok": proven,
        "callers": callers,
        "rates": {load: {str(n): round(m[f"{load} {n} rate"]) for n in CALLERS} for load in LOADS},
        "p50_ms": {str(n): round(m[f"uniform {n} p50_ms"], 2) for n in CALLERS},
        "batch": {str(n): round(m[f"uniform {n} batch"], 1) for n in CALLERS},
        "asyncpg_naive_tps": round(m["asyncpg_naive"]),
        "asyncpg_post_tps": round(m["direct 16 rate"]),
        "single_caller_ms": round(alone, 3),
        "single_direct_ms": round(m["single_direct_ms"], 3),
        "single_caller_ratio": round(m.ratio("single_poster_ms", "single_direct_ms"), 2),
        "protections_cost_in_function": round(1 - m[f"function {BARE}"] / m[f"function {FULL}"], 3),
        "protection_us": {name: round(us, 2) for name, us in _protections(m)},
        "function_us": round(m[f"function {FULL}"], 2),
        "flush_us": round(m["flush_us"], 1),
        "cpu_probe_ns": round(m["cpu_probe_ns"], 2),
        "once_share": plan.once,
        "seconds": plan.seconds,
        "rounds": plan.rounds,
        "machine": machine(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "method": " ".join(METHOD.read_text(encoding="utf-8").split()),
        "every_round": {name: [round(v, 2) for v in m.values[name]] for name in _told(m)},
    }


def _protections(m: Measured) -> Iterator[tuple[str, float]]:
    """What each protection costs, microseconds a payment in the function."""
    full = m[f"function {FULL}"]
    for name in VARIANTS:
        if name != FULL:
            yield name, full - m[f"function {name}"]


def _told(m: Measured) -> Iterator[str]:
    return (name for name in m.values if not name.startswith("function "))


def tables(result: dict[str, Any]) -> Iterator[Table]:
    """The same for people."""
    yield _anchors(result)
    yield _callers(result)
    yield _costs(result)


def _anchors(result: dict[str, Any]) -> Table:
    table = Table("", "a second", "ledger against it", "goal", title="Anchors and the ledger")
    uniform = result["uniform_tps"]
    rows = (
        ("TPC-B-like, pgbench", "tpcb_tps", "ratio_uniform_tpcb", "4"),
        ("naive transfer, pgbench", "naive_tps", "ratio_uniform_naive", "2"),
        ("naive transfer, everybody to one", "naive_hot_tps", "ratio_hot_naive", "8"),
        ("ORM unit of work", "orm_tps", "ratio_uniform_orm", "50"),
    )
    for name, rate, ratio, goal in rows:
        table.add_row(name, f"{result[rate]:,}", f"{result[ratio]} x", f"{goal} x")
    for name in ("asyncpg_naive_tps", "asyncpg_post_tps"):
        table.add_row(name, f"{result[name]:,}", f"{uniform / result[name]:.1f} x", "")
    for load in LOADS:
        table.add_row(f"ledger, {load}, {result['callers']} callers", f"{result[f'{load}_tps']:,}")
    return table


def _callers(result: dict[str, Any]) -> Table:
    table = Table("callers", *LOADS, "p50 ms", "p99 ms", "batch", title="Payments a second")
    for n in map(str, CALLERS):
        rates = (f"{result['rates'][load][n]:,}" for load in LOADS)
        waits = (str(result[fact][n]) for fact in ("p50_ms", "p99_ms", "batch"))
        table.add_row(n, *rates, *waits)
    return table


def _costs(result: dict[str, Any]) -> Table:
    title = f"Protections, µs of {result['function_us']} a payment in the function"
    table = Table("without", "saves", title=title)
    for name, us in result["protection_us"].items():
        table.add_row(name, f"{us:.2f}")
    return table


def facts(result: dict[str, Any]) -> Iterator[str]:
    """The figures that are no table."""
    yield (
        f"protections and chain cost {result['protections_cost']:.1%} of the rate,"
        f" {result['protections_cost_in_function']:.1%} of the function's time (goal 10 %)"
    )
    yield (
        f"one caller alone: {result['single_caller_ms']} ms, the function directly"
        f" {result['single_direct_ms']} ms, {result['single_caller_ratio']} x (goal 1.2 x)"
    )
    yield f"flush {result['flush_us']} µs, empty loop {result['cpu_probe_ns']} ns a turn"
    yield f"audit after every run: {'passed' if result['audit_ok'] else 'FAILED'}"
    yield f"{result['machine']}; {result['rounds']} rounds of {result['seconds']} s; {result['at']}"
