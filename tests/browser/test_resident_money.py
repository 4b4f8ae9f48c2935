"""Topping up, history and receipts as a resident sees them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import update

from admin.tables import MEMBERSHIP
from tests.api.buying.buyers import booked, member, ordered, treasurer
from tests.api.paying import shops
from tests.browser import residents
from tests.browser.chromium import look, plain, surfing, taps


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture(scope="module")
async def tre(town):
    return await treasurer(town)


async def text_of(page):
    return plain(await page.inner_text("body"))


async def prepared(page):
    """The id of the order that a press on the yellow button makes."""
    await page.click(".btn-pay")
    await page.wait_for_selector("#virement")
    return page.url.rsplit("/", 1)[1]


async def test_twenty_euros_become_twenty_one_bousols_in_three_taps_and_are_seen_to_arrive(
    town, tre, surfer
):
    who = await member(town)
    await surfer.sign_in(who)
    page = await surfer.open("/compte")
    await page.click("text=Recharger")
    assert "20,00 € → deviennent 21,00 B" in await text_of(page)
    assert "Un Bou’Sol ne se rechange pas en euros" in await text_of(page)
    await look(page, "resident-top-up")
    order = await prepared(page)
    shown = await text_of(page)
    transfer = (await who.get(f"/v1/orders/{order}")).json()["transfer"]
    assert plain(transfer["printed_reference"]) in shown
    assert transfer["iban"] in shown.replace(" ", "")
    assert "Virement attendu : 20,00 €" in shown
    await look(page, "resident-top-up-waiting")
    await page.evaluate("window.stayed = true")
    await booked(tre, 20_00, order=order)
    await page.wait_for_selector("text=21,00 B ajoutés", timeout=10_000)
    assert await page.evaluate("window.stayed")
    await taps(page, "top-up", 3)
    assert "Vous avez 21,00 B" in await text_of(page)
    assert await page.locator("#virement").count() == 0
    await look(page, "resident-top-up-credited")


async def test_another_amount_is_quoted_exactly_and_what_came_is_told(town, tre, surfer):
    who = await member(town)
    await surfer.sign_in(who)
    page = await surfer.open("/recharger")
    await page.fill("#montant", "12,50")
    await page.click("text=Calculer")
    assert "12,50 € → deviennent 13,12 B" in await text_of(page)
    order = await prepared(page)
    await booked(tre, 15_00, order=order)
    await page.wait_for_selector("text=15,75 B ajoutés", timeout=10_000)
    assert "Vous aviez prévu 12,50 €. 15,00 € sont arrivés" in await text_of(page)
    await look(page, "resident-top-up-other")


async def test_iban_and_reference_are_copied_with_one_press(town, surfer):
    who = await member(town)
    await surfer.sign_in(who)
    await surfer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await surfer.open("/recharger")
    await prepared(page)
    await page.click('[aria-label="Copier\N{NO-BREAK SPACE}: IBAN"]')
    await page.wait_for_selector("text=Copié : IBAN")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("FR")
    assert " " not in copied


async def test_above_the_cap_the_button_says_so_and_the_page_what_is_possible(town, surfer):
    who = await member(town, tier=0)
    await town.fill(who, 120_00)
    await surfer.sign_in(who)
    page = await surfer.open("/recharger?montant=50")
    shown = await text_of(page)
    assert "C’est plus que votre plafond" in shown
    assert "Vous pouvez encore ajouter" in shown
    assert await page.locator(".btn-pay").is_disabled()
    assert plain(await page.inner_text(".btn-pay")) == "Montant au-dessus du plafond"
    await look(page, "resident-top-up-cap")
    await page.goto(surfer.url + "/recharger?montant=abc")
    assert "Écrivez un montant comme 12,50" in await text_of(page)
    await look(page, "resident-top-up-unfit")


async def test_a_lapsed_member_is_led_to_the_fee(town, surfer):
    who = await member(town)
    async with town.services.rows() as rows:
        past = {"valid_until": town.now - timedelta(days=200)}
        await rows.execute(update(MEMBERSHIP).where(MEMBERSHIP.c.party == who.party).values(**past))
    await surfer.sign_in(who)
    page = await surfer.open("/recharger")
    assert "Votre adhésion est finie" in await text_of(page)
    assert await page.locator(".btn-pay").is_disabled()
    await look(page, "resident-top-up-lapsed")
    await page.click("text=Voir mon adhésion")
    assert page.url.endswith("/adhesion")


async def test_what_does_not_fit_waits_and_is_added_when_there_is_room(town, tre, shop, surfer):
    who = await member(town, tier=0)
    await surfer.sign_in(who)
    page = await surfer.open("/recharger?montant=100")
    order = await prepared(page)
    await booked(tre, 160_00, order=order)
    await page.wait_for_selector("text=Ajouter ce qui tient maintenant", timeout=10_000)
    await look(page, "resident-top-up-surplus")
    await page.click("text=Ajouter ce qui tient maintenant")
    assert "Le compte est plein pour le moment" in await text_of(page)
    await residents.paid(who, shop, 25_00)
    home = await surfer.open("/compte")
    assert "En attente" in await text_of(home)
    await look(home, "resident-home-waiting")
    await page.click("text=Ajouter ce qui tient maintenant")
    await page.wait_for_selector("text=Ajouter ce qui tient maintenant", state="detached")
    assert (await who.get("/v1/account")).json()["waiting"]["amount"] == 0


async def test_an_order_whose_euros_went_back_says_so(town, tre, surfer):
    who = await member(town, tier=0)
    first, second = await ordered(who, 70_00), await ordered(who, 70_00)
    await booked(tre, 142_86, order=first["id"])
    await surfer.sign_in(who)
    page = await surfer.open(f"/recharger/{second['id']}")
    credit = await booked(tre, 70_00, order=second["id"])
    back = await tre.post(f"/v1/bank-credits/{credit['id']}/return")
    assert back.status_code == 201, back.text
    await page.wait_for_selector("text=Votre virement vous a été rendu", timeout=10_000)
    await look(page, "resident-top-up-refunded")


async def test_an_order_that_expired_says_that_euros_still_count(home, town, surfer):
    who = await member(town)
    order = await ordered(who)
    ahead = home.services.clock.ahead
    try:
        home.services.clock.ahead = timedelta(days=31)
        home.services.recognition.forget()
        later = await town.signed_in(who.user, who.person, who.role, who.party, who.account)
        await surfer.sign_in(later)
        page = await surfer.open(f"/recharger/{order['id']}")
        assert "Ce rechargement n’attend plus" in await text_of(page)
        await look(page, "resident-top-up-expired")
    finally:
        home.services.clock.ahead = ahead
        home.services.recognition.forget()


async def test_without_a_script_an_order_is_made_and_looked_at_again(town, tre, chromium, url):
    who = await member(town)
    async with surfing(chromium, url, locale="en-GB", java_script_enabled=False) as guest:
        await guest.sign_in(who)
        page = await guest.open("/recharger")
        assert "20.00 € → become 21.00 B" in await text_of(page)
        order = await prepared(page)
        await booked(tre, 20_00, order=order)
        await page.click("text=See whether it arrived")
        assert "21.00 B added." in await text_of(page)


async def test_a_retried_order_is_one_order(town, surfer):
    who = await member(town)
    await surfer.sign_in(who)
    page = await surfer.open("/recharger")
    sent = {"cle": str(uuid4()), "montant": "20,00"}
    send = """async sent => (await fetch('/recharger',
        {method: 'POST', body: new URLSearchParams(sent)})).url"""
    first, second = await page.evaluate(send, sent), await page.evaluate(send, sent)
    assert first == second
    assert len((await who.get("/v1/orders")).json()["items"]) == 1


async def test_a_top_up_is_prepared_with_the_keyboard_alone(town, surfer):
    who = await member(town)
    await surfer.sign_in(who)
    page = await surfer.open("/recharger")
    told = "document.activeElement.textContent.trim()"
    for _ in range(12):
        await page.keyboard.press("Tab")
        if (await page.evaluate(told)).startswith("50"):
            await page.keyboard.press("Enter")
            await page.wait_for_url("**montant=50")
            break
    for _ in range(14):
        await page.keyboard.press("Tab")
        if (await page.evaluate(told)).startswith("Préparer"):
            await page.keyboard.press("Enter")
            break
    await page.wait_for_selector("text=Vous recevrez 52,50")


async def test_without_a_network_the_page_says_so_and_goes_on_when_it_is_back(town, tre, surfer):
    who = await member(town)
    await surfer.sign_in(who)
    page = await surfer.open("/recharger")
    order = await prepared(page)
    await surfer.context.set_offline(offline=True)
    await page.wait_for_selector("text=Pas de réseau", timeout=10_000)
    await look(page, "resident-top-up-offline")
    await booked(tre, 20_00, order=order)
    await surfer.context.set_offline(offline=False)
    await page.wait_for_selector("text=21,00 B ajoutés", timeout=10_000)
    assert not await page.locator("#coupe").is_visible()
