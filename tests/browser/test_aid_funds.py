"""Works councils and food funds by hand: ceilings, gifts, joining, a month from start to finish."""

from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest

from admin.roles import Role
from api.aid import executing
from api.wire.days import day_of
from tests.api.aid.sponsors import Sponsor
from tests.api.buying.buyers import booked, treasurer
from tests.browser.chromium import PHONE, look, plain
from tests.browser.offices import listed, opened


@pytest.fixture(scope="module")
async def council(town):
    return await Sponsor.meet(town, Role.WORKS_COUNCIL)


async def said(page, where="main"):
    return plain(await page.inner_text(where))


async def _refused(page, filled, field, nonsense):
    """What no browser lets somebody type is refused in words, and is no fault of ours."""
    address = urlsplit(page.url)
    origin = f"{address.scheme}://{address.netloc}"
    ours = {"origin": origin, "sec-fetch-site": "same-origin"}
    for text in nonsense:
        sent = await page.request.post(page.url, form={**filled, field: text}, headers=ours)
        assert sent.status == 400, text[:9]


NEW = {
    "#nom": "Noël des enfants",
    "#convention": "Délibération du 3 mars",
    "#ouvre": "2020-01-01",
    "#finit": "2099-12-31",
    "#plafond": "183",
}


async def test_a_works_council_opens_a_programme_and_reads_the_year_before_it_gives(
    town, council, desk, other
):
    year = day_of(town.now).year
    page = await opened(desk, council.clerk, "/aide")
    programme = await _opened(page)
    await council.fund(programme, 400_00)
    await council.given(programme, "S-001;Anne Martin;150", period=f"{year}-01")
    await page.click(".main >> text=Importer un lot")
    await look(page, "cse-import")
    heads = "dossier;nom;montant"
    await page.fill("#mois", f"{year}-02")
    await page.set_input_files(
        "#fichier", listed("S-001;;40", "S-002;Malik Roux;60", "S-003;Léa Petit;200", heads=heads)
    )
    await page.click("text=Voir l’aperçu")
    told = await said(page)
    assert f"Avec ce cadeau, l’année {year} ferait 190,00 €. Le plafond est 183,00 €." in told
    assert "Mettez 33,00 € au plus" in told
    assert await page.locator("table:has-text('Total de l’année') tbody tr").count() == 3
    assert await page.is_disabled("text=Corrigez 2 lignes pour soumettre")
    await look(page, "cse-preview-above")
    await page.go_back()
    await page.fill("#mois", f"{year}-02")
    await page.set_input_files("#fichier", listed("S-001;;33", "S-002;Malik Roux;60", heads=heads))
    await page.click("text=Voir l’aperçu")
    await page.set_viewport_size(PHONE)
    await look(page, "cse-preview")
    await _given(town, council, page, other)


async def _opened(page):
    """A programme made by its form; ordinary food is not there to be chosen."""
    await page.click("text=Nouveau programme")
    assert await page.locator(".branches label:has-text('Alimentation')").count() == 0
    for field, text in NEW.items():
        await page.fill(field, text)
    await page.check("label:has-text('Loisirs') >> nth=0")
    await look(page, "cse-programme-new")
    await page.click("text=Ouvrir le programme")
    await page.wait_for_selector("h1:has-text('Noël des enfants')")
    return page.url.rsplit("/", 1)[1]


async def _given(town, council, page, other):
    """What was looked at is submitted by one and approved by the other."""
    await page.fill("#decision", "Délibération du 4 mars")
    await page.click("text=Soumettre les 2 lignes")
    await page.wait_for_url("**/aide/lots/*")
    assert "Vous avez saisi ce lot" in await said(page)
    number = page.url.rsplit("/", 1)[1]
    boss = await opened(other, council.validator, f"/aide/lots/{number}")
    await boss.click("button:has-text('Approuver')")
    await executing.run(town.services, UUID(number))
    await council.until(number, "executed")
    await boss.reload()
    assert "C’est fait : 2 aides sont données." in await said(boss)
    await look(boss, "cse-given")


async def test_a_ceiling_is_said_by_one_treasurer_and_set_by_another(
    town, council, desk, other, surfer
):
    one, two = await treasurer(town), await treasurer(town)
    page = await opened(desk, one, "/aide/plafonds")
    await page.fill("#annee", str(day_of(town.now).year - 1))
    await page.fill("#plafond", "196")
    await page.fill("#source", "Arrêté du 19 décembre")
    await page.click("text=Proposer ce plafond")
    await page.wait_for_selector("[role=alert]")
    assert await page.input_value("#plafond") == "196"
    await look(page, "ceilings-wrong")
    await page.fill("#annee", str(day_of(town.now).year + 1))
    await page.click("text=Proposer ce plafond")
    await page.wait_for_selector("text=Une autre personne de la trésorerie le confirme, puis")
    assert await page.locator("text=Fixer ce plafond").count() == 0
    await look(page, "ceilings-proposed")
    filled = {"plafond": "196", "source": "Arrêté"}
    await _refused(page, filled, "annee", ("²", "٢٠٢٧", "9" * 5_000))
    boss = await opened(other, two, "/aide/plafonds")
    await look(boss, "ceilings-to-set")
    await boss.click("text=Fixer ce plafond")
    await boss.wait_for_selector("text=Le plafond est fixé.")
    await page.click("text=Retirer")
    await page.wait_for_selector("text=Ce plafond a été traité entre-temps")
    await surfer.sign_in(council.clerk)
    phone = await surfer.open("/aide/plafonds")
    told = await said(phone)
    assert f"{day_of(town.now).year + 1} 196,00 €" in told
    assert "Ajouter une année" not in told
    await look(phone, "ceilings")


