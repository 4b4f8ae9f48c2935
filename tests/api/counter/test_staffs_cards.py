"""A counter replaces anybody's card, and chooses no PIN that opens staff's acts or a business."""

from uuid import uuid4

import pytest

from admin.logins import pins
from admin.refusals import WrongPin
from admin.roles import STAFF, Role
from tests.api.counter.desk import PIN

PHONE = {"phone_lost": True}


def code(answer):
    return answer.status_code, answer.json().get("code")


async def replaced(who, account, number, **more):
    """By a new card with a new PIN, of a phone that is lost, too; or with what is said instead."""
    body = {"person_seen": True, "lost_number": account.card["number"], "new_number": number}
    return await who.post("/v1/card-replacements", body | (more or {"pin": "8305", **PHONE}))


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
        for secrets in ({}, {"pin": "8305"}, PHONE):
            answer = await replaced(who, account, number, **secrets)
            assert code(answer) == (403, "not_allowed")
    await untouched(town, account)
    blocked = await desk.clerk.post("/v1/card-blocks", {"number": account.card["number"]})
    assert blocked.status_code == 201


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.CASHIER])
async def test_the_card_of_somebody_of_a_business_is_the_managers_to_replace(town, desk, role):
    account = await desk.open()
    await holds(town, account, role)
    answer = await replaced(desk.clerk, account, desk.card()["number"])
    assert code(answer) == (403, "not_allowed")
    await untouched(town, account)
    own = (await desk.manager.post("/v1/card-batches", {"count": 1})).json()["cards"][0]
    answer = await replaced(desk.manager, account, own["number"])
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("role", [*sorted(STAFF), Role.MERCHANT])
async def test_whoever_they_are_a_lost_card_is_replaced_with_the_pin_it_had(town, desk, role):
    account, new = await desk.open(), desk.card()["number"]
    await holds(town, account, role)
    for _ in range(2):  # again is no act
        answer = await replaced(desk.clerk, account, new, phone_lost=False)
        assert answer.status_code == 201, answer.text
    services = town.services
    await pins.try_pin(services.engine, services.pepper, user=account.user, pin=PIN)
    lost = account.card_id
    now = await account.again()
    assert now.card_id != lost
    assert now.phone == account.phone
    assert await account.pays(now.card_id) == 0
    assert await account.pays(lost) != 0


async def test_nobody_replaces_a_card_of_theirs_from_behind_the_counter(town, desk):
    account = await desk.open()
    async with town.services.rows() as rows:
        await rows.exec_driver_sql(
            f"update admin.users set person = '{desk.clerk.person}' where id = '{account.user}'"
        )
    answer = await replaced(desk.clerk, account, desk.card()["number"])
    assert code(answer) == (409, "same_person")
    await untouched(town, account)
