"""Letters of a batch: names from the sponsor's room, new cards, and their codes apart.

A card that is sent does not pay: the ledger hears of it when its code is sent, which another
person does. Whoever finds one envelope has nothing. A letter is printed again with a new card only,
for what is on the old one is known to nobody; the old one is blocked first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from admin.aid import award_rows, letter_rows
from admin.aid.batches import Status
from admin.aid.lists import ROWS_MAX
from admin.aid.refusals import BatchNotExecuted, BeneficiaryErased, LettersMovedOn, LettersPrinted
from admin.ledger_door import ledger_connection
from admin.logins import pins
from admin.losses import reissuing
from admin.means import cards
from admin.means.card_numbers import spoken
from admin.people import granting
from admin.refusals import SamePerson
from api.aid import deciding, executing
from api.papers.aid_letter import AidLetter, CodeLetter, Envelope, Shop, place_of
from api.papers.card import CardFacts
from api.wire.days import day_of
from api.wire.printing import host_of
from api.wire.problems import Problem
from ledger import store
from ledger.waiting import take_time
from merchants import directory
from merchants.codes import Realm, card_link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from admin.aid.batches import Row
    from admin.aid.letter_rows import Wanted
    from admin.means.cards import Printed
    from api.gate.asker import Asker
    from api.services import Services

_ADDRESS_LINES_MAX: Final = 5


class Ask(NamedTuple):
    """What is to be printed, and who writes.

    Attributes:
        sender: lines, the first one in bold.
        most: the next so many; 0: some again.
        after: how many were printed when this was asked, so that asking twice prints once.
        again: these awards; none: all of the part.
        part: printed at this instant and not since.
    """

    sender: Sequence[str]
    most: int = 0
    after: int | None = None
    again: Sequence[UUID] = ()
    part: datetime | None = None


async def letters(services: Services, asker: Asker, batch: UUID, ask: Ask) -> list[AidLetter]:
    """The letters of the next awards of a batch, or of these again with new cards.

    Raises:
        Problem: `not_found`, another sponsor's batch, or an award that is not of it.
        BatchNotExecuted: awards are still to be given.
        LettersPrinted: none is left.
        LettersMovedOn: others were printed since this was asked.
        BeneficiaryErased: of all that are to be printed again, the file was erased.
    """
    take_time()
    row, by = await _executed(services, asker, batch)
    wanted, new = await _taken(services, asker, batch, ask, by)
    known = await _names(services, asker, [one.beneficiary for one in wanted], "letters")
    async with services.room(asker.acting) as room:
        decision = str((await room.decision(batch)).get("decision", ""))
    shops, programme = await _shops(services, row), await executing.programme_of(services, row)
    return [
        AidLetter(
            envelope=_envelope(services, ask.sender, known[one.beneficiary]),
            cents=one.cents,
            what_for=programme.name,
            decision=decision,
            until=day_of(one.expires),
            card=_card(services, new.get(one.award)),
            shops=_near(shops, known[one.beneficiary]),
            phone=services.settings.contact_phone,
            host=host_of(services.settings),
        )
        for one in wanted
        if one.beneficiary in known  # or erased at this moment: no envelope bears no name
    ]


async def _taken(
    services: Services, asker: Asker, batch: UUID, ask: Ask, by: UUID
) -> tuple[Sequence[Wanted], dict[UUID, Printed]]:
    """Write down which letters are printed now, with the new cards that go into them."""
    now = services.clock.now()
    erased = await _erased(services, asker, batch)
    seen = {} if ask.most else await _block(services, asker, batch, ask, erased)
    async with services.rows() as rows:
        await letter_rows.lock(rows)
        if ask.after not in (None, (await letter_rows.progress(rows, batch)).printed):
            raise LettersMovedOn
        wanted = await _wanted(rows, batch, ask, seen, erased)
        if not wanted:
            raise LettersPrinted if ask.most else LettersMovedOn
        new = await _new_cards(rows, asker, wanted, now)
        sent = [(one.award, new[one.award].id if one.award in new else None) for one in wanted]
        await letter_rows.write(rows, sent, by, now)
    return wanted, new


async def codes(services: Services, asker: Asker, batch: UUID, ask: Ask) -> list[CodeLetter]:
    """The codes of the next cards that were sent, which pay from now on.

    Raises:
        Problem: `not_found`.
        BatchNotExecuted, LettersPrinted, LettersMovedOn: as `letters`.
        SamePerson: whoever sent a card does not send its code, and all that are left are theirs.
    """
    take_time()
    _, by = await _executed(services, asker, batch)
    erased = await _erased(services, asker, batch)
    now = services.clock.now()
    async with services.rows() as rows:
        await letter_rows.lock(rows)
        if ask.after not in (None, (await letter_rows.progress(rows, batch)).coded):
            raise LettersMovedOn
        own = await own_cards(rows, batch, by)
        sent = await letter_rows.uncoded(rows, batch, ask.most, but=own, erased=erased)
        if not sent:
            raise SamePerson if own else LettersPrinted
        made = [(one, pins.drawn()) for one in sent]
        for one, code in made:
            await pins.set_pin(
                rows, services.pepper, user=one.user, pin=code, actor=asker.by, at=now
            )
        await letter_rows.coded(rows, [one.letter for one in sent], by, now)
    async with ledger_connection(services.engine) as ledger:
        for one in sent:
            await store.put_card(ledger, one.card, party=one.party, blocked=False)
    known = await _names(services, asker, [one.beneficiary for one in sent], "code letters")
    return [
        CodeLetter(
            envelope=_envelope(services, ask.sender, known[one.beneficiary]),
            code=code,
            card_ends=one.number[-4:],
            phone=services.settings.contact_phone,
        )
        for one, code in made
        if one.beneficiary in known
    ]


class Unprinted(NamedTuple):
    """Of the letters of a batch that are left.

    Attributes:
        no_address: to be printed with a name alone.
        erased: not to be printed: nobody knows any more whose they would be.
        erased_codes: of the codes that are left, likewise.
    """

    no_address: int
    erased: int
    erased_codes: int


async def unprinted(services: Services, asker: Asker, batch: UUID) -> Unprinted:
    """What is to be known of the letters that are left before they are printed.

    An address is in a sealed file: that files were opened to count is written down.
    """
    erased = await _erased(services, asker, batch)
    async with services.rows() as rows:
        left = await letter_rows.waiting(rows, batch, ROWS_MAX)
        codes_left = await letter_rows.uncoded(rows, batch, ROWS_MAX)
    whose = [one.beneficiary for one in left if one.beneficiary not in erased]
    async with services.room(asker.acting) as room:
        known = await room.read(whose)
        if whose:
            now = services.clock.now()
            await room.looked(asker.by, "addresses", now, count=len(whose))
    return Unprinted(
        no_address=sum(not known.get(one, {}).get("address") for one in whose),
        erased=len(left) - len(whose),
        erased_codes=sum(one.beneficiary in erased for one in codes_left),
    )


async def _erased(services: Services, asker: Asker, batch: UUID) -> set[UUID]:
    """Those of a batch whose file was erased: nothing is printed for them."""
    async with services.connection() as connection:
        whose = await award_rows.beneficiaries_of(connection, batch)
    async with services.room(asker.acting) as room:
        return await room.erased(whose)


async def _executed(services: Services, asker: Asker, batch: UUID) -> tuple[Row, UUID]:
    row = await deciding.of_asker(services, asker, batch)
    if row["status"] != Status.EXECUTED:
        raise BatchNotExecuted
    return row, asker.acting_as


async def _wanted(
    rows: AsyncConnection,
    batch: UUID,
    ask: Ask,
    seen: Mapping[UUID, int | None],
    erased: set[UUID],
) -> list[Wanted]:
    """The next ones; or those to be printed again whose last letter is the one that was `seen`.

    Somebody else's new letter has a new card that nobody blocked: without it, this one had none.
    """
    if ask.most:
        return await letter_rows.waiting(rows, batch, ask.most, erased=erased)
    found = await letter_rows.again(rows, batch, ask.again, ask.part)
    return [one for one in found if seen.get(one.award, -1) == one.last_letter]


async def _block(
    services: Services, asker: Asker, batch: UUID, ask: Ask, erased: set[UUID]
) -> dict[UUID, int | None]:
    """The cards that went with the last letters of these awards pay nothing any more.

    Returns:
        That letter of each award, of nobody erased; None: it had none.

    Raises:
        Problem: `not_found`, an award that is not of the batch.
        BeneficiaryErased: nobody is left to write to.
    """
    async with services.rows() as rows:
        named = await letter_rows.again(rows, batch, ask.again, None) if ask.again else ()
        if len(named) != len(set(ask.again)):
            raise Problem("not_found")
        named = await letter_rows.again(rows, batch, ask.again, ask.part)
    found = [one for one in named if one.beneficiary not in erased]
    if named and not found:
        raise BeneficiaryErased
    now = services.clock.now()
    for one in found:
        if one.last_number is not None:
            number = one.last_number
            await reissuing.block(services.engine, number=number, actor=asker.by, at=now)
    return {one.award: one.last_letter for one in found}


async def _new_cards(
    rows: AsyncConnection, asker: Asker, wanted: Sequence[Wanted], now: datetime
) -> dict[UUID, Printed]:
    """A card for each who has none, handed to them; the ledger does not know it yet."""
    without: dict[int, Wanted] = {}
    for one in wanted:  # of two awards of one person, the first one's letter has the card
        if not one.has_card:
            without.setdefault(one.party, one)
    if not without:
        return {}
    made = await cards.print_batch(
        rows, place=asker.acting, count=len(without), actor=asker.by, at=now
    )
    for one, card in zip(without.values(), made, strict=True):
        await cards.hand_out(
            rows,
            number=card.number,
            place=asker.acting,
            party=one.party,
            user=one.user,
            actor=asker.by,
            at=now,
            replaces=one.replaces,
        )
    return {one.award: card for one, card in zip(without.values(), made, strict=True)}


async def own_cards(rows: AsyncConnection, batch: UUID, by: UUID) -> dict[UUID, int]:
    """Roles in which the human being behind one sent cards without a code yet, and how many."""
    mine = await granting.grant_of(rows, by)
    own = {}
    for grant, count in (await letter_rows.senders(rows, batch)).items():
        theirs = await granting.grant_of(rows, grant)
        if theirs.is_same_person(mine):
            own[grant] = count
    return own


async def _names(
    services: Services, asker: Asker, beneficiaries: Sequence[UUID], act: str
) -> Mapping[UUID, Mapping[str, str]]:
    """What the sponsor knows of these people; that it was looked at is written down."""
    async with services.room(asker.acting) as room:
        known = await room.read(beneficiaries)
        await room.looked(asker.by, act, services.clock.now(), count=len(beneficiaries))
    return known


def _envelope(services: Services, sender: Sequence[str], known: Mapping[str, str]) -> Envelope:
    parts = [part.strip() for part in known.get("address", "").split(",")]
    address = [part for part in parts if part][:_ADDRESS_LINES_MAX]
    return Envelope(
        sender=sender,
        address=(known.get("name", ""), *address),
        reference=known.get("file", ""),
        written_on=day_of(services.clock.now()),
    )


def _card(services: Services, card: Printed | None) -> CardFacts | None:
    if card is None:
        return None
    settings = services.settings
    return CardFacts(
        link=card_link(card.token, Realm(host_of(settings), settings.currency_code)),
        number=spoken(card.number),
        opposition=spoken(card.opposition),
        phone=settings.contact_phone,
        host=host_of(settings),
        issuer=settings.issuer_name,
        printed_on=day_of(services.clock.now()),
    )


async def _shops(services: Services, row: Row) -> list[Shop]:
    """Where lots of the batch pay and which want to be found, by commune and name."""
    async with services.connection() as connection:
        rule = await award_rows.rule_of(connection, row["programme"])
        accounts = (await store.accepted(connection)).get(rule, set())
    async with services.rows() as rows:
        return [Shop(*one) for one in await directory.addresses(rows, accounts)]


def _near(shops: Sequence[Shop], known: Mapping[str, str]) -> list[Shop]:
    """Those of the holder's commune first."""
    place = place_of(known.get("address", ""))
    return sorted(shops, key=lambda shop: not shop.stands_in(place))
