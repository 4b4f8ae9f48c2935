"""A payment on its way into the ledger: planned from the purse, posted, never told yes before.

Whatever stands in the way of a payment, the ledger is asked for its key before anybody is refused:
a retry after a code ran out, a poster was taken down or an account was frozen is answered as the
first try was.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from api.beside import post_beside_rows
from api.policies import policy_in_force, scheme_of
from api.wire import replying
from ledger import paying, store
from ledger.committing import Replayed, own_rows
from ledger.flows import public_settlement
from ledger.journal import AMOUNT_MAX, Posted
from ledger.paying import Purchase
from ledger.policies import check_payment
from ledger.poster import Replan
from ledger.refusals import AboveMaximum, OutcomeUnknown, Overloaded, UnknownAccount
from ledger.waiting import left
from merchants.refusals import CashNotNeeded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from api.services import Services
    from ledger.conversion import Scheme
    from ledger.flows import Act
    from ledger.journal import JournalEntry
    from ledger.lots import Share
    from ledger.refusals import Refusal
    from ledger.store import Connection
    from merchants.places import Place
    from merchants.remarks import Remark

PAY_SECONDS: Final = 1.8
"""Until a payment is answered, if only that nobody knows yet."""
PLANS_MAX: Final = 8
PAUSE_MS_MAX: Final = 20
_REMARK: Final = """
    insert into merchants.remark (entry, asked_cents, cash_cents, payer_name, reference)
    values ($1, $2, $3, $4, $5)"""


async def pay(
    services: Services, act: Act, place: Place, cents: int, remark: Remark | None = None
) -> Posted:
    """Pay at a place from eligible lots and own money; all or nothing.

    Raises:
        PostingRefusal: as `ledger.paying.pay`.
        CashNotNeeded: a part in cash, of a price that the purse pays.
        OutcomeUnknown: no answer within the wait.
    """
    purchase = await _purchase(services, act, place, cents)
    try:
        async with asyncio.timeout(left(PAY_SECONDS)):
            if remark is None or remark.empty:
                return await paying.pay(
                    _Within(services), services.paying.purses, services.connection, purchase
                )
            return await _pay_with_remark(services, purchase, remark)
    except TimeoutError:
        raise OutcomeUnknown(act.key) from None
    except UnknownAccount:  # a frozen purse is none
        known = await answered(services, act.party, act.key)
        if known is None:
            raise
        return known


async def refuse_unless_answered(services: Services, act: Act, refusal: Refusal | None) -> None:
    """Refuse, unless the ledger has answered this key: then it will answer again."""
    if refusal is not None and not await heard_of(services, act.party, act.key):
        raise refusal


async def check_amount(services: Services, act: Act, cents: int) -> None:
    """A payment is as large as the policy in force allows, unless the ledger has answered its key.

    Raises:
        AboveMaximum: with the most that may be paid at once.
    """
    try:
        check_payment(cents, (await policy_in_force(services)).limits)
    except AboveMaximum as refusal:
        if cents > AMOUNT_MAX:
            raise
        await refuse_unless_answered(services, act, refusal)


async def heard_of(services: Services, party: int, key: UUID) -> bool:
    """Whether the ledger answered this key, with yes or no."""
    async with services.connection() as connection:
        return await store.answer(connection, party=party, key=key) is not None


async def answered(services: Services, party: int, key: UUID) -> Posted | None:
    """What stands under this key, once it is durable; None when nothing does."""
    async with services.connection() as connection:
        found = await store.answer(connection, party=party, key=key)
    if not isinstance(found, Posted):
        return None
    replying.answered_before()
    await services.durable(found.seq)
    return found


@dataclass(frozen=True, slots=True)
class _Within:
    """The poster, with the wait of a request."""

    services: Services

    async def post(self, entry: JournalEntry) -> Posted:
        return await self.services.post(entry)

    def committed(self, seq: int) -> None:
        self.services.poster.committed(seq)


async def _purchase(services: Services, act: Act, place: Place, cents: int) -> Purchase:
    if not place.is_public:
        return Purchase(act, place.account, cents)
    settled = partial(_settled, place, await scheme_of(services))
    return Purchase(act, place.account, cents, settled)


def _settled(place: Place, scheme: Scheme, act: Act, shares: Sequence[Share]) -> JournalEntry:
    """A public body is paid in euros, later; what passes through leaves it at once (F-29)."""
    assert place.payable is not None, "a public body has an account of what is owed to it"
    return public_settlement(
        act, shares=shares, public=place.account, payable=place.payable, scheme=scheme
    )


async def _pay_with_remark(services: Services, purchase: Purchase, remark: Remark) -> Posted:
    """Pay and write the remark down, both or neither.

    Raises:
        CashNotNeeded: the purse pays the whole price, so no part of it is owed in cash.
    """
    act = purchase.act
    for _ in range(PLANS_MAX):
        purse = await services.paying.purses.read(
            party=act.party, acceptor=purchase.merchant, key=act.key
        )
        if remark.cash_cents and paying.suffices(purse, remark.asked_cents or 0):
            await refuse_unless_answered(services, act, CashNotNeeded())
        entry, _certain = paying.plan(purse, purchase)
        try:
            async with services.connection() as connection, own_rows(connection) as rows:
                await _write(rows, entry.id, remark)
                posted = await post_beside_rows(services, connection, entry)
        except Replayed as known:
            return known.answer
        except Replan:
            await asyncio.sleep(secrets.randbelow(PAUSE_MS_MAX) / 1_000)
        else:
            return posted
    raise Overloaded(act.key)


async def _write(rows: Connection, entry: UUID, remark: Remark) -> None:
    facts: tuple[Any, ...] = (remark.asked_cents, remark.cash_cents)
    await rows.execute(_REMARK, entry, *facts, remark.payer_name, remark.reference)


def proved(act: Act) -> Act:
    """The same act, for which its PIN or its passkey was given."""
    return replace(act, pin=True)
