"""Screens of social aid: programmes, figures, proof, lists, batches, the desk, persons, looks."""

from typing import Final

from api.pages.aid import (
    batches,
    ceilings,
    desk,
    editing,
    figures,
    finding,
    home,
    importing,
    letters,
    mandates,
    months,
    people,
    programmes,
    proof,
    returns,
)

ROUTES: Final = (
    *home.ROUTES,
    *editing.ROUTES,
    *programmes.ROUTES,
    *importing.ROUTES,
    *batches.ROUTES,
    *letters.ROUTES,
    *desk.ROUTES,
    *finding.ROUTES,
    *people.ROUTES,
    *mandates.ROUTES,
    *ceilings.ROUTES,
    *figures.ROUTES,
    *months.ROUTES,
    *proof.ROUTES,
    *returns.ROUTES,
)
