"""Screens of social aid: programmes, lists, batches, the desk, persons, who looked."""

from typing import Final

from api.pages.aid import batches, desk, editing, home, importing, letters, people, programmes

ROUTES: Final = (
    *home.ROUTES,
    *editing.ROUTES,
    *programmes.ROUTES,
    *importing.ROUTES,
    *batches.ROUTES,
    *letters.ROUTES,
    *desk.ROUTES,
    *people.ROUTES,
)
