"""Paying with lots: read the purse, plan, post; a plan that lost a race is not a refusal.

Choosing lots is Python (`ledger.lots`), allowing them is SQL. After a few lost races the plan is
made under the chain lock, so that money that suffices is never refused.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

from ledger import store
from ledger.batch import POST, Refused, answers, arguments
from ledger.committing import lock_timeout
from ledger.flows import payment
from ledger.lane import confirming
from ledger.lots import Share, in_the_way, plan_payment
from ledger.poster import Replan, refusal_of
from ledger.refusals import LotsInsufficient, UnknownAccount

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from ledger.flows import Act
    from ledger.journal import JournalEntry, Posted
    from ledger.purses import Purses
    from ledger.store import Connection, Purse

    Connected = Callable[[], AbstractAsyncContextManager[Connection]]
    """A connection of the application role, for as long as its context lasts."""

PLANS_MAX: Final = 4
"""Plans made without the lock before one is made with it."""
CHAIN_LOCK: Final = 20210917
"""The advisory lock that every batch takes first (ledger/sql/functions/post.sql)."""
PAUSE_MS_MAX: Final = 20
LOCK_SECONDS: Final = 10.0


class Posts(Protocol):
    """A poster, or what bounds the wait for one."""

    async def post(self, entry: JournalEntry) -> Posted:
        """As `Poster.post`."""
        ...

    def committed(self, seq: int) -> None:
        """As `Poster.committed`."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a party buys: `cents` Bou'Sol cents at the account `merchant`.

    `entry` makes the entry of an act and its shares; by default it is a plain payment (F-15).
    """

    act: Act
    merchant: int
    cents: int
    entry: Callable[[Act, Sequence[Share]], JournalEntry] | None = None

    def paid_by(self, act: Act, shares: Sequence[Share]) -> JournalEntry:
        """The entry in which these shares pay."""
        if self.entry is not None:
            return self.entry(act, shares)
        return payment(act, shares=shares, merchant=self.merchant)


async def pay(poster: Posts, purses: Purses, connected: Connected, purchase: Purchase) -> Posted:
    """Pay from eligible lots, soonest expiry first, then from own money; all or nothing (F-15).

    Args:
        poster: posts the entry.
        purses: reads what can pay, for many callers at once.
        connected: a connection for the plan under the lock, which few payments need.
        purchase: what is paid.

    Raises:
        PostingRefusal: as `Poster.post`; `insufficient_funds` when all together do not suffice,
            `lot_not_accepted` or `lot_expired` when they would with a lot that may not pay here.
    """
    act = purchase.act
    for _ in range(PLANS_MAX):
        purse = await purses.read(party=act.party, acceptor=purchase.merchant, key=act.key)
        # A purse that lacks something lacked it at one instant: refusing then is right, and the
        # batch that refuses answers a known key as well.
        entry, _ = plan(purse, purchase)
        try:
            return await poster.post(entry)
        except Replan:
            await asyncio.sleep(secrets.randbelow(PAUSE_MS_MAX) / 1_000)
    return await _pay_under_lock(poster, connected, purchase)


def plan(purse: Purse, purchase: Purchase) -> tuple[JournalEntry, bool]:
    """The entry that pays, and whether the purse suffices; if not, one the ledger refuses."""
    try:
        shares = _shares(purse, purchase.cents)
    except LotsInsufficient as lack:
        return _refused(purse, purchase, lack.missing.minor), False
    return purchase.paid_by(replace(purchase.act, replan=True), shares), True


def suffices(purse: Purse, cents: int) -> bool:
    """Whether a purse would pay so much where it was read for."""
    try:
        _shares(purse, cents)
    except LotsInsufficient:
        return False
    return True


def _shares(purse: Purse, cents: int) -> tuple[Share, ...]:
    return plan_payment(
        cents,
        lots=purse.lots,
        own=purse.own or Share(0, 0),
        accepted_rules=purse.accepted_rules,
        at=purse.at,
    )


def _refused(purse: Purse, purchase: Purchase, missing_cents: int) -> JournalEntry:
    """The whole price from one account: known keys are answered again, the others are refused.

    The ledger keeps why: from the wallet it is the money; from a lot that was passed over, and
    would have sufficed, it is that lot. One transfer either way, which takes the same time.
    """
    if purse.own is None:
        raise UnknownAccount(purchase.act.key)
    rules = purse.accepted_rules
    lot = in_the_way(missing_cents, lots=purse.lots, accepted_rules=rules, at=purse.at)
    whole = Share(lot or purse.own.account, purchase.cents)
    return purchase.paid_by(purchase.act, [whole])


async def _pay_under_lock(poster: Posts, connected: Connected, purchase: Purchase) -> Posted:
    """Plan and post while nobody else can: three short round trips with the chain lock held."""
    async with connected() as connection:
        with confirming(connection, purchase.act.key):
            async with connection.transaction():
                await connection.execute(
                    f"{lock_timeout(LOCK_SECONDS)}"
                    "set local idle_in_transaction_session_timeout = '2s'"
                )
                await connection.execute(f"select pg_advisory_xact_lock({CHAIN_LOCK})")
                act = purchase.act
                purse = await store.purse(connection, party=act.party, acceptor=purchase.merchant)
                entry, _ = plan(purse, purchase)
                # Nobody else moves anything now: what is refused here is refused for good.
                columns = arguments([replace(entry, replan=False)])
                row = await connection.fetchrow(POST, *columns)
    assert row is not None
    answer = answers(row, columns)[0]
    if isinstance(answer, Refused):
        raise refusal_of(answer.code, entry)
    poster.committed(answer.seq)
    return answer
