"""All screens of a resident."""

from typing import Final

from api.pages.resident import (
    cards,
    fund,
    history,
    home,
    joining,
    looking,
    receipts,
    sending,
    topping,
)

ROUTES: Final = (
    *home.ROUTES,
    *history.ROUTES,
    *receipts.ROUTES,
    *topping.ROUTES,
    *looking.ROUTES,
    *cards.ROUTES,
    *sending.ROUTES,
    *joining.ROUTES,
    *fund.ROUTES,
)
