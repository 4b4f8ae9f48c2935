"""What the tests of the till share: cards in hands, a film of a card, fingers on a keypad."""

import io

from PIL import Image

from api.papers.qr import modules
from tests import patience
from tests.api.paying import shops
from tests.browser.chromium import plain

FRAMES = 10
employee = shops.employee
SPY = """
  window.heard = []; window.said = [];
  const real = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    const made = real.call(this), start = made.start.bind(made);
    made.start = (at) => { window.heard.push(made.frequency.value); start(at); };
    return made;
  };
  speechSynthesis.speak = (one) => window.said.push([one.lang, one.text]);
"""
"""Writes down which notes are played and what is said."""


async def opened(surfer, shop):
    """The till's page of a signed-in merchant, with its sounds written down."""
    await surfer.context.add_init_script(SPY)
    await surfer.sign_in(shop.owner)
    page = await surfer.open(f"/caisse/{shop.till}")
    await live(page)
    return page


def film(path, text):
    """What a camera sees of a QR code: a film of ten pictures, 4:2:0 as Chromium wants it."""
    scene = Image.new("RGB", (640, 480), "#9aa")
    if text is not None:
        scene.paste(_code(text), (160, 80))
    jpeg = io.BytesIO()
    scene.save(jpeg, "JPEG", quality=90, subsampling=2)
    path.write_bytes(jpeg.getvalue() * FRAMES)
    return path


def _code(text):
    rows = modules(text)
    code = Image.new("L", (len(rows) + 8,) * 2, 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                code.putpixel((x + 4, y + 4), 0)
    return code.resize((320, 320), Image.Resampling.NEAREST)


def camera(path):
    """The arguments with which a browser's camera shows a film."""
    return (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={path}",
    )


async def press(page, text, pad="data-key"):
    """Fingers on a keypad."""
    for sign in text:
        await page.click(f'[{pad}="{sign}"]:visible')


async def until(page, script, seconds=5.0):
    """Waits until a script says so; the page's policy lets the driver's own wait evaluate none."""
    await patience.until(lambda: page.evaluate(script), seconds)


async def drawn(page):
    """The code to scan is there."""
    await until(page, "document.getElementById('code-image').naturalWidth > 0")


async def live(page):
    """The page hears its till."""
    await page.wait_for_selector('#direct[data-live="on"]')


async def proof(page):
    """The word and the short code that a green screen shows."""
    shown = page.locator(".proof:visible")
    word = await shown.locator(".word").inner_text()
    return plain(word), plain(await shown.locator(".code b").inner_text())


async def show_card(page, amount, link):
    """An amount, then what a hand scanner writes of a card."""
    await press(page, amount)
    await page.click("#carte-ouvrir")
    await page.fill("#carte", link)
    await page.click("#carte-payer")


async def green(page, amount):
    """The till is green for an amount."""
    shown = f"document.getElementById('recu-montant').textContent === '{amount}'"
    await until(page, f"!document.getElementById('recu').hidden && {shown}")
