"""A payment's key asked again much later: the first answer, whatever became of the merchant."""

from datetime import timedelta
from uuid import uuid4

from merchants.tables import MERCHANT
from tests.api.paying import shops
from tests.api.paying.shops import pays
from tests.api.paying.test_refunds import gives


async def closes(town, shop, books, payment, cents):
    """The merchant gives back what it has and leaves."""
    assert (await gives(shop.owner, payment, cents)).status_code == 201
    await books.connection.execute("select ledger.set_status($1, 3::smallint)", shop.account)
    await shops.change(town, MERCHANT, shop.merchant, status="closed")


async def test_the_answer_is_the_same_a_day_and_a_year_later_and_once_the_shop_is_closed(
    home, town, books
):
    shop, payer, key = await shops.shop(town), await town.resident(50_00), uuid4()
    first = await pays(payer, shop.code, 8_00, key=key)
    assert first.status_code == 201
    await closes(town, shop, books, first.json()["payment"], 8_00)
    at_once = await pays(payer, shop.code, 8_00, key=key)
    assert at_once.content == first.content
    balance, clock = await town.balance(payer), home.services.clock
    try:
        for days in (1, 365):
            clock.ahead = timedelta(days=days)
            home.services.recognition.forget()
            later = await town.signed_in(payer.user, payer.person, payer.role, payer.party)
            again = await pays(later, shop.code, 8_00, key=key)
            assert again.content == first.content, days
            assert again.headers["idempotent-replayed"] == "true"
            refused = await pays(later, shop.code, 8_00)
            assert refused.status_code == 409, refused.text
    finally:
        clock.ahead = timedelta()
        home.services.recognition.forget()
    assert await town.balance(payer) == balance
