"""A convention from its first list to its proof: 200 awards, bread, a refusal, a refund, an end."""

import asyncio

import pytest

from api.aid import executing, lapsing
from tests.api.aid.proofs import figures, read
from tests.api.aid.sponsors import ends, selling
from tests.api.paying import shops
from tests.api.town import PIN
from tests.browser.chromium import look, plain, surfing
from tests.browser.offices import HEADS, listed, opened, rows
from tests.browser.till_scenes import green, live, press, show_card
from tests.database.world import tell

NAME = "Aide alimentaire, automne 2026"
AWARDS, GIVEN, MISSING = 200, 17_970_00, "17 470,00"
SECRET = ("aide", "ccas", "lot", "solde", "programme", "éligible", "filière")
"""What would tell a queue why a card was refused."""


@pytest.fixture
async def yvette(town):
    """Somebody without a phone: the number of her card, and what its code says."""
    who = await town.resident(name="Yvette Dupuis")
    number, link = await shops.card(town, who)
    async with town.services.connection() as connection:
        query = "select number from admin.card where id = $1"
        return str(await connection.fetchval(query, number)), link


@pytest.fixture
def gate(monkeypatch):
    """Holds a batch back while its lots are opened, until it is set."""
    there, opening = asyncio.Event(), executing.open_lots

    async def waits(*given, **named):
        await there.wait()
        return await opening(*given, **named)

    monkeypatch.setattr(executing, "open_lots", waits)
    return there


async def test_two_hundred_awards_buy_bread_come_back_end_and_are_proven(
    office, desk, surfer, yvette, gate, owner
):
    town, chromium, number = office.town, desk.context.browser, yvette[0]
    programme = await office.programme(funded=500_00, name=NAME)
    page = await opened(desk, office.clerk, "/aide")
    await _submitted(page, number)
    await _approved_on_a_phone(surfer, office)
    await _waits(page, desk)
    # The euros arrive: the page that is open says so by itself.
    begun = town.services.clock.now()
    await office.fund(programme, GIVEN - 500_00)
    await page.wait_for_selector("text=Le lot est en train d’être donné", timeout=20_000)
    took = (town.services.clock.now() - begun).total_seconds()
    tell(f"from the euros to a page that says that the batch runs: {took:.1f} s")
    await look(page, "aid-batch-running")
    gate.set()
    await page.wait_for_selector(f"text=C’est fait : {AWARDS} aides sont données.", timeout=60_000)
    batch = page.url.rsplit("/", 1)[1].split("?")[0]
    async with surfing(chromium, desk.url) as counter:
        await _bread_and_vegetables_and_no_books(town, counter, yvette)
    await _she_reads_why_with_her_card(chromium, desk.url, number)
    await _what_the_office_sees(page, desk, programme)
    await ends(owner, batch, ago="1 second")
    await lapsing.sweep(town.services)
    await _proven(page, desk, programme)


async def _submitted(page, number):
    """A list of two hundred with one faulty row, then without."""
    await page.click("a.btn:has-text('Importer un lot')")
    lines = [f"{row};" for row in rows(AWARDS - 1, first=1000)]
    last = "B-2026-0900;Yvette Dupuis;1;0;{};" + number
    for amount in ("6000,00", "60,00"):
        await page.fill("#mois", "2027-03")
        file = listed(*lines, last.format(amount), heads=f"{HEADS};carte")
        await page.set_input_files("#fichier", file)
        await page.click("text=Voir l’aperçu")
        if amount == "6000,00":
            assert "1 ligne à corriger" in plain(await page.inner_text("main"))
            await page.click("text=Choisir un autre fichier")
    await page.fill("#decision", "CP du 12 mars 2027, no 14")
    await page.click(f"text=Soumettre les {AWARDS} lignes")
    await page.wait_for_selector("text=Vous avez saisi ce lot")


async def _approved_on_a_phone(surfer, office):
    """Two more persons approve so large a batch, each in two taps from the front door."""
    phone = await opened(surfer, office.validator, "/")
    await look(phone, "aid-home-phone")
    await phone.click(".waits .btn")
    await look(phone, "aid-batch-phone")
    await phone.click("button:has-text('Approuver')")
    await phone.wait_for_selector("text=une troisième personne approuve aussi")
    phone = await opened(surfer, office.third, "/")
    await phone.click(".waits .btn")
    await phone.click("button:has-text('Approuver')")
    await phone.wait_for_selector("text=Le lot partira tout seul.")


