"""docs/reference/chain.md tells the truth: its tables, its example, and a verifier of its own."""

import re
import textwrap
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from ledger.audit import audit, wire
from ledger.chart import AccountClass as A
from ledger.kinds import Kind
from tests.database import chain_verifier as verifier
from tests.database.journals import write_journal
from tests.database.world import Books, entry, issuing

PAGE = (Path(__file__).parents[2] / "docs/reference/chain.md").read_text(encoding="utf-8")
OIDS = dict(re.findall(r"^\| `(\w+)` \| (\d+) \|", PAGE, flags=re.MULTILINE))
TABLES = {"Link": verifier.LINK, "Journal": verifier.JOURNAL, "Journal_more": verifier.MORE}
READ: dict[str, Callable[[str], object]] = {
    "uuid": UUID,
    "bytea": bytes.fromhex,
    "date": date.fromisoformat,
    "timestamptz": datetime.fromisoformat,
}


def fields(heading):
    """(name, type, example) of each row of the table under a heading."""
    table = re.split(rf"^### {heading}\b.*$", PAGE, flags=re.MULTILINE)[1].partition("\n#")[0]
    return re.findall(r"^\| `(\w+)` \| `(\w+)` \| (.+) \|$", table, flags=re.MULTILINE)


def example(heading):
    return {
        name: None if told == "null" else READ.get(kind, int)(told)
        for name, kind, told in fields(heading)
    }


def told_bytes(sentence):
    """The hexadecimal block under a sentence."""
    block = PAGE.partition(f"\n{sentence}")[2].split("\n\n")[1]
    return bytes.fromhex(textwrap.dedent(block).replace("\n", ""))


def told_hash(sentence):
    found = re.search(r"`([0-9a-f]{64})`", PAGE.partition(sentence)[2])
    assert found is not None
    return bytes.fromhex(found[1])


async def insert(connection, table, row):
    numbered = ", ".join(f"${n}" for n in range(1, len(row) + 1))
    names = ", ".join(row)
    await connection.execute(
        f"insert into ledger.{table} ({names}) values ({numbered})", *row.values()
    )


@pytest.mark.parametrize("heading", TABLES)
def test_the_pages_fields_are_those_the_verifier_hashes(heading):
    page = {name: int(OIDS[kind]) for name, kind, _ in fields(heading)}
    assert list(page.items()) == list(TABLES[heading].items())


def test_the_audits_fields_are_those_of_the_page():
    for heading, columns in ("Journal", wire.JOURNAL_COLUMNS), ("Journal_more", wire.MORE_COLUMNS):
        assert list(TABLES[heading].items()) == [(c.name, c.type.oid) for c in columns]


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        ("Link", "The link, 116 bytes"),
        ("Journal", "The row of `journal`, 366 bytes"),
        ("Journal_more", "The row of `journal_more`, 142 bytes"),
    ],
)
def test_the_example_has_the_bytes_the_page_prints(heading, sentence):
    told = told_bytes(sentence)
    assert verifier.row(TABLES[heading], example(heading)) == told
    assert f"{len(told)} bytes" in sentence


def test_the_hashes_of_the_example_are_right():
    assert verifier.GENESIS == wire.GENESIS == told_hash("`bousol ledger chain 1`")
    hashed = verifier.link_hash(
        verifier.GENESIS, example("Link"), [example("Journal")], [example("Journal_more")]
    )
    assert hashed == told_hash("The hash of the link is SHA-256 of")
    rows = ("The link, ", "The row of `journal`", "The row of `journal_more`")
    parts = [b"bousol link 1", verifier.GENESIS, *map(told_bytes, rows)]
    assert hashed == sha256(b"".join(parts)).digest()


async def test_postgresql_hashes_the_example_alike(fresh_database):
    connection = await asyncpg.connect(fresh_database.superuser_url)
    undone = connection.transaction()
    await undone.start()
    await connection.execute("set local session_replication_role = replica")
    await insert(connection, "journal", example("Journal"))
    await insert(connection, "journal_more", example("Journal_more"))
    said = example("Link")
    names = ", ".join(f"{name} => ${n}" for n, name in enumerate(said, 2))
    call = f"select ledger.link_hash(before => $1, {names})"
    hashed = await connection.fetchval(call, verifier.GENESIS, *said.values())
    await undone.rollback()
    await connection.close()
    assert hashed == told_hash("The hash of the link is SHA-256 of")


async def test_the_verifier_and_the_audit_reach_the_same_head(fresh_database):
    """On a journal with batches of every length, drawn from a hash."""
    await write_journal(fresh_database.app_url)
    connection = await fresh_database.connect()
    books = Books(connection)
    wallets = [await books.wallet(100_00) for _ in range(4)]
    merchant = await books.open(A.MERCHANT, party=2)
    for batch in range(40):
        drawn = sha256(bytes([batch])).digest()
        entries = [
            entry(Kind.PAYMENT, *((wallets[n % 4], merchant, 1 + n) for n in drawn[i : i + i % 3]))
            for i in range(1, 1 + drawn[0] % 12)
        ]
        await books.post(*entries, issuing(wallets[0], 1 + drawn[1]))
    report = await audit(fresh_database.connect)
    assert report.ok
    assert (report.head_seq, report.head_hash) == await verifier.verify(connection)
    await connection.close()


async def test_the_verifier_names_the_link_that_is_wrong(fresh_database):
    connection = await asyncpg.connect(fresh_database.superuser_url)
    undone = connection.transaction()
    await undone.start()
    await connection.execute("set local session_replication_role = replica")
    seq = await connection.fetchval("select max(seq) from ledger.journal")
    await connection.execute("update ledger.journal set amount = amount + 1 where seq = $1", seq)
    with pytest.raises(AssertionError, match=rf"link \(\d+, {seq}\)"):
        await verifier.verify(connection)
    await undone.rollback()
    await connection.close()
