"""The till on a phone: who stands there, a code that is paid, green with the same word and code."""

import re
import time
from datetime import timedelta

import pytest

from tests.api.paying import shops
from tests.api.paying.shops import pays
from tests.api.town import PIN
from tests.browser.chromium import look, plain, surfing, taps
from tests.browser.till_scenes import drawn, employee, live, opened, press, proof, until
from tests.database.world import tell


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def till(surfer, shop):
    """The till's page of the merchant, who is signed in, with its sounds written down."""
    return await opened(surfer, shop)


async def test_a_merchant_makes_a_device_the_till_and_a_cashier_stands_there_by_pin(town, surfer):
    shop = await shops.shop(town)  # of its own: whoever pairs a device is signed out
    _, card, _ = await employee(town, shop)
    await surfer.sign_in(shop.owner)
    page = await surfer.open("/caisse")
    assert page.url.endswith(f"/caisse/{shop.till}")
    await page.click("text=Équipe")
    await look(page, "till-team")
    await page.click("text=En faire la caisse partagée")
    await page.wait_for_selector("text=Commencer le service")
    await look(page, "till-begin")
    begun = time.monotonic()
    await page.fill("#carte", card.number)
    await press(page, "0000", "data-digit")
    await page.click("text=Commencer >> nth=-1")
    await page.wait_for_selector("text=Ce n’est pas le bon code")
    await look(page, "till-begin-wrong")
    await press(page, PIN, "data-digit")
    await page.click("button:has-text('Commencer')")
    await page.wait_for_selector("text=Montant à encaisser")
    took = time.monotonic() - begun
    tell(f"a shift with one wrong PIN on the way: {took:.1f} s in the browser")
    await live(page)
    await look(page, "till-keypad")
    assert "Léa : finir le service" in plain(await page.inner_text("footer"))
    # The device is no merchant: what is the owner's is not its.
    assert (await page.goto(f"{surfer.url}/caisse")).url.endswith(f"/caisse/{shop.till}")
    await page.click("text=finir le service")
    await page.wait_for_selector("text=Commencer le service")
    await page.goto(f"{surfer.url}/caisse/{shop.till}")
    assert page.url.endswith("/debut")


async def test_a_code_is_paid_by_a_residents_phone_and_both_see_one_word_and_one_code(
    town, shop, surfer, till, chromium, url
):
    await press(till, "12,60")
    async with till.expect_response("**/v1/payment-requests") as made:
        await till.click("#afficher")
    link = (await (await made.value).json())["link"]
    await drawn(till)
    await taps(till, "till", 1)
    assert re.fullmatch(r"Valable encore [45] min \d\d s", await till.inner_text("#code-reste"))
    await look(till, "till-code")
    async with surfing(chromium, url) as phone:
        await phone.sign_in(await town.resident(40_00))
        page = await phone.open("/p/" + link.split("/p/")[1])
        await page.click("button.btn-pay")
        await till.wait_for_selector("#recu:not([hidden])")
        await page.wait_for_selector(".proof")
        assert await proof(till) == await proof(page)
    assert plain(await till.inner_text("#recu-montant")) == "12,60"
    await look(till, "till-green")
    # It stays until somebody says so, and then the keypad is empty.
    await till.wait_for_timeout(300)
    assert await till.is_visible("#recu")
    assert (await till.evaluate("window.heard"))[:2] == [392, 587]
    assert await till.evaluate("window.said") == [["fr", "12 Bou’Sols 60"]]
    await till.click("#suivant")
    assert await till.is_visible("text=Afficher le code")
    assert await till.input_value("#montant") == ""


async def test_a_poster_turns_the_till_green_with_no_action_and_the_next_one_comes_on_top(
    town, shop, till
):
    payer = await town.resident(90_00)
    first = (await pays(payer, shop.code, 3_20)).json()
    await till.wait_for_selector("#recu:not([hidden])")
    assert (await proof(till))[1].replace(" ", "") == first["short_code"]
    second = (await pays(payer, shop.code, 1250)).json()
    await until(till, "document.getElementById('recu-montant').textContent === '12,50'")
    assert (await proof(till))[1].replace(" ", "") == second["short_code"]
    assert plain(await till.inner_text("#encore")) == "+ 1"
    await look(till, "till-green-two")
    await till.click("text=Paiements du jour")
    await till.wait_for_selector("#lignes li")
    codes = [plain(text) for text in await till.locator("#lignes .c").all_inner_texts()]
    assert [code.replace(" ", "") for code in codes[:2]] == [
        second["short_code"],
        first["short_code"],
    ]


async def test_an_amount_that_is_typed_meanwhile_stays(town, shop, till):
    await press(till, "5,40")
    await pays(await town.resident(20_00), shop.code, 2_00)
    await till.wait_for_selector("#recu:not([hidden])")
    await till.click("#suivant")
    assert await till.input_value("#montant") == "5,40"


async def test_a_code_warns_expires_and_is_shown_anew(town, shop, till):
    await till.clock.install()
    await till.reload()
    await live(till)
    await press(till, "7")
    await till.click("#afficher")
    await drawn(till)
    await till.clock.fast_forward(280_000)
    await till.wait_for_selector("#code-reste[data-soon]")
    assert re.fullmatch(r"Valable encore \d+ s", await till.inner_text("#code-reste"))
    await look(till, "till-code-soon")
    await till.clock.fast_forward(30_000)
    await till.wait_for_selector("text=Ce code n’est plus valable")
    assert await till.get_attribute("#code-image", "src") is None
    await look(till, "till-code-expired")
    town.services.clock.ahead += timedelta(seconds=310)  # as the page's
    try:
        await till.click("text=Afficher un nouveau code")
        await drawn(till)
        request = (await till.get_attribute("#code-image", "src")).split("/")[3]
        async with till.expect_response("**/cancellation"):
            await till.click("text=Annuler >> visible=true")
        assert await till.input_value("#montant") == "7"
        told = await shop.owner.get(f"/v1/payment-requests/{request}")
        assert told.json()["status"] == "cancelled"
    finally:
        town.services.clock.ahead -= timedelta(seconds=310)


async def test_the_three_levels_of_sound_are_kept(till):
    await till.click("#montant")
    await till.wait_for_selector("#son:has-text('Son : notes et voix')")
    await till.click("#son")
    await till.wait_for_selector("#son:has-text('Son : deux notes')")
    await till.click("#son")
    await till.wait_for_selector("#son:has-text('Son : coupé')")
    await look(till, "till-mute")
    await till.reload()
    assert plain(await till.inner_text("#son-dit")) == "Son : coupé"