async def test_a_resident_joins_and_a_month_is_shared_out_by_hand(town, surfer, desk, other):
    fund = await Sponsor.meet(town, Role.SPONSOR)
    who = await town.resident()
    await surfer.sign_in(who)
    phone = await surfer.open("/compte")
    await phone.click("text=Caisse alimentaire")
    assert "Aucune caisse n’est ouverte en ce moment." in await said(phone)
    await look(phone, "fund-none")
    programme = await fund.programme(instrument="food_fund", name="Caisse du marché", funded=100_00)
    agent = await opened(desk, fund.clerk, f"/aide/programmes/{programme}")
    await agent.click("text=Le mois de la caisse")
    assert "Personne n’a encore rejoint la caisse." in await said(agent)
    await look(agent, "fund-month-empty")
    await _join(phone)
    reference = (await phone.inner_text("dd:has-text('RF')")).replace(" ", "")
    await booked(await treasurer(town), 60_00, reference=f"CAISSE {reference}")
    late = await town.resident()
    body = {"contribution": {"amount": 150_00, "currency": "EUR"}}
    await late.ask("PUT", f"/v1/food-funds/{programme}/membership", body)
    await phone.reload()
    assert "Arrivée ce mois-ci" in await said(phone)
    await look(phone, "fund-paid")
    await _share(town, fund, agent, other)
    await phone.reload()
    told = await said(phone)
    assert "84,00 B" in told, told
    await look(phone, "fund-given")
    await phone.click("summary:has-text('Quitter la caisse')")
    await phone.click("button:has-text('Quitter')")
    await phone.wait_for_selector("text=Vous avez quitté la caisse.")


async def _join(phone):
    """A sum that cannot be, then 60 euros."""
    await phone.reload()
    await look(phone, "funds")
    await phone.click("text=Rejoindre cette caisse")
    await phone.fill("#cotisation", "200")
    await phone.click("button:has-text('Rejoindre')")
    await phone.wait_for_selector("[role=alert]")
    assert await phone.input_value("#cotisation") == "200"
    await look(phone, "fund-join-wrong")
    await phone.fill("#cotisation", "60")
    await phone.click("button:has-text('Rejoindre')")
    await phone.wait_for_selector("text=C’est noté : 60,00 € par mois.")
    await look(phone, "fund-joined")


async def _share(town, fund, agent, other):
    """One prepares the month for all members, another approves; each gets 80 euros."""
    filled = {"decision": "Règlement", "cle": str(uuid4())}
    await _refused(agent, filled, "mois", ("mars", "0000-01", "9999-12", "2027-13"))
    await agent.reload()
    assert "160,00 € pour 1 membre" in await said(agent)
    await agent.check("text=tous les membres")
    await agent.click("text=Recalculer")
    await agent.wait_for_selector("text=pour chacun des 2 membres")
    assert "80,00 €" in await said(agent)
    await look(agent, "fund-month")
    month = agent.url
    await agent.fill("#decision", "Règlement, article 4")
    await agent.click("text=Préparer le partage de 160,00")
    await agent.wait_for_url("**/aide/lots/*")
    path = agent.url.split("/aide/")[1]
    boss = await opened(other, fund.validator, f"/aide/{path}")
    await boss.click("button:has-text('Approuver')")
    number = path.rsplit("/", 1)[1]
    await executing.run(town.services, UUID(number))
    await fund.until(number, "executed")
    await boss.reload()
    assert "C’est fait : 2 aides sont données." in await said(boss)
    await agent.goto(month)
    assert "Chacun a sa part" in await said(agent)
    await agent.set_viewport_size(PHONE)
    await look(agent, "fund-month-given")


async def test_an_address_that_changed_is_named_before_the_list_is_submitted(town, desk):
    ccas = await Sponsor.meet(town)
    heads, rows = "dossier;nom;montant;adresse", "D-1;Anne Martin;5;1 rue du Port"
    programme = await ccas.programme(funded=100_00, name="Aide d’hiver")
    await ccas.batch(programme, rows, heads=heads, period="2027-01")
    page = await opened(desk, ccas.clerk, f"/aide/programmes/{programme}/import")
    await page.fill("#mois", "2027-02")
    await page.set_input_files("#fichier", listed("D-1;;5;9 quai Gambetta", heads=heads))
    await page.click("text=Voir l’aperçu")
    assert "1 adresse changée" in await said(page)
    await page.click("text=Voir les différences")
    told = await said(page)
    assert "Adresse changée C’était : 1 rue du Port." in told, told
    await look(page, "aid-address-changed")
