"""Giving back: whole, in parts, at once from many sides, to closed accounts; never above."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from admin.events import Happened
from admin.roles import Role
from admin.tables import EVENT
from merchants.refunding import check_cashier, check_window
from merchants.refusals import CashierRefundNotToday, RefundTooLate
from merchants.tables import SHIFT
from tests.api.paying import shops
from tests.api.paying.shops import bsl, confirmation, pays
from tests.api.town import PIN
from tests.database.world import RULE


async def gives(who, payment, cents, *, key=None, **more):
    body = {"amount": bsl(cents)} | more
    return await who.post(f"/v1/payments/{payment}/refunds", body, key=key)


async def paid(town, shop, payer, cents):
    key = uuid4()
    proof = confirmation(town, payer, shop, cents, key)
    answer = await pays(payer, shop.code, cents, key=key, confirmation=proof)
    assert answer.status_code == 201, answer.text
    return answer.json()["payment"]


async def test_a_payment_goes_back_in_parts_and_never_above(town, shop):
    payer = await town.resident(100_00)
    before = await town.balance(payer)
    payment, key = await paid(town, shop, payer, 30_00), uuid4()
    first = await gives(shop.owner, payment, 4_50, key=key)
    assert first.status_code == 201, first.text
    assert (await gives(shop.owner, payment, 25_51)).json()["code"] == "refund_above_rest"
    assert (await gives(shop.owner, payment, 25_50)).status_code == 201
    again = await gives(shop.owner, payment, 4_50, key=key)
    assert again.content == first.content
    assert (await gives(shop.owner, payment, 1)).json()["code"] == "refund_above_rest"
    assert await town.balance(payer) == before
    view = (await payer.get(f"/v1/payments/{payment}")).json()
    assert view["refunded"] == bsl(30_00)
    assert [one["amount"]["amount"] for one in view["refunds"]] == [4_50, 25_50]


async def test_aid_is_restored_before_own_money(town, books):
    shop, payer = await shops.shop(town), await town.resident(50_00)
    await books.connection.execute(
        "select ledger.put_acceptance($1, $2, true)", RULE, [shop.account]
    )
    lot = await books.lot(21_00, party=payer.party)
    before = await town.balance(payer)
    payment = await paid(town, shop, payer, 40_00)
    assert await books.balance(lot) == 0
    assert (await gives(shop.owner, payment, 10_00)).status_code == 201
    assert await books.balance(lot) == 10_00
    assert (await gives(shop.owner, payment, 20_00)).status_code == 201
    assert await books.balance(lot) == 21_00
    assert await town.balance(payer) == before - 19_00 + 9_00


@pytest.mark.parametrize("aid", [False, True])
async def test_forty_refunds_at_once_give_back_what_was_paid_and_no_more(town, books, aid):
    shop, payer = await shops.shop(town), await town.resident(50_00)
    other = await town.resident(50_00)
    await paid(town, shop, other, 40_00)  # the till could give back more than it may
    if aid:
        await books.connection.execute(
            "select ledger.put_acceptance($1, $2, true)", RULE, [shop.account]
        )
        await books.lot(10_50, party=payer.party)
    before = await town.balance(payer)
    payment = await paid(town, shop, payer, 20_00)
    answers = await asyncio.gather(*(gives(shop.owner, payment, 1_00) for _ in range(40)))
    told = [a.status_code for a in answers]
    missed = [a for a in answers if a.status_code in {503, 504}]
    while missed:  # told to come back
        answers = await asyncio.gather(*(gives(shop.owner, payment, 1_00) for _ in missed))
        told += [a.status_code for a in answers]
        missed = [a for a in answers if a.status_code in {503, 504}]
    assert told.count(201) == 20, told
    assert set(told) <= {201, 422, 503, 504}
    assert await town.balance(payer) == before


async def test_the_same_refund_key_a_hundred_times_is_one_refund(town, shop):
    payer, key = await town.resident(50_00), uuid4()
    payment = await paid(town, shop, payer, 20_00)
    before = await town.balance(payer)
    answers = await asyncio.gather(
        *(gives(shop.owner, payment, 20_00, key=key) for _ in range(100))
    )
    stood = {a.content for a in answers if a.status_code == 201}
    assert len(stood) == 1, {a.text for a in answers}
    assert {a.status_code for a in answers} <= {201, 503, 504}
    assert await town.balance(payer) == before + 20_00


async def test_nobody_refunds_a_refund_or_anothers_payment(town, shop):
    payer = await town.resident(50_00)
    payment = await paid(town, shop, payer, 20_00)
    refund = (await gives(shop.owner, payment, 5_00)).json()["refund"]
    assert (await gives(shop.owner, refund, 1_00)).status_code == 404
    other = await shops.shop(town)
    assert (await gives(other.owner, payment, 1_00)).status_code == 404
    assert (await gives(payer, payment, 1_00)).status_code == 403
    assert (await gives(shop.owner, uuid4(), 1_00)).status_code == 404


async def test_a_cashier_gives_back_the_same_day_up_to_a_cap_and_in_a_shift(town, shop):
    cashier = await town.somebody(Role.CASHIER, party=shop.owner.party)
    shift = str(await shops.shift(town, shop, cashier))
    payer = await town.resident(200_00)
    payment = await paid(town, shop, payer, 60_00)
    assert (await gives(cashier, payment, 1_00)).json()["code"] == "malformed_body"
    above = await gives(cashier, payment, 50_01, shift=shift)
    assert above.json()["code"] == "cashier_refund_too_large"
    assert (await gives(cashier, payment, 30_00, shift=shift)).status_code == 201
    slices = await gives(cashier, payment, 20_01, shift=shift)
    assert slices.json()["code"] == "cashier_refund_too_large"
    assert (await gives(shop.owner, payment, 20_01)).status_code == 201


async def test_a_manager_lifts_a_cashiers_bounds_with_card_and_pin_and_it_is_written_down(town):
    shop = await shops.shop(town)
    cashier, badge, _ = await shops.employee(town, shop)
    manager, card, _ = await shops.employee(town, shop, "Zoé", Role.MERCHANT)
    _, anothers, _ = await shops.employee(town, await shops.shop(town), "Ina", Role.MERCHANT)
    shift = str(await shops.shift(town, shop, cashier))
    payment, key = await paid(town, shop, await town.resident(200_00), 60_00), uuid4()

    async def agreed(number, pin):
        proof = {"card": number, "pin": pin}
        return await gives(cashier, payment, 60_00, key=key, shift=shift, manager=proof)

    for number in (badge.number, anothers.number, "0000 0000 0000"):
        assert (await agreed(number, PIN)).json()["code"] == "no_manager"
    assert (await agreed(card.number, "9999")).json()["code"] == "wrong_pin"
    assert (await gives(cashier, payment, 60_00, shift=shift)).status_code == 422
    done = await agreed(card.number, PIN)
    assert done.status_code == 201, done.text
    assert (await agreed(card.number, "9999")).content == done.content, "a retry tries no PIN"
    async with town.services.rows() as rows:
        told = select(EVENT.c.actor, EVENT.c.facts).where(EVENT.c.act == Happened.REFUND_AGREED)
        event = (await rows.execute(told)).one()
    assert event == (manager.user, {"cents": 60_00, "document": shift})
    assert (await agreed_above(cashier, payment, shift, card)).json()["code"] == "refund_above_rest"


async def test_a_cash_officer_lifts_a_cashiers_bounds_for_their_own_body_alone(town):
    await shops.own_funds(town)
    desk, other = [await shops.shop(town, public=True, name=name) for name in ("Piscine", "Musée")]
    cashier, badge, _ = await shops.employee(town, desk)
    officer, card, _ = await shops.employee(town, desk, "Zoé", Role.CASH_OFFICER)
    _, anothers, _ = await shops.employee(town, other, "Ina", Role.CASH_OFFICER)
    payer, shift = await town.resident(200_00), str(await shops.shift(town, desk, cashier))
    before = await town.balance(payer)
    payment = await paid(town, desk, payer, 60_00)
    alone = await gives(cashier, payment, 60_00, shift=shift)
    assert alone.json()["code"] == "cashier_refund_too_large"
    for number, pin, why in (
        (badge.number, PIN, "no_manager"),
        (anothers.number, PIN, "no_manager"),
        (card.number, "9999", "wrong_pin"),
    ):
        proof = {"card": number, "pin": pin}
        told = await gives(cashier, payment, 60_00, shift=shift, manager=proof)
        assert told.json()["code"] == why
    proof = {"card": card.number, "pin": PIN}
    done = await gives(cashier, payment, 60_00, shift=shift, manager=proof)
    assert done.status_code == 201, done.text
    assert await town.balance(payer) == before
    async with town.services.rows() as rows:
        agreed = select(EVENT.c.party).where(
            EVENT.c.act == Happened.REFUND_AGREED, EVENT.c.actor == officer.user
        )
        assert (await rows.scalars(agreed)).all() == [desk.owner.party]


async def agreed_above(cashier, payment, shift, card):
    """A manager agrees to more than was paid: no PIN is asked about that."""
    proof = {"card": card.number, "pin": "9999"}
    return await gives(cashier, payment, 1, shift=shift, manager=proof)


async def test_a_manager_agrees_to_another_days_payment_on_a_shared_device(town):
    shop = await shops.shop(town)
    till = await shops.till_key(town, shop)
    cashier = await town.somebody(Role.CASHIER, party=shop.owner.party)
    _, _, link = await shops.employee(town, shop, "Zoé", Role.MERCHANT)
    shift = str(await shops.shift(town, shop, cashier))
    payment = await paid(town, shop, await town.resident(20_00), 10_00)
    town.services.clock.ahead += timedelta(days=1)
    try:
        late = await gives(till, payment, 1_00, shift=shift)
        assert late.json()["code"] == "cashier_refund_not_today"
        proof = {"card": link, "pin": PIN}
        assert (await gives(till, payment, 1_00, shift=shift, manager=proof)).status_code == 201
    finally:
        town.services.clock.ahead -= timedelta(days=1)


async def test_the_window_and_the_cashiers_day_are_kept(town):
    limits, now = await town.limits(), town.now
    check_window(now - timedelta(days=60), now, limits)
    with pytest.raises(RefundTooLate):
        check_window(now - timedelta(days=60, seconds=1), now, limits)
    today = now.date()
    with pytest.raises(CashierRefundNotToday):
        check_cashier(1, 0, paid_on=today - timedelta(days=1), today=today, limits=limits)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (timedelta(days=60, seconds=1), "refund_too_late"),
        (timedelta(days=1), "cashier_refund_not_today"),
    ],
)
async def test_a_refund_that_comes_too_late_moves_nothing(town, books, after, reason):
    shop = await shops.shop(town)
    till = await shops.till_key(town, shop)
    cashier = await town.somebody(Role.CASHIER, party=shop.owner.party)
    shift = str(await shops.shift(town, shop, cashier))
    payment = await paid(town, shop, await town.resident(20_00), 10_00)
    before = await books.balance(shop.account)
    town.services.clock.ahead += after  # a key, unlike a session, does not run out
    try:
        late = await gives(till, payment, 1_00, shift=shift)
    finally:
        town.services.clock.ahead -= after
    assert (late.status_code, late.json()["code"]) == (422, reason)
    assert await books.balance(shop.account) == before
    assert (await gives(till, payment, 1_00, shift=shift)).status_code == 201


async def test_a_retry_is_told_the_refund_after_its_shift_ended(town, books):
    shop = await shops.shop(town)
    cashier = await town.somebody(Role.CASHIER, party=shop.owner.party)
    shift = await shops.shift(town, shop, cashier)
    payment, key = await paid(town, shop, await town.resident(20_00), 10_00), uuid4()
    given = await gives(cashier, payment, 4_00, key=key, shift=str(shift))
    assert given.status_code == 201, given.text
    await shops.change(town, SHIFT, shift, ended_at=town.now)
    before = await books.balance(shop.account)
    again = await gives(cashier, payment, 4_00, key=key, shift=str(shift))
    assert (again.status_code, again.content) == (201, given.content), again.text
    assert again.headers["idempotent-replayed"] == "true"
    another = await gives(cashier, payment, 4_00, shift=str(shift))
    assert another.json()["code"] == "place_closed"
    assert await books.balance(shop.account) == before


async def test_a_frozen_or_closed_payer_gets_nothing_and_the_merchant_keeps_it(town, shop, books):
    for status in (2, 3):
        payer = await town.resident()
        await town.fill(payer, 10_50)
        payment = await paid(town, shop, payer, await town.balance(payer))
        before = await books.balance(shop.account)
        await books.connection.execute(
            "select ledger.set_status($1, $2::smallint)", payer.account, status
        )
        refused = await gives(shop.owner, payment, 1_00)
        assert refused.json()["code"] == "payee_blocked", refused.text
        assert await books.balance(shop.account) == before


async def test_a_public_desk_gives_back_the_whole_payment_or_nothing(town, books):
    await shops.own_funds(town)
    desk = await shops.shop(town, public=True, name="Médiathèque")
    shift = str(await shops.shift(town, desk, desk.owner))
    payer = await town.resident(50_00)
    before = await town.balance(payer)
    answer = await pays(payer, desk.code, 5_00)
    payment = answer.json()["payment"]
    part = await gives(desk.owner, payment, 4_00, shift=shift)
    assert part.json()["code"] == "refund_only_whole"
    whole = await gives(desk.owner, payment, 5_00, shift=shift)
    assert whole.status_code == 201, whole.text
    assert await town.balance(payer) == before
    again = await gives(desk.owner, payment, 5_00, shift=shift)
    assert again.status_code in {409, 422}


async def test_payments_and_refunds_crossing_at_a_hundred_workers_surface_no_deadlock(town, shop):
    payer = await town.resident(100_00)
    payments = [(await pays(payer, shop.code, 1_00)).json()["payment"] for _ in range(10)]
    before = await town.balance(payer)

    async def worker(number):
        told = []
        for turn in range(3):
            key = uuid4()
            while True:
                if number % 2:
                    answer = await pays(payer, shop.code, 10, key=key)
                else:
                    answer = await gives(shop.owner, payments[(number + turn) % 10], 10, key=key)
                if answer.status_code not in {503, 504}:
                    break
            told.append((number % 2, answer.status_code))
        return told

    told = [one for some in await asyncio.gather(*map(worker, range(100))) for one in some]
    assert {status for _, status in told} <= {201, 422}
    out = sum(1 for kind, status in told if kind and status == 201)
    back = sum(1 for kind, status in told if not kind and status == 201)
    assert back == 100  # 10 payments of 1.00 in tenths
    assert await town.balance(payer) == before - 10 * out + 10 * back
