"""A small issuer with members, and entries written by hand: what the attacks start from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from ledger.batch import POST, answers, arguments
from ledger.chart import AccountClass as A
from ledger.chart import Commodity, commodity_of
from ledger.conversion import SYMMETRIC
from ledger.flows import accounts as own
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import KINDS, Kind

if TYPE_CHECKING:
    import asyncpg

    from ledger.batch import Answer

RULE = 7
REQUEST = bytes(range(16))
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
COLUMNS = (  # noqa: SIM905  # why: three lines beat 24
    "accounts kinds e_id e_party e_key e_request e_kind e_once e_document e_origin e_remainder "
    "e_lines e_policy e_effective e_not_after e_replan e_card e_pin e_guarded e_version e_last "
    "t_debit t_credit t_amount"
).split()


def entry(kind: Kind, *transfers: tuple[int, int, int], **fields: Any) -> JournalEntry:
    """An entry of party 1 with fresh ids; a documented kind has its document."""
    known: dict[str, Any] = {"id": uuid4(), "party": 1, "key": uuid4(), "request": REQUEST}
    if KINDS[kind].documented:
        known["document"] = uuid4()
    moved = tuple(Transfer(*t) for t in transfers)
    return JournalEntry(**(known | {"kind": kind, "transfers": moved} | fields))


def again(first: JournalEntry, **fields: Any) -> JournalEntry:
    """The same request once more, as a client sends it after a lost answer: the id is new."""
    return replace(first, **({"id": uuid4()} | fields))


def issuing(holder: int, euros_cents: int, **fields: Any) -> JournalEntry:
    """Euros that reached the bank become Bou'Sols of `holder`."""
    bought = SYMMETRIC.issue(euros_cents)
    moved = ((own.GUAR, own.CIRC, euros_cents), (own.ISSUED, holder, bought.bousol_cents))
    return entry(Kind.ISSUE_TRANSFER, *moved, **({"remainder": bought.remainder} | fields))


def tell(line: str) -> None:
    """A result for who reads the run (`pytest -rP`)."""
    print(line)  # noqa: T201  # why: what was measured is told, not only judged


def in_a_year() -> datetime:
    return datetime.now(UTC) + timedelta(days=365)  # noqa: TID251  # why: the server's clock runs too


@dataclass
class Books:
    """One ledger as a connection of some role sees it."""

    connection: asyncpg.Connection[asyncpg.Record]
    url: str = ""

    async def open(self, account_class: A, **fields: Any) -> int:
        """A new account of a class; `fields` as `ledger.open_account` names them."""
        number: int = await self.connection.fetchval("select nextval('ledger.account_id')")
        commodity = fields.pop("commodity", commodity_of(account_class))
        given = {"id": number, "class": int(account_class), "commodity": int(commodity)} | fields
        named = ", ".join(f'"{name}" => ${n}' for n, name in enumerate(given, 1))
        await self.connection.execute(f"select ledger.open_account({named})", *given.values())
        return number

    async def wallet(self, cents: int = 0, **fields: Any) -> int:
        """A wallet of party 1 that holds at least `cents`."""
        number = await self.open(A.WALLET, **({"party": 1} | fields))
        if cents:
            await self.stands(issuing(number, SYMMETRIC.price(cents)))
        return number

    async def lot(self, cents: int, **fields: Any) -> int:
        """A lot of party 1 under RULE that holds `cents`, a multiple of 21."""
        known = {"party": 1, "rule": RULE, "expires": in_a_year()}
        number = await self.open(A.LOT, **(known | fields))
        euros_cents = cents * 20 // 21
        paid_in = (own.GUAR, own.CIRC, euros_cents)
        await self.stands(entry(Kind.CSE_DISBURSE, paid_in, (own.ISSUED, number, cents)))
        return number

    async def merchant(self, *, accepted: bool = True) -> int:
        number = await self.open(A.MERCHANT, party=2)
        if accepted:
            await self.accept(number)
        return number

    async def accept(self, acceptor: int, *, accepted: bool = True) -> None:
        call = "select ledger.put_acceptance($1, $2, $3)"
        await self.connection.execute(call, RULE, [acceptor], accepted)

    async def post(self, *entries: JournalEntry) -> list[Answer]:
        """One call of ledger.post."""
        return await self.post_columns(arguments(entries))

    async def post_columns(self, columns: tuple[Any, ...]) -> list[Answer]:
        row = await self.connection.fetchrow(POST, *columns)
        assert row is not None
        return answers(row, columns)

    async def code(self, wanted: JournalEntry) -> str | None:
        """The code with which an entry that comes alone is refused; None when it stands."""
        (answer,) = await self.post(wanted)
        return getattr(answer, "code", None)

    async def stands(self, wanted: JournalEntry) -> int:
        """Post an entry that must stand; its number."""
        (answer,) = await self.post(wanted)
        assert not hasattr(answer, "code"), answer
        return answer.seq

    async def balance(self, account: int) -> int:
        found: int = await self.connection.fetchval(
            "select balance from ledger.account where id = $1", account
        )
        return found

    async def written(self) -> tuple[object, ...]:
        """Everything that may not change when an attack fails, in one comparable value."""
        row = await self.connection.fetchrow("""
            select (select count(*) from ledger.journal),
                   (select count(*) from ledger.journal_more),
                   (select count(*) from ledger.refusal), (select count(*) from ledger.chain_link),
                   (select sum(balance * id) from ledger.account),
                   (select sum(version * id) from ledger.account),
                   (select md5(string_agg(c::text, '|' order by id)) from ledger.card c),
                   (select md5(s::text) from ledger.scheme s), (select count(*) from ledger.policy),
                   (select md5(string_agg(k::text, '|' order by id)) from ledger.kind k),
                   (select md5(string_agg(c::text, '|' order by id)) from ledger.class c),
                   (select count(*) from ledger.closed_once)""")
        assert row is not None
        return tuple(row)

    async def faults_of_the_law(self) -> list[str]:
        """As `faults`, for the application: it may not reckon hashes."""
        named = {name: query for name, query in ORACLE.items() if name != "a hash is another"}
        return [name for name, query in named.items() if await self.connection.fetchval(query)]

    async def faults(self) -> list[str]:
        """What is wrong with the ledger as a whole: nothing (an oracle of the tests' own)."""
        return [name for name, query in ORACLE.items() if await self.connection.fetchval(query)]


