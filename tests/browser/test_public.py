"""The screens for everybody: home, directory and map, shop, cover, joining, receipts."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, update

from admin.roles import Role
from api.pages.public import covering
from api.pages.rendering import render
from api.routes.cover import Cover
from merchants.admission import folded
from merchants.register import WORDS_IN
from merchants.tables import MERCHANT, MERCHANT_FILIERE
from tests.api.paying import shops
from tests.browser.chromium import look, plain, surfing

SHOPS = (
    ("Boulangerie Delattre", "12 rue Faidherbe", "Boulogne-sur-Mer", "boulangerie"),
    ("Les Jardins de la Liane", "place Dalton", "Boulogne-sur-Mer", "producteur"),
    ("Librairie de la Digue", "3 Grande-Rue", "Boulogne-sur-Mer", "librairie"),
    ("Cordonnerie des Remparts", "8 rue de Lille", "Boulogne-sur-Mer", "reparation"),
    ("Poissonnerie Altazin", "1 quai Gambetta", "Le Portel", "poissonnerie"),
    ("Vélo-Atelier", "4 rue du Port", "Saint-Léonard", "velo"),
    ("Toits et Laine", "9 rue Carnot", "Samer", "energie"),
    ("Café du Cap", "2 rue de la Mer", "Wissant", "restauration"),
    ("Menuiserie Bourgain", "5 rue Thiers", "Outreau", "artisan"),
    ("Coiffure Marée", "6 rue Nationale", "Saint-Martin-Boulogne", "coiffure"),
    ("Ciné Opale", "7 rue Carnot", "Desvres", "spectacle"),
    ("Ferme du Mont", "route de Samer", "Saint-Étienne-au-Mont", "producteur"),
    ("Épicerie Vrac", "rue de la Plage", "Équihen-Plage", "epicerie"),
    ("Surf École", "digue de Mer", "Wimereux", "sport"),
    ("Fromages Fourmentin", "rue de Wimille", "Wimille", "boucherie"),
    ("Primeur des Dunes", "avenue de la Forêt", "Neufchâtel-Hardelot", "fruits_legumes"),
)


@pytest.fixture(scope="module")
async def directory(town):
    """Sixteen shops in thirteen communes; their ids by name."""
    made = {}
    for name, street, commune, filiere in SHOPS:
        found = await shops.shop(town, name=name)
        made[name] = found.merchant
        more = {"description": "Pain au levain"} if filiere == "boulangerie" else {}
        words = func.to_tsvector(WORDS_IN, folded(name))
        facts = {"street": street, "commune": commune, "words": words} | more
        async with town.services.rows() as rows:
            mine = MERCHANT.c.id == found.merchant
            await rows.execute(update(MERCHANT).where(mine).values(facts))
            row = {"merchant": found.merchant, "filiere": filiere}
            await rows.execute(insert(MERCHANT_FILIERE).values(row))
    return made


async def test_an_empty_ledger_says_that_nothing_is_in_use_yet(home, surfer):
    page = await surfer.open("/couverture")
    await page.wait_for_selector("text=Aucun Bou’Sol ne circule encore")
    await look(page, "public-cover-none")
    await page.goto(surfer.url + "/commerces")
    assert "0 commerce" in await page.inner_text("h1")
    await look(page, "public-directory-empty")


async def test_home_says_what_it_is_and_where_to_go(town, directory, surfer):
    await town.resident(48_310_50)
    page = await surfer.open("/")
    text = plain(await page.inner_text("main"))
    assert "20 € donnent 21 Bou’Sols" in text
    assert f"{len(SHOPS)} commerces le prennent" in text
    assert "100,0 %" in text
    await look(page, "public-home")
    await page.click("text=English")
    await page.wait_for_selector("text=The currency that stays in the Boulonnais")
    assert await page.get_attribute("html", "lang") == "en"


async def test_the_directory_is_read_by_branch_commune_and_words(directory, surfer):
    page = await surfer.open("/commerces")
    assert plain(await page.inner_text("h1")) == f"{len(SHOPS)} commerces prennent le Bou’Sol"
    await look(page, "public-directory")
    await page.click("text=Alimentation")
    assert "8 commerces" in plain(await page.inner_text("h1"))
    await look(page, "public-directory-food")
    await page.click('a[aria-label="Boulogne-sur-Mer\u00a0: 2 commerces"]')
    assert (
        plain(await page.inner_text("h1")) == "2 commerces prennent le Bou’Sol à Boulogne-sur-Mer"
    )
    await page.click("text=Tout montrer")
    await page.fill("#q", "remparts")
    await page.press("#q", "Enter")
    assert "1 commerce prend" in plain(await page.inner_text("h1"))
    await page.fill("#q", "rien de tel")
    await page.press("#q", "Enter")
    await page.wait_for_selector("text=Aucun commerce ne répond")
    await look(page, "public-directory-none")


async def test_a_shop_shows_where_it_is_and_what_it_sells(directory, surfer):
    page = await surfer.open("/commerces")
    await page.click("text=Boulangerie Delattre")
    await page.wait_for_selector("text=Pain au levain")
    assert "12 rue Faidherbe" in await page.inner_text(".payee")
    await look(page, "public-shop")
    missing = await page.goto(f"{surfer.url}/commerces/{uuid4()}")
    assert missing.status == 404
    await page.wait_for_selector("text=Cette page n’existe pas")


async def test_merchants_read_what_a_shop_proposes(town, directory, surfer):
    async with town.services.rows() as rows:
        mine = MERCHANT.c.id == directory["Librairie de la Digue"]
        said = {"proposes": "Des invendus pour emballer", "seeks": "Un graphiste"}
        await rows.execute(update(MERCHANT).where(mine).values(said))
    address = f"/commerces/{directory['Librairie de la Digue']}"
    page = await surfer.open(address)
    assert "invendus" not in await page.content()
    await surfer.sign_in(await town.somebody(Role.MERCHANT))
    page = await surfer.open(address)
    await page.wait_for_selector("text=Des invendus pour emballer")
    await look(page, "public-shop-notice")


async def test_the_cover_is_said_in_one_sign_two_columns_and_figures(town, surfer):
    await town.resident(10_50)
    page = await surfer.open("/couverture")
    await page.wait_for_selector("text=Tout est couvert")
    told = (await town.house.client.get("/v1/cover")).json()
    text = plain(await page.inner_text("main")).replace(" ", "").replace(" ", "")
    assert f"{told['owed']['amount'] // 100},{told['owed']['amount'] % 100:02}€" in text
    await look(page, "public-cover")


async def test_a_cover_that_is_short_says_so_first_and_never_rounds_up(surfer):
    short = {"owed": 46_010_00, "reserve": 44_760_00}
    almost = {"owed": 1_000_000_00, "reserve": 999_999_99}
    page = await surfer.open("/couverture")
    for sums, percent, missing in ((short, "97,2 %", "1 250,00 €"), (almost, "99,9 %", "0,01 €")):
        await page.set_content(cover_page(**sums))
        text = plain(await page.inner_text("main"))
        assert f"Il manque {missing}" in text
        assert percent in text
        assert "Tout est couvert" not in text
    await page.set_content(cover_page(**short))
    await look(page, "public-cover-short")


def cover_page(owed, reserve):
    """The page of a cover that the ledger never lets happen."""
    head = {"seq": 9, "hash": "0" * 64, "posted_at": "2026-11-20T17:00:00Z"}
    told = {
        "owed": {"amount": owed, "currency": "EUR"},
        "circulating": {"amount": owed * 21 // 20, "currency": "BSL"},
        "reserve": {"amount": reserve, "currency": "EUR"},
        "remainder": 0,
        "redemption_ppm": reserve * 1_000_000 // owed,
        "par_ppm": 1,
        "head": head,
    }
    seen = covering.drawn(Cover.model_validate_json(json.dumps(told)), "fr")
    return render("public/cover.html", "fr", "B", cover=seen, path="/couverture").decode()


async def test_joining_tells_what_to_bring_and_fakes_no_form(surfer):
    page = await surfer.open("/rejoindre")
    text = plain(await page.inner_text("main"))
    assert "3,00 €" in text
    assert "30,00 €" in text
    assert await page.query_selector("main form") is None
    await look(page, "public-join")


@pytest.fixture
async def signed(town):
    """A receipt as its payer downloads it."""
    shop, payer = await shops.shop(town), await town.resident(30_00)
    order = {"code": shop.code, "amount": {"amount": 12_60, "currency": "BSL"}}
    paid = await payer.post("/v1/payments", order)
    assert paid.status_code == 201, paid.text
    found = await payer.get(f"/v1/payments/{paid.json()['payment']}/receipt")
    return found.json()


async def test_a_receipt_is_true_or_it_is_not(signed, surfer, tmp_path):
    page = await surfer.open("/verifier-recu")
    await look(page, "public-receipt")
    await page.fill("#recu", json.dumps(signed))
    await page.click("text=Vérifier >> nth=-1")
    await page.wait_for_selector("text=Oui, ce reçu est vrai")
    assert "12,60" in plain(await page.inner_text("main"))
    await look(page, "public-receipt-true")
    await page.fill("#recu", json.dumps(signed | {"amount": 99_60}))
    await page.click("button:has-text('Vérifier')")
    await page.wait_for_selector("text=Non, ce reçu n’est pas de nous")
    await look(page, "public-receipt-false")
    await page.fill("#recu", "bonjour")
    await page.click("button:has-text('Vérifier')")
    await page.wait_for_selector("text=Ce texte n’est pas un reçu.")
    file = tmp_path / "recu.json"
    file.write_text(json.dumps(signed), encoding="utf-8")
    await page.set_input_files("#fichier", file)
    await page.click("button:has-text('Vérifier')")
    await page.wait_for_selector("text=Oui, ce reçu est vrai")


async def test_the_directory_works_without_scripts(directory, chromium, url):
    async with surfing(chromium, url, java_script_enabled=False) as surfer:
        page = await surfer.open("/commerces?commune=Samer")
        assert "1 commerce" in plain(await page.inner_text("h1"))
        await page.click("text=Toits et Laine")
        assert "9 rue Carnot" in await page.inner_text(".payee")
