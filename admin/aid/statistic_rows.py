"""Published figures of programmes as rows: written once, under a lock, and never changed.

On the driver's connection: what is published is reckoned from the ledger in the same transaction.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from admin.aid.suppression import Cell, Month

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from ledger.store import Connection


@dataclass(frozen=True, slots=True)
class Publication:
    """Figures of some months together.

    Attributes:
        cells: that do not overlap and cover the months.
        seq: the last entry that was looked at.
        left_cents: unspent at the end of the last month; None: over too few households.
        ending_cents: of it, what ends in the month that follows.
        delay_days: from the first award to the first payment, the median of households.
    """

    cells: tuple[Cell, ...]
    seq: int
    left_cents: int | None
    ending_cents: int | None
    delay_days: int | None

    @property
    def months(self) -> tuple[Month, ...]:
        """Which."""
        return self.cells[0].months


class Lot(NamedTuple):
    """A lot of a programme, whose it is, and when it ends."""

    lot: int
    beneficiary: UUID
    expires: datetime


async def lock(connection: Connection, programme: UUID) -> None:
    """Nobody else publishes of this programme until the transaction ends."""
    await connection.execute(_LOCK, f"aid statistic {programme}")


async def published(connection: Connection, programme: UUID) -> list[Publication]:
    """What was published of a programme, oldest first."""
    return [_read(json.loads(row[0])) for row in await connection.fetch(_PUBLISHED, programme)]


async def publish(
    connection: Connection, programme: UUID, new: Sequence[Publication], at: datetime
) -> None:
    """Write figures down for ever."""
    rows = [(programme, named(one.months[-1]), json.dumps(_written(one)), at) for one in new]
    await connection.executemany(_PUBLISH, rows)


async def lots(connection: Connection, programme: UUID) -> list[Lot]:
    """The lots of a programme that were given."""
    return [Lot(*row) for row in await connection.fetch(_LOTS, programme)]


async def sellers(connection: Connection, accounts: Sequence[int]) -> dict[int, str]:
    """The first filière of the merchant of each account; of none, nothing."""
    rows = await connection.fetch(_SELLERS, list(accounts))
    return {row[0]: row[1] for row in rows}


async def filieres(connection: Connection) -> list[str]:
    """Every filière, alike beside alike."""
    return [row[0] for row in await connection.fetch(_FILIERES)]


def named(month: Month) -> str:
    """A month as 2027-03."""
    return f"{month.year}-{month.month:02}"


def read_month(text: str) -> Month:
    """The month of such a name."""
    year, number = text.split("-")
    return Month(int(year), int(number))


def _written(one: Publication) -> dict[str, Any]:
    return {
        "months": [named(month) for month in one.months],
        "cells": [[list(c.filieres), c.households, c.cents] for c in one.cells],
        "seq": one.seq,
        "left": one.left_cents,
        "ending": one.ending_cents,
        "delay": one.delay_days,
    }


def _read(facts: dict[str, Any]) -> Publication:
    months = tuple(read_month(text) for text in facts["months"])
    cells = tuple(Cell(months, tuple(f), some, cents) for f, some, cents in facts["cells"])
    return Publication(cells, facts["seq"], facts["left"], facts["ending"], facts["delay"])


_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended($1, 0))"
_PUBLISHED: Final = "select facts from admin.aid_statistic where programme = $1 order by month"
_PUBLISH: Final = "insert into admin.aid_statistic values ($1, $2, $3::jsonb, $4)"
_LOTS: Final = """
    select lot, beneficiary, expires_at from admin.award
     where programme = $1 and entry is not null order by lot"""
_SELLERS: Final = """
    select distinct on (m.account) m.account, f.code
      from merchants.merchant m
      join merchants.merchant_filiere t on t.merchant = m.id
      join merchants.filiere f on f.code = t.filiere
     where m.account = any($1) order by m.account, f.rank"""
_FILIERES: Final = "select code from merchants.filiere order by rank"
