"""Refunds and reversals: never more, never twice, never to or by another."""

import asyncpg
import pytest

from ledger.kinds import Kind
from tests.database.world import Books, entry, issuing, members


@pytest.fixture(scope="module")
async def ground(fresh_database):
    connection = await asyncpg.connect(fresh_database.app_url)
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


@pytest.fixture
async def paid(books, ground):
    """40.00 paid by 32.50 of a lot and 7.50 of own money: (number, lot, wallet, merchant)."""
    _, m = ground
    moved = (m.lot, m.merchant, 32_50), (m.wallet, m.merchant, 7_50)
    return await books.stands(entry(Kind.PAYMENT, *moved)), m


async def codes_of(books, *wanted):
    return [await books.code(e) for e in wanted]


async def test_a_refund_never_exceeds_what_each_account_paid_and_has_not_got_back(books, paid):
    origin, m = paid
    back = [
        ((m.wallet, 7_51), "refund_too_large"),
        ((m.lot, 32_51), "refund_too_large"),
        ((m.lot, 30_00), None),
        ((m.lot, 2_51), "refund_too_large"),
        ((m.lot, 2_50), None),
        ((m.lot, 1), "refund_too_large"),
        ((m.wallet, 7_50), None),
        ((m.wallet, 1), "refund_too_large"),
    ]
    refunds = [entry(Kind.REFUND, (m.merchant, *x), origin=origin) for x, _ in back]
    assert await codes_of(books, *refunds) == [code for _, code in back]


async def test_a_refund_goes_from_who_was_paid_to_who_paid(books, paid):
    origin, m = paid
    other_lot = await books.lot(21_00)
    await books.stands(entry(Kind.PAYMENT, (m.wallet, m.grocer, 20_00)))
    wrong = {
        "by another merchant": ((m.grocer, m.wallet, 1), "not_the_payee"),
        "by the payer": ((m.wallet, m.lot, 1), "not_the_payee"),
        "into another lot": ((m.merchant, other_lot, 1), "refund_too_large"),
        "of aid as own money": ((m.merchant, m.wallet, 32_50), "refund_too_large"),
        "to another merchant": ((m.merchant, m.grocer, 1), "refund_too_large"),
        "to nobody": ((m.merchant, 987_654_321, 1), "refund_too_large"),
    }
    refunds = [entry(Kind.REFUND, moved, origin=origin) for moved, _ in wrong.values()]
    assert await codes_of(books, *refunds) == [code for _, code in wrong.values()]
    split = (m.merchant, m.wallet, 7_00), (m.merchant, m.wallet, 51)
    assert await books.code(entry(Kind.REFUND, *split, origin=origin)) == "refund_too_large"


async def test_a_refund_balanced_by_a_negative_amount_is_refused(books, paid):
    origin, m = paid
    tricked = (m.merchant, m.wallet, 100_00), (m.merchant, m.wallet, -95_00)
    assert await books.code(entry(Kind.REFUND, *tricked, origin=origin)) in {
        "malformed_amount",
        "insufficient_funds",
    }


async def test_an_entry_is_reversed_once_whole_and_never_beside_a_refund(books, paid):
    origin, m = paid
    mirror = (m.merchant, m.wallet, 7_50), (m.merchant, m.lot, 32_50)
    more = (*mirror, (m.merchant, m.wallet, 1))

    def undoing(*moved, of=origin, **fields):
        return entry(Kind.REVERSAL, *moved, origin=of, **fields)

    assert (
        await codes_of(
            books,
            undoing(*mirror[::-1]),
            undoing(mirror[0]),
            undoing(*more),
            undoing(*mirror, remainder=1),
            undoing(mirror[0], (m.grocer, m.lot, 32_50)),
        )
        == ["not_the_mirror"] * 5
    )
    done = await books.stands(undoing(*mirror))
    assert await books.code(undoing(*mirror)) == "already_reversed"
    refund = entry(Kind.REFUND, mirror[0], origin=origin)
    assert await books.code(refund) == "already_reversed"
    back = [(c, d, amount) for d, c, amount in reversed(mirror)]
    assert await books.code(undoing(*back, of=done)) == "not_reversible"
    assert await books.code(entry(Kind.REFUND, *back, origin=done)) == "not_refundable"


async def test_a_refunded_payment_is_not_reversed_and_a_refund_neither(books, paid):
    origin, m = paid
    refunded = await books.stands(entry(Kind.REFUND, (m.merchant, m.wallet, 1), origin=origin))
    mirror = (m.merchant, m.wallet, 7_50), (m.merchant, m.lot, 32_50)
    assert await codes_of(
        books,
        entry(Kind.REVERSAL, *mirror, origin=origin),
        entry(Kind.REVERSAL, (m.wallet, m.merchant, 1), origin=refunded),
    ) == ["already_refunded", "not_reversible"]


async def test_a_reversal_of_an_issue_takes_back_its_remainder(books, ground):
    _, m = ground
    issue = issuing(m.wallet, 7_35)
    origin = await books.stands(issue)
    mirror = [(c, d, amount) for d, c, amount in reversed(issue.transfers)]
    for remainder, code in ((0, "not_the_mirror"), (15, "not_the_mirror"), (-15, None)):
        undone = entry(Kind.REVERSAL, *mirror, origin=origin, remainder=remainder)
        assert await books.code(undone) == code
