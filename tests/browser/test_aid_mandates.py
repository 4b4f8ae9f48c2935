"""Civil mandates: a list that lacks one, a person's own, and a revocation before the funds."""

import time
from datetime import datetime, timedelta

from api.wire.days import PARIS
from tests.browser.chromium import PHONE, look, plain
from tests.browser.offices import listed, opened

HEADS = "dossier;nom;adultes;enfants;montant;mandat"


def today():
    """The day it is in Boulogne now: a run may go past midnight."""
    return datetime.fromtimestamp(time.time(), PARIS).date()


BEFORE = today() - timedelta(days=30)
FAULTY = (
    f"B-2026-0101;Yvette Dupuis;1;0;60,00;{BEFORE}",
    "B-2026-0102;Malik Saïdi;1;2;60,00;",
    f"B-2026-0103;Rose Vasseur;2;1;60,00;{today() + timedelta(days=2)}",
    "B-2026-0104;Jean Petit;2;1;60,00;2026-09-31",
)
SAID = (
    "Mandat manquant",
    "Aucun mandat en cours pour ce programme, et la ligne n’en dit pas la date.",
    "Mettez la date du mandat",
    "Ce mandat serait signé dans l’avenir.",
    "Cette date n’existe pas.",
)
RIGHT = (
    f"B-2026-0101;Yvette Dupuis;1;0;60,00;{BEFORE}",
    f"B-2026-0102;Malik Saïdi;1;2;60,00;{BEFORE:%d/%m/%Y}",
)


async def civil(office, name):
    return await office.programme(instrument="mandat_civil", name=name)


async def test_a_row_without_a_mandate_is_said_in_words(office, desk):
    programme = await civil(office, "Secours par mandat")
    page = await opened(desk, office.clerk, f"/aide/programmes/{programme}/import")
    said = plain(await page.inner_text("main"))
    assert "le jour où la personne a signé son mandat" in said
    model = await page.request.get(f"{desk.url}/aide/modele-mandats.csv")
    assert (await model.text()).partition("\r\n")[0].endswith(";mandat")
    assert await page.get_attribute("a[download]", "href") == "/aide/modele-mandats.csv"
    await look(page, "aid-mandate-import")
    await page.fill("#mois", "2027-03")
    await page.set_input_files("#fichier", listed(*FAULTY, heads=HEADS))
    await page.click("text=Voir l’aperçu")
    said = plain(await page.inner_text("main"))
    assert [one for one in SAID if one not in said] == []
    assert await page.is_disabled("button:has-text('Corrigez 3 lignes')")
    await page.set_viewport_size(PHONE)
    await look(page, "aid-mandate-faulty")


async def test_a_revocation_on_the_persons_page_stops_an_approved_batch(office, unhelped):
    programme = await civil(office, "Manger ce mois")
    batch = await office.batch(programme, *RIGHT, heads=HEADS)
    assert (await office.approve(batch)).json()["status"] == "waiting"
    whose = [one["beneficiary"] for one in await office.lots(batch)]
    page = await opened(unhelped, office.clerk, f"/aide/foyers/{whose[0]}")
    await page.set_viewport_size(PHONE)
    said = plain(await page.inner_text("#mandats"))
    assert "Mandat du" in said
    assert "mandat en cours" in said
    await _noted_anew(page, programme)
    await page.click("text=Révoquer ce mandat")
    await look(page, "aid-mandate-revoking")
    await page.click("text=Oui, noter la révocation")
    await page.wait_for_selector("text=révoqué le")
    assert "pas donnée : sans mandat en cours" in plain(await page.inner_text(".awards"))
    await look(page, "aid-mandate-revoked")
    await page.goto(f"{unhelped.url}/aide/lots/{batch}")
    said = plain(await page.inner_text("main"))
    assert "1 personne n’a pas de mandat en cours (60,00 €) : rien ne lui sera versé." in said
    assert "Il manque 60,00 €." in said
    await look(page, "aid-mandate-waiting")
    await _busy_once(page)
    await office.fund(programme, 60_00)
    await office.until(batch, "executed")
    await _left_out(page)


