"""kill -9 between any two steps of an opening, and the same key makes the account whole."""

import asyncio
import signal
import sys
from uuid import uuid4

import httpx
import pytest

from tests.api.counter.desk import PIN
from tests.api.house import served

_DIES = """
import os, signal
from admin.people import counter
from admin.means import phones
from ledger import store
from api.serve import serve
from api.settings import load_settings

def dying(module, name, *, calls, after):
    whole, seen = getattr(module, name), []

    async def once(*args, **more):
        seen.append(name)
        if len(seen) == calls and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = await whole(*args, **more)
        if len(seen) == calls and after:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, name, once)

dying({module}, {name!r}, calls={calls}, after={after})
serve(load_settings(), host="127.0.0.1", port=0)
"""
STEPS = {
    "before a row is written": ("counter", "_add_holder", 1, False),
    "with the holder written, not committed": ("counter", "_equip", 1, False),
    "before the rows are committed": ("counter", "_tell", 1, True),
    "committed, the ledger not told": ("counter", "_tell_ledger", 1, False),
    "the wallet open, no card": ("store", "open_account", 1, True),
    "the card known, the phone not": ("store", "put_card", 1, True),
    "all done, nobody told": ("counter", "_tell_ledger", 1, True),
}


def program(step):
    module, name, calls, after = STEPS[step]
    text = _DIES.format(module=module, name=name, calls=calls, after=after)
    return (sys.executable, "-c", text)


async def ask(port, clerk, body, key):
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
        headers = clerk.headers | {"Idempotency-Key": str(key)}
        return await client.post("/v1/accounts", json=body, headers=headers)


@pytest.mark.parametrize("step", STEPS)
async def test_an_opening_killed_anywhere_is_finished_by_the_same_key(
    town, desk, fresh_database, step
):
    card, key = desk.card()["number"], uuid4()
    body = {"name": "Camille", "pin": PIN, "card_number": card}
    async with served(fresh_database, *program(step)) as (process, port):
        with pytest.raises(httpx.TransportError):
            await ask(port, desk.clerk, body, key)
        assert await asyncio.wait_for(process.wait(), 15) == -signal.SIGKILL
    answer = await desk.ask(key=key, card_number=card)
    assert answer.status_code == 201, answer.text
    party = answer.json()["party"]
    async with town.services.connection() as connection:
        cards = await connection.fetch(
            "select x.status, x.id = p.phone_means as phone from ledger.card x"
            " join admin.party p on p.id = x.party where p.id = $1", party)  # fmt: skip
        wallet = await connection.fetchrow(
            "select a.ceiling, a.party from ledger.account a"
            " join admin.party p on p.wallet = a.id where p.id = $1", party)  # fmt: skip
        query = "select count(*) from admin.card where number = $1 and party = $2"
        handed = await connection.fetchval(query, card.replace(" ", ""), party)
        query = "select count(*) from admin.event where act = 'account_opened' and party = $1"
        opened = await connection.fetchval(query, party)
    assert sorted((row["status"], row["phone"]) for row in cards) == [(0, False), (0, True)]
    assert (tuple(wallet), handed, opened) == ((150_00, party), 1, 1)
    assert (await desk.ask(key=key, card_number=card)).content == answer.content
