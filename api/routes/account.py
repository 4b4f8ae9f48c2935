"""A holder's own account: balance, expiries, why something was refused, history, statements."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from pydantic import Field

from admin.losses import blocking
from admin.people import memberships
from admin.refusals import AdminRefusal
from admin.reserve import orders
from admin.roles import Act
from api.accounts import statements
from api.accounts.lots import alive, parts_of
from api.accounts.statements import Mine
from api.gate.access import may
from api.gate.given import GivenAsker
from api.openapi import FILES
from api.policies import policy_in_force
from api.services import GivenServices, Services
from api.wire.asking import asked
from api.wire.catalogue import catalogue
from api.wire.cursors import LIMIT_DEFAULT, Cursor, Limit, pack, place
from api.wire.days import day_of
from api.wire.problems import Problem
from api.wire.shapes import Sum, Told, euros, local
from api.wire.spans import GivenSpan
from ledger import holders, store
from ledger.chart import AccountClass, Commodity
from ledger.holders import Movement
from ledger.spans import EVER
from merchants import register

_LIST: Final = "movements"
_REFUSALS: Final = 10
_STATES: Final = ("open", "receives_nothing", "frozen", "closed")
_TITLES: Final = {"fr": "Relevé de compte", "en": "Account statement"}


class Change(Told):
    """A signed sum: negative when it left."""

    amount: int
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]


class Dated(Told):
    """A part of the balance with a last instant: spend it before."""

    amount: Sum
    expires: datetime


class Buying(Told):
    """What may be bought now."""

    possible: Annotated[
        Sum | None, Field(description="At most so much more, in the local currency; null: no cap.")
    ]
    reason: Annotated[str | None, Field(description="The code of what stands against buying.")]


class RefusedTold(Told):
    """An act that was refused, and why."""

    at: datetime
    code: str
    title: str


class AccountTold(Told):
    """What is there: all of it, and the parts it is made of.

    What a public body is paid is owed to it in euros at once: its balance is always 0.
    """

    state: Literal["open", "receives_nothing", "frozen", "closed"]
    balance: Annotated[Sum, Field(description="Own money and what expires later, together.")]
    own: Sum
    held: Annotated[
        Sum, Field(description="Set aside until somebody has decided; no part of `balance`.")
    ]
    owed: Annotated[Sum, Field(description="Euros the association owes and has not paid yet.")]
    expiring: list[Dated]
    cap: Annotated[Sum | None, Field(description="How far purchases may fill `own`.")]
    buying: Buying
    waiting: Annotated[Sum, Field(description="Euros that arrived and wait for room.")]
    refusals: Annotated[list[RefusedTold], Field(description="The last ones, newest first.")]


class Counterpart(Told):
    """Whom else an entry concerned, where that is public."""

    name: str


class MovementTold(Told):
    """One entry as its holder sees it."""

    id: UUID
    kind: str
    at: datetime
    day: Annotated[date, Field(description="The civil day in the books.")]
    change: Change
    earmarked: Annotated[Sum, Field(description="How much of it is aid, or another dated part.")]
    counterpart: Counterpart | None


class Movements(Told):
    """A page of movements, newest first."""

    items: list[MovementTold]
    next_cursor: str | None


class PurseTold(Told):
    """What one purse gave or got."""

    amount: Sum
    expires: Annotated[datetime | None, Field(description="The end of aid; null: own money.")]


class Receipt(Told):
    """One entry, with what it left."""

    movement: MovementTold
    parts: Annotated[list[PurseTold], Field(description="In the order in which they were moved.")]
    balance: Annotated[Sum, Field(description="The whole balance after it.")]
    paid: Annotated[Sum | None, Field(description="Euros it was bought with.")]


class Blocked(Told):
    """Nothing pays any more from this account, and nobody is signed in to it."""

    cards: Annotated[int, Field(ge=0, description="How many cards were blocked now.")]


@get(
    "/v1/account",
    operation_id="getOwnAccount",
    tags=["account"],
    opt=may(Act.SEE_OWN_ACCOUNT, look=True),
)
async def account(
    services: GivenServices, asker: GivenAsker, request: Request[Any, Any, State]
) -> AccountTold:
    """Shows the balance, what expires, what may be bought, and why something was refused."""
    party = asker.acting
    async with services.connection() as connection:
        found = await store.accounts_of(connection, party)
        refusals = await store.refusals_of(connection, party, _REFUSALS)
        head = await store.head(connection)
    await services.durable(head.seq)
    own = [one for one in found if one.account_class in statements.OWN]
    held = sum(one.balance for one in own)
    now = services.clock.now()
    expiring = [
        Dated(amount=local(one.balance, services.settings), expires=one.expires)
        for one in sorted(alive(found, now), key=lambda one: (one.expires or now, one.id))
        if one.expires is not None
    ]
    language = asked(request.scope).language
    cap, buying, waiting = await _buying(services, party, held, now)
    return AccountTold(
        state=_STATES[max((one.status for one in own), default=0)],
        balance=local(held + sum(one.amount.amount for one in expiring), services.settings),
        own=local(held, services.settings),
        held=local(_balance(found, AccountClass.HOLD), services.settings),
        owed=euros(_balance(found, AccountClass.PAYABLE)),
        expiring=expiring,
        cap=cap,
        buying=buying,
        waiting=euros(waiting),
        refusals=[
            RefusedTold(at=one.at, code=one.code, title=catalogue()[one.code].words[language].title)
            for one in refusals
        ],
    )


@get(
    "/v1/account/movements",
    operation_id="listMovements",
    tags=["account"],
    opt=may(Act.SEE_OWN_ACCOUNT),
)
async def movements(
    services: GivenServices,
    asker: GivenAsker,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
    made: GivenSpan = EVER,
) -> Movements:
    """Lists one row for each entry that touched the account, newest first."""
    before = place(services.pepper, cursor, _LIST, holders.LATEST)
    async with services.connection() as connection:
        mine = await _accounts(connection, asker.acting)
        found = await holders.made_within(connection, mine.accounts, made, before, limit + 1)
    if found:
        await services.durable(found[0].seq)
    names = await _names(services, found)
    more = found[limit - 1].seq if len(found) > limit else None
    return Movements(
        items=[_told(services, one, names, mine) for one in found[:limit]],
        next_cursor=None if more is None else pack(services.pepper, _LIST, more),
    )


@get(
    "/v1/account/movements/{movement:uuid}",
    operation_id="getMovement",
    tags=["account"],
    opt=may(Act.SEE_OWN_ACCOUNT, problems=("not_found",)),
)
async def movement(movement: FromPath[UUID], services: GivenServices, asker: GivenAsker) -> Receipt:
    """Shows one entry and the balance it left."""
    async with services.connection() as connection:
        mine = await _accounts(connection, asker.acting)
        found = await holders.movement(connection, mine.accounts, movement)
        if found is None:
            raise Problem("not_found")
        left = [await store.balance_as_of(connection, one, found.seq) for one in mine.accounts]
        parts = await parts_of(connection, asker.acting, mine, found.seq)
    await services.durable(found.seq)
    names = await _names(services, [found])
    return Receipt(
        movement=_told(services, found, names, mine),
        parts=[PurseTold(amount=_sum(services, mine, p.cents), expires=p.expires) for p in parts],
        balance=_sum(services, mine, sum(left)),
        paid=None if found.paid is None else euros(found.paid),
    )


@get(
    "/v1/account/statements/{file:str}",
    operation_id="getStatement",
    tags=["account"],
    opt=may(Act.SEE_OWN_ACCOUNT, problems=("not_found",)) | {FILES: statements.MEDIA_TYPES},
)
async def statement(
    file: FromPath[str],
    services: GivenServices,
    asker: GivenAsker,
    request: Request[Any, Any, State],
) -> Response[bytes]:
    """Gives the statement of a month, such as 2026-11.csv or 2026-11.pdf."""
    month = statements.month_of(file)
    if month is None or month.first > day_of(services.clock.now()):
        raise Problem("not_found")
    async with services.connection() as connection:
        made = await statements.read(connection, asker.acting, month)
    if made.movements:
        await services.durable(made.movements[-1].seq)
    made = replace(made, names=await _names(services, made.movements))
    language = asked(request.scope).language
    if month.form == "csv":
        body, kind = statements.as_csv(made, language), "text/csv"
    else:
        holder = await statements.name_on(services, asker.acting)
        body = await asyncio.to_thread(statements.as_pdf, made, holder, _TITLES[language], language)
        kind = "application/pdf"
    headers = {"content-disposition": f'attachment; filename="{file}"'}
    return Response(body, media_type=kind, headers=headers)


@post(
    "/v1/account/block",
    operation_id="blockAccount",
    tags=["account"],
    status_code=200,
    opt=may(Act.BLOCK_ONESELF, look=True),
)
async def block(services: GivenServices, asker: GivenAsker) -> Blocked:
    """Blocks every card and the phone, and ends every session; a counter gives new means."""
    party = asker.acting
    now = services.clock.now()
    count = await blocking.block_oneself(services.engine, party=party, user=asker.by, at=now)
    services.recognition.forget()
    return Blocked(cards=count)


async def _accounts(connection: Any, party: int) -> Mine:
    return statements.of_holder(await store.accounts_of(connection, party))


def _balance(found: Iterable[store.Account], account_class: AccountClass) -> int:
    return sum(one.balance for one in found if one.account_class is account_class)


def _sum(services: Services, mine: Mine, cents: int) -> Sum:
    in_euros = mine.commodity is Commodity.EUR
    return euros(cents) if in_euros else local(cents, services.settings)


async def _buying(
    services: Services, party: int, held: int, now: datetime
) -> tuple[Sum | None, Buying, int]:
    """The cap, what may be bought, and the euros that wait."""
    limits = (await policy_in_force(services)).limits
    async with services.rows() as rows:
        buyer = await orders.buyer_of(rows, party)
        ordered = await orders.ordered_cents(rows, party, now)
        waiting = await orders.waiting_cents(rows, party)
        years = await memberships.of(rows, party)
    cap, settings, reason = buyer.cap_cents(limits), services.settings, None
    try:
        memberships.check_may_buy(years, limits, now)
    except AdminRefusal as refusal:
        reason = refusal.code
    possible = None if cap is None else local(max(0, cap - held - ordered), settings)
    told = Buying(possible=possible, reason=reason)
    return (None if cap is None else local(cap, settings)), told, waiting


async def _names(services: Services, found: Iterable[Movement]) -> Mapping[int, str]:
    """The public names of merchants among the other sides; persons have none here."""
    others = {one.other for one in found if one.other is not None}
    if not others:
        return {}
    async with services.rows() as rows:
        return await register.names_of(rows, others)


def _told(services: Services, one: Movement, names: Mapping[int, str], mine: Mine) -> MovementTold:
    earmarked, name = _sum(services, mine, one.earmarked), names.get(one.other or 0)
    return MovementTold(
        id=one.id,
        kind=one.kind.name.lower(),
        at=one.posted_at,
        day=one.effective,
        change=Change(amount=one.amount, currency=earmarked.currency),
        earmarked=earmarked,
        counterpart=None if name is None else Counterpart(name=name),
    )


ROUTES: Final = (account, movements, movement, statement, block)
