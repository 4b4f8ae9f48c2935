"""A counter that replaces a card gives a PIN: never one that opens staff's acts or a business."""

from uuid import uuid4

import pytest

from admin import pins
from admin.refusals import WrongPin
from admin.roles import STAFF, Role
from tests.api.counter.desk import PIN


def code(answer):
    return answer.status_code, answer.json().get("code")


async def replaced(who, desk, account, number):
    body = {
        "person_seen": True,
        "lost_number": account.card["number"],
        "new_number": number,
        "pin": "8305",
        "phone_lost": True,
    }
    return await who.post("/v1/card-replacements", body)


async def holds(town, account, role):
    """The holder of this account also acts in this role, for a party of its kind."""
    other = await town.somebody(role)
    await town.signed_in(account.user, uuid4(), role, other.party)


async def untouched(town, account):
    services = town.services
    await pins.try_pin(services.engine, services.pepper, user=account.user, pin=PIN)
    with pytest.raises(WrongPin):
        await pins.try_pin(services.engine, services.pepper, user=account.user, pin="8305")
    now = await account.again()
    assert (now.card_id, now.phone) == (account.card_id, account.phone)
    assert [await account.pays(means) for means in (account.card_id, account.phone)] == [0, 0]


@pytest.mark.parametrize("role", sorted(STAFF))
async def test_no_counter_chooses_the_pin_of_somebody_who_is_staff(town, desk, role):
    account = await desk.open()
    await holds(town, account, role)
    own = (await desk.manager.post("/v1/card-batches", {"count": 1})).json()["cards"][0]
    for who, number in ((desk.clerk, desk.card()["number"]), (desk.manager, own["number"])):
        answer = await replaced(who, desk, account, number)
        assert code(answer) == (403, "not_allowed")
    await untouched(town, account)
    blocked = await desk.clerk.post("/v1/card-blocks", {"number": account.card["number"]})
    assert blocked.status_code == 201


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.CASHIER])
async def test_the_card_of_somebody_of_a_business_is_the_managers_to_replace(town, desk, role):
    account = await desk.open()
    await holds(town, account, role)
    answer = await replaced(desk.clerk, desk, account, desk.card()["number"])
    assert code(answer) == (403, "not_allowed")
    await untouched(town, account)
    own = (await desk.manager.post("/v1/card-batches", {"count": 1})).json()["cards"][0]
    answer = await replaced(desk.manager, desk, account, own["number"])
    assert answer.status_code == 201, answer.text


async def test_nobody_replaces_a_card_of_theirs_from_behind_the_counter(town, desk):
    account = await desk.open()
    async with town.services.rows() as rows:
        await rows.exec_driver_sql(
            f"update admin.users set person = '{desk.clerk.person}' where id = '{account.user}'"
        )
    answer = await replaced(desk.clerk, desk, account, desk.card()["number"])
    assert code(answer) == (409, "same_person")
    await untouched(town, account)
