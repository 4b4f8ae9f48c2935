"""Approvals that come to their end: the merchant is written to, the association decides.

Nothing ends by itself: a shop whose approval ran out is paid as before, stands in the list as one
to decide about, and is renewed or closed by two persons.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from admin.telling import messages
from admin.telling.words import Template
from api.policies import policy_in_force
from api.wire.days import day_of
from merchants import admission, register
from merchants.refusals import ApprovalRuns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api.services import Services
    from ledger.policies import Limits
    from merchants.register import Merchant

DAY: Final = timedelta(days=1)
ROUND: Final = 200
"""Merchants looked at at once."""
_LAST: Final = UUID(int=2**128 - 1)


def listed_until(today: date, limits: Limits) -> date:
    """Approvals that end by this day may be renewed."""
    return today + timedelta(days=limits.approval_renewal_days)


async def check_near(services: Services, found: Merchant) -> None:
    """An approval is renewed when its end is near, so that no two renewals add up.

    Raises:
        ApprovalRuns: it is not.
    """
    limits = (await policy_in_force(services)).limits
    near = listed_until(day_of(services.clock.now()), limits)
    if found.approved_until is not None and found.approved_until > near:
        raise ApprovalRuns


async def renew(services: Services, rows: AsyncConnection, found: Merchant) -> None:
    """The approval holds for another term."""
    months = (await policy_in_force(services)).limits.approval_months
    today = day_of(services.clock.now())
    until = admission.renewed_until(found.approved_until, today, months)
    await register.renew(rows, found.id, until)


async def remind(services: Services) -> int:
    """Write to merchants whose approval ends within a notice, once for each; how many are near."""
    limits = (await policy_in_force(services)).limits
    notices = sorted((limits.approval_first_notice_days, limits.approval_last_notice_days))
    today = day_of(services.clock.now())
    near, last = (
        0,
        (today - DAY, _LAST),
    )  # of those that have ended the association has the next word
    while True:
        async with services.rows() as rows:
            by = today + timedelta(days=notices[-1])
            found = await register.ending(rows, by, after=last, count=ROUND)
            for one in found:
                await _remind(services, rows, one, notices, today)
        near += len(found)
        if len(found) < ROUND:
            return near
        last = (_end_of(found[-1]), found[-1].id)


async def _remind(
    services: Services,
    rows: AsyncConnection,
    found: Merchant,
    notices: Sequence[int],
    today: date,
) -> None:
    """The message of the latest notice that has begun: its id is made of it, so it is one."""
    until = _end_of(found)
    notice = next(days for days in notices if (until - today).days <= days)
    party, _, _ = found.numbers
    await messages.queue(
        rows,
        party=party,
        template=Template.APPROVAL_ENDS,
        at=services.clock.now(),
        message=uuid5(found.id, f"approval {until} {notice}"),
    )


def _end_of(found: Merchant) -> date:
    assert found.approved_until is not None, "the query asks for those that end"
    return found.approved_until
