"""A resident's own account: balance, expiries, history that adds up, and blocking oneself."""

import csv
import io
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func

from admin.losses import looking
from admin.roles import Role
from api.acting import act
from api.wire.days import day_of
from ledger import store
from ledger.chart import AccountClass
from ledger.flows import accounts as own
from ledger.flows import payment, refund
from ledger.kinds import Kind
from ledger.lots import Share
from ledger.refusals import InsufficientFunds
from merchants.tables import MERCHANT
from tests.api.buying.buyers import booked, bsl, carded, eur, member, ordered, treasurer
from tests.api.town import PIN
from tests.database.world import entry


@pytest.fixture(scope="module")
async def shop(home, town):
    """An approved merchant with its public name."""
    who = await town.somebody(Role.MERCHANT)
    async with home.services.connection() as connection:
        owed = await store.open_account(connection, AccountClass.PAYABLE, party=who.party)
    row = {
        "id": uuid4(),
        "class": "merchant",
        "party": who.party,
        "account": who.account,
        "payable": owed,
        "name": "Boulangerie du Port",
        "skeleton": "boulangerie du port",
        "postal_code": "62200",
        "commune": "Boulogne-sur-Mer",
        "charter": "1",
        "applied_at": town.now,
        "status": "approved",
        "words": func.to_tsvector("Boulangerie du Port"),
    }
    async with home.services.rows() as rows:
        await rows.execute(MERCHANT.insert().values(**row))
    return who


async def pay(home, who, shop, *shares):
    made = act(home.services, who.party, uuid4(), "pay")
    return await home.services.post(payment(made, shares=shares, merchant=shop.account))


