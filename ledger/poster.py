"""Group commit in front of `ledger.post`: what waits while a batch commits goes with the next one.

No timer: an entry that comes alone leaves alone; under load batches grow by themselves. Lanes are
connections; the chain lock in the database puts them in order, so that one lane executes while
the other is gathered and answered. Nobody is told yes before the commit.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from typing import TYPE_CHECKING, Final

from ledger.aside import Barrier, Notifier
from ledger.batch import Refused
from ledger.journal import Posted
from ledger.lane import Lane, LaneBroken
from ledger.refusals import POSTING_REFUSALS, Again, OutcomeUnknown, Overloaded

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from typing import Self

    from ledger.batch import Answer
    from ledger.journal import JournalEntry
    from ledger.lane import Connect

CAP: Final = 256
"""Most entries in one batch, once so many wait; measured by `bousol bench ledger`."""
SECOND_LANE_FROM: Final = 64
"""Entries that must wait before another lane works beside one that does: smaller batches cost more
than the overlap gives."""
QUEUE_MAX: Final = 4_096
"""Most entries waiting; beyond it the caller is told to come back."""
RETRY_PAUSE_SECONDS_MAX: Final = 1.0
SWEEP_SECONDS: Final = 0.1
"""How often waits past their deadline are ended."""


class Replan(Exception):
    """The plan lost a race, the key is unused: read the accounts again and plan anew."""


class _Job:
    """An entry on its way: who waits for it, until when, and who waits for its turn to come."""

    __slots__ = ("answer", "deadline", "entry", "followers", "sent", "told")

    def __init__(
        self, entry: JournalEntry, answer: asyncio.Future[Answer], deadline: float
    ) -> None:
        self.entry = entry
        self.answer = answer
        self.deadline = deadline
        self.sent = False
        self.told: Answer | None = None
        self.followers: list[asyncio.Future[None]] = []


class Poster:
    """Posts entries in batches; one per process.

    Args:
        connect: opens a connection of the application role; called once per lane, and again when
            a lane breaks.
        lanes: connections that post; two let Python and PostgreSQL work at the same time.
        cap: most entries in a batch.
        queue_max: most entries that may wait.
    """

    def __init__(
        self, connect: Connect, *, lanes: int = 2, cap: int = CAP, queue_max: int = QUEUE_MAX
    ) -> None:
        assert lanes > 0
        assert cap > 0
        self._free = [Lane(connect) for _ in range(lanes)]
        self._lanes = tuple(self._free)
        self._cap = cap
        self._queue_max = queue_max
        self._waiting: deque[_Job] = deque()
        self._in_flight: dict[Hashable, _Job] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._listeners: list[Callable[[int], None]] = []
        self._barrier = Barrier(connect)
        self._notifier = Notifier(connect)
        self._sweeper: asyncio.TimerHandle | None = None
        self._stuck: _Job | None = None
        self._stopping = False
        self._sent = 0
        self.batches = 0
        """Batches committed so far."""

    async def start(self) -> Self:
        """Open every lane."""
        self._loop = asyncio.get_running_loop()
        for lane in self._lanes:
            await lane.open()
        self.on_commit(self._notifier.tell)
        self._sweep()
        return self

    async def stop(self) -> None:
        """Finish what was accepted, then close the lanes."""
        self._stopping = True
        while self._tasks:
            await asyncio.wait(self._tasks)
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self._barrier.close()
        await self._notifier.close()
        for lane in self._lanes:
            await lane.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def on_commit(self, listener: Callable[[int], None]) -> None:
        """Call `listener(head seq)` after each commit of this process, in its event loop."""
        self._listeners.append(listener)

    async def durable(self, seq: int) -> None:
        """Return once the entry `seq`, seen anywhere, is known to survive: one barrier for all.

        Receipts, "paid" screens and feeds wait here before showing what others committed.
        """
        await self._barrier.passed(seq)

    async def post(self, entry: JournalEntry, *, timeout_seconds: float = 30.0) -> Posted:
        """The answer for `entry` once it stands; a second call with its key answers the same.

        Cancelling the caller does not recall the entry.

        Raises:
            PostingRefusal: the entry was refused; `transient` ones leave the key unused.
            Replan: only for entries that ask for it.
            Overloaded: the queue is full, or the deadline passed before the entry was sent.
            OutcomeUnknown: it was sent and no answer came in time: ask again with the same key.
        """
        deadline = self._loop.time() + timeout_seconds
        answer: Answer | None = None
        while answer is None and (first := self._ahead_of(entry)):
            await self._after(first, entry, deadline)
            answer = first.told if _same_request(first.entry, entry) else None
        answer = answer or await self._enqueue(entry, deadline)
        if isinstance(answer, Refused):
            raise refusal_of(answer.code, entry)
        return answer

    def _ahead_of(self, entry: JournalEntry) -> _Job | None:
        """The job with the same key, or the same once, that has no answer yet."""
        first = self._in_flight.get((entry.party, entry.key))
        if first is None and entry.once is not None:
            first = self._in_flight.get(entry.once)
        return first

    async def _after(self, first: _Job, entry: JournalEntry, deadline: float) -> None:
        turn: asyncio.Future[None] = self._loop.create_future()
        first.followers.append(turn)
        await asyncio.wait((turn,), timeout=max(0.0, deadline - self._loop.time()))
        if not turn.done():
            raise OutcomeUnknown(entry.key)

    def _enqueue(self, entry: JournalEntry, deadline: float) -> asyncio.Future[Answer]:
        if self._stopping or len(self._waiting) >= self._queue_max:
            raise Overloaded(entry.key)
        future: asyncio.Future[Answer] = self._loop.create_future()
        job = _Job(entry, future, deadline)
        self._in_flight[entry.party, entry.key] = job
        if entry.once is not None:
            self._in_flight[entry.once] = job
        self._waiting.append(job)
        self._wake()
        return future

    def _wake(self) -> None:
        """Let a lane work if none does, or if enough wait to be worth another."""
        enough = SECOND_LANE_FROM if len(self._free) < len(self._lanes) else 1
        if self._free and len(self._waiting) >= enough:
            self._start_lane()

    def _start_lane(self) -> None:
        task = self._loop.create_task(self._drain(self._free.pop()))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, lane: Lane) -> None:
        jobs = self._next_batch()
        self._sent += len(jobs)
        try:
            if jobs:
                await self._send(lane, jobs)
        finally:
            self._sent -= len(jobs)
            self._free.append(lane)
            self._wake()

    def _next_batch(self) -> list[_Job]:
        """Up to `cap` entries in order of arrival; those past their deadline are dropped unsent."""
        now = self._loop.time()
        jobs: list[_Job] = []
        # A lane leaves the others their share of what is outstanding: else every caller ends up in
        # one batch, and Python and PostgreSQL wait for each other.
        share = -(-(len(self._waiting) + self._sent) // len(self._lanes))
        most = min(self._cap, max(share, SECOND_LANE_FROM))
        while self._waiting and len(jobs) < most:
            job = self._waiting.popleft()
            if job.deadline < now:
                self._fail(job, Overloaded(job.entry.key))
            else:
                job.sent = True
                jobs.append(job)
        return jobs

    async def _send(self, lane: Lane, jobs: list[_Job]) -> None:
        """Post a batch; a broken lane asks again with the same keys until somebody answers."""
        pause = 0.01
        while True:
            try:
                answers = await lane.post([job.entry for job in jobs])
            except LaneBroken:
                if self._stopping and pause >= RETRY_PAUSE_SECONDS_MAX:
                    return self._fail_all(jobs)
                await asyncio.sleep(pause * (1 + secrets.randbelow(100) / 100))
                pause = min(2 * pause, RETRY_PAUSE_SECONDS_MAX)
            except Exception as error:  # noqa: BLE001  # why: whatever one entry does to its batch
                return await self._one_by_one(lane, jobs, error)
            except BaseException:
                self._fail_all(jobs)
                raise
            else:
                return self._settle(jobs, answers)

    async def _one_by_one(self, lane: Lane, jobs: list[_Job], error: Exception) -> None:
        """The careful path: the batch failed as a whole, so a poisoned entry shall fail alone.

        Should some of it stand nevertheless, their keys are answered again.
        """
        if len(jobs) == 1:
            self._fail(jobs[0], error)
            return
        for job in jobs:
            await self._send(lane, [job])

    def _settle(self, jobs: list[_Job], answers: list[Answer]) -> None:
        self.batches += 1
        head = 0
        for job, answer in zip(jobs, answers, strict=True):
            if isinstance(answer, Posted):
                head = max(head, answer.seq)
            elif answer.code == Again.code:  # it depends on another of this batch: now it can
                self._waiting.appendleft(job)
                continue
            job.told = answer
            self._forget(job)
            if not job.answer.done():
                job.answer.set_result(answer)
        self.committed(head)

    def committed(self, seq: int) -> None:
        """This process saw the commit of `seq` confirmed: tell who listens."""
        if seq > self._barrier.durable_seq:
            self._barrier.durable_seq = seq
            for listener in self._listeners:
                listener(seq)

    def _fail_all(self, jobs: list[_Job]) -> None:
        for job in jobs:
            self._fail(job, OutcomeUnknown(job.entry.key))

    def _fail(self, job: _Job, error: Exception) -> None:
        self._forget(job)
        if not job.answer.done():
            job.answer.set_exception(error)

    def _forget(self, job: _Job) -> None:
        entry = job.entry
        del self._in_flight[entry.party, entry.key]
        if entry.once is not None:
            del self._in_flight[entry.once]
        for turn in job.followers:
            turn.set_result(None)

    def _sweep(self) -> None:
        """End the waits past their deadline: what was sent is unknown to its caller, not failed.

        What was not sent by now never will be.
        """
        now = self._loop.time()
        for job in set(self._in_flight.values()):
            if job.deadline < now and not job.answer.done():
                late = OutcomeUnknown if job.sent else Overloaded
                job.answer.set_exception(late(job.entry.key))
        first = self._waiting[0] if self._waiting else None
        if self._free and first is not None and first is self._stuck:
            self._start_lane()  # it waited here before: the lane it waits for does not come back
        self._stuck = first
        self._sweeper = self._loop.call_later(SWEEP_SECONDS, self._sweep)


def _same_request(first: JournalEntry, second: JournalEntry) -> bool:
    """Whether one answer serves both: the same key of the same party, for the same request."""
    return (first.party, first.key, first.request) == (second.party, second.key, second.request)


def refusal_of(code: str, entry: JournalEntry) -> Exception:
    """The exception that stands for a code `ledger.post` answered."""
    return Replan() if code == "replan" else POSTING_REFUSALS[code](entry.key)
