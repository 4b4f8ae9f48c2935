"""A request waits so long for everything together; beside requests there is no end."""

import asyncio
import time

import pytest

from ledger.waiting import LEAST_SECONDS, end_after, left, take_time


@pytest.mark.clock
async def test_all_waits_of_one_act_share_its_time_and_another_has_its_own():
    async def hurried():
        end_after(0.9)
        first = left(1.0)
        await asyncio.sleep(0.15)
        return first, left(1.0), left(1.0, before=0.3), left(0.01), left(1.0, before=5)

    async def beside():
        return left(1.0), left(1.0, before=0.5)

    (first, then, before, most, never), unbound = await asyncio.gather(hurried(), beside())
    assert LEAST_SECONDS < first <= 0.9
    assert LEAST_SECONDS < then <= 0.75
    assert before <= then - 0.3 + 0.01
    assert (most, never) == (0.01, LEAST_SECONDS)
    assert unbound == (1.0, 1.0)
    assert left(1.0) == 1.0


async def test_who_waits_for_nothing_is_never_refused_and_long_work_has_no_end():
    end_after(-10)
    assert left(1.0) == LEAST_SECONDS
    end_after(0.9, since=time.monotonic() - 0.2)
    assert LEAST_SECONDS < left(1.0) <= 0.7
    take_time()
    assert left(1.0) == 1.0
