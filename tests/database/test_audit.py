"""The audit proves what stands, while others post, and says so on the command line."""

import asyncio
import json
from uuid import uuid4

import asyncpg
import pytest
from click.testing import CliRunner

from api.cli import main
from api.commands.audit_words import PROOFS
from ledger import flows
from ledger.audit import Proved, audit, identities, pace
from ledger.chart import AccountClass as A
from ledger.conversion import SPONSORED
from ledger.flows import Terms
from ledger.flows import accounts as own
from ledger.journal import Recorded
from ledger.kinds import Kind
from ledger.lots import Share
from tests.database.chain_verifier import GENESIS
from tests.database.journals import act, write_journal
from tests.database.world import LONG_AGO, Books, entry, issuing


@pytest.fixture(scope="module")
async def journal(fresh_database):
    return await write_journal(fresh_database.app_url)


@pytest.fixture
async def books(fresh_database, journal):
    connection = await fresh_database.connect()
    yield Books(connection)
    await connection.close()


async def test_a_right_journal_passes_every_proof_and_each_looked_at_something(
    fresh_database, journal
):
    walked = []
    report = await audit(fresh_database.connect, progress=lambda *step: walked.append(step))
    assert report.ok, report.proofs
    idle = {proof.name for proof in report.proofs.values() if not proof.checked}
    assert idle == {Proved.HEADS}
    assert report.head_seq == report.entries == max(journal.seqs.values())
    assert walked[-1] == (report.entries, report.entries)


async def test_a_batch_undone_and_one_partly_given_out_are_right(fresh_database, journal, books):
    awards = await books.open(A.AWARDS, label="B2")
    batch = flows.aid_batch(
        act(),
        awards_euros_cents=[5_00, 5_01],
        programme=journal.accounts["programme"],
        awards=awards,
        batch=uuid4(),
        terms=Terms(),
    )
    seq = await books.stands(batch)
    award = flows.aid_award(
        act(),
        euros_cents=5_01,
        awards=awards,
        lot=journal.accounts["lot"],
        award=uuid4(),
        terms=Terms(),
    )
    given = await books.stands(award)
    assert (await audit(fresh_database.connect)).ok
    for number, undone in (given, award), (seq, batch):
        original = Recorded(number, undone.id, undone.kind, undone.transfers, undone.remainder)
        await books.stands(flows.reversal(act(), original=original))
    report = await audit(fresh_database.connect)
    assert report.ok, report.proofs


async def test_a_lot_that_paid_while_it_might_is_right_after_the_acceptance_ended(
    fresh_database, journal, books
):
    baker, lot = journal.accounts["baker"], journal.accounts["lot"]
    pays = (lot, baker, 10)
    for accepted in (True, False, True):
        await books.accept(baker, accepted=accepted)
        await books.accept(baker, accepted=accepted)
        refused = await books.code(entry(Kind.PAYMENT, pays))
        assert refused == (None if accepted else "lot_not_accepted")
    await books.accept(baker, accepted=False)
    report = await audit(fresh_database.connect)
    assert report.ok, report.proofs


async def test_an_audit_while_others_post_ends_with_what_stands(
    fresh_database, journal, books, monkeypatch
):
    monkeypatch.setattr(pace, "LOOK_SECONDS", 0)
    wallet = await books.wallet(1_000_00)
    merchant = await books.open(A.MERCHANT, party=2)
    many = [entry(Kind.PAYMENT, (wallet, merchant, 1)) for _ in range(5_000)]
    for start in range(0, len(many), 500):
        await books.post(*many[start : start + 500])
    running = asyncio.create_task(audit(fresh_database.connect))
    posted = 0
    while not running.done():
        await books.stands(entry(Kind.PAYMENT, (wallet, merchant, 1)))
        posted += 1
    report = await running
    assert report.ok, report.proofs
    assert posted > 1
    last = await books.connection.fetchval("select max(seq) from ledger.journal")
    assert last - posted <= report.head_seq <= last


async def test_each_entry_is_held_to_the_policy_it_used(fresh_database, journal, books):
    put = "select ledger.put_policy(now() + '1 ms', 'linear', 'linear', 0, '{}', 1, 2)"
    await books.connection.execute(put)
    await asyncio.sleep(0.01)
    await books.stands(issuing(await books.wallet(), 7_35))
    report = await audit(fresh_database.connect)
    assert report.ok, report.proofs


async def test_lines_that_are_no_transfers_are_held_to_their_bounds(fresh_database, journal, books):
    """Lots redeemed as fewer lines than they are; never one merchant's Bou'Sols as several."""
    lots = [await books.lot(n, expires=LONG_AGO) for n in (21, 42, 63, 63, 63)]
    programme = journal.accounts["programme"]
    for taken, lines in ((lots[:2], 1), (lots[2:], 2)):
        legs = [(lot, own.ISSUED, 20 + 31 * (lines - 1)) for lot in taken]
        destroyed = sum(cents for *_, cents in legs)
        euros = destroyed * 20 // 21 - (lines - 1)
        back = (own.CIRC, programme, euros)
        remainder = destroyed * 20 - euros * 21
        await books.stands(entry(Kind.AID_EXPIRE, *legs, back, remainder=remainder, lines=lines))
    shop = await books.open(A.MERCHANT, party=2)
    await books.stands(issuing(shop, 20_00))
    closed = (shop, own.ISSUED, 10_00), (own.CIRC, own.GUAR, 9_51)
    short = entry(Kind.CLOSURE, *closed, remainder=29, lines=2)
    assert await books.code(short) == "malformed_entry"
    report = await audit(fresh_database.connect)
    assert report.ok, report.proofs


