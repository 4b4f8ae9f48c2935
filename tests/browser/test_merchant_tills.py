"""A merchant's home, its tills and posters, its people and its keys."""

import re
from io import BytesIO
from uuid import uuid4

import pypdfium2  # type: ignore[import-untyped]  # why: it ships no types
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import update

from admin.roles import Role
from merchants.codes import poster_link
from merchants.tables import MERCHANT
from tests.api.invoices.shops import public_body
from tests.api.paying import shops
from tests.browser.chromium import look, plain, surfing


@pytest.fixture
async def shop(town):
    return await shops.shop(town)


async def paper(page, url, link, who):
    address = await page.get_attribute(f"a:has-text('{link}')", "href")
    answer = await page.request.get(url + str(address), headers=who.headers)
    assert answer.status == 200, (link, await answer.text())
    return await answer.body()


def read_back(pdf):
    with pypdfium2.PdfDocument(BytesIO(pdf)) as document:
        page = document[0]
        picture = page.render(scale=2).to_pil()
        page.close()
    return [found.text for found in zxingcpp.read_barcodes(picture)]


async def test_home_says_what_is_there_and_what_each_till_took_today(town, shop, surfer):
    await surfer.sign_in(shop.owner)
    page = await surfer.open("/commerce")
    await look(page, "merchant-home-empty")
    resident = await town.resident(100_00)
    paid = await shops.pays(resident, shop.code, 12_60)
    assert paid.status_code == 201, paid.text
    await page.reload()
    said = plain(await page.inner_text("main"))
    assert "Encaissé aujourd’hui 12,60 B" in said
    assert "Caisse 1 12,60 B 1 paiement" in said
    assert await page.get_attribute(".btn-pay", "href") == "/caisse"
    await look(page, "merchant-home")


async def test_a_public_body_reads_what_it_is_owed_and_manages_its_tills(town, surfer):
    officer = await public_body(town)
    await surfer.sign_in(officer)
    page = await surfer.open("/commerce")
    assert await page.get_attribute(".btn-pay", "href") == "/caisse"
    assert "l’association vous doit 0,00 €" in plain(await page.inner_text("main"))
    ways = plain(await page.inner_text(".ways"))
    assert "Caisses et affiches" in ways
    assert "Payer un fournisseur" not in ways
    await look(page, "merchant-home-public")
    await page.click("text=Factures")
    await page.wait_for_selector("text=La première facture qu’un commerce vous paie")


async def test_a_suspended_shop_is_told_whom_to_call(town, shop, surfer):
    async with town.services.rows() as rows:
        mine = update(MERCHANT).where(MERCHANT.c.id == shop.merchant)
        await rows.execute(mine.values(status="suspended"))
    await surfer.sign_in(shop.owner)
    page = await surfer.open("/commerce")
    assert "ne prend pas de paiements" in await page.inner_text("main")
    assert await page.query_selector(".btn-pay") is None
    await look(page, "merchant-home-suspended")
    await page.goto(surfer.url + "/commerce/caisses")
    assert await page.query_selector(".paper") is None
    await look(page, "merchant-tills-suspended")


async def test_a_till_is_opened_with_a_poster_and_its_papers_lead_to_it(town, shop, surfer):
    await surfer.sign_in(shop.owner)
    page = await surfer.open("/commerce/caisses")
    await look(page, "merchant-tills")
    await page.fill("#nom", "Caisse du marché")
    await page.click("button:has-text('Ouvrir une caisse')")
    await page.wait_for_selector("section:has-text('Caisse du marché') .poster")
    links = {
        poster_link(code, town.services.paying.realm)
        for code in re.findall(r"/v1/posters/(\w+)\.pdf\"", await page.content())
    }
    assert len(links) == 2
    for name in ("Affiche A4", "Affiche de comptoir A6", "En cas de panne"):
        (link,) = read_back(await paper(page, surfer.url, name, shop.owner))
        assert link in links
    assert (await paper(page, surfer.url, "Mots de", shop.owner)).startswith(b"%PDF")
    shot = await page.screenshot(full_page=True)
    seen = {found.text for found in zxingcpp.read_barcodes(Image.open(BytesIO(shot)))}
    assert seen == links
    await page.click("section:has-text('Caisse du marché') >> text=Retirer cette affiche")
    await look(page, "merchant-tills-two")
    await page.click("section:has-text('Caisse du marché') >> button:has-text('Retirer')")
    await page.wait_for_selector("text=Aucune affiche à cette caisse")
    await page.click("section:has-text('Caisse du marché') >> text=Faire une affiche")
    await page.wait_for_selector("section:has-text('Caisse du marché') .poster")
    await page.click("section:has-text('Caisse du marché') >> text=Fermer cette caisse")
    await page.click("button:has-text('Fermer Caisse du marché')")
    await page.wait_for_selector("h2:has-text('Caisse du marché')", state="detached")


