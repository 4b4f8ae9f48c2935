"""Raw SQL by the application and by the CCAS, and what the listed functions refuse.

The posting function is attacked in test_minting; here it is what lies around it.
"""

import asyncpg
import pytest

from ledger.chart import AccountClass as A
from ledger.chart import Commodity
from ledger.flows import accounts as own
from ledger.kinds import Kind
from tests.database.raw import CHECKED, DENIED, REFUSED, TABLES, WAYS, attack, writes
from tests.database.world import LONG_AGO, RULE, Books, entry, in_a_year, issuing, members

GRANTED = {
    *("post", "post_whole", "close_key", "close_once", "barrier", "claimable", "clock"),
    *("open_account", "set_status", "set_ceiling", "extend_lot", "put_acceptance", "put_card"),
    *("fix_scheme", "put_policy", "set_switch", "close_period"),
}


@pytest.fixture(scope="module")
async def ground(fresh_database):
    """A database with members and some history; the connection takes any role."""
    connection = await asyncpg.connect(fresh_database.superuser_url)
    await connection.execute("set role bousol_app")
    books = Books(connection)
    m = await members(books)
    await books.stands(entry(Kind.PAYMENT, (m.lot, m.merchant, 4_00), (m.wallet, m.merchant, 1)))
    await books.code(entry(Kind.PAYMENT))
    yield connection, m
    await connection.close()


@pytest.fixture
async def books(ground):
    """The ledger in a transaction that is rolled back."""
    connection, _ = ground
    transaction = connection.transaction()
    await transaction.start()
    yield Books(connection)
    await transaction.rollback()


async def test_no_table_is_left_out_of_the_attacks(books):
    found = await books.connection.fetch("""select relname from pg_class
        where relnamespace = 'ledger'::regnamespace and relkind in ('r', 'p') order by 1""")
    assert [row["relname"] for row in found] == TABLES


# The application ----------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("way", WAYS)
async def test_the_application_writes_no_table(books, table, way):
    await attack(books, "bousol_app", DENIED, writes(table)[way])


@pytest.mark.parametrize(
    "statement",
    [
        "select * from ledger.account for update",
        "lock table ledger.journal in exclusive mode",
        "copy ledger.card from program 'true'",
        "select setval('ledger.account_id', 1)",
        "alter table ledger.account disable trigger all",
        "alter function ledger.barrier() security invoker",
        "create trigger t after insert on ledger.journal execute function ledger.refuse_change()",
        "create function ledger.mine() returns int language sql return 1",
        "create table ledger.mine ()",
        "create table public.mine ()",
        "create temp table mine ()",
        "create schema mine",
        "drop view ledger.entry",
        "set session_replication_role = replica",
        "reassign owned by bousol_owner to bousol_app",
        "insert into ledger.entry (seq) values (1)",
        "insert into ledger.transfer (seq) values (1)",
    ],
)
async def test_the_application_gets_around_nothing(books, statement):
    error = (DENIED, asyncpg.InvalidAuthorizationSpecificationError, asyncpg.PostgresError)
    if statement.startswith(("insert into ledger.transfer", "insert into ledger.entry")):
        await attack(books, "bousol_app", error, statement)  # A union is no view to write to.
    else:
        await attack(books, "bousol_app", DENIED, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "set role bousol_owner",
        "set session authorization bousol_owner",
        "set session authorization postgres",
        "grant bousol_owner to bousol_app",
        "alter role bousol_app superuser",
        "alter table ledger.journal disable trigger append_only",
    ],
)
async def test_the_application_never_becomes_the_owner(fresh_database, statement):
    connection = await asyncpg.connect(fresh_database.app_url)
    with pytest.raises(DENIED):
        await connection.execute(statement)
    await connection.close()


async def test_the_application_may_call_what_the_specification_lists_and_nothing_else(books):
    found = await books.connection.fetch("""
        select proname, has_function_privilege('bousol_app', oid, 'execute') as app,
               has_function_privilege('bousol_ccas', oid, 'execute') as ccas
          from pg_proc where pronamespace = 'ledger'::regnamespace""")
    assert {row["proname"] for row in found if row["app"]} == GRANTED
    assert not any(row["ccas"] for row in found)


