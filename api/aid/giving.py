"""Emergency aid at the desk: a card handed over, loaded and usable before the person has left.

The line was approved by another person; the caseworker gives. Account, file and lot are made
first; then the batch of one, its award and its two entries stand together or not at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid5

import asyncpg

from admin.aid import award_rows, batches, desk, mandated
from admin.aid.batches import Giving, Issuing, NewAward, NewBatch
from admin.aid.files import NewFile
from admin.aid.programmes import last_instant
from admin.aid.refusals import (
    AwardedBefore,
    BeneficiaryTaken,
    LineShort,
    MandateMissing,
    PinUnchosen,
)
from admin.events import Event, Happened
from admin.means import cards
from admin.parties import Person
from admin.people import counter, granting
from admin.people.counter import AnotherOpening, Opening
from admin.refusals import CardNotInStock, SamePerson
from admin.telling import alongside
from admin.telling.words import Template
from api.acting import request_hash
from api.aid import desk_cards, executing, mandating
from api.aid.listing import check_not_own, made_before
from api.policies import policy_in_force
from api.reserve.buying import planned
from api.wire.days import day_of
from api.wire.ids import derived_id
from api.wire.problems import overloaded
from ledger import store
from ledger.committing import post_and_commit
from ledger.money import euros

if TYPE_CHECKING:
    from datetime import date, datetime

    from admin.aid.programmes import Programme
    from api.gate.asker import Asker
    from api.process.pools import Connection
    from api.services import Services
    from ledger.flows import Terms

UNNAMED = "Titulaire de la carte"
"""Whom the association knows behind an account that a sponsor's desk opened."""


@dataclass(frozen=True, slots=True)
class Emergency:
    """What a caseworker decides: for whom, how much, with which card."""

    file: str
    name: str
    adults: int
    children: int
    address: str
    euros_cents: int
    decision: str
    card_number: str | None
    pin: str | None = field(repr=False, default=None)
    mandate: date | None = None


class Given(NamedTuple):
    """An award of the desk that stands."""

    batch: UUID
    award: UUID
    beneficiary: UUID
    euros_cents: int
    bousol_cents: int
    expires_at: datetime
    given_at: datetime
    decision: str


async def give(
    services: Services, asker: Asker, key: UUID, programme: Programme, wanted: Emergency
) -> Given:
    """An award of the desk; the same key again is the same award.

    Raises:
        KeyConflict: the key gave something else.
        LineMissing, LineShort, LineAboveMost: nothing, or not so much, is set aside.
        FundHasNoDesk: every member of a food fund gets the same.
        MandateMissing, MandateUnfit: under a civil mandate there is none, or not this one.
        SamePerson: whoever opened the line does not give from it.
        ProgrammeShut: the programme does not give today.
        UnknownCard, CardNotInStock, CardStopped, PinUnchosen, PinGuessable, WrongPin, PinLocked:
            not this card, or not this PIN.
        BeneficiaryTaken, CardOfAnother: the card's account is another file's.
        HolderHasCard: the file has another card that pays.
        OwnAward: the account is the asker's.
        AwardedBefore: this person has this month's award of the programme.
        PostingRefusal: of the ledger.
    """
    now = services.clock.now()
    expires = last_instant(programme, now)
    facts = [wanted.file, wanted.euros_cents, wanted.decision, wanted.card_number]
    facts += [] if wanted.mandate is None else [str(wanted.mandate)]
    request = request_hash(services.pepper, "giveEmergency", programme.id, *facts)
    if await made_before(services, programme, key, request) is None:
        by = await _check_line(services, asker, programme, wanted.euros_cents)
        await mandating.check_desk(services, programme, wanted.file, wanted.mandate)
        asked = _Asked(key, request, programme, wanted, expires, by)
        try:
            whose = await _holder(services, asker, asked)
        except asyncpg.UniqueViolationError:  # the same file is being made at this moment
            raise overloaded() from None
        await _kept(services, asker, asked, whose[0])
        await _give(services, asker, asked, await _prepared(services, asked, whose))
    return await given(services, programme, key)


