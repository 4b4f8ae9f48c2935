"""A server killed between its own rows and the commit has paid nothing and written nothing."""

import signal
import sys
from uuid import uuid4

import httpx

from admin.roles import Role
from tests.api.house import served
from tests.api.invoices.shops import HERE, bill, colleague, shop
from tests.database.world import tell

PAY = "/v1/invoice-payments"
BOUSOLS = {"amount": 105_00, "currency": "BSL"}
_DIES = """
import os, signal
import api.beside
from api.serve import serve
from api.settings import load_settings

async def die(connection, entries):
    os.kill(os.getpid(), signal.SIGKILL)

api.beside.post_and_commit = die
serve(load_settings(), host="127.0.0.1", port=0)
"""


async def killed(database, who, path, body, key):
    """The request reaches a server that dies once its own rows are written."""
    headers = who.headers | {"Idempotency-Key": str(key)}
    async with served(database, sys.executable, "-c", _DIES) as (process, port):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            try:
                answer = await client.post(path, json=body, headers=headers)
            except httpx.HTTPError:
                answer = None
        assert answer is None, answer.text
        assert await process.wait() == -signal.SIGKILL


async def test_a_payment_cut_off_before_its_commit_leaves_nothing_and_is_made_by_asking_again(
    fresh_database, town
):
    payer, supplier, key = await shop(town, 300_00), await shop(town), uuid4()
    body = bill(supplier, 100_00)
    await killed(fresh_database, payer, PAY, body, key)
    assert (await payer.get(PAY)).json()["items"] == []
    assert await town.balance(supplier) == 0
    assert (await payer.post(PAY, body, key=key)).status_code == 201
    assert await town.balance(supplier) == 100_00


async def test_a_confirmation_cut_off_before_its_commit_leaves_the_proposal(fresh_database, town):
    payer, supplier, key = await shop(town, 900_00), await shop(town), uuid4()
    other = await colleague(town, payer)
    path = (await payer.post(PAY, bill(supplier, 600_00, total=900_00))).headers["location"]
    await killed(fresh_database, other, f"{path}/confirmation", HERE, key)
    assert (await payer.get(path)).json()["status"] == "proposed"
    assert (await other.post(f"{path}/confirmation", HERE, key=key)).json()["status"] == "paid"
    assert await town.balance(supplier) == 600_00


async def test_a_redemption_cut_off_before_its_commit_holds_nothing(fresh_database, town):
    who, key, body = await shop(town, 200_00), uuid4(), {"amount": BOUSOLS} | HERE
    before, treasurer = await town.balance(who), await town.somebody(Role.TREASURER)
    await killed(fresh_database, who, "/v1/redemptions", body, key)
    assert (await who.get("/v1/redemptions")).json()["items"] == []
    assert await town.balance(who) == before
    path = (await who.post("/v1/redemptions", body, key=key)).headers["location"]
    assert await town.balance(who) == before - 105_00
    await killed(fresh_database, treasurer, f"{path}/approval", None, key)
    assert (await who.get(path)).json()["status"] == "requested"
    assert (await treasurer.post(f"{path}/approval", key=key)).json()["status"] == "approved"
    tell("killed between own rows and commit: nothing stands, the same key pays once")
