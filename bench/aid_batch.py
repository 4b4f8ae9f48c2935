"""10,000 awards given out while tills take payments: `python -m bench.aid_batch [--keep]`.

The product as `bousol serve` runs it, over HTTP, client and server on one machine. Tills ask at a
pace, as shops do; first alone, then while a batch that waited for its euros is given out by itself.
The ledger is proven by the audit afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID, uuid4

from bench.drive import percentile
from bench.http import RUN, Requests, _serving
from bench.http_world import PAYERS, settle
from bench.server import bench_server
from bench.world import people
from ledger import store
from ledger.batch import POST, arguments
from ledger.chart import AccountClass
from ledger.flows import Act, programme_fund

if TYPE_CHECKING:
    from collections.abc import Iterator

    import asyncpg

    from bench.server import Connection, Server

AWARDS: Final = 10_000
EURO_CENTS: Final = 50_00
TILLS: Final = 8
PACE_SECONDS: Final = 0.02
ALONE_SECONDS: Final = 10.0
PATIENCE_SECONDS: Final = 60.0
RESULTS: Final = Path(__file__).parent / "results"


class Waits(NamedTuple):
    """How long tills waited, in milliseconds."""

    payments: int
    p50_ms: float
    p99_ms: float
    longest_ms: float

    @classmethod
    def of(cls, times: list[float]) -> Waits:
        """Of seconds."""
        ordered = sorted(times)
        cuts = (percentile(ordered, share) for share in (0.5, 0.99, 1.0))
        return cls(len(ordered), *(round(cut, 2) for cut in cuts))


class Tills:
    """Shops that take a cent at a pace until they are told to stop."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self._port, self._requests = port, requests
        self.times: list[float] = []
        self.stop = asyncio.Event()

    async def run(self) -> None:
        """Every till on its own connection."""
        await asyncio.gather(*(self._till() for _ in range(TILLS)))

    async def _till(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while not self.stop.is_set():
            begun = time.perf_counter()
            writer.write(next(self._requests))
            head = await reader.readuntil(b"\r\n\r\n")
            place = head.index(b"content-length: ") + 16
            body = await reader.readexactly(int(head[place : head.index(b"\r\n", place)]))
            self.times.append(time.perf_counter() - begun)
            assert head[9:10] == b"2", head + body
            await asyncio.sleep(PACE_SECONDS)
        writer.close()


async def waiting_batch(connection: Connection, root: Connection, sponsor: int) -> UUID:
    """A batch that two persons decided, whose euros are there; it runs once it is `waiting`."""
    programme, batch = uuid4(), uuid4()
    account, clearing = [await store.next_account_id(connection) for _ in range(2)]
    await store.open_account(connection, AccountClass.PROG, account=account, party=sponsor)
    act = Act(uuid4(), sponsor, uuid4(), bytes(16), document=uuid4())
    funded = programme_fund(
        act, euros_cents=AWARDS * EURO_CENTS, programme=account, bank_line=uuid4()
    )
    await connection.fetchrow(POST, *arguments([funded]))
    grants = await root.fetch("select id from admin.role_grant order by id limit 2")
    one, two = grants[0][0], grants[1][0]
    await root.execute(_PROGRAMME, programme, sponsor, account, one)
    await root.execute(_VERSION, programme, one)
    bousols = EURO_CENTS * 21 // 20
    sums = (AWARDS, AWARDS * EURO_CENTS, AWARDS * bousols)
    await root.execute(_BATCH, batch, programme, *sums, clearing, one, two)
    await root.execute(
        _AWARDS, batch, programme, AWARDS, PAYERS[0], len(PAYERS), EURO_CENTS, bousols
    )
    return batch


async def measure(server: Server) -> dict[str, Any]:
    """Tills alone, then beside the batch."""
    await server.make(RUN)
    await people(server, RUN)
    payers = await settle(server, RUN, datetime.now(UTC))
    requests = Requests(payers).by_key(200_000, hot=False)
    root = await server.connect(RUN, "postgres")
    connection = await server.connect(RUN)
    # The people of the bench have numbers of their own: those the service draws come after.
    await root.execute("alter sequence ledger.account_id restart 5000000")
    async with _serving("service", server) as port:
        await _alone(port, requests, 2.0)
        alone = await _alone(port, requests, ALONE_SECONDS)
        batch = await waiting_batch(connection, root, PAYERS[0])
        tills = Tills(port, requests)
        running = asyncio.create_task(tills.run())
        await root.execute("update admin.aid_batch set status = 'waiting' where id = $1", batch)
        seconds = await _given_out(root, batch)
        tills.stop.set()
        await running
    facts = await root.fetchrow(_FACTS, batch)
    assert facts is not None
    proven = await server.is_proven(RUN)
    await connection.close()
    await root.close()
    return {
        "awards": AWARDS,
        "seconds": round(seconds, 2),
        "alone": alone._asdict(),
        "meanwhile": Waits.of(tills.times)._asdict(),
        "given_once": facts["given"],
        "clearing_cents": facts["clearing"],
        "audit": "passed" if proven else "failed",
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


async def _alone(port: int, requests: Iterator[bytes], seconds: float) -> Waits:
    tills = Tills(port, requests)
    running = asyncio.create_task(tills.run())
    await asyncio.sleep(seconds)
    tills.stop.set()
    await running
    return Waits.of(tills.times)


async def _given_out(root: asyncpg.Connection[asyncpg.Record], batch: UUID) -> float:
    """Seconds from the entry of the batch to its last award, as the rows say."""
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        row = await root.fetchrow(
            "select status, issued_at, executed_at from admin.aid_batch where id = $1", batch
        )
        assert row is not None
        if row["status"] == "executed":
            taken = row["executed_at"] - row["issued_at"]
            return float(taken.total_seconds())
        await asyncio.sleep(0.05)
    raise AssertionError("the batch was not given out in time")


_PROGRAMME: Final = """
    insert into admin.programme (id, sponsor, instrument, name, convention, convention_reference,
           on_expiry, account, rule, key, request, made_by, made_at)
    values ($1, $2, 'subvention', 'Bench', $1, 'Bench', 'return', $3, 1, $1,
            decode(repeat('00', 16), 'hex'), $4, now())"""
_VERSION: Final = """
    insert into admin.programme_version (programme, version, valid_from, opens_on, ends_on,
           aid_days, most_cents, filieres, merchants, made_by, made_at)
    values ($1, 1, now(), '2020-01-01', '2099-12-31', 90, 100000, '{}', '{}', $2, now())"""
_BATCH: Final = """
    insert into admin.aid_batch (id, programme, version, period, policy, awards, euros_cents,
           bousol_cents, account, document, key, request, status, submitted_by, submitted_at,
           approved_by, approved_at)
    values ($1, $2, 1, '2027-03', 1, $3, $4, $5, $6, $1, $1, decode(repeat('00', 16), 'hex'),
            'submitted', $7, now(), $8, now())"""
_AWARDS: Final = """
    insert into admin.award (id, batch, nth, programme, beneficiary, party, period, euros_cents,
           bousol_cents)
    select gen_random_uuid(), $1, n, $2, gen_random_uuid(), $4::bigint + n % $5, '2027-03', $6, $7
      from generate_series(1, $3::int) n"""
_FACTS: Final = """
    select count(distinct a.entry) as given,
           (select balance from ledger.account where id = b.account) as clearing
      from admin.aid_batch b join admin.award a on a.batch = b.id
     where b.id = $1 group by b.account"""


async def run() -> dict[str, Any]:
    """One run on a server of its own."""
    async with bench_server() as server:
        return await measure(server)


def main() -> None:
    """Measure, print, and keep the result when asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="write it to bench/results")
    asked = parser.parse_args()
    found = asyncio.run(run())
    text = json.dumps(found, indent=1) + "\n"
    print(text, end="")
    if asked.keep:
        name = f"{datetime.now(UTC):%Y-%m-%dT%H%M}-aid-batch.json"
        (RESULTS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
