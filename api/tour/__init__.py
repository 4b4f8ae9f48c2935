"""`bousol tour`: every flow of money, step by step, on a real PostgreSQL with the real code.

`story` says what a step is, `chapters` tell the story, `stage` is where it is played, `rows` and
`printing` show it, `play` runs it in a database of its own and ends with the proofs.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from api.failures import Failure
from api.installation.ledger_database import admin_url, embedded_server
from api.tour.play import tour
from api.wire.figures import Figures, Language

if TYPE_CHECKING:
    from api.settings import Settings

__all__ = ["take"]


def take(settings: Settings, *, language: Language | None, pause: bool) -> bool:
    """Take the tour on the embedded server of these settings; whether every proof holds.

    Args:
        settings: where the server is, and how the currency is called.
        language: of the words and figures; the one of the settings by default.
        pause: wait for Enter after each step.

    Raises:
        Failure: the server cannot be had, or there is nobody to press Enter.
    """
    if pause and not sys.stdin.isatty():
        raise Failure("--pause waits for Enter, and nobody is at this terminal.")
    figures = Figures(language or settings.language, settings.currency_symbol)
    with embedded_server(settings) as server:
        return asyncio.run(tour(admin_url(server), figures, pause=pause))
