"""The time of the service: the machine's, and in a demo as far ahead as its ledger's clock."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(slots=True)
class Clock:
    """Tells the time; `ahead` is 0 but in a demo, where it follows the ledger's clock."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        """The instant, in UTC."""
        return datetime.fromtimestamp(time.time(), UTC) + self.ahead