async def test_identities_are_walked_in_pages(fresh_database, journal, books, monkeypatch):
    await books.code(entry(Kind.P2P))
    await books.code(entry(Kind.P2P))
    whole = await audit(fresh_database.connect)
    monkeypatch.setattr(identities, "PAGE_ROWS", 2)
    paged = await audit(fresh_database.connect)
    assert whole.ok
    assert paged.ok
    assert paged[Proved.IDENTITIES].checked > whole[Proved.IDENTITIES].checked


async def test_a_ledger_without_an_entry_is_right(urls):
    report = await audit(lambda: asyncpg.connect(urls.application))
    assert report.ok, report.proofs
    assert (report.head_seq, report.head_hash) == (0, GENESIS)


@pytest.fixture
async def sponsored(urls):
    connection = await asyncpg.connect(urls.application)
    settings = '{"bonus_month_max_cents": 20000}'
    put = "select ledger.put_policy(now() + '1 ms', 'linear', 'tranche', 0, $1, 1, 2)"
    await connection.execute(put, settings)
    await asyncio.sleep(0.01)
    await connection.execute("select ledger.fix_scheme(21, 20, 'sponsored')")
    yield Books(connection)
    await connection.close()


async def test_a_sponsored_scheme_is_proved_by_its_own_law(sponsored, urls):
    fund = await sponsored.open(A.BONUS, label="cab")
    wallet, merchant = await sponsored.wallet(), await sponsored.merchant()
    payable = await sponsored.open(A.PAYABLE, party=2)
    terms = Terms(SPONSORED, bonus=fund)
    entries = (
        flows.bonus_fund(act(), euros_cents=100_00, bonus=fund, bank_line=uuid4()),
        flows.issue_transfer(
            act(), euros_cents=7_35, holder=wallet, bank_line=uuid4(), terms=terms
        ),
        flows.payment(act(), shares=[Share(wallet, 5_00)], merchant=merchant),
        flows.redeem_approve(
            act(), source=merchant, payable=payable, bousol_cents=5_00, hold_id=None, terms=terms
        ),
    )
    for wanted in entries:
        await sponsored.stands(wanted)
    report = await audit(lambda: asyncpg.connect(urls.application))
    assert report.ok, report.proofs
    assert report[Proved.REMAINDERS].checked == 2
    await sponsored.stands(entry(Kind.OPERATING, (own.OPER, own.DON, 1_00)))


# The command ----------------------------------------------------------------------------------


def bousol(*words):
    return CliRunner().invoke(main, ["audit", *words])


async def test_the_command_tells_each_proof_in_the_language_asked_for(fresh_database, journal):
    for language, said in ("fr", "tout est prouvé"), ("en", "all is proved"):
        told = await asyncio.to_thread(bousol, "--url", fresh_database.app_url, "--lang", language)
        assert told.exit_code == 0, told.output
        assert said in told.stdout
        place = 0 if language == "fr" else 1
        assert all(words[place] in told.stdout for words in PROOFS.values())


async def test_the_command_prints_one_object_and_ends_with_1_on_a_finding(fresh_database, journal):
    head = f"3:{'ab' * 32}"
    words = ("--url", fresh_database.app_url, "--head", head)
    told = await asyncio.to_thread(bousol, *words, "--json")
    assert told.exit_code == 1
    report = json.loads(told.stdout)
    assert report["ok"] is False
    failed = [proof for proof in report["proofs"] if proof["finding"]]
    assert [proof["name"] for proof in failed] == ["heads"]
    assert failed[0]["finding"]["row"] == "last_seq 3"
    spoken = await asyncio.to_thread(bousol, *words, "--lang", "en")
    assert "■ heads" in spoken.stdout
    assert "1 proof(s) fail" in spoken.stdout
    same = await asyncio.to_thread(
        bousol, "--url", fresh_database.app_url, "--head", report["head"], "--json"
    )
    assert same.exit_code == 0


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("--head", "5:ab"), "is no head"),
        (("--url", "nonsense"), "no address"),
    ],
)
async def test_what_cannot_run_ends_with_2_and_one_sentence(words, reason):
    told = await asyncio.to_thread(bousol, *words)
    assert told.exit_code == 2
    assert reason in told.stderr
    assert told.stderr.count("\n") == 1


async def test_a_database_without_a_ledger_is_told_in_one_sentence(server):
    url = server.url(database="postgres", user="postgres")
    told = await asyncio.to_thread(bousol, "--url", url)
    assert told.exit_code == 2
    assert "holds no ledger" in told.stderr


async def test_the_address_of_the_settings_is_taken_unless_one_is_given(
    fresh_database, journal, monkeypatch
):
    monkeypatch.setenv("BOUSOL_DATABASE_URL", fresh_database.app_url)
    told = await asyncio.to_thread(bousol, "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["ok"] is True


def test_every_proof_has_its_words():
    assert set(PROOFS) == set(Proved)
