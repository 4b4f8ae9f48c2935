"""What a sponsor is told of spending: facts of closed months from the ledger, published once.

Each month is reckoned when somebody first asks after it has closed, and joins the next ones while
it is over too few households. What was told stands: shops that change what they sell, lots that are
prolonged and another least number change nothing of it, so that no two answers can be subtracted.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from admin.aid import statistic_rows
from admin.aid.left import Left, delay_told, left_told
from admin.aid.statistic_rows import Publication, read_month
from admin.aid.suppression import Cell, Month, Spent, published
from api.policies import policy_in_force
from api.wire.days import PARIS, day_of
from ledger import store
from ledger.kinds import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from admin.aid.programmes import Programme
    from admin.aid.statistic_rows import Lot
    from api.process.pools import Connection
    from api.services import Services

LEAST_MIN: Final = 5
"""Below, no policy goes."""
OTHER: Final = "other"
"""What shops of no filière sell."""
_PAYING: Final = (Kind.PAYMENT, Kind.PUBLIC_SETTLEMENT)
_SPENDING: Final = (*_PAYING, Kind.REFUND, Kind.REVERSAL)
_GIVING: Final = (Kind.AID_AWARD, Kind.CSE_DISBURSE)
_ENDING: Final = (Kind.AID_EXPIRE, Kind.AID_RELEASE)


async def least_of(services: Services) -> int:
    """Over how many households a figure is, at least, if it is published now."""
    limits = (await policy_in_force(services)).limits
    return max(LEAST_MIN, limits.aid_households_min)


async def told(services: Services, programme: Programme) -> list[Publication]:
    """What is published of a programme, oldest first; months that have closed are added."""
    now, least = services.clock.now(), await least_of(services)
    async with services.connection() as connection, connection.transaction():
        await statistic_rows.lock(connection, programme.id)
        known = await statistic_rows.published(connection, programme.id)
        months = open_months(known, programme.made_at, now)
        if not months:
            return known
        new = await _new(connection, programme, known, months, least)
        await statistic_rows.publish(connection, programme.id, new, now)
    return [*known, *new]


def open_months(known: Sequence[Publication], since: datetime, now: datetime) -> list[Month]:
    """The closed months of which nothing was published yet, oldest first."""
    first = _next(known[-1].months[-1]) if known else _month(day_of(since))
    until, months = _month(day_of(now)), []
    while first < until:
        months.append(first)
        first = _next(first)
    return months


def next_on(now: datetime) -> date:
    """The day on which the month that runs has closed."""
    after = _next(_month(day_of(now)))
    return date(after.year, after.month, 1)


async def _new(
    connection: Connection,
    programme: Programme,
    known: Sequence[Publication],
    months: Sequence[Month],
    least: int,
) -> list[Publication]:
    """The publications these months make; some may have to wait for more."""
    lots = await statistic_rows.lots(connection, programme.id)
    seq = await _seq_of(connection, months[-1])
    spent = await _spent(connection, lots, seq)
    filieres = [*await statistic_rows.filieres(connection), OTHER]
    cells = published(spent, months=months, filieres=filieres, least=least)
    made: list[Publication] = []
    for _, group in groupby(cells, key=lambda cell: cell.months):
        before = [*known, *made]
        made.append(await _publication(connection, lots, before, tuple(group), least))
    return made


async def _publication(
    connection: Connection,
    lots: Sequence[Lot],
    before: Iterable[Publication],
    cells: tuple[Cell, ...],
    least: int,
) -> Publication:
    """The cells of some months, with what was left at their end."""
    last = cells[0].months[-1]
    seq = await _seq_of(connection, last)
    since = max((one.seq for one in before if one.left_cents is not None), default=0)
    held, moved = await _held(connection, lots, seq)
    _, earlier = await _held(connection, lots, since)
    whose = _households(lots)
    soon = {lot.lot for lot in lots if _month(day_of(lot.expires)) == _next(last)}
    left: dict[int, Left] = defaultdict(lambda: Left(0, 0))
    for lot, cents in held.items():
        ending = cents if lot in soon else 0
        left[whose[lot]] = Left(
            left[whose[lot]].cents + cents, left[whose[lot]].ending_cents + ending
        )
    changed = {whose[lot] for lot in moved if moved[lot] != earlier.get(lot)}
    sums = left_told(left, changed, least=least)
    delay = delay_told(await _delays(connection, lots, seq), least=least)
    return Publication(cells, seq, sums.cents, sums.ending_cents, delay)


async def _spent(connection: Connection, lots: Sequence[Lot], seq: int) -> list[Spent]:
    """What each household spent in each filière in each month, refunds deducted."""
    whose = _households(lots)
    paid = await store.paid_by_month(connection, list(whose), _SPENDING, seq)
    sold = await statistic_rows.sellers(connection, sorted({one.other for one in paid}))
    sums: dict[tuple[Month, int, str], int] = defaultdict(int)
    for one in paid:
        place = read_month(one.month), whose[one.account], sold.get(one.other, OTHER)
        sums[place] += one.minor
    return [Spent(*place, cents) for place, cents in sums.items() if cents]


async def _held(
    connection: Connection, lots: Sequence[Lot], seq: int
) -> tuple[dict[int, int], dict[int, tuple[int, int]]]:
    """What each lot held after an entry; what it had been given, and what lapsed or was freed."""
    moved = await store.moved_by_kind(connection, [lot.lot for lot in lots], seq)
    held: dict[int, int] = defaultdict(int)
    steps: dict[int, tuple[int, int]] = {}
    for one in moved:
        held[one.account] += one.credited - one.debited
        given, gone = steps.get(one.account, (0, 0))
        given += one.credited if one.kind in _GIVING else 0
        gone += one.debited if one.kind in _ENDING else 0
        steps[one.account] = given, gone
    return held, steps


async def _delays(connection: Connection, lots: Sequence[Lot], seq: int) -> list[int]:
    """The days from the first award of each household that has paid to its first payment."""
    whose = _households(lots)
    given: dict[int, datetime] = {}
    paid: dict[int, datetime] = {}
    for lot, credited, debited in await store.first_moved(
        connection, list(whose), credit=_GIVING, debit=_PAYING, seq=seq
    ):
        one = whose[lot]
        given[one] = min(given.get(one, credited), credited)
        if debited is not None:
            paid[one] = min(paid.get(one, debited), debited)
    return [(day_of(at) - day_of(given[one])).days for one, at in paid.items()]


def _households(lots: Sequence[Lot]) -> dict[int, int]:
    """The household of each lot, by a number that is used here alone."""
    numbers = {one: n for n, one in enumerate(sorted({lot.beneficiary for lot in lots}))}
    return {lot.lot: numbers[lot.beneficiary] for lot in lots}


async def _seq_of(connection: Connection, month: Month) -> int:
    """The last entry of a month."""
    after = _next(month)
    end = datetime.combine(date(after.year, after.month, 1), time(), PARIS)
    return await store.seq_at(connection, end - timedelta(microseconds=1))


def _month(day: date) -> Month:
    return Month(day.year, day.month)


def _next(month: Month) -> Month:
    return Month(month.year + month.month // 12, month.month % 12 + 1)
