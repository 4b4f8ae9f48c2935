"""Each reason for which a payment does not pass, in words for its payer alone."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from ledger import store
from tests.api.paying import shops
from tests.api.paying.shops import asks
from tests.api.town import PIN
from tests.browser.chromium import look
from tests.browser.till_and_phone import paid, press, words
from tests.database.world import Books


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def payer(town, surfer):
    made = await town.resident(8_50)
    await surfer.sign_in(made)
    surfer.context.set_default_timeout(8_000)
    return made


@pytest.fixture(scope="module")
async def books(fresh_database):
    connection = await fresh_database.connect()
    yield Books(connection, fresh_database.app_url)
    await connection.close()


async def refused(surfer, shop, keys, **filled):
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, keys)
    for name, value in filled.items():
        await page.fill(f"[name={name}]", value)
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Rien n’a été pris")
    return page


async def test_aid_that_is_not_for_this_shop_is_named_and_where_to_use_it(
    town, shop, surfer, payer, books
):
    await books.lot(29_40, party=payer.party)
    page = await refused(surfer, shop, "12,60")
    told = await words(page)
    assert "Vous avez aussi 29,40 B d’aide. Elle ne sert pas dans ce commerce." in told
    await look(page, "pay-refused-aid")
    assert await page.locator(".btn-pay").count() == 1


async def test_aid_alone_leaves_nothing_to_pay_with_here(town, shop, surfer, books):
    payer = await town.resident(0)
    await surfer.sign_in(payer)
    await books.lot(29_40, party=payer.party)
    page = await refused(surfer, shop, "12,60")
    assert "Il manque 12,60 B" in await words(page)
    await look(page, "pay-refused-aid-only")
    assert await page.locator(".btn-pay").count() == 0


async def test_aid_whose_date_has_passed(town, shop, surfer, payer, books):
    ended = datetime(2026, 10, 31, 22, 59, 59, tzinfo=UTC)
    await books.lot(21_00, party=payer.party, expires=ended)
    page = await refused(surfer, shop, "12,60")
    assert "La date d’une aide est passée (samedi 31 octobre)" in await words(page)
    await look(page, "pay-refused-lapsed")


async def test_a_blocked_card_says_whom_to_call(town, shop, surfer, payer):
    await shops.pays(payer, (await shops.shop(town)).code, 1_00)
    asker = await town.services.recognition.of(payer.token)
    means = await town.services.paying.means.phone(asker)
    async with town.services.connection() as connection:
        await store.put_card(connection, means, party=payer.party, blocked=True)
    page = await refused(surfer, shop, "2")
    assert "Votre carte est bloquée. Appelez le 03 53 01 00 00." in await words(page)
    await look(page, "pay-refused-blocked")


async def test_a_frozen_account_says_whom_to_call(town, shop, surfer, payer):
    async with town.services.connection() as connection:
        await store.set_status(connection, payer.account, 2)
    page = await refused(surfer, shop, "2")
    assert "Votre compte est bloqué" in await words(page)


async def test_five_wrong_codes_lock_the_code_and_say_what_remains(town, shop, surfer):
    payer = await town.resident(50_00)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "40")
    for left in ("4 essais", "3 essais", "2 essais", "1 essai"):
        await page.fill("[name=code]", "0815")
        await page.click(".btn-pay")
        await page.wait_for_selector(f"text=Encore {left}.")
    await page.fill("[name=code]", "0815")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Carte bloquée après 5 codes faux")
    await look(page, "pay-refused-pin-locked")
    page = await refused(surfer, shop, "40", code=PIN)
    assert "Carte bloquée après 5 codes faux" in await words(page)
    assert await paid(town, payer, shop) == []


async def test_a_request_that_runs_out_says_so_and_its_countdown_warns(town, shop, surfer, payer):
    till = await shops.till_key(town, shop)
    link = (await asks(till, shop, 5_00))["link"]
    page = await surfer.context.new_page()
    await page.clock.install()
    await page.goto(f"{surfer.url}/p/{link.split('/p/')[1]}")
    await page.wait_for_selector("text=Valable encore")
    await page.clock.fast_forward("04:35")
    await page.wait_for_selector(".countdown[data-soon]")
    await look(page, "pay-request-soon", themes=("light",))
    town.services.clock.ahead = timedelta(minutes=6)
    try:
        await page.clock.fast_forward("00:30")
        await page.wait_for_selector("text=Ce code n’est plus valable")
        await look(page, "pay-expired")
    finally:
        town.services.clock.ahead = timedelta()
    assert await paid(town, payer, shop) == []


async def test_a_refusal_found_while_checking_is_told_like_any_other(town, shop, surfer, payer):
    key = uuid4()
    assert (await shops.pays(payer, shop.code, 20_00, key=key)).status_code == 422
    page = await surfer.open(f"/verifier/{key}?vers=/p/{shop.code}&montant=2000")
    await page.wait_for_selector("text=Le paiement n’est pas passé. Rien n’a été pris.")
    assert "Il manque 11,50 B pour payer 20,00 B" in await words(page)
