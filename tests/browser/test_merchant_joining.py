"""What a merchant says of itself and to others, and how a business asks to become one."""

import pytest

from tests.api.invoices.shops import shop
from tests.api.shops.committee import Committee, siret
from tests.api.town import PIN
from tests.browser.chromium import look, plain, surfing


@pytest.fixture(scope="module")
async def committee(town):
    return await Committee.meet(town)


async def test_a_merchant_writes_its_page_and_its_notice_is_found(committee, town, surfer):
    _, owner = await committee.merchant(name="Fournil de l’Inconnu")
    await surfer.sign_in(owner)
    page = await surfer.open("/commerce/fiche")
    until = (await owner.get("/v1/merchant/profile")).json()["approved_until"]
    assert f"{until[:4]}. L’association décide" in plain(await page.inner_text("main"))
    await look(page, "merchant-profile")
    await page.fill("#description", "Ouvert de 7 h à 19 h, sauf le lundi.")
    await page.fill("#propose", "Invendus du soir, sacs de farine vides")
    await page.fill("#cherche", "Un imprimeur pour nos sachets")
    await page.check("[name=filiere] >> nth=2")
    await page.click("button:has-text('Garder')")
    await page.wait_for_selector("text=C’est gardé")
    await look(page, "merchant-profile-saved")
    told = (await owner.get("/v1/merchant/profile")).json()
    assert told["description"] == "Ouvert de 7 h à 19 h, sauf le lundi."
    assert len(told["filieres"]) == 2
    other = await shop(town)
    async with surfing(surfer.context.browser, surfer.url) as reader:
        await reader.sign_in(other)
        page = await reader.open("/commerce/annonces")
        await page.type("#q", "imprimeur")
        await page.wait_for_url("**q=imprimeur")
        assert "Fournil de l’Inconnu" in await page.inner_text("#resultats")
        await look(page, "merchant-notices")
        await page.goto(reader.url + "/commerce/annonces?q=zeppelin")
        await page.wait_for_selector("text=Aucune annonce avec ces mots")


async def test_two_who_change_one_page_at_once_do_not_undo_each_other(committee, surfer):
    _, owner = await committee.merchant()
    await surfer.sign_in(owner)
    page, late = await surfer.open("/commerce/fiche"), await surfer.open("/commerce/fiche")
    await page.fill("#description", "La première")
    await page.click("button:has-text('Garder')")
    await page.wait_for_selector("text=C’est gardé")
    await late.fill("#description", "La seconde")
    await late.click("button:has-text('Garder')")
    await late.wait_for_selector("[role=alert]")
    assert await late.input_value("#description") == "La seconde"
    await look(late, "merchant-profile-changed")
    await late.fill("#iban", "FR00 1234")
    await late.click("button:has-text('Garder')")
    await late.wait_for_selector("[role=alert]")
    told = (await owner.get("/v1/merchant/profile")).json()
    assert told["description"] == "La première"


async def test_a_new_iban_is_confirmed_with_the_code(town, surfer):
    owner = await shop(town)
    await surfer.sign_in(owner)
    page = await surfer.open("/commerce/fiche")
    await page.check("[name=filiere] >> nth=0")
    await page.fill("#iban", "GB82 WEST 1234 5698 7654 32")
    await page.click("button:has-text('Garder')")
    await page.wait_for_selector("text=Un nouvel IBAN se confirme")
    assert await page.input_value("#iban") == "GB82 WEST 1234 5698 7654 32"
    await look(page, "merchant-profile-iban")
    await page.fill("#code", PIN)
    await page.click("button:has-text('Garder')")
    await page.wait_for_selector("text=C’est gardé")
    told = (await owner.get("/v1/merchant/profile")).json()
    assert told["iban"] == "GB82WEST12345698765432"


async def test_a_business_applies_and_follows_its_application(committee, surfer):
    await committee.forget_tries()
    page = await surfer.open("/devenir-commerce")
    await look(page, "merchant-apply")
    number = siret(9001)
    facts = {"nom": "Ferme des Deux-Caps", "siret": number[:-1] + str((int(number[-1]) + 1) % 10),
             "code_postal": "62179", "commune": "Audinghen", "contact": "Anne Delattre",
             "telephone": "03 21 00 00 00"}  # fmt: skip
    for name, value in facts.items():
        await page.fill(f"#{name}", value)
    await page.check("[name=filiere] >> nth=1")
    await page.check("[name=charte]")
    await page.click("text=Envoyer la demande")
    await page.wait_for_selector("[role=alert]")
    assert await page.input_value("#nom") == "Ferme des Deux-Caps"
    assert await page.is_checked("[name=filiere] >> nth=1")
    assert await page.get_attribute("#siret", "aria-invalid") == "true"
    await look(page, "merchant-apply-refused")
    await page.fill("#siret", number)
    await page.click("text=Envoyer la demande")
    await page.wait_for_selector("text=À l’étude")
    await look(page, "merchant-application")
    made = page.url.rsplit("/", 1)[1]
    await committee.decide(made, "approve")
    await page.reload()
    assert "Agréé" in plain(await page.inner_text("main"))
    await look(page, "merchant-application-approved")


async def test_in_english_and_without_a_script_an_association_applies(committee, chromium, url):
    await committee.forget_tries()
    async with surfing(chromium, url, java_script_enabled=False, locale="en-GB") as bare:
        page = await bare.open("/devenir-commerce")
        await page.check("[name=genre][value=association]")
        facts = {"nom": "Les Amis du Port", "siret": siret(9002), "code_postal": "62480",
                 "commune": "Le Portel", "contact": "Jean", "email": "j@example.org"}  # fmt: skip
        for name, value in facts.items():
            await page.fill(f"#{name}", value)
        await page.check("[name=filiere] >> nth=0")
        await page.check("[name=charte]")
        await page.click("text=Send the application")
        await page.wait_for_selector("text=Being considered")
