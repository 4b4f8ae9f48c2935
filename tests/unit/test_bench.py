import importlib.util
from types import SimpleNamespace
from uuid import UUID

import pytest

from api.commands import benchmarks
from bench.http import Requests
from bench.http_world import Payer, People, Shop
from bench.loads import LOADS, Load
from bench.measured import Measured
from bench.variants import BARE, FULL, VARIANTS, scripts
from ledger.kinds import KINDS
from ledger.store import function_scripts


@pytest.mark.parametrize("name", VARIANTS)
def test_each_protection_the_bench_takes_out_stands_once_in_the_functions(name):
    assert (scripts(VARIANTS[name]) == function_scripts()) == (name == FULL)


def test_the_barest_variant_still_locks_looks_up_keys_and_holds_floors():
    text = "".join(scripts(VARIANTS[BARE]))
    for kept in ("pg_advisory_xact_lock(20210917)", "j.key = e_key[i]", "'insufficient_funds'"):
        assert kept in text


def test_requests_over_http_never_bear_the_same_key_and_are_whole():
    payers = tuple(Payer(f"token{n}", f"card{n}") for n in range(3))
    shops = (Shop("23456789", UUID(int=1), "bsl_a"), Shop("23456788", UUID(int=2), "bsl_b"))
    requests = Requests(People(payers, shops))
    made = [request for name in ("session", "session_hot", "key")
            for request in requests.named(name, 50)]  # fmt: skip
    keys = {request.split(b"Idempotency-Key: ")[1][:36] for request in made}
    assert len(keys) == 150
    for request in made:
        head, _, body = request.partition(b"\r\n\r\n")
        assert int(head.rsplit(b" ", 1)[1]) == len(body)
    hot = {request.partition(b'"code":')[2][:10] for request in made[50:100]}
    assert hot == {b'"23456789"'}


@pytest.mark.parametrize("name", LOADS)
def test_a_load_never_makes_the_same_entry_twice(name):
    entries = Load(name).entries(500) + Load(name).entries(500)
    for fact in ("id", "key", "once"):
        assert len({getattr(entry, fact) for entry in entries}) == 1_000
    assert all(not KINDS[e.kind].documented or e.document for e in entries)


def test_once_may_be_left_out():
    assert {entry.once for entry in Load("uniform", once=0.0).entries(20)} == {None}


def test_ratios_are_taken_within_a_round():
    measured = Measured()
    for ours, theirs in ((20.0, 10.0), (80.0, 20.0), (9.0, 3.0)):
        measured.add("ours", ours)
        measured.add("theirs", theirs)
    assert measured.ratio("ours", "theirs") == 3.0
    assert measured["ours"] == 20.0


def test_without_the_checkout_the_benchmark_says_where_it_is(monkeypatch):
    nothing = SimpleNamespace(util=SimpleNamespace(find_spec=lambda _: None))
    monkeypatch.setattr(benchmarks, "importlib", nothing)
    with pytest.raises(benchmarks.NoCheckout, match="checkout"):
        benchmarks.ledger(1.0, 1, as_json=True, growing=False, keep=False)
    assert importlib.util.find_spec("bench") is not None


def test_the_benchmark_is_run_as_asked(monkeypatch):
    asked = []

    async def run(plan, **options):
        asked.append((plan.seconds, plan.rounds, options))
        return True

    monkeypatch.setattr("bench.ledger.run", run)
    assert benchmarks.ledger(0.5, 2, as_json=True, growing=True, keep=False)
    assert asked == [(0.5, 2, {"as_json": True, "growing": True, "keep": False})]
