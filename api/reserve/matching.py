"""Euros that wait find their order or go back, and what one treasurer proposed is refused.

As in `api/reserve/buying.py`, which confirms: own rows and entries in one transaction, a key first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.aid import funding
from admin.parties import ISSUER
from admin.reserve import bank_credits, credit_alone, orders
from admin.reserve.bank_credits import Released
from api.acting import act
from api.policies import policy_in_force
from api.reserve.buying import (
    MATCH,
    RETURN,
    alone,
    answered,
    credit,
    done,
    payee_of,
    released,
    who,
)
from api.wire.problems import Problem

if TYPE_CHECKING:
    from uuid import UUID

    from api.gate.asker import Asker
    from api.process.pools import Connection
    from api.services import Services


async def match(
    services: Services, asker: Asker, key: UUID, number: UUID, order: UUID
) -> Released | None:
    """Euros that name no order are this one's; above the limit a second treasurer agrees first.

    Returns:
        What was issued; None when it waits for the second person, or for room.

    Raises:
        Problem: `not_found`, no such credit or order.
        NothingWaits, CreditDecided: see `bank_credits.match`.
    """
    facts = (MATCH, number, order)
    if before := await _before(services, key, *facts):
        return before
    seen = await credit(services, number)
    async with services.rows() as rows:
        found = await orders.anybodys(rows, order=order)
    if found is None:
        raise Problem("not_found")
    payee, by = await payee_of(services, found), who(services, asker)

    async def work(connection: Connection) -> Released | None:
        row = await bank_credits.locked(connection, number)
        assert row is not None, "credits stay"
        if row["order_id"] == order:
            return None
        bank_credits.check_waiting(row)
        if not await alone(services, connection, asker, row, payee.limits):
            mine = who(services, asker, second=True)
            await credit_alone.propose_match(connection, row, payee, mine)
            await connection.execute("commit")
            return None
        entry = act(services, ISSUER, key, *facts, document=seen["document"])
        return await bank_credits.match(connection, entry, row, payee, by)

    made = await done(services, work)
    assert made is None or isinstance(made, Released), made
    return made or await _before(services, key, *facts)


async def match_programme(
    services: Services, asker: Asker, key: UUID, number: UUID, programme: UUID
) -> Released | None:
    """Euros that name nobody fund a programme; above the limit a second treasurer agrees first.

    Returns:
        What they became; None when it waits for the second person.

    Raises:
        Problem: `not_found`, no such credit.
        NothingWaits, CreditDecided: see `funding.match`.
    """
    facts = (MATCH, number, "programme", programme)
    if before := await _before(services, key, *facts):
        return before
    seen, limits = await credit(services, number), (await policy_in_force(services)).limits

    async def work(connection: Connection) -> Released | None:
        row = await bank_credits.locked(connection, number)
        assert row is not None, "credits stay"
        if row["matching_programme"] == programme and row["matched_by"] == asker.grant:
            return None
        bank_credits.check_waiting(row)
        if not await alone(services, connection, asker, row, limits):
            mine = who(services, asker, second=True)
            await credit_alone.propose_programme(connection, row, programme, mine)
            await connection.execute("commit")
            return None
        entry = act(services, ISSUER, key, *facts, document=seen["document"])
        return await funding.match(connection, entry, row, programme, who(services, asker))

    made = await done(services, work)
    assert made is None or isinstance(made, Released), made
    return made or await _before(services, key, *facts)


async def _before(services: Services, key: UUID, *facts: object) -> Released | None:
    """What the same request made before, if it did."""
    before = await answered(services, ISSUER, key, *facts)
    return None if before is None else await released(services, before.id)


async def give_back(services: Services, asker: Asker, key: UUID, number: UUID) -> Released | None:
    """What waits of a credit goes back to who sent it; above the limit a second person agrees.

    Returns:
        What went back; None when it waits for the second person.

    Raises:
        Problem: `not_found`.
        NothingWaits: nothing does.
        CreditDecided: something else was proposed.
    """
    if before := await _before(services, key, RETURN, number):
        return before
    seen, limits = await credit(services, number), (await policy_in_force(services)).limits

    async def work(connection: Connection) -> Released | None:
        row = await bank_credits.locked(connection, number)
        assert row is not None, "credits stay"
        if row["returned_by"] is not None and row["returned_by"] == asker.grant:
            return None
        bank_credits.check_waiting(row)
        if not await alone(services, connection, asker, row, limits):
            mine = who(services, asker, second=True)
            await credit_alone.propose_return(connection, row, mine)
            await connection.execute("commit")
            return None
        entry = act(services, ISSUER, key, RETURN, number, document=seen["document"])
        return await bank_credits.give_back(connection, entry, row, who(services, asker))

    made = await done(services, work)
    assert made is None or isinstance(made, Released), made
    return made


async def refuse(services: Services, asker: Asker, number: UUID) -> None:
    """What waits for a second treasurer is not done, or withdrawn; again is no act.

    Raises:
        Problem: `not_found`.
        CreditDecided: nothing waits for a second treasurer.
    """
    async with services.connection() as connection, connection.transaction():
        row = await bank_credits.locked(connection, number)
        if row is None:
            raise Problem("not_found")
        await credit_alone.refuse(connection, row, who(services, asker))
