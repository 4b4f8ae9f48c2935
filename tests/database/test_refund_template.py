"""A refund keeps its template like every other kind; a reversal alone mirrors its original."""

from ledger.chart import AccountClass as A
from ledger.kinds import Kind
from tests.database.world import Books, entry


async def test_a_refund_cannot_put_money_back_into_a_hold_that_was_captured(fresh_database):
    """The payer was credited too, when the hold came back to be paid: it is no payee of a shop."""
    connection = await fresh_database.connect()
    books = Books(connection)
    wallet = await books.wallet(20_00)
    merchant = await books.open(A.MERCHANT, party=2)
    hold = await books.open(A.HOLD, party=1, label="H1")
    await books.stands(entry(Kind.HOLD, (wallet, hold, 10_00)))
    captured = await books.stands(
        entry(Kind.HOLD_CAPTURE, (hold, wallet, 10_00), (wallet, merchant, 10_00))
    )
    backwards = entry(Kind.REFUND, (wallet, hold, 5_00), origin=captured)
    assert await books.code(backwards) == "not_in_template"
    assert await books.code(entry(Kind.REFUND, (merchant, wallet, 5_00), origin=captured)) is None
    await connection.close()
