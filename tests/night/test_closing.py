"""Closing keys while their entries are on their way, thousands of times."""

import asyncio

import asyncpg
import pytest

from ledger import store
from ledger.journal import Posted
from ledger.kinds import Kind
from ledger.poster import Poster
from ledger.refusals import KeyClosed
from tests.database.world import Books, entry, members

pytestmark = pytest.mark.night
ROUNDS, AT_ONCE = 40, 50


async def test_a_key_is_either_closed_or_posted_whoever_comes_first(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
    m = await members(Books(connection))
    pool = await asyncpg.create_pool(fresh_database.app_url, min_size=8, max_size=8)

    async def closed(wanted):
        async with pool.acquire() as one:
            return await store.close_key(one, party=1, key=wanted.key)

    outcomes = set()
    async with Poster(fresh_database.connect) as poster:
        for _ in range(ROUNDS):
            wanted = [entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(AT_ONCE)]
            told = await asyncio.gather(
                *(ask for one in wanted for ask in (poster.post(one), closed(one))),
                return_exceptions=True,
            )
            for posted, answer in zip(told[::2], told[1::2], strict=True):
                if isinstance(answer, Posted):
                    assert posted == answer
                else:
                    assert isinstance(answer, KeyClosed)
                    assert isinstance(posted, KeyClosed)
                outcomes.add(type(answer))
    assert outcomes == {Posted, KeyClosed}
    assert await Books(connection).faults_of_the_law() == []
    await pool.close()
    await connection.close()
