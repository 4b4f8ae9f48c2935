"""`bousol bench`: speed against public anchors, on this machine.

It runs from a checkout; bench/results keeps what it found (docs/benchmarks.md).
"""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bench import growth, http, http_report, report
from bench.rounds import Plan, measure
from bench.server import bench_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.table import Table

RESULTS: Final = Path(__file__).with_name("results")
WIDTH: Final = 120
"""Of tables in files and pipes: no column of ours is cut off."""


async def run(
    plan: Plan, *, as_json: bool, growing: bool, entries_max: int = growth.SIZES[-1], keep: bool
) -> bool:
    """Measure the ledger, print, and keep the result if asked to; whether every audit passed."""
    gc.collect()
    async with bench_server() as server:
        with _progress() as told:
            if growing:
                result = await growth.measure(server, plan, told, entries_max=entries_max)
            else:
                measured, proven = await measure(server, plan, told)
                result = report.outcome(measured, plan, proven=proven)
    source: Any = growth if growing else report
    return _told(result, source, "growth" if growing else "ledger", as_json=as_json, keep=keep)


async def run_http(plan: Plan, *, as_json: bool, keep: bool) -> bool:
    """Measure payments over HTTP, print, and keep the result; whether every audit passed."""
    gc.collect()
    async with bench_server() as server:
        with _progress() as told:
            measured, proven = await http.measure(server, plan, told)
    result = http_report.outcome(measured, plan, proven=proven)
    return _told(result, http_report, "http", as_json=as_json, keep=keep)


def _told(result: dict[str, Any], source: Any, name: str, *, as_json: bool, keep: bool) -> bool:
    if as_json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    else:
        wide = None if Console().is_terminal else WIDTH
        _show(Console(width=wide), source.tables(result), source.facts(result))
    if keep:
        _keep(result, source, name)
    return bool(result["audit_ok"])


def _show(console: Console, tables: Iterator[Table], facts: Iterator[str]) -> None:
    for table in tables:
        if not console.is_terminal:
            table.box = box.MARKDOWN
        console.print(table)
    for fact in facts:
        console.print(f"- {fact}", highlight=False, soft_wrap=True)


def _keep(result: dict[str, Any], source: Any, name: str) -> None:
    """A result by its date: the object, and the tables as text."""
    RESULTS.mkdir(exist_ok=True)
    stem = RESULTS / f"{result['at'][:16].replace(':', '')}-{name}"
    text = json.dumps(result, indent=2, ensure_ascii=False) + "\n"
    stem.with_suffix(".json").write_text(text, encoding="utf-8")
    with stem.with_suffix(".md").open("w", encoding="utf-8") as file:
        file.write(f"# {name}, {result['at']}\n\n")
        _show(Console(file=file, width=WIDTH), source.tables(result), source.facts(result))
        file.write(f"\n{result['method']}\n")


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A bar on a terminal, a line a step in a pipe; on the error stream, for the other is data."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: console.print(step, highlight=False)
        return
    columns = (TextColumn("{task.description:40}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)

        def told(step: str) -> None:
            progress.update(task, description=step, advance=1)

        yield told
