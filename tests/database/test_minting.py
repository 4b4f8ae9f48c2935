"""Money out of nothing, or out of the wrong pocket: the entries an attacker would write."""

from uuid import uuid4

import asyncpg
import pytest

from ledger.chart import (
    SINGLE,
    SINGLE_PER_NOTE,
    Commodity,
    commodity_of,
    note_account,
    single_account,
)
from ledger.chart import AccountClass as A
from ledger.flows import accounts as own
from ledger.journal import Posted
from ledger.kinds import KINDS, Kind
from tests.database.faults import OLD_DAY
from tests.database.world import LONG_AGO, Books, entry, in_a_year, issuing, members


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


# Templates ------------------------------------------------------------------------------------


async def one_of_each_class(books):
    """An account of every class: the issuer's own, or a new one."""
    places = {one: single_account(one) for one in SINGLE}
    places |= {one: note_account(one, Commodity.NOTE05) for one in SINGLE_PER_NOTE}
    for account_class in set(A) - set(places):
        commodity = commodity_of(account_class) or Commodity.NOTE05
        more = {"rule": 1, "expires": in_a_year()} if account_class is A.LOT else {}
        places[account_class] = await books.open(account_class, commodity=commodity, **more)
    return places


@pytest.mark.parametrize("kind", [k for k in Kind if not KINDS[k].restores | KINDS[k].reverses])
async def test_a_kind_moves_money_between_the_classes_of_its_template_only(books, kind):
    """Every pair of classes for every kind: 50 x 38 x 38, a batch for each kind."""
    places = await one_of_each_class(books)
    pairs = [(d, c) for d in A for c in A if d is not c]
    amount = 10**12  # Nobody has so much, so that what the template allows is refused later.
    wanted = [entry(kind, (places[d], places[c], amount)) for d, c in pairs]
    codes = [getattr(answer, "code", None) for answer in await books.post(*wanted)]
    outside = {pair for pair, code in zip(pairs, codes, strict=True) if code == "not_in_template"}
    assert outside == set(pairs) - KINDS[kind].pairs


# Minting ----------------------------------------------------------------------------------------


def minting(m):
    """Entries that would bring Bou'Sols into being without their euros."""
    issued = (own.ISSUED, m.wallet, 21_00)
    cash, gift = (m.cash, own.CIRC, 20_00), (own.GIFT, own.CIRC, 20_00)
    return {
        "without euros": (entry(Kind.ISSUE_TRANSFER, issued), "law_broken"),
        "one cent too many": (
            entry(Kind.ISSUE_TRANSFER, (own.GUAR, own.CIRC, 20_00), (own.ISSUED, m.wallet, 21_01)),
            "law_broken",
        ),
        "without a document": (
            entry(Kind.ISSUE_TRANSFER, (own.GUAR, own.CIRC, 20_00), issued, document=None),
            "document_missing",
        ),
        "as a payment": (entry(Kind.PAYMENT, (own.ISSUED, m.merchant, 1)), "not_in_template"),
        "as a person's gift": (entry(Kind.P2P, (own.ISSUED, m.wallet, 1)), "not_in_template"),
        "as a refund": (entry(Kind.REFUND, issued), "origin_missing"),
        "as a reversal": (entry(Kind.REVERSAL, issued), "origin_missing"),
        "a gift nobody covers": (entry(Kind.ISSUER_GIFT, gift, issued), "reserve_short"),
        "a gift covered by half": (
            entry(Kind.ISSUER_GIFT, gift, issued, (own.GUAR, own.OPER, 10_00)),
            "reserve_short",
        ),
        "a gift of own funds there are not": (
            entry(
                Kind.ISSUER_GIFT,
                (own.GIFT, own.CIRC, 2_000_00),
                (own.ISSUED, m.wallet, 2_100_00),
                (own.GUAR, own.OPER, 2_000_00),
            ),
            "insufficient_funds",
        ),
        "twice for one sum of cash": (
            entry(Kind.ISSUE_CASH_WALLET, cash, issued, issued),
            "law_broken",
        ),
    }


