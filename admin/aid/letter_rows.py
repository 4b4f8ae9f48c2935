"""Letters of a batch as rows: which awards have one, which card went with it, whose code followed.

Through SQLAlchemy, beside the rows of cards. A card is the association's and says nothing of aid;
that it went with an award stands here alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import insert, text, update

from admin.aid.tables import AID_LETTER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


class Wanted(NamedTuple):
    """An award a letter is to be printed for.

    Attributes:
        user: the login of the holder's account.
        last_card: that went with the last letter of this award; None: none did.
        last_number: of that card.
        has_card: the holder has a card that is not blocked, from wherever.
    """

    award: UUID
    beneficiary: UUID
    party: int
    user: UUID
    cents: int
    expires: datetime
    last_card: int | None
    last_number: str | None
    has_card: bool


class Sent(NamedTuple):
    """A card that went with a letter, whose code has not followed."""

    letter: int
    beneficiary: UUID
    party: int
    user: UUID
    card: int
    number: str
    printed_by: UUID


class Progress(NamedTuple):
    """How far a batch is: awards, those with a letter, cards sent, and codes sent."""

    awards: int
    printed: int
    cards: int
    coded: int


async def lock(connection: AsyncConnection, batch: UUID) -> None:
    """Nobody else prints letters of this batch until the transaction ends."""
    await connection.execute(_LOCK, {"what": f"aid letters {batch}"})


async def waiting(connection: AsyncConnection, batch: UUID, count_max: int) -> list[Wanted]:
    """The next awards of a batch without a letter, in the order of the list."""
    rows = await connection.execute(_WAITING, {"batch": batch, "most": count_max})
    return [Wanted(*row) for row in rows]


async def again(connection: AsyncConnection, batch: UUID, awards: Sequence[UUID]) -> list[Wanted]:
    """These awards of a batch, in the order of the list; others are not in it."""
    rows = await connection.execute(_AGAIN, {"batch": batch, "awards": list(awards)})
    return [Wanted(*row) for row in rows]


async def write(
    connection: AsyncConnection, sent: Sequence[tuple[UUID, int | None]], by: UUID, at: datetime
) -> None:
    """Write down which letters are printed: award and card."""
    rows = [
        {"award": award, "card": card, "printed_at": at, "printed_by": by} for award, card in sent
    ]
    await connection.execute(insert(AID_LETTER), rows)


async def uncoded(connection: AsyncConnection, batch: UUID, count_max: int) -> list[Sent]:
    """The next cards of a batch whose code was not sent; blocked ones are left out."""
    rows = await connection.execute(_UNCODED, {"batch": batch, "most": count_max})
    return [Sent(*row) for row in rows]


async def coded(
    connection: AsyncConnection, letters: Sequence[int], by: UUID, at: datetime
) -> None:
    """Write down that the codes of these letters were sent."""
    these = AID_LETTER.c.id.in_(letters)
    await connection.execute(update(AID_LETTER).where(these).values(coded_at=at, coded_by=by))


async def progress(connection: AsyncConnection, batch: UUID) -> Progress:
    """How far a batch is."""
    row: Any = (await connection.execute(_PROGRESS, {"batch": batch})).one()
    return Progress(*row)


_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended(:what, 0))")
_WANTED: Final = """
    select a.id, a.beneficiary, a.party, g.user_id, a.bousol_cents, a.expires_at,
           l.card, c.number,
           exists (select from admin.card k where k.party = a.party and k.status = 'handed')
      from admin.award a
      join admin.role_grant g on g.party = a.party and g.role = 'SOL'
      left join lateral (select x.card from admin.aid_letter x where x.award = a.id
                          order by x.id desc limit 1) l on true
      left join admin.card c on c.id = l.card
     where a.batch = :batch and a.entry is not null"""
_WAITING: Final = text(f"""{_WANTED}
       and not exists (select from admin.aid_letter y where y.award = a.id)
     order by a.nth limit :most""")
_AGAIN: Final = text(f"{_WANTED} and a.id = any(:awards) order by a.nth")
_UNCODED: Final = text("""
    select l.id, a.beneficiary, a.party, c.user_id, c.id, c.number, l.printed_by
      from admin.aid_letter l
      join admin.award a on a.id = l.award
      join admin.card c on c.id = l.card
     where a.batch = :batch and l.coded_at is null and c.status = 'handed'
     order by a.nth limit :most""")
_PROGRESS: Final = text("""
    select count(*), count(*) filter (where exists (
             select from admin.aid_letter l where l.award = a.id)),
           (select count(*) from admin.aid_letter l join admin.award b on b.id = l.award
              join admin.card c on c.id = l.card
             where b.batch = :batch and c.status = 'handed'),
           (select count(*) from admin.aid_letter l join admin.award b on b.id = l.award
              join admin.card c on c.id = l.card
             where b.batch = :batch and c.status = 'handed' and l.coded_at is not null)
      from admin.award a where a.batch = :batch and a.entry is not null""")