async def test_every_function_with_the_owners_rights_looks_in_the_ledger_first(books):
    found = await books.connection.fetch("""
        select proname, proconfig from pg_proc
         where pronamespace = 'ledger'::regnamespace and prosecdef""")
    assert {row["proname"] for row in found} >= GRANTED - {"claimable", "clock"}
    assert all("search_path=ledger, pg_temp" in (row["proconfig"] or ()) for row in found)


async def test_names_in_the_callers_own_schema_shadow_nothing(books, ground):
    """A caller's own tables, functions and types of the same names change no decision.

    The application may make none; here it is given the right, as on a server set up by others.
    """
    _, m = ground
    database = await books.connection.fetchval("select current_database()")
    await books.connection.execute("set local role postgres")
    await books.connection.execute(f"grant temporary on database {database} to bousol_app")
    await books.connection.execute("set local role bousol_app")
    for table in ("account", "journal", "scheme", "kind", "policy", "card", "chain_link", "class"):
        await books.connection.execute(
            f"create temp table {table} as select * from ledger.{table} with no data"
        )
    await books.connection.execute("""
        create function pg_temp.accepted(bigint, bigint) returns boolean language sql return true;
        create function pg_temp.read_committed() returns void language sql return null;
        create function pg_temp.check_law(text, int, int, bigint, bigint, bigint, bigint, text,
          bigint, int, int, bigint, bigint, text, date) returns text language sql return null;
        create function pg_temp.clock_timestamp() returns timestamptz language sql
          return '-infinity'::timestamptz;
        set local search_path = pg_temp, ledger, pg_catalog""")
    await books.accept(m.merchant, accepted=False)
    assert await books.code(entry(Kind.PAYMENT, (m.lot, m.merchant, 1))) == "lot_not_accepted"
    minted = entry(Kind.ISSUE_TRANSFER, (own.ISSUED, m.wallet, 1))
    assert await books.code(minted) == "law_broken"
    assert await books.code(entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))) is None
    assert await books.connection.fetchval("select count(*) from pg_temp.journal") == 0


# What the listed functions refuse -------------------------------------------------------------


@pytest.mark.parametrize(
    ("account_class", "fields"),
    [
        (A.WALLET, {"commodity": Commodity.EUR}),
        (A.CASH, {"commodity": Commodity.BSL}),
        (A.NOTE_STOCK, {"commodity": Commodity.BSL}),
        (A.WALLET, {"commodity": Commodity.NOTE05}),
        (A.WALLET, {"id": 999}),
        (A.WALLET, {"id": -1}),
        (A.LOT, {}),
        (A.LOT, {"rule": RULE}),
        (A.LOT, {"expires": LONG_AGO}),
        (A.HOLD, {"rule": RULE, "expires": LONG_AGO}),
        (A.ISSUED, {}),
        (A.GUAR, {}),
        (A.OPER, {}),
        (A.NOTE_OUT, {"commodity": Commodity.NOTE05}),
        (A.NOTE_PRINTED, {"commodity": Commodity.NOTE20}),
    ],
)
async def test_an_account_is_opened_as_what_it_is_or_not_at_all(books, account_class, fields):
    with pytest.raises(CHECKED):
        await books.open(account_class, **fields)


async def test_no_account_is_opened_of_a_class_or_commodity_that_is_none(books):
    for facts in ("9999, 99::smallint, 2::smallint", "9999, 1::smallint, 99::smallint"):
        await attack(
            books, "bousol_app", asyncpg.IntegrityConstraintViolationError,
            f"select ledger.open_account({facts})",
        )  # fmt: skip


