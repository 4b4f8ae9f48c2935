"""Sending to another person, and the membership."""

import pytest

from tests.api.buying.buyers import bsl, carded, join
from tests.api.town import PIN
from tests.browser.chromium import look, plain, surfing


@pytest.fixture(scope="module")
async def zoe(town):
    who = await town.resident(name="Zoé")
    who.extra["number"] = await carded(town, who)
    return who


async def text_of(page):
    return plain(await page.inner_text("body"))


async def offered(page, who, amount):
    await page.fill("#montant", amount)
    await page.fill("#carte", who.extra["number"])
    await page.click("text=Continuer")


async def test_own_money_is_sent_after_a_look_at_whom_it_goes_to(town, zoe, surfer):
    who = await town.resident(50_00)
    await surfer.sign_in(who)
    page = await surfer.open("/envoyer")
    await look(page, "resident-send")
    await offered(page, zoe, "12,50")
    shown = await text_of(page)
    assert "Son nom commence par Z" in shown
    assert f"Carte qui finit par {zoe.extra['number'][-4:]}" in shown
    assert await page.locator("#code").count() == 0
    await look(page, "resident-send-check")
    before = await town.balance(zoe)
    await page.click("text=Envoyer 12,50")
    await page.wait_for_selector("text=C’est envoyé")
    assert await town.balance(zoe) == before + 12_50
    await look(page, "resident-sent")
    await page.click("text=Voir le reçu")
    assert "Envoyé à une personne" in await text_of(page)


async def test_more_than_thirty_asks_for_the_code_and_a_wrong_one_keeps_the_form(town, zoe, surfer):
    who = await town.resident(50_00)
    await surfer.sign_in(who)
    page = await surfer.open("/envoyer")
    await offered(page, zoe, "31")
    await page.fill("#code", "0007")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Ce n’est pas le bon code")
    await look(page, "resident-send-wrong-code")
    before = await town.balance(zoe)
    await page.fill("#code", PIN)
    await page.click(".btn-pay")
    await page.wait_for_selector("text=C’est envoyé")
    assert await town.balance(zoe) == before + 31_00


async def test_what_was_sent_without_the_code_adds_up_and_then_it_is_asked_for(town, zoe, surfer):
    who = await town.resident(140_00)
    for cents in (30_00, 30_00, 30_00):
        body = {"card": zoe.extra["number"], "amount": bsl(cents)}
        assert (await who.post("/v1/transfers", body)).status_code == 201
    await surfer.sign_in(who)
    page = await surfer.open("/envoyer")
    await offered(page, zoe, "12,50")
    assert await page.locator("#code").count() == 0
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Cet envoi demande votre code secret")
    await look(page, "resident-send-code-now")
    await page.fill("#code", "0007")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=Ce n’est pas le bon code")
    before = await town.balance(zoe)
    await page.fill("#code", PIN)
    await page.click(".btn-pay")
    await page.wait_for_selector("text=C’est envoyé")
    assert await town.balance(zoe) == before + 12_50


async def test_what_cannot_be_sent_is_said_before_anything_moves(town, zoe, surfer):
    who = await town.resident(5_00)
    who.extra["number"] = await carded(town, who)
    await surfer.sign_in(who)
    page = await surfer.open("/envoyer")
    await offered(page, zoe, "99")
    assert "Le solde ne suffit pas" in await text_of(page)
    await look(page, "resident-send-refused")
    await offered(page, who, "1")
    assert "Cette carte est celle du compte qui paie" in await text_of(page)
    assert await page.locator("#carte").count() == 1
    await page.fill("#montant", "1")
    await page.fill("#carte", "4821 0937 5521")
    await page.click("text=Continuer")
    assert "Aucune carte ne porte ce numéro" in await text_of(page)


async def test_sending_needs_no_script_and_speaks_english(town, zoe, chromium, url):
    who = await town.resident(5_00)
    async with surfing(chromium, url, locale="en-GB", java_script_enabled=False) as guest:
        await guest.sign_in(who)
        page = await guest.open("/envoyer")
        await page.fill("#montant", "2.00")
        await page.fill("#carte", zoe.extra["number"])
        await page.click("text=Continue")
        await page.click("text=Send 2.00")
        await page.wait_for_selector("text=Sent")
        assert "2.00" in await text_of(page)


async def test_a_year_is_asked_for_paid_and_left(town, surfer):
    who = await town.resident(20_00)
    await surfer.sign_in(who)
    page = await surfer.open("/adhesion")
    assert "Vous n’êtes pas membre" in await text_of(page)
    await look(page, "resident-membership-none")
    await page.click("text=Adhérer pour un an")
    await page.wait_for_selector("text=Cotisation à payer")
    await look(page, "resident-membership-pending")
    await page.click(".btn-pay")
    await page.wait_for_selector("text=C’est payé. Merci")
    assert "Vous êtes membre" in await text_of(page)
    await look(page, "resident-membership-paid")
    await page.click("summary")
    await page.click("button:has-text('Quitter')")
    await page.wait_for_selector("text=Vous avez quitté l’association")
    await look(page, "resident-membership-left")


async def test_who_has_too_little_for_the_fee_reads_where_else_it_is_paid(town, surfer):
    who = await town.resident()
    await surfer.sign_in(who)
    page = await surfer.open("/adhesion")
    await page.click("text=Adhérer pour un an")
    await page.wait_for_selector("text=Cotisation à payer")
    assert "Payez en euros à un comptoir" in await text_of(page)
    assert await page.locator(".btn-pay").count() == 0
    await look(page, "resident-membership-poor")


async def test_a_member_may_renew(town, surfer):
    who = await town.resident(20_00)
    await join(town, who)
    await surfer.sign_in(who)
    page = await surfer.open("/adhesion")
    await page.click("text=Renouveler pour un an")
    await page.wait_for_selector("text=Une année")
