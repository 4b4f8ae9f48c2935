"""Cards: printed into a counted stock, handed out, blocked; never back.

The card is an identifier: what its QR holds is random, stored hashed, and says nothing of its
holder. Whether it pays is the ledger's to know; handing out and blocking tell it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from admin import events
from admin.events import Event, Happened
from admin.logins.tokens import CARD_TOKEN_BYTES, hashed, new_token
from admin.means.card_numbers import NUMBER_DIGITS, new_number, new_opposition, read
from admin.refusals import CardNotInStock, UnknownCard
from admin.tables import CARD, CARD_ID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

BATCH_MAX: Final = 1_000
USABLE: Final = 0
BLOCKED: Final = 1
"""The two states of a card in the ledger."""
_INSERT_UNLESS_TAKEN: Final = insert(CARD).on_conflict_do_nothing().returning(CARD.c.id)


class Printed(NamedTuple):
    """What goes on a card; the token is told here and nowhere again."""

    id: int
    number: str
    opposition: str
    token: str


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it stands; `party` and `user` are its holder's once it was handed out."""

    id: int
    number: str
    status: str
    place: int
    party: int | None
    user: UUID | None
    blocked_at: datetime | None = None


async def print_batch(
    connection: AsyncConnection, *, place: int, count: int, actor: UUID, at: datetime
) -> Sequence[Printed]:
    """New cards in the stock of a place, at most 1,000 at a time."""
    assert 0 < count <= BATCH_MAX, count
    each = func.generate_series(1, count).table_valued("n")
    found = await connection.scalars(select(CARD_ID.next_value()).select_from(each))
    ids = [int(card) for card in found]
    made: dict[int, Printed] = {}
    while waiting := [card for card in ids if card not in made]:
        made |= await _printed(connection, waiting, place, at)
    facts = {"count": count, "first": ids[0], "last": ids[-1]}
    await events.write(connection, Event(Happened.CARDS_PRINTED, actor, place, facts=facts), at)
    return [made[card] for card in ids]


async def _printed(
    connection: AsyncConnection, ids: Sequence[int], place: int, at: datetime
) -> dict[int, Printed]:
    """Those of the cards whose numbers, drawn by chance, no card has yet: the rest draws again."""
    drawn = [
        Printed(card, new_number(), new_opposition(), new_token(CARD_TOKEN_BYTES)) for card in ids
    ]
    rows = [
        {
            "id": card.id,
            "number": card.number,
            "opposition": card.opposition,
            "token_hash": hashed(card.token),
            "status": "stock",
            "place": place,
            "printed_at": at,
        }
        for card in drawn
    ]
    kept = set(await connection.scalars(_INSERT_UNLESS_TAKEN, rows))
    return {card.id: card for card in drawn if card.id in kept}


async def stock(connection: AsyncConnection, place: int) -> int:
    """How many cards lie at a place, to be compared with a count by hand."""
    lying = (CARD.c.place == place) & (CARD.c.status == "stock")
    return int(await connection.scalar(select(func.count()).where(lying)) or 0)


async def stocks(connection: AsyncConnection) -> Sequence[tuple[int, int]]:
    """Each place that has cards in its stock, and how many."""
    lying = select(CARD.c.place, func.count()).where(CARD.c.status == "stock")
    rows = await connection.execute(lying.group_by(CARD.c.place).order_by(CARD.c.place))
    return [(place, count) for place, count in rows]


async def move(
    connection: AsyncConnection,
    *,
    numbers: Sequence[str],
    origin: int,
    target: int,
    actor: UUID,
    at: datetime,
) -> None:
    """Bring cards from one stock to another, all or none.

    Raises:
        UnknownCard: a number is misread.
        CardNotInStock: one of them does not lie at `origin`.
    """
    wanted = {read(number) for number in numbers}
    lying = CARD.c.number.in_(wanted) & (CARD.c.place == origin) & (CARD.c.status == "stock")
    moved = await connection.execute(update(CARD).where(lying).values(place=target))
    if moved.rowcount != len(wanted):
        raise CardNotInStock
    facts = {"count": len(wanted), "from": origin}
    await events.write(connection, Event(Happened.CARDS_MOVED, actor, target, facts=facts), at)


