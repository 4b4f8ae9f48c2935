"""The association's own till is that of an admitted merchant: its owner makes the key.

The issuer itself keeps no account that is paid into, so a key of it would take nothing.
"""

from uuid import uuid4

from admin.roles import PartyClass, Role
from tests.api.paying.shops import bsl, pays, shop
from tests.api.town import Who

KEY = {"label": "Stand de l’association", "scopes": ["payments:read", "payments:write"]}


async def test_the_owner_of_the_associations_till_makes_its_key_and_the_key_takes_money(town):
    owner = await town.somebody(Role.MERCHANT, party_class=PartyClass.ASSOCIATION)
    stand = await shop(town, owner=owner, name="Stand Bou’Sol")
    made = await owner.post("/v1/keys", KEY)
    assert made.status_code == 201, made.text
    till = Who(**(vars(owner) | {"token": made.json()["key"]}))
    body = {"till": str(stand.till), "amount": bsl(3_00)}
    asked = await till.post("/v1/payment-requests", body)
    assert asked.status_code == 201, asked.text
    alice = await town.resident(10_00)
    before = await town.balance(owner)
    paid = await pays(alice, stand.link, 3_00, key=uuid4())
    assert paid.status_code == 201, paid.text
    assert await town.balance(owner) == before + 3_00


async def test_a_manager_makes_no_key_for_the_issuer_which_has_no_till(home, town):
    manager = await town.somebody(Role.MANAGER)
    refused = await manager.post("/v1/keys", KEY)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    async with home.services.connection() as connection:
        paid_into = await connection.fetchval(
            "select count(*) from ledger.account where party = $1 and class in (1, 2, 6)",
            manager.party,
        )
    assert paid_into == 0
