"""A CCAS with names people can tell apart, its lists, and its browser on a desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from admin.roles import Role
from tests.api.aid.sponsors import Sponsor
from tests.browser.chromium import DESK, Surfer, surfing

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from playwright.async_api import Browser, Page

    from tests.api.town import Town, Who

HEADS = "dossier;nom;adultes;enfants;montant"
FIRST_NAMES = ("Yvette", "Anne", "Malik", "Rose", "Jean", "Fatou", "Luc", "Inès", "Paul", "Léa")


async def ccas(town: Town) -> Sponsor:
    """Sandrine enters, Karim and Awa approve."""
    clerk = await town.somebody(Role.CASEWORKER, name="Sandrine Leroy")
    one, two = [
        await town.somebody(Role.CCAS_VALIDATOR, party=clerk.party, name=name)
        for name in ("Karim Haddad", "Awa Diallo")
    ]
    return Sponsor(town, clerk, one, two, await town.somebody(Role.TREASURER))


def rows(count: int, *, first: int = 1, cents: int = 60_00) -> list[str]:
    """Rows of a list: households of one to three, by their file."""
    return [
        f"B-2026-{n:04};{FIRST_NAMES[n % 10]} Dupuis;{1 + n % 2};{n % 3};"
        f"{(cents + 30_00 * (n % 3)) // 100},00"
        for n in range(first, first + count)
    ]


def listed(*lines: str, heads: str = HEADS) -> Any:
    """A file as a form sends it."""
    text = "\r\n".join((heads, *lines)) + "\r\n"
    return {
        "name": "aides-mars.csv",
        "mimeType": "text/csv",
        "buffer": text.encode("utf-8-sig"),
    }


def at_desk(browser: Browser, url: str, **more: Any) -> AbstractAsyncContextManager[Surfer]:
    """Somebody's browser on a desk."""
    return surfing(browser, url, viewport=DESK, **more)


async def opened(surfer: Surfer, who: Who, path: str) -> Page:
    """A page as somebody sees it on a desk."""
    await surfer.sign_in(who)
    return await surfer.open(path)
