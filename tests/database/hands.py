"""Processes that use one ledger at once: each prints "ready", waits for a line, prints a report.

python -m tests.database.hands <what> <JSON of its arguments>
"""

from __future__ import annotations

import asyncio
import json
import random  # noqa: TID251  # why: each hand draws from its own seeded generator
import sys
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import asyncpg

from ledger.chart import AccountClass as A
from ledger.committing import own_rows, post_and_commit
from ledger.flows import Act
from ledger.kinds import Kind
from ledger.paying import Purchase, pay
from ledger.poster import Poster
from ledger.purses import Purses
from ledger.refusals import PostingRefusal
from ledger.store import open_account
from tests.database.world import REQUEST, entry, some_uuid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

ORDER = "insert into shop.orders (id, entry) values ($1, $2)"


@dataclass
class Report:
    """What a hand saw, by the code of the answer; the time of each answer, in seconds."""

    counts: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    answers: set[tuple[str, ...]] = field(default_factory=set)
    extra: dict[str, Any] = field(default_factory=dict)

    async def note(self, asked: Awaitable[Any], entries: int = 1) -> bool:
        """Count the answer; anything but an answer or a refusal is an error."""
        try:
            answer = await asked
        except PostingRefusal as refusal:
            self.counts[refusal.code] += 1
            return False
        except Exception as error:  # noqa: BLE001  # why: the test says that there are none
            self.errors.append(repr(error))
            return False
        self.counts["posted"] += entries
        self.answers.add(tuple(map(str, answer)))
        return True

    def printed(self) -> str:
        answers = sorted(self.answers)[:20]
        return json.dumps(
            {"counts": self.counts, "errors": self.errors[:5], "answers": answers} | self.extra
        )


@asynccontextmanager
async def _posting(url: str, *, pool: int = 4) -> AsyncIterator[tuple[Poster, Any]]:
    connect = lambda: asyncpg.connect(url)  # noqa: E731  # why: one word for one thing
    async with (
        asyncpg.create_pool(url, min_size=1, max_size=pool) as connections,
        Poster(connect) as poster,
    ):
        print("ready", flush=True)  # noqa: T201  # why: the test reads it
        await asyncio.to_thread(sys.stdin.readline)
        yield poster, connections


# What hands do --------------------------------------------------------------------------------


async def crowd(*, url: str, seed: int, accounts: list[int], entries: int) -> Report:
    """Pay among few accounts; some entries with own rows, some to accounts just opened."""
    report, chance = Report(), random.Random(seed)
    left = iter(range(entries))
    async with _posting(url) as (poster, pool):
        opened: list[int] = []

        async def caller() -> None:
            for _ in left:
                payer, payee = chance.sample(accounts, 2)
                sent = entry(Kind.P2P, (payer, payee, chance.randrange(1, 30_00)))
                what = chance.random()
                if what < 0.1:
                    await report.note(_with_an_order(pool, sent))
                elif what < 0.13:
                    opened.append(await _opened(pool, seed))
                    paid = entry(Kind.P2P, (payer, opened[-1], 1))
                    await report.note(poster.post(paid))
                else:
                    await report.note(poster.post(sent))

        await asyncio.gather(*(caller() for _ in range(32)))
        report.extra["opened"] = len(opened)
    return report


async def _with_an_order(pool: Any, sent: Any) -> tuple[Any, ...]:
    async with pool.acquire() as connection, own_rows(connection):
        await connection.execute(ORDER, uuid4(), sent.id)
        (answer,) = await post_and_commit(connection, [sent])
        return tuple(answer)


async def _opened(pool: Any, party: int) -> int:
    async with pool.acquire() as connection:
        return await open_account(connection, A.WALLET, party=party)


async def spenders(*, url: str, payer: int, payees: list[int], cents: int) -> Report:
    """Spend one balance several times at once, each to another payee."""
    report = Report()
    async with _posting(url) as (poster, _):
        paid = [entry(Kind.PAYMENT, (payer, payee, cents)) for payee in payees]
        await asyncio.gather(*(report.note(poster.post(one)) for one in paid))
    return report


async def identical(*, url: str, key: str, once: str, transfer: list[int], times: int) -> Report:
    """Ask the same thing many times at once."""
    report = Report()
    payer, payee, cents = transfer
    async with _posting(url) as (poster, _):
        same = [
            entry(Kind.PAYMENT, (payer, payee, cents), key=UUID(key), once=UUID(once))
            for _ in range(times)
        ]
        await asyncio.gather(*(report.note(poster.post(one)) for one in same))
    return report


async def shoppers(*, url: str, party: int, baskets: list[list[int]], first: int) -> Report:
    """Pay with lots: each basket is an acceptor and a price."""
    report = Report()
    purses = Purses(lambda: asyncpg.connect(url))
    async with _posting(url, pool=8) as (poster, pool):

        async def shop(number: int, merchant: int, cents: int) -> None:
            act = Act(uuid4(), party, some_uuid(first + number), REQUEST)
            paid = await report.note(
                pay(poster, purses, pool.acquire, Purchase(act, merchant, cents))
            )
            report.extra.setdefault("paid" if paid else "refused", []).append([merchant, cents])

        wanted = enumerate(baskets)
        await asyncio.gather(*(shop(number, *basket) for number, basket in wanted))
    await purses.close()
    return report


async def tills(*, url: str, payers: list[int], payee: int, seconds: float) -> Report:
    """16 tills, one payment after the other; how long each answer took."""
    report, took = Report(), []
    async with _posting(url) as (poster, _):
        end = time.monotonic() + seconds

        async def till(payer: int) -> None:
            while time.monotonic() < end:
                begun = time.monotonic()
                await report.note(poster.post(entry(Kind.PAYMENT, (payer, payee, 1))))
                took.append(time.monotonic() - begun)

        await asyncio.gather(*map(till, payers))
    took.sort()
    report.extra |= {"p99": took[int(len(took) * 0.99)], "longest": took[-1], "n": len(took)}
    return report


HANDS: dict[str, Callable[..., Awaitable[Report]]] = {
    made.__name__: made for made in (crowd, spenders, identical, shoppers, tills)
}


if __name__ == "__main__":
    _work = HANDS[sys.argv[1]](**json.loads(sys.argv[2]))
    print(asyncio.run(_work).printed())  # type: ignore[arg-type]  # noqa: T201  # why: a report
