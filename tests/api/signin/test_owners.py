"""A shop keeps somebody who runs it: its last owner does not end the own role."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from admin import parties
from admin.roles import Role
from admin.tables import ROLE_GRANT
from tests.api.signin.people import code


async def ends(who, grant):
    return await who.ask("DELETE", f"/v1/roles/{grant}")


async def partner(town, owner):
    return await town.somebody(Role.MERCHANT, party=owner.party)


async def dated(town, owner, **days):
    """A second owner between two days."""
    other, grant = await town.resident(), uuid4()
    row = {"id": grant, "user_id": other.user, "party": owner.party, "role": Role.MERCHANT}
    async with town.services.rows() as rows:
        await rows.execute(ROLE_GRANT.insert().values(**row | {"valid_from": town.now} | days))
    return grant


async def test_the_last_owner_stays_until_there_is_another(town):
    owner = await town.somebody(Role.MERCHANT)
    await town.somebody(Role.CASHIER, party=owner.party)
    assert code(await ends(owner, owner.grant)) == (409, "last_owner")
    assert (await owner.get("/v1/roles")).status_code == 200
    other = await partner(town, owner)
    assert (await ends(owner, owner.grant)).status_code == 204
    assert code(await ends(other, other.grant)) == (409, "last_owner")


@pytest.mark.parametrize("facts", ["deputy", "later"])
async def test_a_deputy_or_somebody_who_comes_later_is_nobody_to_leave_a_shop_to(town, facts):
    owner = await town.somebody(Role.MERCHANT)
    tomorrow = town.now + timedelta(days=1)
    until = {"deputy": {"valid_until": tomorrow}, "later": {"valid_from": tomorrow}}
    other = await dated(town, owner, **until[facts])
    assert code(await ends(owner, owner.grant)) == (409, "last_owner")
    if facts == "deputy":
        assert (await ends(owner, other)).status_code == 204


async def test_two_owners_who_end_each_other_at_once_leave_one(town):
    for _ in range(5):
        one = await town.somebody(Role.MERCHANT)
        two = await partner(town, one)
        told = await asyncio.gather(ends(one, two.grant), ends(two, one.grant))
        assert 204 in {answer.status_code for answer in told}
        async with town.services.rows() as rows:
            query = ROLE_GRANT.select().where(ROLE_GRANT.c.party == one.party)
            left = [row for row in await rows.execute(query) if row.valid_until is None]
        assert len(left) == 1


async def test_a_closed_shop_is_left_and_a_technician_takes_a_stolen_role_away(town):
    owner, robbed = [await town.somebody(Role.MERCHANT) for _ in range(2)]
    async with town.services.rows() as rows:
        await parties.close(rows, owner.party, town.now)
    assert (await ends(owner, owner.grant)).status_code == 204
    technician = await town.somebody(Role.TECHNICIAN)
    assert (await ends(technician, robbed.grant)).status_code == 204
