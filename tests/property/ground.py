"""The real ledger under a test that is not asynchronous: its own loop, one connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg

from ledger import store
from ledger.audit import audit
from ledger.batch import POST, Refused, answers, arguments

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from ledger.audit import AuditReport
    from ledger.journal import JournalEntry


class Ground:
    """One connection of the application role to one database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner = asyncio.Runner()
        self._connection: Any = self._runner.run(asyncpg.connect(url))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._connection.close())
        self._runner.close()

    def call(self, query: str, *values: object) -> list[Any]:
        return self._runner.run(self._connection.fetch(query, *values))

    def open(self, facts: dict[str, Any]) -> None:
        account = self._runner.run(store.open_account(self._connection, **facts))
        assert account == facts["account"]

    def post(self, entries: Sequence[JournalEntry]) -> list[tuple[Any, ...]]:
        """What the ledger answers: the code of a refusal, or None with seq and balance."""
        columns = arguments(entries)
        row = self._runner.run(self._connection.fetchrow(POST, *columns))
        return [
            (x.code, None, None) if isinstance(x, Refused) else (None, x.seq, x.balance)
            for x in answers(row, columns)
        ]

    def audit(self) -> AuditReport:
        return self._runner.run(audit(lambda: asyncpg.connect(self._url)))

    def state(self) -> tuple[Any, ...]:
        """Balances, versions, cover and journal, times left out: equal for equal histories."""
        accounts = self.call("select id, balance, version from ledger.account order by id")
        cover = self.call(
            "select debt, issued, remainder, reserve from ledger.chain_link order by last_seq desc"
            " limit 1"
        )
        transfers = self.call("select * from ledger.transfer order by seq, position")
        refusals = self.call("select party, key, code from ledger.refusal order by key")
        return tuple(
            [tuple(row) for row in rows] for rows in (accounts, cover, transfers, refusals)
        )