async def test_somebody_is_invited_to_the_till_listed_and_taken_back(town, shop, surfer):
    await surfer.sign_in(shop.owner)
    page = await surfer.open("/commerce/equipe")
    await look(page, "merchant-people")
    await page.click("text=Faire une invitation")
    await page.wait_for_selector("text=il ne s’affiche qu’une fois")
    await look(page, "merchant-invited")
    shot = Image.open(BytesIO(await page.screenshot(full_page=True)))
    (link,) = [found.text for found in zxingcpp.read_barcodes(shot)]
    token = link.partition("#")[2]
    assert link.startswith(f"{surfer.url}/invitation#")
    cashier = await town.resident(name="Théo")
    taken = await cashier.post("/v1/me/roles", {"invitation": token})
    assert taken.status_code == 201, taken.text
    await page.click("text=C’est fait")
    await page.wait_for_selector("text=tient la caisse")
    await page.click("text=Faire une invitation")
    await page.click("text=C’est fait")
    await page.wait_for_selector("text=Invitations en attente")
    await look(page, "merchant-people-two")
    await page.click("text=Retirer l’invitation")
    await page.wait_for_selector("text=Invitations en attente", state="detached")
    await page.click("summary:has-text('Retirer')")
    await page.click("button:has-text('Retirer Théo')")
    await page.wait_for_selector("text=tient la caisse", state="detached")


async def test_a_key_is_shown_once_and_revoked(shop, surfer):
    await surfer.sign_in(shop.owner)
    page = await surfer.open("/commerce/cles")
    await look(page, "merchant-keys-empty")
    await page.fill("#nom", "Caisse 1")
    await page.click("button:has-text('Faire une clé')")
    key = plain(await page.inner_text("code"))
    await look(page, "merchant-key-made")
    await page.click("text=C’est fait")
    assert key not in await page.content()
    await look(page, "merchant-keys")
    await page.click("summary:has-text('Retirer')")
    await page.click("button:has-text('Retirer Caisse 1')")
    await page.wait_for_selector("text=Aucune clé en service")


async def test_who_does_not_run_the_shop_sees_none_of_it(town, shop, surfer, chromium, url):
    cashier = await town.somebody(Role.CASHIER, party=shop.owner.party)
    await surfer.sign_in(cashier)
    for path in ("", "/caisses", "/equipe", "/euros", "/fournisseurs", "/comptabilite", "/cles"):
        page = await surfer.open(f"/commerce{path}")
        assert await page.query_selector(".btn-pay") is None
        assert "/commerce" in page.url
        assert await page.query_selector(".way") is None
        await page.close()
    async with surfing(chromium, url) as nobody:
        page = await nobody.open("/commerce")
        assert "/connexion" in page.url


async def test_in_english_and_without_a_script_a_till_is_opened(shop, chromium, url):
    async with surfing(chromium, url, java_script_enabled=False, locale="en-GB") as bare:
        await bare.sign_in(shop.owner)
        page = await bare.open("/commerce/caisses")
        label = f"Stall {uuid4().hex[:6]}"
        await page.fill("#nom", label)
        await page.click("button:has-text('Open a till')")
        await page.wait_for_selector(f"h2:has-text('{label}')")
        assert "A6 poster for the counter" in await page.inner_text("main")
