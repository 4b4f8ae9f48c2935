"""Whom one pays: the street, and a front in the colours of what is sold and of the shop itself."""

from merchants.register import place_in
from merchants.tables import MERCHANT
from tests.api.paying import shops
from tests.browser.chromium import look, plain


async def test_two_shops_are_told_apart_and_one_looks_alike_wherever_it_is_shown(town, surfer):
    fronts = []
    for filiere, street in (("boulangerie", "12 rue Nationale"), ("velo", "3 quai Gambetta")):
        shop = await shops.shop(town)
        await shops.change(town, MERCHANT, shop.merchant, street=street)
        async with town.services.rows() as rows:
            await place_in(rows, shop.merchant, frozenset({filiere}))
        page = await surfer.open(f"/p/{shop.code}")
        assert f"{street}, {shops.COMMUNE}" in plain(await page.inner_text(".payee"))
        fronts.append(await page.inner_html(".payee svg.shop"))
        await look(page, f"pay-payee-{filiere}")
        await page.goto(f"{surfer.url}/commerces/{shop.merchant}")
        assert await page.inner_html(".payee svg.shop") == fronts[-1]
    assert fronts[0] != fronts[1]
