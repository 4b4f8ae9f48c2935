"""A real Chromium without a window, and what makes a page fit to be looked at.

`look` is the eye of every test of a screen: it photographs the page, asks axe-core for faults of
access in both themes, and fails on a script's error, a violation of the content policy, or a
request to anybody else. Pictures go to `.screens` (`BOUSOL_SCREENS` names another folder).
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.async_api import async_playwright

from api.gate.asker import COOKIE
from tests.database.world import tell
from tests.tidy.tree import ROOT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Page

    from tests.api.town import Who

PHONE: Any = {"width": 390, "height": 844}
DESK: Any = {"width": 1280, "height": 900}
SHELL = "chromium-headless-shell"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
SCREENS = Path(os.environ.get("BOUSOL_SCREENS", ROOT / ".screens"))
SCREENS.mkdir(exist_ok=True)
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_COLOURS = ("color-contrast", "link-in-text-block")
# Only words leave the page: the whole of what axe says takes the driver longer than axe itself.
_AXE_SAYS = """async wanted => {
  const said = await axe.run({runOnly: wanted, resultTypes: ["violations"]});
  return said.violations.flatMap(one => one.nodes.map(
    node => `${one.id}: ${node.target} ${node.failureSummary || ""}`));
}"""
# Kept by the tab: they add up over the pages of a flow. Digits of a pad are typed, not tapped.
_COUNTS_TAPS = """addEventListener('pointerdown', event => {
  if (event.isTrusted && !event.target.closest?.('.key')) {
    sessionStorage.setItem('taps', Number(sessionStorage.getItem('taps')) + 1);
  }
}, true)"""
# A link with words beside it, in the same line of text, stands in a sentence. One whose `::after`
# covers what it stands in is as large as that. A place on a map is where it is: 24 px (WCAG 2.5.8).
# In back offices, worked with a mouse, links are not measured.
_SMALL = """() => {
  const words = node => node.nodeType === Node.TEXT_NODE && node.textContent.trim();
  const inLine = e => getComputedStyle(e).display === 'inline';
  const hasWords = e => [...e.childNodes].some(words);
  const inSentence = e => {
    if (!inLine(e)) return false;
    let part = e.parentElement;
    while (inLine(part) && !hasWords(part)) part = part.parentElement;
    return hasWords(part);
  };
  const least = e => e.ownerSVGElement ? 24 : 47.5;
  const target = e => getComputedStyle(e, '::after').position === 'absolute' ? e.offsetParent : e;
  return [...document.querySelectorAll('button, a[href], summary, select, input')]
    .filter(e => !['hidden', 'checkbox', 'radio'].includes(e.type) && !e.matches('.skip'))
    .filter(e => e.checkVisibility() && e.getClientRects().length)
    .filter(e => target(e).getBoundingClientRect().height < least(e))
    .filter(e => !e.matches('a') || !(inSentence(e) || e.matches('.office *')))
    .map(e => `small: ${e.outerHTML.slice(0, 120)}`);
}"""
_QUIET = (
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-quic", "--no-first-run", "--disable-gpu",
)  # fmt: skip


def found(*, whole: bool = False) -> str:
    """The Chromium of this machine: the shell without windows where there is one.

    A page costs it a third of what it costs the `whole` browser, which opens windows nobody sees.
    """
    names = ["chromium", "chromium-browser"] if whole else [SHELL, "chromium", "chromium-browser"]
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    assert path, "no Chromium: `deploy/chromium` brings one, or CHROMIUM=… names one"
    return path


@asynccontextmanager
async def launched(*arguments: str, whole: bool = False) -> AsyncIterator[Browser]:
    """A browser with more arguments, such as the film a camera shows."""
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=found(whole=whole), args=[*_QUIET, *as_root, *arguments]
        )
        try:
            yield browser
        finally:
            await browser.close()


@dataclass
class Surfer:
    """Somebody with a browser of their own: a context, its pages, and what went wrong in them."""

    url: str
    context: BrowserContext
    faults: list[str] = field(default_factory=list)

    async def open(self, path: str = "/") -> Page:
        """A new page at an address of ours."""
        page = await self.context.new_page()
        await page.add_init_script(_COUNTS_TAPS)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("console", self._heard)
        page.on("request", self._asked)
        await page.goto(self.url + path)
        return page

    async def sign_in(self, who: Who) -> None:
        """As who has this session already."""
        # Cookies of this name are for https; Chromium takes this machine for safe, the driver's
        # own check does not, so the cookie is given for the https address: it has no port.
        cookie: Any = {"name": COOKIE, "value": who.token, "secure": True, "httpOnly": True}
        await self.context.add_cookies([cookie | {"url": self.url.replace("http:", "https:")}])

    def _heard(self, message: Any) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            self.faults.append(message.text)

    def _asked(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.faults.append(f"asked {request.url}")


@asynccontextmanager
async def surfing(browser: Browser, url: str, **more: Any) -> AsyncIterator[Surfer]:
    """Somebody's browser: a phone in French unless `more` says otherwise."""
    wanted = {"viewport": PHONE, "locale": "fr-FR", "timezone_id": "Europe/Paris"} | more
    context = await browser.new_context(**wanted)
    surfer = Surfer(url, context)
    try:
        yield surfer
    finally:
        await context.close()
    assert surfer.faults == [], surfer.faults


async def look(page: Page, name: str, *, themes: Any = ("light", "dark")) -> None:
    """Photograph a page as `name` in each theme and size, and hold it to WCAG 2.2 AA.

    Themes after the first differ by their colours: those alone are asked of them.
    """
    for nth, theme in enumerate(themes):
        await page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await page.screenshot(path=SCREENS / f"{name}-{theme}.png", full_page=True)
        faults = await violations(page, colours=nth > 0)
        assert faults == [], f"{name} in the {theme} theme: {faults}"
    await _looked_at_desk(page, name)


async def _looked_at_desk(page: Page, name: str) -> None:
    size: Any = page.viewport_size
    await page.set_viewport_size(DESK)
    await page.screenshot(path=SCREENS / f"{name}-desk.png", full_page=True)
    faults = await violations(page)
    assert faults == [], f"{name} on a desk: {faults}"
    await page.set_viewport_size(size)
    # Nothing sticks out of an old phone, nor of 200 % zoom.
    await page.set_viewport_size({"width": 320, "height": 640})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    await page.set_viewport_size(size)
    await page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    assert wide <= 320, f"{name} is {wide} px wide on 320"


async def violations(page: Page, *, colours: bool = False) -> Any:
    """What axe-core finds, and targets that are too small to press; of `colours` alone."""
    # As a test of the page, not by it: our own policy would not let a page load this.
    if not await page.evaluate("Boolean(window.axe)"):
        await page.evaluate(AXE.read_text(encoding="utf-8") + ";0")
    wanted = {"type": "rule", "values": _COLOURS} if colours else {"type": "tag", "values": _TAGS}
    return await page.evaluate(_AXE_SAYS, wanted) + await _small_targets(page)


async def _small_targets(page: Page) -> Any:
    """What is pressed and lower than 48 px; links inside a sentence are as high as their line."""
    return await page.evaluate(_SMALL)


async def taps(page: Page, flow: str, goal: int) -> None:
    """Hold what was tapped in this tab so far to the most that a flow may ask for."""
    counted = int(await page.evaluate("Number(sessionStorage.getItem('taps'))"))
    tell(f"taps: {flow} {counted}, goal {goal}")
    assert counted <= goal, f"{flow}: {counted} taps of {goal}"


def plain(text: str) -> str:
    """A text of a page with ordinary spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()