async def lot(home, who, cents, expires):
    """Earmarked money of a party, a multiple of 21."""
    async with home.services.connection() as connection:
        number = await store.open_account(
            connection, AccountClass.LOT, party=who.party, rule=7, expires=expires
        )
        await connection.execute("select ledger.put_acceptance(7, $1, true)", [who.extra["shop"]])
    paid = (own.GUAR, own.CIRC, cents * 20 // 21)
    await home.services.post(entry(Kind.CSE_DISBURSE, paid, (own.ISSUED, number, cents)))
    return number


@pytest.fixture(scope="module")
async def alice(home, town, shop):
    """Somebody who bought, was given 21.00 until a day, paid with both, and got some back."""
    who = await member(town)
    who.extra["shop"] = shop.account
    made = await ordered(who, 50_00)
    await booked(await treasurer(town), 50_00, order=made["id"])
    who.extra["expires"] = town.now + timedelta(days=30)
    aid = await lot(home, who, 21_00, who.extra["expires"])
    paid = await pay(home, who, shop, Share(aid, 10_00), Share(who.account or 0, 5_00))
    back = act(home.services, shop.party, uuid4(), "refund")
    shares = [Share(aid, 3_00)]
    await home.services.post(refund(back, origin=paid.seq, merchant=shop.account, shares=shares))
    who.extra["aid"] = aid
    return who


async def test_the_balance_is_told_in_large_and_in_its_parts(alice):
    told = (await alice.get("/v1/account")).json()
    assert (told["balance"], told["own"]) == (bsl(47_50 + 14_00), bsl(47_50))
    (dated,) = told["expiring"]
    assert dated["amount"] == bsl(14_00)
    assert dated["expires"].startswith(alice.extra["expires"].date().isoformat())
    assert (told["cap"], told["state"]) == (bsl(1_000_00), "open")
    assert told["buying"] == {"possible": bsl(1_000_00 - 47_50), "reason": None}
    assert set(dated) == {"amount", "expires"}


async def test_history_has_one_row_for_each_entry_and_nothing_of_the_ledgers_own(alice):
    page = (await alice.get("/v1/account/movements", limit=3)).json()
    rest = (await alice.get("/v1/account/movements", cursor=page["next_cursor"])).json()
    rows = page["items"] + rest["items"]
    told = [(row["kind"], row["change"]["amount"]) for row in rows]
    assert told == [
        ("refund", 3_00), ("payment", -15_00), ("cse_disburse", 21_00), ("issue_transfer", 52_50),
    ]  # fmt: skip
    assert rows[1]["counterpart"] == {"name": "Boulangerie du Port"}
    assert rows[3]["counterpart"] is None
    assert [row["earmarked"]["amount"] for row in rows] == [3_00, 10_00, 21_00, 0]
    assert set(rows[0]) == {"id", "kind", "at", "day", "change", "earmarked", "counterpart"}


async def test_a_merchant_sees_one_credit_and_neither_who_paid_nor_with_what(alice, shop):
    rows = (await shop.get("/v1/account/movements")).json()["items"]
    assert [row["change"]["amount"] for row in rows] == [-3_00, 15_00]
    assert {row["earmarked"]["amount"] for row in rows} == {0}
    assert {row["counterpart"] for row in rows} == {None}


async def test_a_receipt_tells_what_was_left_and_what_was_paid_for_it(town, alice):
    rows = (await alice.get("/v1/account/movements")).json()["items"]
    receipts = [(await alice.get(f"/v1/account/movements/{row['id']}")).json() for row in rows]
    assert [one["balance"]["amount"] for one in receipts] == [61_50, 58_50, 73_50, 52_50]
    assert receipts[-1]["paid"] == eur(50_00)
    assert receipts[1]["paid"] is None
    other = await member(town)
    theirs = await other.get(f"/v1/account/movements/{rows[0]['id']}")
    assert theirs.status_code == 404


async def test_a_statement_adds_up_to_the_balances_of_the_journal(home, alice):
    month = f"{day_of(home.services.clock.now()):%Y-%m}"
    answer = await alice.get(f"/v1/account/statements/{month}.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    amounts = [row[3] for row in rows[2:-1]]
    assert amounts == ["52,50", "21,00", "-15,00", "3,00"]
    assert (rows[1][4], rows[-1][4]) == ("0,00", "61,50")
    async with home.services.connection() as connection:
        seq = (await store.head(connection)).seq
        left = [
            await store.balance_as_of(connection, one, seq)
            for one in (alice.account, alice.extra["aid"])
        ]
    assert f"{sum(left) // 100},{sum(left) % 100:02}" == rows[-1][4]
    paper = await alice.get(f"/v1/account/statements/{month}.pdf")
    assert paper.headers["content-type"] == "application/pdf"
    assert paper.content.startswith(b"%PDF")


@pytest.mark.parametrize("file", ["2026-13.csv", "2026-1.csv", "2999-01.csv", "2026-01.xls", "x"])
async def test_a_month_that_is_none_has_no_statement(alice, file):
    assert (await alice.get(f"/v1/account/statements/{file}")).status_code == 404


async def test_a_month_before_the_first_entry_is_empty_and_balances_at_nothing(alice):
    answer = await alice.get("/v1/account/statements/2020-02.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[4] for row in rows[1:]] == ["0,00", "0,00"]


async def look(home, town, who):
    """A session of card number and PIN on a borrowed browser."""
    services = home.services
    number = who.extra["card"].number if "card" in who.extra else await carded(town, who)
    token = await looking.sign_in(
        services.engine, services.pepper, number=number, pin=PIN, at=town.now
    )
    return type(who)(**(vars(who) | {"token": token}))


async def test_card_and_pin_see_balance_expiries_and_why_a_payment_was_refused(home, town, shop):
    poor = await town.resident(5_00)
    with pytest.raises(InsufficientFunds):
        await pay(home, poor, shop, Share(poor.account, 100_00))
    borrowed = await look(home, town, poor)
    told = (await borrowed.get("/v1/account")).json()
    assert told["balance"]["amount"] >= 5_00
    assert [one["code"] for one in told["refusals"]] == ["insufficient_funds"]
    assert told["refusals"][0]["title"]
    async with home.services.connection() as connection:
        for _ in range(12):
            await store.close_key(connection, party=poor.party, key=uuid4())
    after = (await borrowed.get("/v1/account")).json()
    assert after["refusals"] == told["refusals"]
    french = await home.client.get(
        "/v1/account", headers=borrowed.headers | {"Accept-Language": "fr"}
    )
    assert french.json()["refusals"][0]["title"] != told["refusals"][0]["title"]


async def test_card_and_pin_never_pay_and_see_no_history(home, town):
    poor = await member(town)
    borrowed = await look(home, town, poor)
    body = {"card": "4821 0937 5520", "amount": bsl(1_00)}
    for answer in (
        await borrowed.post("/v1/transfers", body),
        await borrowed.post("/v1/orders", {"amount": eur(20_00)}),
        await borrowed.get("/v1/account/movements"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_blocking_oneself_with_card_and_pin_kills_cards_phone_and_every_session(
    home, town, shop
):
    poor = await town.resident(5_00)
    borrowed = await look(home, town, poor)
    card = poor.extra["card"]
    async with home.services.connection() as connection:
        phone = await connection.fetchval("select nextval('admin.card_id')")
        await connection.execute(
            "update admin.party set phone_means = $1 where id = $2", phone, poor.party
        )
        await store.put_card(connection, phone, party=poor.party, blocked=False)
    assert (await poor.get("/v1/account")).status_code == 200
    done = await borrowed.post("/v1/account/block")
    assert (done.status_code, done.json()) == (200, {"cards": 1})
    assert (await poor.get("/v1/account")).status_code == 401
    assert (await borrowed.get("/v1/account")).status_code == 401
    async with home.services.connection() as connection:
        states = await connection.fetch(
            "select status from ledger.card where id = any($1)", [card.id, phone]
        )
        told = await connection.fetchval(
            "select count(*) from admin.message where party = $1 and template = 'card_blocked'",
            poor.party,
        )
    assert [row["status"] for row in states] == [1, 1]
    assert told == 1
    assert await town.balance(poor) >= 5_00
    # The card still shows what there is, until another one is issued in its place.
    again = await look(home, town, poor)
    assert (await again.get("/v1/account")).json()["balance"]["amount"] >= 5_00
    assert (await again.get("/v1/account/card")).json()["state"] == "blocked"
