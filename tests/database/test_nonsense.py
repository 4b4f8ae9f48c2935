"""Input that makes no sense is refused, or fails as a whole and writes nothing; replays hold."""

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from ledger.batch import Refused, arguments
from ledger.chart import AccountClass as A
from ledger.journal import Posted
from ledger.kinds import Kind
from ledger.poster import Poster
from ledger.refusals import POSTING_REFUSALS, AlreadyDone, KeyClosed, KeyConflict
from tests.database.faults import NOBODY
from tests.database.world import COLUMNS, Books, again, entry, issuing, members


@pytest.fixture(scope="module")
async def ground(fresh_database):
    """A database with members, and a connection that may be owner and application in turn."""
    connection = await asyncpg.connect(fresh_database.superuser_url)
    await connection.execute("set role bousol_app")
    yield connection, await members(Books(connection))
    await connection.close()


@pytest.fixture
async def books(ground):
    """The ledger in a transaction that is rolled back."""
    connection, _ = ground
    transaction = connection.transaction()
    await transaction.start()
    yield Books(connection)
    await transaction.rollback()


async def close(books, wanted):
    return await books.connection.fetchrow(
        "select code, number, posted, payer_balance from ledger.close_key($1, $2)",
        *(wanted.party, wanted.key),
    )


INT64_MAX = 2**63 - 1
NONSENSE_REFUSED = {
    "amount 0": ({"t_amount": [0]}, "malformed_amount"),
    "amount below 0": ({"t_amount": [-1]}, "malformed_amount"),
    "amount 2^63-1": ({"t_amount": [INT64_MAX]}, "malformed_amount"),
    "amount -2^63": ({"t_amount": [-(2**63)]}, "malformed_amount"),
    "amount 10^12 + 1": ({"t_amount": [10**12 + 1]}, "malformed_amount"),
    "amount 10^12": ({"t_amount": [10**12]}, "insufficient_funds"),
    "no amount": ({"t_amount": [None]}, "malformed_amount"),
    "both sides one": ({"t_debit": [1], "t_credit": [1]}, "malformed_amount"),
    "position 0": ({"t_debit": [0]}, "unknown_account"),
    "position below 0": ({"t_credit": [-1]}, "unknown_account"),
    "position beyond": ({"t_credit": [3]}, "unknown_account"),
    "position far beyond": ({"t_debit": [2**31 - 1]}, "unknown_account"),
    "no position": ({"t_debit": [None]}, "malformed_amount"),
    "fewer debits": ({"t_debit": []}, "malformed_amount"),
    "fewer credits": ({"t_credit": []}, "malformed_amount"),
    "an account that is null": ({"accounts": [None, None]}, "unknown_account"),
    "no accounts": ({"accounts": []}, "unknown_account"),
    "no transfers": ({"t_amount": []}, "malformed_entry"),
    "a kind that is none": ({"kinds": [0]}, "malformed_entry"),
    "a kind that is null": ({"kinds": [None]}, "malformed_entry"),
    "a kind's position beyond": ({"e_kind": [9]}, "malformed_entry"),
    "a last transfer beyond": ({"e_last": [2**31 - 1]}, "malformed_entry"),
    "a last transfer before the first": ({"e_last": [0]}, "malformed_entry"),
    "a last transfer below 0": ({"e_last": [-(2**31)]}, "malformed_entry"),
    "an origin where none belongs": ({"e_origin": [1]}, "malformed_entry"),
    "a remainder where none belongs": ({"e_remainder": [1]}, "remainder_out_of_bounds"),
    "a remainder of 2^63-1": ({"e_remainder": [INT64_MAX]}, "remainder_out_of_bounds"),
    "a remainder of -2^63": ({"e_remainder": [-(2**63)]}, "remainder_out_of_bounds"),
    "lines without a remainder": ({"e_remainder": [1], "e_lines": [2]}, "malformed_entry"),
    "no lines": ({"e_remainder": [1], "e_lines": [0]}, "malformed_entry"),
    "policy 0": ({"e_policy": [0]}, "unknown_policy"),
    "policy below 0": ({"e_policy": [-1]}, "unknown_policy"),
    "a card of another party": ({"e_card": [77], "e_party": [2]}, "card_blocked"),
    "a card that is none": ({"e_card": [-1]}, "card_blocked"),
}
NONSENSE_FAILED = {
    "no id": {"e_id": [None]},
    "no key": {"e_key": [None]},
    "no party": {"e_party": [None]},
    "no request": {"e_request": [None]},
    "fewer parties": {"e_party": []},
    "fewer keys": {"e_key": []},
    "an end that is null": {"e_last": [None]},
}


