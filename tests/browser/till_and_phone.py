"""What tests of payments do with a phone, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from merchants.places import changed
from merchants.tables import MERCHANT
from tests.browser.chromium import plain

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.api.paying.shops import Shop
    from tests.api.town import Town, Who


READY = "navigator.serviceWorker.ready.then(() => !!navigator.serviceWorker.controller)"
"""Whether what a page asks goes through the service worker."""


async def press(page: Page, keys: str) -> None:
    """Type an amount on the pad of digits."""
    for key in keys:
        await page.click(f'[data-key="{key}"]')


async def pays(page: Page, keys: str) -> None:
    """Type an amount and touch the yellow button; returns on the green screen."""
    await press(page, keys)
    await page.click(".btn-pay")
    await page.wait_for_selector(".tide")


async def words(page: Page) -> str:
    """What stands on the page."""
    return plain(await page.inner_text("body"))


async def paid(town: Town, payer: Who, shop: Shop) -> list[int]:
    """What somebody has paid to a shop, payment by payment, oldest first."""
    query = """
        select j.amount from ledger.transfer j join ledger.account a on a.id = j.debit
         where a.party = $1 and j.credit = $2 order by j.seq"""
    async with town.services.connection() as connection:
        return [row[0] for row in await connection.fetch(query, payer.party, shop.account)]


async def stand(town: Town, shop: Shop, status: str) -> None:
    """The association takes a shop out, or lets it in again."""
    async with town.services.rows() as rows:
        found: Any = MERCHANT.c.id == shop.merchant
        await rows.execute(update(MERCHANT).where(found).values(status=status))
        await changed(rows)
