"""Before money moves: what an invoice payment would take, and what Bou'Sols would come to."""

from datetime import date
from uuid import uuid4

import pytest

from admin.reserve.redemptions import expected_on
from tests.api.invoices.shops import HERE, IBAN, bill, colleague, public_body, shop
from tests.api.invoices.test_suppliers import PAY, refused
from tests.api.paying.shops import bsl


async def preview(payer, supplier, cents, **more):
    return await payer.post(f"{PAY}/previews", bill(supplier, cents, **more))


async def test_a_preview_says_what_will_be_asked_for_and_does_nothing(town):
    payer, supplier = await shop(town, 300_00), await shop(town)
    before = await town.balance(payer)
    told = (await preview(payer, supplier, 20_00, euros=240_00)).json()
    assert (told["second"], told["proof"]) == (False, False)
    assert told["supplier"]["name"] == supplier.extra["name"]
    assert told["says"] == "Invoice 340.00\xa0€: 20.00\xa0B to pay, 240.00\xa0€ to pay otherwise"
    proved = (await preview(payer, supplier, 30_01)).json()
    assert (proved["second"], proved["proof"]) == (False, True)
    two = (await preview(payer, supplier, 500_01, total=900_00)).json()
    assert (two["second"], two["proof"]) == (True, True)
    assert await town.balance(payer) == before
    assert (await payer.get(PAY)).json()["items"] == []


async def test_a_preview_refuses_what_paying_would_refuse(town):
    payer, supplier = await shop(town, 300_00), await shop(town)
    await refused(await preview(payer, supplier, 340_01), 422, "parts_above_total")
    await refused(await preview(payer, payer, 10_00), 422, "unknown_supplier")
    body = bill(supplier, 100_00)
    assert (await payer.post(PAY, body)).status_code == 201
    again = body | {"bousols": bsl(240_01)}
    await refused(await payer.post(f"{PAY}/previews", again), 422, "invoice_overpaid")


async def test_the_payer_is_told_who_made_it_and_both_what_was_given_back(town):
    payer, supplier = await shop(town, 300_00), await shop(town)
    paid = (await payer.post(PAY, bill(supplier, 100_00))).json()
    assert (paid["made_by"], paid["refunded"]["amount"]) == (str(payer.grant), 0)
    path, key = f"{PAY}/{paid['id']}", uuid4()
    back = await supplier.post(f"{path}/refunds", {"amount": bsl(25_00)}, key=key)
    assert back.status_code == 201, back.text
    for who, made_by in ((payer, str(payer.grant)), (supplier, None)):
        told = (await who.get(path)).json()
        assert (told["refunded"]["amount"], told["made_by"]) == (25_00, made_by)
    assert (await supplier.get(PAY, side="received")).json()["items"][0]["refunded"] == bsl(25_00)


async def test_a_retry_answers_the_same_bytes_after_some_was_given_back(town):
    payer, supplier, key = await shop(town, 900_00), await shop(town), uuid4()
    body = bill(supplier, 100_00)
    first = await payer.post(PAY, body, key=key)
    path = f"{PAY}/{first.json()['id']}"
    await supplier.post(f"{path}/refunds", {"amount": bsl(1_00)})
    assert (await payer.post(PAY, body, key=key)).content == first.content
    large = (await payer.post(PAY, bill(supplier, 600_00, total=900_00))).json()
    other, agreed = await colleague(town, payer), uuid4()
    place = f"{PAY}/{large['id']}"
    done = await other.post(f"{place}/confirmation", {"proof": {"pin": "4711"}}, key=agreed)
    assert done.status_code == 200, done.text
    await supplier.post(f"{place}/refunds", {"amount": bsl(1_00)})
    again = await other.post(f"{place}/confirmation", {"proof": {"pin": "4711"}}, key=agreed)
    assert again.content == done.content


async def test_a_quote_says_what_there_is_what_it_comes_to_and_where_it_goes(town):
    who = await shop(town, 210_00)
    there = await town.balance(who)
    whole = (await who.post("/v1/redemptions/quotes", {})).json()
    assert whole["available"] == whole["amount"] == bsl(there)
    assert whole["minimum"] == bsl(21_00)
    told = (await who.post("/v1/redemptions/quotes", {"amount": bsl(105_00)})).json()
    assert (told["net"]["amount"], told["discount"]["amount"]) == (100_00, 5_00)
    made = (await who.post("/v1/redemptions", {"amount": bsl(105_00)} | HERE)).json()
    same = ("amount", "gross", "commission", "net", "discount", "expected")
    assert [made[name] for name in same] == [told[name] for name in same]
    assert told["iban"] == f"{IBAN[:4]}\xa0••••\xa0{IBAN[-3:]}"
    left = (await who.post("/v1/redemptions/quotes", {})).json()
    assert left["available"] == bsl(there - 105_00)


async def test_a_quote_refuses_what_is_too_little_and_who_redeems_nothing(town):
    who = await shop(town, 100_00)
    small = {"amount": bsl(20_99)}
    await refused(await who.post("/v1/redemptions/quotes", small), 422, "below_minimum")
    bare = await shop(town, 100_00, iban=None)
    assert (await bare.post("/v1/redemptions/quotes", {})).json()["iban"] is None
    assert (await (await public_body(town)).post("/v1/redemptions/quotes", {})).status_code == 403


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (date(2027, 3, 1), date(2027, 3, 8)),
        (date(2027, 3, 5), date(2027, 3, 12)),
        (date(2027, 3, 6), date(2027, 3, 12)),
        (date(2027, 3, 7), date(2027, 3, 12)),
    ],
)
def test_five_days_from_monday_to_friday(asked, left):
    assert expected_on(asked) == left
