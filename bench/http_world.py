"""Who pays over HTTP in a benchmark: residents with sessions and cards, merchants with keys.

The ledger's people are those of `world.py`, whose parties bear the numbers of their accounts; here
they get logins, sessions, cards, shops. Tokens are made up from numbers, and hashed as the product
hashes them.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import func, insert
from sqlalchemy.ext.asyncio import create_async_engine

from admin.logins.keys import PREFIX, Scope
from admin.logins.tokens import hashed
from admin.parties import ISSUER
from admin.roles import Role
from admin.tables import API_KEY, CARD, PARTY, ROLE_GRANT, SESSION, USERS
from api.installation.databases import sqlalchemy_url
from bench.server import APPLICATION
from bench.world import MERCHANTS, WALLETS
from ledger import store
from ledger.chart import AccountClass
from merchants.codes import new_code
from merchants.tables import MERCHANT, POSTER, TILL

if TYPE_CHECKING:
    from datetime import datetime

    from bench.server import Server

PAYERS: Final = WALLETS[:1_000]
SHOPS: Final = MERCHANTS[:100]
FIRST_CARD: Final = 500_000
PAYABLES: Final = 500_000
"""Added to a merchant's account, the account of what is owed to it."""
LONG: Final = timedelta(days=30)
_STOCK_DIGITS: Final = 12


class Payer(NamedTuple):
    """A resident: the token of a session, and of a card."""

    token: str
    card: str


class Shop(NamedTuple):
    """A merchant: the code of its poster, its till, the till's key."""

    poster: str
    till: UUID
    key: str


class People(NamedTuple):
    """Everybody who pays or is paid."""

    payers: tuple[Payer, ...]
    shops: tuple[Shop, ...]


def _id(kind: int, number: int) -> UUID:
    return UUID(int=kind << 64 | number)


async def settle(server: Server, database: str, now: datetime) -> People:
    """Give the people of a ledger what they ask with."""
    payers = tuple(Payer(f"session-{n:036}", f"card{n:018}") for n in PAYERS)
    shops = tuple(Shop(new_code(), _id(5, n), f"{PREFIX}till-{n:036}") for n in SHOPS)
    engine = create_async_engine(sqlalchemy_url(server.url(database, APPLICATION)))
    async with engine.begin() as connection:
        for table, rows in (*_residents(payers, now), *_shops(shops, now)):
            await connection.execute(insert(table), rows)
        await connection.execute(_merchants(now))
        for table, rows in _tills(shops, now):
            await connection.execute(insert(table), rows)
    await engine.dispose()
    ledger = await server.connect(database)
    for n in SHOPS:
        owed = PAYABLES + n
        await store.open_account(ledger, AccountClass.PAYABLE, account=owed, party=n)
    for n in PAYERS:
        await store.put_card(ledger, FIRST_CARD + n, party=n, blocked=False)
        await store.put_card(ledger, 2 * FIRST_CARD + n, party=n, blocked=False)
    await ledger.close()
    await server.run(database, "vacuum analyze")
    return People(payers, shops)


def _residents(payers: tuple[Payer, ...], at: datetime) -> list[tuple[Any, list[dict[str, Any]]]]:
    long = int(LONG.total_seconds())
    numbered = list(zip(PAYERS, payers, strict=True))
    session = {"scope": "full", "factors": ["password"], "label": "bench", "created_at": at,
               "seen_at": at, "idle_seconds": long, "expires_at": at + LONG}  # fmt: skip
    return [
        (PARTY, [
            {"id": n, "class": "soliste", "tier": 1, "wallet": n, "opened_at": at,
             "phone_means": FIRST_CARD + n} for n in PAYERS
        ]),
        (USERS, [{"id": _id(1, n), "opened_at": at} for n in (*PAYERS, *SHOPS)]),
        (ROLE_GRANT, [
            {"id": _id(2, n), "user_id": _id(1, n), "party": n, "role": Role.SOLISTE,
             "valid_from": at} for n in PAYERS
        ]),
        (SESSION, [
            {"hash": hashed(payer.token), "id": _id(3, n), "user_id": _id(1, n),
             "role_grant": _id(2, n), **session} for n, payer in numbered
        ]),
        (CARD, [
            {"id": 2 * FIRST_CARD + n, "number": f"{n:0{_STOCK_DIGITS}}", "opposition": f"{n:010}",
             "token_hash": hashed(payer.card), "status": "handed", "place": ISSUER, "party": n,
             "user_id": _id(1, n), "printed_at": at, "handed_at": at} for n, payer in numbered
        ]),
    ]  # fmt: skip


def _shops(shops: tuple[Shop, ...], at: datetime) -> list[tuple[Any, list[dict[str, Any]]]]:
    keyed = list(zip(SHOPS, shops, strict=True))
    scopes = sorted(Scope)
    return [
        (PARTY, [{"id": n, "class": "merchant", "tier": 0, "opened_at": at} for n in SHOPS]),
        (API_KEY, [
            {"id": _id(4, n), "hash": hashed(shop.key), "prefix": shop.key[:10], "party": n,
             "scopes": scopes, "label": "till", "made_by": _id(1, n), "made_at": at}
            for n, shop in keyed
        ]),
    ]  # fmt: skip


def _merchants(at: datetime) -> Any:
    rows = [
        {"id": _id(6, n), "class": "merchant", "party": n, "account": n, "payable": PAYABLES + n,
         "name": f"Commerce {n}", "skeleton": f"commerce{n}", "postal_code": "62200",
         "commune": "Boulogne-sur-Mer",
         "charter": "1", "applied_at": at, "status": "approved", "approved_at": at,
         "words": func.to_tsvector("french", f"commerce {n}")} for n in SHOPS
    ]  # fmt: skip
    return insert(MERCHANT).values(rows)


def _tills(shops: tuple[Shop, ...], at: datetime) -> list[tuple[Any, list[dict[str, Any]]]]:
    keyed = list(zip(SHOPS, shops, strict=True))
    return [
        (TILL, [
            {"id": shop.till, "merchant": _id(6, n), "label": "caisse", "opened_at": at}
            for n, shop in keyed
        ]),
        (POSTER, [
            {"code": shop.poster, "till": shop.till, "made_at": at, "made_by": _id(1, n)}
            for n, shop in keyed
        ]),
    ]  # fmt: skip