def taking(m):
    """Entries that would move R, the reserve or notes without their reason."""
    issued = (own.ISSUED, m.wallet, 21_00)
    return {
        "euros of a programme that has none": (
            entry(Kind.SUSPENSE_MATCH, (own.SUSPENSE, own.CIRC, 20_00), issued),
            "insufficient_funds",
        ),
        "R invented for it": (
            entry(Kind.ISSUE_TRANSFER, (own.GUAR, own.CIRC, 20_00), (own.ISSUED, m.wallet, 20_00),
                  remainder=20_00),
            "remainder_out_of_bounds",
        ),
        "R spent for it": (
            entry(Kind.ISSUE_TRANSFER, (own.GUAR, own.CIRC, 19), (own.ISSUED, m.wallet, 20),
                  remainder=-1),
            "remainder_out_of_bounds",
        ),
        "through the public body": (
            entry(Kind.PUBLIC_SETTLEMENT, (m.wallet, m.public, 1)),
            "not_passed_on",
        ),
        "own funds filled from the reserve": (
            entry(Kind.REDEEM_PAID, (own.OPER, own.GUAR, 1)),
            "reserve_short",
        ),
        "the reserve swept": (
            entry(Kind.SWEEP, (own.CIRC, own.SURPLUS, 1), (own.OPER, own.GUAR, 1), remainder=-21),
            "law_broken",
        ),
        "a note printed into a wallet": (
            entry(Kind.SWAP_IN, (own.PAPER, m.wallet, 5_00)),
            "insufficient_funds",
        ),
        "5-notes for 10-notes": (
            entry(Kind.NOTE_MOVE, (own.NOTES_TRANSIT[Commodity.NOTE10],
                                   own.NOTES_VAULT[Commodity.NOTE05], 1)),
            "commodity_mismatch",
        ),
    }  # fmt: skip


async def test_nothing_is_minted(books, ground):
    _, m = ground
    before, attacks = await books.written(), minting(m) | taking(m)
    answers = {name: await books.code(wanted) for name, (wanted, _) in attacks.items()}
    assert answers == {name: code for name, (_, code) in attacks.items()}
    after = await books.written()
    assert after[:2] + after[3:] == before[:2] + before[3:]


async def codes_of(books, *wanted):
    return [await books.code(e) for e in wanted]


# Earmarked money -------------------------------------------------------------------------------


def laundering(m, other_lot):
    """Ways by which aid would become somebody's own money, or pay who may not be paid."""
    return {
        "sent to a person": (entry(Kind.P2P, (m.lot, m.wallet, 1)), "not_in_template"),
        "held and released": (entry(Kind.HOLD, (m.lot, m.wallet, 1)), "not_in_template"),
        "into another lot": (entry(Kind.PAYMENT, (m.lot, other_lot, 1)), "not_in_template"),
        "released before its end": (
            entry(Kind.AID_RELEASE, (m.lot, m.wallet, 1)),
            "lot_not_expired",
        ),
        "taken back before its end": (
            entry(Kind.AID_EXPIRE, (m.lot, own.ISSUED, 21), (own.CIRC, own.GUAR, 20)),
            "lot_not_expired",
        ),
        "redeemed by its holder": (
            entry(Kind.CLOSURE, (m.lot, own.ISSUED, 21), (own.CIRC, own.GUAR, 20)),
            "not_in_template",
        ),
        "spent after its end": (
            entry(Kind.PAYMENT, (m.expired_lot, m.merchant, 1)),
            "lot_expired",
        ),
        "given away": (entry(Kind.DONATION, (m.lot, m.merchant, 1)), "not_in_template"),
        "inherited": (entry(Kind.ESTATE_TRANSFER, (m.lot, m.wallet, 1)), "not_in_template"),
        "changed into notes": (entry(Kind.SWAP_OUT, (m.lot, own.PAPER, 1)), "not_in_template"),
        "pays more than it has": (
            entry(Kind.PAYMENT, (m.lot, m.merchant, 105_01)),
            "insufficient_funds",
        ),
    }


async def test_earmarked_money_stays_earmarked(books, ground):
    _, m = ground
    attacks = laundering(m, await books.lot(21))
    answers = {name: await books.code(wanted) for name, (wanted, _) in attacks.items()}
    assert answers == {name: code for name, (_, code) in attacks.items()}


