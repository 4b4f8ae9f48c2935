"""The database of a demo: made once for a seed and a version of the story, and kept warm.

It is one of the embedded server's, beside the ledger of the installation; nothing in it is
anybody's, so its building does not wait for the disk.
"""

from __future__ import annotations

import hashlib
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine

from admin.logins.credentials import Passwords
from api.demo.identities import PLACES, Doorkeeper
from api.demo.living import Staff, first_morning, live
from api.demo.scene import Scene
from api.demo.story import DAYS, SMALL_DAYS
from api.installation.databases import drop, provision, sqlalchemy_url
from api.installation.founding import found
from api.installation.ledger_database import LedgerDatabase
from api.installation.migrate import migrate, newest_version
from api.process.metering import Meter
from api.services import running
from api.sweeping import sweeping
from ledger import clock
from ledger.poster import Poster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from admin.pepper import Pepper
    from api.installation.databases import Urls
    from api.settings import Settings

QUICK: Final = {"synchronous_commit": "off"}
_BUILT: Final = "select shobj_description(oid, 'pg_database') from pg_database where datname = $1"


@dataclass(frozen=True, slots=True)
class Plan:
    """Which demo: its seed, a tenth of it, or an issuer without history."""

    seed: int = 1
    small: bool = False
    empty: bool = False

    @property
    def database(self) -> str:
        """Each plan has its own."""
        return "bousol_demo" + ("_empty" if self.empty else "_small" if self.small else "")

    @property
    def version(self) -> str:
        """Changes with the story, the schema and the seed: then it is lived again."""
        told = hashlib.sha256(f"{self} {newest_version()}".encode())
        for file in sorted(Path(__file__).parent.iterdir()):
            if file.is_file():
                told.update(file.read_bytes())
        return told.hexdigest()[:16]


async def is_built(admin_url: str, plan: Plan) -> bool:
    """Whether the demo of a plan is there, whole and of this version."""
    connection = await asyncpg.connect(admin_url)
    try:
        return bool(await connection.fetchval(_BUILT, plan.database) == plan.version)
    finally:
        await connection.close()


async def build(
    admin_url: str, plan: Plan, settings: Settings, pepper: Pepper, now: datetime
) -> Urls:
    """Make the demo's database, and live its story in it up to now."""
    await drop(admin_url, plan.database)
    urls = await provision(admin_url, plan.database)
    await migrate(urls.owner)
    await found(urls.application, settings)
    days = 0 if plan.empty else SMALL_DAYS if plan.small else DAYS
    async with _scene(urls, plan, pepper) as scene:
        begins = first_morning(now, days) if days else now
        await clock.mark_demo(scene.owner, begins - now)
        scene.clock.ahead = begins - now
        staff = await _staff(scene)
        if days:
            ledger = LedgerDatabase(settings, made=urls, story=True)
            lend = partial(running, settings, meter=Meter(), sweeping=sweeping, demo=ledger)
            await live(scene, staff, now, lend, days=days, small=plan.small)
            await scene.advance(now)
    await _mark(admin_url, plan)
    return urls


async def _mark(admin_url: str, plan: Plan) -> None:
    """Only a demo that was lived to its end has its version written on it."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(f"comment on database {plan.database} is '{plan.version}'")
    finally:
        await connection.close()


async def _staff(scene: Scene) -> Staff:
    """The association's people are there from the first day; nobody can sign in as them yet."""
    async with scene.engine.begin() as rows:
        keeper = Doorkeeper(rows, scene.pepper, Passwords(), scene.now)
        actors = {place.who: await keeper.settle(*place) for place in PLACES}
    treasurers = actors["tresoriere"].grant, actors["tresorier"].grant
    managers = actors["gestion"].grant, actors["comite"].grant
    return Staff(actors["comptoir"].user, treasurers, managers)


@asynccontextmanager
async def _scene(urls: Urls, plan: Plan, pepper: Pepper) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        engine = create_async_engine(
            sqlalchemy_url(urls.application), connect_args={"server_settings": QUICK}
        )
        stack.push_async_callback(engine.dispose)
        application, owner = [
            await asyncpg.connect(url, server_settings=QUICK)
            for url in (urls.application, urls.owner)
        ]
        stack.push_async_callback(application.close)
        stack.push_async_callback(owner.close)
        poster = Poster(lambda: asyncpg.connect(urls.application, server_settings=QUICK), lanes=1)
        await stack.enter_async_context(poster)
        yield Scene(engine, application, owner, poster, pepper, plan.seed)
