"""What the application needs, made once: settings, pools, poster, meter; stopped in reverse order.

Money moves through the poster's own lanes; rows that do not post go through SQLAlchemy Core;
the ledger's reads take a connection of the pool. Whoever waits too long for one is told to come
back: a queue nobody leaves is a service nobody reaches.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from admin import events
from admin.aid import files
from admin.logins.credentials import Passwords
from admin.logins.passkeys import RelyingParty
from api.conflicts import conflict_with
from api.failures import Failure
from api.gate.asker import Recognition
from api.gate.pacing import PACES, Paces, Pacing
from api.installation.ledger_database import LedgerDatabase, answering, ready
from api.installation.pepper_file import load_pepper
from api.installation.sponsor_keys import SponsorKeys
from api.paying.state import Paying, paying
from api.policies import Policies
from api.process.clock import Clock, ahead_of
from api.process.listening import Listener
from api.process.mail_carrier import mail_carrier
from api.process.metering import MeteredPoster
from api.process.pools import acquired, engine_of, lane_of, pool_of, rooms_of, row_transaction
from api.process.post_office import sending
from api.process.probe import Probe
from api.wire import replying
from api.wire.problems import Problem
from ledger.refusals import KeyConflict
from ledger.waiting import left

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

    from admin.aid.files import Room
    from admin.pepper import Pepper
    from api.process.metering import Meter
    from api.process.pools import Connection, Pool
    from api.settings import Settings
    from ledger.journal import JournalEntry, Posted
    from ledger.lane import Connect


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much at once, and how long for it.

    Attributes:
        requests_max: being answered at once; one more is told to come back.
        pool_connections: for the ledger's reads and for entries with own rows.
        row_connections: for rows that do not post.
        wait_seconds: for a connection or for a posted entry.
        answer_seconds: for all of them, and for locks; with its own work it stays below 2 s.
        body_bytes_max: of one request.
        body_seconds: for a body to arrive whole.
        paces: how fast money may be asked about.
    """

    requests_max: int = 1_024
    pool_connections: int = 12
    row_connections: int = 8
    wait_seconds: float = 1.0
    answer_seconds: float = 1.0
    body_bytes_max: int = 64 * 1024
    body_seconds: float = 10.0
    paces: Paces = PACES


BOUNDS: Final = Bounds()


@dataclass(frozen=True, slots=True)
class Services:
    """What handlers work with."""

    settings: Settings
    bounds: Bounds
    pool: Pool
    engine: AsyncEngine
    rooms: Pool = field(repr=False)
    sponsor_keys: SponsorKeys = field(repr=False)
    poster: MeteredPoster
    meter: Meter
    probe: Probe = field(repr=False)
    clock: Clock
    pepper: Pepper = field(repr=False)
    recognition: Recognition = field(repr=False)
    paying: Paying = field(repr=False)
    pacing: Pacing = field(repr=False)
    passwords: Passwords = field(default_factory=Passwords, repr=False)
    policies: Policies = field(default_factory=Policies, repr=False)

    @property
    def site(self) -> RelyingParty:
        """Who passkeys are for."""
        url = self.settings.public_url
        host = urlsplit(url).hostname or ""
        return RelyingParty(host, url, self.settings.currency_name)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool, had within the wait.

        Raises:
            Problem: `overloaded`, none came free; `unavailable`, the database is away.
        """
        async with acquired(self.pool, self.bounds.wait_seconds) as connection:
            yield connection

    @asynccontextmanager
    async def room(self, sponsor: int) -> AsyncIterator[Room]:
        """A transaction among the files of one sponsor, under the role of that room.

        Raises:
            Problem: as `connection`.
            SponsorKeyMissing: its key file is another one.
        """
        key = self.sponsor_keys.of(sponsor)
        async with (
            acquired(self.rooms, self.bounds.wait_seconds) as connection,
            files.entered(connection, key) as room,
        ):
            yield room

    @asynccontextmanager
    async def rows(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for rows that do not post: see `row_transaction`."""
        async with row_transaction(self.engine) as connection:
            yield connection

    async def post(self, entry: JournalEntry) -> Posted:
        """The answer for an entry, or the refusal, within the wait: see `Poster.post`."""
        try:
            posted = await self.poster.post(entry, timeout_seconds=left(self.bounds.wait_seconds))
        except KeyConflict:
            with suppress(Problem):  # the refusal is told, whatever becomes of its line in the log
                async with self.connection() as connection:
                    raise await conflict_with(connection, entry) from None
            raise
        if posted.id != entry.id:
            replying.answered_before()
        return posted

    async def durable(self, seq: int) -> None:
        """Return once what others committed up to `seq` is known to survive.

        Raises:
            Problem: `unavailable`, the database does not confirm it within the wait.
        """
        try:
            async with asyncio.timeout(left(self.bounds.wait_seconds)):
                await self.poster.durable(seq)
        except TimeoutError:
            raise Problem("unavailable") from None


