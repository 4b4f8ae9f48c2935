"""What happened: history by day and page, search, and the receipts behind it."""

from datetime import timedelta

import pytest

from tests.api.buying.buyers import bsl, member
from tests.api.paying import shops
from tests.browser import residents
from tests.browser.chromium import look, plain, surfing


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture(scope="module")
async def till(town, shop):
    return await shops.till_key(town, shop)


@pytest.fixture(scope="module")
async def busy(town, shop):
    """She paid thirty-five times, each time a cent more."""
    who = await member(town)
    await town.fill(who, 100_00)
    for nth in range(35):
        await residents.paid(who, shop, 1_00 + nth)
    return who


async def given_back(shop, payment, cents):
    answer = await shop.owner.post(f"/v1/payments/{payment}/refunds", {"amount": bsl(cents)})
    assert answer.status_code == 201, answer.text


async def text_of(page):
    return plain(await page.inner_text("body"))


async def test_history_is_told_by_day_and_goes_on_below(busy, surfer):
    await surfer.sign_in(busy)
    page = await surfer.open("/mouvements")
    rows = page.locator(".moves li")
    assert await rows.count() == 30
    assert "Aujourd’hui" in (await page.inner_text("h2")).capitalize()
    await look(page, "resident-history")
    await page.click("#plus")
    await page.wait_for_selector("#plus", state="detached")
    assert await rows.count() == 36
    assert "Rechargement" in await text_of(page)


async def test_without_a_script_older_ones_are_another_page(busy, chromium, url):
    async with surfing(chromium, url, java_script_enabled=False) as guest:
        await guest.sign_in(busy)
        page = await guest.open("/mouvements")
        await page.click("#plus")
        await page.wait_for_selector("text=Revenir aux plus récents")
        assert await page.locator(".moves li").count() == 6


async def test_a_name_or_an_amount_is_found_over_all_pages(busy, surfer):
    await surfer.sign_in(busy)
    page = await surfer.open("/mouvements")
    await page.fill("#cherche", "1,02")
    await page.press("#cherche", "Enter")
    await page.wait_for_selector("text=1 mouvement trouvé")
    assert await page.locator(".moves li").count() == 1
    await look(page, "resident-history-found")
    await page.fill("#cherche", "delattre")
    await page.press("#cherche", "Enter")
    await page.wait_for_selector("text=35 mouvements trouvés")
    await page.fill("#cherche", "poisson")
    await page.press("#cherche", "Enter")
    await page.wait_for_selector("text=0 mouvement trouvé")
    await look(page, "resident-history-none")


async def test_a_new_account_has_an_empty_history_and_statements(town, surfer):
    await surfer.sign_in(await member(town))
    page = await surfer.open("/mouvements")
    assert "Votre premier achat s’affichera ici" in await text_of(page)
    await page.click("summary")
    await look(page, "resident-history-empty")
    async with page.expect_download() as download:
        await page.click("text=CSV >> nth=0")
    assert (await download.value).suggested_filename.endswith(".csv")


async def test_a_receipt_has_its_facts_and_neither_flag_nor_word(town, shop, till, surfer):
    who = await town.resident(8_40)
    asked = await shops.asks(till, shop, 12_60, reference="Table 7")
    paid = await shops.pays(who, asked["link"], cash=shops.eur(4_40))
    assert paid.status_code == 201, paid.text
    payment = paid.json()["payment"]
    await given_back(shop, payment, 3_00)
    await surfer.sign_in(who)
    page = await surfer.open(f"/recu/{payment}")
    shown = await text_of(page)
    for fact in ("8,20 B", "4,40 €", "3,00 B", "Table 7", shops.NAME, payment):
        assert fact in shown, fact
    code = paid.json()["short_code"]
    assert f"{code[:2]} {code[2:]}" in shown
    assert await page.locator(".flag, .word, [data-clock]").count() == 0
    await look(page, "resident-receipt")
    await page.click("text=Un problème avec ce paiement ?")
    assert "Parlez d’abord au commerce" in await text_of(page)
    await page.click("text=Prouver ce reçu")
    await look(page, "resident-receipt-open")


async def test_a_shared_receipt_says_nothing_of_aid(town, shop, surfer):
    who = await member(town)
    await residents.aid(town, who, 21_00, town.now.replace(year=town.now.year + 1), shop)
    await town.fill(who, 20_00)
    payment = await residents.paid(who, shop, 25_00)
    await surfer.sign_in(who)
    await surfer.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = await surfer.open(f"/recu/{payment}")
    assert "Aide 21,00 B" in await text_of(page)
    assert "À moi 4,00 B" in await text_of(page)
    await look(page, "resident-receipt-aid")
    await page.evaluate("navigator.share = undefined")
    await page.click("text=Partager")
    await page.wait_for_selector("text=Reçu copié")
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "25,00" in copied
    assert "aide" not in copied.lower()
    await page.emulate_media(media="print")
    assert not await page.locator(".private").is_visible()


async def test_the_copied_proof_is_found_genuine(town, shop, surfer, home):
    who = await town.resident(20_00)
    payment = await residents.paid(who, shop, 5_00)
    await surfer.sign_in(who)
    page = await surfer.open(f"/recu/{payment}")
    proof = await page.get_attribute("[data-copy]", "data-copy")
    headers = {"content-type": "application/json"}
    told = await home.client.post("/v1/receipt-checks", content=proof, headers=headers)
    assert told.json() == {"genuine": True}


async def test_another_ones_receipt_is_not_there(town, shop, surfer):
    payment = await residents.paid(await town.resident(20_00), shop, 5_00)
    await surfer.sign_in(await town.resident(20_00))
    page = await surfer.open(f"/recu/{payment}")
    assert "5,00" not in await text_of(page)


async def test_a_refund_and_a_top_up_have_a_page_of_their_own(town, shop, surfer):
    who = await member(town)
    await town.fill(who, 50_00)
    payment = await residents.paid(who, shop, 5_00)
    await given_back(shop, payment, 2_00)
    await surfer.sign_in(who)
    page = await surfer.open("/mouvements")
    await page.click("li:has-text('remboursement') a")
    assert "+ 2,00 B" in await text_of(page)
    await look(page, "resident-movement-refund")
    await page.goto(surfer.url + "/mouvements")
    await page.click("text=Rechargement")
    assert "Payé en euros" in await text_of(page)
    await look(page, "resident-movement-top-up")


async def test_a_refund_says_which_aid_it_went_back_to_and_in_which_order(town, shop, surfer):
    who = await member(town)
    await town.fill(who, 5_00)
    soon, late = [town.now + timedelta(days=days) for days in (20, 60)]
    for cents, expires in ((4_20, soon), (6_30, late)):
        await residents.aid(town, who, cents, expires, shop)
    payment = await residents.paid(who, shop, 12_00)
    await given_back(shop, payment, 9_00)
    await surfer.sign_in(who)
    page = await surfer.open("/mouvements")
    await page.click("li:has-text('remboursement') a")
    said = [plain(text) for text in await page.locator("dl.plain > *").all_inner_texts()]
    assert [said[1], said[3]] == ["6,30 B", "2,70 B"]
    assert said[0].startswith("Aide, avant le ")
    assert said[0] != said[2]
    assert "Un remboursement revient d’abord à l’aide" in await text_of(page)
    await look(page, "resident-movement-refund-aid")
    moved = page.url.rsplit("/", 1)[1]
    parts = (await who.get(f"/v1/account/movements/{moved}")).json()["parts"]
    assert [part["amount"] for part in parts] == [bsl(6_30), bsl(2_70)]
    assert parts[0]["expires"] > parts[1]["expires"]
