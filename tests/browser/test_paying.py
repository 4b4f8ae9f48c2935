import pytest

from tests.api.paying import shops
from tests.browser.chromium import look, plain


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


async def test_a_soliste_pays_a_poster_and_sees_the_sea_rise(town, shop, surfer):
    yvette = await town.resident(50_00)
    await surfer.sign_in(yvette)
    page = await surfer.open(f"/p/{shop.code}")
    await look(page, "pay-poster")
    for key in "12,60":
        await page.click(f'[data-key="{key}"]')
    await page.click("text=Payer")
    await page.wait_for_selector("text=C’est payé")
    assert "12,60" in plain(await page.inner_text("main"))
    await look(page, "pay-paid")
