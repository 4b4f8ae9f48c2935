"""The people of a benchmark: 9,000 wallets and 1,000 merchants with money, some with aid."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Final
from uuid import UUID

from ledger.batch import POST, answers, arguments
from ledger.chart import AccountClass, Commodity, single_account
from ledger.journal import JournalEntry, Posted, Transfer
from ledger.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.server import Connection, Server

WALLETS: Final = range(1_000, 10_000)
MERCHANTS: Final = range(10_000, 11_000)
AIDED: Final = range(1_000, 3_000)
"""Wallets that also have two lots each."""
LOTS: Final = range(20_000, 24_000)
PROGRAMME: Final = 19_000
AWARDS: Final = 19_001
RULE: Final = 1
EURO_CENTS_EACH: Final = 20_000_000
LOT_EURO_CENTS: Final = 2_000_000
SETUP_BATCH: Final = 200

_OPEN: Final = """
select count(ledger.open_account(
         id, $1::smallint, $2::smallint, party => id, rule => $3::bigint,
         expires => case when $3::bigint is not null then timestamptz '2099-12-31' end))
  from generate_series($4::bigint, $5::bigint) id
"""
_UUIDS: Final = count(1)


def made_up_uuid() -> UUID:
    """A UUID that no load makes: numbers from 1."""
    return UUID(int=next(_UUIDS))


def bousol_cents(euro_cents: int) -> int:
    """What so many euro-cents issue at 21 for 20, without a remainder."""
    assert euro_cents % 20 == 0, euro_cents
    return euro_cents * 21 // 20


def entry(kind: Kind, *transfers: tuple[int, int, int], lines: int = 1) -> JournalEntry:
    """An entry of the setting-up, documented."""
    made = tuple(Transfer(*t) for t in transfers)
    return JournalEntry(
        id=made_up_uuid(),
        party=made[0].debit,
        key=made_up_uuid(),
        request=bytes(16),
        kind=kind,
        transfers=made,
        document=made_up_uuid(),
        lines=lines,
    )


async def people(server: Server, database: str) -> None:
    """Open the accounts and give them money, through the posting function alone."""
    connection = await server.connect(database)
    try:
        await _open(connection)
        await post_all(connection, _money())
    finally:
        await connection.close()
    await server.run(database, "vacuum analyze")


async def post_all(connection: Connection, entries: Iterable[JournalEntry]) -> None:
    """Post entries in batches; every one must stand."""
    waiting = list(entries)
    for start in range(0, len(waiting), SETUP_BATCH):
        columns = arguments(waiting[start : start + SETUP_BATCH])
        row = await connection.fetchrow(POST, *columns)
        assert row is not None
        for answer in answers(row, columns):
            assert isinstance(answer, Posted), answer


async def _open(connection: Connection) -> None:
    bsl, euro = Commodity.BSL, Commodity.EUR
    for account_class, commodity, rule, ids in (
        (AccountClass.WALLET, bsl, None, WALLETS),
        (AccountClass.MERCHANT, bsl, None, MERCHANTS),
        (AccountClass.LOT, bsl, RULE, LOTS),
        (AccountClass.PROG, euro, None, range(PROGRAMME, PROGRAMME + 1)),
        (AccountClass.AWARDS, bsl, None, range(AWARDS, AWARDS + 1)),
    ):
        facts = (account_class, commodity, rule, ids[0], ids[-1])
        await connection.execute(_OPEN, *facts)
    accept = "select ledger.put_acceptance($1, $2, true)"
    await connection.execute(accept, RULE, list(MERCHANTS))


def _money() -> Iterator[JournalEntry]:
    guar, circ, issued = (
        single_account(c) for c in (AccountClass.GUAR, AccountClass.CIRC, AccountClass.ISSUED)
    )
    for account in (*WALLETS, *MERCHANTS):
        bought = (issued, account, bousol_cents(EURO_CENTS_EACH))
        yield entry(Kind.ISSUE_TRANSFER, (guar, circ, EURO_CENTS_EACH), bought)
    aid = LOT_EURO_CENTS * len(LOTS)
    yield entry(Kind.PROGRAMME_FUND, (guar, PROGRAMME, aid))
    given = ((PROGRAMME, circ, aid), (issued, AWARDS, bousol_cents(aid)))
    yield entry(Kind.AID_BATCH, *given, lines=len(LOTS))
    for lot in LOTS:
        yield entry(Kind.AID_AWARD, (AWARDS, lot, bousol_cents(LOT_EURO_CENTS)))
