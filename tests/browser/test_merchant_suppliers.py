"""A merchant pays a supplier: found, typed, checked, paid; above a limit by two people."""

import pytest

from tests.api.invoices.shops import bill, colleague, shop
from tests.api.town import PIN
from tests.browser.chromium import look, plain, surfing, taps

LIST = "/commerce/factures"


@pytest.fixture(scope="module")
async def supplier(town):
    return await shop(town, name="Minoterie du Wast", commune="Le Wast")


@pytest.fixture
async def payer(town):
    return await shop(town, 900_00)


async def fill(page, number, total, bousols, euros=None):
    await page.fill("#facture", number)
    await page.fill("#total", total)
    await page.fill("#bousols", bousols)
    if euros is not None:
        await page.fill("#euros", euros)


async def test_an_invoice_is_found_checked_and_paid_in_two_moneys(town, payer, supplier, surfer):
    await surfer.sign_in(payer)
    page = await surfer.open("/commerce")
    await page.click("text=Payer un fournisseur")
    await look(page, "merchant-suppliers-empty")
    await page.type("#q", "wast")
    await page.wait_for_selector("text=1 fournisseur trouvé")
    await look(page, "merchant-suppliers-found")
    await page.click("text=Minoterie du Wast")
    await fill(page, "FA-2027-114", "340,00", "100")
    assert await page.input_value("#euros") == "240,00"
    await look(page, "merchant-invoice-form")
    await page.click("text=Vérifier")
    said = plain(await page.inner_text("main"))
    assert "340,00 €" in said
    assert "100,00 B" in said
    assert "240,00 €" in said
    await page.fill("#code", PIN)
    await look(page, "merchant-invoice-preview")
    await page.click("text=Payer 100,00")
    await page.wait_for_selector("text=C’est payé")
    await taps(page, "pay a supplier", 4)
    said = plain(await page.inner_text("main"))
    assert "Facture 340,00 € : 100,00 B payés, 240,00 € à régler autrement" in said
    await look(page, "merchant-invoice-paid")
    assert (await town.balance(supplier)) >= 100_00


async def test_the_supplier_reads_it_and_gives_some_back(town, payer, surfer):
    supplier = await shop(town)
    body = bill(supplier, 100_00, euros=240_00, invoice="FA-2027-115")
    made = await payer.post("/v1/invoice-payments", body)
    assert made.status_code == 201, made.text
    await surfer.sign_in(supplier)
    page = await surfer.open(f"{LIST}?cote=recues")
    await look(page, "merchant-invoices-received")
    await page.click(f"text={payer.extra['name']}")
    said = plain(await page.inner_text("main"))
    assert "Facture 340,00 € : 100,00 B reçus, 240,00 € à recevoir" in said
    await page.click("text=Rendre des Bou’Sols")
    await page.fill("#montant", "100,01")
    await page.click("button:has-text('Rendre')")
    await page.wait_for_selector("[role=alert]")
    await look(page, "merchant-invoice-refund-refused")
    await page.fill("#montant", "25")
    await page.click("button:has-text('Rendre')")
    await page.wait_for_selector("text=Rendu par vous")
    await look(page, "merchant-invoice-received")
    assert await town.balance(supplier) == 75_00


async def test_above_the_limit_its_author_waits_and_a_colleague_confirms(
    town, payer, supplier, surfer, chromium, url
):
    other = await colleague(town, payer)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/commerce/fournisseurs/{supplier.extra['merchant']}")
    await fill(page, "FA-2027-200", "600", "600")
    await page.click("text=Vérifier")
    await page.wait_for_selector("text=Deux personnes pour cette somme")
    await page.fill("#code", PIN)
    await look(page, "merchant-invoice-two")
    await page.click("text=Proposer 600,00")
    await page.wait_for_selector("text=une autre personne la confirme")
    assert await page.is_disabled("button:has-text('Confirmer')")
    assert "Peut le faire" in await page.inner_text("main")
    await look(page, "merchant-invoice-author")
    before = await town.balance(payer)
    async with surfing(chromium, url) as second:
        await second.sign_in(other)
        home = await second.open("/commerce")
        await look(home, "merchant-home-waiting")
        await home.click("text=FA-2027-200")
        await home.fill("#code", "0000")
        await home.click("button:has-text('Confirmer')")
        await home.wait_for_selector("[role=alert]")
        await look(home, "merchant-invoice-wrong-code")
        await home.fill("#code", PIN)
        await home.click("button:has-text('Confirmer')")
        await home.wait_for_selector("text=C’est payé")
    assert await town.balance(payer) == before - 600_00