async def hand_out(  # noqa: PLR0913  why: which card, from where, to whom, by whom
    connection: AsyncConnection,
    *,
    number: str,
    place: int,
    party: int,
    user: UUID,
    actor: UUID,
    at: datetime,
    replaces: int | None = None,
) -> Card:
    """Give a card of a place's stock to a holder; it pays once the ledger knows it.

    Raises:
        UnknownCard: the number is misread.
        CardNotInStock: it does not lie at this place.
    """
    lying = (CARD.c.number == read(number)) & (CARD.c.place == place) & (CARD.c.status == "stock")
    given = {"status": "handed", "party": party, "user_id": user, "handed_at": at}
    handed = update(CARD).where(lying).values(**given, replaces=replaces).returning(CARD)
    row = (await connection.execute(handed)).one_or_none()
    if row is None:
        raise CardNotInStock
    await events.write(connection, Event(Happened.CARD_HANDED, actor, party, str(row.id)), at)
    return _card(row)


async def by_number(connection: AsyncConnection, number: str, *, lock: bool = False) -> Card:
    """The card that bears a number, its own or the one that blocks it.

    Raises:
        UnknownCard: misread, or no card's.
    """
    digits = read(number)
    column = CARD.c.number if len(digits) == NUMBER_DIGITS else CARD.c.opposition
    query = select(CARD).where(column == digits)
    return await _one(connection, query.with_for_update() if lock else query)


async def by_id(connection: AsyncConnection, card: int) -> Card:
    """The card of an id.

    Raises:
        UnknownCard: no card's.
    """
    return await _one(connection, select(CARD).where(CARD.c.id == card))


async def latest_of(connection: AsyncConnection, party: int) -> Card:
    """The card a party was handed last, blocked or not.

    Raises:
        UnknownCard: it was never handed one.
    """
    handed = select(CARD).where(CARD.c.party == party).order_by(CARD.c.handed_at.desc())
    return await _one(connection, handed.order_by(CARD.c.id.desc()).limit(1))


async def by_token(connection: AsyncConnection, token: str) -> Card:
    """The card whose QR holds a token.

    Raises:
        UnknownCard: no card's.
    """
    return await _one(connection, select(CARD).where(CARD.c.token_hash == hashed(token)))


async def mark_blocked(
    connection: AsyncConnection, card: Card, *, actor: UUID | None, at: datetime
) -> bool:
    """Write down that a card is blocked; whether it was not before."""
    done = (
        update(CARD)
        .where(CARD.c.id == card.id, CARD.c.status != "blocked")
        .values(status="blocked", blocked_at=at)
    )
    if (await connection.execute(done)).rowcount == 0:
        return False
    event = Event(Happened.CARD_BLOCKED, actor, card.party, str(card.id))
    await events.write(connection, event, at)
    return True


async def replaced_by(connection: AsyncConnection, card: Card) -> Card | None:
    """The card that was issued in the place of this one."""
    row = (await connection.execute(select(CARD).where(CARD.c.replaces == card.id))).one_or_none()
    return None if row is None else _card(row)


async def before(connection: AsyncConnection, card: Card, party: int) -> Card | None:
    """The card of a party in whose place this one was issued, when it was."""
    old = select(CARD.c.replaces).where(CARD.c.id == card.id).scalar_subquery()
    query = select(CARD).where(CARD.c.id == old, CARD.c.party == party)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _card(row)


async def _one(connection: AsyncConnection, query: Any) -> Card:
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        raise UnknownCard
    return _card(row)


def _card(row: Any) -> Card:
    return Card(row.id, row.number, row.status, row.place, row.party, row.user_id, row.blocked_at)
