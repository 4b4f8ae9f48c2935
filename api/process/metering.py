"""What the service counts about itself, for Prometheus: no person, no amount, no address.

One registry for each application, so that two in one process never count together.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from ledger.batch import Refused
from ledger.journal import Posted
from ledger.poster import Poster

if TYPE_CHECKING:
    import asyncio

    from ledger.batch import Answer
    from ledger.journal import JournalEntry
    from ledger.lane import Connect, Lane
    from ledger.poster import _Job

_SECONDS: Final = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meter:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._counts: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._requests = Counter(
            "bousol_requests",
            "Requests answered.",
            ("route", "method", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "bousol_request_seconds",
            "Until answered.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self.active = Gauge("bousol_requests_active", "Requests being answered.", registry=registry)
        self.batches = Histogram(
            "bousol_batch_entries", "Entries in a batch.", buckets=_SIZES, registry=registry
        )
        self.commits = Histogram(
            "bousol_commit_seconds", "A batch until committed.", buckets=_SECONDS, registry=registry
        )
        self.posted = Counter("bousol_entries_posted", "Entries that stand.", registry=registry)
        self._refused = Counter(
            "bousol_entries_refused", "Entries refused.", ("code",), registry=registry
        )
        self.waiting = Gauge("bousol_queue_entries", "Entries waiting.", registry=registry)
        self.head = Gauge("bousol_durable_seq", "Highest seq known durable.", registry=registry)

    def request(self, *, route: str, method: str, status: int, seconds: float) -> None:
        """A request was answered; `route` is the template, never the path itself."""
        named = method if method in _METHODS else "other"
        counts = self._counts.get((route, named, status))
        if counts is None:
            counts = self._requests.labels(route, named, str(status)), self._seconds.labels(route)
            self._counts[route, named, status] = counts
        counts[0].inc()
        counts[1].observe(seconds)

    def refused(self, code: str) -> None:
        """An entry was refused with a published code."""
        self._refused.labels(code).inc()

    def page(self) -> bytes:
        """Everything counted, in Prometheus's text format."""
        return generate_latest(self.registry)


class MeteredPoster(Poster):
    """A poster that counts once a batch, so that an entry costs no more than without."""

    def __init__(self, connect: Connect, meter: Meter) -> None:
        super().__init__(connect)
        self._meter = meter
        self._moved_at = time.monotonic()
        meter.waiting.set_function(lambda: len(self._waiting))
        meter.head.set_function(lambda: self._barrier.durable_seq)

    @property
    def stuck_seconds(self) -> float:
        """How long entries have been under way without any batch coming to its end; 0 if none."""
        return time.monotonic() - self._moved_at if self._in_flight else 0.0

    def _enqueue(self, entry: JournalEntry, deadline: float) -> asyncio.Future[Answer]:
        if not self._in_flight:
            self._moved_at = time.monotonic()
        return super()._enqueue(entry, deadline)

    async def _send(self, lane: Lane, jobs: list[_Job]) -> None:
        begun = time.perf_counter()
        await super()._send(lane, jobs)
        self._meter.commits.observe(time.perf_counter() - begun)

    def _settle(self, jobs: list[_Job], answers: list[Answer]) -> None:
        super()._settle(jobs, answers)
        self._moved_at = time.monotonic()
        self._meter.batches.observe(len(jobs))
        self._meter.posted.inc(sum(isinstance(answer, Posted) for answer in answers))
        for answer in answers:
            if isinstance(answer, Refused):
                self._meter.refused(answer.code)
