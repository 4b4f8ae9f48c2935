"""A poster that works until it is killed, and writes down what it was told as soon as it hears it.

Request n of a run is always the same request, so that a fresh process can ask it again.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg

from ledger.kinds import Kind
from ledger.poster import Poster
from ledger.refusals import PostingRefusal
from tests.database.world import entry, some_uuid

if TYPE_CHECKING:
    from ledger.journal import JournalEntry

CALLERS = 16


@dataclass(frozen=True)
class Plan:
    """What a worker does.

    `again` are requests of a killed worker to ask again first; `first` is the first new one.
    The worker ends when the file `stop` exists.
    """

    url: str
    log: str
    run: int
    accounts: tuple[int, ...]
    first: int = 0
    again: tuple[int, ...] = ()
    stop: str = ""


def nth(plan: Plan, n: int) -> JournalEntry:
    """Request n: a payment of 1 to 97 cents, or every 50th of more than anybody has."""
    payer = plan.accounts[n % len(plan.accounts)]
    payee = plan.accounts[(n + 1 + n // 7 % (len(plan.accounts) - 1)) % len(plan.accounts)]
    cents = 10**9 if n % 50 == 49 else 1 + n % 97
    identity = plan.run << 64 | n
    made = entry(Kind.P2P, (payer, payee, cents), key=some_uuid(identity))
    once, request = some_uuid(identity | 1 << 63), identity.to_bytes(16, "big")
    return replace(made, id=uuid4(), once=once, request=request)


def work(plan: Plan) -> None:
    """Ask until killed."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_work(plan))


async def _work(plan: Plan) -> None:
    log = os.open(plan.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    numbers = itertools.chain(plan.again, itertools.count(plan.first))
    async with Poster(lambda: asyncpg.connect(plan.url)) as poster:

        async def caller() -> None:
            for n in numbers:
                if plan.stop and Path(plan.stop).exists():  # noqa: ASYNC240  # why: no disk is asked
                    return
                os.write(log, b"asked %d\n" % n)
                try:
                    answer = await poster.post(nth(plan, n))
                except PostingRefusal as refusal:
                    told = f"{refusal.code} {n}"
                else:
                    told = f"posted {n} {answer.seq} {answer.balance} {answer.posted_at}"
                os.write(log, f"{told} at {time.monotonic()}\n".encode())

        await asyncio.gather(*(caller() for _ in range(CALLERS)))


@dataclass
class Log:
    """What the workers of a run wrote down: by request, every answer they were given."""

    asked: set[int]
    answers: dict[int, list[str]]
    times: list[float]

    @property
    def unknown(self) -> list[int]:
        """Asked and not answered; `outcome_unknown` is no answer."""
        return sorted(self.asked - set(self.answers))

    @property
    def longest_gap(self) -> float:
        """Seconds between two answers."""
        return max(b - a for a, b in itertools.pairwise(sorted(self.times)))


def read(log: str) -> Log:
    """What was written; a line that was cut in the middle says nothing."""
    read_so_far = Log(set(), defaultdict(list), [])
    for line in Path(log).read_text(encoding="utf-8").splitlines(keepends=True):
        what, _, rest = line.partition(" ")
        if not line.endswith("\n"):
            continue
        n, _, told = rest.partition(" ")
        if what == "asked":
            read_so_far.asked.add(int(n))
            continue
        answer, _, at = told.rpartition("at ")
        read_so_far.times.append(float(at))
        if what != "outcome_unknown":
            read_so_far.answers[int(n)].append(f"{what} {answer}".strip())
    return read_so_far
