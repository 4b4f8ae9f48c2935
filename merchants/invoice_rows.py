"""The rows of invoices paid between merchants, read and written beside the ledger's entries.

Whoever pays, confirms, refuses or withdraws holds the lock of the payer's invoices until the
transaction ends: what was paid before on an invoice is then what was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from uuid import UUID

from merchants.invoices import Earlier, Parts, likeness, siret_of
from merchants.names import skeleton

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.spans import Span
    from ledger.store import Connection

FOUND_MAX: Final = 20
_LOCK: Final = "select pg_advisory_xact_lock(hashtextextended('invoices of ' || $1::bigint, 0))"
_BACK: Final = """
  left join ledger.journal j on j.id = i.entry,
       lateral (select coalesce(sum(t.amount), 0)::bigint as cents
                  from ledger.journal r join ledger.transfer t on t.seq = r.seq
                 where r.origin = j.seq and t.credit = i.payer_account) back
"""
"""What was given back of each payment."""
_COLUMNS: Final = f"""
select i.id, i.payer, i.payee, i.payer_account, i.payee_account, i.invoice, i.total_cents,
       i.bousol_cents, i.euro_cents, i.key, i.status, i.made_by, i.made_at, i.decided_by,
       i.decided_at, i.entry, r.name as payer_name, e.name as payee_name, back.cents
  from merchants.invoice_payment i
  join merchants.merchant r on r.party = i.payer
  join merchants.merchant e on e.party = i.payee{_BACK}"""  # noqa: S608  why: made of constants
_BY_KEY: Final = _COLUMNS + " where i.payer = $1 and i.key = $2"
_BY_ID: Final = _COLUMNS + " where i.id = $1"
_PAGE: Final = """
 and i.id < $2 and i.made_at >= $4 and i.made_at < $5 order by i.id desc limit $3"""
_PAID: Final = f"{_COLUMNS} where i.payer = $1{_PAGE}"
_RECEIVED: Final = f"{_COLUMNS} where i.payee = $1 and i.status = 'paid'{_PAGE}"
_EARLIER: Final = f"""
select max(i.total_cents) as total_cents,
       coalesce(sum(i.bousol_cents - back.cents) filter (where i.status = 'paid'), 0)::bigint
         as paid_cents
  from merchants.invoice_payment i{_BACK}
 where i.payee = $1 and i.payer = $2 and i.likeness = $3 and i.id <> $4
   and i.status in ('proposed', 'paid')
"""  # noqa: S608  why: made of constants
_SINCE: Final = """
select coalesce(sum(bousol_cents), 0)::bigint from merchants.invoice_payment
 where payer = $1 and made_at >= $2 and status in ('proposed', 'paid')
"""
_INSERT: Final = """
insert into merchants.invoice_payment
  (id, payer, payee, payer_account, payee_account, invoice, likeness, total_cents, bousol_cents,
   euro_cents, key, status, made_by, made_at, decided_at, entry)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""
_DECIDE: Final = """
update merchants.invoice_payment set status = $2, decided_by = $3, decided_at = $4, entry = $5
 where id = $1 and status = 'proposed'
"""
_MEMBER: Final = """
select id, class, party, account, payable, name, commune, siret, convention, iban, status
  from merchants.merchant
"""
_BY_PARTY: Final = _MEMBER + " where party = $1"
_MEMBER_BY_ID: Final = _MEMBER + " where id = $1 and party is not null"
_FOUND: Final = """
 where status = 'approved' and party <> $1
   and (siret = $2 or id = $3 or position($4 in skeleton) > 0
        or id = (select t.merchant from merchants.poster p join merchants.till t on t.id = p.till
                  where p.code = $5 and p.revoked_at is null))
 order by siret is distinct from $2, id is distinct from $3, position($4 in skeleton), name, id
 limit $6
"""
_FIND: Final = _MEMBER + _FOUND


class Member(NamedTuple):
    """A merchant, an association or a public body of the network."""

    id: UUID
    member_class: str
    party: int
    account: int
    payable: int | None
    name: str
    commune: str
    siret: str | None
    convention: UUID | None
    iban: str | None
    status: str

    @property
    def public(self) -> bool:
        """Whether it is paid in euros, by way of an account that holds nothing."""
        return self.member_class == "public"


