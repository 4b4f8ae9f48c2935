"""A merchant pays a supplier's invoice, as people at two shops do it over HTTP."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from admin.roles import Role
from ledger import store
from tests.api.invoices.shops import (
    HERE,
    admitted,
    bill,
    colleague,
    own_funds,
    public_body,
    set_status,
    shop,
)

PAY = "/v1/invoice-payments"


async def proposal(town, payer, supplier, cents=600_00, **more):
    told = await payer.post(PAY, bill(supplier, cents, total=more.pop("total", 900_00), **more))
    assert (told.status_code, told.json()["status"]) == (201, "proposed"), told.text
    return f"{PAY}/{told.json()['id']}"


async def refused(answer, status, code):
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


async def test_an_invoice_is_paid_partly_here_and_both_are_told_what_is_left_in_euros(town):
    payer, supplier = await shop(town, 300_00), await shop(town)
    body = bill(supplier, 100_00, euros=240_00, invoice="FA-2027-114")
    told = await payer.post(PAY, body, key=None, **{"Accept-Language": "fr"})
    paid = told.json()
    assert told.status_code == 201
    assert (paid["status"], paid["payee"]) == ("paid", supplier.extra["name"])
    said = "Facture 340,00\xa0€ : 100,00\xa0B payés, 240,00\xa0€ à régler autrement"
    assert paid["says"] == said
    there = await supplier.ask("GET", told.headers["location"], **{"Accept-Language": "fr"})
    said = "Facture 340,00\xa0€ : 100,00\xa0B reçus, 240,00\xa0€ à recevoir"
    assert there.json()["says"] == said
    assert await town.balance(supplier) == 100_00
    async with town.services.connection() as connection:
        entry: Any = await store.entry_by_id(connection, paid["entry"])
    assert (entry.kind.name, str(entry.document)) == ("B2B", paid["id"])


async def test_the_same_key_pays_once_and_answers_the_same_bytes(town):
    payer, supplier, key = await shop(town, 300_00), await shop(town), uuid4()
    body = bill(supplier, 50_00)
    told = await asyncio.gather(*(payer.post(PAY, body, key=key) for _ in range(12)))
    await set_status(town, supplier, "suspended")
    told.append(await payer.post(PAY, body, key=key))
    assert {answer.content for answer in told} == {told[0].content}
    assert {answer.status_code for answer in told} == {201}
    assert await town.balance(supplier) == 50_00


async def test_the_same_key_for_another_invoice_is_a_conflict(town):
    payer, supplier, key = await shop(town, 300_00), await shop(town), uuid4()
    body = bill(supplier, 50_00)
    assert (await payer.post(PAY, body, key=key)).status_code == 201
    for other in (body | {"invoice": "another"}, bill(await shop(town), 50_00)):
        await refused(await payer.post(PAY, other, key=key), 422, "key_conflict")
    assert await town.balance(supplier) == 50_00


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"euros": {"amount": 300_01, "currency": "EUR"}}, 422, "parts_above_total"),
        ({"supplier": str(uuid4())}, 422, "unknown_supplier"),
        ({"bousols": {"amount": 40_00, "currency": "EUR"}}, 422, "wrong_currency"),
        ({"total": {"amount": 340_00, "currency": "BSL"}}, 422, "wrong_currency"),
        ({"bousols": {"amount": 40.5, "currency": "BSL"}}, 400, "malformed_amount"),
        ({"invoice": " - "}, 400, "malformed_body"),
        ({"invoice": "A\u202e21"}, 400, "malformed_body"),
        ({"invoice": "1" + 59 * "\ufdfa"}, 400, "malformed_body"),
        ({"payer": 1}, 400, "malformed_body"),
    ],
)
async def test_what_makes_no_sense_pays_nothing(town, change, status, code):
    payer, supplier = await shop(town, 300_00), await shop(town)
    await refused(await payer.post(PAY, bill(supplier, 40_00) | change), status, code)
    assert await town.balance(supplier) == 0


async def test_nobody_pays_themselves_nor_without_money(town):
    payer, supplier = await shop(town, 20_00), await shop(town)
    await refused(await payer.post(PAY, bill(payer, 10_00)), 422, "unknown_supplier")
    told = await payer.post(PAY, bill(supplier, 40_00))
    await refused(told, 422, "insufficient_funds")
    assert (await payer.get(PAY)).json()["items"] == []


@pytest.mark.parametrize("again", ["FA-2027-7", "fa 2027 7", "\uff26\uff21/2027/7", "Fa.2027.7 "])
async def test_an_invoice_in_parts_is_never_paid_above_its_total_however_it_is_written(town, again):
    payer, supplier = await shop(town, 600_00), await shop(town)
    first = bill(supplier, 200_00, invoice="FA-2027-7")
    assert (await payer.post(PAY, first)).status_code == 201
    more = first | {"invoice": again, "bousols": {"amount": 140_01, "currency": "BSL"}}
    told = await payer.post(PAY, more)
    await refused(told, 422, "invoice_overpaid")
    assert "140.00" in told.json()["detail"]
    larger = more | {"total": {"amount": 900_00, "currency": "EUR"}}
    await refused(await payer.post(PAY, larger), 422, "invoice_total_differs")
    last = more | {"bousols": {"amount": 140_00, "currency": "BSL"}}
    assert (await payer.post(PAY, last)).status_code == 201


async def test_parts_sent_at_once_do_not_pass_the_total_together(town):
    payer, supplier = await shop(town, 900_00), await shop(town)
    body = bill(supplier, 100_00)
    told = await asyncio.gather(*(payer.post(PAY, body) for _ in range(8)))
    assert sorted(answer.status_code for answer in told) == [201] * 3 + [422] * 5
    assert await town.balance(supplier) == 300_00


async def test_splitting_an_invoice_does_not_spare_the_second_person(town):
    payer, supplier = await shop(town, 900_00), await shop(town)
    body = bill(supplier, 400_00, total=900_00)
    assert (await payer.post(PAY, body)).json()["status"] == "paid"
    more = body | {"bousols": {"amount": 100_01, "currency": "BSL"}}
    assert (await payer.post(PAY, more)).json()["status"] == "proposed"
    less = body | {"bousols": {"amount": 100_00, "currency": "BSL"}}
    assert (await payer.post(PAY, less)).json()["status"] == "paid"


async def test_one_debt_is_paid_with_at_most_3000_in_all(town):
    payer, supplier = await shop(town, 4_000_00), await shop(town)
    other = await colleague(town, payer)
    body = bill(supplier, 3_000_01, total=9_000_00)
    await refused(await payer.post(PAY, body), 422, "above_maximum")
    for cents in (2_000_00, 1_000_00, 1):
        path = f"{PAY}/" + (
            await payer.post(PAY, body | {"bousols": {"amount": cents, "currency": "BSL"}})
        ).json().get("id", "")
        if cents > 1:
            assert (await other.post(f"{path}/confirmation", HERE)).status_code == 200
    assert await town.balance(supplier) == 3_000_00


async def test_above_the_limit_money_moves_only_when_another_person_agrees(town):
    payer, supplier = await shop(town, 700_00), await shop(town)
    other, stranger = await colleague(town, payer), await shop(town, 700_00)
    key, body = uuid4(), bill(supplier, 500_01, total=900_00)
    made = await payer.post(PAY, body, key=key)
    path = made.headers["location"]
    assert (made.json()["status"], made.json()["entry"]) == ("proposed", None)
    assert await town.balance(supplier) == 0
    await refused(await payer.post(f"{path}/confirmation", HERE), 409, "same_person")
    for who in (stranger, supplier):
        await refused(await who.post(f"{path}/confirmation", HERE), 404, "not_found")
        await refused(await who.get(path), 404, "not_found")
    assert (await supplier.get(PAY, side="received")).json()["items"] == []
    agreed = uuid4()
    paid = await other.post(f"{path}/confirmation", HERE, key=agreed)
    assert (paid.status_code, paid.json()["status"]) == (200, "paid")
    assert await town.balance(supplier) == 500_01
    again = await other.post(f"{path}/confirmation", HERE, key=agreed)
    assert again.content == paid.content
    await refused(await other.post(f"{path}/confirmation", HERE), 409, "invoice_payment_decided")
    assert (await payer.post(PAY, body, key=key)).content == made.content
    assert (await supplier.get(path)).json()["status"] == "paid"
    assert await town.balance(supplier) == 500_01


async def test_one_human_being_with_two_logins_is_no_second_person(town):
    payer, supplier = await shop(town, 700_00), await shop(town)
    path = await proposal(town, payer, supplier)
    twin = await colleague(town, payer)
    async with town.services.rows() as rows:
        await rows.exec_driver_sql(
            f"update admin.users set person = '{payer.person}' where id = '{twin.user}'"
        )
    await refused(await twin.post(f"{path}/confirmation", HERE), 409, "same_person")
    await refused(await twin.post(f"{path}/refusal"), 409, "same_person")
    assert await town.balance(supplier) == 0


async def test_two_confirmations_at_once_pay_once(town):
    payer, supplier = await shop(town, 5_000_00), await shop(town)
    one, two = await colleague(town, payer), await colleague(town, payer)
    for times in range(1, 6):
        path = await proposal(town, payer, supplier, 501_00)
        told = await asyncio.gather(*(who.post(f"{path}/confirmation", HERE) for who in (one, two)))
        assert sorted(answer.status_code for answer in told) == [200, 409]
        assert await town.balance(supplier) == times * 501_00


async def test_confirming_and_withdrawing_at_once_leave_one_of_both(town):
    payer, supplier = await shop(town, 5_000_00), await shop(town)
    other, paid = await colleague(town, payer), 0
    for _ in range(8):
        path = await proposal(town, payer, supplier, 501_00)
        told = await asyncio.gather(
            other.post(f"{path}/confirmation", HERE), payer.post(f"{path}/cancellation")
        )
        assert sorted(answer.status_code for answer in told) == [200, 409]
        status = (await payer.get(path)).json()["status"]
        assert status == ("paid" if told[0].status_code == 200 else "cancelled")
        paid += status == "paid"
        assert await town.balance(supplier) == paid * 501_00


async def test_money_spent_meanwhile_leaves_the_proposal_to_be_confirmed_later(town):
    payer, supplier = await shop(town, 600_00), await shop(town)
    other = await colleague(town, payer)
    path = await proposal(town, payer, supplier)
    assert (await payer.post(PAY, bill(await shop(town), 300_00))).status_code == 201
    key = uuid4()
    for _ in range(2):
        told = await other.post(f"{path}/confirmation", HERE, key=key)
        await refused(told, 422, "insufficient_funds")
    assert (await payer.get(path)).json()["status"] == "proposed"
    await town.fill(payer, 300_00)
    assert (await other.post(f"{path}/confirmation", HERE)).status_code == 200
    assert await town.balance(supplier) == 600_00


async def test_a_proposal_is_refused_by_another_or_withdrawn_and_then_pays_no_more(town):
    payer, supplier = await shop(town, 900_00), await shop(town)
    other = await colleague(town, payer)
    path = ""
    for end, who, status in (("refusal", other, "refused"), ("cancellation", payer, "cancelled")):
        path = await proposal(town, payer, supplier)
        told = [await who.post(f"{path}/{end}") for _ in range(2)]
        assert [answer.json()["status"] for answer in told] == [status] * 2
        assert told[0].content == told[1].content
        for way in ("confirmation", "refusal", "cancellation"):
            if way != end:
                answer = await other.post(f"{path}/{way}", HERE)
                await refused(answer, 409, "invoice_payment_decided")
    await refused(await payer.post(f"{path}/refusal"), 409, "same_person")
    assert await town.balance(supplier) == 0


@pytest.mark.parametrize("status", ["suspended", "frozen", "closing", "closed"])
async def test_a_supplier_that_is_not_approved_any_more_is_not_paid(town, status):
    payer, supplier = await shop(town, 900_00), await shop(town)
    other = await colleague(town, payer)
    path = await proposal(town, payer, supplier)
    await set_status(town, supplier, status)
    await refused(await payer.post(PAY, bill(supplier, 10_00)), 409, "supplier_unavailable")
    await refused(await other.post(f"{path}/confirmation", HERE), 409, "supplier_unavailable")
    found = await payer.post(f"{PAY}/lookups", {"text": supplier.extra["name"]})
    assert found.json()["items"] == []
    assert await town.balance(supplier) == 0


async def test_a_suspended_merchant_still_pays_its_suppliers(town):
    payer, supplier = await shop(town, 300_00), await shop(town)
    await set_status(town, payer, "suspended")
    assert (await payer.post(PAY, bill(supplier, 10_00))).status_code == 201


async def test_a_public_body_is_owed_euros_at_par_and_the_law_holds(town):
    payer, body = await shop(town, 300_00), await public_body(town)
    await own_funds(town, 1_00)
    told = await payer.post(PAY, bill(body, 5_00))
    async with town.services.connection() as connection:
        owed: Any = await store.account(connection, body.extra["payable"])
        through: Any = await store.account(connection, body.account or 0)
        head = await store.head(connection)
        entry: Any = await store.entry_by_id(connection, told.json()["entry"])
    assert (owed.balance, through.balance) == (5_00, 0)
    assert entry.kind.name == "PUBLIC_SETTLEMENT"
    assert 21 * head.debt - 20 * head.issued == head.remainder >= 0
    assert head.reserve >= head.debt
    assert (await body.get(told.headers["location"])).status_code == 200
    seen = (await body.get(PAY, side="received")).json()["items"]
    assert [one["id"] for one in seen] == [told.json()["id"]]


async def test_a_supplier_gives_back_at_most_what_it_got_and_the_invoice_may_be_paid_again(town):
    payer, supplier = await shop(town, 300_00), await shop(town)
    body = bill(supplier, 100_00, total=100_00)
    path = (await payer.post(PAY, body)).headers["location"]
    back, key = {"amount": {"amount": 60_00, "currency": "BSL"}}, uuid4()
    told = [await supplier.post(f"{path}/refunds", back, key=key) for _ in range(3)]
    assert {answer.status_code for answer in told} == {201}
    assert len({answer.content for answer in told}) == 1
    assert await town.balance(supplier) == 40_00
    await refused(await supplier.post(f"{path}/refunds", back), 422, "refund_above_rest")
    await refused(await supplier.post(f"{path}/refunds", back | {
        "amount": {"amount": 1, "currency": "BSL"}}, key=key), 422, "key_conflict")  # fmt: skip
    for who in (payer, await shop(town)):
        await refused(await who.post(f"{path}/refunds", back), 404, "not_found")
    more = await payer.post(PAY, body | {"bousols": {"amount": 60_01, "currency": "BSL"}})
    await refused(more, 422, "invoice_overpaid")
    rest = await payer.post(PAY, body | {"bousols": {"amount": 60_00, "currency": "BSL"}})
    assert rest.status_code == 201


async def test_refunds_at_once_give_back_no_more_than_was_paid(town):
    payer, supplier = await shop(town, 300_00), await shop(town, 500_00)
    path = (await payer.post(PAY, bill(supplier, 100_00))).headers["location"]
    before = await town.balance(payer)
    back = {"amount": {"amount": 40_00, "currency": "BSL"}}
    told = await asyncio.gather(*(supplier.post(f"{path}/refunds", back) for _ in range(6)))
    assert [answer.status_code for answer in told].count(201) == 2
    assert await town.balance(payer) == before + 80_00


async def test_a_supplier_is_found_by_name_siret_or_id_the_exact_one_first(town):
    payer = await shop(town)
    siret = "81234567800015"
    one = await shop(town, name="Crèmerie du Vieux Port", siret=siret)
    two = await shop(town, name=f"Entrepôt {siret}")

    async def found(text):
        told = await payer.post(f"{PAY}/lookups", {"text": text})
        return [item["name"] for item in told.json()["items"]]

    assert await found("cremerie du vieux") == [one.extra["name"]]
    assert await found("812 345 678 00015") == [one.extra["name"], two.extra["name"]]
    assert await found(str(two.extra["merchant"])) == [two.extra["name"]]
    assert await found("%%") == await found("__") == await found("'; drop table") == []
    assert await found("zz\0zz") == []
    shown = (await payer.post(f"{PAY}/lookups", {"text": siret})).json()["items"][0]
    assert shown["siret"] == "•••••••••00015"
    assert payer.extra["name"] not in await found(payer.extra["name"])


async def test_lists_go_page_by_page_and_a_cursor_serves_its_own_list_alone(town):
    payer, supplier = await shop(town, 300_00), await shop(town)
    made = [(await payer.post(PAY, bill(supplier, 1_00))).json()["id"] for _ in range(5)]
    page = (await payer.get(PAY, limit=2)).json()
    seen, cursor = page["items"], page["next_cursor"]
    while page["next_cursor"]:
        cursor = page["next_cursor"]
        page = (await payer.get(PAY, limit=2, cursor=cursor)).json()
        seen += page["items"]
    assert [item["id"] for item in seen] == made[::-1]
    for wrong in ({"cursor": cursor, "side": "received"}, {"cursor": cursor[:-1] + "x"}):
        await refused(await payer.get(PAY, **wrong), 422, "cursor_unusable")


async def test_only_who_acts_for_a_merchant_pays_suppliers(town):
    supplier, resident = await shop(town), await town.resident(50_00)
    await refused(await resident.post(PAY, bill(supplier, 1_00)), 403, "forbidden")
    outside = await town.somebody(Role.MERCHANT)
    await refused(await outside.post(PAY, bill(supplier, 1_00)), 422, "unknown_supplier")
    await admitted(town, outside)
    await refused(await outside.post(PAY, bill(supplier, 1_00)), 422, "insufficient_funds")
