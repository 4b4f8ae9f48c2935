"""The pages as an application: what is kept, what never is, and what is shown without network."""

import json
from uuid import uuid4

import pytest

from api.pages import assets
from tests.api.paying import shops
from tests.browser.chromium import look
from tests.browser.till_and_phone import READY, paid, press


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


async def kept(page):
    """Every address that the browser keeps."""
    return await page.evaluate("""async () => {
      const found = [];
      for (const name of await caches.keys())
        found.push(...await (await caches.open(name)).keys());
      return found.map(one => new URL(one.url).pathname);
    }""")


async def test_without_network_a_page_of_ours_says_what_to_do_and_no_data_is_kept(
    town, shop, surfer
):
    payer = await town.resident(20_00)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{shop.code}")
    await page.wait_for_function(READY)
    await page.reload()
    addresses = await kept(page)
    assert "/hors-ligne" in addresses
    assert all(one == "/hors-ligne" or one.startswith("/assets/") for one in addresses)
    await surfer.context.set_offline(True)
    await page.goto(f"{surfer.url}/p/{shop.code}")
    await page.wait_for_selector("text=Pas de réseau")
    assert await page.is_visible("text=No network")
    await look(page, "offline")
    await surfer.context.set_offline(False)
    await page.click("button:has-text('Réessayer')")
    await page.wait_for_selector(".btn-pay")


async def test_a_form_that_a_browser_sends_itself_ends_on_our_own_page(town, shop, surfer):
    payer = await town.resident(20_00)
    await surfer.sign_in(payer)
    page = await surfer.open(f"/p/{shop.code}")
    await page.wait_for_function(READY)
    await press(page, "5")
    await surfer.context.set_offline(True)
    await page.evaluate("HTMLFormElement.prototype.submit.call(document.forms[0])")
    await page.wait_for_selector("text=Vous veniez de toucher")
    assert not await page.is_visible("text=Vous veniez de confirmer")
    await surfer.context.set_offline(False)
    await page.goto(f"{surfer.url}/p/{shop.code}")
    await page.wait_for_selector(".btn-pay")
    assert await paid(town, payer, shop) == []


async def test_without_network_the_words_fit_what_was_begun_in_both_languages(town, surfer):
    await surfer.sign_in(await town.resident(20_00))
    page = await surfer.open("/compte")
    await page.wait_for_function(READY)
    await page.reload()
    await surfer.context.set_offline(True)
    begun = ("Vous veniez de toucher", "Vous veniez de confirmer", "Had you just confirmed")
    for path, told in (
        ("/compte", (False, False, False)),
        ("/p/22222222", (True, False, False)),
        ("/envoyer/confirmer", (False, True, True)),
        (f"/commerce/factures/{uuid4()}/remboursement", (False, True, True)),
        (f"/commerce/fournisseurs/{uuid4()}/paiement", (False, True, True)),
        ("/commerce/euros/demande", (False, True, True)),
    ):
        await page.goto(surfer.url + path)
        await page.wait_for_selector("text=Pas de réseau")
        seen = tuple([await page.is_visible(f"text={words}") for words in begun])
        assert seen == told, path
    await look(page, "offline-act")
    await surfer.context.set_offline(False)


async def test_it_can_be_installed(home, surfer):
    page = await surfer.open("/hors-ligne")
    session = await surfer.context.new_cdp_session(page)
    told = await session.send("Page.getAppManifest")
    assert told["errors"] == []
    manifest = json.loads(told["data"])
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    for icon in manifest["icons"]:
        assert (await home.get(icon["src"])).status_code == 200
    assert manifest["display"] == "standalone"
    found = (await session.send("Page.getInstallabilityErrors"))["installabilityErrors"]
    assert {fault["errorId"] for fault in found} <= {"in-incognito"}  # as each test's browser is


async def test_the_worker_knows_the_files_of_now_and_may_reach_us_alone(home):
    answer = await home.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    assert "connect-src 'self'" in answer.headers["content-security-policy"]
    assert f"/assets/{assets.digest()}/" in answer.text
