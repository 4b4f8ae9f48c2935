"""Screens of social aid: programmes, lists, batches, the desk, persons, who looked."""

from typing import Final

from api.pages.aid import (
    batches,
    ceilings,
    desk,
    editing,
    home,
    importing,
    months,
    people,
    programmes,
)

ROUTES: Final = (
    *home.ROUTES,
    *editing.ROUTES,
    *programmes.ROUTES,
    *importing.ROUTES,
    *batches.ROUTES,
    *desk.ROUTES,
    *people.ROUTES,
    *ceilings.ROUTES,
    *months.ROUTES,
)
