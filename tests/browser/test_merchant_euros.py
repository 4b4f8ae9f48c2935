"""A merchant's Bou'Sols become euros, and its month goes to its books."""

import pytest

from admin.roles import Role
from api.gate.asker import COOKIE
from tests.api.invoices.shops import HERE, bill, shop
from tests.api.town import PIN
from tests.browser.chromium import DESK, PHONE, look, plain, surfing, taps


@pytest.fixture
async def owner(town):
    return await shop(town, 210_00)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
async def test_three_taps_lead_to_euros_and_the_page_says_what_arrives_and_when(
    town, owner, surfer, size
):
    await surfer.sign_in(owner)
    before = await town.balance(owner)
    page = await surfer.open("/commerce")
    await page.set_viewport_size(size)
    await page.click("text=Passer en euros")
    said = plain(await page.inner_text("main"))
    assert "FR76" in said
    assert "189" in said
    assert "Disponible" in said
    await look(page, "merchant-euros")
    await page.fill("#montant", "105")
    await page.click("text=Voir ce que je recevrai")
    said = plain(await page.inner_text("main"))
    assert "100,00" in said
    assert "5,00 €" in said
    await page.fill("#code", "0007")
    await page.click("text=Demander 100,00")
    await page.wait_for_selector("text=Ce n’est pas le bon code")
    await look(page, "merchant-euros-preview")
    await page.fill("#code", PIN)
    await page.click("text=Demander 100,00")
    await page.wait_for_selector("text=Vos Bou’Sols sont réservés")
    await taps(page, "to euros, with one wrong code", 4)
    await look(page, "merchant-euros-asked")
    assert await town.balance(owner) == before - 105_00
    await page.goto(surfer.url + "/commerce")
    said = plain(await page.inner_text("main"))
    assert "Réservé pour les euros demandés 105,00 B" in said
    assert "Vers les euros" in said
    await look(page, "merchant-home-euros")


async def test_what_treasurers_decide_is_told(town, owner, surfer):
    treasurer = await town.somebody(Role.TREASURER)
    paths = []
    for _ in range(2):
        body = {"amount": {"amount": 42_00, "currency": "BSL"}} | HERE
        made = await owner.post("/v1/redemptions", body)
        paths.append(made.headers["location"])
    await treasurer.post(f"{paths[0]}/approval")
    await treasurer.post(f"{paths[1]}/rejection", {"reason": "IBAN d’un autre titulaire"})
    await surfer.sign_in(owner)
    page = await surfer.open("/commerce/euros")
    await look(page, "merchant-euros-decided")
    await page.click("text=42,00 >> nth=0")
    await page.wait_for_selector("text=Motif du rejet")
    await look(page, "merchant-euros-rejected")
    await page.goto(surfer.url + f"/commerce/euros/{paths[0].rsplit('/', 1)[1]}")
    await page.wait_for_selector("text=le virement part")
    await look(page, "merchant-euros-approved")


async def test_too_little_and_no_iban_say_what_to_do(town, owner, surfer, chromium, url):
    await surfer.sign_in(owner)
    page = await surfer.open("/commerce/euros")
    await page.fill("#montant", "20,99")
    await page.click("text=Voir ce que je recevrai")
    await page.wait_for_selector("[role=alert]")
    await look(page, "merchant-euros-too-little")
    for facts, words in (({"iban": None}, "Il manque l’IBAN"), ({}, "à partir de")):
        poor = await shop(town, 10_00, **facts)
        async with surfing(chromium, url) as other:
            await other.sign_in(poor)
            page = await other.open("/commerce/euros")
            assert words in await page.inner_text("main")
            assert await page.query_selector("#montant") is None


async def test_the_same_request_sent_twice_holds_once(town, owner, chromium, url):
    before = await town.balance(owner)
    async with surfing(chromium, url, java_script_enabled=False, locale="en-GB") as bare:
        await bare.sign_in(owner)
        page = await bare.open("/commerce/euros")
        await page.fill("#montant", "21")
        await page.click("text=See what I will receive")
        key = await page.input_value("[name=cle]")
        await page.click("text=Ask for")
        await page.wait_for_selector("text=Your Bou’Sols are set aside")
        again = await page.request.post(
            f"{url}/commerce/euros/demande",
            form={"cle": key, "montant": "21"},
            headers={"origin": url, "cookie": f"{COOKIE}={owner.token}"},
        )
        assert again.url == page.url
    assert await town.balance(owner) == before - 21_00


async def test_a_month_is_two_taps_from_home_and_its_files_open(town, owner, surfer):
    supplier = await shop(town)
    await owner.post("/v1/invoice-payments", bill(supplier, 40_00, invoice="M-1"))
    await owner.post("/v1/redemptions", {"amount": {"amount": 42_00, "currency": "BSL"}} | HERE)
    await surfer.sign_in(owner)
    page = await surfer.open("/commerce")
    await page.click("text=Comptabilité")
    said = plain(await page.inner_text("main"))
    for part in ("Solde au début", "Fournisseurs payés", "− 40,00 €", "Rachats demandés",
                 "Solde à la fin", "Écritures proposées", "401"):  # fmt: skip
        assert part in said
    await taps(page, "accounting", 1)  # the second is the file
    await look(page, "merchant-month")
    for link, kind in (("Relevé PDF", b"%PDF"), ("Écritures CSV", b"")):
        address = await page.get_attribute(f"a:has-text('{link}')", "href")
        answer = await page.request.get(surfer.url + str(address), headers=owner.headers)
        assert answer.status == 200
        assert (await answer.body()).startswith(kind)
    await page.click("nav.head a >> nth=0")
    await page.wait_for_selector("text=Aucun mouvement ce mois-ci")
    await look(page, "merchant-month-empty")
