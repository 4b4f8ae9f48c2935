"""Lots at their end: holders are warned, what came back late gets its grace, the rest lapses.

Swept in every process; each lot lapses once for what it held, because its entry is guarded by the
account's version.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from admin.aid import lots
from admin.aid.programmes import WARNINGS, Instrument, grace_end, warning_due
from api.acting import request_hash
from api.aid.executing import terms_for
from api.policies import policy_in_force
from api.wire.ids import new_id
from ledger.committing import own_rows
from ledger.flows import Act
from ledger.poster import Replan
from ledger.refusals import PostingRefusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from admin.aid.lots import Held
    from api.services import Services

ROUND: Final = 500
"""Lots looked at at once."""


async def sweep(services: Services) -> int:
    """Warn, prolong and end what is due now; how many lots ended."""
    await warn(services)
    return await lapse(services)


async def lapse(services: Services) -> int:
    """Lots past their end: a grace for what came back after it, else return or release.

    All of them, in rounds: lots that cannot end now never stand before those that can.
    """
    now = services.clock.now()
    grace = timedelta(days=(await policy_in_force(services)).limits.aid_restored_days)
    ended, last = 0, None
    while True:
        async with services.connection() as connection:
            found = await lots.ended(connection, now, ROUND, after=last)
        ended += await _round(services, found, now, grace)
        if len(found) < ROUND:
            return ended
        last = found[-1]


async def _round(services: Services, found: Sequence[Held], now: datetime, grace: timedelta) -> int:
    ended = 0
    for held in found:
        until = grace_end(held.expires, held.restored_at, grace, Instrument(held.instrument))
        if until is not None and until > now:
            async with services.connection() as connection:
                await lots.restore(connection, held.award, until, now)
            continue
        # Who was first, or a frozen account, is no reason to leave the others.
        with suppress(Replan, PostingRefusal):
            await _lapse(services, held)
            ended += 1
    return ended


async def _lapse(services: Services, held: Held) -> None:
    terms = await terms_for(services, held.policy)
    act = Act(
        new_id(),
        held.sponsor,
        new_id(),
        request_hash(services.pepper, "lapse", held.award, held.version),
        document=held.convention,
        policy=held.policy,
        expected=(held.lot, held.version),
    )
    async with services.connection() as connection, own_rows(connection):
        await lots.lapse(connection, act, held, terms, services.clock.now())


async def warn(services: Services) -> int:
    """Write to holders whose lots end in six weeks or three; how many were."""
    now = services.clock.now()
    told = 0
    for nth, notice in enumerate(WARNINGS, 1):
        async with services.connection() as connection:
            found = await lots.ending(connection, now, nth, notice, ROUND)
            for held in found:
                due = warning_due(held.expires, held.given_at, held.warned, now)
                assert due is not None, "the query asks for those whose warning is due"
                async with connection.transaction():
                    told += await lots.warn(connection, held, due, now)
    return told
