"""A soliste's home: the balance in its parts, what ends when, what was last, hidden amounts."""

from datetime import timedelta

import pytest

from tests.api.buying.buyers import join, member
from tests.api.paying import shops
from tests.browser import residents
from tests.browser.chromium import look, plain, surfing


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture(scope="module")
async def yvette(town, shop):
    """She has aid with two dates, paid with some of it, and was refused once."""
    who = await member(town)
    await town.fill(who, 10_00)
    await residents.refused(who, shop, 25_00)
    await town.fill(who, 90_00)
    await residents.aid(town, who, 21_00, town.now + timedelta(days=45), shop)
    await residents.aid(town, who, 42_00, town.now + timedelta(days=75), shop)
    await residents.paid(who, shop, 23_40)
    return who


async def text_of(page):
    return plain(await page.inner_text("body"))


async def test_home_tells_the_balance_its_parts_and_what_happened_last(yvette, surfer):
    await surfer.sign_in(yvette)
    page = await surfer.open("/compte")
    told = (await yvette.get("/v1/account")).json()
    shown = await text_of(page)
    for cents in (told["balance"]["amount"], told["own"]["amount"]):
        assert f"{cents // 100},{cents % 100:02}" in shown
    assert "− 23,40 B" in shown
    assert "dont aide 23,40 B" in shown
    assert "non payé" in shown
    assert "Rien n’a été pris" in shown
    assert await page.locator(".btn-pay").count() == 1
    assert await page.get_attribute(".btn-pay", "href") == "/scanner"
    await look(page, "resident-home")


async def test_a_locked_secret_code_is_told_where_its_owner_looks(town, shop, surfer):
    who = await member(town)
    number = (await shops.card(town, who))[1]
    till = await shops.till_key(town, shop)
    body = {"card": number, "amount": {"amount": 40_00, "currency": "BSL"}, "pin": "9998"}
    path = f"/v1/tills/{shop.till}/card-payments"
    told = [(await till.post(path, body)).json()["code"] for _ in range(6)]
    assert told == ["wrong_pin"] * 5 + ["payment_not_possible"]
    await surfer.sign_in(who)
    page = await surfer.open("/compte")
    assert "Votre code secret est bloqué" in await text_of(page)
    await look(page, "resident-home-pin-locked")
    await page.click("text=Changer mon code secret")
    assert page.url.endswith("/ma-carte")
    await page.goto(surfer.url + "/securite")
    assert "Bloqué, cinq essais étaient faux" in await text_of(page)


async def test_amounts_are_hidden_with_one_tap_and_stay_hidden_on_this_device(yvette, surfer):
    await surfer.sign_in(yvette)
    page = await surfer.open("/compte")
    assert "23,40" in await text_of(page)
    await page.click('[aria-label="Cacher les montants"]')
    await page.wait_for_selector('[aria-pressed="true"]')
    assert "23,40" not in await page.content()
    await look(page, "resident-home-hidden")
    await page.goto(surfer.url + "/mouvements")
    assert "23,40" not in await page.inner_text("main")
    await page.goto(surfer.url + "/compte")
    await page.click('[aria-label="Cacher les montants"]')
    await page.wait_for_selector('[aria-pressed="false"]')
    assert "23,40" in await text_of(page)


async def test_money_without_a_date_has_no_strip_and_a_new_account_says_what_will_come(
    town, surfer
):
    await surfer.sign_in(await member(town))
    page = await surfer.open("/compte")
    shown = await text_of(page)
    assert "0,00 B" in shown
    assert "Votre premier achat s’affichera ici" in shown
    assert "À utiliser avant" not in shown
    assert await page.locator(".tide-line").count() == 0
    await look(page, "resident-home-empty")


async def test_a_date_within_three_weeks_is_amber_and_many_dates_are_listed(town, shop, surfer):
    who = await member(town)
    for days in (6, 20, 40, 70, 200):
        await residents.aid(town, who, 21_00, town.now + timedelta(days=days), shop)
    await surfer.sign_in(who)
    page = await surfer.open("/compte")
    assert await page.locator(".buoy-soon").count() == 2
    assert await page.locator(".dates li").count() == 5
    assert "jours pour utiliser 21,00 B" in await text_of(page)
    await look(page, "resident-home-soon")


async def test_who_is_no_member_reads_that_paying_still_works(town, surfer):
    who = await town.resident(5_00)
    await surfer.sign_in(who)
    page = await surfer.open("/compte")
    assert "Pour recharger, il faut adhérer" in await text_of(page)
    await join(town, who)
    await page.reload()
    assert "Pour recharger, il faut adhérer" not in await text_of(page)


async def test_what_is_set_aside_is_told_beside_the_balance(town, surfer):
    who = await member(town)
    await town.fill(who, 30_00)
    await residents.set_aside(town, who, 12_00)
    await surfer.sign_in(who)
    page = await surfer.open("/compte")
    assert "mis de côté en attendant une décision : 12,00 B" in await text_of(page)
    await look(page, "resident-home-held")


async def test_home_speaks_english_and_needs_no_script(yvette, chromium, url):
    async with surfing(chromium, url, locale="en-GB", java_script_enabled=False) as guest:
        await guest.sign_in(yvette)
        page = await guest.open("/compte")
        shown = await text_of(page)
        assert "You have" in shown
        assert "Scan to pay" in shown
        await page.click('[aria-label="Hide amounts"]')
        await page.wait_for_selector('[aria-pressed="true"]')
        assert "23.40" not in await page.content()


async def test_the_keyboard_alone_reaches_everything_in_order(yvette, surfer):
    await surfer.sign_in(yvette)
    page = await surfer.open("/compte")
    names = []
    for _ in range(30):
        await page.keyboard.press("Tab")
        told = "document.activeElement.getAttribute('href') ?? document.activeElement.ariaLabel"
        names.append(await page.evaluate(told))
    wanted = ["#contenu", "/compte", "Cacher les montants", "/ma-carte", "/recharger", "/envoyer"]
    assert names[:6] == wanted
    assert {"/mouvements", "/commerces", "/securite", "/bloquer", "/scanner"} <= set(names)