async def _kept(services: Services, asker: Asker, asked: _Asked, whose: UUID) -> None:
    """The decision and the mandate that was signed stand in the room before anything is given.

    Raises:
        MandateUnfit: another one was revoked at this moment.
    """
    wanted, programme = asked.wanted, asked.programme
    async with services.room(programme.sponsor) as room:
        await room.keep_decision(asked.batch(services), {"decision": wanted.decision})
        await room.looked(asker.by, "give", services.clock.now(), beneficiary=whose)
        await mandating.of_desk(services, asker, room, programme, (whose, wanted.mandate))


async def given(services: Services, programme: Programme, key: UUID) -> Given:
    """What a key gave at the desk."""
    async with services.connection() as connection:
        row = await award_rows.of_key(connection, programme.id, key)
    assert row is not None, "it stands"
    async with services.room(programme.sponsor) as room:
        decision = (await room.decision(row["batch"])).get("decision", "")
    return Given._make((*row, decision))


async def _check_line(
    services: Services, asker: Asker, programme: Programme, euros_cents: int
) -> UUID:
    """The line suffices, and was opened by another human being; in which grant this one gives.

    Raises:
        LineMissing, LineShort, LineAboveMost, FundHasNoDesk, SamePerson: see `give`.
    """
    async with services.connection() as connection:
        line = await desk.line_of(connection, programme.id)
    line.check(euros_cents)
    limits = (await policy_in_force(services)).limits
    desk.check_award(programme, euros_cents, limits.aid_pair_max_cents)
    async with services.rows() as rows:
        opener = await granting.grant_of(rows, line.opened_by)
        by = await granting.grant_of(rows, asker.acting_as)
    if by.is_same_person(opener):
        raise SamePerson
    return by.id


async def _holder(services: Services, asker: Asker, asked: _Asked) -> tuple[UUID, int]:
    """The pseudonym and the account: known by the file, by a card in use, or opened with one."""
    wanted, sponsor = asked.wanted, asked.programme.sponsor
    async with services.room(sponsor) as room:
        known = (await room.known([wanted.file])).get(wanted.file)
    if known is not None:
        await check_not_own(services, asker, [known.party])
        if wanted.card_number is not None:
            number, pin = wanted.card_number, wanted.pin
            await desk_cards.settle(services, asker, known.party, number, pin)
        return known.beneficiary, known.party
    beneficiary = derived_id(services.pepper, "beneficiary", sponsor, asked.key, wanted.file)
    party = await _account(services, asker, beneficiary, wanted)
    facts: dict[str, object] = {
        "name": wanted.name,
        "adults": wanted.adults,
        "children": wanted.children,
    }
    facts |= {"address": wanted.address} if wanted.address else {}
    new = NewFile(beneficiary, wanted.file, party, facts)
    async with services.room(sponsor) as room:
        await room.add([new], services.clock.now())
    return beneficiary, party


async def _account(services: Services, asker: Asker, beneficiary: UUID, wanted: Emergency) -> int:
    """The account of the card at hand: its holder's, or a new one with a card of this stock."""
    if wanted.card_number is None:
        raise CardNotInStock
    user = uuid5(beneficiary, "user")
    async with services.rows() as rows:
        card = await cards.by_number(rows, wanted.card_number)
    if card.party is not None and card.user != user:
        if wanted.pin is not None:  # a PIN is set for somebody new, never for who has one
            raise CardNotInStock
        desk_cards.check_pays(card)
        await check_not_own(services, asker, [card.party])
        return card.party
    if wanted.pin is None:
        raise PinUnchosen
    ids = (uuid5(beneficiary, name) for name in ("person", "grant", "membership"))
    person, grant, membership = ids
    opening = Opening(
        person=Person(person, UNNAMED),
        user=user,
        grant=grant,
        membership=membership,
        place=asker.acting,
        card_number=wanted.card_number,
        pin=wanted.pin,
        actor=asker.by,
    )
    limits = (await policy_in_force(services)).limits
    try:
        opened = await counter.open_account(
            services.engine, services.pepper, opening, limits, services.clock.now()
        )
    except AnotherOpening:
        raise BeneficiaryTaken from None
    return opened.party


