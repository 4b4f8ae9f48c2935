"""The settings' policies found a new ledger, and cannot contradict one in use."""

from uuid import uuid4

import asyncpg
import pytest

from api.failures import Failure
from api.installation.founding import found
from api.settings import Settings
from ledger import flows, store
from ledger.chart import AccountClass as A
from ledger.flows import Act, Terms
from ledger.poster import Poster

FOUNDED = "select redemption from ledger.scheme"
POLICIES = (
    "select version, wallet_mode, comptoir_mode, commission_ppm from ledger.policy order by 1"
)


async def ask(url, query):
    connection = await asyncpg.connect(url)
    try:
        return [tuple(row) for row in await connection.fetch(query)]
    finally:
        await connection.close()


async def issue(url):
    connection = await asyncpg.connect(url)
    wallet = await store.open_account(connection, A.WALLET, party=1)
    await connection.close()
    act = Act(id=uuid4(), party=9, key=uuid4(), request=b"0" * 16, document=uuid4())
    async with Poster(lambda: asyncpg.connect(url)) as poster:
        await poster.post(
            flows.issue_transfer(
                act, euros_cents=20_00, holder=wallet, bank_line=uuid4(), terms=Terms()
            )
        )


async def test_the_defaults_are_what_a_ledger_is_created_with(urls):
    assert await found(urls.application, Settings()) is False
    assert await ask(urls.application, POLICIES) == [(1, "linear", "tranche", 0)]


async def test_other_policies_are_a_row_of_their_own_written_once(urls):
    settings = Settings(redemption_policy="sponsored", comptoir_mode="linear")
    assert await found(urls.application, settings) is True
    assert await found(urls.application, settings) is False
    assert await ask(urls.application, FOUNDED) == [("sponsored",)]
    assert await ask(urls.application, POLICIES) == [
        (1, "linear", "tranche", 0),
        (2, "linear", "linear", 50_000),
    ]


async def test_a_ledger_in_use_keeps_its_scheme_and_says_so(urls):
    await issue(urls.application)
    assert await found(urls.application, Settings(comptoir_mode="linear")) is False
    with pytest.raises(Failure, match="BOUSOL_REDEMPTION_POLICY is 'sponsored'; it must be"):
        await found(urls.application, Settings(redemption_policy="sponsored"))
    assert await ask(urls.application, FOUNDED) == [("symmetric",)]
