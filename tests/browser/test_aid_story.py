"""A convention from its first list to bread: funded late, given by itself, spent where it may."""

import asyncio

import pytest

from api.aid import executing
from tests.api.aid.sponsors import selling
from tests.api.buying.buyers import bsl
from tests.api.paying import shops
from tests.api.town import PIN
from tests.browser.chromium import look, plain
from tests.browser.offices import HEADS, at_desk, ccas, listed, opened, rows
from tests.database.world import tell

NAME = "Aide alimentaire, automne 2026"


@pytest.fixture(scope="module")
async def office(town):
    return await ccas(town)


@pytest.fixture
async def desk(chromium, url):
    async with at_desk(chromium, url) as made:
        yield made


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


async def test_twenty_awards_wait_for_their_euros_run_by_themselves_and_buy_bread(
    town, office, desk, surfer, yvette, gate
):
    number, link = yvette
    programme = await office.programme(funded=500_00, name=NAME)
    page = await opened(desk, office.clerk, "/aide")
    await _submitted(page, number)
    await _approved_on_a_phone(surfer, office)
    await _waits(page, desk)
    # The euros arrive: the page that is open says so by itself.
    begun = town.services.clock.now()
    await office.fund(programme, 1_300_00)
    await page.wait_for_selector("text=Le lot est en train d’être donné", timeout=20_000)
    took = (town.services.clock.now() - begun).total_seconds()
    tell(f"from the euros to a page that says that the batch runs: {took:.1f} s")
    await look(page, "aid-batch-running")
    gate.set()
    await page.wait_for_selector("text=C’est fait : 20 aides sont données.", timeout=20_000)
    await _bread_and_no_books(town, link)
    await _what_the_office_sees(page, desk, programme)


async def _submitted(page, number):
    """A list of twenty with one faulty row, then without."""
    await page.click("a.btn:has-text('Importer un lot')")
    lines = [f"{row};" for row in rows(19, first=100)]
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
    await page.click("text=Soumettre les 20 lignes")
    await page.wait_for_selector("text=Vous avez saisi ce lot")


async def _approved_on_a_phone(surfer, office):
    """Another agent approves, in two taps from the front door."""
    phone = await opened(surfer, office.validator, "/")
    await look(phone, "aid-home-phone")
    await phone.click(".waits .btn")
    await look(phone, "aid-batch-phone")
    await phone.click("button:has-text('Approuver')")
    await phone.wait_for_selector("text=Le lot partira tout seul.")


async def _waits(page, desk):
    """The batch waits for euros, and says how many."""
    await page.reload()
    said = plain(await page.inner_text("main"))
    assert "Approuvé, en attente de fonds. Il manque 1 270,00 €." in said
    await look(page, "aid-story-waiting")
    await page.goto(f"{desk.url}/aide")
    said = plain(await page.inner_text(".waits"))
    assert "Il manque 1 270,00 €. Le lot partira tout seul." in said
    await look(page, "aid-home-missing")
    await page.click(".waits .btn")


async def _bread_and_no_books(town, link):
    """She pays bread with her card and code; another shop is refused, and not told why."""
    bakery, books = await selling(town), await selling(town, "librairie")
    till = await shops.till_key(town, bakery)
    paid = await shops.takes(till, bakery, link, 45_00, pin=PIN)
    assert paid.status_code == 201, paid.text
    refused = await shops.takes(await shops.till_key(town, books), books, link, 5_00, pin=PIN)
    assert refused.status_code >= 400
    assert refused.json()["code"] == "payment_not_possible"
    assert bsl(45_00) == paid.json()["amount"]


async def _what_the_office_sees(page, desk, programme):
    """What is left, why a payment failed, and never where the bread was bought."""
    await page.click("text=Voir les foyers")
    await page.click("text=B-2026-0900")
    said = plain(await page.inner_text("main"))
    assert "18,00 B" in said
    assert "Paiements qui n’ont pas pu se faire" in said
    assert "Boutique" not in said
    await look(page, "aid-person-refused")
    await page.goto(f"{desk.url}/aide/programmes/{programme}")
    said = plain(await page.inner_text(".legend"))
    assert "Dépensé 42,86 €" in said
    await look(page, "aid-programme-running")
