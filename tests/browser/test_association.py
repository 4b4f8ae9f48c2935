"""The association's managers: approvals that end are renewed by two, on a desk or a phone."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import update

from api.wire.days import day_of
from merchants.tables import MERCHANT
from tests.api.shops.committee import Committee
from tests.browser.chromium import PHONE, look, plain, surfing
from tests.browser.offices import at_desk, opened

PAGE = "/association/renouvellements"
MINUTES = "PV du 3 mars 2027, point 2"


@pytest.fixture(scope="module")
async def committee(town):
    return await Committee.meet(town)


async def ends_in(town, merchant, days):
    until = day_of(town.now) + timedelta(days=days)
    async with town.services.rows() as rows:
        row = update(MERCHANT).where(MERCHANT.c.id == UUID(merchant))
        await rows.execute(row.values(approved_until=until))


async def test_two_managers_renew_an_approval_and_one_that_ended_is_a_task(
    town, committee, chromium, url
):
    async with at_desk(chromium, url) as one, at_desk(chromium, url) as two:
        page = await opened(one, committee.first, PAGE)
        assert "Aucun agrément" in await page.inner_text("main")
        await look(page, "association-approvals-none")
        for name, days in (("Librairie du Port", 30), ("Boulangerie Wissant", -2)):
            merchant, _ = await committee.merchant(name=name)
            await ends_in(town, merchant, days)
        await page.goto(f"{url}/")
        assert "1 à renouveler" in plain(await page.inner_text("main"))
        await look(page, "association-tasks")
        await page.click("text=Voir les agréments")
        heads = [plain(text) for text in await page.locator("section h2").all_inner_texts()]
        assert heads == ["Boulangerie Wissant", "Librairie du Port"]
        assert plain(await page.inner_text("h1")) == "1 agrément à renouveler"
        await look(page, "association-approvals")
        await page.click("summary >> nth=0")
        await page.fill("details[open] input", MINUTES)
        await look(page, "association-approvals-decide")
        await page.click("details[open] >> text=Renouveler")
        assert "C’est noté." in plain(await page.inner_text("[role=status]"))
        assert "Vous l’avez proposé" in await page.inner_text("main")
        assert await page.locator("text=Confirmer").count() == 0
        await look(page, "association-approvals-mine")
        other = await opened(two, committee.second, PAGE)
        assert MINUTES in plain(await other.inner_text("main"))
        await look(other, "association-approvals-other")
        await other.click("text=Confirmer")
        assert "La décision est prise." in plain(await other.inner_text("[role=status]"))
        assert plain(await other.inner_text("h1")) == "Agréments qui se terminent"
        assert await other.locator("section h2").all_inner_texts() == ["Librairie du Port"]
        await look(other, "association-approvals-done")


async def test_on_a_phone_a_decision_is_withdrawn_and_one_too_many_is_refused_in_words(
    town, committee, chromium, url
):
    merchant, _ = await committee.merchant(name="Le Fournil du Calvaire")
    await ends_in(town, merchant, 12)
    async with surfing(chromium, url, viewport=PHONE) as surfer:
        await surfer.sign_in(committee.first)
        page = await surfer.open(PAGE)
        section = page.locator(f"section[aria-labelledby='m-{merchant}']")
        await section.locator("summary").click()
        await section.locator("input").fill(MINUTES)
        await look(page, "association-approvals-phone")
        await committee.propose(merchant, "suspend")
        await section.locator("text=Fermer le commerce").click()
        assert "Une autre décision attend" in plain(await page.inner_text("[role=alert]"))
        await page.goto(f"{url}{PAGE}")
        await section.locator("text=Retirer").click()
        assert "C’est retiré." in plain(await page.inner_text("[role=status]"))
        assert await section.locator("summary").count() == 1


async def test_a_merchant_whose_approval_has_ended_reads_that_nothing_stops(
    town, committee, chromium, url
):
    merchant, owner = await committee.merchant(name="Vélos du Calvaire")
    async with surfing(chromium, url, viewport=PHONE) as surfer:
        await surfer.sign_in(owner)
        await ends_in(town, merchant, 0)
        page = await surfer.open("/commerce/fiche")
        assert "Agrément jusqu’au" in plain(await page.inner_text("main"))
        await ends_in(town, merchant, -1)
        await page.reload()
        assert "vous encaissez comme avant" in plain(await page.inner_text("main"))
        await look(page, "merchant-approval-ended")
