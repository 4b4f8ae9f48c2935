"""Two years of the demo Boulonnais, lived day by day at the ledger's own clock, with a bar."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from admin.means import cards
from admin.parties import ISSUER
from api.demo import settling
from api.demo.aiding import CCAS, COUNCIL, Aiding
from api.demo.cast import cast
from api.demo.feeding import FUND, Feeding
from api.demo.happenings import Joins, Opens, Pays
from api.demo.moving import Moving
from api.demo.story import DAYS, Story
from api.demo.swimming import Swimming
from api.wire.days import PARIS, day_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from uuid import UUID

    from api.demo.cast import Resident, Shop
    from api.demo.happenings import Happening
    from api.demo.lending import Lend
    from api.demo.scene import Scene
    from api.demo.story import Day

MORNING: Final = time(8, 45)
SHOPPING: Final = (time(10, 20), time(12, 10), time(16, 30), time(18, 25))
EVENING: Final = time(19, 5)


class Lived(NamedTuple):
    """What there is after the last day."""

    moving: Moving
    stock: Sequence[cards.Printed]
    """Cards that nobody holds yet."""


class Staff(NamedTuple):
    """Who acts for the association: a user at the counter, the grants of two and two others."""

    clerk: UUID
    treasurers: tuple[UUID, UUID]
    managers: tuple[UUID, UUID]


def first_morning(last: datetime, days: int = DAYS) -> datetime:
    """When the story begins, so that its last evening is before `last`."""
    first = day_of(last) - timedelta(days=days)
    return datetime.combine(first, MORNING, PARIS).astimezone(UTC)


async def live(
    scene: Scene,
    staff: Staff,
    last: datetime,
    lend: Lend,
    *,
    days: int = DAYS,
    small: bool = False,
) -> Lived:
    """Live the story of the scene's seed up to the day before `last`; `lend` lends the services."""
    town = cast(scene.seed, days=days, small=small)
    story = Story(
        town, scene.seed, day_of(last) - timedelta(days=1),
        days=days, small=small,
    )  # fmt: skip
    moving = Moving(scene, staff.treasurers)
    moving.comptoirs += await settling.comptoirs(scene, town.comptoirs)
    stock = await _cards(scene, len(town.residents) + 100, staff.clerk)
    settlers = _Settlers(scene, moving, stock, staff.clerk)
    settlers.residents = {r.number: r for r in town.residents}
    settlers.shops = {s.number: s for s in town.shops}
    offices: tuple[Aiding | Swimming, ...] = (
        *(
            Aiding(scene, sponsor, moving, settlers.residents, staff.treasurers, lend)
            for sponsor in (CCAS, COUNCIL)
        ),
        Feeding(scene, FUND, moving, settlers.residents, staff.treasurers, lend),
        Swimming(scene, moving, staff.managers, lend),
    )
    with _bar(days) as told:
        for day in story.days():
            await _live_day(scene, moving, settlers, day)
            for office in offices:
                await office.evening(days - day.number)
            told()
    await moving.finish()
    return Lived(moving, stock)


class _Settlers:
    """Opens accounts and shops on their day."""

    def __init__(
        self, scene: Scene, moving: Moving, stock: list[cards.Printed], clerk: UUID
    ) -> None:
        self._scene, self._moving, self._stock, self._clerk = scene, moving, stock, clerk
        self.residents: dict[int, Resident] = {}
        self.shops: dict[int, Shop] = {}

    async def settle(self, happening: Joins | Opens) -> None:
        """Somebody joins, or a shop opens."""
        if isinstance(happening, Joins):
            resident = self.residents[happening.resident]
            card = self._stock.pop()
            holder = await settling.joins(self._scene, resident, card, self._clerk)
            self._moving.holders[resident.number] = holder
        else:
            shop = self.shops[happening.shop]
            merchant = await settling.opens(self._scene, shop, self._clerk)
            self._moving.merchants[shop.number] = merchant


async def _live_day(scene: Scene, moving: Moving, settlers: _Settlers, day: Day) -> None:
    """Morning, four hours of shopping, evening: each is posted whole before the next begins."""
    for hour, happenings in _hours(day):
        await scene.advance(datetime.combine(day.on, hour, PARIS).astimezone(UTC))
        under_way = []
        for happening in happenings:
            if isinstance(happening, Joins | Opens):
                await settlers.settle(happening)
            else:
                under_way.append(await moving.do(happening))
        await asyncio.gather(*filter(None, under_way))
    await scene.write()
    await moving.write_changes()


def _hours(day: Day) -> Iterator[tuple[time, Sequence[Happening]]]:
    """The happenings of a day by the hour, in their order."""
    shopping = [i for i, happening in enumerate(day.happenings) if isinstance(happening, Pays)]
    first, last = (shopping[0], shopping[-1] + 1) if shopping else (len(day.happenings),) * 2
    yield MORNING, day.happenings[:first]
    part = -(-(last - first) // len(SHOPPING))
    for number, hour in enumerate(SHOPPING):
        begin = first + number * part
        yield hour, day.happenings[begin : min(begin + part, last)]
    yield EVENING, day.happenings[last:]


async def _cards(scene: Scene, count: int, clerk: UUID) -> list[cards.Printed]:
    made: list[cards.Printed] = []
    async with scene.engine.begin() as connection:
        while len(made) < count:
            some = min(cards.BATCH_MAX, count - len(made))
            made += await cards.print_batch(
                connection, place=ISSUER, count=some, actor=clerk, at=scene.now
            )
    return made


@contextmanager
def _bar(days: int) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, a line each quarter of the way in a pipe."""
    console = Console(stderr=True)
    if not console.is_terminal:
        done = iter(range(1, days + 1))

        def line() -> None:
            day = next(done)
            if day * 4 // days != (day - 1) * 4 // days:
                console.print(f"{day} of {days} days", highlight=False)

        yield line
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as progress:
        task = progress.add_task("Two years of the Boulonnais", total=days)
        yield lambda: progress.advance(task)
