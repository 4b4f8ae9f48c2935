"""The benchmarks live in the checkout, beside the packages; here is the way to them."""

import importlib.util

import uvloop

from api.failures import Failure


class NoCheckout(Failure):
    """The folder bench is not here; the text says what to do."""


def ledger(seconds: float, rounds: int, *, as_json: bool, growing: bool, keep: bool) -> bool:
    """Run the benchmark of the ledger; whether every audit passed.

    Args:
        seconds: of each run.
        rounds: how often everything is run.
        as_json: print one object.
        growing: fill the ledger to ten million entries instead.
        keep: write the result to bench/results.

    Raises:
        NoCheckout: only the packages are installed.
    """
    _check()
    from bench.ledger import run  # noqa: PLC0415  why: no part of the installed packages
    from bench.rounds import Plan  # noqa: PLC0415  why: as above

    return uvloop.run(run(Plan(seconds, rounds), as_json=as_json, growing=growing, keep=keep))


def http(seconds: float, rounds: int, *, as_json: bool, keep: bool) -> bool:
    """Run the benchmark of payments over HTTP; whether every audit passed.

    Raises:
        NoCheckout: only the packages are installed.
    """
    _check()
    from bench.ledger import run_http  # noqa: PLC0415  why: as above
    from bench.rounds import Plan  # noqa: PLC0415  why: as above

    return uvloop.run(run_http(Plan(seconds, rounds), as_json=as_json, keep=keep))


def _check() -> None:
    if importlib.util.find_spec("bench") is None:
        raise NoCheckout("The benchmarks run from a checkout; clone it, then `make bench`.")
