"""The tour from the first account to the last proof, in a database made for it and dropped."""

from __future__ import annotations

import os
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

import asyncpg

from api.installation.databases import drop, provision
from api.installation.migrate import migrate
from api.tour import ending
from api.tour.chapters import CHAPTERS
from api.tour.chapters.cast import enter
from api.tour.printing import Printer
from api.tour.stage import ProofFailed, Stage, Stands
from ledger import store
from ledger.conversion import SYMMETRIC
from ledger.poster import Poster
from ledger.purses import Purses
from ledger.refusals import PostingRefusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.installation.databases import Urls
    from api.tour.stage import Shown
    from api.tour.story import Chapter, Step
    from api.wire.figures import Figures
    from ledger.journal import Recorded
    from ledger.lane import Connect
    from ledger.store import Head

_PREFIX: Final = "bousol_tour_"
_ALL_TOURS: Final = "select datname from pg_database where datname ~ '^bousol_tour_[0-9]+$'"
_TODAY: Final = "select (ledger.clock() at time zone 'Europe/Paris')::date"
STEPS: Final = sum(len(chapter.steps) for chapter in CHAPTERS)


class Told(NamedTuple):
    """One step as it went: what it did, as the ledger recorded it, and the head after it."""

    chapter: Chapter
    step: Step
    shown: list[tuple[Shown, list[Recorded]]]
    head: Head


async def tour(admin_url: str, figures: Figures, *, pause: bool) -> bool:
    """Play every flow in a new database and print it; whether all its proofs hold.

    Args:
        admin_url: a superuser's address of a database of the server.
        figures: the reader's language and signs.
        pause: wait for Enter after each step; the acts are done beforehand then.
    """
    async with _database(admin_url) as urls, _stage(urls) as stage:
        printer = Printer(figures, stage.code)
        printer.introduction()
        printer.flush()
        try:
            await _tell(stage, printer, pause=pause)
            return await ending.prove(stage, printer, _connecting(urls), figures)
        except ProofFailed as failed:
            ending.failed(printer, str(failed))
            return False
        finally:
            printer.flush()


@asynccontextmanager
async def _database(admin_url: str) -> AsyncIterator[Urls]:
    """A migrated database of this tour's own; what a killed tour left is dropped first."""
    await _drop_what_was_left(admin_url)
    name = f"{_PREFIX}{os.getpid()}"
    urls = await provision(admin_url, name)
    try:
        await migrate(urls.owner)
        yield urls
    finally:
        await drop(admin_url, name)


async def _drop_what_was_left(admin_url: str) -> None:
    connection = await asyncpg.connect(admin_url)
    try:
        names = [row[0] for row in await connection.fetch(_ALL_TOURS)]
    finally:
        await connection.close()
    for name in names:
        if not _lives(int(name.removeprefix(_PREFIX))):
            await drop(admin_url, name)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _connecting(urls: Urls) -> Connect:
    return lambda: asyncpg.connect(urls.application)


@asynccontextmanager
async def _stage(urls: Urls) -> AsyncIterator[Stage]:
    async with (
        asyncpg.create_pool(urls.application, min_size=1, max_size=4) as pool,
        Poster(_connecting(urls)) as poster,
        Purses(_connecting(urls)) as purses,
    ):
        # The story happens yesterday, so that its books can be closed today.
        today = await pool.fetchval(_TODAY)
        stage = Stage(poster, purses, pool, today - timedelta(days=1))
        await enter(stage)
        yield stage


async def _tell(stage: Stage, printer: Printer, *, pause: bool) -> None:
    steps = _play(stage)
    if pause:  # Aid lapses by the clock, however long somebody reads.
        done = [told async for told in steps]
        steps = _again(done)
    chapter = None
    with printer.progress(STEPS) as bar:
        number = 0
        async for told in steps:
            if told.chapter is not chapter:
                chapter = told.chapter
                printer.chapter(chapter)
            number += 1
            _print(printer, number, told)
            bar.advance(bar.task_ids[0])
            if pause:
                printer.pause(bar)


def _print(printer: Printer, number: int, told: Told) -> None:
    printer.step(number, told.step)
    for what, recorded in told.shown:
        printer.shown(what, recorded)
    printer.cover(told.head)
    printer.flush()


async def _again(done: list[Told]) -> AsyncIterator[Told]:
    for told in done:
        yield told


async def _play(stage: Stage) -> AsyncIterator[Told]:
    """Perform each step, and see that L, C, R and the reserve are what they must be."""
    for chapter in CHAPTERS:
        for step in chapter.steps:
            try:
                await step.scene(stage)
            except PostingRefusal as refusal:
                raise ProofFailed(f"{step.title.en}: {refusal.code}") from refusal
            shown, stage.shown = stage.shown, []
            async with stage.pool.acquire() as connection:
                head = await store.head(connection)
            _check(step, head)
            yield Told(
                chapter, step, [(what, await _recorded(stage, what)) for what in shown], head
            )


async def _recorded(stage: Stage, what: Shown) -> list[Recorded]:
    """The entries shown, read back from the journal."""
    if not isinstance(what, Stands):
        return []
    async with stage.pool.acquire() as connection:
        found = [await store.recorded(connection, seq) for seq in what.seqs]
    return [entry for entry in found if entry is not None]


def _check(step: Step, head: Head) -> None:
    law = SYMMETRIC.law(head.debt, head.issued)
    if law != head.remainder or law < 0:
        raise ProofFailed(f"{step.title.en}: 21 L - 20 C is {law} and R is {head.remainder}")
    if head.reserve < head.debt:
        raise ProofFailed(f"{step.title.en}: {head.reserve} cents held for {head.debt} owed")
    if step.leaves and step.leaves != (head.debt, head.issued, head.remainder):
        raise ProofFailed(f"{step.title.en}: {head[2:5]} in place of {tuple(step.leaves)}")
