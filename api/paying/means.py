"""Which card of the ledger pays: the one of a holder's phone, or the one whose QR was scanned.

The phone's is recognised with the session, in one query; a card that was handed out is remembered:
it is its holder's for ever. Whether they pay is the ledger's to say, each time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from admin.means import cards
from admin.means.card_numbers import NUMBER_DIGITS
from admin.refusals import UnknownCard
from admin.tables import CARD_ID, PARTY
from ledger import store

if TYPE_CHECKING:
    import asyncio
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from api.gate.asker import Asker
    from ledger.paying import Connected
    from merchants.places import Rows

REMEMBERED_MAX: Final = 50_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose card it is: `card` is its number in the ledger."""

    card: int
    party: int
    user: UUID


class Means:
    """Finds cards, and remembers what does not change.

    Args:
        rows: a transaction for rows that do not post.
        connected: for the ledger's own rows.
    """

    def __init__(self, rows: Rows, connected: Connected) -> None:
        self._rows = rows
        self._connected = connected
        self._cards: dict[str, Holder] = {}
        self.trying: dict[tuple[int, UUID, str], asyncio.Future[bool]] = {}
        """The PINs that are being tried, so that calls with one key share one try."""

    async def phone(self, asker: Asker) -> int:
        """The ledger's card that the asker's party pays with by phone; made if there is none."""
        if asker.phone is not None:
            return asker.phone
        party = asker.acting
        async with self._rows() as connection:
            means = await _drawn(connection, party)
        async with self._connected() as ledger:
            if (await store.card(ledger, means)).status is None:
                await store.put_card(ledger, means, party=party, blocked=False)
        return means

    async def holder(self, name: str) -> Holder | None:
        """Whose card has this token or this printed number; None when nobody's."""
        known = self._cards.get(name)
        if known is not None:
            return known
        try:
            async with self._rows() as connection:
                find = cards.by_number if len(name) == NUMBER_DIGITS else cards.by_token
                card = await find(connection, name)
        except UnknownCard:
            return None
        if card.party is None or card.user is None:
            return None
        if len(self._cards) >= REMEMBERED_MAX:
            self._cards.clear()
        self._cards[name] = Holder(card.id, card.party, card.user)
        return self._cards[name]


async def _drawn(connection: AsyncConnection, party: int) -> int:
    """What a party pays with by phone; drawn when it never did before."""
    mine = PARTY.c.id == party
    query = select(PARTY.c.phone_means).where(mine).with_for_update()
    found: int | None = await connection.scalar(query)
    if found is not None:
        return found
    means = int(await connection.scalar(CARD_ID.next_value()))
    await connection.execute(update(PARTY).where(mine).values(phone_means=means))
    return means