@pytest.fixture
async def simple(books, ground):
    """A payment as columns, and the members."""
    _, m = ground
    good = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1_00))
    return good, dict(zip(COLUMNS, arguments([good]), strict=True))


@pytest.mark.parametrize("name", NONSENSE_REFUSED)
async def test_nonsense_is_refused(books, simple, name):
    change, code = NONSENSE_REFUSED[name]
    before = await books.written()
    _, columns = simple
    assert await books.post_columns(tuple((columns | change).values())) == [Refused(code)]
    after = await books.written()
    assert after[2] == before[2] + 1
    assert after[:2] + after[3:] == before[:2] + before[3:]


@pytest.mark.parametrize("name", NONSENSE_FAILED)
async def test_nonsense_fails_as_a_whole_and_writes_nothing(books, simple, name):
    good, columns = simple
    await fails_as_a_whole(books, tuple((columns | NONSENSE_FAILED[name]).values()))
    assert await books.code(good) is None


async def test_an_account_under_two_positions_spends_nothing_twice(books, ground):
    _, m = ground
    payer = await books.wallet(21_00)
    both = [entry(Kind.PAYMENT, (payer, m.merchant, 21_00)) for _ in range(2)]
    columns = dict(zip(COLUMNS, arguments(both), strict=True))
    columns |= {"accounts": [payer, payer, m.merchant], "t_debit": [1, 2], "t_credit": [3, 3]}
    await fails_as_a_whole(books, tuple(columns.values()))
    assert await books.balance(payer) == 21_00


async def fails_as_a_whole(books, columns, error=asyncpg.PostgresError):
    before = await books.written()
    with pytest.raises(error):
        async with books.connection.transaction():
            await books.post_columns(columns)
    assert await books.written() == before


async def test_accounts_counted_from_another_number_move_no_other_account(books, ground):
    """A shifted array must not let one account be looked at and another one be moved."""
    payers = [await books.wallet(21_00), await books.wallet(21_00)]
    payees = [await books.open(A.WALLET), await books.open(A.PAYABLE)]
    sent = entry(Kind.P2P, (payers[0], payees[0], 1))
    columns = dict(zip(COLUMNS, arguments([sent]), strict=True)) | {"t_debit": [1], "t_credit": [3]}
    shifted = ",".join(map(str, payers + payees))
    parameters = ", ".join(f"${n}" for n in range(1, 24))
    call = f"select refused from ledger.post('[0:3]={{{shifted}}}'::bigint[], {parameters})"
    await books.connection.fetchval(call, *list(columns.values())[1:])
    assert await books.balance(payees[1]) == 0
    assert await books.faults_of_the_law() == []


@pytest.mark.parametrize("refused_first", [True, False])
async def test_a_key_twice_in_one_batch_is_never_answered_twice(books, ground, refused_first):
    _, m = ground
    good = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1_00))
    bad = again(good, transfers=entry(Kind.PAYMENT, (m.wallet, NOBODY, 1_00)).transfers)
    pair = [bad, good] if refused_first else [good, bad]
    for batch in (pair, [good, again(good)], [bad, again(bad)]):
        await fails_as_a_whole(books, arguments(batch))
    assert await books.code(good) is None


async def test_a_once_twice_in_one_batch_fails_as_a_whole(books, ground):
    _, m = ground
    once = uuid4()
    both = [entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), once=once) for _ in range(2)]
    await fails_as_a_whole(books, arguments(both), asyncpg.UniqueViolationError)


