"""`bousol demo`: the service before a Boulonnais that is already alive, and who may come in."""

from __future__ import annotations

import asyncio
import logging
from contextlib import nullcontext
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
import uvloop
from sqlalchemy import text

from admin.losses import reissuing
from admin.losses.reissuing import Reissue
from admin.means import cards
from admin.means.card_numbers import spoken
from admin.parties import ISSUER
from admin.roles import Role
from api.app import create_app
from api.demo import identities
from api.demo.ground import Plan, build, is_built
from api.demo.identities import (
    CCAS_PLACES,
    COUNCIL_PLACES,
    FUND_PLACES,
    OFFICE_PLACES,
    PIN,
    PLACES,
    Actor,
    Doorkeeper,
    Guests,
    Place,
)
from api.failures import Failure
from api.installation import databases
from api.installation.ledger_database import LedgerDatabase, admin_url, embedded_server
from api.installation.pepper_file import load_pepper
from api.pages.demo import STATE as GUESTS
from api.process.clock import Clock
from api.process.logs import configure
from api.process.metering import Meter
from api.serve import Server, config, listening
from api.services import running
from api.sweeping import sweeping
from merchants.codes import Realm, poster_link

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from api.demo.identities import Identity
    from api.installation.databases import Urls
    from api.services import Services
    from api.settings import Settings

IDENTITIES: Final = Path("demo.json")
IBAN: Final = "FR1420041010050500013M02606"
"""A number from the standard's own examples: nobody's account."""
SHOP_PLACES: Final = (
    Place("commerce", Role.MERCHANT, "Hélène Lemaître"),
    Place("caisse", Role.CASHIER, "Théo Lannoy"),
)
"""Who may come in for the busiest shop."""
_RICHEST: Final = """
select p.id as party, r.user_id, r.id as grant_id, c.number, n.name, a.balance
  from admin.party p
  join ledger.account a on a.id = p.wallet
  join admin.role_grant r on r.party = p.id and r.role = 'SOL'
  join admin.card c on c.party = p.id and c.status = 'handed'
  join admin.person n on n.id = p.person
 where p.tier > 0
 order by (a.balance >= 50_00 and exists (
            select from admin.award w join ledger.account l on l.id = w.lot
             where w.party = p.id and l.balance > 0)) desc, a.balance desc limit 1"""
"""With money, and if possible with aid to spend beside it."""
_DESK_CARDS: Final = """
select number from admin.card where place = :place and status = 'stock' order by number limit 3"""
"""New cards at hand where emergency aid is given, or an account is opened."""
_BUSIEST: Final = """
select m.id, m.party, m.name, t.id as till, o.code
  from merchants.merchant m
  join merchants.till t on t.merchant = m.id
  join merchants.poster o on o.till = t.id and o.revoked_at is null
  join ledger.account a on a.id = m.account
 where m.status = 'approved' order by a.version desc limit 1"""


def demo(  # noqa: PLR0913  # why: what a person may choose on the command line
    settings: Settings, plan: Plan, *, host: str, port: int, once: bool, fresh: bool, file: Path
) -> None:
    """Live the story if need be, open the door, write down who may come in; serve until stopped.

    Args:
        settings: where the embedded server is; a demo has a database of its own there.
        plan: which demo.
        host: the address to listen on.
        port: 0 takes a free one.
        once: end after a look at its own health.
        fresh: live the story anew.
        file: where identities are written.

    Raises:
        Failure: the settings name a server that somebody else runs.
        KeyboardInterrupt: it was interrupted.
    """
    if not settings.embedded:
        raise Failure("A demo runs on the embedded server only; unset the database addresses.")
    configure(logging.WARNING)
    with embedded_server(settings) as server, listening(host, port) as door:
        url = f"http://{host}:{door.getsockname()[1]}"
        settings = settings.model_copy(
            update={"public_url": url.replace("127.0.0.1", "localhost"), "iban": IBAN}
        )
        work = _Demo(settings, plan, admin_url(server), file, url)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as run:
            if run.run(work.run(door, once=once, fresh=fresh)):
                raise KeyboardInterrupt


class _Demo:
    def __init__(self, settings: Settings, plan: Plan, admin: str, file: Path, url: str) -> None:
        self._settings, self._plan, self._admin = settings, plan, admin
        self._file, self._url = file, url

    async def run(self, door: socket.socket, *, once: bool, fresh: bool) -> bool:
        """Serve; True when it was interrupted."""
        urls = await self._ground(fresh=fresh)
        meter = Meter()
        database = LedgerDatabase(self._settings, made=urls)
        async with running(
            self._settings, meter=meter, sweeping=sweeping, demo=database
        ) as services:
            people, facts = await _let_in(services, self._plan)
            identities.write(self._file, {"url": self._url, **facts}, people)
            app = create_app(self._settings, meter=meter, services=lambda: nullcontext(services))
            cards = [facts.get(name, []) for name in ("desk_cards", "counter_cards")]
            app.state[GUESTS] = Guests(people, facts.get("shop"), *cards)
            server = Server(config(app, self._settings))
            serving = asyncio.create_task(server.serve([door]))
            await _started(server, serving)
            _tell(self._settings.public_url, people, facts, self._file)
            try:
                if once:
                    await asyncio.to_thread(_look, self._url)
            finally:
                server.should_exit = once
                await serving
        return server.interrupted

    async def _ground(self, *, fresh: bool) -> Urls:
        if not fresh and await is_built(self._admin, self._plan):
            return databases.urls(self._admin, self._plan.database)
        pepper = load_pepper(self._settings)
        return await build(self._admin, self._plan, self._settings, pepper, Clock().now())


