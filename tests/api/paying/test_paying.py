"""Paying by code: what the payer and the till see, and what refuses them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from admin.roles import Role
from merchants.codes import Asked, sign_request
from merchants.places import changed
from merchants.signing import new_key, open_key
from merchants.tables import POSTER, TILL
from tests.api.paying import shops
from tests.api.paying.shops import asks, bsl, confirmation, eur, pays
from tests.database.world import LONG_AGO, RULE


async def count(books):
    return await books.connection.fetchval("select count(*) from ledger.journal")


async def test_a_poster_is_paid_and_the_payer_holds_a_receipt(town, shop, books):
    alice = await town.resident(50_00)
    before = await town.balance(alice)
    answer = await pays(alice, shop.link, 12_60)
    told = answer.json()
    assert answer.status_code == 201, told
    assert answer.headers["location"] == f"/v1/payments/{told['payment']}"
    assert told["amount"] == bsl(12_60)
    assert told["balance"] == bsl(before - 12_60)
    assert told["payee"] == {"merchant": str(shop.merchant), "till": str(shop.till)}
    assert (told["cash"], told["request"]) == (None, None)
    assert await town.balance(alice) == before - 12_60
    document = await books.connection.fetchval(
        "select document from ledger.journal where id = $1::uuid", told["payment"]
    )
    assert document == shop.till


async def test_a_retry_reads_the_same_bytes_even_once_the_poster_is_down(town, till):
    shop, bob = await shops.shop(town), await town.resident(50_00)
    key = uuid4()
    first = await pays(bob, shop.code, 9_00, key=key)
    again = await pays(bob, shop.code, 9_00, key=key)
    async with town.services.rows() as rows:
        await rows.execute(POSTER.update().where(POSTER.c.code == shop.code).values(
            revoked_at=town.now))  # fmt: skip
        await changed(rows)
    later = await pays(bob, shop.code, 9_00, key=key)
    assert first.content == again.content == later.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    refused = await pays(bob, shop.code, 9_00)
    assert (refused.status_code, refused.json()["code"]) == (409, "place_closed")
    with capture_logs() as logged:
        other = await pays(bob, shop.code, 8_00, key=key)
    assert (other.status_code, other.json()["code"]) == (422, "key_conflict")
    (line,) = [one for one in logged if one["event"] == "key_conflict"]
    assert line["asked"] != line["kept"]
    assert {len(line["asked"]), len(line["kept"])} == {12}
    assert set(line) == {"event", "log_level", "asked", "kept"}
    assert await town.balance(bob) == int(first.json()["balance"]["amount"])


async def test_the_same_key_of_another_payer_is_another_payment(town, shop):
    key = uuid4()
    one, two = await town.resident(20_00), await town.resident(20_00)
    first, second = (
        await pays(one, shop.code, 5_00, key=key),
        await pays(two, shop.code, 5_00, key=key),
    )
    assert first.status_code == second.status_code == 201
    assert first.json()["payment"] != second.json()["payment"]


async def test_a_request_is_paid_once_and_its_till_sees_it(town, shop, till):
    asked = await asks(till, shop, 7_50, reference="Panier 12")
    payer, late = await town.resident(20_00), await town.resident(20_00)
    paid = await pays(payer, asked["link"])
    assert paid.status_code == 201, paid.text
    assert paid.json()["request"] == asked["request"]
    again = await pays(late, asked["link"])
    assert (again.status_code, again.json()["code"]) == (409, "already_done")
    state = (await till.get(f"/v1/payment-requests/{asked['request']}")).json()
    assert state["status"] == "paid"
    assert state["payment"]["short_code"] == paid.json()["short_code"]
    assert set(state["payment"]) == set(paid.json()) - {"balance"}
    seen = (await payer.ask("POST", "/v1/scans", {"code": asked["link"]})).json()
    assert seen["status"] == "paid"
    assert seen["payer"]["receipt"] == paid.json()
    others = (await late.ask("POST", "/v1/scans", {"code": asked["link"]})).json()
    assert others["payer"]["receipt"] is None


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\u2028", "\ufeff", "\x85", "\n"])
async def test_a_reference_holds_no_sign_that_its_payer_does_not_see(town, shop, till, sign):
    body = {"till": str(shop.till), "amount": bsl(7_50), "reference": f"Panier {sign}21"}
    answer = await till.post("/v1/payment-requests", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_body")


async def test_a_request_that_was_cancelled_is_paid_by_nobody(town, shop, till):
    asked = await asks(till, shop, 3_00)
    payer = await town.resident(20_00)
    done = await till.ask("POST", f"/v1/payment-requests/{asked['request']}/cancellation")
    assert done.json()["status"] == "cancelled", done.text
    refused = await pays(payer, asked["link"])
    assert (refused.status_code, refused.json()["code"]) == (409, "once_closed")
    paid = await asks(till, shop, 3_00)
    assert (await pays(payer, paid["link"])).status_code == 201
    late = await till.ask("POST", f"/v1/payment-requests/{paid['request']}/cancellation")
    assert (late.status_code, late.json()["code"]) == (409, "already_paid")


async def forged(town, shop, *, minutes=5, till=None, key=None, cents=1_00):
    """A request signed at an instant of our choice, with our key or another."""
    keyring, realm = town.services.paying.keyring, town.services.paying.realm
    key = key or await keyring.signing(town.now)
    ends = (town.now + timedelta(minutes=minutes)).replace(microsecond=0)
    return sign_request(Asked(shop.code, uuid4(), till or shop.till, cents, ends), key, realm)


async def test_a_code_that_ran_out_was_altered_or_is_foreign_is_refused(town, shop):
    payer = await town.resident(20_00)
    strange = open_key(new_key(bytes(32), key_id=0, at=town.now), bytes(32))
    link = await forged(town, shop)
    code, token = link.rsplit("/", 1)
    wrong = {
        await forged(town, shop, minutes=-1): "request_expired",
        await forged(town, shop, key=strange): "code_unreadable",
        f"{code}/{token[:60]}{'A' if token[60] != 'A' else 'B'}{token[61:]}": "code_unreadable",
        link.replace("bousol.example", "bousol-example.net"): "code_unreadable",
        link.replace(shop.code, (await shops.shop(town)).code): "code_unreadable",
        await forged(town, shop, till=uuid4()): "code_unreadable",
    }
    for text, reason in wrong.items():
        answer = await pays(payer, text)
        assert answer.json()["code"] == reason, text
        if reason == "code_unreadable":
            scanned = await payer.ask("POST", "/v1/scans", {"code": text})
            assert scanned.json()["code"] == reason
    fixed = await pays(payer, link, 2_00)
    assert (fixed.status_code, fixed.json()["code"]) == (422, "amount_fixed")
    untold = await pays(payer, shop.code)
    assert (untold.status_code, untold.json()["code"]) == (422, "amount_missing")
    assert (await pays(payer, link)).status_code == 201


async def test_a_request_that_ran_out_by_the_ledgers_clock_is_not_paid(town, shop):
    payer, link = await town.resident(20_00), await forged(town, shop, minutes=-1)
    slow = timedelta(minutes=5)
    assert (await pays(payer, shop.code, 1_00)).status_code == 201  # recognised
    town.services.clock.ahead -= slow
    try:
        answer = await pays(payer, link)
    finally:
        town.services.clock.ahead += slow
    assert (answer.status_code, answer.json()["code"]) == (422, "too_late")


async def test_a_short_balance_is_paid_in_part_and_the_till_sees_the_smaller_sum(town, shop, till):
    payer = await town.resident()
    await town.fill(payer, 8_20)
    there = await town.balance(payer)
    asked = await asks(till, shop, 12_60)
    short = await pays(payer, asked["link"])
    assert (short.status_code, short.json()["code"]) == (422, "insufficient_funds")
    assert short.json()["available"] == bsl(there)
    offer = short.json()["offer"]
    assert offer == {"amount": bsl(there), "cash": eur(12_60 - there)}
    key = uuid4()
    split = await pays(payer, asked["link"], key=key, cash=offer["cash"])
    assert split.status_code == 201, split.text
    assert (split.json()["amount"], split.json()["cash"]) == (offer["amount"], offer["cash"])
    assert (await pays(payer, asked["link"], key=key, cash=offer["cash"])).content == split.content
    seen = (await till.get(f"/v1/payment-requests/{asked['request']}")).json()["payment"]
    assert (seen["amount"], seen["cash"]) == (offer["amount"], offer["cash"])
    whole = await pays(payer, shop.code, 5_00, cash=eur(5_00))
    assert whole.json()["code"] == "cash_not_below_price"


@pytest.mark.parametrize(
    ("code", "lot"),
    [("lot_not_accepted", {"rule": RULE + 1}), ("lot_expired", {"expires": LONG_AGO})],
)
async def test_aid_that_may_not_pay_here_is_the_reason_and_what_is_there_is_offered(
    town, shop, books, code, lot
):
    payer = await town.resident()
    await town.fill(payer, 8_20)
    there = await town.balance(payer)
    await books.lot(21_00, party=payer.party, **lot)
    short = await pays(payer, shop.code, 12_60)
    assert short.json()["code"] == code
    assert short.json()["offer"] == {"amount": bsl(there), "cash": eur(12_60 - there)}
    poor = await pays(payer, shop.code, there + 21_01)
    assert poor.json()["code"] == "insufficient_funds", "with all of it, money is missing"
    assert (await pays(payer, shop.code, there)).status_code == 201


async def test_above_thirty_a_confirmation_of_just_this_payment_is_asked(town, shop, till):
    payer = await town.resident(200_00)
    scanned = await payer.ask("POST", "/v1/scans", {"code": shop.link, "amount": bsl(30_01)})
    told = scanned.json()["payer"]
    assert (told["times_paid"], told["confirmation_needed"], told["receipt"]) == (0, True, None)
    key = uuid4()
    assert (await pays(payer, shop.link, 30_01)).json()["code"] == "pin_needed"
    for wrong in (
        confirmation(town, payer, shop, 30_02, key),
        confirmation(town, payer, shop, 30_01, uuid4()),
        confirmation(town, payer, await shops.shop(town), 30_01, key),
        confirmation(town, await town.resident(), shop, 30_01, key),
        "AAAA",
    ):
        refused = await pays(payer, shop.link, 30_01, key=key, confirmation=wrong)
        assert refused.json()["code"] == "confirmation_invalid", refused.text
    right = confirmation(town, payer, shop, 30_01, key)
    paid = await pays(payer, shop.link, 30_01, key=key, confirmation=right)
    assert paid.status_code == 201, paid.text
    again = await pays(payer, shop.link, 30_01, key=key, confirmation="AAAA")
    assert again.content == paid.content
    scanned = await payer.ask("POST", "/v1/scans", {"code": shop.link, "amount": bsl(30_00)})
    assert scanned.json()["payer"]["times_paid"] == 1
    assert scanned.json()["payer"]["confirmation_needed"] is False


async def test_small_payments_add_up_until_a_confirmation_is_asked(town, shop):
    payer = await town.resident(200_00)
    told = [(await pays(payer, shop.link, 30_00)).status_code for _ in range(4)]
    assert told == [201, 201, 201, 422]


async def test_whoever_scans_sees_name_and_town_without_signing_in(home, town, shop):
    answer = await home.client.post("/v1/scans", json={"code": shop.link})
    told = answer.json()
    assert answer.status_code == 200, told
    assert told["payee"]["name"] == shops.NAME
    assert told["payee"]["commune"] == shops.COMMUNE
    assert told["payee"]["accredited"] is True
    assert told["payer"] is None


async def test_nobody_but_a_soliste_pays_by_code(town, shop, till):
    for who in (shop.owner, await town.somebody(Role.TREASURER), till):
        assert (await pays(who, shop.code, 1_00)).status_code == 403
    assert (await pays(await town.resident(), "lune", 1_00)).json()["code"] == "code_unreadable"


async def test_a_closed_till_asks_for_nothing(town):
    shop = await shops.shop(town)
    key = await shops.till_key(town, shop)
    await shops.change(town, TILL, shop.till, closed_at=town.now)
    body = {"till": str(shop.till), "amount": bsl(1_00)}
    answer = await key.ask("POST", "/v1/payment-requests", body)
    assert answer.json()["code"] == "place_closed"
    scanned = await shop.owner.ask("POST", "/v1/scans", {"code": shop.code})
    assert scanned.json()["status"] == "closed"


async def test_a_public_desk_is_paid_its_full_price_in_euros(town, books):
    desk = await shops.shop(town, public=True, name="Piscine Helicéa")
    payer = await town.resident(50_00)
    before = await town.balance(payer)
    short = await pays(payer, desk.code, 5_00)
    assert (short.status_code, short.json()["code"]) == (422, "reserve_short")
    await shops.own_funds(town)
    answer = await pays(payer, desk.code, 5_00)
    assert answer.status_code == 201, answer.text
    assert await town.balance(payer) == before - 5_00
    assert await books.balance(desk.account) == 0
    payable = await books.connection.fetchval(
        "select a.balance from ledger.account a join merchants.merchant m on m.payable = a.id"
        " where m.id = $1", desk.merchant,
    )  # fmt: skip
    assert payable == 5_00


async def test_a_cash_officer_runs_the_tills_of_a_public_body(town):
    await shops.own_funds(town)
    desk = await shops.shop(town, public=True, name="Patinoire")
    officer, payer = desk.owner, await town.resident(200_00)
    wanted = await asks(officer, desk, 60_00)
    scanned = await payer.post("/v1/scans", {"code": wanted["link"]})
    assert scanned.json()["payee"]["name"] == "Patinoire"
    key = uuid4()
    proof = confirmation(town, payer, desk, 60_00, key)
    paid = await pays(payer, wanted["link"], key=key, confirmation=proof)
    assert paid.status_code == 201, paid.text
    payment = paid.json()["payment"]
    assert (await officer.get(f"/v1/payments/{payment}")).status_code == 200
    assert (await officer.get(f"/v1/payments/{payment}/receipt")).status_code == 200
    # An owner's refund has no cashier's bound.
    body = {"amount": bsl(60_00)}
    back = await officer.post(f"/v1/payments/{payment}/refunds", body)
    assert back.status_code == 201, back.text
    made = await officer.post("/v1/keys", {"label": "Caisse", "scopes": ["payments:write"]})
    assert made.status_code == 201, made.text
    # Who stands at the till is the officer's to say, for this body alone.
    invited = await officer.post("/v1/invitations", {"role": "CSH"})
    assert (invited.status_code, invited.json()["confirmed"]) == (201, True)
    elsewhere = {"role": "CSH", "party": (await shops.shop(town)).owner.party}
    assert (await officer.post("/v1/invitations", elsewhere)).json()["code"] == "not_allowed"
    for role in ("MER", "REG"):
        refused = await officer.post("/v1/invitations", {"role": role})
        assert refused.status_code in {403, 422}, role
    cashier = await town.somebody(Role.CASHIER, party=officer.party)
    ended = await officer.ask("DELETE", f"/v1/roles/{cashier.grant}")
    assert ended.status_code == 204, ended.text


@pytest.mark.parametrize("mixed", [False, True])
async def test_aid_pays_first_where_its_rule_accepts(town, books, mixed):
    shop, payer = await shops.shop(town), await town.resident(50_00)
    await books.connection.execute(
        "select ledger.put_acceptance($1, $2, true)", RULE, [shop.account]
    )
    lot = await books.lot(21_00, party=payer.party)
    before = await town.balance(payer)
    price = 25_00 if mixed else 20_00
    answer = await pays(payer, shop.code, price)
    assert answer.status_code == 201, answer.text
    assert await books.balance(lot) == max(0, 21_00 - price)
    assert await town.balance(payer) == before - max(0, price - 21_00)
