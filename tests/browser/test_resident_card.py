"""The card: looked up on a borrowed screen, its code, blocked; what closes and what stays shut."""

from datetime import timedelta

import pytest

from admin.logins import credentials
from api.gate.asker import COOKIE
from tests.api.buying.buyers import carded, member
from tests.api.counter.desk import Desk
from tests.api.paying import shops
from tests.api.town import PIN
from tests.browser import residents
from tests.browser.chromium import look, plain, surfing

PASSWORD = "la digue au cerf volant bleu"


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def lucien(town, shop):
    """He has neither e-mail nor phone: a card, its PIN, some aid, and was refused once."""
    who = await town.resident(16_20)
    who.extra["number"] = await carded(town, who)
    await residents.refused(who, shop, 25_00)
    await residents.aid(town, who, 21_00, town.now + timedelta(days=40), shop)
    return who


async def text_of(page):
    return plain(await page.inner_text("body"))


async def looked_up(surfer, who, pin=PIN):
    page = await surfer.open("/carte")
    await page.fill("#numero", who.extra["number"])
    await page.fill("#code", pin)
    await page.click("text=Voir ma carte")
    return page


async def test_card_and_code_show_the_balance_on_any_screen_and_leave_nothing(lucien, surfer):
    page = await surfer.open("/carte")
    await look(page, "card-lookup")
    page = await looked_up(surfer, lucien)
    await page.wait_for_selector("text=Effacer et quitter")
    told = (await lucien.get("/v1/account")).json()
    shown = await text_of(page)
    assert f"Carte qui finit par {lucien.extra['number'][-4:]}" in shown
    assert f"{told['balance']['amount'] // 100},{told['balance']['amount'] % 100:02}" in shown
    assert "non payé" in shown
    assert "Avant le" in shown
    assert await page.locator(".btn-pay").count() == 0
    await look(page, "card-looked-up")
    await page.click("text=Effacer et quitter")
    await page.wait_for_selector("text=La page est fermée")
    await look(page, "card-closed")
    assert COOKIE not in {one["name"] for one in await surfer.context.cookies()}
    await page.go_back()
    assert "16,20" not in await page.content()


async def test_an_account_opened_at_a_counter_without_a_phone_is_looked_at_the_same_day(
    town, surfer
):
    opened = await (await Desk.of(town, 1)).open(name="Lucienne")
    page = await surfer.open("/carte")
    await page.fill("#numero", opened.card["number"])
    await page.fill("#code", PIN)
    await page.click("text=Voir ma carte")
    await page.wait_for_selector("text=Effacer et quitter")
    shown = await text_of(page)
    assert f"Carte qui finit par {opened.card['number'][-4:]}" in shown
    assert "0,00 B" in shown
    assert "Aucun paiement n’a été refusé" in shown
    assert "À utiliser avant" not in shown
    assert "Lucienne" not in await page.content()
    await look(page, "card-looked-up-new")


async def test_a_wrong_code_says_what_to_do_and_not_which_was_wrong(lucien, surfer):
    page = await looked_up(surfer, lucien, "9999")
    first = await text_of(page)
    assert "Ce numéro et ce code ne vont pas ensemble" in first
    await look(page, "card-lookup-wrong")
    page = await looked_up(surfer, lucien, "abcd")
    assert await text_of(page) == first


async def test_the_page_closes_by_itself(lucien, surfer):
    page = await surfer.context.new_page()
    await page.clock.install()
    await page.goto(surfer.url + "/carte")
    await page.fill("#numero", lucien.extra["number"])
    await page.fill("#code", PIN)
    await page.click("text=Voir ma carte")
    await page.wait_for_selector("text=1 min 5")
    await page.clock.fast_forward("02:05")
    await page.wait_for_selector("text=La page est fermée")
    await page.goto(surfer.url + "/carte")
    assert await page.locator("#numero").count() == 1


async def test_without_a_script_the_browser_itself_closes_the_page(lucien, chromium, url):
    async with surfing(chromium, url, locale="en-GB", java_script_enabled=False) as guest:
        page = await guest.open("/carte")
        await page.fill("#numero", lucien.extra["number"])
        await page.fill("#code", PIN)
        async with page.expect_navigation(url=f"{url}/carte") as shown:
            await page.click("text=See my card")
        assert "url=/carte/fermee" in (await (await shown.value).all_headers())["refresh"]
        await page.goto(f"{url}/carte/fermee")
        assert "The page is closed" in await text_of(page)
        await page.goto(f"{url}/carte")
        assert await page.locator("#numero").count() == 1


