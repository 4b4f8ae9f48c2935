"""Emergency aid at the desk: euros set aside by who may approve, given by a caseworker.

The line is the approval: its opener decided how much one person may be given, and another person
gives. Rows on the driver's connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import asyncpg

from admin.aid.programmes import Instrument
from admin.aid.refusals import (
    FundHasNoDesk,
    LineAboveMost,
    LineMissing,
    LineOpen,
    LineShort,
)
from ledger.money import euros

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from admin.aid.programmes import Programme
    from ledger.store import Connection


@dataclass(frozen=True, slots=True)
class Line:
    """Euros set aside for the desk.

    Attributes:
        used_cents: given so far.
        floor_cents: with less left than this, the desk is told to have it refilled.
    """

    id: UUID
    programme: UUID
    euros_cents: int
    each_max_cents: int
    floor_cents: int
    opened_by: UUID
    used_cents: int

    @property
    def left_cents(self) -> int:
        """What may still be given."""
        return max(0, self.euros_cents - self.used_cents)

    @property
    def low(self) -> bool:
        """Whether it is time to refill it."""
        return self.left_cents < self.floor_cents

    def check(self, euros_cents: int) -> None:
        """One award is at most the line's sum for one, and what is left.

        Raises:
            LineShort: with what is possible.
        """
        possible = min(self.each_max_cents, self.left_cents)
        if euros_cents > possible:
            raise LineShort(euros(possible))


def check_open(line: Line, programme: Programme, pair_most_cents: int) -> None:
    """What two persons may set aside: no award above the programme's most, no sum above theirs.

    The line is the approval of whatever is given from it, so that the limit of lists binds it,
    too: above it a third person approves, and a desk has none.

    Args:
        line: to be opened.
        programme: with the version in force.
        pair_most_cents: of the policy: up to so much, two persons suffice.

    Raises:
        FundHasNoDesk: an award of a desk is nobody else's.
        LineAboveMost: with what is possible.
    """
    check_award(programme, line.each_max_cents, pair_most_cents)
    if line.euros_cents > pair_most_cents:
        raise LineAboveMost(euros(pair_most_cents))


def check_award(programme: Programme, euros_cents: int, pair_most_cents: int) -> None:
    """One award of the desk, whatever the line says: versions and policies change.

    Raises:
        FundHasNoDesk, LineAboveMost: see `check_open`.
    """
    if programme.instrument is Instrument.FOOD_FUND:
        raise FundHasNoDesk
    most = min(programme.version.formula.most_cents, pair_most_cents)
    if euros_cents > most:
        raise LineAboveMost(euros(most))


async def line_of(connection: Connection, programme: UUID, *, lock: bool = False) -> Line:
    """The open line of a programme; locked, so that its awards come one after another.

    Raises:
        LineMissing: none is open.
    """
    if lock:
        await connection.execute(_LOCK, programme)
    found = await open_of(connection, programme)
    if found is None:
        raise LineMissing
    return found


async def open_of(connection: Connection, programme: UUID) -> Line | None:
    """The open line of a programme; None when there is none."""
    row = await connection.fetchrow(_LINE, programme)
    return None if row is None else Line(*row)


async def known(connection: Connection, line: UUID) -> Line | None:
    """A line by its id, open or closed; None when there was none."""
    row = await connection.fetchrow(_KNOWN, line)
    return None if row is None else Line(*row)


async def open_line(connection: Connection, line: Line, at: datetime) -> None:
    """Set euros aside.

    Raises:
        LineOpen: some are.
    """
    row = (line.id, line.programme, line.euros_cents, line.each_max_cents, line.floor_cents)
    try:
        await connection.execute(_OPEN, *row, line.opened_by, at)
    except asyncpg.UniqueViolationError:
        raise LineOpen from None


async def close_line(connection: Connection, programme: UUID, at: datetime) -> bool:
    """What is left of a line is free for other awards; False: none was open."""
    return bool(await connection.fetchval(_CLOSE, programme, at))


_LOCK: Final = """
    select from admin.emergency_line where programme = $1 and closed_at is null for no key update"""
_LINES: Final = """
    select l.id, l.programme, l.euros_cents, l.each_max_cents, l.floor_cents, l.opened_by,
           (select coalesce(sum(b.euros_cents), 0)::bigint from admin.aid_batch b
             where b.line = l.id)
      from admin.emergency_line l where"""
_LINE: Final = f"{_LINES} l.programme = $1 and l.closed_at is null"
_KNOWN: Final = f"{_LINES} l.id = $1"
_OPEN: Final = """
    insert into admin.emergency_line (id, programme, euros_cents, each_max_cents, floor_cents,
           opened_by, opened_at)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing"""
_CLOSE: Final = """
    update admin.emergency_line set closed_at = $2
     where programme = $1 and closed_at is null returning true"""
