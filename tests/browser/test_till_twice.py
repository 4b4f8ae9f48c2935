"""One card that pays one sum twice at one till: the service knows it, and a person is asked."""

import pytest
from sqlalchemy import select

from admin.means.card_numbers import spoken
from admin.tables import CARD
from tests.api.paying import shops
from tests.api.paying.shops import takes
from tests.api.town import PIN
from tests.browser.chromium import look, plain, surfing
from tests.browser.till_scenes import green, live, opened, press, show_card

ASKED = "text=/Même carte, même montant, à l’instant|il y a 1 minute/"


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def till(surfer, shop):
    return await opened(surfer, shop)


async def test_the_same_card_and_sum_is_asked_about_and_given_back_is_no_reason(town, shop, till):
    _, link = await shops.card(town, await town.resident(90_00))
    await show_card(till, "4,20", link)
    await green(till, "4,20")
    code = plain(await till.inner_text("#recu .code b"))
    await till.click("#suivant")
    await show_card(till, "4,20", link)
    await till.wait_for_selector(ASKED)
    assert f"Le premier paiement a le code {code}." in plain(await till.inner_text(".pane-again"))
    await look(till, "till-again")
    await till.click("#encore-non")
    await show_card(till, "4,20", link)
    await till.click("#encore-oui button")
    await green(till, "4,20")
    # What was given back is no reason to ask.
    await till.click("#suivant")
    await show_card(till, "2,10", link)
    await green(till, "2,10")
    entry = await till.get_attribute("#recu", "data-entry")
    await shop.owner.post(f"/v1/payments/{entry}/refunds", {"amount": shops.bsl(2_10)})
    await till.click("#suivant")
    await show_card(till, "2,10", link)
    await green(till, "2,10")


async def test_it_is_asked_after_a_reload_too_and_on_another_device_with_the_number_typed(
    town, shop, till, chromium, url
):
    number, link = await shops.card(town, await town.resident(90_00))
    async with town.services.rows() as rows:
        printed = await rows.scalar(select(CARD.c.number).where(CARD.c.id == number))
    await show_card(till, "4,20", link)
    await green(till, "4,20")
    await till.click("#suivant")
    await till.reload()
    await live(till)
    await show_card(till, "4,20", link)
    await till.wait_for_selector(ASKED)
    async with surfing(chromium, url) as colleague:
        await colleague.sign_in(shop.owner)
        page = await colleague.open(f"/caisse/{shop.till}")
        await live(page)
        await show_card(page, "4,20", spoken(printed))
        await page.wait_for_selector("text=Tournez l’écran vers le client.")
        await press(page, PIN, "data-digit")
        await page.click("#carte-payer")
        await page.wait_for_selector(ASKED)
        await page.click("#encore-oui button")  # the PIN is not typed again
        await green(page, "4,20")


async def test_without_scripts_it_is_asked_as_well_and_the_pin_is_asked_for_after_a_yes(
    town, shop, chromium, url
):
    holder = await town.resident(200_00)
    _, link = await shops.card(town, holder)
    await takes(shop.owner, shop, link, 40_00, pin=PIN)
    before = await town.balance(holder)
    async with surfing(chromium, url, java_script_enabled=False) as surfer:
        await surfer.sign_in(shop.owner)
        page = await surfer.open(f"/caisse/{shop.till}/carte?montant=40")
        await page.fill("#carte", link)
        await page.click("#carte-payer")
        assert await page.is_visible(ASKED)
        assert await town.balance(holder) == before
        await page.click("text=Ne pas encaisser")
        await page.wait_for_selector("text=Montant à encaisser")
        await page.goto(f"{url}/caisse/{shop.till}/carte?montant=40")
        await page.fill("#carte", link)
        await page.click("#carte-payer")
        await page.click("#encore-oui button")
        await page.fill("#code", PIN)
        await page.click("#carte-payer")
        await page.wait_for_url("**/recu/*")
    assert await town.balance(holder) == before - 40_00
