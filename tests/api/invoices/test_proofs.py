"""A session alone pays little: suppliers are paid by somebody who shows to be there."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from admin.logins import credentials
from admin.roles import Role
from tests.api.invoices.shops import HERE, bill, colleague, shop
from tests.api.town import PIN

PAY = "/v1/invoice-payments"
WRONG = {"proof": {"pin": "0000"}}


def unproved(supplier, cents, **more):
    body = bill(supplier, cents, total=900_00, **more)
    del body["proof"]
    return body


async def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_a_stolen_session_pays_at_most_30_a_day_however_it_is_split(home, town, monkeypatch):
    payer, supplier, other = await shop(town, 600_00), await shop(town), await shop(town)
    await refused(await payer.post(PAY, unproved(supplier, 30_01)), 422, "confirmation_needed")
    assert (await payer.post(PAY, unproved(supplier, 20_00))).status_code == 201
    assert (await payer.post(PAY, unproved(other, 10_00))).status_code == 201
    for whom in (supplier, other, await shop(town)):
        await refused(await payer.post(PAY, unproved(whom, 1)), 422, "confirmation_needed")
    assert await town.balance(supplier) == 20_00
    assert len((await payer.get(PAY)).json()["items"]) == 2
    tomorrow = town.now + timedelta(days=1)
    monkeypatch.setattr(type(home.services.clock), "now", lambda _: tomorrow)
    later = await town.signed_in(payer.user, payer.person, Role.MERCHANT, payer.party)
    assert (await later.post(PAY, unproved(supplier, 30_00))).status_code == 201


async def test_small_payments_at_once_do_not_slip_through_together(town):
    payer, supplier = await shop(town, 600_00), await shop(town)
    told = await asyncio.gather(*(payer.post(PAY, unproved(supplier, 10_00)) for _ in range(9)))
    assert sorted(answer.status_code for answer in told) == [201] * 3 + [422] * 6
    assert await town.balance(supplier) == 30_00


async def test_a_wrong_pin_pays_nothing_and_five_of_them_lock_it(town):
    payer, supplier = await shop(town, 600_00), await shop(town)
    body = bill(supplier, 50_00)
    for _ in range(5):
        answer = await payer.post(PAY, body | WRONG)
        assert answer.json()["code"] in {"wrong_pin", "pin_locked"}
    await refused(await payer.post(PAY, body), 409, "pin_locked")
    assert await town.balance(supplier) == 0


async def test_asking_again_needs_no_proof_and_another_invoice_under_the_key_is_a_conflict(town):
    payer, supplier, key = await shop(town, 600_00), await shop(town), uuid4()
    body = bill(supplier, 50_00)
    first = await payer.post(PAY, body, key=key)
    assert first.status_code == 201
    bare = {name: value for name, value in body.items() if name != "proof"}
    for again in (body, bare, bare | WRONG):
        answer = await payer.post(PAY, again, key=key)
        assert (answer.status_code, answer.content) == (201, first.content)
    await refused(await payer.post(PAY, bare | {"invoice": "X-1"}, key=key), 422, "key_conflict")
    assert await town.balance(supplier) == 50_00


async def test_a_second_session_alone_agrees_to_nothing(town):
    payer, supplier = await shop(town, 900_00), await shop(town)
    other, key = await colleague(town, payer), uuid4()
    path = (await payer.post(PAY, bill(supplier, 600_00, total=900_00))).headers["location"]
    await refused(await other.post(f"{path}/confirmation", {}), 422, "confirmation_needed")
    wrong = await other.post(f"{path}/confirmation", WRONG)
    assert wrong.json()["code"] == "wrong_pin"
    assert (await payer.get(path)).json()["status"] == "proposed"
    paid = await other.post(f"{path}/confirmation", HERE, key=key)
    assert paid.json()["status"] == "paid"
    again = await other.post(f"{path}/confirmation", {}, key=key)
    assert (again.status_code, again.content) == (200, paid.content)
    assert await town.balance(supplier) == 600_00


async def test_a_merchant_without_a_pin_shows_the_password(home, town):
    payer, supplier = await shop(town, 600_00), await shop(town)
    phrase = "cerf volant sous la digue"
    async with town.services.rows() as rows:
        stored = await town.services.passwords.hash(phrase)
        await credentials.put(rows, user=payer.user, stored=stored, at=town.now)
        await rows.exec_driver_sql(f"delete from admin.pin where user_id = '{payer.user}'")
    body = bill(supplier, 50_00)
    assert (await payer.post(PAY, body)).json()["code"] in {"wrong_pin", "pin_locked"}
    guessed = await payer.post(PAY, body | {"proof": {"password": f"{phrase}s"}})
    assert guessed.json()["code"] == "bad_credentials"
    told = await payer.post(PAY, body | {"proof": {"password": phrase}})
    assert told.status_code == 201, told.text
    assert await town.balance(supplier) == 50_00


@pytest.mark.parametrize("proof", [{}, {"pin": PIN, "password": "x" * 20}, {"pin": 4711}])
async def test_a_proof_is_exactly_one_thing(town, proof):
    payer, supplier = await shop(town, 600_00), await shop(town)
    answer = await payer.post(PAY, bill(supplier, 50_00) | {"proof": proof})
    assert answer.status_code in {400, 422}, answer.text
    assert await town.balance(supplier) == 0


async def told(town, who):
    async with town.services.connection() as connection:
        query = "select template from admin.message where party = $1 order by queued_at"
        return [row["template"] for row in await connection.fetch(query, who.party)]


async def test_a_supplier_hears_once_of_what_was_paid_and_of_no_proposal(town):
    payer, supplier, key = await shop(town, 900_00), await shop(town), uuid4()
    other, body = await colleague(town, payer), bill(supplier, 50_00)
    for _ in range(2):
        assert (await payer.post(PAY, body, key=key)).status_code == 201
    assert await told(town, supplier) == ["money_arrived"]
    path = (await payer.post(PAY, bill(supplier, 600_00, total=900_00))).headers["location"]
    assert await told(town, supplier) == ["money_arrived"]
    key = uuid4()
    for _ in range(2):
        assert (await other.post(f"{path}/confirmation", HERE, key=key)).status_code == 200
    assert await told(town, supplier) == ["money_arrived"] * 2
    assert (await payer.post(PAY, bill(supplier, 890_00, total=900_00))).status_code == 201
    poor = await payer.post(PAY, bill(supplier, 400_00, total=900_00))
    assert poor.json()["code"] == "insufficient_funds"
    assert await told(town, supplier) == ["money_arrived"] * 2
