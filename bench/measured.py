"""What was measured: values by name, one a round, told by their median."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.drive import Run


class Measured:
    """Values by name, in the order of their first measurement."""

    def __init__(self) -> None:
        self.values: defaultdict[str, list[float]] = defaultdict(list)

    def add(self, name: str, value: float) -> None:
        """One more round's value."""
        self.values[name].append(value)

    def add_run(self, name: str, run: Run) -> None:
        """What callers got and how long they waited."""
        self.add(f"{name} rate", run.rate)
        self.add(f"{name} p50_ms", run.p50_ms)
        self.add(f"{name} p99_ms", run.p99_ms)
        self.add(f"{name} batch", run.batch)

    def __getitem__(self, name: str) -> float:
        """The median over the rounds."""
        assert name in self.values, name
        return statistics.median(self.values[name])

    def ratio(self, name: str, to: str) -> float:
        """The median of the ratios within one round: what drifts from round to round cancels."""
        pairs = zip(self.values[name], self.values[to], strict=True)
        return statistics.median(a / b for a, b in pairs)
