"""The scanner with a film of a poster before its camera, a till beside it, and no camera."""

import time
from io import BytesIO

import pytest
from PIL import Image

from api.papers import qr
from tests.api.paying import shops
from tests.api.paying.shops import asks
from tests.browser.chromium import DESK, PHONE, launched, look, surfing
from tests.browser.till_and_phone import paid, pays
from tests.browser.till_scenes import green, live, proof
from tests.database.world import tell
from tests.yardstick import slower

DECODE_MS_MAX = 3_000
POSTER = """
<style>
  body {{ margin: 0; height: 480px; display: grid; place-items: center; background: #0b3a4a;
    color: #fff; font: 700 28px sans-serif; text-align: center }}
  body > div {{ transform: rotate(6deg) }}
  figure {{ width: 280px; padding: 12px; margin: 12px auto; background: #fff }}
  svg {{ width: 100%; height: auto }}
</style>
<div>Payez en Bou’Sols<figure>{qr}</figure></div>"""


@pytest.fixture(scope="module")
async def shop(town):
    return await shops.shop(town)


async def film(chromium, text, path):
    """A film for a fake camera: a poster with this code, a little turned, ten pictures long.

    A fake camera decodes 4:2:0 only.
    """
    page = await chromium.new_page(viewport={"width": 640, "height": 480})
    await page.set_content(POSTER.format(qr=qr.svg(text, "M", title="code")))
    picture = await page.screenshot()
    await page.close()
    frame = BytesIO()
    Image.open(BytesIO(picture)).convert("RGB").save(frame, "JPEG", quality=85, subsampling=2)
    path.write_bytes(frame.getvalue() * 10)
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.clock
async def test_a_poster_before_the_camera_is_read_and_paid_and_its_till_turns_green(
    town, shop, chromium, url, tmp_path, size
):
    payer = await town.resident(50_00)
    camera = await film(chromium, shop.link, tmp_path / "cam.mjpeg")
    async with (
        surfing(chromium, url, viewport=size) as merchant,
        launched(*camera) as browser,
        surfing(browser, url, viewport=size, permissions=["camera"]) as surfer,
    ):
        await merchant.sign_in(shop.owner)
        till = await merchant.open(f"/caisse/{shop.till}")
        await live(till)
        await surfer.sign_in(payer)
        page = await scanned(surfer, shop)
        await pays(page, "12,60")
        await green(till, "12,60")
        assert await proof(till) == await proof(page)
    assert await paid(town, payer, shop) == [12_60]


async def scanned(surfer, shop):
    """The page of a shop's poster, to which the scanner leads within its goal."""
    begun = time.perf_counter()
    page = await surfer.open("/scanner")
    await page.wait_for_url(f"{surfer.url}/p/{shop.code}", wait_until="commit")
    took = (time.perf_counter() - begun) * 1_000
    tell(f"from opening the scanner to the poster it read: {took:.0f} ms")
    assert took < DECODE_MS_MAX * slower()
    await page.wait_for_selector(".btn-pay")
    return page


async def test_a_till_before_the_camera_is_paid_with_one_tap(town, shop, chromium, url, tmp_path):
    payer, till = await town.resident(50_00), await shops.till_key(town, shop)
    link = (await asks(till, shop, 8_40))["link"]
    camera = await film(chromium, link, tmp_path / "cam.mjpeg")
    async with (
        launched(*camera) as browser,
        surfing(browser, url, permissions=["camera"]) as surfer,
    ):
        await surfer.sign_in(payer)
        page = await surfer.open("/scanner")
        await page.click("text=Payer 8,40")
        await page.wait_for_selector(".tide")
    assert await paid(town, payer, shop) == [8_40]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("https://evil.example/p/23456789", "Ce code n’est pas un code Bou’Sol"),
        ("WIFI:T:WPA;S:cafe;P:secret;;", "Ce code n’est pas un code Bou’Sol"),
        ("{host}/c/AAAAAAAAAAAAAAAAAAAAAA", "C’est une carte"),
    ],
)
async def test_a_code_that_pays_nobody_leads_nowhere(chromium, url, tmp_path, text, told):
    host = url.replace("http:", "https:")
    camera = await film(chromium, text.format(host=host), tmp_path / "cam.mjpeg")
    async with (
        launched(*camera) as browser,
        surfing(browser, url, permissions=["camera"]) as surfer,
    ):
        page = await surfer.open("/scanner")
        await page.wait_for_selector(f"text={told}")
        assert page.url == f"{url}/scanner"
        name = "scanner-card" if "carte" in told else "scanner-foreign"
        await look(page, name, themes=("light",))


async def test_without_a_camera_the_code_is_typed(shop, surfer):
    page = await surfer.open("/scanner")
    await page.wait_for_selector("text=Pas de caméra ici")
    await look(page, "scanner-absent")
    await page.fill("[name=code]", "2345 6788")
    await page.click("text=Continuer")
    await page.wait_for_selector("text=Aucune affiche n’a ce code")
    await look(page, "scanner-wrong-code")
    await page.fill("[name=code]", f"{shop.code[:4].lower()} {shop.code[4:]}")
    await page.click("text=Continuer")
    await page.wait_for_url(f"**/p/{shop.code}")


async def test_a_camera_that_is_refused_says_how_to_allow_it(url):
    """The shell without windows neither asks nor refuses."""
    async with (
        launched("--use-fake-device-for-media-stream", whole=True) as browser,
        surfing(browser, url) as surfer,
    ):
        page = await surfer.open("/scanner")
        await page.wait_for_selector("text=La caméra est bloquée pour ce site")
        await look(page, "scanner-refused", themes=("light",))
