"""Accounts for those who have none, made by the hundred: no name, no card yet.

The association learns a number, never who it is; the card is handed over by the sponsor's desk.
Every id follows from the beneficiary's, so that a submission that died is finished by asking again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID, uuid5

from admin.events import Happened
from ledger.chart import AccountClass, Commodity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.store import Connection

CHUNK: Final = 100
"""Means by phone told to the ledger under one lock."""


class Holder(NamedTuple):
    """An account for a beneficiary."""

    user: UUID
    party: int
    wallet: int
    phone: int


def user_of(beneficiary: UUID) -> UUID:
    """The login, without an identifier, of a beneficiary's account."""
    return uuid5(beneficiary, "user")


async def open_accounts(
    connection: Connection, beneficiaries: Sequence[UUID], *, cap_cents: int, at: datetime
) -> dict[UUID, int]:
    """An account of tier 0 for each; again finds those that were made.

    Args:
        connection: of the application role, outside a transaction.
        beneficiaries: who has no account.
        cap_cents: how far purchases and persons may fill it.
        at: now.
    """
    users = {user_of(b): b for b in beneficiaries}
    opened = Happened.ACCOUNT_OPENED
    async with connection.transaction():
        there = {r[0] for r in await connection.fetch(_THERE, list(users))}
        missing = [user for user in users if user not in there]
        numbers = await connection.fetch(_NUMBERS, len(missing))
        made = [Holder(user, *row) for user, row in zip(missing, numbers, strict=True)]
        if made:
            await connection.execute(_MAKE, *map(list, zip(*made, strict=True)), at, opened)
    rows = await connection.fetch(_HOLDERS, list(users))
    for first in range(0, len(rows), CHUNK):
        part = rows[first : first + CHUNK]
        parties, wallets, phones = ([r[n] for r in part] for n in (1, 2, 3))
        kinds = (AccountClass.WALLET, Commodity.BSL, cap_cents)
        await connection.execute(_OPEN, parties, wallets, *kinds)
        await connection.execute(_PUT, phones, parties)
    return {users[r[0]]: r[1] for r in rows}


_THERE: Final = "select id from admin.users where id = any($1)"
_NUMBERS: Final = """
    select nextval('admin.party_number'), nextval('ledger.account_id'), nextval('admin.card_id')
      from generate_series(1, $1)"""
_MAKE: Final = """
    with new as (
      select * from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::bigint[])
        as n (user_id, party, wallet, phone)
    ), logins as (
      insert into admin.users (id, opened_at) select user_id, $5::timestamptz from new
    ), parties as (
      insert into admin.party (id, class, tier, wallet, phone_means, opened_at)
      select party, 'soliste', 0, wallet, phone, $5 from new
      returning id
    ), grants as (
      insert into admin.role_grant (id, user_id, party, role, valid_from)
      select gen_random_uuid(), user_id, party, 'SOL', $5 from new
    )
    insert into admin.event (at, act, party, facts)
    select $5, $6, party, '{"tier": 0}' from new"""
_HOLDERS: Final = """
    select g.user_id, p.id, p.wallet, p.phone_means
      from admin.role_grant g join admin.party p on p.id = g.party
     where g.user_id = any($1) and g.role = 'SOL'"""
_OPEN: Final = """
    select ledger.open_account(w, $3::smallint, $4::smallint, p, null, $5)
      from unnest($1::bigint[], $2::bigint[]) u (p, w)"""
_PUT: Final = """
    select ledger.put_card(c, p, 0::smallint) from unnest($1::bigint[], $2::bigint[]) u (c, p)"""
