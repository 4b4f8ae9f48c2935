"""Every code ledger.post can answer: who deserves it, in which order, and what it leaves behind."""

from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest

from ledger.batch import Refused
from ledger.flows import accounts as own
from ledger.journal import Posted
from ledger.kinds import Kind
from ledger.refusals import POSTING_REFUSALS
from tests.database.faults import FAULTS, GOOD, NOBODY, PAIRS, SINGLE, Case
from tests.database.world import Books, again, entry, issuing, members

ANSWERED_BY_THE_POSTER = {"overloaded", "outcome_unknown"}
OF_A_KEY_OR_A_BATCH = {"key_conflict", "key_closed", "again"}
ASKED_AGAIN = {"stopped", "replan", "again"}


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


async def case_of(books, ground, good):
    _, m = ground
    return Case(books, m, await GOOD[good](books, m))


@pytest.mark.parametrize("good", GOOD)
async def test_without_a_fault_it_stands(books, ground, good):
    case = await case_of(books, ground, good)
    assert await books.code(case.entry) is None
    assert await books.faults_of_the_law() == []


@pytest.mark.parametrize(("good", "fault"), SINGLE, ids=lambda x: getattr(x, "code", x))
async def test_one_fault_gets_its_own_refusal_and_writes_nothing_else(books, ground, good, fault):
    case = await case_of(books, ground, good)
    await fault.spoil(case)
    before = await books.written()
    assert await books.code(case.entry) == fault.code
    after = await books.written()
    kept = 0 if fault.code in ASKED_AGAIN else 1
    assert after[2] == before[2] + kept
    assert after[:2] + after[3:] == before[:2] + before[3:]


@pytest.mark.parametrize(("good", "fault"), SINGLE, ids=lambda x: getattr(x, "code", x))
async def test_a_refusal_is_final_for_its_key_and_takes_no_once(books, ground, good, fault):
    case = await case_of(books, ground, good)
    mended = replace(case.entry, once=uuid4())
    case.change(once=mended.once)
    await books.connection.execute("savepoint before_the_fault")
    await fault.spoil(case)
    assert await books.code(case.entry) == fault.code
    assert await books.code(case.entry) == fault.code
    await _undo_all_but_the_refusal(books, case.entry)
    kept = None if fault.code in ASKED_AGAIN else fault.code
    assert await books.code(mended) == kept
    if kept and fault.code != "already_done":
        assert await books.code(again(mended, key=uuid4())) is None


async def _undo_all_but_the_refusal(books, wanted):
    """Mend the fault: back to before it, with what was answered kept as it would be for ever."""
    kept = await books.connection.fetchrow(
        "select code from ledger.refusal where key = $1 and party = $2", wanted.key, wanted.party
    )
    await books.connection.execute("rollback to savepoint before_the_fault")
    if kept is not None:
        await books.connection.fetchrow(
            "select * from ledger.close_key($1, $2, $3, $4)",
            *(wanted.party, wanted.key, wanted.request, kept["code"]),
        )


@pytest.mark.parametrize(("good", "first", "second"), PAIRS, ids=lambda x: getattr(x, "code", x))
async def test_of_two_faults_the_first_is_told(books, ground, good, first, second):
    case = await case_of(books, ground, good)
    spoils_other_entries_too = first.code in {"stopped", "malformed_entry"}
    for fault in (second, first) if spoils_other_entries_too else (first, second):
        await fault.spoil(case)
    assert await books.code(case.entry) == first.code


def test_every_code_has_its_fault_in_the_documented_order():
    codes = list(dict.fromkeys(fault.code for fault in FAULTS if fault.code != "replan"))
    documented = [code for code in POSTING_REFUSALS if code in codes]
    assert codes == documented
    tested_elsewhere = ANSWERED_BY_THE_POSTER | OF_A_KEY_OR_A_BATCH
    assert set(POSTING_REFUSALS) == set(codes) | tested_elsewhere
    transient = {code for code, refusal in POSTING_REFUSALS.items() if refusal.transient}
    assert transient == ASKED_AGAIN - {"replan"} | ANSWERED_BY_THE_POSTER


async def test_a_merchant_pays_a_public_body_and_it_holds_nothing(books, ground):
    _, m = ground
    await books.stands(entry(Kind.PAYMENT, (m.wallet, m.merchant, 4_00)))
    passed = (m.merchant, m.public, 4_00), (m.public, own.ISSUED, 4_00)
    settled = entry(Kind.PUBLIC_SETTLEMENT, *passed, (own.CIRC, m.payable, 3_80), remainder=20)
    assert await books.code(settled) is None
    assert await books.faults_of_the_law() == []


# Keys ---------------------------------------------------------------------------------------


async def test_the_same_key_and_request_get_the_same_answer_for_ever(books, ground):
    case = await case_of(books, ground, "payment")
    (first,) = await books.post(case.entry)
    await books.stands(issuing(case.members.wallet, 20_00))
    await _frozen_and_stopped(books, case)
    assert await books.post(again(case.entry)) == [first]
    assert isinstance(first, Posted)


async def test_an_answer_names_the_entry_that_stands_not_the_one_that_asked_again(books, ground):
    _, m = ground
    paid, new, too_much = (
        entry(Kind.PAYMENT, (m.wallet, m.merchant, cents)) for cents in (1_00, 2_00, 10**9)
    )
    (first,) = await books.post(paid)
    await books.post(too_much)
    asked = again(paid), new, again(too_much)
    replayed, posted, refused = await books.post(*asked)
    assert isinstance(first, Posted)
    assert isinstance(posted, Posted)
    assert first.id == paid.id
    assert replayed == first
    assert posted.id == new.id
    assert refused == Refused("insufficient_funds")


