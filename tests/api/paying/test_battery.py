"""Payments under attack: storms, double spends, races, replays, requests cut at any byte."""

import asyncio
import json
import time
from uuid import uuid4

import httpx
import pytest

from tests.api.house import raw
from tests.api.paying import shops
from tests.api.paying.shops import asks, bsl, pays
from tests.database.world import tell

RETRY = {503, 504}


async def insistent(who, code, cents=None, *, key):
    """Pay as a client does that is told to come back; the answer, and how often it asked."""
    asked = 0
    while True:
        asked += 1
        try:
            answer = await pays(who, code, cents, key=key)
        except httpx.TransportError:  # the connection was idle for too long: nobody knows
            continue
        if answer.status_code not in RETRY:
            return answer, asked
        # All at once again, before the time they were told, they would keep each other waiting.
        await asyncio.sleep(int(answer.headers["retry-after"]))


async def outcome(who, key, *, close=False):
    answer = await who.ask("POST", "/v1/outcomes", {"key": str(key), "close": close})
    return answer.json()


async def entries(books, party):
    return await books.connection.fetchval(
        "select count(*) from ledger.journal where party = $1 and kind = 1", party
    )


async def test_one_key_a_thousand_times_is_one_payment_and_one_answer(town, shop, books):
    payer, key, turns = await town.resident(20_00), uuid4(), asyncio.Semaphore(64)

    async def ask():
        async with turns:
            begun = time.monotonic()
            answer, _ = await insistent(payer, shop.code, 12_60, key=key)
            return answer, time.monotonic() - begun

    await pays(payer, shop.code, 1)
    answers = await asyncio.gather(*(ask() for _ in range(1_000)))
    took = sorted(seconds for _, seconds in answers)
    tell(f"1 key x 1,000: p99 {took[989] * 1000:.0f} ms")
    assert {answer.status_code for answer, _ in answers} == {201}
    assert len({answer.content for answer, _ in answers}) == 1
    assert await entries(books, payer.party) == 2


async def test_a_balance_is_spent_once_among_two_hundred_merchants(town, books):
    payer = await town.resident()
    await town.fill(payer, 10_00)
    price = await town.balance(payer)
    codes = await shops.codes(town, 200)
    begun = time.monotonic()
    told = await asyncio.gather(*(insistent(payer, code, price, key=uuid4()) for code in codes))
    tell(f"200 x one balance: settled in {time.monotonic() - begun:.2f} s")
    statuses = sorted(answer.status_code for answer, _ in told)
    assert statuses == [201] + [422] * 199
    assert await town.balance(payer) == 0
    assert await entries(books, payer.party) == 1


async def test_a_signed_request_is_used_once_by_a_hundred_payers_at_once(town, shop, till, books):
    payers = [await town.resident(10_00) for _ in range(20)]
    asked = await asks(till, shop, 5_00)
    told = await asyncio.gather(
        *(insistent(payer, asked["link"], key=uuid4()) for payer in payers * 5)
    )
    statuses = sorted(answer.status_code for answer, _ in told)
    assert statuses == [201] + [409] * 99
    paid = await books.connection.fetchval(
        "select count(*) from ledger.journal where once = $1::uuid", asked["request"]
    )
    assert paid == 1


async def test_cancelling_and_paying_at_once_a_hundred_times_do_one_or_the_other(
    town, shop, till, books
):
    payer = await town.resident(100_00)
    paid = 0
    for _ in range(100):
        asked = await asks(till, shop, 50)
        address = f"/v1/payment-requests/{asked['request']}"
        (payment, _), cancelled = await asyncio.gather(
            insistent(payer, asked["link"], key=uuid4()),
            till.ask("POST", f"{address}/cancellation"),
        )
        pair = payment.status_code, cancelled.status_code
        assert pair in {(201, 409), (409, 200)}, (payment.text, cancelled.text)
        paid += payment.status_code == 201
        state = (await till.get(address)).json()["status"]
        assert state == ("paid" if payment.status_code == 201 else "cancelled")
    tell(f"cancel against pay, 100 times: {paid} paid, {100 - paid} cancelled")
    assert await entries(books, payer.party) == paid


async def test_a_request_cut_at_any_byte_is_one_payment_or_none_and_the_key_tells(
    home, town, shop, books
):
    payer = await town.resident(100_00)
    body = json.dumps({"code": shop.code, "amount": bsl(10)}).encode()
    head = (
        "POST /v1/payments HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {payer.token}\r\nIdempotency-Key: {{}}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    length = len(head.format(uuid4())) + len(body)
    keys = [uuid4() for _ in range(length + 1)]
    turns = asyncio.Semaphore(32)

    async def cut(size, key):
        async with turns:
            await raw(home.port, (head.format(key).encode() + body)[:size], close=True, seconds=0.5)

    await asyncio.gather(*(cut(size, key) for size, key in enumerate(keys)))
    states = [(await outcome(payer, key, close=True))["state"] for key in keys]
    tell(f"cut at each of {length} bytes: {states.count('paid')} paid, the others closed")
    assert states[-1] == "paid"
    assert set(states[:-1]) == {"closed"}
    assert await entries(books, payer.party) == states.count("paid")
    for key in keys[-3:-1]:
        late = await pays(payer, shop.code, 10, key=key)
        assert late.json()["code"] == "key_closed"


async def test_an_answer_nobody_waited_for_is_found_by_its_key(home, town, shop, books):
    payer, keys = await town.resident(50_00), [uuid4() for _ in range(30)]
    body = json.dumps({"code": shop.code, "amount": bsl(10)}).encode()

    async def hang_up(key, after):
        """Send it whole, and leave so many milliseconds later without reading."""
        _, writer = await asyncio.open_connection("127.0.0.1", home.port)
        writer.write(
            b"POST /v1/payments HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
            + f"Authorization: Bearer {payer.token}\r\nIdempotency-Key: {key}\r\n".encode()
            + f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        await writer.drain()
        await asyncio.sleep(after / 1000)
        writer.transport.abort()

    await asyncio.gather(*(hang_up(key, n) for n, key in enumerate(keys)))
    states = [(await outcome(payer, key, close=True))["state"] for key in keys]
    assert set(states) <= {"paid", "closed"}
    await asyncio.sleep(0.3)
    assert await entries(books, payer.party) == states.count("paid")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "x" * 401},
        {"code": "23456789", "amount": {"amount": 12.5, "currency": "BSL"}},
        {"code": "23456789", "amount": {"amount": 10**15, "currency": "BSL"}},
        {"code": "23456789", "amount": {"amount": -1, "currency": "BSL"}},
        {"code": "23456789", "amount": {"amount": 1, "currency": "EUR"}},
        {"code": "23456789", "amount": {"amount": 1, "currency": "BSL"}, "payer": 7},
        {"code": "23456789", "cash": {"amount": 1, "currency": "BSL"}},
        {"code": "23456789", "payer_name": "\u202eevil"},
        {"code": "https://bousol.example/c/AAAAAAAAAAAAAAAAAAAAAA"},
    ],
)
async def test_nonsense_is_refused_and_moves_nothing(town, shop, books, body):
    payer = await town.resident()
    if body.get("code") == "23456789":
        body = body | {"code": shop.code}
    answer = await payer.post("/v1/payments", body)
    assert answer.status_code in {400, 422}, answer.text
    assert await entries(books, payer.party) == 0


async def test_a_payment_without_its_key_is_refused(home, town, shop):
    payer = await town.resident(5_00)
    body = {"code": shop.code, "amount": bsl(1_00)}
    answer = await home.client.post("/v1/payments", json=body, headers=payer.headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "key_missing")
