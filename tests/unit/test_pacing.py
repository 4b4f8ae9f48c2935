"""Buckets in memory: a burst, then a pace; each subject for itself, and never too many subjects."""

import time

import pytest

from admin.refusals import TooManyTries
from api.gate import pacing
from api.gate.pacing import PACES, Pace, Pacing

PACE = Pace(burst=5, per_second=2)
SLOW = Pace(burst=1, per_second=1_000 / pacing.REMEMBERED_MAX)


def passes(pacing_, subject, now):
    try:
        pacing_.take(subject, PACE, now)
    except TooManyTries:
        return False
    return True


def test_a_burst_passes_and_then_so_many_a_second():
    asked = Pacing(PACES)
    assert [passes(asked, "a", 100.0) for _ in range(7)] == [True] * 5 + [False] * 2
    assert passes(asked, "b", 100.0)
    assert [passes(asked, "a", 100.5) for _ in range(2)] == [True, False]
    assert [passes(asked, "a", 110.0) for _ in range(6)] == [True] * 5 + [False]


def test_who_comes_too_fast_is_told_how_long_to_wait_and_waits_no_longer_for_asking():
    asked = Pacing(PACES)
    for _ in range(5):
        asked.take("a", PACE, 100.0)
    for _ in range(50):
        with pytest.raises(TooManyTries) as refused:
            asked.take("a", PACE, 100.0)
        assert refused.value.retry_after_seconds == 1
    assert passes(asked, "a", 101.0)


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(pacing, "REMEMBERED_MAX", 10)
    asked = Pacing(PACES)
    for number in range(35):
        asked.take(number, PACE, 100.0 + number)
        assert len(asked._due) <= 10
    for number in range(35):
        asked.take(number, PACE, 200.0)
        assert len(asked._due) <= 10


def test_who_asks_all_the_time_is_not_forgotten_for_the_crowd(monkeypatch):
    monkeypatch.setattr(pacing, "REMEMBERED_MAX", 10)
    asked = Pacing(PACES)
    passed = 0
    for number in range(1_000):
        now = 100.0 + number / 100
        passed += passes(asked, "flood", now)
        assert passes(asked, number, now)
    assert passed == 5 + 10 * PACE.per_second - 1


def seconds(asked, first):
    """How long 500 new subjects take, one each millisecond, least of three."""
    took = []
    for turn in range(3):
        begun = time.perf_counter()
        for number in range(first + turn * 500, first + turn * 500 + 500):
            asked.take(number, SLOW, number / 1_000)
        took.append(time.perf_counter() - begun)
    return min(took)


@pytest.mark.clock
def test_a_full_memory_costs_a_request_no_more_than_an_empty_one():
    full = Pacing(PACES)
    for number in range(pacing.REMEMBERED_MAX):  # the first of them may just be forgotten
        full.take(number, SLOW, number / 1_000)
    assert len(full._due) == pacing.REMEMBERED_MAX
    assert seconds(full, pacing.REMEMBERED_MAX) < 20 * seconds(Pacing(PACES), 0)
