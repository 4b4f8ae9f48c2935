"""How fast this machine is right now: a flush of the disk, and an empty loop in the server."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import tempfile
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

    from bench.server import Server

_PAGE: Final = bytes(8_192)
_TURNS: Final = 300_000
_LOOP: Final = f"do $$ begin for i in 1 .. {_TURNS} loop null; end loop; end $$"


def flush_us(folder: Path, seconds: float = 0.3) -> float:
    """Median microseconds of one 8 kB write and its fdatasync, on the disk of the server."""
    times = []
    with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
        number = file.fileno()
        os.pwrite(number, bytes(1 << 20), 0)
        os.fsync(number)
        stop = time.perf_counter() + seconds
        while (begun := time.perf_counter()) < stop:
            os.pwrite(number, _PAGE, 0)
            os.fdatasync(number)
            times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e6


def test_fsync_us(server: Server) -> float | None:
    """What PostgreSQL's own pg_test_fsync says of fdatasync; None when it is not there."""
    program = server.postgres.binaries / "pg_test_fsync"
    if not program.exists():
        return None
    with tempfile.NamedTemporaryFile(dir=server.postgres.home) as file:
        command = ["stdbuf", "-oL", str(program), "-s", "1", "-f", file.name]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  why: the server's own program
            assert process.stdout is not None
            for line in process.stdout:
                if found := re.match(r"\s+fdatasync\s.*?([\d.]+) usecs/op", line):
                    process.terminate()
                    return float(found[1])
    return None


async def cpu_ns(server: Server) -> float:
    """Nanoseconds of one turn of an empty plpgsql loop; the lesser of three tries."""
    connection = await server.connect("postgres")
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        await connection.execute(_LOOP)
        times.append(time.perf_counter() - begun)
    await connection.close()
    return min(times) / _TURNS * 1e9
