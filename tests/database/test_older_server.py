"""The oldest PostgreSQL the ledger supports: it migrates, posts, replays and is proven there."""

import asyncio
import tempfile
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from api.embedded_postgres import EmbeddedPostgres
from api.installation.databases import provision
from api.installation.ledger_database import OLDEST
from api.installation.migrate import migrate
from ledger import flows, store
from ledger.audit import audit
from ledger.chart import AccountClass as A
from ledger.flows import Act, Terms
from ledger.lots import Share
from ledger.poster import Poster


def act(party: int) -> Act:
    return Act(id=uuid4(), party=party, key=uuid4(), request=b"0" * 16, document=uuid4())


@pytest.fixture
def oldest():
    """A server of that version, in a folder that its user may enter."""
    with tempfile.TemporaryDirectory(prefix="bousol-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        with EmbeddedPostgres(Path(folder) / "home", version=OLDEST) as server:
            yield server


async def test_the_ledger_runs_on_the_oldest_server_it_supports(oldest):
    urls = await provision(oldest.url(database="postgres", user="postgres"), "bousol")
    await migrate(urls.owner)
    connection = await asyncpg.connect(urls.application)
    assert connection.get_server_version().major == OLDEST
    wallet = await store.open_account(connection, A.WALLET, party=1)
    shop = await store.open_account(connection, A.MERCHANT, party=2)
    async with Poster(lambda: asyncpg.connect(urls.application)) as poster:
        bought = flows.issue_transfer(
            act(9), euros_cents=7_35, holder=wallet, bank_line=uuid4(), terms=Terms()
        )
        await poster.post(bought)
        paid = [
            flows.payment(act(1), shares=[Share(wallet, 1_00)], merchant=shop) for _ in range(5)
        ]
        answers = await asyncio.gather(*(poster.post(entry) for entry in paid))
        assert await poster.post(paid[0]) == answers[0]
        await poster.durable(6)
    assert await store.balance_as_of(connection, wallet, 3) == 5_71
    assert len(await store.statement_page(connection, shop)) == 5
    await connection.close()
    report = await audit(lambda: asyncpg.connect(urls.application))
    assert report.ok, report.proofs
