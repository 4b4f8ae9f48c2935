"""Where the story is played: one ledger, its poster, accounts by code, what just happened."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from api.tour.story import Text
from ledger import store
from ledger.chart import (
    CHART,
    HOLDERS_LAST,
    NOTE_FACES,
    SINGLE,
    SINGLE_PER_NOTE,
    note_account,
    single_account,
)
from ledger.chart import AccountClass as A
from ledger.committing import own_rows, post_and_commit
from ledger.flows import Act
from ledger.lots import Share
from ledger.paying import Purchase, pay
from ledger.refusals import PostingRefusal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import asyncpg

    from ledger.chart import Commodity
    from ledger.journal import JournalEntry, Posted
    from ledger.poster import Poster
    from ledger.purses import Purses

ASSOCIATION: Final = 1
"""The party of the issuer's own acts."""
_LABELLED: Final = frozenset({A.CASH, A.PROG, A.AWARDS, A.NOTE_STOCK, A.NOTE_RETURNS})
"""Classes whose accounts bear a label: codes of places and programmes, never names of people."""
_HOLDERS: Final = "select id, balance from ledger.account where class <= $1 and balance > 0"
_CLASSES: Final = {facts.code: account_class for account_class, facts in CHART.items()}


class ProofFailed(Exception):
    """What the tour shows is not so; its text says what."""


@dataclass(frozen=True, slots=True)
class Stands:
    """These entries stand."""

    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RefusedAct:
    """The ledger refused an act, with a published code."""

    refusal: PostingRefusal


@dataclass(frozen=True, slots=True)
class Remark:
    """Something else to know."""

    text: Text


@dataclass(frozen=True, slots=True)
class Shares:
    """What each account of holders would get: its code, its Bou'Sols, its euros, in cents."""

    lines: tuple[tuple[str, int, int], ...]


Shown = Stands | RefusedAct | Remark | Shares