GivenServices = NamedDependency[SkipValidation[Services]]
"""The type of a handler's parameter `services`."""
ServicesFactory = Callable[[], AbstractAsyncContextManager[Services]]
"""Makes the services for as long as its context lasts."""
Sweeping = Callable[[Services], AbstractAsyncContextManager[None]]
"""What happens by itself while the services are there: `api.sweeping`."""


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    bounds: Bounds = BOUNDS,
    meter: Meter,
    sweeping: Sweeping,
    demo: LedgerDatabase | None = None,
) -> AsyncIterator[Services]:
    """The services of these settings, until what was accepted is finished.

    Args:
        settings: of the installation.
        bounds: how much at once.
        meter: counts.
        sweeping: does what happens by itself, as long as its context lasts.
        demo: a demo's, whose clock may be moved; by default the database of the settings.

    Raises:
        Failure: the database does not answer, cannot be had, or is of another version.
    """
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(ready(settings)) if demo is None else demo
        clock_url = database.owner_url if demo else None
        made = _made(settings, database, bounds=bounds, meter=meter, clock_url=clock_url)
        services = await stack.enter_async_context(made)
        lane = partial(lane_of, database.application_url)
        async with AsyncExitStack() if database.story else _beside(services, lane, sweeping):
            yield services


@asynccontextmanager
async def _made(
    settings: Settings,
    database: LedgerDatabase,
    *,
    bounds: Bounds,
    meter: Meter,
    clock_url: str | None,
) -> AsyncIterator[Services]:
    """The services before a database, with nothing beside them yet."""
    async with AsyncExitStack() as stack:
        url = database.application_url
        pool, engine, poster = await stack.enter_async_context(_connected(url, bounds, meter))
        probe = await stack.enter_async_context(_probing(url, poster))
        clock = Clock(await ahead_of(pool), clock_url)
        pepper, rows = load_pepper(settings), partial(row_transaction, engine)
        lane, had = partial(lane_of, url), partial(acquired, pool, bounds.wait_seconds)
        shops = paying(settings, pepper, rows=rows, connect=lane, connected=had, poster=poster)
        yield Services(
            settings=settings,
            bounds=bounds,
            pool=pool,
            engine=engine,
            rooms=await stack.enter_async_context(rooms_of(database.ccas_url)),
            sponsor_keys=SponsorKeys(settings),
            poster=poster,
            meter=meter,
            probe=probe,
            clock=clock,
            pepper=pepper,
            recognition=Recognition(rows, clock),
            pacing=Pacing(bounds.paces),
            paying=await stack.enter_async_context(shops),
        )


@asynccontextmanager
async def _beside(services: Services, lane: Connect, sweeping: Sweeping) -> AsyncIterator[None]:
    """What runs beside the answers: hearing others, sending letters, ending what runs out."""
    hearers = {events.CHANNEL: services.recognition, **services.paying.hearers()}
    listener = Listener(lane, hearers)
    carrier = mail_carrier(services.settings)
    async with AsyncExitStack() as stack:
        await listener.start()
        stack.push_async_callback(listener.stop)
        await stack.enter_async_context(sending(services.engine, carrier, services.clock))
        await stack.enter_async_context(sweeping(services))
        yield


@asynccontextmanager
async def _connected(
    url: str, bounds: Bounds, meter: Meter
) -> AsyncIterator[tuple[Pool, AsyncEngine, MeteredPoster]]:
    """The pools and the poster, until what was accepted is finished."""
    async with AsyncExitStack() as stack:
        with answering():
            pool = await stack.enter_async_context(pool_of(url, bounds.pool_connections))
            engine = engine_of(url, bounds.row_connections, bounds.wait_seconds)
            stack.push_async_callback(engine.dispose)
            poster = MeteredPoster(lambda: lane_of(url), meter)
            await stack.enter_async_context(poster)
        yield pool, engine, poster


@asynccontextmanager
async def _probing(url: str, poster: MeteredPoster) -> AsyncIterator[Probe]:
    """The probe of a database that is of this version."""
    probe = Probe(lambda: lane_of(url), poster)
    try:
        await _check_version(probe)
        yield probe
    finally:
        await probe.close()


async def _check_version(probe: Probe) -> None:
    findings = await probe.findings()
    if findings["database"] != "ok":
        raise Failure(
            "The database is not of this version; `bousol db migrate` brings it to this one."
        )
