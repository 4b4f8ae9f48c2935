"""A confirmation is for one payer, one payee, one sum and one key, once, for five minutes."""

from datetime import timedelta
from uuid import uuid4

import pytest

from tests.api.signin.people import authenticator_of, code, login_of, passkey_answer
from tests.api.town import PIN

FACTS = {"payee": 1_007, "amount_cents": 40_00}


async def confirmed(who, proof, facts):
    answer = await who.post("/v1/test/confirmations", {"proof": proof} | facts)
    assert answer.status_code == 201, answer.text
    return {"token": answer.json()["token"]} | facts


async def test_a_pin_a_password_and_a_passkey_confirm_once(town, home):
    resident = await town.resident()
    login = await login_of(town, resident)
    authenticator = await authenticator_of(town, resident)
    for proof in (
        {"pin": PIN},
        {"password": login.password},
        {"passkey": await passkey_answer(home, authenticator)},
    ):
        using = await confirmed(resident, proof, FACTS | {"key": str(uuid4())})
        assert (await resident.post("/v1/test/spendings", using)).status_code == 204
        again = await resident.post("/v1/test/spendings", using)
        assert code(again) == (409, "confirmation_spent")


@pytest.mark.parametrize(
    "changed",
    [{"payee": 1_008}, {"amount_cents": 40_01}, {"key": str(uuid4())}, {"token": "nonsense"}],
)
async def test_a_confirmation_of_another_act_is_void(town, changed):
    resident = await town.resident()
    using = await confirmed(resident, {"pin": PIN}, FACTS | {"key": str(uuid4())})
    answer = await resident.post("/v1/test/spendings", using | changed)
    assert code(answer) == (422, "confirmation_invalid")
    assert (await resident.post("/v1/test/spendings", using)).status_code == 204


async def test_a_confirmation_is_its_payers_and_runs_out(town):
    resident, other = await town.resident(), await town.resident()
    using = await confirmed(resident, {"pin": PIN}, FACTS | {"key": str(uuid4())})
    answer = await other.post("/v1/test/spendings", using)
    assert code(answer) == (422, "confirmation_invalid")
    town.services.clock.ahead += timedelta(minutes=5)
    try:
        late = await resident.post("/v1/test/spendings", using)
    finally:
        town.services.clock.ahead -= timedelta(minutes=5)
    assert code(late) == (422, "confirmation_invalid")
