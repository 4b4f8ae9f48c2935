"""What `bousol bench http` says: one object for programs, tables for people."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table

from bench.http import CONNECTIONS
from bench.report import machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measured import Measured
    from bench.rounds import Plan

COMPARED: Final = 64
"""Ratios are those at so many connections."""
METHOD: Final = Path(__file__).with_name("http_method.md")


def outcome(m: Measured, plan: Plan, *, proven: bool) -> dict[str, Any]:
    """The published object; ratios are numbers, 0.6 is 60 %."""
    paid, free, hello = (f"{name} {COMPARED} rate" for name in (
        "payment session", "nodb session", "hello"))  # fmt: skip
    return {
        "hello_rps": round(m[hello]),
        "post_nodb_rps": round(m[free]),
        "payment_rps": round(m[paid]),
        "tpcb_tps": round(m["tpcb"]),
        "ratio_payment_hello": round(m.ratio(paid, hello), 3),
        "ratio_payment_post_nodb": round(m.ratio(paid, free), 3),
        "ratio_payment_tpcb": round(m.ratio(paid, "tpcb"), 3),
        "ratio_key_payment_hello": round(m.ratio(f"payment key {COMPARED} rate", hello), 3),
        "ratio_hot_payment_hello": round(m.ratio(f"payment session_hot {COMPARED} rate", hello), 3),
        "p50_ms": {str(n): round(m[f"payment session {n} p50_ms"], 2) for n in CONNECTIONS},
        "p99_ms": {str(n): round(m[f"payment session {n} p99_ms"], 2) for n in CONNECTIONS},
        "audit_ok": proven,
        "rates": {
            name: {str(n): round(m[f"{name} {n} rate"]) for n in CONNECTIONS}
            for name in ("hello", *(f"{which} {how}" for which in ("nodb", "payment")
                                    for how in ("session", "session_hot", "key")))
        },
        "key_p50_ms": {str(n): round(m[f"payment key {n} p50_ms"], 2) for n in CONNECTIONS},
        "key_p99_ms": {str(n): round(m[f"payment key {n} p99_ms"], 2) for n in CONNECTIONS},
        "seconds": plan.seconds,
        "rounds": plan.rounds,
        "machine": machine(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "method": " ".join(METHOD.read_text(encoding="utf-8").split()),
        "every_round": {name: [round(v, 2) for v in values] for name, values in m.values.items()},
    }  # fmt: skip


def tables(result: dict[str, Any]) -> Iterator[Table]:
    """The same for people."""
    table = Table("", "a second", "goal", title=f"At {COMPARED} connections")
    table.add_row("Litestar hello", f"{result['hello_rps']:,}", "")
    table.add_row("the same POST without a database", f"{result['post_nodb_rps']:,}", "")
    table.add_row("TPC-B-like, pgbench", f"{result['tpcb_tps']:,}", "")
    table.add_row("authenticated durable payment", f"{result['payment_rps']:,}", "")
    for name, goal in (("hello", "0.60"), ("post_nodb", "0.80"), ("tpcb", "0.80")):
        table.add_row(f"payment against {name}", f"{result[f'ratio_payment_{name}']:.2f} x", goal)
    yield table
    yield _connections(result)


def _connections(result: dict[str, Any]) -> Table:
    table = Table("connections", *result["rates"], "p50 ms", "p99 ms", title="Answers a second")
    for n in map(str, CONNECTIONS):
        rates = (f"{rates[n]:,}" for rates in result["rates"].values())
        table.add_row(n, *rates, str(result["p50_ms"][n]), str(result["p99_ms"][n]))
    return table


def facts(result: dict[str, Any]) -> Iterator[str]:
    """The figures that are no table."""
    alone, many = result["p50_ms"]["1"], result["p99_ms"]["64"]
    yield f"alone p50 {alone} ms (goal 1.5), p99 at 64 connections {many} ms (goal 30)"
    yield f"audit after every round: {'passed' if result['audit_ok'] else 'FAILED'}"
    yield f"{result['machine']}; {result['rounds']} rounds of {result['seconds']} s; {result['at']}"