async def _waits(page, desk):
    """The batch waits for euros, and says how many."""
    await page.reload()
    said = plain(await page.inner_text("main"))
    assert f"Approuvé, en attente de fonds. Il manque {MISSING} €." in said
    await look(page, "aid-story-waiting")
    await page.goto(f"{desk.url}/aide")
    said = plain(await page.inner_text(".waits"))
    assert f"Il manque {MISSING} €. Le lot partira tout seul." in said
    await look(page, "aid-home-missing")
    await page.click(".waits .btn")


async def _bread_and_vegetables_and_no_books(town, counter, card):
    """Card and code buy bread and vegetables, some carrots come back; books stay on their shelf."""
    number, link = card
    bakery, greens, books = [
        await selling(town, filiere) for filiere in ("boulangerie", "fruits_legumes", "librairie")
    ]
    await _pays(counter, bakery, "30,10", link)
    page = await _pays(counter, greens, "12,40", number)
    await page.click("#suivant")
    await page.goto(f"{counter.url}/caisse/{greens.till}/jour")
    await page.locator("#lignes li a").first.click()
    await page.click("text=Rembourser")
    await page.fill("#montant", "2,40")
    await page.click("button:has-text('Rembourser ce montant')")
    await page.wait_for_selector("h1:has-text('Remboursé')")
    page = await _shown(counter, books, "5,00", link)
    await page.wait_for_selector("text=Paiement impossible")
    said = plain(await page.inner_text("main")).lower()
    assert not [word for word in SECRET if word in said], said
    await look(page, "aid-story-books")


async def _shown(counter, shop, amount, link):
    """A card shown at the till of a shop, its code typed by who holds it."""
    await counter.sign_in(shop.owner)
    page = await counter.open(f"/caisse/{shop.till}")
    await live(page)
    await show_card(page, amount, link)
    return page


async def _pays(counter, shop, amount, link):
    page = await _shown(counter, shop, amount, link)
    await page.wait_for_selector("text=Tournez l’écran vers le client.")
    await press(page, PIN, "data-digit")
    await page.click("#carte-payer")
    await green(page, amount)
    return page


async def _she_reads_why_with_her_card(chromium, url, number):
    """On any screen, the number of her card and its code say what is left and why not books."""
    async with surfing(chromium, url) as borrowed:
        page = await borrowed.open("/carte")
        await page.fill("#numero", number)
        await page.fill("#code", PIN)
        await page.click("text=Voir ma carte")
        await page.wait_for_selector("text=Effacer et quitter")
        said = plain(await page.inner_text("main"))
        assert "22,90 B" in said, said
        assert "L’aide ne sert pas dans ce commerce" in said
        assert "non payé" in said
        await look(page, "aid-story-her-card")


async def _what_the_office_sees(page, desk, programme):
    """What is left, why a payment failed, and never where the bread was bought."""
    await page.click("nav >> text=Foyers")
    await page.fill("#numero", "B-2026-9999")
    await page.click("text=Ouvrir le dossier")
    await page.wait_for_selector("text=Aucun de vos dossiers")
    await look(page, "aid-find")
    await page.fill("#numero", "B-2026-0900")
    await page.click("text=Ouvrir le dossier")
    await page.wait_for_selector("h1:has-text('Yvette Dupuis')")
    said = plain(await page.inner_text("main"))
    assert "22,90 B" in said
    assert "Paiements qui n’ont pas pu se faire" in said
    assert "L’aide ne sert pas dans ce commerce" in said
    assert "Boutique" not in said
    await look(page, "aid-person-refused")
    await page.goto(f"{desk.url}/aide/programmes/{programme}")
    said = plain(await page.inner_text(".legend"))
    assert "Dépensé 38,19 €" in said
    await look(page, "aid-programme-running")


async def _proven(page, desk, programme):
    """What nobody spent is the programme's again, and the figures add up to the cent."""
    told = await page.request.get(f"{desk.url}/v1/aid/programmes/{programme}/proof.csv")
    assert told.ok, await told.text()
    found = figures(read(await told.body()))
    assert (found["funded"], found["backing"]) == (GIVEN, 0)
    assert found["spent"] == 30_10 + 12_40 - 2_40
    assert found["issued"] == found["spent"] + found["expired"]
    assert found["funded"] == found["spent_euros"] + found["unused"]
    await page.goto(f"{desk.url}/aide/programmes/{programme}")
    said = plain(await page.inner_text("main"))
    assert "financé 17 970,00 €" in said
    assert "Dépensé 38,20 €" in said.replace("\n", " ")
    await look(page, "aid-story-ended")
