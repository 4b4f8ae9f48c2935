"""A till's day, its list and its receipts: what the journal has, and nobody else's."""

from datetime import timedelta
from uuid import uuid4

from admin.roles import Role
from api.wire.days import day_of
from tests.api.paying import shops
from tests.api.paying.shops import asks, bsl, eur, pays, takes

RECOMPUTED = """
    select count(*) filter (where j.kind = 1), count(*) filter (where j.kind = 4),
           sum(case when t.credit = $1 then t.amount else 0 end)::bigint,
           sum(case when t.debit = $1 then t.amount else 0 end)::bigint
      from ledger.account a
      join ledger.transfer t on t.credit = a.id or t.debit = a.id
      join ledger.journal j on j.seq = t.seq
     where a.id = $1
       and (j.document = $2 or j.document in (select id from merchants.shift where till = $2))"""


async def busy_day(town):
    """A till with payments by poster, request, card and in part in cash, and a refund."""
    shop = await shops.shop(town)
    till, cashier = (
        await shops.till_key(town, shop),
        await town.somebody(Role.CASHIER, party=shop.owner.party),
    )
    shift = str(await shops.shift(town, shop, cashier))
    payer = await town.resident(90_00)
    paid = await pays(payer, shop.code, 10_00, payer_name="Zoé")
    asked = await asks(cashier, shop, 7_00, shift=shift, reference="Panier 12")
    assert (await pays(payer, asked["link"])).status_code == 201
    _, card = await shops.card(town, payer)
    assert (await takes(till, shop, card, 5_00)).status_code == 201
    poor = await town.somebody(Role.SOLISTE)
    await town.fill(poor, 8_40)
    assert (await pays(poor, shop.code, 12_60, cash=eur(4_40))).status_code == 201
    body = {"amount": bsl(2_50), "shift": shift}
    payment = paid.json()["payment"]
    back = await cashier.post(f"/v1/payments/{payment}/refunds", body)
    assert back.status_code == 201, back.text
    return shop, till, payer, payment


async def test_the_day_of_a_till_is_what_the_ledger_says_and_is_closed_once(town, books):
    shop, till, payer, _ = await busy_day(town)
    other = await shops.shop(town, owner=await town.somebody(Role.MERCHANT))
    assert (await pays(payer, other.code, 3_00)).status_code == 201
    address = f"/v1/tills/{shop.till}/days/{day_of(town.now)}"
    told = (await till.get(address)).json()
    row = await books.connection.fetchrow(RECOMPUTED, shop.account, shop.till)
    now = told["now"]
    assert (now["payments"], now["refunds"]) == (row[0], row[1]) == (4, 1)
    assert (now["paid"], now["refunded"]) == (bsl(row[2]), bsl(row[3]))
    assert now["paid"] == bsl(10_00 + 7_00 + 5_00 + 8_20)
    assert now["cash"] == eur(4_40)
    assert [part["cash"] for part in told["in_cash"]] == [eur(4_40)]
    assert told["closed"] is None
    closed = (await shop.owner.ask("POST", f"{address}/closing")).json()
    assert closed["closed"] == now
    assert (await pays(payer, shop.code, 1_00)).status_code == 201
    again = (await shop.owner.ask("POST", f"{address}/closing")).json()
    assert again["closed"] == now
    assert again["closed_at"] == closed["closed_at"]
    assert again["now"]["payments"] == 5
    tomorrow = day_of(town.now) + timedelta(days=1)
    late = await shop.owner.ask("POST", f"/v1/tills/{shop.till}/days/{tomorrow}/closing")
    assert late.json()["code"] == "day_not_begun"
    assert (await till.ask("POST", f"{address}/closing")).status_code == 403
    assert (await other.owner.get(address)).status_code == 404