async def _started(server: Server, serving: asyncio.Task[None]) -> None:
    while not server.started and not serving.done():  # noqa: ASYNC110  # why: uvicorn has no event
        await asyncio.sleep(0.01)


def _look(url: str) -> None:
    """The demo's own health, asked as anybody would, in a thread.

    Raises:
        Failure: it is not well.
    """
    client = HTTPConnection(url.partition("://")[2], timeout=10)
    for path in ("/healthz", "/readyz", "/v1/cover", "/v1/merchants"):
        client.request("GET", path)
        answer = client.getresponse()
        answer.read()
        if answer.status != HTTPStatus.OK:
            raise Failure(f"The demo answers {answer.status} at {path}.")
        click.echo(f"{path}: {answer.status}")
    client.close()


async def _let_in(services: Services, plan: Plan) -> tuple[list[Identity], dict[str, Any]]:
    """The association's people; and, where there is a history, a shop, offices and a resident."""
    async with services.rows() as rows:
        keeper = Doorkeeper(rows, services.pepper, services.passwords, services.clock.now())
        people = []
        for place in PLACES:
            actor = await keeper.settle(*place)
            people.append(await keeper.let_in(actor, place, ISSUER))
        if plan.empty:
            return people, {}
        shop = (await rows.execute(text(_BUSIEST))).one()
        owner, facts = await _shop(keeper, services, shop)
        people += owner
        for office in (CCAS_PLACES, COUNCIL_PLACES, FUND_PLACES, OFFICE_PLACES):
            people += await _at(keeper, office)
        ccas = {"place": await keeper.party_of(CCAS_PLACES[0].who)}
        numbers = await rows.scalars(text(_DESK_CARDS), ccas)
        facts["desk_cards"] = [spoken(number) for number in numbers]
        numbers = await rows.scalars(text(_DESK_CARDS), {"place": ISSUER})
        facts["counter_cards"] = [spoken(number) for number in numbers]
        resident = (await rows.execute(text(_RICHEST))).one()
    people.append(await _resident(services, resident))
    return people, facts


async def _shop(
    keeper: Doorkeeper, services: Services, shop: Any
) -> tuple[list[Identity], dict[str, Any]]:
    people = [await _at_the_shop(keeper, place, shop.party) for place in SHOP_PLACES]
    owner = await keeper.settle(*SHOP_PLACES[0], shop.party)
    link = poster_link(shop.code, _realm(services.settings))
    return people, {
        "shop": {
            "name": shop.name,
            "merchant": str(shop.id),
            "till": str(shop.till),
            "poster": shop.code,
            "poster_link": link,
            "till_key": await keeper.till_key(shop.party, owner.user),
        }
    }


async def _at(keeper: Doorkeeper, places: Sequence[Place]) -> list[Identity]:
    """The people of an office of the story, whose first one says which party it is."""
    party = await keeper.party_of(places[0].who)
    assert party is not None, "the story has made it"
    return [await _at_the_shop(keeper, place, party) for place in places]


async def _at_the_shop(keeper: Doorkeeper, place: Place, party: int) -> Identity:
    return await keeper.let_in(await keeper.settle(*place, party), place, party)


async def _resident(services: Services, found: Any) -> Identity:
    """A resident with money gets a new card in place of the old one, as at a counter."""
    at = services.clock.now()
    async with services.rows() as rows:
        clerk = await Doorkeeper(rows, services.pepper, services.passwords, at).settle(*PLACES[0])
        (card,) = await cards.print_batch(rows, place=ISSUER, count=1, actor=clerk.user, at=at)
    wanted = Reissue(found.number, card.number, ISSUER, PIN, clerk.user, PLACES[0].role)
    await reissuing.reissue(services.engine, services.pepper, wanted, at)
    async with services.rows() as rows:
        keeper = Doorkeeper(rows, services.pepper, services.passwords, at)
        await keeper.name_login(found.user_id, "resident")
        return await keeper.let_in(
            Actor(found.user_id, found.grant_id),
            Place("resident", Role.SOLISTE, found.name),
            found.party,
            card_number=card.number,
            opposition_number=card.opposition,
            card_token=card.token,
        )


def _realm(settings: Settings) -> Realm:
    return Realm(settings.public_url.partition("://")[2], settings.currency_code)


def _tell(url: str, people: list[Identity], facts: dict[str, Any], file: Path) -> None:
    """Where everything is, and the shop's code to be scanned from the terminal."""
    click.echo(f"{url}/demo")
    click.echo(f"identities: {file.resolve()}")
    for one in people:
        click.echo(f"  {one.identifier:12} {one.role}  {one.password}")
    if "shop" in facts:
        shop = facts["shop"]
        click.echo(f"{shop['name']}: {shop['poster_link']}")
        _show_code(shop["poster_link"])
        click.echo(f"new cards of the CCAS: {', '.join(facts['desk_cards'])}")
        click.echo(f"new cards of the comptoir: {', '.join(facts['counter_cards'])}")


def _show_code(link: str) -> None:
    import qrcode  # noqa: PLC0415  # why: only here is it drawn with letters

    code = qrcode.QRCode(border=2)
    code.add_data(link)
    code.print_ascii(invert=True)


__all__ = ["IDENTITIES", "Plan", "demo"]