async def test_a_colleague_refuses_and_an_author_withdraws(town, payer, supplier, surfer):
    other = await colleague(town, payer)
    paths = []
    for number in ("R-1", "R-2"):
        body = bill(supplier, 600_00, total=900_00, invoice=number)
        made = await payer.post("/v1/invoice-payments", body)
        paths.append(f"{LIST}/{made.json()['id']}")
    await surfer.sign_in(other)
    page = await surfer.open(paths[0])
    await look(page, "merchant-invoice-second")
    await page.click("button:has-text('Refuser')")
    await page.wait_for_selector("text=Refusée")
    await page.goto(surfer.url + paths[1])
    await page.click("text=Annuler la proposition")
    await page.wait_for_selector("text=Annulée")
    await page.goto(surfer.url + LIST)
    await look(page, "merchant-invoices-paid")


async def test_what_is_refused_keeps_what_was_typed_and_moves_nothing(
    town, payer, supplier, surfer
):
    await surfer.sign_in(payer)
    before = await town.balance(payer)
    page = await surfer.open(f"/commerce/fournisseurs/{supplier.extra['merchant']}")
    await fill(page, "FA-9", "100", "60", "50")
    await page.click("text=Vérifier")
    await page.wait_for_selector("[role=alert]")
    assert await page.input_value("#facture") == "FA-9"
    assert await page.input_value("#euros") == "50"
    await look(page, "merchant-invoice-refused")
    await fill(page, "FA-9", "1000", "950", "0")
    await page.click("text=Vérifier")
    await page.fill("#code", PIN)
    await page.click("text=Proposer")
    await page.wait_for_selector("text=une autre personne la confirme")
    assert await town.balance(payer) == before


async def test_it_all_works_by_keyboard_in_english_and_without_a_script(
    town, payer, supplier, chromium, url
):
    before = await town.balance(payer)
    async with surfing(chromium, url, java_script_enabled=False, locale="en-GB") as plain_one:
        await plain_one.sign_in(payer)
        page = await plain_one.open("/commerce/fournisseurs")
        await page.focus("#q")
        await page.keyboard.type("Minoterie")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**q=Minoterie*")
        assert "1 supplier found" in await page.inner_text("main")
        await page.focus(".way")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("#facture")
        await page.focus("#facture")
        for text in ("KEY-1", "20.00", "20"):
            await page.keyboard.type(text)
            await page.keyboard.press("Tab")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("text=You will have left")
        await page.focus("button:has-text('Pay')")
        await page.keyboard.press("Enter")
        await page.wait_for_selector("text=Paid. 20.00")
    assert await town.balance(payer) == before - 20_00


@pytest.mark.parametrize("text", ["siret", "code"])
async def test_a_supplier_is_found_by_its_siret_and_by_the_code_of_its_till(
    town, payer, surfer, text
):
    from tests.api.paying import shops  # noqa: PLC0415  why: one use

    other = await shop(town, siret="73282932000074") if text == "siret" else None
    at = None if other else await shops.shop(town, name="Ferme des Caps")
    await surfer.sign_in(payer)
    typed = "732 829 320 00074" if at is None else at.code
    page = await surfer.open(f"/commerce/fournisseurs?q={typed}")
    name = other.extra["name"] if other else "Ferme des Caps"
    assert name in await page.inner_text("#resultats")
    await page.goto(f"{surfer.url}/commerce/fournisseurs?q=zzzzz")
    assert "Personne de ce nom" in await page.inner_text("#resultats")