_LEGS = """legs as (
  select seq, position, debit as account, debit_version as version, debit_balance as balance,
         amount as moved from ledger.transfer
  union all
  select seq, position, credit, credit_version, credit_balance, -amount from ledger.transfer)"""

ORACLE = {
    "an account is below its floor": "select count(*) from ledger.account where balance < floor",
    "a commodity does not add up": """select count(*) from (
        select from ledger.account group by commodity having sum(side * balance) <> 0) wrong""",
    "a balance is not the sum of its transfers": f"""with {_LEGS}
        select count(*) from ledger.account a left join (
          select account, count(*) as n, sum(moved) as moved from legs group by 1) l
          on l.account = a.id
         where a.balance <> coalesce(l.moved, 0) * a.side or a.version <> coalesce(l.n, 0)""",
    "versions or balances do not follow on": f"""with {_LEGS}, step as (
          select l.version, l.balance, l.moved * a.side as moved, row_number() over w as nth,
                 lag(l.balance, 1, 0::bigint) over w as before
            from legs l join ledger.account a on a.id = l.account
          window w as (partition by l.account order by l.seq, l.position, l.version))
        select count(*) from step where version <> nth or balance <> before + moved""",
    "numbers have a gap": """select case when count(*) <> coalesce(max(seq), 0) then 1 else 0 end
        from ledger.journal""",
    "a link does not follow on": """select count(*) from (
        select first_seq, posted_at, lag(last_seq) over w as last_before,
               lag(posted_at) over w as posted_before
          from ledger.chain_link window w as (order by last_seq)) l
         where first_seq <> last_before + 1 or posted_at < posted_before""",
    "a hash is another": """select count(*) from (
        select *, lag(hash) over (order by last_seq) as before from ledger.chain_link) l
         where last_seq > 0 and hash <> ledger.link_hash(
           before, first_seq, last_seq, posted_at, debt, issued, remainder, reserve)""",
    "the law does not hold": """select count(*) from ledger.chain_link
        where 21 * debt - 20 * issued <> remainder or remainder < 0 or reserve < debt""",
    "cover is not what the accounts hold": """select count(*) from (
        select debt, issued, reserve from ledger.chain_link order by last_seq desc limit 1) l
         where row(debt, issued, reserve)::text <> (
           select row(sum(balance * c.debt), sum(balance * c.issued),
                      sum(balance * c.reserve))::text
             from ledger.account a join ledger.class c on c.id = a.class)""",
    "a key is answered twice": """select count(*) from ledger.journal j
        join ledger.refusal r on r.key = j.key and r.party = j.party""",
    "an entry lacks a transfer": """select count(*) from ledger.journal j
        where j.transfers - 1 <>
              (select count(*) from ledger.journal_more m where m.seq = j.seq)""",
}
"""Each answers how much is wrong; link_hash needs the owner's rights."""


@dataclass(frozen=True)
class Members:
    """Accounts with money in them, committed once and attacked in transactions rolled back."""

    wallet: int
    lot: int
    merchant: int
    grocer: int
    cash: int
    public: int
    payable: int
    expired_lot: int
    card: int


async def members(books: Books) -> Members:
    """Members of each sort; the application opens them as it would in the service."""
    own_funds = entry(Kind.OPERATING, (own.OPER, own.DON, 100_000))
    await books.stands(own_funds)
    merchant = await books.merchant()
    made = Members(
        wallet=await books.wallet(210_00),
        lot=await books.lot(105_00),
        merchant=merchant,
        grocer=await books.merchant(),
        cash=await books.open(A.CASH, label="C1"),
        public=await books.open(A.PUBLIC, party=3),
        payable=await books.open(A.PAYABLE, party=3),
        expired_lot=await books.lot(21_00, expires=LONG_AGO),
        card=77,
    )
    await books.accept(made.public)
    await books.connection.execute("select ledger.put_card($1, 1, 0::smallint)", made.card)
    printed = [(own.NOTES_VAULT[n], own.NOTES_PRINTED[n], 100) for n in own.NOTES_VAULT]
    await books.stands(entry(Kind.NOTE_MOVE, *printed))
    return made


def some_uuid(number: int) -> UUID:
    """A UUID that says its number, for deterministic keys."""
    return UUID(int=number)


NOTE05, NOTE10 = Commodity.NOTE05, Commodity.NOTE10
