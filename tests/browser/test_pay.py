import pytest

from tests.api.paying import shops
from tests.api.paying.shops import asks
from tests.api.town import PIN
from tests.browser.chromium import look, plain, surfing, taps
from tests.browser.till_and_phone import paid, pays, press, stand, words


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture(scope="module")
async def till(town, shop):
    return await shops.till_key(town, shop)


@pytest.fixture
async def yvette(town, surfer):
    """A soliste with at least 127,10 B, signed in on her phone."""
    made = await town.resident(127_10)
    await surfer.sign_in(made)
    surfer.context.set_default_timeout(8_000)
    return made


async def test_a_poster_is_paid_with_two_taps_and_the_button_says_how_much(
    town, shop, surfer, yvette
):
    page = await surfer.open(f"/p/{shop.code}")
    before = plain(await page.inner_text("[data-left-line]"))
    assert before.startswith("Vous pouvez payer ici jusqu’à 127,")
    await press(page, "12,60")
    assert plain(await page.inner_text(".btn-pay")) == "Payer 12,60 B"
    left = await town.balance(yvette) - 12_60
    assert plain(await page.inner_text("[data-left-line]")) == (
        f"Il vous restera {left // 100},{left % 100:02} B"
    )
    await look(page, "pay-poster")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=C’est payé")
    await taps(page, "pay poster", 2)
    shown = await words(page)
    assert "12,60 B" in shown
    assert "Boulangerie Delattre" in shown
    assert f"{left // 100},{left % 100:02}" not in shown
    assert await paid(town, yvette, shop) == [12_60]
    await look(page, "pay-paid")


async def test_a_request_is_paid_with_one_tap_and_its_amount_is_locked(
    town, shop, till, surfer, yvette
):
    link = (await asks(till, shop, 8_40, reference="Panier 12"))["link"]
    path = "/p/" + link.split("/p/")[1]
    page = await surfer.open(path)
    assert await page.locator("input:visible").count() == 0
    await page.wait_for_selector("text=Valable encore 4 min")
    await look(page, "pay-request")
    await page.click("text=Payer 8,40")
    await page.wait_for_selector(".tide")
    await taps(page, "pay till QR", 1)
    assert await paid(town, yvette, shop) == [8_40]
    await page.goto(surfer.url + path)
    await page.wait_for_selector(".tide")


async def test_what_a_request_has_become_is_said(town, shop, till, surfer, yvette):
    made = await asks(till, shop, 3_00)
    path = "/p/" + made["link"].split("/p/")[1]
    page = await surfer.open(path)
    other = await town.resident(20_00)
    assert (await shops.pays(other, made["link"])).status_code == 201
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Cette demande est déjà payée")
    assert "Une autre personne" in await words(page)
    await look(page, "pay-taken")
    made = await asks(till, shop, 3_00)
    page = await surfer.open("/p/" + made["link"].split("/p/")[1])
    await till.post(f"/v1/payment-requests/{made['request']}/cancellation")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=La caisse a annulé cette demande")
    await look(page, "pay-cancelled")
    assert await paid(town, yvette, shop) == []


async def test_above_what_a_phone_pays_alone_the_secret_code_is_asked_for(
    town, shop, surfer, yvette
):
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "42,60")
    await look(page, "pay-pin")
    await page.fill("[name=code]", "0815")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Ce n’est pas le bon code")
    assert await page.input_value("#montant") == "42,60"
    await look(page, "pay-wrong-pin")
    await page.fill("[name=code]", PIN)
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    assert await paid(town, yvette, shop) == [42_60]


async def test_a_short_balance_is_told_with_the_one_way_on(town, shop, surfer):
    payer = await town.resident(8_50)
    there = await town.balance(payer)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "12,60")
    assert "Il manque" in await page.inner_text("[data-left-line]")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Le paiement n’est pas passé. Rien n’a été pris.")
    assert "pour vous seul" in await words(page)
    await look(page, "pay-refused-short")
    await page.click(f"text=Payer {there // 100},{there % 100:02}")
    await page.wait_for_selector(".tide")
    cash = 12_60 - there
    assert f"et {cash // 100},{cash % 100:02} € en euros, à la caisse" in await words(page)
    assert await paid(town, payer, shop) == [there]
    await look(page, "pay-paid-in-part")


async def test_money_that_arrived_meanwhile_pays_the_whole_price(town, shop, surfer):
    payer = await town.resident(8_50)
    there = await town.balance(payer)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{shop.code}")
    await press(page, "12,60")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Le paiement n’est pas passé. Rien n’a été pris.")
    await town.fill(payer, 20_00)
    await page.click(f"text=Payer {there // 100},{there % 100:02}")
    await page.wait_for_selector("text=Votre solde suffit pour tout le prix")
    await look(page, "pay-no-cash-needed")
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [12_60]


async def test_a_closed_shop_takes_nothing_and_says_so(town, surfer, yvette):
    closed = await shops.shop(town, name="Bazar du Port")
    page = await surfer.open(f"/p/{closed.code}")
    await stand(town, closed, "suspended")
    await press(page, "5")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Ce commerce ne prend pas de Bou’Sols en ce moment")
    await page.goto(f"{surfer.url}/p/{closed.code}")
    await look(page, "pay-closed")
    assert await page.locator(".btn-pay, [data-keys]").count() == 0
    assert await paid(town, yvette, closed) == []


async def test_an_unknown_code_is_no_poster(surfer):
    page = await surfer.open("/p/22222222")
    await page.wait_for_selector("text=Cette affiche n’est plus valable")
    await look(page, "pay-unknown")


async def test_a_code_typed_in_small_letters_leads_to_its_poster(shop, surfer, yvette):
    page = await surfer.open(f"/p/{shop.code[:4].lower()}%20{shop.code[4:].lower()}")
    assert page.url == f"{surfer.url}/p/{shop.code}"


async def test_a_payment_in_english_with_the_keyboard_alone(town, chromium, url, shop):
    payer = await town.resident(50_00)
    async with surfing(chromium, url, locale="en-GB") as surfer:
        await surfer.sign_in(payer)
        page = await surfer.open(f"/p/{shop.code}")
        await page.focus("#montant")
        await page.keyboard.type("7.20")
        assert plain(await page.inner_text(".btn-pay")) == "Pay 7.20 B"
        for _ in range(20):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.matches('.btn-pay')"):
                break
        await page.keyboard.press("Enter")
        await page.wait_for_selector("text=Show this screen")
        await look(page, "pay-paid-english")
        assert await paid(town, payer, shop) == [7_20]


async def test_what_is_no_amount_or_too_much_is_said_and_nothing_is_sent(
    town, shop, surfer, yvette
):
    page = await surfer.open(f"/p/{shop.code}")
    for typed in ("0", "abc"):
        await page.goto(f"{surfer.url}/p/{shop.code}")
        await page.fill("#montant", typed)
        await page.click(".btn-pay")
        await page.wait_for_selector("text=Tapez le montant")
    await page.fill("#montant", "9000")
    await page.fill("[name=code]", PIN)
    await page.click(".btn-pay")
    await page.wait_for_selector("text=C’est trop pour un seul paiement")
    await look(page, "pay-too-much")
    await page.fill("#montant", "4,20")
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")
    await pays_again(page, surfer, shop)
    assert await paid(town, yvette, shop) == [4_20, 1_00]


async def pays_again(page, surfer, shop):
    await page.goto(f"{surfer.url}/p/{shop.code}")
    await page.wait_for_selector("text=Vous avez déjà payé ici à l’instant")
    await look(page, "pay-already")
    await page.click("text=Payer encore")
    await pays(page, "1")