class _Asked(NamedTuple):
    """A request of the desk, and what it makes: a batch of one, its award, its lot."""

    key: UUID
    request: bytes
    programme: Programme
    wanted: Emergency
    expires: datetime
    by: UUID

    def batch(self, services: Services) -> UUID:
        """The number of the batch, which follows from the key."""
        return derived_id(services.pepper, "batch", self.programme.id, self.key)


class _Ready(NamedTuple):
    """What the one transaction writes and posts."""

    new: NewBatch
    award: NewAward
    made: Issuing
    lot: Giving
    terms: Terms


async def _prepared(services: Services, asked: _Asked, whose: tuple[UUID, int]) -> _Ready:
    """The accounts of the award are there, empty; nothing was given."""
    programme, wanted, now = asked.programme, asked.wanted, services.clock.now()
    policy = (await policy_in_force(services)).version
    terms = await executing.terms_for(services, policy)
    async with services.connection() as connection:
        account, lot = [await store.next_account_id(connection) for _ in range(2)]
    batch, period = asked.batch(services), f"{day_of(now):%Y-%m}"
    made = Issuing(batch, account, policy, uuid5(batch, "decision"))
    new = NewBatch(
        id=batch,
        programme=programme.id,
        version=programme.version.version,
        period=period,
        policy=policy,
        account=account,
        document=made.document,
        key=asked.key,
        request=asked.request,
        by=asked.by,
        at=now,
    )
    bousols = terms.issue(wanted.euros_cents).bousol_cents
    award = NewAward(uuid5(batch, "award"), *whose, period, wanted.euros_cents, bousols)
    giving = Giving(award.id, award.party, lot, award.euros_cents, asked.expires)
    await executing.open_clearing(services, account)
    async with services.connection() as connection:
        await executing.open_lots(connection, programme, [giving])
    return _Ready(new, award, made, giving, terms)


async def _give(services: Services, asker: Asker, asked: _Asked, ready: _Ready) -> None:
    """Rows and entries stand together or not at all."""

    async def work(connection: Connection) -> None:
        await _written(services, asker, connection, asked, ready)

    try:
        await planned(services, work)
    except (asyncpg.UniqueViolationError, AwardedBefore):
        if await made_before(services, asked.programme, asked.key, asked.request) is None:
            raise AwardedBefore from None


async def _written(
    services: Services, asker: Asker, connection: Connection, asked: _Asked, ready: _Ready
) -> None:
    new, award, made, lot, terms = ready
    programme, cents, now = asked.programme, asked.wanted.euros_cents, services.clock.now()
    line = await desk.line_of(connection, programme.id, lock=True)
    line.check(cents)
    if await award_rows.awarded_to(connection, programme.id, award.party, award.period):
        raise AwardedBefore
    await batches.submit(connection, replace(new, line=line.id, at=now), [award])
    if mandating.wanted(programme):
        await mandated.lock(connection, programme.sponsor)
        await mandated.settle(connection, made.id, now)
        if not await batches.euros_of(connection, made.id):
            raise MandateMissing
    expected = await _guard(connection, programme, cents)
    act = executing.issue_act(services, programme, made, expected)
    entries = [
        executing.batch_entry(act, programme, made, [cents], terms),
        executing.award_entry(services, programme, made, terms, lot),
    ]
    await batches.issue(connection, made.id, act.id, now)
    await award_rows.put_lot(connection, award.id, lot.lot, lot.expires_at)
    await batches.given(connection, [award.id], [entries[1].id], now)
    await batches.executed(connection, made.id, now)
    await alongside.tell(connection, award.party, Template.MONEY_ARRIVED, now)
    event = Event(Happened.BATCH_EXECUTED, asker.by, programme.sponsor, str(made.id))
    await alongside.write(connection, event, now)
    await post_and_commit(connection, entries)


async def _guard(connection: Connection, programme: Programme, euros_cents: int) -> tuple[int, int]:
    """The programme's account and its version, if it holds these euros.

    Raises:
        LineShort: it does not.
    """
    found = await store.account(connection, programme.account)
    assert found is not None, "it was opened with its programme"
    if found.balance < euros_cents:
        raise LineShort(euros(found.balance))
    return found.id, (await store.versions(connection, [found.id]))[found.id]
