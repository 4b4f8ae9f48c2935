"""The service is killed in the middle of payments: afterwards each key says what became of it."""

import asyncio
import contextlib
from uuid import uuid4

import httpx

from tests.api.house import served
from tests.api.paying import shops
from tests.api.paying.shops import bsl
from tests.api.town import Who
from tests.database.world import tell

PAYERS, EACH = 8, 40


async def pays_until_killed(client, payer, code, keys, told, enough):
    for _ in range(EACH):
        key = uuid4()
        keys.append(key)
        headers = payer.headers | {"Idempotency-Key": str(key)}
        body = {"code": code, "amount": bsl(10)}
        with contextlib.suppress(httpx.HTTPError):
            answer = await client.post("/v1/payments", json=body, headers=headers)
            if answer.status_code == 201:
                told.append((key, answer.json()))
                if len(told) >= PAYERS * 4:
                    enough.set()


async def test_after_a_kill_each_key_says_paid_or_no_and_the_balance_agrees(
    fresh_database, home, town, shop
):
    payers = [await town.resident(20_00) for _ in range(PAYERS)]
    before = [await town.balance(payer) for payer in payers]
    keys: list[list] = [[] for _ in payers]
    told: list = []
    enough = asyncio.Event()
    async with served(fresh_database) as (process, port):
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=url, timeout=10) as client:
            running = [
                asyncio.create_task(pays_until_killed(client, payer, shop.code, own, told, enough))
                for payer, own in zip(payers, keys, strict=True)
            ]
            await enough.wait()
            process.kill()
            await asyncio.gather(*running)
    states = [
        [await _state(payer, key) for key in own] for payer, own in zip(payers, keys, strict=True)
    ]
    after = [await town.balance(payer) for payer in payers]
    paid = [own.count("paid") for own in states]
    tell(f"killed after {len(told)} answers: {sum(paid)} stand, {sum(map(len, keys))} were sent")
    assert {state for own in states for state in own} <= {"paid", "closed"}
    assert [b - a for b, a in zip(before, after, strict=True)] == [10 * n for n in paid]
    stands = {key for own, said in zip(keys, states, strict=True)
              for key, state in zip(own, said, strict=True) if state == "paid"}  # fmt: skip
    assert {key for key, _ in told} <= stands


async def _state(payer: Who, key):
    answer = await payer.ask("POST", "/v1/outcomes", {"key": str(key), "close": True})
    return answer.json()["state"]


async def test_a_receipt_told_before_the_kill_is_told_again_after_it(home, town, shop):
    payer, key = await town.resident(20_00), uuid4()
    first = await shops.pays(payer, shop.code, 5_00, key=key)
    found = await payer.ask("POST", "/v1/outcomes", {"key": str(key)})
    assert found.json()["receipt"] == first.json()