async def test_an_account_is_never_opened_as_another_one(books, ground):
    _, m = ground
    with pytest.raises(asyncpg.UniqueViolationError):
        await books.open(A.MERCHANT, id=m.wallet, party=1)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("set_status({wallet}, 3::smallint)", CHECKED),
        ("set_status({wallet}, 4::smallint)", CHECKED),
        ("set_status({wallet}, null)", asyncpg.NotNullViolationError),
        ("fix_scheme(21, 20, 'symmetric')", REFUSED),
        ("fix_scheme(1000, 1, 'symmetric')", (REFUSED, CHECKED)),
        ("fix_scheme(21, 20, 'sponsored')", (REFUSED, CHECKED)),
        ("put_policy(now() + '1 h', 'linear', 'linear', 0, '{{}}', 5, 5)", CHECKED),
        ("put_policy(now() - '1 s'::interval, 'linear', 'linear', 0, '{{}}', 5, 6)", CHECKED),
        ("put_policy(now() + '1 h', 'free', 'linear', 0, '{{}}', 5, 6)", CHECKED),
        ("put_policy(now() + '1 h', 'linear', 'linear', 1000001, '{{}}', 5, 6)", CHECKED),
        (
            "put_policy(now() + '1 h', 'linear', 'linear', 0, '{{}}', 5, null)",
            asyncpg.NotNullViolationError,
        ),
        ("put_card({card}, 1, 2::smallint)", CHECKED),
    ],
)
async def test_a_listed_function_refuses_what_must_not_be(books, ground, call, error):
    _, m = ground
    call = call.format(wallet=m.wallet, card=m.card)
    await attack(books, "bousol_app", error, f"select ledger.{call}")


async def test_what_is_closed_blocked_or_over_stays_so(books, ground):
    _, m = ground
    ask = books.connection.fetchval
    empty = await books.wallet()
    assert await ask("select ledger.set_status($1, 3::smallint)", empty)
    assert not await ask("select ledger.set_status($1, 0::smallint)", empty)
    await ask("select ledger.put_card($1, 1, 1::smallint)", m.card)
    await ask("select ledger.put_card($1, 1, 0::smallint)", m.card)
    assert await ask("select status from ledger.card where id = $1", m.card) == 1
    assert not await ask("select ledger.put_card($1, 2, 0::smallint)", m.card)
    assert not await ask("select ledger.extend_lot($1, $2)", m.lot, LONG_AGO)
    assert not await ask("select ledger.extend_lot($1, $2)", m.wallet, in_a_year())
    await ask("select ledger.close_period('2021-01-01')")
    await ask("select ledger.close_period('2020-01-01')")
    closed = await ask("select closed_before::text from ledger.scheme")
    assert closed == "2021-01-01"


async def test_before_the_first_issue_a_scheme_that_mints_is_refused(books):
    """In a ledger without entries, so that nothing but the rates themselves is in the way."""
    rates = ((0, 0), (20, 20), (20, 21), (-21, -20), (21, 0), (21, 3), (None, 20))
    await books.connection.execute("set local role postgres")
    await books.connection.execute("set local session_replication_role = replica")
    await books.connection.execute("delete from ledger.chain_link where last_seq > 0")
    await books.connection.execute("set local session_replication_role = origin")
    await books.connection.execute("set local role bousol_app")
    await books.connection.execute("select ledger.fix_scheme(11, 10, 'symmetric')")
    for issued, paid in rates:
        call = "select ledger.fix_scheme($1, $2, 'symmetric')"
        error = asyncpg.IntegrityConstraintViolationError
        await attack(books, "bousol_app", error, call, issued, paid)


# The CCAS -------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", [*TABLES, "entry", "transfer"])
async def test_the_ccas_reads_nothing_of_the_ledger(books, table):
    await attack(books, "bousol_ccas", DENIED, f"select * from ledger.{table}")


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("way", WAYS)
async def test_the_ccas_writes_nothing_of_the_ledger(books, table, way):
    await attack(books, "bousol_ccas", DENIED, writes(table)[way])


@pytest.mark.parametrize(
    "call", ["barrier()", "close_key(1, gen_random_uuid())", "claimable(null)"]
)
async def test_the_ccas_calls_nothing_of_the_ledger(books, call):
    await attack(books, "bousol_ccas", DENIED, f"select ledger.{call}")


async def test_the_ledger_is_whole_after_all_attacks(ground, books):
    connection, m = ground
    await books.stands(issuing(m.wallet, 20_00))
    await connection.execute("set local role bousol_owner")
    assert await books.faults() == []
