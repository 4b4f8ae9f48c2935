"""What an owner can do on purpose, though no mistake does it; and what the audit says of it.

A function of any schema that is named post may insert into the journal: the trigger that refuses
other writers knows them by name. What it writes must still continue every account, and the law,
the reserve and the templates are proved by whoever audits.
"""

import asyncpg
import pytest

from ledger.audit import audit
from ledger.flows import accounts as own
from ledger.kinds import Kind
from tests.database.world import Books, entry, issuing, members

PLANT = """
    create schema planted;
    create function planted.post(payer bigint, payee bigint, moved bigint, ahead bigint)
    returns void language plpgsql as $$
    declare
      head ledger.chain_link; d ledger.account; c ledger.account; this bigint;
      at timestamptz := clock_timestamp();
    begin
      select * into head from ledger.chain_link order by last_seq desc limit 1;
      select * into d from ledger.account where id = payer;
      select * into c from ledger.account where id = payee;
      this := head.last_seq + 1;
      insert into ledger.journal
      values (this, 1, payer, payee, moved, d.balance + d.side * moved + ahead,
              c.balance - c.side * moved, d.version + 1, c.version + 1, at,
              gen_random_uuid(), gen_random_uuid(), current_date, 5, 1, 1, '');
      insert into ledger.chain_link
      values (this, this, at, head.debt, head.issued, head.remainder, head.reserve,
              ledger.link_hash(head.hash, this, this, at, head.debt, head.issued,
                               head.remainder, head.reserve));
    end $$"""


@pytest.fixture
async def books(urls):
    """A ledger of one test, as its owner sees it."""
    connection = await asyncpg.connect(urls.owner)
    yield Books(connection, urls.application)
    await connection.close()


@pytest.fixture
async def m(books):
    """Members; the owner has planted a function that bears the name of the posting function."""
    made = await members(books)
    await books.connection.execute(PLANT)
    return made


async def found(books):
    """The names of the audit's proofs that found something."""
    report = await audit(lambda: asyncpg.connect(books.url))
    return {proof.name.name for proof in report.proofs.values() if proof.finding}


async def test_transfers_that_do_not_continue_are_refused_whoever_writes_them(books, m):
    call = "select planted.post($1, $2, $3, $4)"
    for payer, payee, moved, ahead in (
        (m.wallet, m.merchant, 1, 1),
        (m.wallet, m.merchant, 1, -1),
        (m.wallet, 123_456_789, 1, 0),
    ):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await books.connection.execute(call, payer, payee, moved, ahead)
    with pytest.raises(asyncpg.CheckViolationError):
        await books.connection.execute(call, m.wallet, m.merchant, 1_000_00, 0)
    assert await books.faults() == []
    assert await found(books) == set()


async def test_money_can_be_minted_and_then_no_proof_of_cover_holds(books, m):
    await books.connection.execute("select planted.post($1, $2, 1, 0)", own.ISSUED, m.wallet)
    assert await books.faults() == ["cover is not what the accounts hold"]
    assert await found(books) >= {"LAW"}


async def test_a_trigger_can_move_a_balance_and_then_it_has_no_transfer(books, m):
    await books.connection.execute("""
        create table public.lever (account bigint);
        create function public.pull() returns trigger language plpgsql as $$ begin
          update ledger.account set balance = balance + 1 where id = new.account; return new;
        end $$;
        create trigger pull before insert on lever for each row execute function public.pull()""")
    await books.connection.execute("insert into public.lever values ($1)", m.wallet)
    assert "a balance is not the sum of its transfers" in await books.faults()
    assert await found(books) == {"ACCOUNTS"}


async def test_a_template_can_be_widened_and_then_the_chart_is_not_the_codes(books, m):
    await books.connection.execute(
        "update ledger.kind set pairs = set_bit(pairs, 3 * 40 + 1, 1) where id = $1", int(Kind.P2P)
    )
    laundered = entry(Kind.P2P, (m.lot, m.wallet, 1))
    assert await books.code(laundered) is None
    assert await found(books) == {"CHART", "TEMPLATES"}


async def test_a_switched_off_trigger_lets_history_be_changed_and_then_no_hash_fits(books, m):
    await books.stands(issuing(m.wallet, 20_00))
    await books.connection.execute("alter table ledger.journal disable trigger append_only")
    await books.connection.execute("update ledger.journal set document = null where seq = 2")
    await books.connection.execute("alter table ledger.journal enable trigger append_only")
    assert await books.faults() == ["a hash is another"]
    assert await found(books) == {"CHAIN", "DOCUMENTS"}