async def test_the_list_of_a_till_comes_in_pages_newest_first(town):
    shop, till, _, payment = await busy_day(town)
    query = {"till": str(shop.till), "day": str(day_of(town.now)), "limit": 2}
    pages, cursor = [], None
    while True:
        page = await till.get("/v1/payments", **query, **({"cursor": cursor} if cursor else {}))
        assert page.status_code == 200, page.text
        pages.append(page.json()["items"])
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    lines = [line for page in pages for line in page]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [line["kind"] for line in lines] == ["refund", *["payment"] * 4]
    assert [line["amount"]["amount"] for line in lines] == [2_50, 8_20, 5_00, 7_00, 10_00]
    assert lines[3]["reference"] == "Panier 12"
    assert lines[3]["shift"] is not None
    assert (lines[4]["payer_name"], lines[4]["entry"]) == ("Zoé", payment)
    assert (lines[0]["payment"], lines[4]["payment"]) == (payment, payment)
    assert [line["refunded"]["amount"] for line in lines] == [0, 0, 0, 0, 2_50]
    other = await shops.shop(town)
    assert (await other.owner.get("/v1/payments", **query)).status_code == 404
    query["till"] = str(other.till)
    stolen = await other.owner.get("/v1/payments", **query, cursor="AAAA")
    assert stolen.json()["code"] == "cursor_unusable"


async def test_a_payment_is_seen_by_both_sides_and_nobody_else(town):
    _, till, payer, payment = await busy_day(town)
    address = f"/v1/payments/{payment}"
    mine, theirs = await payer.get(address), await till.get(address)
    assert mine.json()["short_code"] == theirs.json()["short_code"]
    assert mine.json()["paid_with"] == [{"earmarked": False, "amount": bsl(10_00)}]
    assert theirs.json()["paid_with"] is None
    stranger, other = await town.resident(), await shops.shop(town)
    for who in (stranger, other.owner):
        for address in (f"/v1/payments/{payment}", f"/v1/payments/{payment}/receipt"):
            assert (await who.get(address)).status_code == 404


async def test_a_signed_receipt_is_true_word_for_word_even_after_the_key_was_changed(home, town):
    _, till, payer, payment = await busy_day(town)
    receipt = (await payer.get(f"/v1/payments/{payment}/receipt")).json()
    theirs = (await till.get(f"/v1/payments/{payment}/receipt")).json()
    assert receipt == theirs

    async def genuine(shown):
        answer = await home.client.post("/v1/receipt-checks", json=shown)
        assert answer.status_code == 200, answer.text
        return answer.json()["genuine"]

    assert await genuine(receipt)
    changes = {
        "payment": str(uuid4()), "amount": receipt["amount"] + 1, "payee": receipt["payee"] + 1,
        "payee_name": "Boulangerie Delatre", "posted_at": "2027-03-05T10:00:00Z",
        "short_code": "AA00", "currency": "EUR", "signature": "0." + "A" * 86,
    }  # fmt: skip
    for name, value in changes.items():
        assert not await genuine(receipt | {name: value}), name
    technician = await town.somebody(Role.TECHNICIAN)
    before = (await home.client.get("/v1/signing-keys")).json()["keys"]
    rotated = await technician.ask("POST", "/v1/signing-keys")
    assert rotated.status_code == 201, rotated.text
    after = (await home.client.get("/v1/signing-keys")).json()["keys"]
    assert after[: len(before)] == before
    assert len(after) == len(before) + 1
    assert await genuine(receipt)
    anew = (await payer.get(f"/v1/payments/{payment}/receipt")).json()
    assert anew["signature"].split(".")[0] != receipt["signature"].split(".")[0]
    assert await genuine(anew)


async def test_a_request_signed_before_the_key_was_changed_is_still_paid(town, shop, till):
    asked = await asks(till, shop, 4_00)
    await town.services.paying.keyring.rotate(town.now)
    payer = await town.resident(10_00)
    assert (await pays(payer, asked["link"])).status_code == 201
    anew = await asks(till, shop, 4_00)
    assert (await pays(payer, anew["link"])).status_code == 201
