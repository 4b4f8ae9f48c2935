"""What anybody can compare with: pgbench's TPC-B-like script and a naive transfer, same server."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.failures import Failure
from bench.server import ADMINISTRATOR

if TYPE_CHECKING:
    from bench.server import Server

CLIENTS: Final = 16
SCALE: Final = 10
TPCB: Final = "anchor_tpcb"
NAIVE: Final = "anchor_naive"
ACCOUNTS: Final = 10_000
_NAIVE_SQL: Final = Path(__file__).with_name("naive.sql")
_UNIFORM: Final = (
    f"\\set s random(1, {ACCOUNTS})\n\\set d0 random(1, {ACCOUNTS} - 1)\n"
    "\\set d case when :d0 >= :s then :d0 + 1 else :d0 end\nselect pay(:s, :d, 1);\n"
)
_HOT: Final = f"\\set s random(2, {ACCOUNTS})\nselect pay(:s, 1, 1);\n"


class PgbenchFailure(Failure):
    """pgbench was not found or did not run; the text says what to do."""


async def make_anchors(server: Server) -> None:
    """The databases of the anchors, filled."""
    for database in (TPCB, NAIVE):
        await server.drop(database)
        await server.run(ADMINISTRATOR, f"create database {database}")
    await server.run(NAIVE, _NAIVE_SQL.read_text(encoding="utf-8"), "vacuum analyze")
    await _pgbench(server, TPCB, "-i", "-q", "-s", str(SCALE))


async def tpcb(server: Server, seconds: float) -> float:
    """Transactions a second of the TPC-B-like script, prepared statements."""
    return await _rate(server, TPCB, seconds)


async def naive_uniform(server: Server, seconds: float) -> float:
    """Naive transfers a second, any account to any other."""
    return await _script(server, _UNIFORM, seconds)


async def naive_hot(server: Server, seconds: float) -> float:
    """Naive transfers a second, everybody to one account."""
    return await _script(server, _HOT, seconds)


async def _script(server: Server, text: str, seconds: float) -> float:
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(text)
        script.flush()
        return await _rate(server, NAIVE, seconds, "-n", "-f", script.name)


async def _rate(server: Server, database: str, seconds: float, *more: str) -> float:
    load = ("-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(max(1, round(seconds))))
    output = await _pgbench(server, database, *load, *more)
    found = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
    assert found, output
    return float(found[1])


def _program(server: Server) -> str:
    beside = server.postgres.binaries / "pgbench"
    found = str(beside) if beside.exists() else shutil.which("pgbench")
    if found is None:
        raise PgbenchFailure(
            "No pgbench was found; install postgresql-contrib, or put pgbench on the PATH."
        )
    return found


async def _pgbench(server: Server, database: str, *options: str) -> str:
    where = ("-h", str(server.postgres.socket_folder), "-p", str(server.postgres.port))
    process = await asyncio.create_subprocess_exec(
        _program(server), *where, "-U", "postgres", *options, database,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, errors = await process.communicate()
    if process.returncode:
        raise PgbenchFailure(f"pgbench failed: {errors.decode().strip().splitlines()[-1]}.")
    return output.decode()
