"""Payments go the short way; whatever is asked, it answers byte for byte as the long way does."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest

from admin.logins.keys import Scope
from api.gate.hot import MARK, HotRoutes, usual
from api.routes import ROUTES
from tests.api.paying import shops
from tests.api.paying.shops import bsl, eur

CHANGING = re.compile(rb'"(trace_id|short_code|posted_at|payment)": ?"[^"]+"')
PATHS = ("/v1/payments", "/v1/tills/{till}/card-payments")


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture(scope="module")
async def till(town, shop):
    return await town.key(shop.owner, Scope.TAKE_PAYMENTS)


async def both_ways(home, path, headers, body):
    """One request the short way and one the long way: an upper-case key is unusual."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    answers = []
    for unusual in (False, True):
        key = str(uuid4())
        sent = {"Content-Type": "application/json", "Idempotency-Key": key} | headers
        if unusual and "Idempotency-Key" not in headers:
            sent["Idempotency-Key"] = key.upper()
        answers.append(await home.client.post(path, content=text, headers=sent))
    return answers


def seen(answer):
    """Status, headers and body, without what differs between two payments."""
    headers = {
        name: value for name, value in answer.headers.items()
        if name not in {"date", "x-request-id", "location", "content-length"}
    }  # fmt: skip
    body = re.sub(rb'"balance":\{[^}]*\}', b"", CHANGING.sub(b"", answer.content))
    return answer.status_code, headers, body


def bodies(code):
    yield {"code": code, "amount": bsl(1_20)}
    yield {"code": code, "amount": bsl(2_00), "cash": eur(50), "payer_name": "Zoé ✓"}
    yield {"code": code, "amount": bsl(10**9)}
    yield {"code": code}
    yield {"code": "nothing", "amount": bsl(1)}
    yield {"code": code, "amount": {"amount": 1.5, "currency": "BSL"}}
    yield {"code": code, "amount": bsl(1), "more": 1}
    yield b"{"
    yield b"[" * 5_000
    yield b"\xff\xfe"
    yield b"null"
    yield b""


async def test_a_resident_is_answered_alike_on_both_ways(home, town, shop):
    payer = await town.resident(80_00)
    for body in bodies(shop.code):
        short, long = await both_ways(home, "/v1/payments", payer.headers, body)
        assert seen(short) == seen(long), body


async def test_a_till_is_answered_alike_on_both_ways(home, town, shop, till):
    payer = await town.resident(80_00)
    card = (await shops.card(town, payer))[1]
    path = f"/v1/tills/{shop.till}/card-payments"
    for body in (
        {"card": card, "amount": bsl(1_20)},
        {"card": card, "amount": bsl(45_00)},
        {"card": card, "amount": bsl(45_00), "pin": "9999"},
        {"card": "nobody", "amount": bsl(1)},
        {"card": card},
    ):
        short, long = await both_ways(home, path, till.headers, body)
        assert seen(short) == seen(long), body
    elsewhere = f"/v1/tills/{uuid4()}/card-payments"
    short, long = await both_ways(home, elsewhere, till.headers, {"card": card, "amount": bsl(1)})
    assert short.status_code == 404
    assert seen(short) == seen(long)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer nobody"},
        {"Authorization": "Bearer bsl_nobody"},
        {"Idempotency-Key": "no-uuid"},
        {"Idempotency-Key": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/json; charset=latin-1"},
    ],
)
async def test_who_is_not_let_in_is_told_so_alike(home, town, shop, headers):
    payer = await town.resident(5_00)
    given = headers if "Authorization" in headers or not headers else payer.headers | headers
    body = {"code": shop.code, "amount": bsl(1)}
    for path in (PATHS[0], PATHS[1].format(till=shop.till)):
        short, long = await both_ways(home, path, given, body)
        assert seen(short) == seen(long)
        assert short.is_error


async def test_a_retry_on_the_other_way_reads_the_same_bytes(home, town, shop):
    payer, key = await town.resident(5_00), uuid4()
    body = {"code": shop.code, "amount": bsl(1_00)}
    first = await payer.post("/v1/payments", body, key=key)
    upper = {**payer.headers, "Idempotency-Key": str(key).upper()}
    again = await home.client.post("/v1/payments", json=body, headers=upper)
    assert first.content == again.content
    assert again.headers["idempotent-replayed"] == "true"


def test_only_payments_go_the_short_way_and_only_in_their_usual_form():
    marked = {route.operation_id for route in ROUTES if route.opt.get(MARK)}
    assert marked == {"pay", "payByCard"}
    nothing: Any = None
    hot = HotRoutes(ROUTES, lambda: nothing, nothing)

    def finds(path, method="POST", query=b""):
        return hot.find({"path": path, "method": method, "query_string": query}) is not None

    assert finds("/v1/payments")
    assert finds(f"/v1/tills/{uuid4()}/card-payments")
    for path in ("/v1/payments/", "/v1/tills/x/card-payments", f"/v1/tills/{uuid4()}", "/v1/cover"):
        assert not finds(path)
    assert not finds("/v1/payments", method="GET")
    assert not finds("/v1/payments", query=b"a=1")
    good = {b"content-length": b"2", b"idempotency-key": str(uuid4()).encode()}
    assert usual(good)
    for wrong in (b"", b"x", str(uuid4()).upper().encode(), str(uuid4()).encode() + b"\n"):
        assert not usual(good | {b"idempotency-key": wrong})
    assert not usual(good | {b"content-length": b"00"})
