"""What is known beside a list of awards: files, cards, earlier awards, euros, ceilings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from admin.aid import award_rows, batches, ceilings, members
from admin.aid.checking import Facts, Known
from admin.aid.programmes import Instrument
from admin.means import card_numbers
from admin.refusals import UnknownCard
from api.aid import mandating
from api.wire.days import day_of
from ledger import store
from ledger.waiting import take_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from admin.aid.files import Room
    from admin.aid.lists import Row
    from admin.aid.programmes import Programme
    from api.gate.asker import Asker
    from api.process.pools import Connection
    from api.services import Services


async def facts_of(
    services: Services, asker: Asker, programme: Programme, rows: Sequence[Row], period: str
) -> Facts:
    """What a list is checked against; nothing is written but that somebody's address was read."""
    take_time()  # 10,000 rows are opened and compared
    cards = await _cards(services, [row.card for row in rows if row.card is not None])
    async with services.room(programme.sponsor) as room:
        known = await room.known([row.file for row in rows if row.file])
        owners = await room.of_parties([party for party in cards.values() if party is not None])
        addresses = await _addresses(room, known)
        if addresses:  # in the transaction that reads them: no crash leaves a look without a line
            now = services.clock.now()
            await room.looked(asker.by, "compare", now, count=len(addresses))
        mandates = await mandating.newest(services, asker, room, programme, known)
    here = {one.beneficiary for one in known.values()}
    periods = sorted({row.period for row in rows})
    years = sorted({int(period[:4]) for period in periods})
    today, version = day_of(services.clock.now()), programme.version
    # Ceilings are said for this year and the next one: no gift is weighed by a later year's.
    weighed = [year for year in years if year <= today.year + 1]
    async with services.connection() as connection:
        free = await free_cents(connection, programme)
        fund = programme.instrument is Instrument.FOOD_FUND
        cse = programme.instrument is Instrument.CSE
        return Facts(
            known=known,
            cards=cards,
            taken=frozenset(party for party, whose in owners.items() if whose not in here),
            awarded=await batches.awarded(connection, programme.id, periods),
            before=await batches.last_before(connection, programme.id, period),
            free_cents=free,
            yearly=await ceilings.yearly(connection, programme.sponsor, years) if cse else {},
            yearly_most=await ceilings.of_years(connection, weighed) if cse else None,
            equal=fund,
            shares=await members.shares(connection, programme.id, periods) if fund else {},
            addresses=addresses,
            mandates=mandates,
            today=today,
            months=(f"{version.opens_on:%Y-%m}", f"{version.ends_on:%Y-%m}"),
        )


async def _addresses(room: Room, known: Mapping[str, Known]) -> dict[UUID, str]:
    """The address that is known of each person there is a file of."""
    found = await room.read([one.beneficiary for one in known.values()]) if known else {}
    return {whose: facts.get("address", "") for whose, facts in found.items()}


async def free_cents(connection: Connection, programme: Programme) -> int:
    """Euros of a programme that nothing waits for; never below 0."""
    account = await store.account(connection, programme.account)
    assert account is not None, "it was opened with its programme"
    return max(0, account.balance - await batches.committed_cents(connection, programme.id))


async def _cards(services: Services, numbers: Sequence[str]) -> dict[str, int | None]:
    """The soliste's account of each card, by its number as written; None: there is no such one."""
    read: dict[str, str] = {}
    for number in numbers:
        try:
            read[number] = card_numbers.read(number)
        except UnknownCard:
            continue
    async with services.connection() as connection:
        found = await award_rows.holders_of_cards(connection, list(read.values()))
    return {number: found.get(read.get(number, "")) for number in numbers}
