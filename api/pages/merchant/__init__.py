"""Screens of a merchant: its home, suppliers, euros, books, tills, people, and how it joined."""

from typing import Final

from api.pages.merchant import (
    applying,
    euros,
    home,
    invoices,
    keys,
    month,
    people,
    profile,
    suppliers,
    tills,
)

ROUTES: Final = (
    *home.ROUTES,
    *suppliers.ROUTES,
    *invoices.ROUTES,
    *euros.ROUTES,
    *month.ROUTES,
    *tills.ROUTES,
    *people.ROUTES,
    *keys.ROUTES,
    *profile.ROUTES,
    *applying.ROUTES,
)