async def test_transfers_shared_by_two_entries_fail_as_a_whole(books, ground):
    _, m = ground
    three = [entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(3)]
    columns = dict(zip(COLUMNS, arguments(three), strict=True)) | {"e_last": [2, 1, 3]}
    before = await books.written()
    try:
        async with books.connection.transaction():
            await books.post_columns(tuple(columns.values()))
    except asyncpg.PostgresError:
        assert await books.written() == before
    else:
        assert await books.faults_of_the_law() == []


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
async def test_a_transaction_that_may_see_the_past_posts_and_closes_nothing(
    fresh_database, ground, level
):
    _, m = ground
    connection = await asyncpg.connect(fresh_database.app_url)
    books = Books(connection)
    wanted = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))
    before = await books.written()
    for act in (books.code, lambda e: close(books, e)):
        with pytest.raises(asyncpg.InvalidTransactionStateError):  # noqa: PT012  why: the block is the transaction
            async with connection.transaction(isolation=level.replace(" ", "_")):
                await connection.fetchval("select count(*) from ledger.account")
                await act(wanted)
    assert await books.written() == before
    await connection.close()


# Through the poster -----------------------------------------------------------------------------


async def test_a_poisoned_entry_fails_alone_and_its_neighbours_stand(fresh_database, ground):
    _, m = ground
    good = [entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(20)]
    connection = await asyncpg.connect(fresh_database.app_url)
    await Books(connection).stands(issuing(m.wallet, 7_35))
    await connection.close()
    poison = {
        "an id that is taken": again(good[0], id=good[0].id, key=uuid4()),
        "a remainder beyond counting": replace(again(good[0], key=uuid4()), remainder=INT64_MAX),
        "an amount no column holds": entry(Kind.PAYMENT, (m.wallet, m.merchant, 2**63)),
    }
    async with Poster(fresh_database.connect) as poster:
        mixed = [*good[:10], *poison.values(), *good[10:]]
        results = await asyncio.gather(*map(poster.post, mixed), return_exceptions=True)
    assert all(isinstance(result, Posted) for result in results[:10] + results[-10:])
    poisoned = results[10:-10]
    assert all(isinstance(result, asyncpg.PostgresError) for result in poisoned), poisoned


async def test_a_replay_is_byte_equal_after_a_restart_of_the_process(fresh_database, ground):
    _, m = ground
    paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1_23), once=uuid4())
    refused = entry(Kind.PAYMENT, (m.wallet, m.merchant, 10**9))
    async with Poster(fresh_database.connect) as poster:
        first = await poster.post(paid)
        with pytest.raises(POSTING_REFUSALS["insufficient_funds"]):
            await poster.post(refused)
    for wanted, answer in ((paid, list(map(str, first))), (refused, ["insufficient_funds"])):
        assert _asked_by_a_new_process(fresh_database.app_url, wanted) == answer


_ASK = """
import asyncio, json, sys, asyncpg
from uuid import UUID, uuid4
from ledger.journal import JournalEntry, Transfer
from ledger.kinds import Kind
from ledger.poster import Poster
from ledger.refusals import PostingRefusal
url, key, request, once, transfer = json.loads(sys.argv[1])
async def main():
    entry = JournalEntry(id=uuid4(), party=1, key=UUID(key), request=bytes.fromhex(request),
        kind=Kind.PAYMENT, transfers=(Transfer(*transfer),), once=once and UUID(once))
    async with Poster(lambda: asyncpg.connect(url)) as poster:
        try:
            print(json.dumps(list(map(str, await poster.post(entry)))))
        except PostingRefusal as refusal:
            print(json.dumps([refusal.code]))
asyncio.run(main())
"""


def _asked_by_a_new_process(url, wanted):
    told = json.dumps(
        [
            *(url, str(wanted.key), wanted.request.hex()),
            *(wanted.once and str(wanted.once), wanted.transfers[0]),
        ]
    )
    done = subprocess.run(
        [sys.executable, "-c", _ASK, told], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


async def test_the_poster_tells_refusals_of_keys_by_their_class(fresh_database, ground):
    _, m = ground
    paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), once=uuid4())
    late = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))
    connection = await asyncpg.connect(fresh_database.app_url)
    await close(Books(connection), late)
    await connection.close()
    async with Poster(fresh_database.connect) as poster:
        await poster.post(paid)
        for wanted, refusal in (
            (again(paid, request=bytes(16)), KeyConflict),
            (again(paid, key=uuid4()), AlreadyDone),
            (late, KeyClosed),
        ):
            with pytest.raises(refusal) as told:
                await poster.post(wanted)
            assert told.value.key == wanted.key
