"""Paying: a poster or a request, its green screen, what was refused, what is being checked."""

from typing import Final

from api.pages.pay import checking, installing, paid, poster, scanner, visitor

ROUTES: Final = (
    *poster.ROUTES,
    *visitor.ROUTES,
    *checking.ROUTES,
    *paid.ROUTES,
    *scanner.ROUTES,
    *installing.ROUTES,
)
