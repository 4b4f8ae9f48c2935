"""A refund above a cashier's bounds: a manager agrees on the cashier's screen, or nobody."""

import pytest

from admin.roles import Role
from tests.api.paying import shops
from tests.api.paying.shops import takes
from tests.api.town import PIN
from tests.browser.chromium import look, plain
from tests.browser.till_scenes import employee, press

ASKED = "text=Donnez l’écran à un responsable"
AGREE = "button:has-text('Accorder et rembourser')"


@pytest.mark.parametrize("role", [Role.MERCHANT, Role.CASH_OFFICER])
async def test_a_manager_steps_in_with_card_and_pin(town, surfer, role):
    await shops.own_funds(town)
    shop = await shops.shop(town, public=role is Role.CASH_OFFICER)
    payer = await town.resident(200_00)
    work, badge, _ = await employee(town, shop)
    _, card, _ = await employee(town, shop, "Zoé", role)
    await shops.shift(town, shop, work)
    _, link = await shops.card(town, payer)
    taken = (await takes(shop.owner, shop, link, 60_00, pin=PIN)).json()
    before = await town.balance(payer)
    await surfer.sign_in(work)
    page = await surfer.open(f"/caisse/{shop.till}/paiement/{taken['payment']}/remboursement")
    await page.click("button:has-text('Rembourser ce montant')")
    await page.wait_for_selector(ASKED)
    assert "Remboursez au plus 50,00 B." in plain(await page.inner_text("main"))
    assert "60,00 B" in plain(await page.inner_text("#debut"))
    await look(page, "till-refund-manager")
    await page.fill("#carte", badge.number)
    await press(page, PIN, "data-digit")
    await page.click(AGREE)
    await page.wait_for_selector("text=Cette carte n’est pas celle d’un responsable")
    await look(page, "till-refund-no-manager")
    await page.fill("#carte", card.number)
    await press(page, "9999", "data-digit")
    await page.click(AGREE)
    await page.wait_for_selector("text=Ce n’est pas le bon code")
    assert await town.balance(payer) == before
    await press(page, PIN, "data-digit")
    await page.click(AGREE)
    await page.wait_for_selector("h1:has-text('Remboursé')")
    assert await town.balance(payer) == before + 60_00