async def test_a_look_opens_no_other_page(lucien, surfer):
    page = await looked_up(surfer, lucien)
    await page.wait_for_selector("text=Effacer et quitter")
    for path in ("/compte", "/mouvements", "/recharger", "/envoyer", "/adhesion", "/ma-carte"):
        answer = await page.goto(surfer.url + path)
        assert answer.status == 403, path


async def test_the_card_is_blocked_in_two_taps_and_the_money_stays(town, lucien, surfer):
    before = await town.balance(lucien)
    page = await looked_up(surfer, lucien)
    await page.click("text=Bloquer ma carte")
    await page.wait_for_selector("text=Ce qui se passe quand vous bloquez")
    await look(page, "resident-block")
    await page.click("text=Tout bloquer maintenant")
    await page.wait_for_selector("text=Carte bloquée.")
    await look(page, "resident-blocked")
    assert (await lucien.get("/v1/account")).status_code == 401
    assert "Il paie encore" not in await text_of(page)
    page = await looked_up(surfer, lucien)
    assert "Cette carte est bloquée" in await text_of(page)
    assert await town.balance(lucien) == before


async def test_who_lost_all_blocks_with_the_number_on_the_stub(lucien, surfer):
    page = await surfer.open("/bloquer")
    assert "Appelez le" in await text_of(page)
    await look(page, "resident-block-nobody")
    await page.fill("#opposition", "12345")
    await page.click("text=Bloquer cette carte")
    assert "Aucune carte ne porte ce numéro" in await text_of(page)
    await page.fill("#opposition", lucien.extra["card"].opposition)
    await page.click("text=Bloquer cette carte")
    await page.wait_for_selector("text=Carte bloquée.")
    told = (await lucien.get("/v1/account/card")).json()
    assert told["state"] == "blocked"


async def test_who_blocked_the_card_blocks_the_phone_too_from_a_borrowed_screen(lucien, surfer):
    page = await surfer.open("/bloquer")
    await page.fill("#opposition", lucien.extra["card"].opposition)
    await page.click("text=Bloquer cette carte")
    await page.wait_for_selector("text=Il paie encore")
    await look(page, "resident-blocked-card")
    assert (await lucien.get("/v1/account")).status_code == 200
    await page.click("text=J’ai le numéro de la carte et le code")
    await page.wait_for_selector("#numero")
    page = await looked_up(surfer, lucien)
    await page.wait_for_selector("text=Cette carte est bloquée")
    await look(page, "card-looked-up-blocked")
    await page.click("text=Tout bloquer, téléphone compris")
    await page.click("text=Tout bloquer maintenant")
    await page.wait_for_selector("text=Carte bloquée.")
    assert (await lucien.get("/v1/account")).status_code == 401


async def test_my_card_shows_its_last_digits_and_takes_another_code(home, town, surfer):
    who = await member(town)
    number = await carded(town, who)
    async with town.services.rows() as rows:
        stored = await home.services.passwords.hash(PASSWORD)
        await credentials.put(rows, user=who.user, stored=stored, at=town.now)
    await surfer.sign_in(who)
    page = await surfer.open("/ma-carte")
    assert f"•••• •••• {number[-4:]}" in await page.inner_text(".plastic")
    assert number not in await page.content()
    await look(page, "resident-card")
    for pin, password, words in (
        ("1234", PASSWORD, "Ce code se devine trop vite"),
        ("8305", "autre chose", "ne vont pas ensemble"),
        ("8305", PASSWORD, "Votre code secret est changé"),
    ):
        await page.fill("#nouveau", pin)
        await page.fill("#mot_de_passe", password)
        await page.click("text=Garder ce code")
        await page.wait_for_selector(f"text={words}")
    await look(page, "resident-card-done")
    who.extra["number"] = number
    page = await looked_up(surfer, who, "8305")
    await page.wait_for_selector("text=Effacer et quitter")


async def test_who_has_no_card_reads_where_to_get_one(town, surfer):
    await surfer.sign_in(await member(town))
    page = await surfer.open("/ma-carte")
    assert "Vous n’avez pas de carte" in await text_of(page)
    await look(page, "resident-card-none")