async def _noted_anew(page, programme):
    """A later one, with its last day and its document, takes the place of the first."""
    await page.click("text=Noter un mandat signé")
    await page.select_option("#programme", programme)
    await page.fill("#signe_le", str(today() + timedelta(days=1)))
    await page.fill("#piece", "Carton 14")
    await page.click("button:has-text('Noter ce mandat')")
    await page.wait_for_selector("text=Ce mandat ne convient pas")
    assert await page.input_value("#piece") == "Carton 14"
    assert await page.input_value("#programme") == programme
    await look(page, "aid-mandate-unfit")
    await page.fill("#signe_le", str(today()))
    await page.fill("#jusqu_au", str(today() + timedelta(days=300)))
    await page.click("button:has-text('Noter ce mandat')")
    await page.wait_for_selector("text=remplacé le")


async def _busy_once(page):
    """The service has no time for one look: the page looks again."""
    async with page.expect_response(lambda answer: answer.status == 503):
        await page.route(
            "**/v1/aid/batches/*", lambda route: route.fulfill(status=503, body=""), times=1
        )


async def _left_out(page):
    """The batch was given without whoever took their mandate back, and names them."""
    # It follows the batch by itself.
    await page.wait_for_selector("text=C’est fait : 1 aide est donnée.", timeout=20_000)
    said = plain(await page.inner_text("main"))
    assert "1 aide n’est pas donnée, faute de mandat en cours (60,00 €)." in said
    assert "B-2026-0101 Yvette Dupuis" in said
    await look(page, "aid-mandate-left-out")
    await page.click("text=Voir qui n’a pas de mandat")
    assert await page.locator("tbody tr").count() == 1
    await look(page, "aid-mandate-without")


async def test_whoever_approves_reads_who_has_no_mandate(office, desk):
    programme = await civil(office, "Aide de printemps")
    batch = await office.batch(
        programme, *(row.replace("-01", "-07") for row in RIGHT), heads=HEADS
    )
    for lot in await office.lots(batch):
        place = f"/v1/aid/beneficiaries/{lot['beneficiary']}"
        mandate = (await office.clerk.get(place)).json()["mandates"][0]["id"]
        answer = await office.clerk.post(f"{place}/mandates/{mandate}/revocation")
        assert answer.status_code == 200, answer.text
    page = await opened(desk, office.validator, f"/aide/lots/{batch}")
    said = plain(await page.inner_text("main"))
    assert "2 personnes n’ont pas de mandat en cours (120,00 €)" in said
    assert "B-2026-0701 Yvette Dupuis" in said
    funds = plain(await page.inner_text("[aria-label='Fonds']"))
    assert "tant que personne n’a de mandat en cours" in funds
    await page.click("button:has-text('Approuver')")
    await page.wait_for_selector("text=personne n’a de mandat en cours : rien ne part.")
    assert "le lot part pour elle seule" in plain(await page.inner_text("main"))
    await look(page, "aid-mandate-nobody")
    await page.goto(f"{desk.url}/aide/lots")
    row = page.locator(f"tr:has(a[href='/aide/lots/{batch}'])")
    assert "Attend un mandat" in plain(await row.inner_text())


async def test_the_desk_asks_for_the_day_it_was_signed(office, desk):
    programme = await office.programme(
        instrument="mandat_civil", name="Urgence par mandat", funded=200_00
    )
    euros = {"amount": 70_00, "currency": "EUR"}
    line = dict.fromkeys(("total", "each_at_most", "floor"), euros)
    opened_line = await office.validator.post(f"/v1/aid/programmes/{programme}/line", line)
    assert opened_line.status_code == 201, opened_line.text
    await office.given(programme, "B-2026-0900;Zoé Petit;1;0;5,00;2026-09-03", heads=HEADS)
    page = await opened(desk, office.clerk, "/aide/urgence")
    await page.check("text=Urgence par mandat")
    for field, text in {
        "dossier": "B-2026-0901",
        "nom": "Zoé",
        "montant": "5",
        "decision": "S 1",
    }.items():
        await page.fill(f"#{field}", text)
    await page.click("text=Donner l’aide")
    await page.wait_for_selector("text=Mandat manquant")
    await look(page, "aid-mandate-desk")
    await page.fill("#dossier", "B-2026-0900")
    await page.click("text=Donner l’aide")
    await page.wait_for_selector("text=Reçu")
