"""The walk over the whole journal, page by page: every proof that needs each entry in order."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from ledger.audit.books import UNKNOWN, Account, Books, Moved, place
from ledger.audit.clearing import Clearing
from ledger.audit.corrections import keep_corrections
from ledger.audit.earmarks import keep_cards, keep_lots, spendings
from ledger.audit.facts import CORRECTING, DOCUMENTED, MIRRORS, PLAIN, TEMPLATES, Rules
from ledger.audit.law import Law
from ledger.audit.pages import Reader
from ledger.audit.report import Proved
from ledger.audit.wire import GENESIS, More, instant, link_hash
from ledger.store import statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    import asyncpg

    from ledger.audit.pages import Page
    from ledger.audit.report import AuditReport, Proof
    from ledger.audit.wire import Entry, Leg, Link

PAGE_ENTRIES: Final = 4_096
_NONE: Final[frozenset[int]] = frozenset()


class Walk:
    """Where the walk stands: the last entry seen, the hash of the last link, every account."""

    def __init__(
        self,
        connection: asyncpg.Connection[asyncpg.Record],
        report: AuditReport,
        heads: Mapping[int, bytes],
    ) -> None:
        self.seq = 0
        self.hash = GENESIS
        self.books = Books(report)
        self.rules: Rules
        self._connection = connection
        self._reader = Reader(connection)
        self._report = report
        self._heads = dict(heads)
        self._law = Law(report)
        self._clearing = Clearing(report, self.books)
        self._posted_at = -(2**63)
        self._spent: list[tuple[int, int, int, int]] = []

    async def begin(self) -> None:
        """Read the rules, and the genesis link."""
        await self._read_rules()
        genesis = await self._reader.genesis()
        stored = None if genesis is None or genesis.last_seq else genesis.hash
        chain = self._report[Proved.CHAIN]
        chain.check()
        if stored != GENESIS:
            chain.fail("chain_link", "last_seq 0", "hash", stored=stored, expected=GENESIS)
        self._meet_head(0)

    async def page(self, until: int) -> bool:
        """Walk the next page; whether there was one."""
        page = await self._reader.page(self.seq, until=until, entries=PAGE_ENTRIES)
        if page is None:
            return False
        await self._prepare(page)
        legs = page.legs()
        self._keep_chain(page)
        self._keep_whole(page, legs)
        self._keep_headers(page.entries)
        for link in page.links:
            self._walk(self._part(page, link), legs)
            self._law.link(link)
            self.seq = max(self.seq, link.last_seq)
        await self._ask(page.entries)
        return True

    def end(self) -> None:
        """What can be said only at the end: batches given out, heads not met."""
        self._clearing.end(self.rules)
        heads = self._report[Proved.HEADS]
        for seq, expected in sorted(self._heads.items()):
            heads.check()
            heads.fail("chain_link", f"last_seq {seq}", "hash", stored=None, expected=expected)
        self._report.head_seq, self._report.head_hash = self.seq, self.hash

    async def _prepare(self, page: Page) -> None:
        """Read the accounts met for the first time, and the policies as they are by now."""
        met = {e.debit for e in page.entries} | {e.credit for e in page.entries}
        met |= {m.debit for m in page.more} | {m.credit for m in page.more}
        if new := sorted(met - self.books.accounts.keys()):
            for row in await self._connection.fetch(statement("audit/account"), new):
                self.books.accounts[row["id"]] = Account(row)
        await self._read_rules()

    async def _read_rules(self) -> None:
        scheme = await self._connection.fetchrow(statement("audit/scheme"))
        assert scheme is not None
        self.rules = Rules.read(scheme, await self._connection.fetch(statement("audit/policy")))

    def _keep_chain(self, page: Page) -> None:
        """Each link follows on, is no older, and bears the hash of what it covers."""
        chain, after = self._report[Proved.CHAIN], self.seq
        chain.check(rows=len(page.links))
        seqs, more_seqs = [e.seq for e in page.entries], [m.seq for m in page.more]
        for link in page.links:
            row = f"last_seq {link.last_seq}"
            if link.first_seq != after + 1 or link.last_seq < link.first_seq:
                chain.fail(
                    "chain_link", row, "first_seq", stored=link.first_seq, expected=after + 1
                )
            if link.posted_at < self._posted_at:
                stored, expected = instant(link.posted_at), f">= {instant(self._posted_at)}"
                chain.fail("chain_link", row, "posted_at", stored=stored, expected=expected)
            span = slice(bisect_left(seqs, link.first_seq), bisect_right(seqs, link.last_seq))
            later = slice(
                bisect_left(more_seqs, link.first_seq), bisect_right(more_seqs, link.last_seq)
            )
            rows = [*page.entry_bytes[span], *page.more_bytes[later]]
            computed = link_hash(self.hash, link, rows)
            if computed != link.hash:
                chain.fail("chain_link", row, "hash", stored=link.hash, expected=computed)
            self.hash = computed
            self._meet_head(link.last_seq)
            self.hash, self._posted_at, after = link.hash, link.posted_at, link.last_seq

    def _meet_head(self, seq: int) -> None:
        expected = self._heads.pop(seq, None)
        if expected is None:
            return
        heads = self._report[Proved.HEADS]
        heads.check()
        if self.hash != expected:
            row = f"last_seq {seq}"
            heads.fail("chain_link", row, "hash", stored=self.hash, expected=expected)

    def _keep_whole(self, page: Page, legs: dict[int, list[Leg]]) -> None:
        """Entries stand without a gap and have their transfers; later transfers their entry."""
        sequence, expected = self._report[Proved.SEQUENCE], self.seq
        sequence.check(rows=len(page.entries))
        for entry in page.entries:
            expected += 1
            if entry.seq != expected:
                sequence.fail("journal", f"seq {expected}", "rows", stored=0, expected=1)
                expected = entry.seq
            if entry.transfers != 1 or entry.seq in legs:
                _keep_positions(entry, legs.get(entry.seq, []), sequence)
        if expected != page.links[-1].last_seq:
            sequence.fail("journal", f"seq {expected + 1}", "rows", stored=0, expected=1)
        for seq in sorted(legs.keys() - {e.seq for e in page.entries}):
            sequence.fail(*place(legs[seq][0]), "rows", stored=len(legs[seq]), expected=0)

    def _keep_headers(self, entries: list[Entry]) -> None:
        """Documents where the kind asks for them, and policies that exist."""
        documents, policies = self._report[Proved.DOCUMENTS], self._report[Proved.POLICIES]
        documents.check(rows=len(entries))
        policies.check(rows=len(entries))
        for bad in (e for e in entries if e.document is None and e.kind in DOCUMENTED):
            documents.fail("journal", f"seq {bad.seq}", "document", stored=None, expected="an id")
        known = self.rules.tranche_wallets
        for bad in (e for e in entries if e.policy not in known):
            policies.fail(
                "journal", f"seq {bad.seq}", "policy", stored=bad.policy, expected=f"in {[*known]}"
            )

    def _part(self, page: Page, link: Link) -> list[Entry]:
        """The entries not walked yet, up to the end of a link; they bear its instant."""
        begin = bisect_right(page.entries, self.seq, key=lambda e: e.seq)
        end = bisect_right(page.entries, link.last_seq, key=lambda e: e.seq)
        part = page.entries[begin:end]
        for entry in part:
            if entry.posted_at != link.posted_at:
                self._report[Proved.SEQUENCE].fail(
                    "journal",
                    f"seq {entry.seq}",
                    "posted_at",
                    stored=instant(entry.posted_at),
                    expected=instant(link.posted_at),
                )
        return part

    def _walk(self, entries: list[Entry], legs: dict[int, list[Leg]]) -> None:
        """Move the accounts; what is more than own money between holders is looked at closely."""
        move, more = self.books.move, 0
        for entry in entries:
            if entry.seq in legs:
                whole = [entry, *legs[entry.seq]]
                more += len(whole) - 1
                self._closely(entry, [(move(leg), leg) for leg in whole])
                continue
            moved = move(entry)
            if (
                moved not in PLAIN
                or moved not in TEMPLATES.get(entry.kind, _NONE)
                or entry.remainder is not None
            ):
                self._closely(entry, [(moved, entry)])
        for proof in (Proved.CONTINUITY, Proved.TRANSFERS, Proved.FLOORS, Proved.TEMPLATES):
            self._report[proof].check(rows=len(entries) + more)

    def _closely(self, entry: Entry, moves: list[tuple[int, Leg]]) -> None:
        if any(moved == UNKNOWN for moved, _ in moves):
            return
        if entry.kind not in MIRRORS:  # `corrections` compares these with what they mirror.
            for moved, leg in moves:
                self.books.keep_template(entry, leg, moved)
        self._spent += spendings(entry, [leg for _, leg in moves], self.books.accounts)
        summed = Moved(moves)
        self._law.entry(entry, summed, self.rules)
        self._clearing.entry(entry, summed, self.rules)

    async def _ask(self, entries: list[Entry]) -> None:
        """What needs other rows than those of the page."""
        correcting = [e for e in entries if e.origin is not None or e.kind in CORRECTING]
        if correcting:
            await keep_corrections(self._connection, correcting, self._report)
        spent, self._spent = self._spent, []
        await keep_lots(self._connection, spent, self._report)
        by_card = [e for e in entries if e.card is not None]
        await keep_cards(self._connection, by_card, self._report)


def _keep_positions(entry: Entry, later: list[Leg], sequence: Proof) -> None:
    """The later transfers of an entry are as many as it says, numbered from 2 on."""
    found = [leg.position for leg in later if isinstance(leg, More)]
    if found != list(range(2, entry.transfers + 1)):
        positions = ", ".join(map(str, found)) or "1"
        sequence.fail(
            "journal_more",
            f"seq {entry.seq}",
            "positions",
            stored=positions,
            expected=f"2 to {entry.transfers}" if entry.transfers > 1 else "none",
        )
