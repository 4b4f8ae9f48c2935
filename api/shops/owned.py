"""The merchant that acts, and its tills: another's are answered like those that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.wire.problems import Problem
from merchants import codes, register, tills
from merchants.admission import STANDING, Status
from merchants.refusals import CodeUnreadable, StandingMisfit

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api.gate.asker import Asker
    from merchants.register import Merchant
    from merchants.tills import Hung


async def own_shop(rows: AsyncConnection, asker: Asker, *, lock: bool = False) -> Merchant:
    """The merchant whose party asks.

    Raises:
        Problem: `not_found`, the party is no merchant, or one that is closed.
    """
    found = await register.of_party(rows, asker.acting, lock=lock)
    if found is None or found.standing.status not in STANDING:
        raise Problem("not_found")
    return found


async def own_till(
    rows: AsyncConnection, asker: Asker, till: UUID, *, lock: bool = False
) -> Merchant:
    """The merchant whose party asks, and whose till this is.

    Raises:
        Problem: `not_found`, the till is another's, closed, or none.
    """
    found = await own_shop(rows, asker)
    if await tills.merchant_of(rows, till, lock=lock) != found.id:
        raise Problem("not_found")
    return found


async def own_poster(rows: AsyncConnection, asker: Asker, text: str) -> tuple[Merchant, Hung]:
    """The merchant whose party asks, and its poster that has this code.

    Raises:
        Problem: `not_found`, the poster is another's, revoked, or none.
    """
    found = await own_shop(rows, asker)
    try:
        poster = await tills.hung(rows, codes.read_code(text))
    except CodeUnreadable:
        poster = None
    if poster is None or poster.merchant != found.id:
        raise Problem("not_found")
    return found, poster


def check_approved(found: Merchant) -> None:
    """Only an approved merchant shows itself as one.

    Raises:
        StandingMisfit: it is suspended, frozen or closing.
    """
    if found.standing.status is not Status.APPROVED:
        raise StandingMisfit(found.standing.status)
