"""Letters of a batch as rows: which awards have one, which card went with it, whose code followed.

Through SQLAlchemy, beside the rows of cards. A card is the association's and says nothing of aid;
that it went with an award stands here alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import insert, text, update

from admin.aid.tables import AID_LETTER

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection


class Wanted(NamedTuple):
    """An award a letter is to be printed for.

    Attributes:
        user: the login of the holder's account.
        replaces: the card that went with the last letter of this award, unless another one
            replaced it at a counter; None: no card, or it was.
        last_number: of the card that went with the last letter.
        last_letter: of this award; None: none was printed.
        has_card: the holder has a card that is not blocked, from wherever.
    """

    award: UUID
    beneficiary: UUID
    party: int
    user: UUID
    cents: int
    expires: datetime
    replaces: int | None
    last_number: str | None
    last_letter: int | None
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

    batch: UUID
    awards: int
    printed: int
    cards: int
    coded: int


class Part(NamedTuple):
    """Letters that were printed at one instant, less those that were printed again since.

    Attributes:
        cards: sent with them, and not blocked.
        coded: of these, those whose code followed.
    """

    at: datetime
    by: UUID
    letters: int
    cards: int
    coded: int


class Last(NamedTuple):
    """The last letter of an award.

    Attributes:
        number: of the card that went with it; None: none did.
    """

    award: UUID
    printed_at: datetime
    number: str | None
    card_status: str | None
    coded_at: datetime | None


async def lock(connection: AsyncConnection) -> None:
    """Nobody else prints letters until the transaction ends.

    Of no batch: somebody may be in two of them, and is sent one card.
    """
    await connection.execute(_LOCK)


async def waiting(
    connection: AsyncConnection, batch: UUID, count_max: int, *, erased: Collection[UUID] = ()
) -> list[Wanted]:
    """The next awards of a batch without a letter, in the order of the list; nobody erased."""
    asked = {"batch": batch, "most": count_max, "erased": list(erased)}
    rows = await connection.execute(_WAITING, asked)
    return [Wanted(*row) for row in rows]


async def again(
    connection: AsyncConnection, batch: UUID, awards: Sequence[UUID], part: datetime | None
) -> list[Wanted]:
    """These awards of a batch, in the order of the list; others are not in it.

    Args:
        connection: any.
        batch: theirs.
        awards: none names all of the part.
        part: only those whose last letter was printed at this instant.
    """
    these = {"batch": batch, "awards": list(awards), "all": not awards, "part": part}
    return [Wanted(*row) for row in await connection.execute(_AGAIN, these)]


async def write(
    connection: AsyncConnection, sent: Sequence[tuple[UUID, int | None]], by: UUID, at: datetime
) -> None:
    """Write down which letters are printed: award and card."""
    rows = [
        {"award": award, "card": card, "printed_at": at, "printed_by": by} for award, card in sent
    ]
    await connection.execute(insert(AID_LETTER), rows)


async def uncoded(
    connection: AsyncConnection,
    batch: UUID,
    count_max: int,
    *,
    but: Collection[UUID] = (),
    erased: Collection[UUID] = (),
) -> list[Sent]:
    """The next cards of a batch whose code was not sent, less blocked ones and those `but` sent."""
    asked = {"batch": batch, "most": count_max, "but": list(but), "erased": list(erased)}
    return [Sent(*row) for row in await connection.execute(_UNCODED, asked)]


async def senders(connection: AsyncConnection, batch: UUID) -> dict[UUID, int]:
    """Who sent the cards of a batch whose code was not sent, and how many."""
    return {row[0]: row[1] for row in await connection.execute(_SENDERS, {"batch": batch})}


async def coded(
    connection: AsyncConnection, letters: Sequence[int], by: UUID, at: datetime
) -> None:
    """Write down that the codes of these letters were sent."""
    these = AID_LETTER.c.id.in_(letters)
    await connection.execute(update(AID_LETTER).where(these).values(coded_at=at, coded_by=by))


async def progress(connection: AsyncConnection, batch: UUID) -> Progress:
    """How far a batch is."""
    row = (await connection.execute(_PROGRESS, {"batch": batch})).one_or_none()
    return Progress(batch, 0, 0, 0, 0) if row is None else Progress(*row)


async def unfinished(
    connection: AsyncConnection, sponsor: int, *, new_since: datetime, since: datetime
) -> list[Progress]:
    """Batches of a sponsor with letters or codes to print, given `since`, the newest first.

    One that nobody began to print is not called unfinished for longer than `new_since`.
    """
    asked = {"sponsor": sponsor, "new": new_since, "since": since}
    return [Progress(*row) for row in await connection.execute(_UNFINISHED, asked)]


async def parts(connection: AsyncConnection, batch: UUID, count_max: int) -> list[Part]:
    """What was printed at once, the last first."""
    rows = await connection.execute(_PARTS, {"batch": batch, "most": count_max})
    return [Part(*row) for row in rows]


async def last_of(connection: AsyncConnection, awards: Sequence[UUID]) -> dict[UUID, Last]:
    """The last letter of each of these awards that has one."""
    rows = await connection.execute(_LAST, {"awards": list(awards)})
    return {row[0]: Last(*row) for row in rows}


_LOCK: Final = text("select pg_advisory_xact_lock(hashtextextended('aid letters', 0))")
_WANTED: Final = """
    select a.id, a.beneficiary, a.party, g.user_id, a.bousol_cents, a.expires_at,
           (select l.card where not exists (select from admin.card r where r.replaces = l.card)),
           c.number, l.id,
           exists (select from admin.card k where k.party = a.party and k.status = 'handed')
      from admin.award a
      join admin.role_grant g on g.party = a.party and g.role = 'SOL'
      left join lateral (select x.id, x.card, x.printed_at from admin.aid_letter x
                          where x.award = a.id order by x.id desc limit 1) l on true
      left join admin.card c on c.id = l.card
     where a.batch = :batch and a.entry is not null"""
_WAITING: Final = text(f"""{_WANTED}
       and not exists (select from admin.aid_letter y where y.award = a.id)
       and a.beneficiary <> all(:erased)
     order by a.nth limit :most""")
_AGAIN: Final = text(f"""{_WANTED}
       and (:all or a.id = any(:awards))
       and (cast(:part as timestamptz) is null or l.printed_at = :part)
     order by a.nth""")
_CODELESS: Final = """
      from admin.aid_letter l
      join admin.award a on a.id = l.award
      join admin.card c on c.id = l.card
     where a.batch = :batch and l.coded_at is null and c.status = 'handed'"""
_UNCODED: Final = text(f"""
    select l.id, a.beneficiary, a.party, c.user_id, c.id, c.number, l.printed_by{_CODELESS}
       and l.printed_by <> all(:but) and a.beneficiary <> all(:erased)
     order by a.nth limit :most""")
_SENDERS: Final = text(f"select l.printed_by, count(*){_CODELESS} group by 1")
_COUNTED: Final = """
    select b.id, count(*) as awards, count(*) filter (where l.printed) as printed,
           cast(coalesce(sum(l.cards), 0) as int) as cards,
           cast(coalesce(sum(l.coded), 0) as int) as coded
      from admin.aid_batch b
      join admin.award a on a.batch = b.id and a.entry is not null
     cross join lateral (
           select count(*) > 0 as printed,
                  count(*) filter (where c.status = 'handed') as cards,
                  count(*) filter (where c.status = 'handed' and x.coded_at is not null) as coded
             from admin.aid_letter x left join admin.card c on c.id = x.card
            where x.award = a.id) l"""
_PROGRESS: Final = text(f"{_COUNTED} where b.id = :batch group by b.id")
_UNFINISHED: Final = text(f"""{_COUNTED}
      join admin.programme p on p.id = b.programme
     where p.sponsor = :sponsor and b.status = 'executed' and b.line is null
       and b.executed_at > :since
     group by b.id
    having (bool_or(l.printed) or b.executed_at > :new)
       and (not bool_and(l.printed) or sum(l.coded) < sum(l.cards))
     order by b.executed_at desc limit 20""")
_PARTS: Final = text("""
    select l.printed_at, l.printed_by, count(*),
           count(*) filter (where c.status = 'handed'),
           count(*) filter (where c.status = 'handed' and l.coded_at is not null)
      from admin.award a
      join lateral (select x.* from admin.aid_letter x where x.award = a.id
                     order by x.id desc limit 1) l on true
      left join admin.card c on c.id = l.card
     where a.batch = :batch
     group by 1, 2 order by 1 desc limit :most""")
_LAST: Final = text("""
    select distinct on (l.award) l.award, l.printed_at, c.number, c.status, l.coded_at
      from admin.aid_letter l left join admin.card c on c.id = l.card
     where l.award = any(:awards) order by l.award, l.id desc""")
