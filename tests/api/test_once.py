"""Retries through the whole service: one key, one payment, one answer."""

import asyncio
import json
import time

from tests.database.world import tell

REQUESTS = 1_000
KEY = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"


async def test_one_key_a_thousand_times_at_once_is_one_payment_and_one_answer(home, books, payment):
    body = json.dumps(payment)
    request = (
        "POST /v1/test/payments HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
        f"Idempotency-Key: {KEY}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()

    async def ask():
        begun, asked = time.monotonic(), 0
        async with turns:
            while True:
                asked += 1
                heard = await home.raw(request, seconds=30)
                if heard[9:12] not in {b"503", b"504"}:
                    return heard.partition(b"\r\n\r\n")[2], asked, time.monotonic() - begun

    turns = asyncio.Semaphore(50)
    before = await books.connection.fetchval("select count(*) from ledger.journal")
    answers = await asyncio.gather(*(ask() for _ in range(REQUESTS)))
    after = await books.connection.fetchval("select count(*) from ledger.journal")
    seconds = sorted(took for *_, took in answers)
    again = sum(asked > 1 for _, asked, _ in answers)
    tell(f"one key x {REQUESTS}: all in {seconds[-1]:.2f} s, {again} told to ask again")
    assert after - before == 1
    assert len({body for body, *_ in answers}) == 1
    assert b'"seq"' in answers[0][0]


async def test_a_balance_is_spent_once_by_200_at_once(home, books):
    wallet = await books.wallet(10_50, party=1)
    merchants = [await books.merchant(accepted=False) for _ in range(200)]
    begun = time.monotonic()
    bodies = [
        {"amount": {"amount": 10_50, "currency": "BSL"}, "payer": wallet, "payee": merchant}
        for merchant in merchants
    ]
    answers = await asyncio.gather(
        *(home.told("POST", "/v1/test/payments", body) for body in bodies)
    )
    statuses = sorted(status for status, _, _ in answers)
    tell(f"200 payments of one balance: settled in {time.monotonic() - begun:.2f} s")
    assert statuses == [201] + [422] * 199
    assert all(b"insufficient_funds" in heard for status, heard, _ in answers if status == 422)
    assert await books.balance(wallet) == 0
