"""How fast this machine is now: a bound in seconds holds for the machine it was found on.

Tests that read a clock bear the mark `clock`. `make test` runs them after all others, alone and not
traced, and asks up to three times: a neighbour on the machine is no fault of the product, and a
fault of the product fails each time.
"""

from __future__ import annotations

import json
import time
from statistics import median
from typing import Final

QUIET_SECONDS: Final = 0.022
"""What the work takes on a quiet machine of two cores on which every bound holds."""
_ONE: Final = {"a": [str(number) for number in range(200)]}


def slower() -> float:
    """By how much the interpreter is slower here and now than there; never less than 1."""
    return max(1.0, median(_work() for _ in range(5)) / QUIET_SECONDS)


def _work() -> float:
    begun = time.perf_counter()
    for _ in range(300):
        json.loads(json.dumps(_ONE))
    return time.perf_counter() - begun