async def test_a_lot_pays_whom_its_rule_accepts_and_nobody_else(books, ground):
    _, m = ground
    shop = await books.merchant(accepted=False)
    for payee, code in ((shop, "lot_not_accepted"), (m.merchant, None)):
        assert await books.code(entry(Kind.PAYMENT, (m.lot, payee, 1))) == code
    mixed = entry(Kind.PAYMENT, (m.wallet, shop, 1), (m.lot, shop, 1))
    assert await books.code(mixed) == "lot_not_accepted"
    other_rule = await books.lot(21, rule=8)
    assert await books.code(entry(Kind.PAYMENT, (other_rule, m.merchant, 1))) == "lot_not_accepted"
    await books.accept(m.merchant, accepted=False)
    assert await books.code(entry(Kind.PAYMENT, (m.lot, m.merchant, 1))) == "lot_not_accepted"


# Accounts, periods, switches ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "pays", "receives", "thaws"),
    [(0, None, None, None), (1, None, "payee_blocked", None), (2, *["payer_blocked"],
      "payee_blocked", None)],
)  # fmt: skip
async def test_a_status_holds_from_the_next_entry_on(books, ground, status, pays, receives, thaws):
    _, m = ground
    payer, heir = await books.wallet(21_00), await books.wallet()
    await books.connection.execute("select ledger.set_status($1, $2)", payer, status)
    assert await books.code(entry(Kind.PAYMENT, (payer, m.merchant, 1))) == pays
    assert await books.code(entry(Kind.P2P, (m.wallet, payer, 1))) == receives
    assert await books.code(entry(Kind.ESTATE_TRANSFER, (payer, heir, 1))) == thaws


async def test_a_closed_account_neither_pays_nor_receives_whatever_the_kind(books, ground):
    _, m = ground
    closed = await books.wallet()
    await books.connection.execute("select ledger.set_status($1, 3::smallint)", closed)
    sent = entry(Kind.ESTATE_TRANSFER, (closed, m.wallet, 1))
    assert await books.code(sent) == "payer_blocked"
    assert await books.code(issuing(closed, 20_00)) == "payee_blocked"


async def test_nothing_enters_a_closed_period(books, ground):
    _, m = ground
    await books.connection.execute("select ledger.close_period('2021-01-01')")
    old = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), effective=OLD_DAY)
    assert await books.code(old) == "period_closed"
    assert await books.code(entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))) is None
    await books.connection.execute("select ledger.close_period(current_date + 2)")
    for when in ({}, {"effective": in_a_year().date()}):
        late = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), **when)
        assert await books.code(late) == "period_closed"


async def test_a_switch_stops_its_kinds_or_everything_and_the_keys_stay_free(books, ground):
    _, m = ground
    paid = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1))
    sent = entry(Kind.P2P, (m.wallet, await books.wallet(), 1))
    switch = "select ledger.set_switch($1, $2)"
    await books.connection.execute(switch, [int(Kind.PAYMENT)], True)
    assert await codes_of(books, paid, sent) == ["stopped", None]
    await books.connection.execute(switch, None, True)
    assert await codes_of(books, entry(Kind.P2P), paid) == ["stopped"] * 2
    await books.connection.execute(switch, None, False)
    assert await books.code(paid) == "stopped"
    await books.connection.execute(switch, [int(Kind.PAYMENT)], False)
    assert await books.code(paid) is None


async def test_the_scheme_is_fixed_by_the_first_issue(books):
    with pytest.raises(asyncpg.RestrictViolationError):
        await books.connection.execute("select ledger.fix_scheme(21, 20, 'symmetric')")


# Time -----------------------------------------------------------------------------------------


async def test_an_entry_after_its_last_moment_is_too_late(books, ground):
    _, m = ground
    for moment, code in ((LONG_AGO, "too_late"), (in_a_year(), None)):
        sent = entry(Kind.PAYMENT, (m.wallet, m.merchant, 1), not_after=moment, once=uuid4())
        assert await books.code(sent) == code


async def test_numbers_and_times_never_go_back(books, ground):
    _, m = ground
    answers = [
        answer
        for _ in range(5)
        for answer in await books.post(
            *(entry(Kind.PAYMENT, (m.wallet, m.merchant, 1)) for _ in range(3))
        )
    ]
    assert all(isinstance(answer, Posted) for answer in answers)
    assert [a.seq for a in answers] == list(range(answers[0].seq, answers[0].seq + 15))
    assert [a.posted_at for a in answers] == sorted(a.posted_at for a in answers)