@dataclass
class Stage:
    """One ledger as the application role sees it.

    Attributes:
        poster: posts, as in the service.
        purses: reads what can pay, as in the service.
        pool: connections that read and open accounts.
        day: civil day of what is posted; None is today.
        shown: what happened since the last step.
        kept: what a step leaves for a later one, by a name.
    """

    poster: Poster
    purses: Purses
    pool: asyncpg.Pool[asyncpg.Record]
    day: date | None = None
    shown: list[Shown] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)
    _accounts: dict[str, int] = field(default_factory=dict)
    _codes: dict[int, str] = field(default_factory=dict)
    _parties: dict[str, int] = field(default_factory=dict)
    _begun: float = field(default_factory=time.monotonic)

    # Accounts ----------------------------------------------------------------------------------

    def __getitem__(self, code: str) -> int:
        """The account of a code, such as EUR.A.CASH.C1 or BSL.W.alice."""
        return self._accounts[code]

    def code(self, account: int) -> str:
        """The code of an account."""
        return self._codes[account]

    def notes(self, place: str, label: str = "") -> dict[Commodity, int]:
        """The accounts of a place of notes, by denomination: `notes("STOCK", "C1")`."""
        end = f".{label}" if label else ""
        return {note: self[f"{note.name}.{place}{end}"] for note in NOTE_FACES}

    def party(self, name: str) -> int:
        """The number of a party; an unknown one gets the next."""
        return self._parties.setdefault(name, ASSOCIATION + 1 + len(self._parties))

    async def open_chart(self) -> None:
        """Learn the codes of the accounts the issuer has exactly one of."""
        for account_class in SINGLE:
            self._know(CHART[account_class].code, single_account(account_class))
        for account_class in SINGLE_PER_NOTE:
            for note in NOTE_FACES:
                code = CHART[account_class].code.replace("NOTE", note.name)
                self._know(code, note_account(account_class, note))

    async def open(
        self, code: str, *, rule: int | None = None, expires: datetime | None = None
    ) -> int:
        """Open the account of a code; its last part names the party, or the place."""
        head, _, name = code.rpartition(".")
        commodity = next((note for note in NOTE_FACES if head.startswith(note.name)), None)
        account_class = _CLASSES[head if commodity is None else f"NOTE{head[len('NOTE00') :]}"]
        labelled = account_class in _LABELLED
        async with self.pool.acquire() as connection:
            account = await store.open_account(
                connection,
                account_class,
                commodity=commodity,
                party=None if labelled else self.party(name),
                label=name if labelled else None,
                rule=rule,
                expires=expires,
            )
        self._know(code, account)
        return account

    def _know(self, code: str, account: int) -> None:
        self._accounts[code], self._codes[account] = account, code

    # Acts --------------------------------------------------------------------------------------

    def act(self, party: str | None = None, *, key: UUID | None = None) -> Act:
        """An act of a party, or of the association, with ids of its own and a document."""
        return Act(
            id=uuid4(),
            party=ASSOCIATION if party is None else self.party(party),
            key=key or uuid4(),
            request=secrets.token_bytes(16),
            effective=self.day,
            document=uuid4(),
        )

    async def post(self, *entries: JournalEntry) -> Posted:
        """Post entries through the poster, together; the answer of the last one."""
        posted = await asyncio.gather(*map(self.poster.post, entries))
        self._show(*posted)
        return posted[-1]

    async def post_and_commit(self, entry: JournalEntry) -> Posted:
        """Post an entry as the last statement of a transaction with rows of its own."""
        async with self.pool.acquire() as pooled, own_rows(pooled) as connection:
            posted = await post_and_commit(connection, [entry])
        self._show(*posted)
        return posted[0]

    async def pay(self, *purchases: tuple[str, str, int]) -> Posted:
        """Each (payer, merchant's account, cents): lots first, then own money, all at once."""
        paid = await asyncio.gather(
            *(
                self._paid(Purchase(self.act(payer), self[merchant], cents))
                for payer, merchant, cents in purchases
            )
        )
        self._show(*paid)
        return paid[-1]

    async def _paid(self, purchase: Purchase) -> Posted:
        return await pay(self.poster, self.purses, self.pool.acquire, purchase)

    async def refused(self, entry: JournalEntry) -> None:
        """Show an act the ledger must refuse."""
        try:
            await self.poster.post(entry)
        except PostingRefusal as refusal:
            self.shown.append(RefusedAct(refusal))
        else:
            raise ProofFailed(f"{entry.kind.name} was not refused")

    def remark(self, *, fr: str, en: str) -> None:
        """Say something beside the entries."""
        self.shown.append(Remark(Text(fr, en)))

    def _show(self, *posted: Posted) -> None:
        self.shown.append(Stands(tuple(sorted(p.seq for p in posted))))

    # What was read -----------------------------------------------------------------------------

    async def balance(self, code: str) -> int:
        """What an account holds now, minor units on its own side."""
        async with self.pool.acquire() as connection:
            seq = (await store.head(connection)).seq
            return await store.balance_as_of(connection, self[code], seq)

    async def share(self, code: str) -> Share:
        """An account with all it holds."""
        return Share(self[code], await self.balance(code))

    async def holders(self) -> tuple[dict[int, int], store.Head]:
        """What each account of holders holds, PAPER included, and the head of the chain."""
        async with self.pool.acquire() as connection:
            rows = await connection.fetch(_HOLDERS, int(HOLDERS_LAST))
            return {row["id"]: row["balance"] for row in rows}, await store.head(connection)

    async def call(self, name: str, *arguments: object) -> object:
        """Ask one of the functions the application may call, such as `set_status`."""
        parameters = ", ".join(f"${n}" for n in range(1, len(arguments) + 1))
        async with self.pool.acquire() as connection:
            return await connection.fetchval(f"select ledger.{name}({parameters})", *arguments)

    def lasted(self) -> timedelta:
        """How long the story has lasted."""
        return timedelta(seconds=time.monotonic() - self._begun)

    async def now(self) -> datetime:
        """What time the database has."""
        async with self.pool.acquire() as connection:
            now = await connection.fetchval("select ledger.clock()")
        assert isinstance(now, datetime)
        return now

    async def wait_until(self, instant: datetime) -> None:
        """Return once the database's clock has passed an instant."""
        left = instant - await self.now() + timedelta(milliseconds=5)
        await asyncio.sleep(max(0.0, left.total_seconds()))

    def prove(self, so: object, what: str) -> None:
        """Go on only if it is so."""
        if not so:
            raise ProofFailed(what)


def named(notes: Mapping[int, int]) -> dict[Commodity, int]:
    """Notes by their face value: `named({20: 2, 10: 1})` are two of 20 and one of 10."""
    faces = {face: note for note, face in NOTE_FACES.items()}
    return {faces[face]: count for face, count in notes.items()}
