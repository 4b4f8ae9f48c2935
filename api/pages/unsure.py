"""An act whose answer was lost: asked about under its own key, so that nobody does it twice.

What was filled in comes back with its key and one button. The button first makes a "no" final, then
the same act is asked for again: under one key its answer is what became of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from api.routes.outcomes import OutcomeAsked, outcome
from api.wire.problems import AWAY, CROWDED, Problem, problem_of
from ledger.refusals import POSTING_REFUSALS, KeyClosed, OutcomeUnknown, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from litestar import Response

    from api.pages.visit import Visit

UNSURE: Final = frozenset({OutcomeUnknown.code, "unavailable"})
"""After these something may have been posted."""
REFUSED: Final = (Problem, Refusal, *AWAY)
"""What an act of ours may raise that somebody is told of on its page."""
ASKS: Final = "verifier"
"""The field of a form that asks what became of it."""
PROOFS: Final = frozenset({"code", "mot_de_passe", "confirmation"})
"""Fields of forms that no page repeats."""


def lost(error: Exception) -> bool:
    """Whether nobody knows yet what became of an act."""
    return problem_of(error).code in UNSURE


def shown(visit: Visit, form: Mapping[str, str], here: str, back: str) -> Response[bytes]:
    """The page that asks, with what was filled in but its proofs.

    Args:
        visit: of who acted.
        form: as it was sent.
        here: where it was sent.
        back: the page that leads to it.
    """
    kept = {name: text for name, text in form.items() if name not in {*PROOFS, ASKS}}
    return visit.show("unsure.html", kept=kept, here=here, back=back, asks=ASKS)


async def settle(visit: Visit, form: Mapping[str, str], key: UUID) -> None:
    """Where a form asks what became of it: return if it went through, and make a "no" final.

    Raises:
        KeyClosed: nothing happened, and nothing will.
        PostingRefusal: it was refused.
        OutcomeUnknown: nobody knows yet.
    """
    if not form.get(ASKS):
        return
    try:
        told = await visit.through(outcome, data=OutcomeAsked(key=key, close=True))
    except (*REFUSED, *CROWDED):
        raise OutcomeUnknown(key) from None
    if told.state == "closed":
        raise KeyClosed(key)
    if told.state == "refused":
        raise POSTING_REFUSALS[told.reason](key)
