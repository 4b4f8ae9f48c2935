"""Schemathesis as everybody who may ask: each role, each key, each phase; no fault, no surprise.

Short here, and 10,000 cases in `make night`. Everybody asks only what their role may: what it may
not is the access matrix's, which asks every cell.
"""

import asyncio
import json
import math
import re
import sys
from collections import Counter
from typing import Any

import pytest

from admin.roles import Role
from api.gate.access import OPT
from api.routes import ROUTES
from tests.api.fuzz_cast import KEY, cast, name_them
from tests.api.house import house, unmeasured
from tests.api.schemathesis_hooks import OTHER, OWN
from tests.api.test_access import MATRIX, method_of
from tests.api.test_description import CONFIG, HOOKS
from tests.api.town import Town
from tests.database.world import tell

SEED = 20210919
NIGHT_CASES = 10_000
NIGHT_RUNS_MAX = 12
"""With as many seeds; what has few operations has few different cases with one."""
ENDING = {name for name, row in MATRIX.items() if row.get("ends")} | {"blockAccount", "lookIn"}
"""After these the session is another one, or none: they are asked by nobody in particular."""
ENDLESS = {"followPaymentRequest", "followTill"}
"""Streams answer for ever; their heads are asked by the matrix, their words by their own tests."""
EVERYBODY = (None, *Role, KEY)
REACHED = {
    Role.SOLISTE: {"pay", "placeOrder", "getOrder", "sendMoney", "getPayment", "getReceipt"},
    Role.MERCHANT: {
        "openTill",
        "createPaymentRequest",
        "getPaymentRequest",
        "listPayments",
        "getReceipt",
        "requestRedemption",
        "createInvoicePayment",
    },
    Role.CASHIER: {"createPaymentRequest", "getPaymentRequest", "listPayments", "refundPayment"},
    Role.CASH_OFFICER: {"createPaymentRequest", "openTill", "listPayments"},
    KEY: {"createPaymentRequest", "getPaymentRequest", "listPayments", "refundPayment"},
}
"""What must have succeeded at least once: the main job, and what follows it."""


def operations(who):
    """What somebody may ask, by operationId."""
    for route in ROUTES:
        rule = route.opt[OPT]
        may = {None: rule.public, KEY: rule.scope is not None}.get(
            who, rule.signed_in or who in rule.roles)  # fmt: skip
        shown = route.include_in_schema is not False
        if may and shown and route.operation_id not in ENDLESS | (ENDING if who else set()):
            yield route.operation_id


@pytest.fixture(scope="module")
async def home(fresh_database):
    async with house(fresh_database, routes=ROUTES) as running:
        yield running


def done(home):
    """How often each operation has succeeded, by its method and its address."""
    counts: Counter[tuple[str, str]] = Counter()
    for (route, method, status), (counter, _) in home.services.meter._counts.items():
        if 200 <= status < 300:
            counts[method, route] += int(counter._value.get())
    return counts


def named(counts):
    """The operationIds of what succeeded."""
    return {
        route.operation_id
        for route in ROUTES
        for path in route.paths
        if counts[method_of(route), re.sub(r":\w+\}", "}", path)] > 0
    }


def part_of(description, names):
    """A description of some operations and of what they name: read four times as fast.

    Their addresses keep every method, for an answer to OPTIONS names them all.
    """
    paths: dict[str, Any] = {}
    for path, item in description["paths"].items():
        kept = {how: one for how, one in item.items() if one.get("operationId") in names}
        paths |= {path: item} if kept else {}
        for answer in (a for one in kept.values() for a in one["responses"].values()):
            links = answer.get("links", {}).items()
            answer |= {"links": {k: v for k, v in links if v["operationId"] in names}}
    parts = {"securitySchemes": description["components"]["securitySchemes"]}
    for kind, name in sorted(_named(description, paths, set())):
        parts.setdefault(kind, {})[name] = description["components"][kind][name]
    return description | {"paths": paths, "components": parts}


def _named(description, value, seen):
    """Kind and name of each component that a value names, or what it names does."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        if key == "$ref":
            kind, name = part.split("/")[2:]
            if (kind, name) not in seen:
                seen.add((kind, name))
                _named(description, description["components"][kind][name], seen)
        elif isinstance(part, dict | list):
            _named(description, part, seen)
    return seen


async def fuzz(home, tmp_path, who, *more, seed=SEED):
    """Ask as somebody, and how many cases it were; whoever asks is still who they were then."""
    token, facts, sessions = await cast(Town(home), who)
    names, before = set(operations(who)), done(home)
    part = part_of((await home.get("/v1/openapi.json")).json(), names)
    name_them(part, facts)
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(part))
    given = [] if token is None else ["-H", f"Authorization: Bearer {token}"]
    for name in sorted(names):
        given += ["--include-operation-id", name]
    command = [
        f"{sys.prefix}/bin/schemathesis", "--config-file", str(CONFIG),
        "run", str(described), "--url", home.url, "--checks", "all", "--seed", str(seed),
        "--workers", "1", "--no-color", "--generation-database", "none", *given, *more,
    ]  # fmt: skip
    code, told = await _run(command, tmp_path, dict(zip((OWN, OTHER), sessions, strict=False)))
    cases = re.findall(r"(\d+) generated", told)
    tell(f"{who or 'nobody'}: {cases[-1:]} cases, exit {code}")
    assert code == 0, told[told.find("= ERRORS" if "= ERRORS" in told else "= FAILURES") :]
    succeeded = named(done(home) - before)
    tell(f"{who or 'nobody'}: never succeeded: {sorted(names - succeeded)}")
    if token is not None:
        home.services.recognition.forget()
        assert await home.services.recognition.of(token), "else all that followed was refused"
    assert succeeded, "nobody so called has reached anything"
    assert REACHED.get(who, set()) <= succeeded
    return int(cases[-1]) if cases else 0


async def _run(command, place, more):
    """What schemathesis ends with, and what it says."""
    hooks = {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(CONFIG.parents[2])}
    running = await asyncio.create_subprocess_exec(
        *command,
        cwd=place,
        env=unmeasured() | hooks | more,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        told = (await running.communicate())[0].decode()
    finally:
        if running.returncode is None:  # the test was ended: so is what it started
            running.kill()
    return running.returncode, told


@pytest.mark.parametrize("who", EVERYBODY, ids=str)
async def test_whatever_somebody_may_ask_is_answered_as_described(home, tmp_path, who):
    phases = "examples,fuzzing,stateful"
    await fuzz(home, tmp_path, who, "--phases", phases, "--max-examples", "2")


@pytest.mark.night
@pytest.mark.parametrize("who", EVERYBODY, ids=str)
async def test_ten_thousand_cases_find_nothing(home, tmp_path, who):
    share = math.ceil(NIGHT_CASES / len(EVERYBODY))
    each = share // max(1, len(list(operations(who))))
    asked = 0
    for seed in range(SEED, SEED + NIGHT_RUNS_MAX):
        asked += await fuzz(home, tmp_path, who, "--max-examples", str(max(5, each)), seed=seed)
        if asked >= share:
            break
    assert asked >= share, "the shares of everybody are ten thousand together"
