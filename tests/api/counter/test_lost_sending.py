"""An unlocked phone in a thief's hands: what it sends to persons is bounded as what it pays is."""

from uuid import uuid4

import pytest

from admin.roles import Role
from ledger.refusals import PinNeeded
from tests.api.buying.buyers import bsl
from tests.api.counter.desk import PIN
from tests.api.counter.test_lost import at_a_till, code, filled


async def sent(holder, payee, cents):
    """What somebody who holds an unlocked phone sends to a card of their own, without a proof."""
    body = {"card": payee.card["number"], "amount": bsl(cents)}
    return await holder.post("/v1/transfers", body)


async def test_a_thief_of_an_unlocked_phone_sends_100_at_most_shops_and_persons_together(
    town, desk
):
    account, holder = await filled(town, desk)
    thief, shop = await desk.open(), await town.somebody(Role.MERCHANT)
    await at_a_till(town, account, shop, 20_00, account.phone)
    answers = [await sent(holder, thief, cents) for cents in (30_00, 30_00, 30_00, 20_00, 1)]
    needed, passed = (422, "pin_needed"), (201, None)
    assert [code(one) for one in answers] == [passed, passed, needed, passed, needed]
    with pytest.raises(PinNeeded):
        await at_a_till(town, account, shop, 1, account.phone)
    assert await town.balance(holder) == 140_00 - 100_00


async def test_a_proof_lets_a_transfer_pass_at_any_amount_and_the_sum_begins_anew(town, desk):
    account, holder = await filled(town, desk)
    friend, shop = await desk.open(), await town.somebody(Role.MERCHANT)
    for cents in (30_00, 30_00, 30_00):
        await at_a_till(town, account, shop, cents, account.phone)
    assert code(await sent(holder, friend, 10_01)) == (422, "pin_needed")
    key, body = uuid4(), {"card": friend.card["number"], "amount": bsl(10_01)}
    asked = body | {"key": str(key), "proof": {"pin": PIN}}
    told = await holder.ask("POST", "/v1/transfers/confirmations", asked)
    body |= {"confirmation": told.json()["confirmation"]}
    made = await holder.post("/v1/transfers", body, key=key)
    assert code(made) == (201, None)
    assert (await holder.post("/v1/transfers", body, key=key)).content == made.content
    assert code(await sent(holder, friend, 30_00)) == (201, None)


async def test_who_blocked_oneself_sends_nothing_whoever_signs_in_anew(town, desk):
    account, holder = await filled(town, desk)
    thief = await desk.open()
    assert code(await sent(holder, thief, 1_00)) == (201, None)
    assert (await holder.post("/v1/account/block")).status_code == 200
    again = await town.signed_in(account.user, uuid4(), Role.SOLISTE, account.party, account.wallet)
    assert code(await sent(again, thief, 1_00)) == (409, "card_blocked")