async def _frozen_and_stopped(books, case):
    call = "select ledger.set_status($1, 2::smallint)"
    await books.connection.execute(call, case.entry.transfers[0].debit)
    await books.connection.execute("select ledger.set_switch(null, true)")
    await books.connection.execute("select ledger.close_period('2999-01-01')")


async def test_a_key_used_for_another_request_is_a_conflict_before_anything_else(books, ground):
    case = await case_of(books, ground, "payment")
    await books.stands(case.entry)
    other = again(case.entry, request=bytes(16))
    assert await books.code(other) == "key_conflict"
    await _frozen_and_stopped(books, case)
    assert await books.code(other) == "key_conflict"
    assert await books.code(again(other, transfers=())) == "key_conflict"


async def test_a_conflict_answers_the_call_and_leaves_the_first_answer_as_it_was(books, ground):
    case = await case_of(books, ground, "payment")
    refused = again(case.entry, transfers=())
    assert await books.code(refused) == "malformed_entry"
    assert await books.code(again(refused, request=bytes(16))) == "key_conflict"
    assert await books.code(refused) == "malformed_entry"


async def test_a_key_belongs_to_its_party(books, ground):
    case = await case_of(books, ground, "payment")
    await books.stands(case.entry)
    theirs = entry(Kind.B2B, (case.members.merchant, case.members.grocer, 1), party=2)
    assert await books.code(replace(theirs, key=case.entry.key)) is None


async def test_what_may_happen_once_is_already_done_under_another_key(books, ground):
    case = await case_of(books, ground, "payment")
    case.change(once=uuid4())
    await books.stands(case.entry)
    assert await books.code(again(case.entry, key=uuid4())) == "already_done"
    assert await books.code(again(case.entry, party=5, key=uuid4())) == "already_done"


async def test_a_closed_key_refuses_whatever_arrives_late(books, ground):
    case = await case_of(books, ground, "payment")
    closed = await close(books, case.entry)
    assert (closed["code"], closed["number"]) == ("key_closed", None)
    assert await books.code(case.entry) == "key_closed"
    assert await books.code(again(case.entry, request=bytes(16))) == "key_closed"
    assert await close(books, case.entry) == closed


async def test_closing_the_key_of_an_entry_answers_the_entry(books, ground):
    case = await case_of(books, ground, "payment")
    (posted,) = await books.post(case.entry)
    closed = await close(books, case.entry)
    assert (closed["code"], *list(closed.values())[1:]) == (None, *posted)
    assert await books.post(case.entry) == [posted]


async def test_closing_a_refused_key_answers_the_refusal(books, ground):
    case = await case_of(books, ground, "payment")
    case.change(transfers=())
    await books.code(case.entry)
    assert (await close(books, case.entry))["code"] == "malformed_entry"


async def close(books, wanted):
    return await books.connection.fetchrow(
        "select code, number, posted, payer_balance, entry from ledger.close_key($1, $2)",
        *(wanted.party, wanted.key),
    )


# In one batch --------------------------------------------------------------------------------


async def test_two_refunds_of_one_payment_in_one_batch_go_one_after_the_other(books, ground):
    case = await case_of(books, ground, "refund")
    second = again(case.entry, key=uuid4())
    third = again(case.entry, key=uuid4())
    first, *rest = await books.post(case.entry, second, third)
    assert isinstance(first, Posted)
    assert rest == [Refused("again")] * 2
    assert await books.code(second) is None
    assert await books.code(third) == "refund_too_large"


async def test_a_card_counts_what_it_paid_in_the_same_batch(books, ground):
    _, m = ground
    paid = [entry(Kind.PAYMENT, (m.wallet, m.merchant, 30_00), card=m.card) for _ in range(4)]
    given = again(paid[0], key=uuid4(), pin=True)
    answers = await books.post(*paid, given, again(paid[0], key=uuid4()))
    codes = [getattr(answer, "code", None) for answer in answers]
    assert codes == [None, None, None, "pin_needed", None, None]


async def test_an_entry_is_refused_alone_and_its_neighbours_use_what_it_could_not(books, ground):
    _, m = ground
    payer = await books.wallet(21_00)
    spend, more = (entry(Kind.PAYMENT, (payer, m.merchant, cents)) for cents in (20_00, 2_00))
    lost = entry(Kind.PAYMENT, (payer, m.merchant, 10_00), (payer, NOBODY, 1))
    last = entry(Kind.PAYMENT, (payer, m.merchant, 1_00))
    answers = await books.post(lost, spend, more, last)
    codes = [getattr(answer, "code", None) for answer in answers]
    assert codes == ["unknown_account", None, "insufficient_funds", None]
    assert await books.balance(payer) == 0
    assert await books.faults_of_the_law() == []


async def test_a_guard_on_an_account_the_entry_does_not_touch_holds_too(books, ground):
    _, m = ground
    await books.stands(issuing(m.wallet, 20_00))
    version = await books.connection.fetchval(
        "select version from ledger.account where id = $1", m.wallet
    )
    paid = entry(Kind.B2B, (m.merchant, m.grocer, 1), expected=(m.wallet, version - 1))
    assert await books.code(replace(paid, expected=(NOBODY, 0))) == "replan"
    assert await books.code(paid) == "replan"
    await books.stands(issuing(m.merchant, 20_00))
    assert await books.code(replace(paid, expected=(m.wallet, version))) is None


async def test_an_empty_batch_is_no_act(books):
    before = await books.written()
    assert await books.post() == []
    assert await books.written() == before
