"""The green screen lives, its word is the day's, and the page that pays is light."""

import gzip
import re
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from PIL import Image

from api.pages import assets
from api.shops.signs import sign_of
from api.wire.days import PARIS, day_of
from merchants import signals
from tests.api.paying import shops
from tests.browser.chromium import look, surfing
from tests.browser.till_and_phone import words
from tests.database.world import tell

WEIGHT_MAX = 60_000
"""Bytes of the page that pays with all it loads, compressed (product.md 4)."""


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


@pytest.fixture
async def paid_page(town, shop, surfer):
    """The address of a green screen, seen by its payer."""
    payer = await town.resident(50_00)
    await surfer.sign_in(payer)
    payment = (await shops.pays(payer, shop.code, 12_60)).json()["payment"]
    return await surfer.open(f"/paye/{payment}")


async def frames(page, part=None, *, without=None, some=3):
    """How many different pictures a part of the page shows, looked at a second apart."""
    found = []
    for _ in range(some):
        picture = Image.open(BytesIO(await page.screenshot())).convert("RGB")
        if without:
            picture.paste("black", await box(page, without))
        seen = picture.crop(await box(page, part)) if part else picture
        found.append(seen.tobytes())
        await page.wait_for_timeout(1_050)
    return len(set(found))


async def box(page, part):
    """Where a part stands, and a little more; it may be in motion, so nothing waits for it."""
    return tuple(await page.evaluate("""part => {
      const at = document.querySelector(part).getBoundingClientRect();
      return [at.left - 4, at.top - 4, at.right + 4, at.bottom + 4].map(Math.round);
    }""", part))  # fmt: skip


async def test_the_sea_the_flag_and_the_clock_are_in_motion(paid_page):
    await paid_page.wait_for_timeout(800)  # the sea has risen
    assert await frames(paid_page) == 3
    assert await frames(paid_page, ".flag") == 3
    assert await frames(paid_page, "[data-clock]") == 3


async def test_with_less_motion_the_clock_alone_ticks(paid_page):
    await paid_page.emulate_media(reduced_motion="reduce")
    assert await frames(paid_page, "[data-clock]") == 3
    assert await frames(paid_page, ".flag") == 1
    assert await frames(paid_page, without="[data-clock]") == 1


async def test_the_word_is_the_one_of_today_and_yesterdays_is_another(paid_page, home, shop):
    services = home.services
    now = services.clock.now()
    place = await services.paying.places.of(shop.till)
    today = sign_of(services, place.number, day_of(now))
    key, before = services.pepper.key("signal"), day_of(now - timedelta(days=1))
    yesterday = signals.of_day(key, place.account, before)
    assert today.word in await words(paid_page)
    assert yesterday.word not in await words(paid_page)
    assert yesterday.word != today.word
    assert yesterday.flag != today.flag


async def test_the_phone_buzzes_once(town, shop, chromium, url):
    payer = await town.resident(50_00)
    async with surfing(chromium, url) as surfer:
        await surfer.sign_in(payer)
        await surfer.context.add_init_script(
            "window.buzzed = 0; navigator.vibrate = () => { window.buzzed += 1; return true; }"
        )
        payment = (await shops.pays(payer, shop.code, 1_00)).json()["payment"]
        page = await surfer.open(f"/paye/{payment}")
        await page.wait_for_function("window.buzzed === 1")
        await page.reload()
        await page.wait_for_timeout(300)
        assert await page.evaluate("window.buzzed") == 0


async def test_the_page_that_pays_and_all_it_loads_is_light(town, shop, home):
    payer = await town.resident(50_00)
    cookie = {"Cookie": f"__Host-bousol={payer.token}"}
    html = (await home.client.get(f"/p/{shop.code}", headers=cookie)).text
    found = {f"/p/{shop.code}": len(gzip.compress(html.encode(), 6))}
    waiting = re.findall(r'(?:href|src)="(/assets/[^"]+\.(?:css|js|svg))"', html)
    while waiting:
        path = waiting.pop()
        name = path.split("/", 3)[3]
        if name in found:
            continue
        asset = assets.assets()[name]
        found[name] = len(asset.packed)
        if name.endswith(".js"):
            inside = re.findall(r'from "\./([^"]+)"', asset.plain.decode())
            waiting += [assets.address(f"js/{one}") for one in inside]
    tell(f"the page that pays and what it loads: {sum(found.values())} bytes compressed")
    assert {"js/pay.js", "js/pay-checking.js", "js/keypad.js", "css/base.css"} <= set(found)
    assert sum(found.values()) <= WEIGHT_MAX, found


async def test_a_payment_that_was_given_back_is_green_no_more(town, shop, surfer, paid_page):
    payment = paid_page.url.rsplit("/", 1)[1]
    posted = (await shop.owner.get(f"/v1/payments/{payment}")).json()["posted_at"]
    hour = datetime.fromisoformat(posted).astimezone(PARIS)
    assert f"Payé à {hour:%H:%M}" in await words(paid_page)
    await look(paid_page, "pay-paid-at")
    body = {"amount": shops.bsl(2_00)}
    back = await shop.owner.post(f"/v1/payments/{payment}/refunds", body)
    assert back.status_code == 201, back.text
    await paid_page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await paid_page.wait_for_url(f"**/recu/{payment}")
    again = await surfer.open(f"/paye/{payment}")
    assert again.url.endswith(f"/recu/{payment}")


async def test_a_green_screen_that_is_looked_at_without_a_network_stays(surfer, paid_page):
    await surfer.context.set_offline(True)
    await paid_page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await paid_page.wait_for_timeout(300)
    assert await paid_page.is_visible(".tide")
    await surfer.context.set_offline(False)