@dataclass(frozen=True, slots=True)
class InvoicePayment:
    """A payment of an invoice: proposed until somebody has decided, then as decided.

    Attributes:
        returned_cents: Bou'Sols that its payee gave back since.
    """

    id: UUID
    payer: int
    payee: int
    payer_account: int
    payee_account: int
    invoice: str
    total_cents: int
    bousol_cents: int
    euro_cents: int
    key: UUID
    status: str
    made_by: UUID
    made_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    entry: UUID | None
    payer_name: str
    payee_name: str
    returned_cents: int = 0

    @property
    def parts(self) -> Parts:
        """What its maker asked for."""
        return Parts(self.invoice, self.total_cents, self.bousol_cents, self.euro_cents)


async def lock(connection: Connection, payer: int) -> None:
    """Wait until nobody else pays or decides an invoice of this payer."""
    await connection.execute(_LOCK, payer)


async def by_key(connection: Connection, payer: int, key: UUID) -> InvoicePayment | None:
    """What a payer made under a key."""
    return _payment(await connection.fetchrow(_BY_KEY, payer, key))


async def by_id(connection: Connection, number: UUID) -> InvoicePayment | None:
    """The payment with this id."""
    return _payment(await connection.fetchrow(_BY_ID, number))


async def page(
    connection: Connection, party: int, made: Span, *, received: bool, before: UUID, limit: int
) -> list[InvoicePayment]:
    """Payments of a party in a span, newest first: those it made, or those that reached it."""
    rows = await connection.fetch(_RECEIVED if received else _PAID, party, before, limit, *made)
    return [InvoicePayment(*row) for row in rows]


async def earlier(
    connection: Connection, *, payer: int, payee: int, invoice: str, but: UUID
) -> Earlier:
    """What stands of an invoice beside the payment `but`; proposals name the total only."""
    row = await connection.fetchrow(_EARLIER, payee, payer, likeness(invoice), but)
    assert row is not None
    return Earlier(*row)


async def since_cents(connection: Connection, payer: int, begun: datetime) -> int:
    """What a payer has paid or proposed since an instant, on all invoices together."""
    cents: int = await connection.fetchval(_SINCE, payer, begun)
    return cents


async def add(connection: Connection, new: InvoicePayment) -> None:
    """Write a payment down: proposed, or paid at once."""
    of, parts = new, new.parts
    accounts = (of.payer, of.payee, of.payer_account, of.payee_account)
    sums = (parts.total_cents, parts.bousol_cents, parts.euro_cents)
    made = (of.key, of.status, of.made_by, of.made_at, of.decided_at, of.entry)
    await connection.execute(
        _INSERT, of.id, *accounts, of.invoice, likeness(of.invoice), *sums, *made
    )


async def decide(connection: Connection, decided: InvoicePayment) -> None:
    """Write down what became of a proposal; the caller holds the lock and saw it undecided."""
    facts = (decided.status, decided.decided_by, decided.decided_at, decided.entry)
    done = await connection.execute(_DECIDE, decided.id, *facts)
    assert done == "UPDATE 1", done


async def member_of(connection: Connection, party: int) -> Member | None:
    """The member a party is; None when it is none."""
    return _member(await connection.fetchrow(_BY_PARTY, party))


async def member(connection: Connection, number: UUID) -> Member | None:
    """The member with this public id, once it was admitted."""
    return _member(await connection.fetchrow(_MEMBER_BY_ID, number))


async def find(connection: Connection, party: int, text: str) -> Sequence[Member]:
    """Whom a party may pay, by SIRET, public id, a till's code, or part of the name, in this order.

    Small and capital letters, accents and look-alikes make no difference in a name.
    """
    like = skeleton(text) or None
    code = "".join(filter(str.isalnum, text)).upper()
    rows = await connection.fetch(_FIND, party, siret_of(text), _uuid(text), like, code, FOUND_MAX)
    return [Member(*row) for row in rows]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _payment(row: Any) -> InvoicePayment | None:
    return None if row is None else InvoicePayment(*row)


def _member(row: Any) -> Member | None:
    return None if row is None else Member(*row)
