"""The audit proves what stands, while others post, and says so in numbers."""

import pytest

from ledger.audit import Proved, audit
from tests.database.journals import write_journal


@pytest.fixture(scope="module")
async def journal(fresh_database):
    return await write_journal(fresh_database.app_url)


async def test_a_right_journal_passes_every_proof_and_each_looked_at_something(
    fresh_database, journal
):
    report = await audit(fresh_database.connect)
    assert report.ok, [p for p in report.proofs.values() if p.finding]
    idle = {proof.name for proof in report.proofs.values() if not proof.checked}
    assert idle == {Proved.HEADS}
    assert report.head_seq == report.entries == max(journal.seqs.values())
