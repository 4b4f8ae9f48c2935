"""A till is heard, or says that it is not yet; midnight changes its word and not its sound."""

from datetime import datetime, timedelta

import pytest

from api.wire.days import PARIS
from tests.api.paying import shops
from tests.api.paying.shops import pays
from tests.browser.chromium import look, surfing
from tests.browser.till_scenes import SPY, live, until

TOUCH = "#son:has-text('Touchez pour entendre')"
VOICE = "#son:has-text('Son : notes et voix')"


async def test_a_page_that_browsers_keep_silent_says_so_until_it_is_touched(town, surfer):
    shop = await shops.shop(town)
    await surfer.context.add_init_script(SPY)
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/caisse/{shop.till}")
    await live(page)
    await page.wait_for_selector(TOUCH)
    await look(page, "till-silent")
    await page.click("#son")
    await page.wait_for_selector(VOICE)  # the level is as it was
    await until(page, "window.heard.length === 1")
    await page.reload()
    await page.wait_for_selector(TOUCH)
    await page.click("#montant")
    await page.wait_for_selector(VOICE)
    await pays(await town.resident(20_00), shop.code, 1_30)
    await until(page, "window.heard.length === 2")


@pytest.fixture
def evening(town):
    """It is a moment before midnight."""
    now = town.now.astimezone(PARIS)
    midnight = datetime(now.year, now.month, now.day, tzinfo=PARIS) + timedelta(days=1)
    ahead = midnight - timedelta(seconds=40) - now
    town.services.clock.ahead += ahead
    yield
    town.services.clock.ahead -= ahead


@pytest.mark.usefixtures("evening")
async def test_midnight_changes_the_word_in_place_and_waits_while_the_till_is_cut(
    town, chromium, url
):
    shop = await shops.shop(town)
    async with surfing(chromium, url) as surfer:
        await surfer.context.clock.install()
        await surfer.sign_in(shop.owner)
        page = await surfer.open(f"/caisse/{shop.till}")
        await live(page)
        await page.click("#montant")
        await page.wait_for_selector(VOICE)
        await page.evaluate("window.kept = true")
        word = await page.inner_text(".till-head b")
        await surfer.context.set_offline(True)
        await page.wait_for_selector("#coupure:not([hidden])")
        town.services.clock.ahead += timedelta(seconds=70)
        try:
            await page.clock.fast_forward(70_000)
            assert await page.inner_text(".till-head b") == word
            await surfer.context.set_offline(False)
            await page.clock.run_for(2_000)
            await live(page)
            await page.clock.run_for(21_000)
            await until(page, f"document.querySelector('.till-head b').textContent !== '{word}'")
            assert await page.evaluate("window.kept")
            assert await page.is_visible(VOICE)
            fresh = await page.inner_text(".till-head b")
            await page.reload()
            assert await page.inner_text(".till-head b") == fresh
        finally:
            town.services.clock.ahead -= timedelta(seconds=70)
