"""A key that was answered while its act was being planned: what it made is told."""

from uuid import UUID

from api.reserve import buying
from ledger.committing import Replayed
from ledger.journal import Posted
from tests.api.buying.buyers import booked, member, ordered, treasurer


async def test_a_key_that_stood_while_it_was_planned_tells_what_it_made(home, town):
    bob, tre = await member(town), await treasurer(town)
    made = await ordered(bob, 20_00)
    credit = await booked(tre, 20_00, order=made["id"])
    async with home.services.connection() as connection:
        stands = Posted(*await connection.fetchrow(
            "select j.seq, j.posted_at, 0::bigint, j.id from ledger.journal j"
            " join admin.bank_credit c on c.entry = j.id where c.id = $1", UUID(credit["id"])
        ))  # fmt: skip

    async def work(_):
        raise Replayed(stands)

    told = await buying.done(home.services, work)
    assert not isinstance(told, tuple)
    assert told["id"] == UUID(credit["id"])
